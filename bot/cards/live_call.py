"""A call as a channel sees it: one card from the first ring to the recap, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from bot.activity.calls import CallDeed, CallDeedKind, CallView
from bot.activity.news import NewsKind, happening_of
from bot.basics.errors import ChatopsError
from bot.basics.language import mark, say
from bot.basics.phone import looks_like_number
from bot.basics.times import lasting_of
from bot.cards.open_work import CardStatus, state_of, story_of, taking, title_of, with_due
from bot.catalogue.answers import route_of
from bot.contract.argument import Carried
from bot.contract.prose import listed, plural, prose, sentence
from bot.contract.reply import Bold, Button, Card, Listing, Mention, Part, Phone, Prose, Raw, Row, When
from bot.dialpad.accounts import Account
from bot.dialpad.action import Entity
from bot.dialpad.actions.contacts import CreateContact
from bot.dialpad.directory import Directory

LONGEST_TEXT: Final = 1_500
"""Characters of a transcript or recap on a card; the More button shows all of it."""
MOST_ROWS: Final = 20
BUTTONS: Final = 3
MENU: Final = 5

MOST_DEEDS: Final = 4
"""What was done about a call that a card tells of, the newest; the More button tells all."""
MOST_LEGS: Final = 2
"""Legs that are asked for a recap: Dialpad answers twelve such requests a minute, for the whole company."""
OPTED_OUT: Final = mark("wants no texts (STOP)")

_DID: Final[dict[CallDeedKind, str]] = {
    "transferred": mark("transferred to {words} by"),
    "sent to voicemail": mark("transferred to {words}'s voicemail by"),
    "added": mark("{words} added by"),
    "parked": mark("parked by"),
    "taken back": mark("taken back by"),
    "recording": mark("recording started by"),
    "not recording": mark("recording stopped by"),
    "hung up": mark("ended by"),
    "noted": mark("note by"),
    "labeled": mark("labeled {words} by"),
}

CardId = Annotated[str, Carried("Card", longest=40)]
"""The id of the card that a button is on."""


@dataclass(frozen=True)
class Caller:
    """Who is on the other side; ``sure`` says in words how that is known."""

    name: str = ""
    sure: str = ""
    is_ours: bool = False
    is_contact: bool = False


CUT_SHORT: Final = mark("Not in the part of the contacts that Dialpad gave; it cut the list short")
_HEADS: Final = {
    "ringing": mark("📞 Ringing"),
    "waiting": mark("⏳ Waiting in the queue"),
    "talking": mark("🟢 Talking"),
    "on hold": mark("⏸️ On hold"),
    "parked": mark("🅿️ Parked"),
    "leaving a voicemail": mark("📞 At the voicemail greeting"),
    "missed": mark("🔴 Missed call{more}"),
    "abandoned": mark("🔴 Hung up before it rang{more}"),
    "callback": mark("📲 Asked for a callback, which Dialpad makes"),
    "voicemail": mark("📬 Voicemail{more}"),
    "answered": mark("✅ Answered{more}"),
    "not answered": mark("Not answered{more}"),
    "blocked": mark("⛔ Blocked"),
}
"""How a card begins: a sign that differs in shape, and the state in words. ``{more}``: what else was of it."""
_ENDINGS: Final = {
    "missed": mark("Missed{more}"),
    "abandoned": mark("Hung up before it rang anywhere{more}"),
    "callback": mark("Asked for a callback, which Dialpad makes"),
    "voicemail": mark("Left a voicemail{more}"),
    "answered": mark("Answered{more}"),
    "not answered": mark("Not answered{more}"),
    "blocked": mark("Blocked"),
}


def caller_of(view: CallView, known: Caller | None) -> Caller:
    """Return what the directory knows; else what Dialpad put on the event, which may be no more than a guess."""
    if known is not None and known.name:
        return known
    unknown = say("Nobody in the contacts has this number") if known is None else known.sure
    name = "" if looks_like_number(view.contact) else view.contact
    if not view.number:
        return Caller(name, say("hides the number"))
    if not name:
        return Caller("", unknown)
    if view.contact_type == "user":
        return Caller(name, say("Colleague"), is_ours=True)
    return Caller(name, say("Name as sent with the call; not in the contacts"))


async def look_up_caller(directory: Directory, account: Account, number: str) -> Caller | None:
    """Look a number up as this account's owner sees it; None when the directory does not know it, or cannot be
    asked. Without a name where Dialpad gave only a part of the contacts."""
    try:
        who = await directory.by_number(account, number) if number else None
    except ChatopsError:
        return None
    if who is None:
        return Caller("", say(CUT_SHORT)) if number and await directory.is_cut_short(account) else None
    entry = who.entry
    is_contact = entry.entity is Entity.CONTACT
    company = (
        say(" at {company}", company=entry.detail)
        if is_contact and entry.detail and not entry.detail.startswith("+")
        else ""
    )
    sure = (
        say("Contact{company}", company=company)
        if is_contact
        else say("Colleague")
        if entry.entity is Entity.USER
        else say("Our own line")
    )
    if who.sure == "several":
        sure += say("; others have this number too, so it may be somebody else")
    return Caller(entry.name, sure, is_ours=not is_contact, is_contact=is_contact)


def _other(view: CallView, caller: Caller, status: CardStatus) -> tuple[Part, ...]:
    towards = "" if view.inbound else say("to ")
    if not view.number:
        return (towards, Bold(caller.name or say("a hidden number")))
    if caller.name and status.item is not None and status.item.is_settled:
        return (towards, Bold(caller.name))
    return (towards, Bold(caller.name), " ", Phone(view.number)) if caller.name else (towards, Phone(view.number))


def call_content(view: CallView, known: Caller | None, status: CardStatus) -> Card:
    """Return a call's card: one line of title, one of what has happened, what was said, and three buttons. What is
    settled, and what a later card shows, is one line."""
    caller = caller_of(view, known)
    title = _title(view, caller, status)
    if status.elsewhere:
        return Card(sentence("↓ {title} · they called again, see below", title=title))
    main, menu = _buttons(view, caller, status)
    is_settled = status.item is not None and status.item.is_settled
    return Card(
        title,
        text=recap_of(view) if is_settled else _said(view),
        note="" if is_settled else _story(view, caller, status),
        buttons=main,
        menu=menu,
    )


def _title(view: CallView, caller: Caller, status: CardStatus) -> Prose:
    state = _state(view, status) if view.phase != "ended" else with_due(_state(view, status), status)
    return title_of(state, _other(view, caller, status), _line(view), _at(view, status))


def _state(view: CallView, status: CardStatus) -> Prose:
    stands = state_of(status) if view.phase == "ended" else ""
    if stands:
        return stands
    word = _word(view)
    on_it = [one.name for one in view.on_it if one.talks and one.name]
    by = say(" and ").join((on_it if word == "talking" else None) or view.answered_by)
    by = by if word in {"answered", "talking"} else ""
    if word == "talking" and by and not view.aside:
        return say("🟢 Talking to {by}", by=by)
    if view.aside and view.phase == "talking":
        return f"{live_state(view)}{(say(', {by} answered', by=by) if by else '')}"
    return say(_HEADS[word], more=_more_of_the_end(view)) + (say(" by {by}", by=by) if by else "")


def live_state(view: CallView) -> str:
    """Return how a live call stands, with its sign."""
    return say(_HEADS[(view.aside if view.phase == "talking" else "") or view.phase])


def _line(view: CallView) -> str:
    return view.line if view.inbound else say("from {line}", line=view.line) if view.line else ""


def _at(view: CallView, status: CardStatus) -> datetime | None:
    """Return the call's time, unless the state says when it was settled."""
    return None if status.item is not None and status.item.is_settled else view.started


