"""Boards: what each shows is put together when it is drawn, and each is drawn anew when something happens on its line.

The day's calls are kept in memory, by company, and only what changed since is read again: a board costs what happened
on the phones, not how long the day is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.activity.board import (
    LOST_AFTER,
    RED_CALLERS,
    BoardCall,
    BoardView,
    SeenBy,
    board_call,
    busy_agents,
    waiting_since,
)
from bot.activity.call_counts import count_calls, heard_call
from bot.activity.calls import view_call
from bot.activity.news import NewsKind
from bot.activity.registers import Register, fragment, value
from bot.activity.roster import Agent, Roster
from bot.activity.subscriptions.subscription import Subscription
from bot.activity.taken_off import MISSED_A_CALL, taken_off
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.basics.times import on_clock
from bot.cards.board import BOARD
from bot.cards.presence import reason_of
from bot.notifications.call_log import heard_since
from bot.store.absorbing import CardPart
from bot.store.card_rows import StoredCard
from bot.store.postings import NewPosting
from bot.store.store import Store

SETTLE_S: Final = 2.0
"""How long a change waits for others: the legs of a call ring, end and are taken within moments."""
_OVERLAP: Final = timedelta(minutes=2)
"""What is committed late, or by a process whose clock is behind, is read again."""
MOST_ASKED: Final = 12
"""People off duty of whom it is looked up whether Dialpad took them off: as many as a board names."""
_KEPT: Final = timedelta(hours=36)


def _name_of(subscription: str, place: str) -> str:
    """Return the name of the card of a subscription's board."""
    return f"board:{subscription}:{place}"


def board_part(subscription: Subscription, place: str, at: datetime) -> CardPart:
    """Return what draws a board anew, or posts it for the first time."""
    name = subscription.places.get(place, "")
    said = {"about": BOARD, "subscription": subscription.id, "place": place, "name": name, "moved": at.timestamp()}
    where = [NewPosting(subscription.channel, subscription.id)]
    part = fragment(int(at.timestamp() * 1000), 0, said)
    return CardPart(BOARD, (_name_of(subscription.id, place),), part, lambda *_: where, SETTLE_S)


def boards_of(subscription: Subscription) -> list[str]:
    """Return the places of the boards that a subscription keeps up."""
    if NewsKind.BOARD not in subscription.kinds:
        return []
    return [place for place in subscription.places if place.startswith(("callcenter:", "department:"))]


async def show_boards(store: Store, subscription: Subscription, places: Collection[str] | None = None) -> None:
    """Draw a subscription's boards anew; with ``places`` only those."""
    shown = [one for one in boards_of(subscription) if places is None or one in places]
    now = store.now()
    for place in shown:
        part = board_part(subscription, place, now)
        await store.cards.absorb(
            subscription.company, BOARD, part.names, part.state, part.plan, debounce_s=part.debounce_s
        )


async def end_boards(store: Store, subscription: Subscription) -> None:
    """Let the boards of a subscription that is gone say so."""
    for place in boards_of(subscription):
        name = _name_of(subscription.id, place)
        known = await store.cards.named(subscription.company, name)
        if known is not None:
            moved = fragment(int(store.now().timestamp() * 1000), 0, {"moved": store.now().timestamp()})
            await store.cards.absorb(subscription.company, BOARD, [name], moved, lambda *_: [])


async def note_seen(store: Store, card: StoredCard, by: str, note: str) -> None:
    """Note on a board that somebody, by Slack id, has seen what is wrong."""
    now = store.now()
    said = {"seen_by": by, "seen_at": now.isoformat(), "seen_note": note}
    part = fragment(int(now.timestamp() * 1000), 0, said)
    name = _name_of(str(value(card.state, "subscription")), str(value(card.state, "place")))
    await store.cards.absorb(card.company, BOARD, [name], part, lambda *_: [])


@dataclass
class _Day:
    """What is known of a company's calls. ``read_to``: up to when changes were read."""

    calls: dict[str, BoardCall] = field(default_factory=dict)
    read_to: datetime | None = None


