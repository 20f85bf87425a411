"""Runs a request at a later time for one person, such as the end of "do not disturb for 30 minutes"."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

from bot.basics.errors import TooMany, Unavailable
from bot.basics.person import PersonKey

FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 300.0
GIVE_UP_AFTER = timedelta(hours=24)
"""How long after its time a request is still retried when Dialpad cannot be reached."""


@dataclass(frozen=True)
class TimedJob:
    """A timed request that is due. ``id`` is the same at every attempt, ``attempt`` counts from 1."""

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
    """A timed request that is not due yet."""

    key: str
    route: str
    args: Mapping[str, Any] = field(repr=False)
    when: datetime


Run: TypeAlias = Callable[[TimedJob], Awaitable[None]]
"""Runs a timed job. Unavailable and TooMany mean "retry later"; any other exception ends it."""

Failed: TypeAlias = Callable[[TimedJob, Exception], Awaitable[None]]
"""Tells the person that a timed job was given up, and why."""


class Later(Protocol):
    """Stores requests until they are due. One request per key, which therefore names the person
    (``dnd:<team>:<user>``)."""

    async def at(
        self,
        when: datetime,
        key: str,
        route: str,
        args: Mapping[str, Any],
        person: PersonKey,
        place: Mapping[str, Any],
    ) -> None:
        """Run ``route`` at ``when`` (aware; a moment that has passed means now), in place of an earlier request with
        the same key. It is on disk when this returns. ``args`` and ``place`` are JSON objects."""

    async def cancel(self, key: str) -> bool:
        """Cancel the request under this key. False when there was none."""

    async def pending(self, person: PersonKey) -> list[Pending]:
        """Return a person's timed requests, the next first."""


def wait_before_retry(error: Exception, attempt: int, when: datetime, now: datetime) -> float | None:
    """Return the seconds until the next attempt; None when ``error`` is final, or the job is a day late."""
    if not isinstance(error, Unavailable | TooMany) or now - when >= GIVE_UP_AFTER:
        return None
    backoff: float = min(FIRST_WAIT_S * 2 ** min(attempt - 1, 20), LONGEST_WAIT_S)
    asked = error.retry_after if isinstance(error, TooMany) else None
    return max(backoff, asked or 0.0)