def _story(view: CallView, caller: Caller, status: CardStatus) -> Prose:
    """Return what has happened and what is known, in one line."""
    waited = lasting_of(view.waited) if view.inbound else ""
    talked = lasting_of(view.talked)
    said: list[Prose] = [
        _assigned(view),
        _still_open(view, status),
        *deeds_of(view)[-MOST_DEEDS:],
        story_of(status),
        say("waited {waited}", waited=waited) if waited else "",
        say("talked {talked}", talked=talked) if talked else "",
        caller.sure,
        say(OPTED_OUT) if status.opted_out else "",
        say("labels: {labels}", labels=", ".join(view.labels)) if view.labels else "",
        say("disposition: {disposition}", disposition=view.disposition) if view.disposition else "",
        say("recording ready") if view.recording_ready else "",
    ]
    kept = [one for one in said if one]
    return prose(*(prose(" · " if index else "", one) for index, one in enumerate(kept)))


def _assigned(view: CallView) -> Prose:
    """Say of a call that waits or rings whom it is for, and who decided that."""
    if not view.assigned or view.phase not in {"waiting", "ringing"}:
        return ""
    by = sentence(" by {who}", who=Mention(view.assigned_by)) if view.assigned_by else ""
    return sentence("assigned to {assigned}{by}", assigned=listed([(Bold(name),) for name in view.assigned]), by=by)


