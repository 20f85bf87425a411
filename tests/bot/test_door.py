"""The door: how much is read, for how long, and what every answer carries."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.basics.metrics import Metrics
from bot.door import LARGEST_BODY, Door
from bot.notifications.webhook import build_hook_route
from bot.readiness import Readiness
from bot.store.hooks import Hook
from bot.store.store import read_clock
from bot.web import Insiders, build_web
from tests.bot.notifications.test_webhook import SIGNED

CHUNK = 65_536
Logs = list[Any]


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with structlog.testing.capture_logs() as lines:
        yield lines


async def length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def refuse(_: Request) -> Response:
    return PlainTextResponse("no", 401)


async def fail(_: Request) -> Response:
    raise LookupError("a mistake of ours")


ROUTES = [
    Route("/length", length, methods=["POST"]),
    Route("/refused", refuse, methods=["POST"]),
    Route("/fails", fail, methods=["GET"]),
]


@dataclass
class Sender:
    """Sends one request by hand; knows what was taken and what came back."""

    chunks: int | None = 1
    """None: without end."""
    silent: bool = False
    breaks_off: bool = False
    headers: dict[str, str] = field(default_factory=lambda: {"transfer-encoding": "chunked"})
    taken: int = 0
    status: int = 0
    answer: dict[str, str] = field(default_factory=dict)
    said: bytes = b""
    ended: bool = False

    async def send(self, app: Any, path: str, method: str = "POST", query: bytes = b"") -> int:
        raw = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw, "query_string": query}
        await app(scope, self._body, self._heard)
        assert self.ended
        return self.status

    async def _body(self) -> dict[str, Any]:
        if self.silent:
            await asyncio.Event().wait()
        if self.breaks_off:
            return {"type": "http.disconnect"}
        self.taken += CHUNK
        more = self.chunks is None or self.taken < self.chunks * CHUNK
        return {"type": "http.request", "body": b"x" * CHUNK, "more_body": more}

    async def _heard(self, message: Any) -> None:
        assert not self.ended
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.answer = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.said += message["body"]
            self.ended = not message.get("more_body")


@dataclass
class Slow(Sender):
    """Stops after its first chunk until it may go on."""

    sends: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def _body(self) -> dict[str, Any]:
        if not self.taken:
            self.taken = CHUNK
            return {"type": "http.request", "body": b"x" * CHUNK, "more_body": True}
        self.sends.set()
        await self.goes_on.wait()
        return {"type": "http.request", "body": b"", "more_body": False}


def door(**how: Any) -> Door:
    return Door(Starlette(routes=ROUTES), **how)


async def test_a_body_within_the_limit_is_read_whole() -> None:
    sender = Sender(chunks=16)

    assert await sender.send(door(), "/length") == 200
    assert sender.said == str(LARGEST_BODY).encode()
    assert "connection" not in sender.answer


async def test_a_byte_too_many_is_refused() -> None:
    assert await Sender(chunks=17).send(door(), "/length") == 413


@pytest.mark.parametrize("path", ["/length", "/refused", "/no/such/page"])
async def test_a_body_without_end_is_not_read_to_its_end(path: str) -> None:
    sender = Sender(chunks=None)

    assert await sender.send(door(), path) in {401, 404, 413}
    assert sender.taken <= 2 * LARGEST_BODY + 2 * CHUNK
    assert sender.answer["connection"] == "close"


@pytest.mark.parametrize("declared", ["104857600", "1048577", "99999999999999999999999"])
async def test_a_body_that_says_it_is_too_large_is_refused_at_once(declared: str) -> None:
    sender = Sender(chunks=None, headers={"content-length": declared, "transfer-encoding": "chunked"})

    assert await sender.send(door(), "/length") == 413


async def test_a_body_that_does_not_come_is_waited_for_only_so_long() -> None:
    assert await Sender(silent=True).send(door(body_within_s=0.01), "/length") == 408


async def test_slow_senders_together_take_no_more_than_there_is_room_for() -> None:
    slow = [Slow(), Slow()]
    app = door(most_held=2 * CHUNK)
    sending = [asyncio.create_task(one.send(app, "/length")) for one in slow]
    for one in slow:
        await one.sends.wait()

    assert await Sender().send(app, "/length") == 503
    for one in slow:
        one.goes_on.set()
    assert await asyncio.gather(*sending) == [200, 200]
    assert await Sender(chunks=2).send(app, "/length") == 200


async def test_a_body_that_breaks_off_is_no_mistake_of_ours(logs: Logs) -> None:
    assert await Sender(breaks_off=True).send(door(), "/length") == 400
    assert logs == []


async def test_a_route_that_does_not_read_the_body_ends_the_connection() -> None:
    sender = Sender(chunks=2)

    assert await sender.send(door(), "/refused") == 401
    assert sender.answer["connection"] == "close"
    assert sender.said == b"no"


async def test_without_a_body_the_connection_stays() -> None:
    sender = Sender(headers={})

    assert await sender.send(door(), "/no/such/page", "GET") == 404
    assert "connection" not in sender.answer
    assert sender.taken == 0


@pytest.mark.parametrize(
    ("path", "query"), [("/x\x00", b""), ("/length\n", b""), ("/length", b"state=%00"), ("/", b"%0d")]
)
async def test_control_characters_in_an_address_are_refused(path: str, query: bytes) -> None:
    assert await Sender(headers={}).send(door(), path, query=query) == 400


async def test_a_mistake_of_ours_is_one_entry_in_the_log_and_no_exception(logs: Logs) -> None:
    sender = Sender(headers={})

    assert await sender.send(door(), "/fails", "GET") == 500
    assert [(line["event"], line["endpoint"], line["error"]) for line in logs] == [
        ("a page failed", "fail", "LookupError")
    ]
    assert b"mistake" not in sender.said


async def test_a_failure_before_the_answer_is_answered() -> None:
    async def broken(*_: Any) -> None:
        raise LookupError

    assert await Sender(headers={}).send(Door(broken), "/", "GET") == 500


async def test_a_websocket_is_turned_away() -> None:
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message["type"])

    await door()({"type": "websocket", "path": "/"}, receive, send)
    assert said == ["websocket.close"]


# The headers of every answer


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    web = build_web(
        slack_events=length,
        others=ROUTES,
        readiness=Readiness([], read_clock),
        metrics=Metrics(),
        insiders=Insiders(),
        https=True,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=web), base_url="https://chatops.test") as client:
        yield client


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/no/such/page", "/fails", "/length"])
async def test_every_answer_tells_the_browser_to_trust_nothing(browser: httpx.AsyncClient, path: str) -> None:
    headers = (await browser.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "default-src 'none'" in headers["content-security-policy"]


async def test_a_slash_too_many_leads_nowhere(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/healthz/", headers={"host": "evil.example"})).status_code == 404


async def test_what_a_page_says_itself_stays() -> None:
    async def page(_: Request) -> Response:
        return PlainTextResponse(
            "", headers={"Content-Security-Policy": "default-src 'self'", "cache-control": "private"}
        )

    sender = Sender(headers={})
    await sender.send(Door(Starlette(routes=[Route("/", page)])), "/", "GET")

    assert sender.answer["content-security-policy"] == "default-src 'self'"
    assert sender.answer["cache-control"] == "private"


# Dialpad's events come through the same door


async def find(name: str) -> Hook | None:
    return SIGNED if name == SIGNED.id else None


async def keep(_: Hook, __: bytes) -> None:
    raise AssertionError("nothing is received")


@pytest.mark.parametrize(
    ("sender", "status"), [(Sender(chunks=None), 413), (Sender(silent=True), 408), (Sender(breaks_off=True), 400)]
)
async def test_an_event_that_never_ends_is_refused_and_not_asked_for_again(sender: Sender, status: int) -> None:
    app = Door(Starlette(routes=[build_hook_route(find, keep)]), body_within_s=0.01 if sender.silent else 10)

    assert await sender.send(app, f"/dialpad/events/{SIGNED.id}") == status


async def test_an_event_for_no_hook_of_ours_is_refused_unread() -> None:
    sender = Sender(chunks=None)
    app = Door(Starlette(routes=[build_hook_route(find, keep)]))

    assert await sender.send(app, "/dialpad/events/x") == 404
    assert sender.taken <= LARGEST_BODY + 2 * CHUNK
