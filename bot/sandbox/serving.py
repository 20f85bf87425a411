"""uvicorn on loopback, inside a running event loop: started when it listens, stopped when asked."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import uvicorn

ASGI = Callable[[Any, Any, Any], Awaitable[None]]


def listen(port: int) -> socket.socket:
    """Return a bound loopback socket; 0 lets the system choose. Raises OSError when the port is taken."""
    # With its protocol named: asyncio sets TCP_NODELAY only then, and without it an answer in two parts takes 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound


@contextlib.asynccontextmanager
async def serving(app: ASGI, on: socket.socket) -> AsyncIterator[None]:
    """Serve ``app`` on the bound socket for as long as the block runs."""
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=3)
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[on]))
    try:
        await server.listening.wait()
        yield
    finally:
        server.stop()
        await task
        on.close()


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to the program around it, says when it listens, and stops at once.

    uvicorn's own loop and shutdown poll every 0.1 s: 0.2 s for each server that stops.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._stopping = asyncio.Event()
        self.server_state.connections = self._connections = _Emptying()
        self.server_state.tasks = self._tasks = _Emptying()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield

    def stop(self) -> None:
        self.should_exit = True
        self._stopping.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # 0: the date in the headers is looked at
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()
        for connection in list(self._connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                await self._connections.empty()
                await self._tasks.empty()
        except TimeoutError:
            for task in list(self._tasks):
                task.cancel()


class _Emptying(set[Any]):
    """A set that can be waited for until it is empty; uvicorn takes things out one by one."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = asyncio.Event()

    def discard(self, element: Any) -> None:
        super().discard(element)
        self._changed.set()

    def remove(self, element: Any) -> None:
        super().remove(element)
        self._changed.set()

    async def empty(self) -> None:
        while self:
            self._changed.clear()
            await self._changed.wait()


def by_bearer(knows: Callable[[str], bool], then: ASGI, otherwise: ASGI) -> ASGI:
    """Build one ASGI app out of two: ``then`` answers requests whose Authorization header it knows."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        header = dict(scope.get("headers") or ()).get(b"authorization", b"").decode("latin-1")
        await (then if knows(header) else otherwise)(scope, receive, send)

    return app


def by_path(parts: dict[str, ASGI], otherwise: ASGI) -> ASGI:
    """Build one ASGI app out of several, chosen by the beginning of the path; the first that matches wins."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        chosen = next((part for prefix, part in parts.items() if path.startswith(prefix)), otherwise)
        await chosen(scope, receive, send)

    return app
