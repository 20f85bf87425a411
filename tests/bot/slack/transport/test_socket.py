"""The Socket Mode line: rebuilt when it goes deaf, with patience, and closed with what is under way finished."""

import asyncio
from typing import Any, cast

import pytest
import structlog
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.transport.socket import DEAF_AFTER, SlackSocket
from tests.bot.slack import verbs
from tests.bot.slack.conftest import running


class Time:
    """A clock whose sleepers wake when a test moves it."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.slept: list[float] = []
        self._wake = asyncio.Event()
        self.sleeping = asyncio.Event()

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.at + seconds
        self.sleeping.set()
        while self.at < until:
            self._wake.clear()
            await self._wake.wait()
            self.sleeping.set()

    async def forward(self, seconds: float) -> None:
        await self.sleeping.wait()
        self.sleeping.clear()
        self.at += seconds
        self._wake.set()


class FakeLine:
    def __init__(self, time: Time, fails: bool) -> None:
        self.time = time
        self.fails = fails
        self.connected = False
        self.closed = False
        self.last_pong: float | None = None
        self.is_open = True

    async def connect(self) -> None:
        if self.fails:
            raise ConnectionError("refused")
        self.connected = True
        self.last_pong = self.time.now()

    async def close(self) -> None:
        self.closed = True


class Lines:
    def __init__(self, time: Time, failures: int = 0) -> None:
        self.time = time
        self.failures = failures
        self.made: list[FakeLine] = []
        self.changed = asyncio.Event()

    def build(self, receive: Any) -> FakeLine:
        self.made.append(FakeLine(self.time, len(self.made) < self.failures))
        self.changed.set()
        return self.made[-1]

    async def until(self, count: int) -> None:
        while len(self.made) < count:
            self.changed.clear()
            await self.changed.wait()


def problem_of(socket: SlackSocket) -> str:
    return socket.problem or ""


def build(time: Time, lines: Lines) -> SlackSocket:
    app: Any = None
    return SlackSocket(app, lines.build, clock=time.now, sleep=time.sleep, wall=time.now)


async def test_a_silent_line_is_said_and_replaced_within_ten_seconds() -> None:
    time = Time()
    lines = Lines(time)
    socket = build(time, lines)
    await socket.start()
    await socket.ready()

    assert problem_of(socket) == ""
    time.at += DEAF_AFTER  # before anybody looks
    assert problem_of(socket) == "Slack has not answered over Socket Mode for 8 seconds."
    await time.forward(1)
    await lines.until(2)

    assert time.at <= 1010
    assert lines.made[0].closed
    await socket.aclose()


async def test_a_line_that_answers_pings_stays() -> None:
    time = Time()
    lines = Lines(time)
    socket = build(time, lines)
    await socket.start()
    await socket.ready()

    for _ in range(40):
        lines.made[0].last_pong = time.at + 5
        await time.forward(5)
    await time.sleeping.wait()

    assert len(lines.made) == 1
    assert problem_of(socket) == ""
    await socket.aclose()


async def test_nobody_looks_between_the_pongs_and_a_silence_is_counted_from_the_last() -> None:
    time = Time()
    lines = Lines(time)
    socket = build(time, lines)
    await socket.start()
    await socket.ready()
    for _ in range(10):
        await time.forward(3.5)
        lines.made[0].last_pong = time.at
    assert len(time.slept) <= 10

    await time.forward(DEAF_AFTER)
    await time.forward(1)
    await lines.until(2)
    assert time.at <= 1000 + 10 * 3.5 + 10
    await socket.aclose()


async def test_a_clock_that_is_set_delays_the_end_of_a_silent_line_by_one_look_at_most() -> None:
    time, ahead = Time(), 3600.0
    lines, app = Lines(time), cast(Any, None)
    socket = SlackSocket(app, lines.build, clock=time.now, sleep=time.sleep, wall=lambda: time.at - ahead)
    await socket.start()
    await socket.ready()
    await time.forward(DEAF_AFTER - 1)
    lines.made[0].last_pong = time.at
    for _ in range(2):
        await time.forward(DEAF_AFTER)
    await time.forward(1)
    await lines.until(2)

    assert time.at <= 1000 + 3 * DEAF_AFTER
    await socket.aclose()


async def test_a_line_that_slack_sdk_opens_again_is_not_ready_meanwhile() -> None:
    time = Time()
    lines = Lines(time)
    socket = build(time, lines)
    await socket.start()
    await socket.ready()

    lines.made[0].is_open = False
    assert problem_of(socket) == "Socket Mode is being connected again."
    lines.made[0].is_open = True
    assert problem_of(socket) == ""
    await socket.aclose()


async def test_a_pong_time_that_is_forgotten_for_a_moment_replaces_nothing() -> None:
    time = Time()
    lines = Lines(time)
    socket = build(time, lines)
    await socket.start()
    await socket.ready()

    for number in range(20):
        lines.made[0].last_pong = None if number % 4 == 3 else time.at + 2
        await time.forward(2)
    await time.sleeping.wait()

    assert len(lines.made) == 1
    await socket.aclose()


async def test_reconnecting_waits_longer_each_time() -> None:
    time = Time()
    lines = Lines(time, failures=4)
    socket = build(time, lines)
    await socket.start()
    assert problem_of(socket)
    for number in range(4):
        await lines.until(number + 1)
        await time.forward(60)
    await socket.ready()

    assert time.slept[:4] == [1, 2, 4, 8]
    await socket.aclose()


async def test_closing_closes_the_line() -> None:
    time = Time()
    lines = Lines(time)
    socket = build(time, lines)
    await socket.start()
    await socket.ready()

    await socket.aclose()

    assert lines.made[0].closed
    assert problem_of(socket)


async def test_slack_asking_to_come_back_loses_nothing() -> None:
    async with running("socket") as bot:
        await bot.slack.sockets.disconnect()
        await bot.slack.sockets.until_connected()

        await bot.ana.command("#support", "/dp dnd on")
        await bot.idle()

        assert verbs.happened == [("dnd", True)]


class FakeClient:
    def __init__(self) -> None:
        self.sent: list[SocketModeResponse] = []
        self.broken = False

    async def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        if self.broken:
            raise ConnectionResetError
        self.sent.append(response)


class FakeApp:
    def __init__(self, status: int, body: str) -> None:
        self.response = BoltResponse(status=status, body=body)
        self.gate, self.entered = asyncio.Event(), asyncio.Event()
        self.gate.set()
        self.count = 0

    async def async_dispatch(self, request: Any) -> BoltResponse:
        self.count += 1
        self.entered.set()
        await self.gate.wait()
        return self.response


async def answer(status: int, body: str) -> list[dict[str, Any]]:
    time = Time()
    app: Any = FakeApp(status, body)
    client: Any = FakeClient()
    socket = SlackSocket(app, Lines(time).build, clock=time.now, sleep=time.sleep, wall=time.now)
    await socket._receive(client, SocketModeRequest(type="events_api", envelope_id="e1", payload={}))
    return [response.to_dict() for response in client.sent]


async def test_what_could_not_be_kept_is_not_acknowledged() -> None:
    assert await answer(503, "") == []


async def test_what_nobody_listens_for_is_acknowledged() -> None:
    assert await answer(404, "") == [{"envelope_id": "e1"}]


async def test_an_acknowledgement_carries_what_it_says() -> None:
    assert await answer(200, '{"options": []}') == [{"envelope_id": "e1", "payload": {"options": []}}]
    assert await answer(200, "words") == [{"envelope_id": "e1", "payload": {"text": "words"}}]


async def test_what_arrives_while_the_bot_stops_is_neither_done_nor_acknowledged() -> None:
    time = Time()
    app: Any = FakeApp(200, "")
    client: Any = FakeClient()
    lines = Lines(time)
    socket = SlackSocket(app, lines.build, clock=time.now, sleep=time.sleep, wall=time.now)
    await socket.start()
    await socket.ready()
    app.gate.clear()
    under_way = asyncio.create_task(
        socket._receive(client, SocketModeRequest(type="slash_commands", envelope_id="before", payload={}))
    )
    await app.entered.wait()
    closing = asyncio.create_task(socket.aclose())
    await asyncio.sleep(0)
    await socket._receive(client, SocketModeRequest(type="slash_commands", envelope_id="after", payload={}))
    assert not lines.made[0].closed

    app.gate.set()
    await asyncio.gather(under_way, closing)
    assert [response.envelope_id for response in client.sent] == ["before"]
    assert app.count == 1
    assert lines.made[0].closed


@pytest.mark.parametrize("payload", [{"user": 7}, {"event": "x"}])
async def test_an_odd_payload_is_left_and_is_one_line(payload: dict[str, Any]) -> None:
    app: Any = FakeApp(200, "")
    client: Any = FakeClient()
    with structlog.testing.capture_logs() as logs:
        await SlackSocket(app, Lines(Time()).build)._receive(
            client, SocketModeRequest(type="interactive", envelope_id="e1", payload=payload)
        )

    assert client.sent == []
    assert [line["event"] for line in logs] == ["slack payload refused"]


async def test_an_answer_that_cannot_be_sent_is_one_line_however_often() -> None:
    app: Any = FakeApp(200, "")
    client: Any = FakeClient()
    socket = SlackSocket(app, Lines(Time()).build)
    request = SocketModeRequest(type="interactive", envelope_id="e1", payload={})
    with structlog.testing.capture_logs() as logs:
        client.broken = True
        for _ in range(5):
            await socket._receive(client, request)
        client.broken = False
        await socket._receive(client, request)

    assert [line["event"] for line in logs] == ["delivery not answered", "delivery not answered, over"]
