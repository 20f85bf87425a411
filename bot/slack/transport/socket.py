"""Receives Slack's payloads over Socket Mode, without a public address, and replaces a silent connection.

slack_sdk's client reconnects when Slack says so or the connection breaks. What it misses is a connection that looks
healthy and carries nothing; so the time of the last pong is checked here, and after 45 s without one the whole client
is replaced.
"""

import asyncio
import json
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

from bot.slack.transport.loggers import quiet_logger
from bot.slack.transport.shapes import find_odd_field

_log = structlog.get_logger(__name__)

DEAF_AFTER: Final = 45.0
"""Seconds without a pong."""
LOOK_EVERY: Final = 5.0
PING_EVERY: Final = 10.0
CONNECT_WITHIN: Final = 20.0
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0


class SocketClient(Protocol):
    """One Socket Mode connection."""

    async def connect(self) -> None: ...

    async def close(self) -> None: ...

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
            app_token=app_token, logger=quiet_logger(), web_client=web_client, ping_interval=PING_EVERY
        )
        self._own_session = self._client.aiohttp_client_session
        self._client.aiohttp_client_session = session
        self._client.socket_mode_request_listeners.append(receive)

    @property
    def last_pong(self) -> float | None:
        return self._client.last_ping_pong_time

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
    """Keeps one connection open. ``clock`` returns Unix seconds; ``sleep`` waits by the same clock."""

    def __init__(
        self,
        app: AsyncApp,
        build_line: Callable[[Callable[[AsyncBaseSocketModeClient, SocketModeRequest], Awaitable[None]]], SocketClient],
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app = app
        self._build_line = build_line
        self._clock = clock
        self._sleep = sleep
        self._line: SocketClient | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._up = asyncio.Event()
        self._since = 0.0

    @property
    def problem(self) -> str | None:
        """Describe what is wrong, for the operator of the bot; None while the connection works."""
        return None if self._up.is_set() else "Socket Mode is not connected."

    async def start(self) -> None:
        """Connect in the background and stay connected."""
        self._keeper = asyncio.create_task(self._keep())

    async def ready(self) -> None:
        """Wait until a connection is open."""
        await self._up.wait()

    async def aclose(self, grace_s: float = 5.0) -> None:
        """Stop receiving, but finish the acknowledgements under way."""
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
                await self._silence()
                _log.warning("socket silent, rebuilding", after_s=DEAF_AFTER)
            except Exception as problem:  # noqa: BLE001  whatever breaks the connection, it is built again
                _log.warning("socket not connected", error=type(problem).__name__, next_try_s=wait)
                await self._drop()
                await self._sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _connect(self) -> None:
        await self._drop()
        self._line = self._build_line(self._receive)
        self._since = self._clock()
        await self._line.connect()
        self._up.set()

    async def _silence(self) -> None:
        """Wait until nothing was received for 45 s."""
        heard = self._since
        while self._line is not None:
            heard = max(heard, self._line.last_pong or 0.0)  # slack_sdk forgets it when it reconnects by itself
            if self._clock() - heard >= DEAF_AFTER:
                return
            await self._sleep(LOOK_EVERY)

    async def _drop(self) -> None:
        self._up.clear()
        line, self._line = self._line, None
        if line is not None:
            try:
                await line.close()
            except Exception as problem:  # noqa: BLE001  it is being thrown away
                _log.info("old socket not closed cleanly", error=type(problem).__name__)

    async def _receive(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        task = asyncio.create_task(self._answer(client, request))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        await asyncio.shield(task)

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
