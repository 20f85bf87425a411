"""Open work in words: its state, what has happened, and the buttons that fit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Final

from bot.activity.histories import Deed
from bot.activity.items import Item, ItemStep
from bot.basics.language import mark, say
from bot.basics.opening_hours import AnswerTimes
from bot.basics.times import lasting
from bot.contract.context import Ctx
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Button, Mention, Prose, When
from bot.dialpad.accounts import Account
from bot.dialpad.action import Entity
from bot.dialpad.directory import Directory

MOST_STEPS: Final = 4
"""What people did that a card tells of; the More button tells all."""

_FROM_THEM: Final = frozenset({"called", "left a voicemail", "texted"})
_DONE_BY: Final = {
    "was called back": mark("Called back by"),
    "was texted": mark("Texted by"),
    "answered": mark("Answered by"),
    "blocked": mark("Blocked by"),
    "labeled": mark("Labeled {words} by"),
    "done": mark("Done by"),
}
_DONE: Final = {
    "was called back": mark("Called back"),
    "was texted": mark("Answered"),
    "answered": mark("Answered"),
    "labeled": mark("Labeled {words}"),
    "opted out": mark("Opted out of texts (STOP)"),
    "done": mark("Closed"),
}
_DID: Final = {
    "was called back": mark("called back by"),
    "was texted": mark("texted by"),
    "tried to call": mark("not reached by"),
    "is calling": mark("being called by"),
    "could not be texted": mark("a text did not arrive, sent by"),
    "may not have been texted": mark("a text may not have arrived, sent by"),
    "handed": mark("handed over by"),
    "declined": mark("declined by"),
    "released": mark("given back by"),
    "reopened": mark("reopened by"),
    "noted": mark("note by"),
    "saved": mark("saved as a contact by"),
    "scheduled": mark("a text is scheduled by"),
    "labeled": mark("labeled {words} by"),
}


class Urgency(IntEnum):
    """How urgent an answer is, the most urgent last."""

    NONE = 0
    IN_TIME = 1
    SOON = 2
    OVERDUE = 3


@dataclass(frozen=True)
class CardStatus:
    """How a card's open work stands. ``subscription`` is the id of the subscription that posted it, ``names`` of people
    by their place at Dialpad, such as ``user:5820``. ``elsewhere``: a later card in the same channel shows the work."""

    card: str
    now: datetime
    item: Item | None = None
    subscription: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    elsewhere: bool = False
    opted_out: bool = False
    """Whether the customer wants no more texts."""
    times: AnswerTimes | None = None
    """Until when it is to be answered."""


async def names_of(directory: Directory, account: Account, items: Sequence[Item]) -> dict[str, str]:
    """Return the names of those whom the steps of these items give by their place, as the account's owner sees
    them."""
    return await names_at(directory, account, [one for item in items for step in item.steps for one in step.who])


async def names_at(directory: Directory, account: Account, who: Iterable[str]) -> dict[str, str]:
    """Return the names of those who are given by their place, such as ``user:5820``."""
    places = sorted({one for one in who if one.startswith("user:")})
    found = {one: await directory.name_of(account, Entity.USER, one.removeprefix("user:")) for one in places}
    return {one: name for one, name in found.items() if name}


async def note_deed(ctx: Ctx, number: str, deed: Deed, *, to: str = "", words: str = "") -> None:
    """Note what the person just did about a customer, wherever they did it: cards say so, and stop asking. ``to``: the
    id of the call or text."""
    if ctx.deps.notifications is not None:
        await ctx.deps.notifications.did(ctx.person, number, deed, to=to, words=words)


def state_of(status: CardStatus) -> Prose:
    """Return where open work stands, as a card's title begins; "" while it is simply open."""
    stands, at_it = _stands(status), _at_it(status)
    if not at_it:
        return stands
    return prose(stands, " · ", at_it) if stands else prose("✍️ ", at_it)


def _stands(status: CardStatus) -> Prose:
    item = status.item
    if item is None:
        return ""
    if item.is_settled and item.settled is not None:
        return prose("✅ ", _settled(item.settled, status))
    until = item.snoozed_until if item.is_snoozed(status.now) else None
    if item.owner:
        asked = sentence(", handed to {who}", who=Mention(item.asked)) if item.asked else ""
        later = sentence(", put off until {when}", when=When(until, "date")) if until else ""
        return sentence("🙋 Claimed by {who}{asked}{later}", who=Mention(item.owner), asked=asked, later=later)
    if until:
        return sentence("💤 Put off until {when}", when=When(until, "date"))
    if item.state == "waiting":
        return say("⏳ Waiting for them")
    return ""


def urgency(status: CardStatus) -> Urgency:
    """Tell how urgent an answer is: nobody's concern any more, in time, due soon, or overdue."""
    times, item = status.times, status.item
    if times is None or item is None or not item.asks(status.now):
        return Urgency.NONE
    if status.now >= times.by:
        return Urgency.OVERDUE
    return Urgency.SOON if status.now >= times.warn_at else Urgency.IN_TIME


def due_of(status: CardStatus) -> Prose:
    """Return how the title of open work begins that is to be answered soon, or should have been; "" otherwise."""
    match urgency(status), status.times:
        case Urgency.OVERDUE, AnswerTimes(by):
            return sentence("‼️ Overdue, answer was due {when}", when=When(by, "date"))
        case Urgency.SOON, AnswerTimes(by):
            return sentence("⏰ Due soon, answer by {when}", when=When(by, "date"))
        case _:
            return ""


