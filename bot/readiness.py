"""What the bot knows of its own state: for ``/readyz``, the metrics and whoever is woken by them."""

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.store.backlog import Backlog, read_backlog
from bot.store.database import DatabaseProblem, sqlite_file
from bot.store.schema import Clock
from bot.store.store import Store

_log = structlog.get_logger(__name__)

LOOK_WITHIN_S: Final = 4.0
LOOK_AGAIN_S: Final = 1.0
"""How long what was found is good for, however often somebody asks: looking writes to the database."""
LEAST_FREE: Final = 16 * 1024 * 1024
FREE_TO_WARN: Final = 256 * 1024 * 1024
"""Bytes on the disk of a SQLite database."""
LATE: Final = timedelta(minutes=2)
STUCK: Final = timedelta(minutes=15)
UNTRIED: Final = timedelta(minutes=5)
"""An event is tried within a second of its arrival; then for 25 minutes, which is nobody's fault here."""


@dataclass(frozen=True)
class Trouble:
    """What is wrong and what to do about it. ``blocks``: this process should get no requests meanwhile; otherwise it is
    worth knowing, and taking the process out of service would make it worse. Not ``known``: nobody could look."""

    said: str
    todo: str
    blocks: bool = True
    known: bool = True


@dataclass(frozen=True)
class Probe:
    """One thing that is looked at."""

    name: str
    look: Callable[[], Awaitable[Trouble | None]]


@dataclass(frozen=True)
class Standing:
    """How one thing stands. ``since``: when its trouble was first seen."""

    name: str
    trouble: Trouble | None
    since: datetime | None

    def as_json(self) -> dict[str, Any]:
        level = "ok" if self.trouble is None else "fails" if self.trouble.blocks else "warns"
        found: dict[str, Any] = {"name": self.name, "ok": self.trouble is None, "level": level}
        if self.trouble is not None and self.since is not None:
            found |= {"since": self.since.isoformat(), "said": self.trouble.said, "todo": self.trouble.todo}
        return found


class Readiness:
    """Looks at everything at once, and remembers since when what is wrong. ``now`` is for people, ``clock`` (seconds,
    monotonic) for itself."""

    def __init__(self, probes: Sequence[Probe], now: Clock, clock: Callable[[], float] = time.monotonic) -> None:
        self._probes = probes
        self._now = now
        self._clock = clock
        self._since: dict[str, datetime] = {}
        self._said: set[str] = set()
        self._found: list[Standing] = []
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    async def look(self) -> list[Standing]:
        """Return how everything stands, in the order of the probes."""
        async with self._looking:
            if self._clock() - self._looked_at >= LOOK_AGAIN_S:
                troubles = await asyncio.gather(*(_look(probe) for probe in self._probes))
                self._found = [self._stand(probe.name, its) for probe, its in zip(self._probes, troubles, strict=True)]
                self._looked_at = self._clock()
            return self._found

    def _stand(self, name: str, trouble: Trouble | None) -> Standing:
        if trouble is None:
            if self._since.pop(name, None) is not None and name in self._said:
                _log.warning("well again", check=name)
            self._said.discard(name)
            return Standing(name, None, None)
        if name not in self._since:
            self._since[name] = self._now()
            if trouble.known:  # else the database says why, in a line of its own
                self._said.add(name)
                _log.warning("not well", check=name, said=trouble.said)
        return Standing(name, trouble, self._since[name])


def is_ready(found: Sequence[Standing]) -> bool:
    """Tell whether this process should get requests."""
    return not any(standing.trouble is not None and standing.trouble.blocks for standing in found)


async def _look(probe: Probe) -> Trouble | None:
    try:
        async with asyncio.timeout(LOOK_WITHIN_S):
            return await probe.look()
    except Exception as problem:  # noqa: BLE001  each driver has its own, and unknown is what all of them mean
        return Trouble(
            f"It is not known ({type(problem).__name__}).", "See what else is wrong.", blocks=False, known=False
        )


@dataclass(frozen=True)
class StoreProbes:
    """The probes of database, disk and what waits. ``dialpad`` says what is wrong with it, None when nothing is."""

    store: Store
    dialpad: Callable[[], str | None]

    def all(self) -> list[Probe]:
        return [
            Probe("database", self.database),
            Probe("disk", self.disk),
            Probe("events", self.events),
            Probe("posts", self.posts),
            Probe("due work", self.due_work),
            Probe("requests", self.requests),
        ]

    async def database(self) -> Trouble | None:
        try:
            await self.store.ping()
        except DatabaseProblem as problem:
            return Trouble(str(problem), "Start it, or see that DATABASE_URL is right and its disk has room.")
        return None

    async def disk(self) -> Trouble | None:
        free = await free_bytes(self.store)
        if free is None or free >= FREE_TO_WARN:
            return None
        said = f"{free // (1024 * 1024)} MB are free where the database is."
        return Trouble(said, "Make room.", blocks=free < LEAST_FREE)

    async def events(self) -> Trouble | None:
        found = await self._backlog()
        if (untried := self._age(found.untried)) > UNTRIED:
            return Trouble(f"An event has waited untried for {_words(untried)}.", "Restart the bot.")
        if (age := self._age(found.event)) > LATE:
            todo = "Look for `event not delivered yet` in the log."
            return Trouble(f"An event has been tried for {_words(age)}.", todo, blocks=False)
        if found.parked:
            said, todo = f"{found.parked} could not be delivered.", "See `dialpad-chatops events list`."
            return Trouble(said, todo, blocks=False)
        return None

    async def posts(self) -> Trouble | None:
        return _late("A message", self._age((await self._backlog()).post), "See what Slack refuses in the log.")

    async def due_work(self) -> Trouble | None:
        found = await self._backlog()
        late = _late("An escalation", self._age(found.escalation), "See the log; then restart the bot.")
        if late is not None:
            return late
        down = self.dialpad() is not None
        todo = "It is tried for a day while Dialpad is down." if down else "See the log; then restart the bot."
        return _late("Something set for a time", self._age(found.timed), todo, blocks=not down)

    async def requests(self) -> Trouble | None:
        age = self._age((await self._backlog()).asked)
        return _late("Something asked for in Slack", age, "A restart goes on with it.", blocks=False)

    async def _backlog(self) -> Backlog:
        return await read_backlog(self.store.context)

    def _age(self, moment: datetime | None) -> timedelta:
        return timedelta(0) if moment is None else self.store.now() - moment


async def free_bytes(store: Store) -> int | None:
    """Return how many bytes are free where a SQLite database is; None for Postgres, which watches its own disk."""
    file = sqlite_file(store.database.url)
    return None if file is None else (await asyncio.to_thread(shutil.disk_usage, file.parent)).free


def probe_said(name: str, problem: Callable[[], str | None], todo: str, *, blocks: bool) -> Probe:
    """Build a probe out of what a part says about itself, None while it is well."""

    async def look() -> Trouble | None:
        said = problem()
        return None if said is None else Trouble(said, todo, blocks)

    return Probe(name, look)


def _late(what: str, age: timedelta, todo: str, *, blocks: bool = True) -> Trouble | None:
    if age <= LATE:
        return None
    return Trouble(f"{what} has been due for {_words(age)}.", todo, blocks and age > STUCK)


def _words(age: timedelta) -> str:
    return f"{int(age.total_seconds() // 60)} minutes"
