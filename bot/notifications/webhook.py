"""``POST /dialpad/events/{hook}``: receives Dialpad's webhooks.

The answer decides what Dialpad does next: 5xx is tried again, 4xx never, and 2xx must come within 5 s. So a failure on
this side is always 503, whatever it is, and 4xx only says that this very body will never be accepted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.basics.outages import Outage
from bot.dialpad.signed import LARGEST_EVENT, EventRefused
from bot.store.hooks import Hook

log = structlog.get_logger(__name__)

PATH: Final = "/dialpad/events"
ANSWER_WITHIN_S: Final = 4.0
"""Answered before Dialpad gives up and counts it as refused, which it repeats less often than a 503."""

_STATUS: Final = {"too large": 413, "garbled": 400, "unsigned": 401, "algorithm": 401, "forged": 401}


def build_hook_route(
    find: Callable[[str], Awaitable[Hook | None]],
    receive: Callable[[Hook, bytes], Awaitable[object]],
    *,
    answer_within_s: float = ANSWER_WITHIN_S,
) -> Route:
    """Return the route for ``build_web``. ``find`` returns a hook by its id; ``receive`` returns when an event is
    stored and raises EventRefused for one that fails verification."""
    return Route(PATH + "/{hook}", _Events(find, receive, answer_within_s), methods=["POST"])


class _Events:
    """The route as an ASGI app: Starlette's requests and responses cost more than the event's signature."""

    def __init__(
        self,
        find: Callable[[str], Awaitable[Hook | None]],
        receive: Callable[[Hook, bytes], Awaitable[object]],
        answer_within_s: float,
    ) -> None:
        self._find = find
        self._receive = receive
        self._answer_within_s = answer_within_s
        self._storing = Outage("dialpad event not stored", log)
        self._stored = PlainTextResponse("ok")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope["path_params"]["hook"], receive)
        await answer(scope, receive, send)

    async def _answer(self, name: str, receive: Receive) -> Response:
        try:
            hook = await self._find(name)
            if hook is None or hook.kind != "webhook":
                return PlainTextResponse("no such hook", 404)  # its body is not read
            raw = await _read(receive)
            # Shielded: what is being committed is committed, and the retry is then a known repeat.
            async with asyncio.timeout(self._answer_within_s):
                await asyncio.shield(_in_background(self._take(hook, raw)))
        except EventRefused as refused:
            log.warning("dialpad event refused", hook=name[:40], why=refused.why)
            return PlainTextResponse("this event was not accepted", _STATUS[refused.why])
        except HTTPException:
            raise  # the body is too large, too slow or incomplete
        except ClientDisconnect:
            return PlainTextResponse("incomplete", 400)
        except Exception as error:  # noqa: BLE001  # a mistake of ours must not lose the event: Dialpad tries again
            self._storing.failed(error, hook=name[:40])
            return PlainTextResponse("try again", 503)
        return self._stored

    async def _take(self, hook: Hook, raw: bytes) -> None:
        await self._receive(hook, raw)
        self._storing.over()


async def _read(receive: Receive) -> bytes:
    """Read the body, whatever its headers say. Raises EventRefused as soon as it is too long, and ClientDisconnect."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > LARGEST_EVENT:
            raise EventRefused("too large")
        if not message.get("more_body"):
            return bytes(body)


def _in_background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start a task whose failure after the answer is not reported: Dialpad was told to try again."""
    task = asyncio.create_task(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task