def with_due(state: Prose, status: CardStatus) -> Prose:
    """Return a title's state after what is due, which goes before everything else."""
    due = due_of(status)
    return prose(due, " · ", state) if due and state else due or state


def _at_it(status: CardStatus) -> Prose:
    """Say who is answering the customer at this moment."""
    at_it = status.item.who_answers(status.now) if status.item is not None else ()
    if not at_it:
        return ""
    said = mark("{people} are answering") if len(at_it) > 1 else mark("{people} is answering")
    return sentence(said, people=listed([prose(Mention(one.by)) for one in at_it]))


def _settled(step: ItemStep, status: CardStatus) -> Prose:
    who = _who(step, status)
    done = _DONE_BY.get(step.what, mark("Closed by")) if who else _DONE.get(step.what, mark("Closed"))
    words = say(done, words=step.words)
    talked = (
        say(", talked {talked}", talked=lasting(step.seconds * 1000))
        if step.seconds and step.what != "answered"
        else ""
    )
    return prose(words, " " if who else "", who, " ", When(step.at, "date"), talked)


def _who(step: ItemStep, status: CardStatus) -> Prose:
    if step.by:
        return (Mention(step.by),)
    names = [status.names.get(one, say("a colleague") if one.startswith("user:") else one) for one in step.who]
    return say(" and ").join(names)


def story_of(status: CardStatus) -> Prose:
    """Return what has happened, in one line: "called 4 times, last 14:20 · voicemail 0:32 · texted by @sam 14:25"."""
    item = status.item
    if item is None:
        return ""
    said: list[Prose] = []
    theirs = [step for step in item.steps if step.what in _FROM_THEM]
    calls = [step for step in theirs if step.what != "texted"]
    texts = [step for step in theirs if step.what == "texted"]
    if len(calls) > 1:
        said.append(sentence("called {count} times, last {when}", count=len(calls), when=When(calls[-1].at, "date")))
    said += [sentence("voicemail {length}", length=lasting(one.seconds * 1000)) for one in calls if one.seconds]
    if texts and (calls or len(texts) > 1):
        times = say(" {count} times", count=len(texts)) if len(texts) > 1 else ""
        said.append(sentence("texted{times}, last {when}", times=times, when=When(texts[-1].at, "date")))
    due = _scheduled(item, status.now)
    ours = [step for step in item.steps if step.what in _DID and step != item.settled and _still_holds(step, item, due)]
    said += [_did(step, status) for step in ours[-MOST_STEPS:]]
    if item.is_blocked:
        said.append(say("blocked"))
    if status.times is not None and urgency(status) is Urgency.IN_TIME:
        said.append(sentence("answer by {when}", when=When(status.times.by, "date")))
    return prose(*(prose(" · " if index else "", one) for index, one in enumerate(said)))


def _still_holds(step: ItemStep, item: Item, due: Sequence[ItemStep]) -> bool:
    """Tell whether a step is still so: nobody gave back what somebody has now, and what was scheduled is not sent."""
    if step.what == "released":
        return not item.owner
    return step.what != "scheduled" or step in due


def _scheduled(item: Item, now: datetime) -> list[ItemStep]:
    """Return what was scheduled, as it was scheduled last, and is neither sent nor cancelled."""
    last = {step.to: step for step in item.steps if step.what in {"scheduled", "unscheduled"}}
    return [step for step in last.values() if step.what == "scheduled" and _due(step) > now]


def _due(step: ItemStep) -> datetime:
    return datetime.fromisoformat(step.words)


def _did(step: ItemStep, status: CardStatus) -> Prose:
    who = _who(step, status)
    if step.what == "scheduled":
        return sentence(
            "{did} {who} for {when}",
            did=say(_DID[step.what]),
            who=who or say("somebody"),
            when=When(_due(step), "date"),
        )
    talked = say(", talked {talked}", talked=lasting(step.seconds * 1000)) if step.seconds else ""
    words = f": “{step.words}”" if step.what == "noted" and step.words else ""
    to = sentence(" to {who}", who=Mention(step.to)) if step.what == "handed" and step.to else ""
    head = say(_DID[step.what], words=step.words)
    return prose(head, " ", who or say("somebody"), to, " ", When(step.at, "date"), talked, words)


def taking(status: CardStatus) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """Return the first button and the rest for whoever takes care of open work, by its state."""
    item, card = status.item, {"card": status.card}
    if item is None:
        return (), ()
    reopen = Button("Reopen", "card.reopen", card)
    if item.is_settled:
        return (), (reopen,)
    done = Button("Done", "card.handled", card)
    hand = Button("Hand to…", "card.hand", card, form=True)
    snooze = Button("Put off…", "card.snooze", card, form=True)
    first = replace(done, style="primary")
    if item.owner:
        rest = (Button("Give back", "card.release", card), hand, snooze, Button("Take over", "card.takeover", card))
        return (first,), rest
    if item.awaits_callback:
        return (), (done, hand)
    if item.state == "waiting" or item.is_snoozed(status.now):
        return (first,), (Button("Claim", "card.claim", card), Button("Open again", "card.wake", card), hand)
    return (Button("Claim", "card.claim", card, style="primary"),), (done, snooze, hand)


def title_of(state: Prose, who: Prose, line: str, at: datetime | None) -> Prose:
    """Return a card's title: state, who, line and time, each once."""
    said = [state, who, *([line] if line else []), *([prose(When(at, "date"))] if at else [])]
    return prose(*(prose(" · " if index else "", one) for index, one in enumerate(said)))
