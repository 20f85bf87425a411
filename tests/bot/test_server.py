"""The server on real sockets, with strangers who do not behave."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import server
from bot.door import LARGEST_BODY, Door
from bot.server import NoSocket, serve, take_sockets

WAIT_S = 20.0


@dataclass
class Place:
    """A server on a free port. ``read`` counts the bytes of bodies that routes got."""

    port: int = 0
    read: int = 0
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None

    async def take(self, request: Request) -> Response:
        async for chunk in request.stream():
            self.read += len(chunk)
        return PlainTextResponse("taken")

    async def slow(self, _: Request) -> Response:
        self.entered.set()
        await self.may_go_on.wait()
        return PlainTextResponse("late")

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, *parts: bytes) -> bytes:
        """What comes back until the connection ends, however much of the parts can be sent."""
        reader, writer = await self.connect()
        answer = bytearray()

        async def listen() -> None:
            with contextlib.suppress(ConnectionError):
                while chunk := await reader.read(65_536):
                    answer.extend(chunk)

        async with asyncio.timeout(WAIT_S):
            listening = asyncio.create_task(listen())
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
            await listening
        writer.close()
        return bytes(answer)

    async def stop(self) -> None:
        assert self.task is not None
        loop = asyncio.get_running_loop()
        loop.call_soon(os.kill, os.getpid(), server.STOPPED_BY[0])
        async with asyncio.timeout(WAIT_S):
            await self.task


@contextlib.asynccontextmanager
async def placed() -> AsyncIterator[Place]:
    made = Place()
    routes = [Route("/take", made.take, methods=["POST"]), Route("/slow", made.slow)]
    bound = socket.create_server(("127.0.0.1", 0))
    made.port = bound.getsockname()[1]
    with structlog.testing.capture_logs():
        made.task = asyncio.create_task(serve(Door(Starlette(routes=routes), body_within_s=0.2), "", 0, [bound]))
        yield made
        made.may_go_on.set()
        made.task.cancel()
        await asyncio.gather(made.task, return_exceptions=True)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with placed() as made:
        yield made


def head(path: str, *headers: str, method: str = "POST") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "host: x", *headers, "", ""]).encode()


async def test_a_hundred_megabytes_are_refused_before_they_are_read(place: Place) -> None:
    body = (b"x" * 1_000_000 for _ in range(100))
    answer = await place.ask(head("/take", "content-length: 100000000"), *body)

    assert answer.startswith(b"HTTP/1.1 413")
    assert place.read == 0


async def test_a_body_of_unknown_length_is_read_up_to_the_limit(place: Place) -> None:
    body = (b"%x\r\n" % 65_536 + b"x" * 65_536 + b"\r\n" for _ in range(1_600))
    answer = await place.ask(head("/take", "transfer-encoding: chunked"), *body)

    assert answer.startswith(b"HTTP/1.1 413")
    assert place.read <= LARGEST_BODY


async def test_half_a_body_is_not_held(place: Place) -> None:
    answers = await asyncio.gather(*(place.ask(head("/take", "content-length: 1000"), b"half") for _ in range(50)))

    assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 408 Request Timeout"}


@pytest.mark.parametrize("begun", [b"", b"GET /take HT", b"GET /take HTTP/1.1\r\nhost: x\r\n", b"\r\n"])
async def test_headers_that_do_not_come_are_not_waited_for(
    place: Place, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(server, "HEADERS_WITHIN_S", 0.05)

    assert (await place.ask(begun)).startswith(b"HTTP/1.1 408" if begun.strip() else b"")


async def test_the_second_request_of_a_connection_has_no_more_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEADERS_WITHIN_S", 0.05)
    answer = await place.ask(head("/none", method="GET") + b"GET /take HT", b"TP")

    assert answer.startswith(b"HTTP/1.1 404")
    assert b"HTTP/1.1 408" in answer


async def test_headers_without_end_are_refused(place: Place) -> None:
    assert (await place.ask(head("/take", "x: " + "y" * 200_000))).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("upgrade", ["websocket", "h2c"])
async def test_nothing_is_upgraded(place: Place, upgrade: str) -> None:
    answer = await place.ask(head("/x", "connection: upgrade, close", f"upgrade: {upgrade}", method="GET"))

    assert answer.startswith(b"HTTP/1.1 404")


async def test_nothing_says_what_serves_it(place: Place) -> None:
    assert b"uvicorn" not in await place.ask(head("/x", "connection: close", method="GET"))


# Its end


async def test_what_is_under_way_at_the_end_is_answered(place: Place) -> None:
    asked = asyncio.create_task(place.ask(head("/slow", method="GET")))
    await place.entered.wait()
    stopping = asyncio.create_task(place.stop())
    place.may_go_on.set()

    assert (await asked).endswith(b"late")
    await stopping


async def test_a_request_that_is_arriving_at_the_end_is_answered_and_told_that_it_was_the_last(place: Place) -> None:
    place.may_go_on.set()
    reader, writer = await place.connect()
    writer.write(b"GET /slow HTTP/1.1\r\nho")
    waiting_reader, waiting_writer = await place.connect()
    await place.ask(head("/none", "connection: close", method="GET"))  # so both are known to the server
    stopping = asyncio.create_task(place.stop())
    await until_refused(place.port)
    writer.write(b"st: x\r\n\r\n")
    waiting_writer.write(head("/slow", method="GET"))

    for one in (reader, waiting_reader):
        answer = await one.read()
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in answer
    await stopping
    writer.close()
    waiting_writer.close()


async def until_refused(port: int) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return
            writer.close()
            await asyncio.sleep(0)


async def test_what_cannot_be_answered_in_time_is_sent_away_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "ANSWERED_WITHIN_S", 0.05)
    async with placed() as place:
        asked = asyncio.create_task(place.ask(head("/slow", method="GET")))
        await place.entered.wait()
        await place.stop()

        assert (await asked).startswith(b"HTTP/1.1 503")
    assert [record for record in caplog.records if record.exc_info] == []


async def test_each_answer_is_dated_although_nobody_looks_at_the_clock_meanwhile() -> None:
    async with placed() as place:
        asked_at = datetime.now(UTC).replace(microsecond=0)
        answer = await place.ask(head("/none", "connection: close", method="GET"))

    (dated,) = [line for line in answer.split(b"\r\n") if line.lower().startswith(b"date:")]
    assert parsedate_to_datetime(dated.decode().partition(":")[2]) >= asked_at


# A socket that is handed over


def test_without_a_socket_handed_over_there_is_none() -> None:
    assert take_sockets(None, {}) == []


def test_a_socket_for_another_process_is_not_taken() -> None:
    environ = {"LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "web"}

    assert take_sockets(None, environ) == []
    assert environ == {}


def test_what_is_no_listening_socket_is_said(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file, pytest.raises(NoSocket, match="no socket"):
        take_sockets(file.fileno(), {})
    with socket.socket() as deaf, pytest.raises(NoSocket, match="does not listen"):
        take_sockets(deaf.fileno(), {})
    with pytest.raises(NoSocket, match="no socket"):
        take_sockets(9_999, {})
