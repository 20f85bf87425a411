"""What an event costs from its envelope to its posted and updated card, beside more and more that is there already.

All databases are there at once, each takes its turn, and the ratio within a round counts. Slack answers at once and may
be asked as often as one likes: how fast it may be asked is not what is measured.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bot.activity.news import NewsKind
from bot.activity.registers import fragment
from bot.activity.subscriptions.filters import PlaceFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.request_turns import Limit, Turn
from bot.contract.reply import MessageContent
from bot.notifications.intake import Intake
from bot.notifications.poster import Poster
from bot.notifications.routing import EventRouter
from bot.slack.api.channel_messages import MessagePlace
from bot.slack.api.pace import SlackPace
from bot.store.absorbing import CardPart
from bot.store.hooks import Hook
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bench.accepting import PLACES, STEPS, build_events
from tests.bench.counting import Counter, Spent
from tests.bench.event_servers import COMPANY, OWNER
from tests.bench.rows import LEAST, Goal, Row, middle, paired, spread
from tests.bot.notifications.posting import PlainRenderer

_TOGETHER: Final = 200
_SAVED_AT_ONCE: Final = 16
"""No more than Postgres has connections for."""
_LOOK_S: Final = 0.05
"""Seldom, since looking costs what is measured."""


@dataclass(frozen=True)
class Load:
    """What is there before the events come. ``subscriptions`` of each company."""

    subscriptions: int = 200
    old_cards: int = 1_000
    companies: int = 1

    @property
    def places(self) -> int:
        """Lines that calls come in on, each of which somebody subscribed to: what is compared makes as many cards."""
        return min(PLACES, self.subscriptions)


BASE: Final = "200 subscriptions, 1,000 old cards"
AGAIN: Final = "the same again"
LOADS: Final[Mapping[str, Load]] = {
    BASE: Load(),
    "1 subscription": Load(1),
    "2,000 subscriptions": Load(2_000),
    "10 subscriptions": Load(10),
    "10,000 subscriptions": Load(10_000),
    "100,000 old cards": Load(old_cards=100_000),
    "1 company with 50 subscriptions": Load(50),
    "200 companies with 50 subscriptions each": Load(50, companies=200),
    AGAIN: Load(),
}
GROWTH: Final = (
    ("10,000 subscriptions", "10 subscriptions"),
    ("100,000 old cards", BASE),
    ("200 companies with 50 subscriptions each", "1 company with 50 subscriptions"),
)
"""What must cost no more than what."""


class NoPace:
    """A ``TurnBook`` that is always free."""

    async def take(self, limits: Sequence[Limit], *, within_s: float, good_for_s: float) -> Turn:
        return Turn(0.0, 0)

    async def give_back(self, limits: Sequence[Limit], end: int) -> None:
        raise AssertionError("a turn without a limit is never given back")


class QuickSlack:
    """A Slack that answers at once. ``posted`` counts messages, ``updated`` their changes."""

    def __init__(self) -> None:
        self.posted = self.updated = 0

    async def post(self, team_id: str, channel: str, content: MessageContent, **_: Any) -> MessagePlace:
        self.posted += 1
        return MessagePlace(channel, f"{self.posted}.0")

    async def update(self, *_: Any, **__: Any) -> None:
        self.updated += 1

    async def find(self, *_: Any, **__: Any) -> MessagePlace | None:
        raise AssertionError("nothing was interrupted")


@dataclass(frozen=True)
class Line:
    """A database with what was there, and what folds and posts."""

    store: Store
    hook: Hook
    slack: QuickSlack
    intake: Intake

    async def take_in(self, events: Sequence[bytes], counter: Counter) -> Spent:
        """Take these in, wait until their cards are posted, and return what this process spent meanwhile."""
        before = counter.now()
        await asyncio.gather(*(self.intake.receive(self.hook, one) for one in events))
        await self.intake.settle()
        while any(await self.store.postings.next_due()):  # noqa: ASYNC110  the database tells nobody
            await asyncio.sleep(_LOOK_S)
        return counter.now().since(before)


@asynccontextmanager
async def lined_up(url: str, load: Load, keys: str) -> AsyncIterator[Line]:
    """Prepare a database, and fold and post what arrives."""
    store = await Store.open(url, parse_keys(keys))
    await store.migrate()
    for company in range(load.companies):
        await subscribe(store, "61" if company == 0 else f"other{company}", load.subscriptions)
    await show_old_cards(store, load.old_cards)
    async with folding(store, await store.hooks.create(OWNER, CompanyKey(OWNER.team_id, "61"), "webhook")) as line:
        yield line
    await store.aclose()


@asynccontextmanager
async def folding(store: Store, hook: Hook) -> AsyncIterator[Line]:
    """Fold and post what arrives through a hook."""
    slack = QuickSlack()
    poster = Poster(store, slack, PlainRenderer(), pace=SlackPace(NoPace(), time.monotonic))
    intake = Intake(store, EventRouter(store, None, poster.wake))  # type: ignore[arg-type]  # nobody is asked
    intake.start()
    poster.start()
    yield Line(store, hook, slack, intake)
    await intake.drain()
    await poster.aclose()


async def subscribe(store: Store, company: str, count: int, channel: str = "") -> None:
    """Make so many subscriptions, each to a line and, without ``channel``, in a channel of its own; calls come in on
    the first of these lines."""
    kinds = frozenset({NewsKind.MISSED, NewsKind.ENDED})
    made = []
    for number in range(count):
        place = number if number < PLACES else number + 1_000_000  # another line
        where = (PlaceFilter(f"callcenter:{place}", "Support"),)
        made.append(
            Subscription(f"{company}-{number}", OWNER, channel or f"C{number}", kinds, where, company_id=company)
        )
    for first in range(0, count, _SAVED_AT_ONCE):
        await asyncio.gather(*(store.subscriptions.save(one) for one in made[first : first + _SAVED_AT_ONCE]))


async def show_old_cards(store: Store, count: int) -> None:
    """Store so many cards of calls that are long over."""
    for first in range(0, count, _TOGETHER):
        parts = [
            CardPart("call", (f"old:{first + number}",), fragment(1, 0, {"a": 1}), lambda *_: [])
            for number in range(min(_TOGETHER, count - first))
        ]
        await store.database.write(
            lambda connection, parts=parts: store.cards.absorbing.absorb(connection, COMPANY, parts)  # type: ignore[misc]  # mypy cannot infer the lambda
        )


async def cost(loads: Mapping[str, Load], *, rounds: int, calls: int) -> dict[str, list[Spent]]:
    """What this process spends on the events of so many calls, by load and round; the first round warms up."""
    counter = Counter()
    found: dict[str, list[Spent]] = {name: [] for name in loads}
    async with AsyncExitStack() as closing:
        folder = Path(closing.enter_context(TemporaryDirectory(prefix="chatops-bench-")))
        keys, lines = generate_key(), {}
        for number, (name, load) in enumerate(loads.items()):
            lines[name] = await closing.enter_async_context(
                lined_up(f"sqlite:///{folder / f'{number}.db'}", load, keys)
            )
        for number in range(rounds + 1):
            for name in lines if number % 2 else reversed(lines):
                events = build_events(calls, lines[name].hook.secret, loads[name].places)
                found[name].append(await lines[name].take_in(events, counter))
    counter.close()
    return {name: spent[1:] for name, spent in found.items()}


def measure(*, quick: bool) -> list[Row]:
    """CPU, statements and transactions of an event, beside what is there already."""
    calls = 10 if quick else 100
    loads = {name: LOADS[name] for name in (BASE, "10 subscriptions", AGAIN)} if quick else LOADS
    found = asyncio.run(cost(loads, rounds=1 if quick else 5, calls=calls))
    return list(_rows(found, calls * len(STEPS)))


def _rows(found: Mapping[str, Sequence[Spent]], events: int) -> Iterator[Row]:
    ms = {name: [one.cpu_s * 1000 / events for one in spent] for name, spent in found.items()}
    noise = spread(ms[AGAIN], ms[BASE])
    for name, values in ms.items():
        if name != AGAIN:
            each = {what: getattr(found[name][-1], what) / events for what in ("statements", "commits")}
            yield Row("fold", f"event to card: {name}", "ms", middle(values), goal=Goal(4, of="ours"), more=each)
    yield Row("fold", "events a second and core, to their cards", "a second", 1000 / middle(ms[BASE]),
              goal=Goal(150, LEAST, "ours"))  # fmt: skip
    for much, little in GROWTH:
        if {much, little} <= ms.keys():
            yield Row(
                "fold", f"event to card: {much} against {little}", "ms", middle(ms[much]), middle(ms[little]),
                Goal(1.1), noise, paired(ms[much], ms[little]), little,
            )  # fmt: skip
