"""Receives Slack's payloads over Socket Mode, without a public address, and replaces a silent connection.

slack_sdk's client reconnects when Slack says so or the connection breaks. What it misses is a connection that looks
healthy and carries nothing; so the time of the last pong is checked here, and after 8 s without one the whole client
is replaced, so that a dead connection is known and said within 10 s.
"""

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import aiohttp
import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.basics.outages import Outage
from bot.slack.transport.loggers import silent_logger
from bot.slack.transport.shapes import find_odd_field

_log = structlog.get_logger(__name__)

DEAF_AFTER: Final = 8.0
"""Seconds without a pong: two pings, and a second for the answer."""
LEAST_SLEEP: Final = 1.0
PING_EVERY: Final = 3.5
"""slack_sdk has aiohttp end a connection on which half of this brings nothing at all."""
CONNECT_WITHIN: Final = 20.0
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0


class SocketClient(Protocol):
    """One Socket Mode connection."""

    async def connect(self) -> None: ...

    async def close(self) -> None: ...

    @property
    def is_open(self) -> bool:
        """Whether it can receive right now; False while it is being opened again."""
        ...

    @property
    def last_pong(self) -> float | None:
        """Return the time of the last pong in Unix seconds; None before the first."""
        ...


class SlackSocketClient:
    """A Socket Mode connection by slack_sdk's client on the shared session. ``receive`` is awaited for every
    request."""

    def __init__(
        self,
        app_token: str,
        web_client: AsyncWebClient,
        session: aiohttp.ClientSession,
        receive: Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]],
    ) -> None:
        self._client = SocketModeClient(
            app_token=app_token, logger=silent_logger(), web_client=web_client, ping_interval=PING_EVERY
        )
        self._own_session = self._client.aiohttp_client_session
        self._client.aiohttp_client_session = session
        self._client.socket_mode_request_listeners.append(receive)

    @property
    def last_pong(self) -> float | None:
        return self._client.last_ping_pong_time

    @property
    def is_open(self) -> bool:
        session = self._client.current_session
        return session is not None and not session.closed

    async def connect(self) -> None:
        """Open the connection.
        Raises what the first try raised, TimeoutError after 20 s; slack_sdk alone retries silently without end."""
        await self._own_session.close()
        async with asyncio.timeout(CONNECT_WITHIN):
            self._client.wss_uri = await self._client.issue_new_wss_url()
            await self._client.connect()  # type: ignore[no-untyped-call]  # slack_sdk leaves it out

    async def close(self) -> None:
        client = self._client
        client.closed = True
        client.auto_reconnect_enabled = False
        if client.current_session is not None:
            await client.current_session.close()
        tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
        running = [task for task in tasks if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        if not self._own_session.closed:
            await self._own_session.close()


class SlackSocket:
    """Keeps one connection open. ``clock`` returns seconds, monotonic; ``sleep`` waits by the same clock. ``wall``
    returns the time that pongs are stamped with."""

    def __init__(
        self,
        app: AsyncApp,
        build_line: Callable[[Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]]], SocketClient],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._build_line = build_line
        self._clock = clock
        self._sleep = sleep
        self._wall = wall
        self._line: SocketClient | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._up = asyncio.Event()
        self._heard = self._looked = 0.0
        self._pong: float | None = None
        self._closing = False
        self._connecting = Outage("socket not connected", _log)
        self._answers = Outage("delivery not answered", _log)

    @property
    def problem(self) -> str | None:
        """Describe what is wrong, for the operator of the bot; None while the connection works."""
        line = self._line
        if line is None or not self._up.is_set():
            return "Socket Mode is not connected."
        if (silent_s := self._silent_s(line)) >= DEAF_AFTER:
            return f"Slack has not answered over Socket Mode for {int(silent_s)} seconds."
        return None if line.is_open else "Socket Mode is being connected again."

    @property
    def silent_s(self) -> float:
        """Return for how many seconds nothing has come; NaN without a connection."""
        return math.nan if self._line is None else self._silent_s(self._line)

    async def start(self) -> None:
        """Connect in the background and stay connected."""
        self._keeper = asyncio.create_task(self._keep())

    async def ready(self) -> None:
        """Wait until a connection is open."""
        await self._up.wait()

    async def aclose(self, grace_s: float = 5.0) -> None:
        """Stop receiving, but finish the acknowledgements under way. What arrives from now on is neither stored nor
        acknowledged, so Slack delivers it to another connection, or once more."""
        self._closing = True
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._answering:
            await asyncio.wait(set(self._answering), timeout=grace_s)
        await self._drop()

    async def _keep(self) -> None:
        wait = FIRST_WAIT
        while True:
            try:
                await self._connect()
                wait = FIRST_WAIT
                self._connecting.over()
                await self._silence()
                _log.warning("socket silent, rebuilding", after_s=DEAF_AFTER)
            except Exception as problem:  # noqa: BLE001  whatever breaks the connection, it is built again
                self._connecting.failed(problem)
                await self._drop()
                await self._sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _connect(self) -> None:
        await self._drop()
        self._line = self._build_line(self._receive)
        await self._line.connect()
        self._heard = self._looked = self._clock()
        self._up.set()

    async def _silence(self) -> None:
        """Wait until nothing was received for 8 s."""
        while self._line is not None and (left := DEAF_AFTER - self._silent_s(self._line)) > 0:
            await self._sleep(max(left / 2, LEAST_SLEEP))

    def _silent_s(self, line: SocketClient) -> float:
        """Return how long no pong came, by our own clock: the one pongs are stamped with can be set, so that it says
        only how long before this look a new one came, and that was after the look before."""
        pong, now = line.last_pong, self._clock()  # None for a moment when slack_sdk reconnects by itself
        if pong is not None and pong != self._pong:
            ago = min(max(0.0, self._wall() - pong), now - self._looked)
            self._pong, self._heard = pong, now - ago
        self._looked = now
        return now - self._heard

    async def _drop(self) -> None:
        self._up.clear()
        line, self._line = self._line, None
        if line is not None:
            try:
                await line.close()
            except Exception as problem:  # noqa: BLE001  it is being thrown away
                _log.info("old socket not closed cleanly", error=type(problem).__name__)

    async def _receive(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._closing:
            return
        task = asyncio.create_task(self._answer_safely(client, request))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        await asyncio.shield(task)

    async def _answer_safely(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            await self._answer(client, request)
        except Exception as problem:  # noqa: BLE001  slack_sdk would log the whole of it; Slack delivers it once more
            self._answers.failed(problem)
        else:
            self._answers.over()

    async def _answer(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if (odd := find_odd_field(request.payload)) is not None:
            _log.warning("slack payload refused", odd_field=odd)
            return
        done = await self._app.async_dispatch(AsyncBoltRequest(body=request.payload, mode="socket_mode"))
        if done.status not in {200, 404}:
            return  # not on disk: Slack sends an event again, and shows a click that it failed
        payload = _read_payload(done.body) if done.status == 200 else None
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id, payload=payload))


def _read_payload(body: str) -> dict[str, Any] | None:
    if not body:
        return None
    try:
        payload = json.loads(body)
    except ValueError:
        return {"text": body}
    return payload if isinstance(payload, dict) else {"text": body}


def build_socket(
    app: AsyncApp, app_token: str, web_client: AsyncWebClient, session: aiohttp.ClientSession
) -> SlackSocket:
    """Build the socket on slack_sdk's aiohttp client."""
    return SlackSocket(app, lambda receive: SlackSocketClient(app_token, web_client, session, receive))
