"""Delivery of events as Dialpad does it: to webhooks by POST, to websockets as frames.

A 5xx is tried again after pauses that depend on the kind of event, a refused connection or silence once and at once, a
4xx never. Nothing says which subscription an event is for, so one that two subscriptions want is delivered twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from bot.sandbox.dialpad.delivery_filters import wanted_by
from bot.sandbox.dialpad.delivery_signing import wrap
from bot.sandbox.dialpad.delivery_sockets import EventSockets
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.resources.webhooks import WEBHOOK
from bot.sandbox.dialpad.state import State

ANSWER_WITHIN_S = 5.0
UPDATED = ("sms", "fax")
"""Events of things whose later events tell how far they are."""
PAUSES_S = {
    "call": (2.0, 4.0, 8.0),
    "sms": (30.0, 60.0, 120.0, 240.0, 480.0, 900.0, 1800.0, 2700.0, 3600.0, 3600.0),
}
QUICK_PAUSES_S = (0.1, 0.2, 0.4, 0.8)
"""Pauses in seconds for contacts, duty and changes."""
QUICKLY_AGAIN_S = 0.1
QUICK_TRIES = 2


@dataclass(frozen=True)
class Attempt:
    """One POST. ``status`` is 0 when there was no answer."""

    kind: str
    hook_url: str
    number: int
    status: int


class Delivery:
    """Delivers events to webhooks and websockets. ``copies`` delivers everything so many times; ``hold()`` keeps
    events back until ``release()``, which may change their order. ``attempts`` lists what was posted, the newest
    last."""

    def __init__(self, state: State, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.copies = 1
        self.attempts: list[Attempt] = []
        self.sockets = EventSockets(state.now, sleep)
        self.transport: httpx.AsyncBaseTransport | None = None
        """Replaces the network in tests."""
        self._state = state
        self._sleep = sleep
        self._held: list[tuple[str, Json]] | None = None
        self._texts: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: httpx.AsyncClient | None = None

    def hear(self, kind: str, payload: Json) -> None:
        """Take an event and return at once; it is delivered in the running loop."""
        if self._held is not None:
            self._held.append((kind, payload))
            return
        is_update = kind in UPDATED and str(payload["id"]) in self._texts
        if kind in UPDATED:
            self._texts.add(str(payload["id"]))
        for subscription in wanted_by(self._state, kind, payload, is_update=is_update):
            for _ in range(self.copies):
                task = asyncio.get_running_loop().create_task(self._deliver(kind, payload, subscription["endpoint_id"]))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def hold(self) -> None:
        self._held = self._held or []

    def release(self, order: Callable[[list[tuple[str, Json]]], Iterable[tuple[str, Json]]] = list) -> None:
        held, self._held = self._held or [], None
        for kind, payload in order(held):
            self.hear(kind, payload)

    async def idle(self) -> None:
        """Wait until everything is delivered or given up."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.cut()
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _deliver(self, kind: str, payload: Json, endpoint_id: int) -> None:
        documents = self._state.documents
        if not documents.has(WEBHOOK, endpoint_id):
            websocket: dict[str, Any] | None = next(
                (one for one in documents.all("websocket") if one["id"] == endpoint_id), None
            )
            if websocket is not None:
                await self.sockets.send(endpoint_id, wrap(payload, websocket.get("secret")))
            return
        pauses = iter(PAUSES_S.get(kind, QUICK_PAUSES_S))
        refused = 0
        for number in range(1, 20):
            if not documents.has(WEBHOOK, endpoint_id):
                return  # deleted while it waited
            status = await self._post(kind, documents.find(WEBHOOK, endpoint_id), payload, number)
            refused += status == 0
            if 0 < status < 500 or refused >= QUICK_TRIES:
                return
            pause = QUICKLY_AGAIN_S if status == 0 else next(pauses, None)
            if pause is None:
                return
            await self._sleep(pause)

    async def _post(self, kind: str, webhook: Json, payload: Json, number: int) -> int:
        if self._http is None:
            self._http = httpx.AsyncClient(transport=self.transport, trust_env=False, timeout=ANSWER_WITHIN_S)
        body = wrap(payload, webhook.get("secret"))
        headers = {"content-type": "application/jwt" if webhook.get("secret") else "application/json"}
        try:
            answer = await self._http.post(webhook["hook_url"], content=body.encode(), headers=headers)
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        self.attempts.append(Attempt(kind, webhook["hook_url"], number, status))
        return status
