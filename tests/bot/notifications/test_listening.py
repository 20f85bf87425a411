"""Gaps: noticed, written down, and made up for from the list of ended calls."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

import aiohttp
import pytest

from bot.dialpad.events import CallEvent, Event, parse_event
from bot.notifications.backfill import ReadBack
from bot.notifications.intake import Intake
from bot.notifications.listening import BEAT_S, Listening
from bot.sandbox.cast import ANA, PRIYA, SUPPORT
from bot.store.gaps import Gap
from bot.store.hooks import Hook
from bot.store.store import Store
from tests.bot.notifications.having_events import Having, having_events, key_of

CALLER = "+14155550150"
ENDPOINT = "4455667788"


class Taken:
    """An intake without work behind it: remembers events, once each."""

    def __init__(self) -> None:
        self.events: dict[str, Event] = {}

    async def accept(self, _: Hook, body: bytes) -> bool:
        event = parse_event(json.loads(body))
        new = event.key not in self.events
        self.events[event.key] = event
        return new

    async def receive(self, hook: Hook, raw: bytes) -> bool:
        return await self.accept(hook, raw)


class Beats:
    """Sleeps end when a test says so."""

    def __init__(self) -> None:
        self._sleepers: list[asyncio.Future[None]] = []
        self._asleep = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        assert seconds == BEAT_S
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append(sleeper)
        self._asleep.set()
        await sleeper

    async def beat(self) -> None:
        """One beat, until the next sleep begins."""
        for _ in range(2):
            async with asyncio.timeout(10):
                await self._asleep.wait()
            if _ == 0:
                self._asleep.clear()
                self._sleepers.pop().set_result(None)


@dataclass
class Stage:
    having: Having
    taken: Taken
    beats: Beats
    session: aiohttp.ClientSession
    hook: Hook

    def listening(self) -> Listening:
        intake = cast(Intake, self.taken)
        store, accounts = self.having.store, self.having.accounts
        read_back = ReadBack(accounts, store, intake)
        return Listening(
            accounts=accounts, store=store, intake=intake, read_back=read_back, session=self.session, sleep=self.beats
        )

    async def missed_call(self) -> str:
        """Somebody calls Support and gives up after 20 seconds; the call's id."""
        call = self.having.dialpad.phone.ring(CALLER, SUPPORT.phone)
        self.having.clock.pass_(seconds=20)
        self.having.dialpad.phone.hang_up(call.id)
        return str(call.id)

    async def settled(self) -> list[Gap]:
        """Every gap, once all have been looked after."""
        async with asyncio.timeout(10):
            while await self.having.store.gaps.open():  # noqa: ASYNC110  # the database is asked, it tells nobody
                await asyncio.sleep(0)
        return await self.having.store.gaps.recent()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with having_events(tmp_path) as having, aiohttp.ClientSession() as session:
        await having.connect(ANA, PRIYA)
        setup = await having.hooks().ensure(key_of(PRIYA))
        having.dialpad.delivery.hold()  # Dialpad cannot reach the bot
        yield Stage(having, Taken(), Beats(), session, setup.hook)


@pytest.fixture
async def running(stage: Stage) -> AsyncIterator[Callable[[], Awaitable[Listening]]]:
    """Starts listening; it ends with the test at the latest."""
    started: list[Listening] = []

    async def start() -> Listening:
        listening = stage.listening()
        started.append(listening)
        await listening.start()
        return listening

    yield start
    for listening in started:
        await listening.aclose()


Start = Callable[[], Awaitable[Listening]]


async def test_while_it_was_stopped_is_a_gap_and_calls_of_that_time_are_made_up_for(
    stage: Stage, running: Start
) -> None:
    await (await running()).aclose()
    stage.having.clock.pass_(minutes=5)
    call_id = await stage.missed_call()
    stage.having.clock.pass_(minutes=5)
    await running()

    (gap,) = await stage.settled()
    assert (gap.why, gap.outcome, gap.ended_at - gap.began_at) == ("stopped", "read back", timedelta(seconds=620))
    made_up = [event for event in stage.taken.events.values() if isinstance(event, CallEvent)]
    assert call_id in {event.call_id for event in made_up}
    assert {(event.state, event.read_back, event.at == event.date_ended) for event in made_up} == {
        ("hangup", True, True)
    }


async def test_a_call_made_up_for_is_seen_as_what_it_was(stage: Stage, running: Start) -> None:
    await (await running()).aclose()
    await stage.missed_call()
    stage.having.clock.pass_(minutes=5)
    await running()
    await stage.settled()

    assert all(
        event.ended and not event.answered for event in stage.taken.events.values() if isinstance(event, CallEvent)
    )


