"""Tracks who may have their Home tab open, so that it is redrawn when something has changed."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol, TypeAlias
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


WATCHED_FOR: Final = timedelta(minutes=15)
"""How long after somebody opened theirs it is drawn anew for what others do, too."""
WATCH_EVERY_S: Final = 5.0
"""How often that is looked at: what changes within this time is one drawing, well within Slack's limit."""


MarksOf: TypeAlias = Callable[[Collection[PersonKey]], Awaitable[Mapping[PersonKey, object]]]


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
        self._clock = clock
        self._watched: dict[PersonKey, _Watched] = {}
        self._opened = asyncio.Event()

    async def looked(self, person: PersonKey) -> None:
        """Note that this person has opened their Home tab."""
        self._looked.forget(_key(person))
        self._looked.add(_key(person))
        self._watched[person] = _Watched(self._clock(), self._watched[person].mark if person in self._watched else None)
        self._opened.set()
        if self._others is not None and self._told.add(_key(person)):
            try:
                await self._others.opened(person)
                self._telling.over()
            except Exception as problem:  # noqa: BLE001  the database is away: Home is drawn all the same
                self._told.forget(_key(person))
                self._telling.failed(problem)

    async def watch(self, marks_of: MarksOf) -> None:
        """Draw the Home tabs anew that were opened here lately whenever somebody's mark is not what it was: it stands
        for the open work that they may see. Sleeps while nobody has theirs open. Never returns."""
        watching = Outage("open work on Home is not looked at", _log)
        while True:
            if not self._watched:
                self._opened.clear()
                await self._opened.wait()
            try:
                await self.look(marks_of)
                watching.over()
            except Exception as problem:  # noqa: BLE001  the database is away: it is looked at again in a moment
                watching.failed(problem)
            await asyncio.sleep(WATCH_EVERY_S)

    async def look(self, marks_of: MarksOf) -> None:
        """Look once at what those may see who have theirs open."""
        since = self._clock() - WATCHED_FOR.total_seconds()
        self._watched = {person: one for person, one in self._watched.items() if one.opened_at > since}
        if not self._watched:
            return
        for person, mark in (await marks_of(list(self._watched))).items():
            before = self._watched[person].mark
            if before is not None and mark != before:
                await self.changed(person)
            self._watched[person] = replace(self._watched[person], mark=mark)  # opened again meanwhile, maybe

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


@dataclass(frozen=True)
class _Watched:
    """When somebody opened theirs, by the clock, and the mark of what there was then; None before the first look."""

    opened_at: float
    mark: object


def _key(person: PersonKey) -> str:
    return f"{person.team_id}:{person.user_id}"
