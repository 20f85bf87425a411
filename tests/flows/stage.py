"""One demo for many tests: what the last one did is undone, because starting anew takes longer than most tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, Final, Protocol

from sqlalchemy import Connection

from bot.basics.person import PersonKey
from bot.dialpad.connection import DialpadConnection
from bot.sandbox.cast import CONNECTED_AT_START, PEOPLE, TEAM_ID
from bot.sandbox.clock import SandboxClock
from bot.sandbox.demo import OAUTH_SCOPES, Demo, connect, running_demo
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.seed import fill
from bot.sandbox.dialpad.state import State
from bot.sandbox.slack.rates import RateLimits
from bot.sandbox.slack.seed import BOT_USER, build_workspace
from bot.store.connections import connections
from bot.store.processes import leases, processes
from bot.store.table_rules import all_tables
from tests.flows.inside import PATIENT_S, Inside, end
from tests.flows.two import DemoOfTwo, demo_of_two
from tests.hurry import hurried
from tests.prepared import Lending, sqlite_with_tables

SOON = timedelta(seconds=5)
"""What comes due later is held for quiet hours, or for the next step of an escalation."""
OFFICE_HOURS = datetime(2026, 3, 10, 17, tzinfo=UTC)
"""A Tuesday, ten in the morning where the cast works: "until 17:00" is still to come, whenever the tests run."""


def office_hours() -> SandboxClock:
    """A clock that runs as the real one does, and began in the morning."""
    ahead = OFFICE_HOURS - datetime.now(UTC)
    return SandboxClock(lambda: datetime.now(UTC) + ahead)


async def until_heard(demo: Demo) -> None:
    """What happened on the phones has been delivered and taken in."""
    for sandbox in (demo.dialpad, demo.trial):
        if sandbox is not None:
            await sandbox.delivery.idle()
    async with asyncio.timeout(PATIENT_S):
        while await demo.bot.store.events.waiting():  # noqa: ASYNC110  # the database is asked, it tells nobody
            await asyncio.sleep(0)


async def until_posted(demo: Demo) -> None:
    """The same, and what it is to be seen of stands in Slack."""
    await until_heard(demo)
    store = demo.bot.store
    async with asyncio.timeout(PATIENT_S):
        while (due := (await store.postings.next_due()).posting) is not None and due <= store.now() + SOON:
            await inside(demo).settle()
            await asyncio.sleep(0)


class ChangeWait(Protocol):
    async def __call__(self, module: ModuleType, name: str, seconds: float) -> None: ...


def inside(demo: Demo) -> Inside:
    """The inside of the bot, or of both."""
    return demo.inside if isinstance(demo, DemoOfTwo) else Inside(demo.bot, demo.clock)


class TwoProcesses:
    """Whether demos are of two processes: how Slack reaches them, and the databases they are started on."""

    over_http: bool = False
    lending: Lending | None = None


TWO: Final = TwoProcesses()


@asynccontextmanager
async def quick_demo(*, database: Path | None = None, **options: Any) -> AsyncIterator[Demo]:
    """``running_demo`` without what a test would only wait for: its tables are there and its waits are short. Of two
    processes where pytest was told so."""
    if TWO.lending is not None:
        url = TWO.lending.lend()
        options["over_http"] = TWO.over_http or options.get("by_oauth", False)
        options["clock"] = options.get("clock") or SandboxClock()
        async with demo_of_two(url, **options) as demo:
            yield demo
        TWO.lending.take_back(url)
        return
    with TemporaryDirectory(prefix="quick-demo-") as folder, hurried():
        file = database or Path(folder) / "demo.db"
        if not file.exists():
            sqlite_with_tables(file)
        async with running_demo(database=file, **options) as demo:
            yield demo


class OneDemo:
    """One for all tests of a module. A test may end its bot, such as one about a restart: the next gets another."""

    def __init__(self) -> None:
        self._running: tuple[Demo, AsyncExitStack] | None = None

    async def fresh(self) -> Demo:
        """As if just started."""
        if self._running is not None and self._running[0].bot.replicas._retired:
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
            await _freshen_dialpad(demo, sandbox)
    await inside(demo).freshen()
    await _freshen_connections(demo)
    _freshen_slack(demo)  # last: what was still being posted is not there any more
    demo.dialpad.requests.clear()
    demo.slack.calls.clear()


async def _let_go_of_events(demo: Demo) -> None:
    """What the last test made happen and did not wait for reaches nobody any more."""
    for sandbox in (demo.dialpad, demo.trial):
        if sandbox is not None:
            delivery = sandbox.delivery
            await end(delivery._tasks)
            delivery._held = None
            delivery.copies = 1
            delivery.attempts.clear()
    await demo.bot.store.database.write(_forget)
    await inside(demo).let_go_of_events()
    await demo.bot.store.database.write(_forget)  # and what a delivery under way made of its event


def _forget(connection: Connection) -> None:
    for table in all_tables():
        # Who is connected is looked at one by one, and who is alive is not for a test to say.
        if table not in {connections, processes, leases}:
            connection.execute(table.delete())


async def _freshen_dialpad(demo: Demo, sandbox: DialpadSandbox) -> None:
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
    demo.slack.delivery.ack_seconds = core.tickets.trigger_seconds = PATIENT_S


async def _freshen_connections(demo: Demo) -> None:
    bot = demo.bot
    for person in PEOPLE:
        key = PersonKey(TEAM_ID, str(person.slack_id))
        link = await bot.store.connections.get(key)
        if person not in CONNECTED_AT_START and link is not None:
            await bot.store.connections.delete(key)
        elif person in CONNECTED_AT_START and not (link and _still_good(demo, link)):
            await connect(bot, demo.dialpad, person)


def _still_good(demo: Demo, link: DialpadConnection) -> bool:
    held = {grant.access_token for grant in demo.dialpad.tokens._grants()}
    whole = set(link.scopes) == set(OAUTH_SCOPES)  # a test may have connected somebody with fewer
    return whole and not link.broken and link.access_token.get_secret_value() in held