def deeds_of(view: CallView) -> list[Prose]:
    """Say what was done about a call from here, oldest first."""
    return [_deed(one) for one in view.deeds]


def _deed(deed: CallDeed) -> Prose:
    said = prose(say(_DID[deed.what], words=deed.words), " ", Mention(deed.by))
    return prose(said, f": “{deed.words}”") if deed.what == "noted" else said


def _still_open(view: CallView, status: CardStatus) -> Prose:
    """Say of a live call that its caller waits for somebody already."""
    item = status.item
    if view.phase == "ended" or item is None or item.is_settled:
        return ""
    owner = sentence(", claimed by {who}", who=Mention(item.owner)) if item.owner else ""
    return sentence("has waited since {when}{owner}", when=When(item.since, "date"), owner=owner)


def _word(view: CallView) -> str:
    asked = NewsKind.CALLBACK in happening_of(view).kinds
    return "callback" if asked and view.outcome in {"missed", "abandoned"} else view.outcome or view.phase


def outcome_words(view: CallView) -> str:
    """Return how a call ended, in a sentence about it: ``Answered``, ``Hung up before it rang anywhere``."""
    return say(_ENDINGS[_word(view)], more=_more_of_the_end(view)) if view.outcome else say("In progress")


def moved_words(deed: CallDeed) -> str:
    """Return where a call was transferred, in a sentence about it: ``Transferred to Sam``."""
    to_voicemail = deed.what == "sent to voicemail"
    said = mark("Transferred to {who}'s voicemail") if to_voicemail else mark("Transferred to {who}")
    return say(said, who=deed.words)


def _more_of_the_end(view: CallView) -> str:
    word = _word(view)
    talked = say(" and ").join(view.answered_by) if word in {"missed", "abandoned", "voicemail"} else ""
    greeting = say(", hung up at the greeting") if word == "missed" and view.reached_greeting else ""
    return greeting + (say(", after talking to {names}", names=talked) if talked else "")


def recap_of(view: CallView) -> Prose:
    """Return the recap and the follow-up tasks of a call, cut when too long; the More button shows all."""
    return _quoted(view, "")


def _said(view: CallView) -> Prose:
    """Return the voicemail's words, the recap and the follow-up tasks, cut when too long; the More button shows all."""
    return _quoted(view, f"“{view.transcript}”" if view.transcript else "")


def _quoted(view: CallView, quoted: str) -> Prose:
    to_do = "\n".join(f"• {one}" for one in view.to_do)
    about = "; ".join([*view.purposes, *([view.recap_outcome] if view.recap_outcome else [])])
    said: list[Prose] = []
    room = LONGEST_TEXT
    heads = (
        prose(),
        prose(Bold(say("About")), ": "),
        prose(Bold(say("Recap")), ": "),
        prose(Bold(say("To do")), ":\n"),
    )
    for head, text in zip(heads, (quoted, about, view.recap, to_do), strict=True):
        if text and room > 0:
            shown = text if len(text) <= room else text[: room - 1] + "…"
            room -= len(shown)
            said.append(prose("\n" if said else "", head, shown))
    return prose(*said)


def _buttons(view: CallView, caller: Caller, status: CardStatus) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """Return the three buttons that fit the state, and the rest for the menu."""
    more = Button("More…", "card.more", {"card": status.card, "subscription": status.subscription})
    if view.phase != "ended":
        main, rest = controls(view)
        return (*queueing(view, status.card), *main), (*rest, more)
    heard = hearing(view, status.card)
    if view.outcome == "blocked":
        return (), (*heard, more)
    reached = reach(view, caller, opted_out=status.opted_out) if view.number else ()
    first, rest = taking(status)
    if not first:  # nothing asks: what was done is read, hardly ever pressed
        label = Button("Label", "card.label", {"card": status.card, "labels": ", ".join(view.labels)}, form=True)
        return (), (*(*rest, *heard, *reached, *(() if rest else (label,)))[: MENU - 1], more)
    steps = (*heard[:1], *reached)
    main = (*first, *steps)[:BUTTONS]
    left = [one for one in steps if one not in main]
    block = [] if caller.is_ours or not view.number else [block_button(view.number)]
    return main, (*(*rest, *left, *block)[: MENU - 1], more)


