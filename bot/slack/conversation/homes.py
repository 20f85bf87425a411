"""Tracks who may have their Home tab open, so that it is redrawn when something has changed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from typing import Final, Protocol
from weakref import WeakValueDictionary

import structlog

from bot.basics.outages import Outage
from bot.basics.person import PersonKey
from bot.slack.transport.duplicates import Duplicates

LOOKED_AT_FOR: Final = timedelta(hours=2)
"""How long a Home tab counts as open. Slack asks for it whenever somebody opens it, so this is for those who stay on
it: long enough for an hour of do not disturb, set there, to end there."""
AT_MOST: Final = 2_000
_log = structlog.get_logger(__name__)


class OtherHomes(Protocol):
    """The part of ``bot.store.open_homes.OpenHomes`` that is needed where several processes draw."""

    async def opened(self, person: PersonKey) -> None: ...

    async def opened_within(self, person: PersonKey, span: timedelta) -> bool: ...

    def drawing(self, person: PersonKey) -> AbstractAsyncContextManager[object]: ...


class Homes:
    """Redraws the Home tabs that people may have open.

    ``draw`` publishes a person's Home. ``others`` is what processes know together, None where there is only one.
    """

    def __init__(
        self,
        draw: Callable[[PersonKey], Awaitable[object]],
        clock: Callable[[], float],
        others: OtherHomes | None = None,
    ) -> None:
        self._draw = draw
        self._others = others
        self._looked = Duplicates(clock, kept=LOOKED_AT_FOR.total_seconds(), at_most=AT_MOST)
        self._told = Duplicates(clock, kept=LOOKED_AT_FOR.total_seconds() / 2, at_most=AT_MOST)
        self._telling = Outage("an opened Home is not known to the other processes", _log)
        self._drawing: WeakValueDictionary[PersonKey, asyncio.Lock] = WeakValueDictionary()

    async def looked(self, person: PersonKey) -> None:
        """Note that this person has opened their Home tab."""
        self._looked.forget(_key(person))
        self._looked.add(_key(person))
        if self._others is not None and self._told.add(_key(person)):
            try:
                await self._others.opened(person)
                self._telling.over()
            except Exception as problem:  # noqa: BLE001  the database is away: Home is drawn all the same
                self._told.forget(_key(person))
                self._telling.failed(problem)

    async def changed(self, person: PersonKey) -> None:
        """Redraw a person's Home, which may show something else now.
        One at a time, so that the last shows the last state."""
        if not await self._is_open(person):
            return
        lock = self._drawing.setdefault(person, asyncio.Lock())
        async with lock, self._others.drawing(person) if self._others is not None else nullcontext():
            await self._draw(person)

    async def _is_open(self, person: PersonKey) -> bool:
        if _key(person) in self._looked:
            return True
        return self._others is not None and await self._others.opened_within(person, LOOKED_AT_FOR)


def _key(person: PersonKey) -> str:
    return f"{person.team_id}:{person.user_id}"
