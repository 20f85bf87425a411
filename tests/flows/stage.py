"""One demo for many tests: what the last one did is undone, because starting anew takes longer than most tests."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from sqlalchemy import Connection

from bot.basics.person import PersonKey
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.pacer import Pacer
from bot.sandbox.cast import CONNECTED_AT_START, PEOPLE, TEAM_ID
from bot.sandbox.clock import SandboxClock
from bot.sandbox.demo import Demo, connect, running_demo
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.seed import fill
from bot.sandbox.dialpad.state import State
from bot.sandbox.slack.rates import RateLimits
from bot.sandbox.slack.seed import BOT_USER, build_workspace
from bot.slack.api.channel_messages import ChannelMessages
from bot.store.connections import connections
from bot.store.directory_tables import lists
from bot.store.table_rules import all_tables
from tests.hurry import POLL_S, hurried
from tests.prepared import sqlite_with_tables

PATIENT_S = 60.0
"""What Slack waits for and the bot keeps in mind while it waits is not what most tests are about: on a machine that
does much else beside, three seconds pass while a modal is on its way."""


OFFICE_HOURS = datetime(2026, 3, 10, 17, tzinfo=UTC)
"""A Tuesday, ten in the morning where the cast works: "until 17:00" is still to come, whenever the tests run."""


def office_hours() -> SandboxClock:
    """A clock that runs as the real one does, and began in the morning."""
    ahead = OFFICE_HOURS - datetime.now(UTC)
    return SandboxClock(lambda: datetime.now(UTC) + ahead)


class Waitless:
    """A clock that goes on by what is slept, at once: how long the bot waits for its turn at Dialpad, and between two
    tries, is another test's business."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        await asyncio.sleep(0)


async def until_heard(demo: Demo) -> None:
    """What happened on the phones has been delivered and taken in."""
    for sandbox in (demo.dialpad, demo.trial):
        if sandbox is not None:
            await sandbox.delivery.idle()
    async with asyncio.timeout(PATIENT_S):
        while await demo.bot.store.events.waiting():  # noqa: ASYNC110  # the database is asked, it tells nobody
            await asyncio.sleep(0)


@asynccontextmanager
async def quick_demo(*, database: Path | None = None, **options: Any) -> AsyncIterator[Demo]:
    """``running_demo`` without what a test would only wait for: its tables are there and its waits are short."""
    with TemporaryDirectory(prefix="quick-demo-") as folder, hurried():
        file = database or Path(folder) / "demo.db"
        if not file.exists():
            sqlite_with_tables(file)
        async with running_demo(database=file, later_poll_s=POLL_S, **options) as demo:
            yield demo


class OneDemo:
    """One for all tests of a module. A test may end its bot, such as one about a restart: the next gets another."""

    def __init__(self) -> None:
        self._running: tuple[Demo, AsyncExitStack] | None = None

    async def fresh(self) -> Demo:
        """As if just started."""
        if self._running is not None and self._running[0].bot.later._queue._engine._thread is None:
            await self.aclose()
        if self._running is None:
            closing = AsyncExitStack()
            self._running = (await closing.enter_async_context(quick_demo(clock=office_hours())), closing)
        await freshen(self._running[0])
        return self._running[0]

    async def aclose(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running[1].aclose()


async def freshen(demo: Demo) -> None:
    """As if the demo had just been started."""
    await demo.slack.delivery.idle()
    await demo.bot.dispatcher.idle()
    await _let_go_of_events(demo)
    for sandbox in (demo.dialpad, demo.trial):
        if sandbox is not None:
            _freshen_dialpad(demo, sandbox)
    await _freshen_bot(demo)
    _freshen_slack(demo)  # last: what was still being posted is not there any more
    demo.dialpad.requests.clear()
    demo.slack.calls.clear()


async def _let_go_of_events(demo: Demo) -> None:
    """What the last test made happen and did not wait for reaches nobody any more."""
    for sandbox in (demo.dialpad, demo.trial):
        if sandbox is not None:
            delivery = sandbox.delivery
            await _end(delivery._tasks)
            delivery._held = None
            delivery.copies = 1
            delivery.attempts.clear()
    await demo.bot.store.database.write(_forget)
    await demo.bot.intake.drain()
    await _end(demo.bot.poster._under_way)
    await demo.bot.dispatcher.deps.directory.aclose()
    await demo.bot.store.database.write(_forget)  # and what a delivery under way made of its event


async def read_names_anew(demo: Demo) -> None:
    """As if no name was known yet."""
    await demo.bot.dispatcher.deps.directory.reading.idle()
    await demo.bot.store.database.write(lambda connection: connection.execute(lists.delete()))


async def _end(tasks: Iterable["asyncio.Task[None]"]) -> None:
    ended = list(tasks)
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)


def _forget(connection: Connection) -> None:
    for table in all_tables():
        if table is not connections:  # who is connected is looked at one by one
            connection.execute(table.delete())


def _freshen_dialpad(demo: Demo, sandbox: DialpadSandbox) -> None:
    sandbox.faults.clear()
    sandbox.limits.enforce = False  # the bot does not wait for its turn here: see Waitless
    state = sandbox.state
    fresh = State(state.now, state.base_url, state.company)
    fill(fresh)
    kept = {"now", "changes", "listeners"}  # others hold on to these
    for name, value in vars(fresh).items():
        if name not in kept:
            setattr(state, name, value)


def _freshen_slack(demo: Demo) -> None:
    core = demo.slack._core
    for shown in (core.space.ephemerals, core.space.modals, core.space.homes, core.space.notices, core.drafts):
        shown.clear()
    fresh = build_workspace(core.timers, core.manifest)
    core.space.usergroups = fresh.usergroups
    for name, channel in list(core.space.channels.items()):
        channel.messages.clear()
        channel.pins.clear()
        if (seeded := fresh.channels.get(name)) is not None:
            channel.members, channel.is_archived = seeded.members, seeded.is_archived
            channel.topic, channel.purpose = seeded.topic, seeded.purpose
        elif BOT_USER not in channel.members:
            del core.space.channels[name]  # people began to talk to one another
    demo.slack.faults.clear()
    demo.slack._api._rates = RateLimits(core.timers)


async def _freshen_bot(demo: Demo) -> None:
    bot, client = demo.bot, demo.bot.dispatcher.deps.accounts.client
    bot.dispatcher._homes._looked._keys.clear()
    cast(ChannelMessages, bot.poster._channel_messages)._without_charts.clear()
    reading = bot.dispatcher.deps.directory.reading
    reading.first_load = PATIENT_S  # however busy the machine is, names are known when asked
    reading.failures.clear()  # it would not ask Dialpad again for a while
    for limit in ("line", "form", "modal", "submit", "trigger"):
        setattr(bot.dispatcher.patience, limit, PATIENT_S)
    demo.slack.delivery.ack_seconds = demo.slack._core.tickets.trigger_seconds = PATIENT_S
    waitless = Waitless()
    client._clock, client._sleep = waitless, waitless.sleep
    client.pacer = Pacer(clock=waitless, sleep=waitless.sleep)
    for person in PEOPLE:
        key = PersonKey(TEAM_ID, str(person.slack_id))
        link = await bot.store.connections.get(key)
        if person not in CONNECTED_AT_START and link is not None:
            await bot.store.connections.delete(key)
        elif person in CONNECTED_AT_START and not (link and _still_good(demo, link)):
            await connect(bot, demo.dialpad, person)


def _still_good(demo: Demo, link: DialpadConnection) -> bool:
    held = {grant.access_token for grant in demo.dialpad.tokens._grants()}
    return not link.broken and link.access_token.get_secret_value() in held
