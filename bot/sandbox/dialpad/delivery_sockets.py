"""Websockets that events are read from. An address and a connection live one hour; nothing is kept for absent
readers."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.dialpad.delivery_signing import TICKET_LIVES_S, read_ticket

NO_TOKEN = "You are connected without a valid token, please send your api key for verification"


class EventSockets:
    """All open connections. ``changed`` is set whenever one opens or closes."""

    def __init__(self, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._now = now
        self._sleep = sleep
        self.open: list[tuple[int, WebSocket]] = []
        self.changed = asyncio.Event()

    async def serve(self, socket: WebSocket) -> None:
        endpoint_id = read_ticket(socket.path_params["ticket"], self._now())
        await socket.accept()
        if endpoint_id is None:
            await socket.send_text(NO_TOKEN)
            await self._until_gone(socket)
            return
        entry = (endpoint_id, socket)
        self.open.append(entry)
        self.changed.set()
        over = asyncio.create_task(self._end_later(socket))
        try:
            await self._until_gone(socket)
        finally:
            over.cancel()
            self.open.remove(entry)
            self.changed.set()

    async def send(self, endpoint_id: int, frame: str) -> int:
        """Send a frame to every reader of this websocket; return how many there were."""
        lines = [socket for one, socket in self.open if one == endpoint_id]
        for socket in lines:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.send_text(frame)
        return len(lines)

    async def say(self, frame: str | bytes) -> None:
        """Send any frame, of text or binary, to every connection."""
        for _, socket in list(self.open):
            await (socket.send_text(frame) if isinstance(frame, str) else socket.send_bytes(frame))

    async def cut(self) -> None:
        """End every connection, as after an hour."""
        for _, socket in list(self.open):
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(code=1001)

    async def until_open(self, count: int = 1, timeout: float = 10.0) -> None:  # noqa: ASYNC109  (what a test reads)
        """Wait until exactly so many connections are open."""
        async with asyncio.timeout(timeout):
            while len(self.open) != count:
                self.changed.clear()
                await self.changed.wait()

    async def _until_gone(self, socket: WebSocket) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await socket.receive_text()

    async def _end_later(self, socket: WebSocket) -> None:
        await self._sleep(TICKET_LIVES_S)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(code=1001)
