"""The websocket reader against the embedded Dialpad's websockets, over real loopback connections."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
import structlog
from pydantic import SecretStr

from bot.basics.errors import Unavailable
from bot.dialpad.events import Event
from bot.dialpad.socket import LIVES_S, LONGEST_WAIT_S, OVERLAP_S, RENEW_BEFORE_S, EventSocket
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.delivery_signing import issue_ticket, wrap
from bot.sandbox.dialpad.delivery_sockets import NO_TOKEN, EventSockets
from bot.sandbox.serving import listen, serving
from tests.bot.dialpad.envelopes import SECRET
from tests.bot.dialpad.hostile import ODD, REFUSED
from tests.bot.dialpad.opened import read_event
from tests.payloads import payload

ENDPOINT = 77
LIFE_S = LIVES_S - RENEW_BEFORE_S


class Sleeps:
    """Long sleeps last until a test ends them; short ones are over at once. All are written down."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._held: list[tuple[float, asyncio.Future[None]]] = []
        self._changed = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if seconds not in {LIFE_S, OVERLAP_S}:
            await asyncio.sleep(0)
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held.append((seconds, sleeper))
        self._changed.set()
        await sleeper

    async def end(self, seconds: float) -> None:
        """Waits until somebody sleeps so long, and wakes them."""
        async with asyncio.timeout(10):
            while not (found := [one for length, one in self._held if length == seconds and not one.done()]):
                self._changed.clear()
                await self._changed.wait()
        for sleeper in found:
            sleeper.set_result(None)


class Reader:
    """What stands around the socket: addresses to give, frames that came, and the ledger."""

    def __init__(self, url: str, dialpad: DialpadSandbox) -> None:
        self.events: list[Event] = []
        self.ledger: list[str] = []
        self.failures: list[Exception] = []
        self.no_address: list[Exception] = []
        self._url = url.replace("http", "ws", 1)
        self._dialpad = dialpad
        self._changed = asyncio.Condition()

    async def find_address(self) -> SecretStr:
        if self.no_address:
            raise self.no_address.pop(0)
        return SecretStr(f"{self._url}/events/{issue_ticket(ENDPOINT, self._dialpad.state.now())}")

    async def receive(self, frame: bytes) -> None:
        if self.failures:
            raise self.failures.pop(0)
        event = read_event(frame, secret=SECRET)
        async with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    async def opened(self) -> None:
        await self._note("opened")

    async def closed(self) -> None:
        await self._note("closed")

    async def until(self, fact: Callable[[], bool]) -> None:
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(fact)

    async def _note(self, what: str) -> None:
        async with self._changed:
            self.ledger.append(what)
            self._changed.notify_all()


class Stage:
    def __init__(self, reader: Reader, sleeps: Sleeps, lines: EventSockets, socket: EventSocket) -> None:
        self.reader = reader
        self.sleeps = sleeps
        self.lines = lines
        self.socket = socket

    async def send(self, name: str, secret: SecretStr = SECRET) -> None:
        await self.lines.send(ENDPOINT, wrap(payload(name), secret.get_secret_value()))


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as made:
        yield made


@asynccontextmanager
async def staged(*no_address: Exception) -> AsyncIterator[Stage]:
    dialpad = DialpadSandbox()
    bound = listen(0)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    async with serving(dialpad.app, bound), aiohttp.ClientSession() as session:
        reader, sleeps = Reader(url, dialpad), Sleeps()
        reader.no_address = list(no_address)
        socket = EventSocket(
            session=session,
            find_address=reader.find_address,
            receive=reader.receive,
            observer=reader,
            sleep=sleeps,
            jitter=lambda: 1.0,
        )
        running = asyncio.create_task(socket.run())
        await dialpad.delivery.sockets.until_open()
        yield Stage(reader, sleeps, dialpad.delivery.sockets, socket)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_signed_frame_is_an_event(stage: Stage) -> None:
    await stage.send("call missed")

    await stage.reader.until(lambda: bool(stage.reader.events))
    assert stage.reader.events[0].document == payload("call missed")
    assert stage.socket.problem is None


