"""A call as a channel sees it: one card from the first ring to the recap, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from bot.activity.calls import CallView
from bot.activity.news import NewsKind, happening_of, needs_somebody
from bot.basics.errors import ChatopsError
from bot.basics.phone import looks_like_number
from bot.basics.times import lasting
from bot.catalogue.answers import route_of
from bot.contract.argument import Carried
from bot.contract.prose import plural, prose
from bot.contract.reply import Bold, Button, Card, Fact, Listing, Mention, Part, Phone, Prose, Raw, Row, When
from bot.dialpad.accounts import Account
from bot.dialpad.action import Entity
from bot.dialpad.actions.contacts import CreateContact
from bot.dialpad.directory import Directory

LONGEST_TEXT: Final = 1_500
"""Characters of a transcript or recap on a card; the More button shows all of it."""
MOST_ROWS: Final = 20

CardId = Annotated[str, Carried("Card", longest=40)]
"""The id of the card that a button is on."""


@dataclass(frozen=True)
class Caller:
    """Who is on the other side; ``sure`` says in words how that is known."""

    name: str = ""
    sure: str = ""
    is_ours: bool = False
    is_contact: bool = False


@dataclass(frozen=True)
class CardStatus:
    """Who has claimed or handled a card. ``subscription`` is the id of the subscription that posted it."""

    card: str
    subscription: str = ""
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    handled_by: str | None = None
    handled_at: datetime | None = None


_HEADS: Final = {
    "ringing": "📞 Call",
    "waiting": "⏳ Waiting call",
    "talking": "🟢 Call",
    "leaving a voicemail": "📞 Call",
    "missed": "🔴 Missed call",
    "abandoned": "🔴 Abandoned call",
    "callback": "📲 Callback request",
    "voicemail": "📬 Voicemail",
    "answered": "✅ Call",
    "not answered": "Call that was not answered",
    "blocked": "Blocked call",
}
_NOW: Final = {
    "ringing": "Ringing",
    "waiting": "Waiting in the queue",
    "talking": "Talking",
    "leaving a voicemail": "At the voicemail greeting",
    "missed": "Missed",
    "abandoned": "Hung up before it rang anywhere",
    "callback": "Asked for a callback, which Dialpad makes",
    "voicemail": "Left a voicemail",
    "answered": "Answered",
    "not answered": "Not answered",
    "blocked": "Blocked",
}


def caller_of(view: CallView, known: Caller | None) -> Caller:
    """Return what the directory knows; else what Dialpad put on the event, which may be no more than a guess."""
    if known is not None and known.name:
        return known
    name = "" if looks_like_number(view.contact) else view.contact
    if not view.number:
        return Caller(name, "hides the number")
    if not name:
        return Caller("", "Nobody in the contacts has this number")
    if view.contact_type == "user":
        return Caller(name, "Colleague", is_ours=True)
    return Caller(name, "Name as sent with the call; not in the contacts")


async def look_up_caller(directory: Directory, account: Account, number: str) -> Caller | None:
    """Look a number up as this account's owner sees it; None when the directory does not know it, or cannot be
    asked."""
    try:
        who = await directory.by_number(account, number) if number else None
    except ChatopsError:
        return None
    if who is None:
        return None
    entry = who.entry
    is_contact = entry.entity is Entity.CONTACT
    company = f" at {entry.detail}" if is_contact and entry.detail and not entry.detail.startswith("+") else ""
    sure = f"Contact{company}" if is_contact else "Colleague" if entry.entity is Entity.USER else "Our own line"
    if who.sure == "several":
        sure += "; others have this number too, so it may be somebody else"
    return Caller(entry.name, sure, is_ours=not is_contact, is_contact=is_contact)


def _other(view: CallView, caller: Caller) -> tuple[Part, ...]:
    if not view.number:
        return (Bold(caller.name or "a hidden number"),)
    return (Bold(caller.name), " ", Phone(view.number)) if caller.name else (Phone(view.number),)


def call_content(view: CallView, known: Caller | None, standing: CardStatus) -> tuple[Card, Prose]:
    """Return the card and its stamp: who claimed or handled it, "" while nobody has."""
    caller = caller_of(view, known)
    word = _word(view)
    towards = " to " if not view.inbound else " from "
    line = f" to {view.line}" if view.line and view.inbound else ""
    facts = (
        Fact("State", _state(view, word)),
        Fact("When", (When(view.started, "date"),)) if view.started else None,
        Fact("Waited", waited) if (waited := _long(view)) else None,
        Fact("Talked", lasting(view.talked.total_seconds() * 1000)) if view.talked else None,
        Fact("Who", caller.sure) if caller.sure else None,
        Fact("Labels", ", ".join(view.labels)) if view.labels else None,
        Fact("Recording", "Ready") if view.recording_ready else None,
        Fact("About", ", ".join(view.purposes)) if view.purposes else None,
        Fact("Outcome", view.recap_outcome) if view.recap_outcome else None,
    )
    card = Card(
        prose(_HEADS[word], towards, _other(view, caller), line),
        facts=tuple(fact for fact in facts if fact),
        text=_said(view),
        buttons=_buttons(view, caller, standing),
    )
    return card, stamp_of(standing)


def _word(view: CallView) -> str:
    asked = NewsKind.CALLBACK in happening_of(view).kinds
    return "callback" if asked and view.outcome in {"missed", "abandoned"} else view.outcome or view.phase


def _state(view: CallView, word: str) -> str:
    by = " and ".join(view.answered_by) if word in {"answered", "talking"} else ""
    if word == "talking" and by:
        return f"Talking to {by}"
    return f"{outcome_words(view) if view.outcome else _NOW[word]}{f' by {by}' if by else ''}"


def outcome_words(view: CallView) -> str:
    """Return how a call ended: ``Answered``, ``Hung up before it rang anywhere``."""
    if not view.outcome:
        return "In progress"
    word = _word(view)
    talked = " and ".join(view.answered_by) if word in {"missed", "abandoned", "voicemail"} else ""
    greeting = ", hung up at the greeting" if word == "missed" and view.reached_greeting else ""
    return f"{_NOW[word]}{greeting}{f', after talking to {talked}' if talked else ''}"


def _long(view: CallView) -> str:
    return lasting(view.waited.total_seconds() * 1000) if view.waited is not None and view.inbound else ""


def _said(view: CallView) -> Prose:
    """Return the voicemail's words, the recap and the follow-up tasks, cut when too long; the More button shows all."""
    to_do = "\n".join(f"• {one}" for one in view.to_do)
    quoted = f"“{view.transcript}”" if view.transcript else ""
    said: list[Prose] = []
    room = LONGEST_TEXT
    heads = (prose(), prose(Bold("Recap"), ": "), prose(Bold("To do"), ":\n"))
    for head, text in zip(heads, (quoted, view.recap, to_do), strict=True):
        if text and room > 0:
            shown = text if len(text) <= room else text[: room - 1] + "…"
            room -= len(shown)
            said.append(prose("\n" if said else "", head, shown))
    return prose(*said)


