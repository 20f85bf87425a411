"""Tracks who may have their Home tab open, so that it is redrawn when something has changed."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Protocol, TypeAlias
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


DRAWN_AT_ONCE: Final = 4
"""Homes of one workspace that are drawn at a look because of what others do: 48 a minute, less than half of what Slack
takes. The others have their turn at the next looks."""


MarksOf: TypeAlias = Callable[[Collection[PersonKey]], Awaitable[Mapping[PersonKey, object]]]
Draw: TypeAlias = Callable[..., Awaitable[object]]


class OtherHomes(Protocol):
    """The part of ``bot.store.open_homes.OpenHomes`` that is needed where several processes draw."""

    async def opened(self, person: PersonKey) -> None: ...

    async def opened_within(self, person: PersonKey, span: timedelta) -> bool: ...

    def drawing(self, person: PersonKey) -> AbstractAsyncContextManager[object]: ...


class Homes:
    """Redraws the Home tabs that people may have open.

    ``draw`` publishes a person's Home; with ``quiet`` it is not they who did something. ``others`` is what
    is kept of Homes for other processes and later starts, None in tests.
    """

    def __init__(
        self,
        draw: Draw,
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
        before = self._watched.get(person)
        self._watched[person] = replace(before or _Watched(), opened_at=self._clock())
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
        found = await marks_of(list(self._watched))
        marks = {person: mark for person, mark in found.items() if person in self._watched}
        fresh = {person: mark for person, mark in marks.items() if self._watched[person].mark is None}
        other = [one for one, mark in marks.items() if one not in fresh and mark != self._watched[one].mark]
        for person in self._whose_turn(other):
            await self.changed(person, quiet=True)
            fresh[person] = marks[person]
            self._note(person, drawn_at=self._clock())
        for person, mark in fresh.items():
            self._note(person, mark=mark)

    def _note(self, person: PersonKey, **noted: Any) -> None:
        if person in self._watched:  # opened again meanwhile, maybe
            self._watched[person] = replace(self._watched[person], **noted)

    def _whose_turn(self, people: Sequence[PersonKey]) -> list[PersonKey]:
        """Return who is drawn now: those whose Home was drawn longest ago, so many of each workspace."""
        taken: Counter[str] = Counter()
        chosen: list[PersonKey] = []
        for person in sorted(people, key=lambda one: self._watched[one].drawn_at):
            taken[person.team_id] += 1
            if taken[person.team_id] <= DRAWN_AT_ONCE:
                chosen.append(person)
        return chosen

    async def changed(self, person: PersonKey, *, quiet: bool = False) -> None:
        """Redraw a person's Home if it may be open, because it may show something else now. ``quiet``: it is not they
        who did something."""
        if await self._is_open(person):
            await self.show(person, quiet=quiet)

    async def show(self, person: PersonKey, *, quiet: bool = False) -> object:
        """Draw a person's Home, so that they find it ready. One at a time, so that the last shows the last state.
        Returns what ``draw`` does."""
        lock = self._drawing.setdefault(person, asyncio.Lock())
        async with lock, self._others.drawing(person) if self._others is not None else nullcontext():
            return await self._draw(person, quiet=quiet)

    async def _is_open(self, person: PersonKey) -> bool:
        if _key(person) in self._looked:
            return True
        return self._others is not None and await self._others.opened_within(person, LOOKED_AT_FOR)


@dataclass(frozen=True)
class _Watched:
    """When somebody opened theirs and when it was last drawn for others, by the clock, and the mark of what it shows;
    None before the first look."""

    opened_at: float = 0.0
    mark: object = None
    drawn_at: float = 0.0


def _key(person: PersonKey) -> str:
    return f"{person.team_id}:{person.user_id}"
