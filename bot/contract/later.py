"""Doing something at a later time, for one person: the way back from "do not disturb for 30 minutes"."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from bot.basics.errors import TooMany, Unavailable
from bot.basics.person import PersonKey

FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 300.0
GIVE_UP_AFTER = timedelta(hours=24)
"""How long after its time a job is still tried when Dialpad cannot be reached."""


@dataclass(frozen=True)
class TimedJob:
    """A request whose time has come. ``id`` is the same at every attempt, ``attempt`` counts from 1."""

    id: str
    key: str
    person: PersonKey
    route: str
    args: Mapping[str, Any] = field(repr=False)
    place: Mapping[str, Any] = field(repr=False)
    when: datetime
    attempt: int


@dataclass(frozen=True)
class Pending:
    """A request that still waits."""

    key: str
    route: str
    args: Mapping[str, Any] = field(repr=False)
    when: datetime


Run: TypeAlias = Callable[[TimedJob], Awaitable[None]]
"""Does the job. Unavailable and TooMany mean "again later"; any other exception ends it."""

Failed: TypeAlias = Callable[[TimedJob, Exception], Awaitable[None]]
"""Tells the person that a job was given up, and why."""


class Later(Protocol):
    """Keeps requests until they are due. One request per key: put the person into it (``dnd:<team>:<user>``)."""

    async def at(
        self,
        when: datetime,
        key: str,
        route: str,
        args: Mapping[str, Any],
        person: PersonKey,
        place: Mapping[str, Any],
    ) -> None:
        """Runs ``route`` at ``when`` (aware; a moment that has passed means now), in place of an earlier request with
        the same key. It is kept for good when this returns. ``args`` and ``place`` are JSON objects."""

    async def cancel(self, key: str) -> bool:
        """False when nothing was waiting under this key."""

    async def pending(self, person: PersonKey) -> list[Pending]:
        """What waits for a person, the next first."""


def wait_before_retry(error: Exception, attempt: int, when: datetime, now: datetime) -> float | None:
    """Seconds until the next attempt; None when ``error`` is final, or the job is a day late."""
    if not isinstance(error, Unavailable | TooMany) or now - when >= GIVE_UP_AFTER:
        return None
    backoff: float = min(FIRST_WAIT_S * 2 ** min(attempt - 1, 20), LONGEST_WAIT_S)
    asked = error.retry_after if isinstance(error, TooMany) else None
    return max(backoff, asked or 0.0)
