"""Notices: events that are posted once and do not change, such as duty, handovers, contacts, settings and long
queues."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.activity.news import NewsKind
from bot.basics.language import mark, say
from bot.basics.times import lasting
from bot.cards.roster import DOES_NOT_RING, roster_trouble
from bot.cards.subscription import ENDED, ended_notice, made_words
from bot.cards.taken_off import TAKEN_OFF, taken_off_notice
from bot.cards.work_list import show_all
from bot.contract.prose import listed, plural, prose, sentence
from bot.contract.reply import Bold, Button, Listing, Mention, Phone, Prose, Reply, Row
from bot.dialpad.events import ChangeEvent, ChannelEvent, ContactEvent, FaxEvent

NoticedEvent: TypeAlias = ContactEvent | ChangeEvent | FaxEvent | ChannelEvent
"""Events that are told once, each by itself."""
Said: TypeAlias = Mapping[str, Any]
"""What is stored of a notice, as JSON."""
TOLD: Final = "told"
"""What a notice is about that tells one person that something has ended for good."""
CHANGE: Final = "change."
"""Begins the names of what is stored of each change that a notice tells; for duty it ends with the moment in ms."""
ROSTER_TROUBLE: Final = "roster trouble"
TAKEN_OVER: Final = "subscription taken over"
"""What a notice is about that tells somebody that notifications go on with their account."""
SETTLING: Final = "settling labels"
"""What a notice is about that tells which labels settle a call from now on."""
STOOD_IN: Final = "roster taken over"
"""What a notice is about that tells somebody that a roster is read with their connection from now on."""


def notice(said: Said, subscription: str, work: Sequence[Row] = (), card: str = "") -> Reply | Listing:
    """Return a notice. ``said["about"]`` is the kind of event, or trouble with following a roster. ``work``: what is
    open on the line of a handover. ``card``: which card it is, for its buttons."""
    gear = (Button("Settings", "notify.settings", {"subscription": subscription}),) if subscription else ()
    about = said.get("about")
    if about == NewsKind.HANDOVER:
        return _handover(said, gear, work)
    if about == TOLD:
        buttons = tuple(Button(label, route) for label, route in said.get("buttons") or ())
        return Reply(say(str(said.get("text") or ""), **(said.get("values") or {})), buttons, tone="warning")
    if about == TAKEN_OFF:
        return taken_off_notice(said)
    if about == ENDED:
        return ended_notice(said)
    if (told := _TOLD_ONCE.get(str(about))) is not None:
        return Reply(told(said), buttons=gear)
    look = NOTICES.get(NewsKind(about)) if about in set(NewsKind) else None
    buttons = look.buttons(said, card) if look and card else ()
    return Reply(look.text(said) if look else say("Something changed in Dialpad."), buttons=(*buttons, *gear))


def _handover(said: Said, gear: tuple[Button, ...], work: Sequence[Row]) -> Listing:
    """Return a handover. ``came``, ``left`` and ``on`` are names, ``quiet`` those on duty whose phone does not ring;
    ``group`` is the handle of the user group that is kept, ``reached`` says by name whom a mention of it reaches
    (``held``) and who is left out of it, and why."""
    came, left = (_names(said.get(key)) for key in ("came", "left"))
    moves = [
        prose(names, verb) for names, verb in ((came, say(" came on duty")), (left, say(" went off duty"))) if names
    ]
    waiting, line = int(said.get("open") or 0), f"callcenter:{said.get('line')}"
    show = Button("Who is on duty", "oncall.oncall", {"group": line})
    return Listing(
        prose("🎧 ", str(said.get("name") or say("Call center")), ": ", listed(moves)),
        (
            Row(prose(Bold(say("On duty now")), ": ", _on_duty(said))),
            Row(
                prose(
                    Bold(say("Open work ({waiting:,})", waiting=waiting) if waiting else say("Open work")),
                    "" if waiting else say(": nothing"),
                )
            ),
            *work,
        ),
        note=_group(said),
        buttons=(*((show_all(group=line),) if waiting else ()), show, *gear),
    )


def _on_duty(said: Said) -> Prose:
    names, quiet = said.get("on") or (), set(said.get("quiet") or ())
    if not names:
        return say("⚠️ nobody")
    all_quiet = say("⚠️ no phone rings: ") if quiet.issuperset(names) else ""
    named = [prose(Bold(str(name)), f" ({say(DOES_NOT_RING)})" if name in quiet else "") for name in names]
    return prose(all_quiet, listed(named))


def _names(names: Any) -> Prose:
    return listed([(Bold(str(name)),) for name in names or ()])


_LEFT_OUT: Final = {
    "strangers": mark("Not found in Slack by their Dialpad email addresses"),
    "quiet": mark("Do not disturb is on"),
    "refused": mark("Slack takes them into no user group"),
}


def _group(said: Said) -> Prose:
    handle, reached = said.get("group"), said.get("reached") or said  # older ones have it beside the handle
    if not handle:
        return ""
    missing = "".join(
        say(" {why}, so not in @{handle}: {names}.", why=say(why), handle=handle, names=", ".join(reached[key]))
        for key, why in _LEFT_OUT.items()
        if reached.get(key)
    )
    if not reached.get("held"):
        if not said.get("on"):
            return say("Nobody is on duty, so @{handle} was left unchanged.", handle=handle)
        return say(
            "Nobody on duty can be reached in Slack, so @{handle} was left unchanged.{missing}",
            handle=handle,
            missing=missing,
        )
    return say(
        "@{handle} now reaches {held}.{missing}", handle=handle, held=", ".join(reached["held"]), missing=missing
    )


def _name(said: Said) -> str:
    return str(said.get("name") or say("Somebody"))


def _trouble(said: Said) -> Prose:
    why = roster_trouble(str(said["code"])) if said.get("code") else str(said.get("why"))
    return sentence(
        "⚠️ {what} for {name}: {why}. I'll keep trying.",
        what=say(str(said.get("what")), names=said.get("names")),
        name=Bold(_name(said)),
        why=why,
    )


def _stood_in(said: Said) -> Prose:
    before, channel = Mention(str(said.get("before"))), Mention(str(said.get("channel")))
    line = Bold(_name(said))
    return sentence(
        "The Dialpad account of {before} no longer works, so who is on duty for {line} is now read with "
        "yours and shown in {channel}. To change that, type notify there.",
        before=before,
        line=line,
        channel=channel,
    )


def _taken_over(said: Said) -> Prose:
    before, channel = Mention(str(said.get("before"))), Mention(str(said.get("channel")))
    off = say(" Nobody is texted or called from your number; you can switch that on in the settings.")
    return sentence(
        "The Dialpad account of {before} no longer works, so these notifications go on with yours in "
        "{channel}: {what}.{off}",
        before=before,
        channel=channel,
        what=made_words(said),
        off=off if said.get("off") else "",
    )


def labels_in_words(labels: Sequence[str]) -> str:
    """Return ``junk or spam``; "none" for no labels."""
    return say(" or ").join((", ".join(labels[:-1]), labels[-1]) if labels[1:] else labels) or say("none")


def _settling(said: Said) -> Prose:
    now, before = (labels_in_words(said.get(name) or ()) for name in ("labels", "before"))
    return sentence(
        "🏷 {who} changed which labels settle a call for everybody: {now} (was {before}). A call with one "
        "of them waits for nobody.",
        who=Mention(str(said.get("by"))),
        now=Bold(now),
        before=before,
    )


def _changes(said: Said) -> list[str]:
    return sorted(name.removeprefix(CHANGE) for name in said if name.startswith(CHANGE))


def _several(said: Said) -> str:
    """Say how often something changed that was told once."""
    changes = _changes(said)
    return say(" ({count} times)", count=len(changes)) if len(changes) > 1 else ""


def _duty(said: Said) -> Prose:
    reason = f": {said['reason']}" if said.get("reason") else ""
    if len(changes := _changes(said)) > 1:
        span = lasting(int(changes[-1]) - int(changes[0]))
        return sentence(
            mark("🎧 {name} is on duty{reason}, after {count} changes within {span}.")
            if said.get("on")
            else mark("🎧 {name} is off duty{reason}, after {count} changes within {span}."),
            name=Bold(_name(said)),
            reason=reason,
            count=len(changes),
            span=span,
        )
    went = mark("🎧 {name} went on duty{reason}.") if said.get("on") else mark("🎧 {name} went off duty{reason}.")
    return sentence(went, name=Bold(_name(said)), reason=reason)


def _queue(said: Said) -> Prose:
    return sentence(
        "⏳ {name}: {callers} waiting.",
        name=Bold(_name(said)),
        callers=plural(int(said.get("waiting") or 0), "caller is", "callers are"),
    )


def _read_contact(event: NoticedEvent) -> Said | None:
    if not isinstance(event, ContactEvent):
        return None
    contact = event.contact
    number = contact.phone if contact and contact.phone and contact.phone.startswith("+") else ""
    return {
        "name": contact.name if contact else "",
        "change": event.change,
        "created": event.change == "created" or None,
        "number": number,
    }


def _same_contact(event: NoticedEvent) -> str:
    contact = event.contact if isinstance(event, ContactEvent) else None
    return f"contact:{contact.id}" if contact is not None and contact.id else ""


def _contact(said: Said) -> Prose:
    number = prose(" ", Phone(str(said["number"]))) if said.get("number") else ""
    change = "created" if said.get("created") and said.get("change") == "updated" else said.get("change") or "changed"
    text = {
        "created": mark("👤 Contact {name}{number} was created{several}."),
        "updated": mark("👤 Contact {name}{number} was updated{several}."),
        "deleted": mark("👤 Contact {name}{number} was deleted{several}."),
        "changed": mark("👤 Contact {name}{number} was changed{several}."),
    }.get(change, mark("👤 Contact {name}{number} was {change}{several}."))
    return sentence(
        text,
        name=Bold(_name(said)),
        number=number,
        change=change,
        several="" if change == "created" else _several(said),
    )


def _read_setting(event: NoticedEvent) -> Said | None:
    if not isinstance(event, ChangeEvent):
        return None
    by = event.changed_by.name if event.changed_by else ""
    return {"action": event.action, "by": by, "note": event.note}


def _same_setting(event: NoticedEvent) -> str:
    if not isinstance(event, ChangeEvent) or event.target is None or not event.target.id:
        return ""
    return f"setting:{event.action}:{event.target.type}:{event.target.id}:{event.note}"


def _setting(said: Said) -> Prose:
    by = say("{by} changed a setting: ", by=said["by"]) if said.get("by") else say("A setting was changed: ")
    return prose("🛠 ", by, Bold(_what_changed(said)), f"{_several(said)}.")


def _what_changed(said: Said) -> str:
    """Return what changed: Dialpad's note says it in words, its action as ``operator_removed``; neither has a fixed
    form."""
    words = str(said.get("note") or said.get("action") or say("Dialpad does not say which")).rstrip(".")
    return words if " " in words else words.replace("_", " ").capitalize()


def _read_fax(event: NoticedEvent) -> Said | None:
    if not isinstance(event, FaxEvent):
        return None
    line = event.target
    return {
        "fax": event.id,
        "inbound": event.inbound,
        "status": event.status or "",
        "failed": event.failed,
        "number": event.other,
        "who": event.contact.name if event.contact and event.contact.name else "",
        "line": line.name if line is not None and line.name else "",
        "place": f"{line.type}:{line.id}" if line is not None and line.id else "",
        "pages": event.pages,
        "fax_url": event.fax_url or "",
    }


def _same_fax(event: NoticedEvent) -> str:
    return f"fax:{event.id}" if isinstance(event, FaxEvent) else ""


def _fax(said: Said) -> Prose:
    number = prose(" ", Phone(str(said["number"]))) if said.get("number") else ""
    name = str(said.get("who") or ("" if number else say("somebody")))
    who = prose(Bold(name), number)
    pages = f", {plural(int(said['pages']), 'page')}" if said.get("pages") else ""
    line = str(said.get("line") or "")
    if said.get("inbound"):
        if said.get("failed"):
            return sentence("⚠️ A fax from {who} did not arrive whole.", who=who)
        to = say(", for {line}", line=line) if line else ""
        return sentence("📠 Fax from {who}{pages}{to}.", who=who, pages=pages, to=to)
    of = say(" from {line}", line=line) if line else ""
    if said.get("failed"):
        held = mark("⚠️ The fax to {who}{of} was held back by Dialpad. Check the number, then send it again.")
        lost = mark("⚠️ The fax to {who}{of} did not arrive. Check the number, then send it again.")
        return sentence(held if said.get("status") == "suspended" else lost, who=who, of=of)
    there = mark("📠 The fax to {who}{of} arrived{pages}.")
    leaving = mark("📠 The fax to {who}{of} is on its way{pages}.")
    return sentence(there if said.get("status") == "success" else leaving, who=who, of=of, pages=pages)


def _fax_buttons(said: Said, card: str) -> tuple[Button, ...]:
    return (Button("Open fax", "card.fax", {"card": card}),) if said.get("fax_url") else ()


def _read_message(event: NoticedEvent) -> Said | None:
    if not isinstance(event, ChannelEvent):
        return None
    by = event.contact or event.sender
    return {
        "by": by.name if by is not None and by.name else "",
        "channel": event.target.name if event.target is not None and event.target.name else "",
        "text": event.text or "",
    }


def _message(said: Said) -> Prose:
    where = say(" in #{channel}", channel=said["channel"]) if said.get("channel") else ""
    words = str(said.get("text") or say("(no text: the connection lacks the scope message_content_export)"))
    return sentence(
        "💬 {who}{where} at Dialpad: {words}",
        who=Bold(str(said.get("by") or say("Somebody"))),
        where=where,
        words=words,
    )


_TOLD_ONCE: Final[Mapping[str, Callable[[Said], Prose]]] = {
    ROSTER_TROUBLE: _trouble,
    STOOD_IN: _stood_in,
    SETTLING: _settling,
    TAKEN_OVER: _taken_over,
}
"""What is said of things that follow no event, by what it is about."""


@dataclass(frozen=True)
class NoticeLook:
    """How a kind of notice is shown. ``text`` returns what people read. ``read`` returns what is stored of an event of
    this kind, None for any other; kinds that need more than one event are stored by ``bot.notifications`` instead."""

    text: Callable[[Said], Prose]
    read: Callable[[NoticedEvent], Said | None] = lambda _: None
    same: Callable[[NoticedEvent], str] = lambda _: ""
    """Returns what it is about, so that several changes of it within moments are one message; "" for none."""
    buttons: Callable[[Said, str], tuple[Button, ...]] = lambda *_: ()
    """Returns its buttons, given its card."""
    lasts: bool = False
    """One message for all that happens to the same thing, however much later."""


NOTICES: Final[Mapping[NewsKind, NoticeLook]] = {
    NewsKind.DUTY: NoticeLook(_duty),
    NewsKind.QUEUE: NoticeLook(_queue),
    NewsKind.CONTACT: NoticeLook(_contact, _read_contact, _same_contact),
    NewsKind.SETTING: NoticeLook(_setting, _read_setting, _same_setting),
    NewsKind.FAX: NoticeLook(_fax, _read_fax, _same_fax, _fax_buttons, lasts=True),
    NewsKind.FAILED_FAX: NoticeLook(_fax, buttons=_fax_buttons),
    NewsKind.CHANNEL: NoticeLook(_message, _read_message),
}