async def test_a_call_whose_end_was_heard_is_not_made_up_again(stage: Stage, running: Start) -> None:
    await (await running()).aclose()
    call_id = await stage.missed_call()
    await stage.having.store.events.receive(
        f"call:{call_id}:hangup:1", hook_id=stage.hook.id, kind="call", body=b"{}", timed=True
    )
    stage.having.clock.pass_(minutes=5)
    await running()
    await stage.settled()

    assert call_id not in {event.call_id for event in stage.taken.events.values() if isinstance(event, CallEvent)}


async def test_calls_outside_the_gap_are_left_alone(stage: Stage, running: Start) -> None:
    await stage.missed_call()
    stage.having.clock.pass_(minutes=5)
    first = await running()
    await stage.settled()
    await first.aclose()
    stage.taken.events.clear()
    stage.having.clock.pass_(minutes=5)
    await running()
    await stage.settled()

    assert stage.taken.events == {}


async def test_a_restart_within_a_second_is_no_gap(stage: Stage, running: Start) -> None:
    await (await running()).aclose()
    await running()

    assert await stage.having.store.gaps.recent() == []


async def test_after_a_kill_the_gap_begins_at_the_last_beat(stage: Stage, running: Start) -> None:
    await running()
    stage.having.clock.pass_(minutes=1)
    await stage.beats.beat()
    last_beat = stage.having.clock()
    stage.having.clock.pass_(minutes=5)
    await stage.listening().start()  # the first one was not closed

    assert (await stage.settled())[0].began_at == last_beat


async def test_who_may_not_list_calls_is_named_in_the_ledger(stage: Stage, running: Start) -> None:
    stage.having.dialpad.faults.add("GET /api/v2/call", status=403, times=None)
    stage.having.clock.pass_(minutes=5)
    await running()

    assert [(gap.outcome, gap.found) for gap in await stage.settled()] == [("not allowed", 0)]


async def test_an_owner_who_is_no_longer_connected_is_named_in_the_ledger(stage: Stage, running: Start) -> None:
    await stage.having.store.connections.delete(key_of(PRIYA))
    stage.having.clock.pass_(minutes=5)
    await running()

    assert [gap.outcome for gap in await stage.settled()] == ["not connected"]


async def test_while_dialpad_is_down_the_gap_stays_open_for_the_next_look(stage: Stage) -> None:
    store = stage.having.store
    gap = await store.gaps.add(stage.hook.id, store.now() - timedelta(minutes=5), store.now(), "closed")
    read_back = ReadBack(stage.having.accounts, store, cast(Intake, stage.taken))
    stage.having.dialpad.faults.add("GET /api/v2/call", kind="down", times=None)
    await read_back.settle_open()
    assert await store.gaps.open() == [gap]

    stage.having.dialpad.faults.clear()
    await read_back.settle_open()
    assert await store.gaps.open() == []


async def test_a_hook_for_one_person_is_made_up_for_from_that_persons_calls(stage: Stage) -> None:
    store = stage.having.store
    await store.hooks.note(stage.hook.id, endpoint_id="1", subscriptions={"call": "1"}, reach="person")
    await store.gaps.add(stage.hook.id, store.now() - timedelta(minutes=5), store.now(), "closed")
    await ReadBack(stage.having.accounts, store, cast(Intake, stage.taken)).settle_open()

    (asked,) = [one for one in stage.having.dialpad.requests if one.path == "/api/v2/call"]
    assert (asked.query["target_type"], asked.query["target_id"]) == ("user", str(PRIYA.dialpad_id))


async def test_one_process_has_the_websocket_and_another_when_that_one_is_gone(
    stage: Stage, running: Callable[[], Awaitable[Listening]]
) -> None:
    store = stage.having.store
    hook = await store.hooks.create(key_of(PRIYA), stage.hook.company, "websocket")
    await store.hooks.note(hook.id, endpoint_id=ENDPOINT, subscriptions={}, reach="company")
    other = await Store.open(store.database.url.render_as_string(), store.keys, stage.having.clock)
    await other.processes.join()
    assert await other.processes.take(f"hook:{hook.id}")

    listening = await running()
    await listening.look()
    assert asked_for_its_address(stage.having) == 0

    await other.processes.leave()
    await other.aclose()
    await listening.look()
    async with asyncio.timeout(10):
        while not asked_for_its_address(stage.having):  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0)
    assert await store.processes.held() == {f"hook:{hook.id}"}

    await store.hooks.remove(hook.id)
    await listening.look()
    assert await store.processes.held() == frozenset()


def asked_for_its_address(here: Having) -> int:
    return sum(one.path.endswith(f"/websockets/{ENDPOINT}") for one in here.dialpad.requests)
