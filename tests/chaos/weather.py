"""What can be wrong with Slack or Dialpad as the bot reaches them: an ASGI app around each of them."""

import asyncio
import random
from enum import StrEnum
from typing import Any

from bot.sandbox.serving import ASGI

SLOW_S = (0.3, 3.0)
LATE_S = 12.0
"""Longer than the bot waits for Slack (10 s) and for Dialpad (10 s)."""


class Sky(StrEnum):
    """How requests fare."""

    FINE = "fine"
    SLOW = "slow"
    BUSY = "429"
    BROKEN = "500"
    CUT = "cut"
    LATE = "late after acting"


HIT = {Sky.SLOW: 1.0, Sky.BUSY: 0.6, Sky.BROKEN: 0.6, Sky.CUT: 0.6, Sky.LATE: 0.25}
"""How many of the requests it hits."""


class Weather:
    """Passes requests on to ``app`` as the sky has it. Websockets and what does not begin with ``paths`` pass."""

    def __init__(self, app: ASGI, paths: tuple[str, ...], dice: random.Random) -> None:
        self.sky = Sky.FINE
        self.hit = 0
        self._app = app
        self._paths = paths
        self._dice = dice
        self._changed = asyncio.Event()

    def become(self, sky: Sky) -> None:
        self.sky = sky
        self._changed.set()
        self._changed = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        sky = self.sky
        passes = scope["type"] != "http" or not scope["path"].startswith(self._paths)
        if passes or sky is Sky.FINE or self._dice.random() > HIT[sky]:
            await self._app(scope, receive, send)
            return
        self.hit += 1
        if sky is Sky.SLOW:
            await asyncio.sleep(self._dice.uniform(*SLOW_S))
            await self._app(scope, receive, send)
        elif sky is Sky.BUSY:
            await _answer(send, 429, b'{"ok": false, "error": "ratelimited"}', [(b"retry-after", b"1")])
        elif sky is Sky.BROKEN:
            await _answer(send, 500, b'{"ok": false, "error": "internal_error"}', [])
        else:
            acts = sky is Sky.LATE or self._dice.random() < 0.5
            await self._unheard(scope, receive, send, acts=acts, late_s=LATE_S if sky is Sky.LATE else 0.0)

    async def _unheard(self, scope: Any, receive: Any, send: Any, *, acts: bool, late_s: float) -> None:
        """It may act, and the connection ends without its answer."""

        async def into_the_void(_: Any) -> None:
            pass

        if acts:
            await self._app(scope, receive, into_the_void)
        if late_s:
            await asyncio.sleep(late_s)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{"})  # the rest never comes


async def _answer(send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    known = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": known})
    await send({"type": "http.response.body", "body": body})
