"""A Slack that only has channels: it remembers, refuses, falls silent, and kills the process at bad moments."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from pydantic import SecretStr

from bot.activity.calls import view_call
from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.cards.live_call import bundle, call_content, call_line
from bot.cards.open_work import CardStatus
from bot.contract.reply import Listing, MessageContent, Reply
from bot.dialpad.events import Event
from bot.notifications.intake import Arrived
from bot.notifications.poster import Poster
from bot.notifications.routing import EventRouter
from bot.slack.api.channel_messages import CannotLook, InDoubt, MessagePlace, PostNotSent
from bot.store.card_rows import StoredCard
from bot.store.hooks import Hook
from bot.store.keys import generate_key, parse_keys
from bot.store.postings import Posting
from bot.store.store import Store
from tests.bot.store.test_connections import LINK
from tests.prepared import sqlite_with_tables

OWNER = PersonKey("T0NORTHLT", "U0PRIYA03")
COMPANY = CompanyKey(OWNER.team_id, "1")
SUBSCRIPTION = Subscription(
    "w1",
    OWNER,
    "C1",
    kinds=frozenset({NewsKind.RINGING, NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.RECAP}),
    company_id=COMPANY.company,
)


class Killed(BaseException):
    """The process ends here, as by kill -9."""


@dataclass
class Message:
    channel: str
    ts: str
    name: str
    content: MessageContent
    at: datetime
    thread_ts: str | None = None


@dataclass
class Time:
    """Stands still but for who sleeps."""

    now: datetime = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class FakeSlack:
    """``trouble``: raised by the next calls to a channel, one each; ``after``: raised when the message is there;
    ``outages``: raised for a channel until they are taken away, ``*`` for all."""

    time: Time
    messages: list[Message] = field(default_factory=list)
    updates: list[str] = field(default_factory=list)
    trouble: dict[str, list[BaseException]] = field(default_factory=lambda: defaultdict(list))
    after: list[BaseException] = field(default_factory=list)
    outages: dict[str, Exception] = field(default_factory=dict)
    blind: bool = False

    def __contains__(self, ts: str) -> bool:
        return any(one.ts == ts for one in self.messages)

    def in_(self, channel: str) -> list[Message]:
        return [one for one in self.messages if one.channel == channel]

    async def post(
        self, team_id: str, channel: str, content: MessageContent, *, name: str, thread_ts: str | None = None
    ) -> MessagePlace:
        self._fail(channel)
        ts = f"{len(self.messages) + 1}.0"
        self.messages.append(Message(channel, ts, name, content, self.time(), thread_ts))
        if self.after:
            raise self.after.pop(0)
        return MessagePlace(channel, ts)

    async def update(self, team_id: str, spot: MessagePlace, content: MessageContent, *, name: str) -> None:
        self._fail(spot.place)
        self.updates.append(spot.ts)
        self.messages = [replace(one, content=content) if one.ts == spot.ts else one for one in self.messages]
        if self.after:
            raise self.after.pop(0)

    async def find(
        self, team_id: str, channel: str, *, name: str, since: datetime, thread_ts: str | None = None
    ) -> MessagePlace | None:
        if self.blind:
            raise CannotLook("missing_scope")
        if outage := self._outage(channel):
            raise PostNotSent("500") if isinstance(outage, InDoubt) else outage
        found = [one for one in self.in_(channel) if one.name == name and one.at >= since]
        return MessagePlace(channel, found[0].ts) if found else None

    def _fail(self, channel: str) -> None:
        if self.trouble[channel]:
            raise self.trouble[channel].pop(0)
        if outage := self._outage(channel):
            raise outage

    def _outage(self, channel: str) -> Exception | None:
        return self.outages.get(channel) or self.outages.get("*")

    def cards_shown(self) -> int:
        """How many calls the messages show, those in bundles counted one by one."""
        shown = [one.content.shown for one in self.messages]
        return sum(len(one.rows) if isinstance(one, Listing) else not isinstance(one, Reply) for one in shown)


T0 = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


class PlainRenderer:
    """Calls as they are, without names. ``poison``: ids of cards that cannot be shown; ``failures`` come before."""

    def __init__(self) -> None:
        self.poison: set[str] = set()
        self.failures: list[Exception] = []

    async def of(self, posting: Posting, card: StoredCard) -> MessageContent:
        if self.failures:
            raise self.failures.pop()
        if card.id in self.poison:
            raise ValueError("this one breaks")
        if card.kind != "call":
            return MessageContent(Reply(card.kind))
        return MessageContent(call_content(view_call(card.state), None, CardStatus(card.id, T0)))

    async def bundle(self, postings: list[tuple[Posting, StoredCard]]) -> MessageContent:
        return MessageContent(
            bundle([call_line(view_call(card.state), None, CardStatus(card.id, T0)) for _, card in postings], "")
        )


class NoNames:
    """A Dialpad that knows no names."""

    def of(self, *_: object, **__: object) -> None:
        return None

    async def by_number(self, *_: object) -> None:
        return None

    async def name_of(self, *_: object) -> None:
        return None

    async def is_cut_short(self, *_: object) -> bool:
        return False


@dataclass
class PostingStage:
    """Events go in by ``happen``; ``run`` lets time pass until nothing is due for a while."""

    store: Store
    slack: FakeSlack
    time: Time
    renderer: PlainRenderer
    hook: Hook

    def start(self) -> tuple[Poster, EventRouter]:
        """As a process begins: with what is on disk and nothing else."""
        poster = Poster(self.store, self.slack, self.renderer, sleep=self.time.sleep)
        return poster, EventRouter(self.store, cast(Any, None), lambda: None)

    async def happen(self, *events: Event) -> None:
        _, router = self.start()
        for event in events:
            await self.deliver(router, event)

    async def deliver(self, router: EventRouter, event: Event) -> None:
        """What the intake does with one event."""
        arrived = [Arrived(event.key, event, self.hook)]
        for left in await self.store.database.write(lambda connection: router.fold(connection, arrived)):
            await left.run()

    async def run(self, seconds: float = 5.0) -> None:
        """So long passes, in steps as long as the poster itself would sleep; what comes due meanwhile is done."""
        poster, _ = self.start()
        until = self.time.now + timedelta(seconds=seconds)
        while self.time.now < until:
            await poster.settle()
            left = (until - self.time.now).total_seconds()
            self.time.move(seconds=max(0.5, min(left, await poster._wait_s())))

    async def die(self) -> None:
        """Runs until the process is killed."""
        poster, _ = self.start()
        await poster.look()
        for task in list(poster._serving.values()):
            try:
                await task
            except Killed:
                return
        raise AssertionError("nobody was killed")


async def join(stage: PostingStage, *people: PersonKey, company: CompanyKey = COMPANY) -> None:
    """These people are connected to the company."""
    for person in people:
        await stage.store.connections.save(person, replace(LINK, company_id=company.company))


@asynccontextmanager
async def stage_posting(folder: Path) -> AsyncIterator[PostingStage]:
    time = Time()
    store = await Store.open(sqlite_with_tables(folder / "bot.db"), parse_keys(generate_key()), time)
    await store.subscriptions.save(SUBSCRIPTION)
    hook = Hook("h1", OWNER, COMPANY, "webhook", SecretStr("s"), time(), time())
    try:
        yield PostingStage(store, FakeSlack(time), time, PlainRenderer(), hook)
    finally:
        await store.aclose()