def stamp_of(standing: CardStatus) -> Prose:
    """Return who claimed or handled a call: ``Claimed by @ana at 14:02``."""
    said: list[Prose] = []
    if standing.claimed_by and standing.claimed_at:
        said.append(prose("Claimed by ", Mention(standing.claimed_by), " at ", When(standing.claimed_at)))
    if standing.handled_by and standing.handled_at:
        said.append(prose("Handled by ", Mention(standing.handled_by), " at ", When(standing.handled_at)))
    return prose(*(prose(" · " if index else "", one) for index, one in enumerate(said)))


def _buttons(view: CallView, caller: Caller, standing: CardStatus) -> tuple[Button, ...]:
    gear = (Button("⚙️", "notify.settings", {"subscription": standing.subscription}),) if standing.subscription else ()
    more = Button("More", "card.more", {"card": standing.card})
    listen = hearing(view, standing.card)
    if standing.handled_by or view.outcome == "blocked":
        return (*listen[:1], more, *gear)
    mine: list[Button] = []
    if needs_somebody(view):
        if standing.claimed_by:
            mine.append(Button("Mark handled", "card.handled", {"card": standing.card}, style="primary"))
            mine.append(Button("Release", "card.release", {"card": standing.card}))
        else:
            mine.append(Button("Claim", "card.claim", {"card": standing.card}, style="primary"))
            mine.append(Button("Mark handled", "card.handled", {"card": standing.card}))
    calls = view.phase == "ended" and view.number
    steps = (*reach(view, caller), *tidy(view, caller, standing)) if calls else ()
    return (*mine, *listen, *steps, more, *gear)


def hearing(view: CallView, card: str) -> tuple[Button, ...]:
    """Return the buttons for listening and reading, once there is a recording or a transcript."""
    found: tuple[Button, ...] = ()
    if view.has_voicemail or view.recording_ready:
        found = (Button("Listen", "card.listen", {"card": card}),)
    if view.transcribed:
        found = (*found, Button("Transcript", "calls.transcript", {"call": view.transcribed}))
    return found


def reach(view: CallView, caller: Caller) -> tuple[Button, ...]:
    """Return the buttons for getting back to the caller; no call button where Dialpad is about to call them."""
    text = Button("Text", "sms.sms", {"to": [view.number]}, form=True)
    return (text,) if _word(view) == "callback" else (Button("Call back", "call.call", {"to": view.number}), text)


def tidy(view: CallView, caller: Caller, standing: CardStatus) -> tuple[Button, ...]:
    """Return the buttons for blocking and saving the number and labelling the call."""
    label = Button("Label", "card.label", {"card": standing.card, "labels": ", ".join(view.labels)}, form=True)
    if caller.is_ours:
        return (label,)
    block = Button("Block", "block.block", {"numbers": [view.number]})
    if caller.is_contact:
        return (block, label)
    first, _, last = caller.name.partition(" ")
    filled: dict[str, Raw] = {"phones": [view.number]}
    filled |= {name: word for name, word in (("first_name", first), ("last_name", last)) if word}
    return (block, Button("Save contact", route_of(CreateContact), filled, form=True), label)


def call_line(view: CallView, known: Caller | None, standing: CardStatus) -> Row:
    """Return one row of a message about several calls."""
    caller = caller_of(view, known)
    word = _word(view)
    line = f" to {view.line}" if view.line else ""
    text = prose(_HEADS[word], " from " if view.inbound else " to ", _other(view, caller), line)
    when = (When(view.started, "date"),) if view.started else ()
    stamp = stamp_of(standing)
    note = prose(when, " · " if when and stamp else "", stamp)
    return Row(text, note, Button("Open", "card.show", {"card": standing.card}))


def bundle(rows: Sequence[Row], subscription: str, *, held: bool = False) -> Listing:
    """Return several calls as one message with a count. ``held``: they came in the quiet hours."""
    gear = (Button("⚙️", "notify.settings", {"subscription": subscription}),) if subscription else ()
    when = "from the quiet hours" if held else "at once"
    return Listing(f"{plural(len(rows), 'notification')} {when}", tuple(rows), buttons=gear)