def queueing(view: CallView, card: str) -> tuple[Button, ...]:
    """Return the buttons for whom a caller in a call center's queue is; none for other calls."""
    if not view.in_queue:
        return ()
    line = view.line_id.removeprefix("callcenter:")
    assign = Button("Assign to…", "card.assign", {"card": card, "line": line}, form=True)
    return (assign, Button("Take back", "card.unassign", {"card": card})) if view.assigned else (assign,)


def controls(view: CallView) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """Return the buttons of a live call that stand on its card, and those for its menu. Who presses one and may not, is
    told so; the More button shows each person what they may do."""
    call = {"call": view.call_id}
    if view.phase != "talking" or not view.call_id:
        return (), ()
    if view.aside == "parked":
        return (Button("Take the call", "live.take", call),), (Button("Hang up…", "live.hang_up", call),)
    return (), (
        Button("Transfer…", "live.transfer", call, form=True),
        Button("Add somebody…", "live.add", call, form=True),
        Button("Park", "live.park", call),
        Button("Hang up…", "live.hang_up", call),
    )


def block_button(number: str) -> Button:
    return Button("Block", "block.block", {"numbers": [number]})


def hearing(view: CallView, card: str) -> tuple[Button, ...]:
    """Return the buttons for listening and reading, once there is a recording or a transcript."""
    found: tuple[Button, ...] = ()
    if view.has_voicemail or view.recording_ready:
        found = (Button("Listen", "card.listen", {"card": card}),)
    if view.transcribed:
        found = (*found, Button("Transcript", "calls.transcript", {"call": view.transcribed}))
    return (*found, *recap_button(view, card))


def recap_button(view: CallView, card: str = "") -> tuple[Button, ...]:
    """Return the button for the AI recap of a call that was answered and is over; none for other calls."""
    if view.phase != "ended" or not (view.outcome == "answered" or view.answered_by) or not view.call_id:
        return ()
    if card:
        return (Button("AI recap", "card.recap", {"card": card}),)
    return (Button("AI recap", "calls.recap", {"call": " ".join(legs_with_recap(view))}),)


def legs_with_recap(view: CallView) -> list[str]:
    """Return the legs that may have the call's recap, the likeliest first: those of people, then the caller's own."""
    transcribed = [view.transcribed] if view.transcribed else []
    return list(dict.fromkeys([*transcribed, *view.legs[1:], view.call_id]))[:MOST_LEGS]


def reach(view: CallView, caller: Caller, *, opted_out: bool = False) -> tuple[Button, ...]:
    """Return the buttons for getting back to the caller, from the line that they called; no call button where Dialpad
    is about to call them, no text for who wants none."""
    line = {"line": view.dialled} if view.inbound and view.dialled else {}
    text = () if opted_out else (Button("Text", "sms.sms", {"to": [view.number], **line}, form=True),)
    call = Button("Call back", "call.call", {"to": view.number, **line})
    return text if _word(view) == "callback" else (call, *text)


def tidy(view: CallView, caller: Caller, card: str) -> tuple[Button, ...]:
    """Return the buttons for blocking and saving the number and labelling the call."""
    label = Button("Label", "card.label", {"card": card, "labels": ", ".join(view.labels)}, form=True)
    if caller.is_ours or not view.number:
        return (label,)
    block = block_button(view.number)
    if caller.is_contact:
        return (block, label)
    first, _, last = caller.name.partition(" ")
    filled: dict[str, Raw] = {"phones": [view.number]}
    filled |= {name: word for name, word in (("first_name", first), ("last_name", last)) if word}
    return (block, Button("Save contact", route_of(CreateContact), filled, form=True), label)


def call_line(view: CallView, known: Caller | None, status: CardStatus) -> Row:
    """Return one row of a message about several calls."""
    caller = caller_of(view, known)
    title = _title(view, caller, status)
    return Row(title, story_of(status), Button("Open", "card.show", {"card": status.card}))


def bundle(rows: Sequence[Row], subscription: str, *, held: bool = False) -> Listing:
    """Return several calls as one message with a count. ``held``: they came in the quiet hours."""
    gear = (Button("Settings", "notify.settings", {"subscription": subscription}),) if subscription else ()
    when = say("from the quiet hours") if held else say("at once")
    return Listing(f"{plural(len(rows), 'notification')} {when}", tuple(rows), buttons=gear)
