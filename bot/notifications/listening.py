"""Receives events through hooks: keeps websockets open, and records when nothing could be received."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import structlog
from pydantic import SecretStr

from bot.basics.errors import Unreadable
from bot.basics.outages import Outage
from bot.dialpad.accounts import Accounts
from bot.dialpad.actions.websockets import GetWebsocket
from bot.dialpad.signed import EventRefused
from bot.dialpad.socket import EventSocket
from bot.notifications.backfill import ReadBack
from bot.notifications.intake import Intake
from bot.store.hooks import Hook
from bot.store.store import Store

log = structlog.get_logger(__name__)

BEAT_S: Final = 20.0
"""After a kill the gap is taken to begin at most this much too early."""
SETTLE_EVERY: Final = 15
"""Beats between two attempts to backfill gaps that are still open."""
SHORTEST_GAP: Final = timedelta(seconds=1)


@dataclass
class _Heard:
    socket: EventSocket | None = None
    task: asyncio.Task[None] | None = None
    closed: bool = False


class Listening:
    """The ``HookListener`` that keeps websockets open. ``start()`` after the intake has resumed, ``aclose()`` before it
    is drained."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        store: Store,
        intake: Intake,
        read_back: ReadBack,
        session: aiohttp.ClientSession,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._intake = intake
        self._read_back = read_back
        self._session = session
        self._sleep = sleep
        self._heard: dict[str, _Heard] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._due = asyncio.Event()
        self._pulse = Outage("pulse not noted", log)
        self._settling = Outage("gaps not looked after", log)

    @property
    def problem(self) -> str | None:
        """Describe a websocket that is not open, for the operator of the bot; None when all are, or there is none."""
        said = (heard.socket.problem for heard in self._heard.values() if heard.socket is not None)
        return next((problem for problem in said if problem is not None), None)

    async def start(self) -> None:
        """Listen to every hook there is; the time the bot was not running becomes a gap."""
        for hook in await self._store.hooks.all():
            if hook.endpoint_id is not None:
                await self.listen(hook)
        self._keep(self._beat_for_ever())
        self._keep(self._settle_for_ever())
        self._due.set()

    async def listen(self, hook: Hook) -> None:
        """Receive events through this hook, as ``bot.notifications.hooks.HookListener`` says."""
        if hook.id in self._heard:
            return
        if hook.kind == "webhook":
            self._heard[hook.id] = _Heard()
            await self._note_gap(hook.id, hook.heard_at, "stopped")
            return
        if await self._store.processes.take(_lease(hook.id)) and hook.id not in self._heard:
            socket = self._build_socket(hook)
            self._heard[hook.id] = _Heard(socket, asyncio.create_task(socket.run()))

    async def look(self) -> None:
        """Open the websockets that no other process has any more, and close those that another one has or that are
        gone: one for each hook, whichever process has it."""
        hooks = {hook.id: hook for hook in await self._store.hooks.all() if hook.endpoint_id is not None}
        mine = await self._store.processes.held()
        for hook_id, heard in list(self._heard.items()):
            if hook_id not in hooks or (heard.socket is not None and _lease(hook_id) not in mine):
                await self.forget(hook_id)
        for hook in hooks.values():
            if hook.kind == "websocket":
                await self.listen(hook)
            else:
                self._heard.setdefault(hook.id, _Heard())

    async def forget(self, hook_id: str) -> None:
        """Stop receiving events through this hook, as ``bot.notifications.hooks.HookListener`` says."""
        heard = self._heard.pop(hook_id, None)
        if heard is not None and heard.task is not None:
            heard.task.cancel()
            await asyncio.gather(heard.task, return_exceptions=True)
            await self._store.processes.release(_lease(hook_id))

    async def aclose(self) -> None:
        """Stop listening, and record until when events were received."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._beat()
        for hook_id in list(self._heard):
            await self.forget(hook_id)

    async def opened(self, hook_id: str) -> None:
        """Record that a websocket is open, again or for the first time since the start."""
        heard = self._heard.get(hook_id)
        hook = await self._store.hooks.get(hook_id)
        if heard is not None and hook is not None:
            why, heard.closed = ("closed" if heard.closed else "stopped"), False
            await self._note_gap(hook_id, hook.heard_at, why)

    async def closed(self, hook_id: str) -> None:
        """Record that a websocket's last connection is gone."""
        if (heard := self._heard.get(hook_id)) is not None:
            heard.closed = True
        await self._store.hooks.heard(hook_id, self._store.now())

    def _build_socket(self, hook: Hook) -> EventSocket:
        async def find_address() -> SecretStr:
            owner = self._accounts.of(hook.owner, within=hook.company)
            found = await owner.send(GetWebsocket(id=str(hook.endpoint_id)), background=True)
            if found.websocket_url is None:
                raise Unreadable(reason="no address")
            return found.websocket_url

        async def receive(frame: bytes) -> None:
            current = await self._store.hooks.get(hook.id)
            if current is None:
                raise EventRefused("forged")  # removed meanwhile: there is no secret to verify it with
            await self._intake.receive(current, frame)

        return EventSocket(
            session=self._session,
            find_address=find_address,
            receive=receive,
            observer=_Observer(self, hook.id),
            sleep=self._sleep,
        )

    async def _note_gap(self, hook_id: str, since: datetime, why: str) -> None:
        now = self._store.now()
        if now - since >= SHORTEST_GAP:
            await self._store.gaps.add(hook_id, since, now, why)
            self._due.set()
        await self._store.hooks.heard(hook_id, now)

    async def _beat(self) -> None:
        now = self._store.now()
        for hook_id, heard in list(self._heard.items()):
            if heard.socket is None or heard.socket.problem is None:
                await self._store.hooks.heard(hook_id, now)

    async def _beat_for_ever(self) -> None:
        beats = 0
        while True:
            await self._sleep(BEAT_S)
            beats += 1
            try:
                await self._beat()
            except Exception as error:  # noqa: BLE001  # the next beat records it; stopped beats look like a gap
                self._pulse.failed(error)
            else:
                self._pulse.over()
            if beats % SETTLE_EVERY == 0:
                self._due.set()

    async def _settle_for_ever(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                await self._read_back.settle_open()
            except Exception as error:  # noqa: BLE001  # the gap stays open and is tried again
                self._settling.failed(error)
            else:
                self._settling.over()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _lease(hook_id: str) -> str:
    return f"hook:{hook_id}"


@dataclass(frozen=True)
class _Observer:
    listening: Listening
    hook_id: str

    async def opened(self) -> None:
        await self.listening.opened(self.hook_id)

    async def closed(self) -> None:
        await self.listening.closed(self.hook_id)
