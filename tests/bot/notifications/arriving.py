"""A store and an intake on a fresh database, with a delivery that remembers and fails when told to."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.dialpad.events import Event
from bot.notifications.intake import Arrived, FollowUp, Intake
from bot.store.hooks import Hook
from bot.store.keys import Keyring, generate_key, parse_keys
from bot.store.store import Store
from tests.bot.dialpad.envelopes import sign

ANA = PersonKey("T0NORTHLT", "U0ANA0001")


class Recorder:
    """``errors`` are raised one by one before anything succeeds; ``also`` is awaited with every event."""

    def __init__(self) -> None:
        self.delivered: list[Event] = []
        self.tried = 0
        self.errors: list[Exception] = []
        self.also: Callable[[Event], Awaitable[None]] | None = None
        self._changed = asyncio.Condition()

    def fold(self, connection: Connection, batch: Sequence[Arrived]) -> list[FollowUp]:
        """Nothing is stored: all of the delivery is what waits for others."""
        return [FollowUp(one, partial(self, one.event, one.hook)) for one in batch]

    def stored(self) -> None:
        """Nobody posts."""

    async def __call__(self, event: Event, hook: Hook) -> None:
        if self.also is not None:
            await self.also(event)
        async with self._changed:
            self.tried += 1
            self._changed.notify_all()
            if self.errors:
                raise self.errors.pop(0)
            self.delivered.append(event)
            self._changed.notify_all()

    async def until_delivered(self, count: int) -> list[Event]:
        await self._until(lambda: len(self.delivered) >= count)
        return self.delivered

    async def until_tried(self, count: int) -> None:
        await self._until(lambda: self.tried >= count)

    async def _until(self, fact: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(fact)


@dataclass
class Arrival:
    store: Store
    intake: Intake
    recorder: Recorder
    hook: Hook

    async def arrives(self, document: dict[str, Any]) -> bool:
        """As Dialpad delivers it."""
        assert self.hook.secret is not None
        return await self.intake.receive(self.hook, sign(document, self.hook.secret))

    async def retry_parked(self) -> int:
        """As the command line does it, beside this process."""
        count = await self.store.events.unpark()
        self.intake.look()
        return count

    async def until_idle(self) -> None:
        """Nothing waits to be delivered any more."""
        async with asyncio.timeout(20):
            while await self.store.events.waiting():  # noqa: ASYNC110  # the database is asked, it tells nobody
                await asyncio.sleep(0)


@asynccontextmanager
async def arrival(url: str, recorder: Recorder, keys: Keyring | None = None) -> AsyncIterator[Arrival]:
    store = await Store.open(url, keys or parse_keys(generate_key()))
    await store.migrate()
    intake = Intake(store, recorder, pause=lambda _: 0.0)
    intake.start()
    try:
        known = await store.hooks.all()
        hook = known[0] if known else await store.hooks.create(ANA, CompanyKey(ANA.team_id, "61"), "webhook")
        yield Arrival(store, intake, recorder, hook)
    finally:
        await intake.drain()
        await store.aclose()


def plain(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()
