"""Open work as a list: who waits, since when, who has it, what has happened, and a button to take it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.activity.items import Item
from bot.basics.language import say
from bot.cards.live_call import look_up_caller
from bot.cards.open_work import CardStatus, Urgency, names_of, state_of, story_of, urgency, with_due
from bot.contract.board import OpenWork
from bot.contract.prose import prose, sentence
from bot.contract.reply import Bold, Button, Mention, Phone, Prose, Raw, Row, When
from bot.dialpad.accounts import Account
from bot.dialpad.directory import Directory

OPEN_WORK: Final = "open.work"
"""The route that lists open work."""


@dataclass(frozen=True)
class WorkNames:
    """Names as one person sees them: of customers by number, of colleagues by place such as ``user:5820``.
    ``unmentioned``: names by Slack id of those who are named without a mention, because a new message in a channel
    alerts whomever it mentions; None where nobody else reads it."""

    customers: Mapping[str, str] = field(default_factory=dict)
    colleagues: Mapping[str, str] = field(default_factory=dict)
    unmentioned: Mapping[str, str] | None = None

    def named(self, said: Prose) -> Prose:
        """Return a sentence with names in place of mentions, where nobody is to be alerted."""
        known = self.unmentioned
        if known is None or isinstance(said, str):
            return said
        return prose(
            *(known.get(one.slack_id, say("a colleague")) if isinstance(one, Mention) else one for one in said)
        )


async def look_up_names(directory: Directory, account: Account, works: Sequence[OpenWork]) -> WorkNames:
    """Look up the names that these rows show."""
    numbers = list(dict.fromkeys(one.item.number for one in works if one.item.number))
    found = await asyncio.gather(*(look_up_caller(directory, account, number) for number in numbers))
    customers = {number: caller.name for number, caller in zip(numbers, found, strict=True) if caller is not None}
    return WorkNames(customers, await names_of(directory, account, [one.item for one in works]))


@dataclass(frozen=True)
class WorkSection:
    """Open work of one kind: what is due first, then the longest-waiting."""

    heading: str
    works: tuple[OpenWork, ...]


def sections_of(works: Sequence[OpenWork], me: str, now: datetime) -> list[WorkSection]:
    """Sort open work into what is ``me``'s or offered to them, what nobody has, what others have, and what was put off
    or waits for the customer; those that are empty are left out."""
    headings = (say("Yours"), say("Nobody has claimed"), say("Claimed by others"), say("Put off, or waiting for them"))
    sorted_in: dict[str, list[OpenWork]] = {heading: [] for heading in headings}
    for one in works:
        sorted_in[headings[_place_of(one.item, me, now)]].append(one)
    found = ((heading, sorted(some, key=lambda one: _turn(one, now))) for heading, some in sorted_in.items() if some)
    return [WorkSection(heading, tuple(some)) for heading, some in found]


def _turn(one: OpenWork, now: datetime) -> tuple[int, datetime]:
    """Return what sorts open work: what is overdue or due soon goes by when it is due, and before all else."""
    late = urgency(CardStatus(one.card, now, one.item, times=one.times)) >= Urgency.SOON
    return (0, one.times.by) if late and one.times is not None else (1, one.item.since)


def in_order(works: Sequence[OpenWork], me: str, now: datetime) -> list[OpenWork]:
    """Return open work in the order of its sections."""
    return [one for section in sections_of(works, me, now) for one in section.works]


def _place_of(item: Item, me: str, now: datetime) -> int:
    if me and item.asked == me:
        return 0
    if item.state == "waiting" or item.awaits_callback or item.is_snoozed(now):
        return 3
    return 1 if not item.owner else 0 if item.owner == me else 2


def work_row(work: OpenWork, names: WorkNames, now: datetime, me: str = "", *, opens: bool = False) -> Row:
    """Return one row. ``opens``: with a button to open the card also where there is one to take it."""
    item = work.item
    status = CardStatus(work.card, now, item, names=names.colleagues, times=work.times)
    stands, what = state_of(status), _what(item)
    name = names.customers.get(item.number, "")
    who: Prose = prose(Bold(name), " " if name else "", Phone(item.number)) if item.number else say("a hidden number")
    parts = [
        with_due(stands or what, status),
        who,
        *([item.line_name] if item.line_name else []),
        sentence("since {when}", when=When(item.since, "date")),
    ]
    told = [one for one in (what.partition(" ")[2] if stands else "", story_of(status)) if one]
    show = Button("Open the card", "card.show", {"card": work.card})
    take = _take(work, now, me)
    text, note = names.named(_dotted(parts)), names.named(_dotted(told))
    if not work.card:
        return Row(text, note)
    return Row(text, note, take or show, more=(show,) if take and opens else ())


def _take(work: OpenWork, now: datetime, me: str) -> Button | None:
    if me and work.item.asked == me:
        return Button("Accept", "card.accept", {"card": work.card}, style="primary")
    return Button("Claim", "card.claim", {"card": work.card}, style="primary") if work.item.asks(now) else None


def _what(item: Item) -> str:
    if item.awaits_callback:
        return say("📲 Asked for a callback, which Dialpad makes")
    if item.has_voicemail:
        return say("📬 Voicemail")
    return say("🔴 Missed call") if item.calls else say("💬 Text")


def _dotted(parts: Sequence[Prose]) -> Prose:
    return prose(*(prose(" · " if index else "", one) for index, one in enumerate(parts)))


def work_rows(works: Sequence[OpenWork], names: WorkNames, now: datetime, most: int, me: str = "") -> list[Row]:
    """Return the first of these as rows, and how many are not shown."""
    left = len(works) - most
    more = [Row(say("… and {left:,} more", left=left))] if left > 0 else []
    return [*(work_row(one, names, now, me) for one in works[:most]), *more]


def show_all(**asked: Raw) -> Button:
    """Return the button that lists all open work: ``group`` of one line, else ``whose``."""
    return Button("Show all", OPEN_WORK, asked or {"whose": "all"})
