"""The HTTP server: uvicorn, with time limits for strangers, a socket that can be handed over, and a polite end."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Iterator, MutableMapping, Sequence
from email.utils import formatdate
from typing import Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bot.basics.errors import ChatopsError
from bot.door import AsgiApp, AsgiReceive, AsgiSend

ANSWERED_WITHIN_S: Final = 5
"""Seconds requests get to finish at shutdown; Slack gives up after 3."""
HEADERS_WITHIN_S: Final = 5.0
"""Seconds from the connection, or the first byte of a further request, to the end of its headers."""
IDLE_AT_THE_END_S: Final = 1.0
"""How long a connection without a request stays open at shutdown: a request may be on its way, and what is closed then
was refused."""
MOST_CONNECTIONS: Final = 800
"""Open at once; more are answered with 503. Most systems allow a process 1,024 files."""
STOPPED_BY: Final = (signal.SIGINT, signal.SIGTERM)
"""In the order in which they are watched for: whoever sees that SIGTERM is may send either."""
FIRST_FD: Final = 3
"""Where the sockets that systemd hands over begin, by its protocol (``man sd_listen_fds``)."""
_CLOSE: Final = (b"connection", b"close")
_TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class NoSocket(ChatopsError):
    """What was handed over is no listening socket; the message says what to do."""


def take_sockets(fd: int | None, environ: MutableMapping[str, str]) -> list[socket.socket]:
    """Take over listening sockets: ``fd``, or those that systemd passed; none when nothing was handed over. Raises
    NoSocket."""
    if fd is not None:
        return [_listening(fd)]
    pid, count = environ.pop("LISTEN_PID", ""), environ.pop("LISTEN_FDS", "")
    environ.pop("LISTEN_FDNAMES", None)
    if pid != str(os.getpid()) or not count.isdigit():
        return []
    return [_listening(number) for number in range(FIRST_FD, FIRST_FD + int(count))]


def _listening(fd: int) -> socket.socket:
    try:
        found = socket.socket(fileno=fd)
    except OSError:
        raise NoSocket(f"File descriptor {fd} is no socket. Pass one that listens, or leave --fd out.") from None
    if not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        found.detach()  # it is whoever opened it's to close
        raise NoSocket(f"File descriptor {fd} does not listen. In systemd, use a .socket unit with Accept=no.")
    found.setblocking(False)
    return found


def open_socket(host: str, port: int) -> socket.socket:
    """Open a socket that listens. Raises NoSocket."""
    try:
        found = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048
        )
    except OSError as problem:
        raise NoSocket(f"{host}:{port} cannot be listened on: {problem.strerror}.") from None
    found.setblocking(False)
    return found


class StoppedEarly(ChatopsError):
    """Somebody stopped the process before it served."""


@contextlib.contextmanager
def stopped_while_starting() -> Iterator[None]:
    """Cancel what is done inside on SIGTERM or SIGINT. Raises StoppedEarly then.

    Afterwards the signals are still watched for, until ``serve`` does: nothing in between is ended in the middle. As
    process 1 of a container it would not even notice a SIGTERM that nobody watches for.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asked = False

    def stop() -> None:
        nonlocal asked
        asked = True
        if task is not None:
            task.cancel()

    for name in STOPPED_BY:
        loop.add_signal_handler(name, stop)
    try:
        yield
    except asyncio.CancelledError:
        if task is None or not asked:
            raise
        task.uncancel()
        raise StoppedEarly from None


async def serve(app: AsgiApp, host: str, port: int, sockets: Sequence[socket.socket] = ()) -> None:
    """Serve ``app`` until SIGTERM or SIGINT, on ``sockets`` instead of ``host`` and ``port`` when there are any;
    returns when the requests under way are answered.

    A second signal does not wait for them. What connects to a socket that somebody else holds open as well waits for
    whoever serves it next.
    """
    config = uvicorn.Config(
        _ending_quietly(app),
        host=host,
        port=port,
        http=_Connection,
        ws="none",
        log_config=None,
        lifespan="off",
        limit_concurrency=MOST_CONNECTIONS,
        proxy_headers=False,  # whoever sends them decides what they say; nothing here goes by them
        server_header=False,
        timeout_graceful_shutdown=ANSWERED_WITHIN_S,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    for name in STOPPED_BY:
        loop.add_signal_handler(name, server.stop)
    try:
        await server.serve(sockets=list(sockets) or None)
    finally:
        for name in STOPPED_BY:
            loop.remove_signal_handler(name)


def _ending_quietly(app: AsgiApp) -> AsgiApp:
    """Wrap an app so that requests cut off at the end are no errors with a traceback: uvicorn logs whatever an app
    raises, and this is what it raises itself in requests that do not end in time."""

    async def wrapped(scope: Any, receive: AsgiReceive, send: AsgiSend) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            with contextlib.suppress(RuntimeError):  # it was answered already
                headers = [_CLOSE, (b"content-length", b"0"), (b"retry-after", b"1")]
                await send({"type": "http.response.start", "status": 503, "headers": headers})
                await send({"type": "http.response.body", "body": b""})

    return wrapped


class _State(ServerState):
    """What uvicorn's connections share. It would have the date of all answers written anew ten times a second."""

    ending = False

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:
        dated = [(b"date", formatdate(usegmt=True).encode())]
        return [*dated, _CLOSE] if self.ending else dated

    @default_headers.setter
    def default_headers(self, _: object) -> None:
        """uvicorn sets it to what it is at the moment."""


class _Server(uvicorn.Server):
    """A uvicorn server that sleeps until it is stopped, and leaves signals to ``serve``: uvicorn looks ten times a
    second, and raises signals again at its end, so nothing after it would run."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.server_state = self._state = _State()
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True
        self._stopped.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._state.ending = True
        await super().shutdown(sockets)


class _Connection(H11Protocol):
    """One connection. uvicorn waits without end for headers, and at its end closes every connection that has no request
    yet, also one whose request is arriving."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows it
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._has_begun:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        if self._waits:
            self.loop.call_later(IDLE_AT_THE_END_S, self._close_when_idle)
        else:
            super().shutdown()

    def _close_when_idle(self) -> None:
        if not self.transport.is_closing() and self._waits and not self._has_begun:
            super().shutdown()

    @property
    def _waits(self) -> bool:
        """Whether the next thing to come is a request's headers."""
        return self.conn.our_state is h11.IDLE and self.conn.their_state is h11.IDLE

    @property
    def _has_begun(self) -> bool:
        """Whether a part of the headers has come."""
        return bool(self.conn.trailing_data[0])

    def _watch(self) -> None:
        if not self._waits or self.transport.is_closing():
            self._stop_watching()
        elif self._late is None:
            self._late = self.loop.call_later(HEADERS_WITHIN_S, self._cut_off)

    def _stop_watching(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _cut_off(self) -> None:
        if self._waits and not self.transport.is_closing():
            if self._has_begun:
                self.transport.write(_TOO_SLOW)
            self.transport.close()

    def _should_upgrade(self) -> bool:
        return False  # nothing here speaks websocket; uvicorn would log two lines for each that asks
