"""Turns of requests that several processes take from one book."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Limit:
    """A limit: at most ``calls`` turns in any ``span_s`` seconds. ``key`` names it for all processes."""

    key: str
    calls: int
    span_s: float


@dataclass(frozen=True)
class Turn:
    """A turn in ``wait_s`` seconds. ``moment`` is None when it was not taken."""

    wait_s: float
    moment: int | None


class TurnBook(Protocol):
    """Where the turns of all processes are kept."""

    async def take(self, limits: Sequence[Limit], *, within_s: float) -> Turn:
        """Take the next turn that all these limits leave free, if it comes within so many seconds."""

    async def give_back(self, limits: Sequence[Limit], moment: int) -> None:
        """Give a turn back that was not used."""
