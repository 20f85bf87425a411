"""Slack's side of Socket Mode: ``hello``, envelopes, acknowledgements, ``disconnect``. Each envelope goes to one
connection."""

import asyncio
import contextlib
import itertools
import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.slack.clock import Tasks, Timers
from bot.sandbox.slack.limits import SOCKET_CONNECTIONS
from bot.sandbox.slack.workspace import Json

CONNECTION_SECONDS = 18_060  # what Slack's hello says as approximate_connection_time
TICKET_SECONDS = 30.0


@dataclass(eq=False)
class Connection:
    """One open socket of the app and the envelopes it has not acknowledged."""

    socket: WebSocket
    number: int
    waiting: dict[str, "asyncio.Future[Any]"] = field(default_factory=dict)
    draining: bool = False

    async def send(self, message: Json) -> None:
        await self.socket.send_text(json.dumps(message, ensure_ascii=False))


class SocketHub:
    """All Socket Mode connections of the app. ``connections`` is in the order they came."""

    def __init__(self, timers: Timers, tasks: Tasks, app_id: str) -> None:
        self.connections: list[Connection] = []
        self.changed = asyncio.Event()
        self.deaf = False
        """When set, envelopes are accepted but not sent: a connection that seems healthy."""
        self._timers = timers
        self._tasks = tasks
        self._app_id = app_id
        self._tickets: dict[str, float] = {}
        self._turn = itertools.count()
        self._numbers = itertools.count(1)

    def issue_ticket(self) -> str:
        ticket = str(uuid.uuid4())
        self._tickets[ticket] = self._timers.now()
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        issued = self._tickets.pop(socket.query_params.get("ticket", ""), None)
        if issued is None or self._timers.now() - issued > TICKET_SECONDS:
            await socket.close(code=4001)
            return
        await socket.accept()
        connection = Connection(socket, next(self._numbers))
        if len(self.connections) >= SOCKET_CONNECTIONS:
            await connection.send({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return
        self.connections.append(connection)
        await connection.send(self._hello())
        self.changed.set()
        refresh = self._tasks.start(self._refresh_later(connection))
        try:
            await self._listen(connection)
        finally:
            refresh.cancel()
            self.connections.remove(connection)
            for waiter in connection.waiting.values():
                if not waiter.done():
                    waiter.set_exception(ConnectionResetError())
            self.changed.set()

    async def deliver(
        self, kind: str, payload: Json, *, accepts_payload: bool, attempt: int, why: str
    ) -> tuple[int, Any, dict[str, str]]:
        """Send an envelope; return status, acknowledgement payload and no headers, like an HTTP answer.
        ConnectionError when nobody is connected."""
        ready = [one for one in self.connections if not one.draining]
        if not ready:
            raise ConnectionError("no socket is open")
        connection = ready[next(self._turn) % len(ready)]
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "payload": payload,
            "type": kind,
            "accepts_response_payload": accepts_payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": why}
        waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = waiter
        try:
            if not self.deaf:
                await connection.send(envelope)
            return 200, await waiter, {}
        except (RuntimeError, WebSocketDisconnect):
            raise ConnectionResetError from None  # it was closing just then
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to reconnect, as Slack does every few hours; it stays open until the app closes it."""
        for connection in list(self.connections):
            await self._ask_to_leave(connection, reason)

    async def until_connected(self, count: int = 1, timeout: float = 10.0) -> None:  # noqa: ASYNC109  (what a test reads)
        async with asyncio.timeout(timeout):
            while len([one for one in self.connections if not one.draining]) < count:
                self.changed.clear()
                await self.changed.wait()

    async def aclose(self) -> None:
        for connection in list(self.connections):
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await connection.socket.close()

    async def _listen(self, connection: Connection) -> None:
        while True:
            try:
                raw = await connection.socket.receive_text()
            except WebSocketDisconnect:
                return
            with contextlib.suppress(ValueError):
                message = json.loads(raw)
                waiter = connection.waiting.get(message.get("envelope_id", "")) if isinstance(message, dict) else None
                if waiter is not None and not waiter.done():
                    waiter.set_result(message.get("payload"))

    async def _refresh_later(self, connection: Connection) -> None:
        await self._timers.sleep(CONNECTION_SECONDS)
        await self._ask_to_leave(connection, "refresh_requested")

    async def _ask_to_leave(self, connection: Connection, reason: str) -> None:
        connection.draining = True
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await connection.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}})

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {
                "host": f"applink-sandbox-{secrets.token_hex(3)}",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
            "connection_info": {"app_id": self._app_id},
        }