@pytest.mark.parametrize("frame", [NO_TOKEN, "", "{", "[]", "ping", "a.b.c", json.dumps(payload("call missed"))])
async def test_frames_that_are_no_event_or_not_signed_are_passed_over(stage: Stage, frame: str) -> None:
    await stage.lines.say(frame)
    await stage.send("text received", SecretStr("somebody else's secret of some length"))
    await stage.send("call ended")

    await stage.reader.until(lambda: bool(stage.reader.events))
    assert [event.document for event in stage.reader.events] == [payload("call ended")]


@pytest.mark.parametrize("name", [name for name in REFUSED if name != "nothing"])
async def test_what_a_webhook_would_refuse_is_passed_over_without_a_gap(stage: Stage, name: str) -> None:
    await stage.lines.say(REFUSED[name][0])
    await stage.send("call ended")

    await stage.reader.until(lambda: bool(stage.reader.events))
    assert [event.document for event in stage.reader.events] == [payload("call ended")]
    assert stage.reader.ledger == ["opened"]


@pytest.mark.parametrize("name", ODD)
async def test_what_is_only_odd_is_an_event(stage: Stage, name: str) -> None:
    await stage.lines.say(ODD[name])

    await stage.reader.until(lambda: bool(stage.reader.events))
    assert stage.reader.ledger == ["opened"]


async def test_nothing_of_a_frame_is_logged(stage: Stage) -> None:
    with structlog.testing.capture_logs() as logs:
        await stage.lines.say(f"{NO_TOKEN} +14155550150")
        await stage.send("call ended")
        await stage.reader.until(lambda: bool(stage.reader.events))

    assert [one["why"] for one in logs if "why" in one] == ["garbled"]
    assert "4155550150" not in repr(logs)


async def test_a_broken_line_is_opened_again_and_the_gap_is_known(stage: Stage) -> None:
    await stage.lines.cut()
    await stage.reader.until(lambda: stage.reader.ledger == ["opened", "closed", "opened"])
    await stage.lines.until_open()
    await stage.send("call missed")

    await stage.reader.until(lambda: bool(stage.reader.events))


async def test_before_its_hour_is_over_a_line_is_replaced_without_a_gap(stage: Stage) -> None:
    await stage.sleeps.end(LIFE_S)
    await stage.lines.until_open(2)
    await stage.send("call missed")
    await stage.reader.until(lambda: len(stage.reader.events) == 2)

    await stage.sleeps.end(OVERLAP_S)
    await stage.lines.until_open(1)
    assert stage.reader.ledger == ["opened"]


async def test_it_goes_on_hour_after_hour(stage: Stage) -> None:
    for _ in range(3):
        await stage.sleeps.end(LIFE_S)
        await stage.lines.until_open(2)
        await stage.sleeps.end(OVERLAP_S)
        await stage.lines.until_open(1)

    await stage.send("call missed")
    await stage.reader.until(lambda: bool(stage.reader.events))
    assert (len(stage.reader.events), stage.reader.ledger) == (1, ["opened"])


async def test_while_dialpad_is_away_the_pauses_grow_and_end() -> None:
    async with staged(*[Unavailable()] * 9) as stage:
        assert stage.sleeps.slept[:9] == [
            1.0,
            2.0,
            4.0,
            8.0,
            16.0,
            32.0,
            LONGEST_WAIT_S,
            LONGEST_WAIT_S,
            LONGEST_WAIT_S,
        ]
        await stage.send("call missed")
        await stage.reader.until(lambda: bool(stage.reader.events))


async def test_an_event_that_cannot_be_stored_at_once_is_not_lost(stage: Stage) -> None:
    stage.reader.failures = [OSError(), LookupError()]
    await stage.send("call missed")
    await stage.send("call ended")

    await stage.reader.until(lambda: len(stage.reader.events) == 2)
    assert [event.document for event in stage.reader.events] == [payload("call missed"), payload("call ended")]
