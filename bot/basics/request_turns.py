"""Turns of requests under rate limits, taken from one book by all who send under them.

A turn is good for a span of time, not for a moment: nobody can leave at an exact one. The book keeps the end of each
span, and the next turn begins a whole limit's span after it, so no window of that length ever holds more than the
limit, wherever in their spans the turns were used.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

MICROSECONDS: Final = 1_000_000
LONGEST_AHEAD: Final = 10 * MICROSECONDS
"""No turn that is taken ends later than that: nobody waits so long for one."""
_SWEEP_EVERY: Final = 256


class Limit(Protocol):
    """A limit on turns. ``key`` names it for all processes; what the book keeps of it are moments in microseconds."""

    @property
    def key(self) -> str: ...

    def counting(self, taken: Sequence[int], now: int) -> list[int]:
        """Return what still counts of what the book keeps. What is later than anybody waits for was taken before the
        book's clock was set back."""

    def free_at(self, taken: Sequence[int]) -> int:
        """Return when the next turn is free. ``taken``: what counts."""

    def with_turn(self, taken: Sequence[int], end: int) -> list[int]:
        """Return what counts once a turn that ends then is taken."""

    def over_at(self, taken: Sequence[int]) -> int:
        """Return from when on nothing counts any more."""


@dataclass(frozen=True)
class Window:
    """At most ``calls`` turns in any ``span_s`` seconds, of which ``spare`` are left to others. Kept are the ends of
    the turns, in order."""

    key: str
    calls: int
    span_s: float
    spare: int = 0

    def counting(self, taken: Sequence[int], now: int) -> list[int]:
        return [end for end in taken if now - self._span < end <= now + LONGEST_AHEAD]

    def free_at(self, taken: Sequence[int]) -> int:
        most = self.calls - self.spare
        return taken[-most] + self._span if len(taken) >= most else 0

    def with_turn(self, taken: Sequence[int], end: int) -> list[int]:
        return sorted([*taken, end])

    def over_at(self, taken: Sequence[int]) -> int:
        return taken[-1] + self._span if taken else 0

    @property
    def _span(self) -> int:
        return int(self.span_s * MICROSECONDS)


@dataclass(frozen=True)
class Bucket:
    """One turn every ``every_s`` seconds, and ``burst`` at once after a rest (GCRA). Kept is the moment at which all of
    the burst is free again."""

    key: str
    burst: int
    every_s: float

    def counting(self, taken: Sequence[int], now: int) -> list[int]:
        return [full for full in taken if full <= now + self.burst * self._every + LONGEST_AHEAD]

    def free_at(self, taken: Sequence[int]) -> int:
        return taken[-1] - (self.burst - 1) * self._every if taken else 0

    def with_turn(self, taken: Sequence[int], end: int) -> list[int]:
        return [max([end, *taken]) + self._every]

    def over_at(self, taken: Sequence[int]) -> int:
        return taken[-1] if taken else 0

    @property
    def _every(self) -> int:
        return int(self.every_s * MICROSECONDS)


@dataclass(frozen=True)
class Turn:
    """A turn that begins in ``wait_s`` seconds. ``end`` names it in the book; None when it was not taken."""

    wait_s: float
    end: int | None


def next_turn(
    limits: Sequence[Limit], taken: Mapping[str, Sequence[int]], now: int, *, within_s: float, good_for_s: float
) -> tuple[Turn, dict[str, list[int]]]:
    """Return the next turn that all these limits leave free, and what the book keeps of each from then on: nothing new
    when the turn begins later than within so many seconds. ``taken``: what the book keeps so far, by key."""
    counting = {one.key: one.counting(taken.get(one.key, ()), now) for one in limits}
    begins = max([now, *(one.free_at(counting[one.key]) for one in limits)])
    wait_s = (begins - now) / MICROSECONDS
    if wait_s > within_s:
        return Turn(wait_s, None), {}
    end = begins + int(good_for_s * MICROSECONDS)
    return Turn(wait_s, end), {one.key: one.with_turn(counting[one.key], end) for one in limits}


class TurnBook(Protocol):
    """Where the turns of all who share the limits are kept."""

    async def take(self, limits: Sequence[Limit], *, within_s: float, good_for_s: float) -> Turn:
        """Take the next turn that all these limits leave free, if it begins within so many seconds."""

    async def give_back(self, limits: Sequence[Limit], end: int) -> None:
        """Give a turn back that was not used, to the windows that it counts in."""


class TurnsInMemory:
    """The book of a process that is alone. ``clock`` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken: dict[str, list[int]] = {}
        self._over_at: dict[str, int] = {}
        self._takes = 0

    async def take(self, limits: Sequence[Limit], *, within_s: float, good_for_s: float) -> Turn:
        now = int(self._clock() * MICROSECONDS)
        self._takes += 1
        if self._takes % _SWEEP_EVERY == 0:
            self._forget_over(now)
        turn, kept = next_turn(limits, self._taken, now, within_s=within_s, good_for_s=good_for_s)
        self._taken |= kept
        self._over_at |= {one.key: one.over_at(kept[one.key]) for one in limits if one.key in kept}
        return turn

    async def give_back(self, limits: Sequence[Limit], end: int) -> None:
        for one in limits:
            if end in (taken := self._taken.get(one.key, [])):
                taken.remove(end)

    def _forget_over(self, now: int) -> None:
        for key in [key for key, at in self._over_at.items() if at <= now]:
            del self._taken[key], self._over_at[key]