@dataclass(frozen=True)
class ShownLine:
    """A line that is shown to somebody. ``person``: with whose connection it is listened to, where not with the
    company's."""

    company: CompanyKey
    place: str
    name: str
    clock: ZoneInfo
    person: PersonKey
    red_callers: int = RED_CALLERS
    seen: SeenBy | None = None


class Boards:
    """Puts together what boards show."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._days: dict[CompanyKey, _Day] = {}

    async def view(self, subscription: Subscription, card: StoredCard) -> BoardView:
        """Return what a board shows now."""
        place = str(value(card.state, "place"))
        name = subscription.places.get(place) or str(value(card.state, "name"))
        callers, seen = subscription.queue.callers, _seen(card.state)
        line = ShownLine(subscription.company, place, name, subscription.clock, subscription.owner, callers, seen)
        return await self.of_line(line)

    async def of_line(self, line: ShownLine) -> BoardView:
        """Return how a line stands now."""
        now, place, clock, company = self._store.now(), line.place, line.clock, line.company
        today = now.astimezone(clock).date()
        calls = await self._calls(company, now)
        everywhere = [call for call in calls.values() if call.phase != "ended" and now - call.heard_at < LOST_AFTER]
        live = [call for call in everywhere if place in call.places]
        done = [
            call.counted
            for call in calls.values()
            if place in call.places and call.counted is not None and call.counted.at.astimezone(clock).date() == today
        ]
        roster = await self._store.rosters.get(company, place.partition(":")[2])
        open_ = [item for _, item in await self._store.histories.open(company, {place})]
        return BoardView(
            name=line.name,
            place=place,
            now=now,
            agents=await self._agents(company, roster, everywhere) if roster is not None else (),
            roster_at=roster.seen_at if roster is not None else None,
            waiting=waiting_since(live),
            ringing=sum(call.inbound and call.phase == "ringing" for call in live),
            talking=sum(call.phase == "talking" for call in live),
            today=count_calls(done),
            heard_since=await heard_since(self._store, line.person, company),
            open_items=len(open_),
            unclaimed=sum(item.asks(now) for item in open_),
            oldest=min((item.since for item in open_), default=None),
            red_callers=line.red_callers,
            seen=line.seen,
            midnight=on_clock(today, 0, clock),
        )

    async def _agents(self, company: CompanyKey, roster: Roster, live: Sequence[BoardCall]) -> tuple[Agent, ...]:
        """Return a line's people: who talks, and of those off duty whom Dialpad took off, which it does not say."""
        found: list[Agent] = []
        asked = 0
        for one in busy_agents(roster.agents, live):
            if not one.on_duty and not reason_of(one.reason) and asked < MOST_ASKED:
                asked += 1
                card = await self._store.cards.named(company, f"agent:{one.id}")
                off = taken_off(card.state) if card is not None else None
                one = replace(one, reason=MISSED_A_CALL, since=off.at) if off is not None else one  # noqa: PLW2901  the same person, with more
            found.append(one)
        return tuple(found)

    def looks_different_at(self, view: BoardView, clock: ZoneInfo) -> datetime:
        """Return when a board looks different though nothing happens."""
        tomorrow = view.now.astimezone(clock).date() + timedelta(days=1)
        return view.next_change(on_clock(tomorrow, 0, clock))

    async def _calls(self, company: CompanyKey, now: datetime) -> dict[str, BoardCall]:
        day = self._days.setdefault(company, _Day())
        since = now - _KEPT if day.read_to is None else day.read_to - _OVERLAP
        async for one in self._store.cards.newest(company, "call", since):
            view = view_call(one.card.state)
            day.calls[one.card.id] = board_call(view, one.at, heard_call(view, ZoneInfo("UTC")))
        day.read_to = now
        for name in [name for name, call in day.calls.items() if now - call.heard_at > _KEPT]:
            del day.calls[name]
        return day.calls


def _seen(state: Mapping[str, Register]) -> SeenBy | None:
    by, at = value(state, "seen_by"), value(state, "seen_at")
    if not by or not at:
        return None
    return SeenBy(str(by), datetime.fromisoformat(str(at)), str(value(state, "seen_note") or ""))
