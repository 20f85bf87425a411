"""Turns of requests under rate limits, taken from one book by all who send under them.

A turn is good for a span of time, not for a moment: nobody can leave at an exact one. The book keeps the end of each
span, and the next turn begins a whole limit's span after it, so no window of that length ever holds more than the
limit, wherever in their spans the turns were used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

MICROSECONDS: Final = 1_000_000
LONGEST_AHEAD: Final = 10 * MICROSECONDS
"""No turn that is taken ends later than that: nobody waits so long for one."""


@dataclass(frozen=True)
class Limit:
    """A limit: at most ``calls`` turns in any ``span_s`` seconds, of which ``spare`` are left to others. ``key`` names
    it for all processes."""

    key: str
    calls: int
    span_s: float
    spare: int = 0

    def counting(self, taken: Sequence[int], now: int) -> list[int]:
        """Return which of the ends of turns still count. What ends beyond all waiting was taken before the book's clock
        was set back."""
        since = now - int(self.span_s * MICROSECONDS)
        return [end for end in taken if since < end <= now + LONGEST_AHEAD]

    def free_at(self, taken: Sequence[int]) -> int:
        """Return when the next turn is free, in microseconds. ``taken``: the ends of the turns that count, in order."""
        most = self.calls - self.spare
        return taken[-most] + int(self.span_s * MICROSECONDS) if len(taken) >= most else 0


@dataclass(frozen=True)
class Turn:
    """A turn that begins in ``wait_s`` seconds. ``end`` names it in the book; None when it was not taken."""

    wait_s: float
    end: int | None


class TurnBook(Protocol):
    """Where the turns of all who share the limits are kept."""

    async def take(self, limits: Sequence[Limit], *, within_s: float, good_for_s: float) -> Turn:
        """Take the next turn that all these limits leave free, if it begins within so many seconds."""

    async def give_back(self, limits: Sequence[Limit], end: int) -> None:
        """Give a turn back that was not used."""
