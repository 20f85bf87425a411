"""Events over a Dialpad websocket: for a bot without a public address.

Address and connection live one hour. The next connection is opened before the hour is over and both are read for a
while, so that nothing falls between them; what comes twice is the same event. What happens while no connection is open
is lost to the websocket, and ``SocketObserver.closed`` and ``opened`` say when that was.

This is the one place besides ``client.py`` that talks to Dialpad: httpx knows no websockets.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Protocol

import aiohttp
import structlog
from pydantic import SecretStr

from bot.basics.errors import ChatopsError
from bot.basics.outages import Outage
from bot.dialpad.signed import LARGEST_EVENT, EventRefused

log = structlog.get_logger(__name__)

LIVES_S: Final = 3600.0
RENEW_BEFORE_S: Final = 300.0
OVERLAP_S: Final = 10.0
PING_EVERY_S: Final = 30.0
"""Seconds between pings. A connection on which no pong comes back within half of this counts as broken."""
CONNECT_WITHIN_S: Final = 20.0
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
STEADY_AFTER_S: Final = 30.0
"""Seconds. A connection that breaks sooner counts as a failed attempt, so that two sides do not reconnect in a loop."""
STORE_AGAIN_S: Final = 1.0
STORE_TRIES: Final = 600
"""Tries to store a frame, for ten minutes; one that cannot be stored then would block all that come after it."""
LARGEST_FRAME: Final = 4 * LARGEST_EVENT
"""Bytes. An event somewhat above its limit is skipped; a frame beyond this ends the connection, and leaves a gap."""
_GOODBYE: Final = aiohttp.ClientWSTimeout(ws_close=2.0)


class SocketObserver(Protocol):
    """Told when the websocket opens and closes, to keep the list of gaps."""

    async def opened(self) -> None:
        """Record that the first connection is open: nothing is missed from here on."""

    async def closed(self) -> None:
        """Record that the last connection is closed: events may be missed from here on."""


class EventSocket:
    """A websocket that is kept open. ``find_address`` gives a fresh ``wss://`` address each time; ``receive`` takes one
    frame and returns once it is on disk, raising EventRefused for what is no event.

    ``sleep`` and ``clock`` (seconds, monotonic) are replaced in tests.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        find_address: Callable[[], Awaitable[SecretStr]],
        receive: Callable[[bytes], Awaitable[object]],
        observer: SocketObserver,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._session = session
        self._find_address = find_address
        self._receive = receive
        self._observer = observer
        self._sleep = sleep
        self._clock = clock or asyncio.get_running_loop().time
        self._jitter = jitter
        self._open: set[asyncio.Task[None]] = set()
        self._retiring: set[asyncio.Task[None]] = set()
        self._opening = Outage("dialpad websocket not opened", log)
        self._storing = Outage("dialpad event not stored yet", log)
        self.problem: str | None = "Dialpad's events are not arriving yet: the connection is being opened."
        """The current problem, for the person who runs the bot; None while a connection is open."""

    async def run(self) -> None:
        """Keep the websocket open until cancelled."""
        failures = 0
        try:
            while True:
                reader = await self._connect()
                if reader is None:
                    failures += 1
                    await self._sleep(self._wait(failures))
                    continue
                began = self._clock()
                self._retire(but=reader)
                await self._read_until_old(reader)
                failures = 0 if self._clock() - began >= STEADY_AFTER_S else failures + 1
                if reader.done() and failures:
                    await self._sleep(self._wait(failures))
        finally:
            await self._close_all()

    async def _connect(self) -> asyncio.Task[None] | None:
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                address = (await self._find_address()).get_secret_value()
                line = await self._session.ws_connect(
                    address, heartbeat=PING_EVERY_S, max_msg_size=LARGEST_FRAME, timeout=_GOODBYE
                )
        except (ChatopsError, aiohttp.ClientError, OSError, ValueError) as failure:  # TimeoutError is an OSError
            if not self._open:
                self.problem = "Dialpad's events are not arriving: the connection to Dialpad cannot be opened."
            self._opening.failed(failure)  # without its text, which may hold the address
            return None
        if not self._open:
            await _tell(self._observer.opened)
        reader = asyncio.create_task(self._read(line))
        self._open.add(reader)
        self.problem = None
        self._opening.over()
        return reader

    async def _read_until_old(self, reader: asyncio.Task[None]) -> None:
        old = asyncio.ensure_future(self._sleep(LIVES_S - RENEW_BEFORE_S))
        try:
            await asyncio.wait({reader, old}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            old.cancel()

    def _retire(self, *, but: asyncio.Task[None]) -> None:
        """Close the earlier connections after reading them a little longer."""
        for reader in self._open - {but}:
            task = asyncio.create_task(self._cancel_later(reader))
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)

    async def _cancel_later(self, reader: asyncio.Task[None]) -> None:
        await self._sleep(OVERLAP_S)
        reader.cancel()

    async def _read(self, line: aiohttp.ClientWebSocketResponse) -> None:
        odd = 0
        try:
            async for message in line:
                if message.type not in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                    continue
                frame = message.data.encode() if isinstance(message.data, str) else bytes(message.data)
                try:
                    await self._store(frame)
                except EventRefused as refused:
                    odd += 1
                    if odd <= 3:  # a connection that sends nonsense is logged a few times only
                        log.warning("dialpad websocket frame refused", why=refused.why, size=len(frame))
        finally:
            me = asyncio.current_task()
            if me is not None:
                self._open.discard(me)
            if not self._open:
                self.problem = (
                    "Dialpad's events are not arriving: the connection to Dialpad broke and is being reopened."
                )
                await _tell(self._observer.closed)
            with suppress(aiohttp.ClientError, OSError):
                await line.close()
            log.info("dialpad websocket closed", reason=line.close_code)

    async def _store(self, frame: bytes) -> None:
        """Store a frame before the next is read: a websocket does not repeat itself."""
        for _ in range(STORE_TRIES):
            try:
                await self._receive(frame)
            except EventRefused:
                raise
            except Exception as failure:  # noqa: BLE001  # whatever is away for a moment, the frame must not be lost
                self._storing.failed(failure)
                await self._sleep(STORE_AGAIN_S)
            else:
                self._storing.over()
                return
        log.error("dialpad event lost", size=len(frame))

    def _wait(self, failures: int) -> float:
        return float(min(FIRST_WAIT_S * 2 ** min(failures - 1, 10), LONGEST_WAIT_S) * (0.5 + self._jitter() / 2))

    async def _close_all(self) -> None:
        tasks = [*self._retiring, *self._open]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _tell(news: Callable[[], Awaitable[None]]) -> None:
    try:
        await news()
    except Exception as failure:  # noqa: BLE001  # without a ledger for a moment the line still matters more
        log.warning("gap not noted", error=type(failure).__name__)
