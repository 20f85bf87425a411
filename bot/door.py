"""The door in front of every route: bodies end in size and time, and nothing a stranger sends becomes a traceback."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import structlog
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from bot.basics.outages import Outage

_log = structlog.get_logger(__name__)

LARGEST_BODY: Final = 1024 * 1024
"""Most bytes of a request's body, whoever sends it. Slack's views are at most 250 kB, form-encoded perhaps three times
that; Dialpad's events a few kB."""
BODY_WITHIN_S: Final = 10.0
"""Seconds from the headers to the end of the body. Slack gives up after 3, Dialpad after 5."""
MOST_HELD: Final = 64 * LARGEST_BODY
"""Bytes of bodies that are on their way at one time, over all requests: those who send slowly get 503 before they take
more memory than the bot has."""
LINGER_S: Final = 1.0
"""Seconds in which what a refused sender goes on sending is thrown away, at most as much again as was allowed. A
connection that is closed with data unread is reset, and the sender may lose the answer that says why."""
_CLOSE: Final = (b"connection", b"close")
_CONTROL: Final = re.compile(rb"[\x00-\x1f\x7f]")

AsgiMessage = MutableMapping[str, Any]
AsgiReceive = Callable[[], Awaitable[AsgiMessage]]
AsgiSend = Callable[[AsgiMessage], Awaitable[None]]
AsgiApp = Callable[[Any, AsgiReceive, AsgiSend], Awaitable[None]]

_PAGE: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src https:; base-uri 'none'; frame-ancestors 'none'"
"""What a page may load when it says nothing itself, such as slack_sdk's install page."""
_HEADERS: Final = {
    b"cache-control": b"no-store",
    b"content-security-policy": _PAGE.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
}


class Door:
    """ASGI middleware around the whole app. ``https``: whether browsers reach it so, and are to stay with it.

    413, 408, 503 and 400 are raised into the route while it reads its body, as Starlette's own errors.
    """

    def __init__(
        self, app: AsgiApp, *, https: bool = False, body_within_s: float = BODY_WITHIN_S, most_held: int = MOST_HELD
    ) -> None:
        self._app = app
        self._body_within_s = body_within_s
        self._room = _Room(most_held)
        self._failing: dict[str, Outage] = {}
        self._headers = _HEADERS | ({b"strict-transport-security": b"max-age=31536000"} if https else {})

    async def __call__(self, scope: Any, receive: AsgiReceive, send: AsgiSend) -> None:
        if scope["type"] != "http":
            await _turn_away(scope, receive, send)
            return
        visit = _Visit(scope, receive, send, self._headers, self._room, self._body_within_s)
        try:
            app = PlainTextResponse("The address cannot be read.", 400) if _is_odd(scope) else self._app
            await app(scope, visit.receive, visit.send)
        except Exception as error:  # noqa: BLE001  whatever it is, it is ours and not for whoever asked
            # Starlette has answered with 500 and raises again for the server, which would log every line of it.
            endpoint = _name_of(scope)
            self._failing.setdefault(endpoint, Outage("a page failed", _log)).failed(error, endpoint=endpoint)
            if not visit.answered:
                await PlainTextResponse("Something went wrong. Try again in a minute.", 500)(
                    scope, visit.receive, visit.send
                )
        else:
            if self._failing and (failing := self._failing.get(_name_of(scope))) is not None:
                failing.over()
        finally:
            visit.leave()


@dataclass
class _Room:
    """How much of all bodies together is in memory."""

    most: int
    held: int = 0


class _Visit:
    """One request: counts its body, and sees that its connection ends where the body did not."""

    def __init__(
        self,
        scope: Any,
        receive: AsgiReceive,
        send: AsgiSend,
        headers: dict[bytes, bytes],
        room: _Room,
        within_s: float,
    ) -> None:
        self._receive = receive
        self._send = send
        self._headers = headers
        self._room = room
        self._held = 0
        self._ends_at = asyncio.get_running_loop().time() + within_s
        self._read = 0
        self._declared, self._unread = _declared(scope)
        self._too_slow = False
        self._lingers = False
        self.answered = False

    async def receive(self) -> AsgiMessage:
        """AsgiReceive the next part of the body. Raises HTTPException 413, 408, and 400 for one that breaks off."""
        if not self._unread:
            return await self._receive()
        if self._declared > LARGEST_BODY:
            raise HTTPException(413, "The body is too large.")
        try:
            async with asyncio.timeout_at(self._ends_at):
                message = await self._receive()
        except TimeoutError:
            self._too_slow = True
            raise HTTPException(408, "The body took too long.") from None
        if message["type"] == "http.disconnect":
            self._unread = False
            raise HTTPException(400, "The body is incomplete.")
        self._read += len(message.get("body", b""))
        if self._read > LARGEST_BODY:
            raise HTTPException(413, "The body is too large.")
        self._room.held += self._read - self._held
        self._held = self._read
        if self._room.held > self._room.most:
            raise HTTPException(503, "Too much is being sent at once.", {"retry-after": "5"})
        self._unread = bool(message.get("more_body"))
        return message

    def leave(self) -> None:
        """Give the room back that the body took."""
        self._room.held -= self._held
        self._held = 0

    async def send(self, message: AsgiMessage) -> None:
        """AsgiSend a part of the answer, with the headers every answer has."""
        if message["type"] == "http.response.start":
            self.answered = True
            given = list(message.get("headers", []))
            names = {name.lower() for name, _ in given}
            given += [header for header in self._headers.items() if header[0] not in names]
            self._lingers = self._unread
            message = {**message, "headers": [*given, _CLOSE] if self._unread else given}
        elif self._lingers and not self._too_slow and not message.get("more_body"):
            await self._send({**message, "more_body": True})
            await self._throw_away()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    async def _throw_away(self) -> None:
        most = self._read + LARGEST_BODY
        try:
            async with asyncio.timeout(LINGER_S):
                while self._unread and self._read <= most:
                    message = await self._receive()
                    self._read += len(message.get("body", b""))
                    self._unread = message["type"] == "http.request" and bool(message.get("more_body"))
        except TimeoutError:
            pass  # it was told, and goes on sending


def _declared(scope: Any) -> tuple[int, bool]:
    """Return how long the body is said to be, 0 when it is not said, and whether there is one."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    length = headers.get(b"content-length", b"0")
    declared = int(length) if length.isdigit() and len(length) < 20 else 0
    return declared, declared > 0 or b"transfer-encoding" in headers


def _is_odd(scope: Any) -> bool:
    """Tell whether an address holds control characters: no route means any, and Postgres takes no NUL."""
    address = f"{scope['path']}?".encode(errors="replace") + unquote_to_bytes(scope.get("query_string", b""))
    return _CONTROL.search(address) is not None


def _name_of(scope: Any) -> str:
    """Return the name of the function that answered: addresses hold one-time tokens."""
    return getattr(scope.get("endpoint"), "__qualname__", "")


async def _turn_away(scope: Any, receive: AsgiReceive, send: AsgiSend) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
