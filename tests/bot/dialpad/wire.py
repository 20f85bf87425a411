"""A Dialpad of canned answers that remembers every request, and time that passes only when somebody sleeps."""

import asyncio
import json
import selectors
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. ``path`` is still encoded."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: httpx.Headers
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Wire(httpx.AsyncBaseTransport):
    """Gives its answers in order; refuses to be asked more often than it has answers."""

    answers: list[httpx.Response | Exception] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path, _, _ = request.url.raw_path.decode().partition("?")
        body = await request.aread()
        self.asked.append(Asked(request.method, path, request.url.params.multi_items(), request.headers, body))
        self.arrived.set()
        if not self.answers:
            raise AssertionError(f"nobody expected {request.method} {path}")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def good(data: Any = None) -> httpx.Response:
    return httpx.Response(200, json={} if data is None else data)


def bad(status: int, message: str = "", reason: str = "", **headers: str) -> httpx.Response:
    error = {"code": status, "message": message, "errors": [{"domain": "global", "message": message, "reason": reason}]}
    return httpx.Response(status, json={"error": error}, headers={k.replace("_", "-"): v for k, v in headers.items()})


@dataclass
class Time:
    """A clock that stands still until somebody sleeps, and remembers the sleeps."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time: when nothing is ready, the clock jumps to the next timer."""

    def __init__(self) -> None:
        super().__init__(selectors.SelectSelector())
        self._virtual = 1000.0

    def time(self) -> float:
        return self._virtual

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]  # asyncio's own, untyped
        if not ready and scheduled:
            self._virtual = max(self._virtual, scheduled[0].when())
        super()._run_once()  # type: ignore[misc]  # as above


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
