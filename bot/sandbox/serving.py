"""uvicorn on loopback, inside a running event loop: started when it listens, stopped when asked."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import uvicorn

ASGI = Callable[[Any, Any, Any], Awaitable[None]]


def listen(port: int) -> socket.socket:
    """A bound loopback socket; 0 lets the system choose. Raises OSError when the port is taken."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
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
        server.should_exit = True
        await task
        on.close()


class _Server(uvicorn.Server):
    """Leaves signals to the program around it, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


def by_path(parts: dict[str, ASGI], otherwise: ASGI) -> ASGI:
    """One ASGI app out of several, chosen by the beginning of the path; the first that matches wins."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        chosen = next((part for prefix, part in parts.items() if path.startswith(prefix)), otherwise)
        await chosen(scope, receive, send)

    return app
