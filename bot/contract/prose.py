"""Builds sentences from parts."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.contract.reply import Part, Prose, When


def prose(*pieces: Prose | Part) -> tuple[Part, ...]:
    """Join pieces, each a part or itself a sentence, into one sentence."""
    parts: list[Part] = []
    for piece in pieces:
        parts.extend(piece if isinstance(piece, tuple) else (piece,))
    return tuple(part for part in parts if part != "")


def listed(items: Sequence[Prose], last: str = " and ") -> tuple[Part, ...]:
    """List items as ``a, b and c``."""
    parts: list[Prose | Part] = []
    for index, item in enumerate(items):
        if index:
            parts.append(last if index == len(items) - 1 else ", ")
        parts.append(item)
    return prose(*parts)


def till(moment: datetime | None) -> tuple[Part, ...]:
    """Return `` until 14:00``, nothing without a moment."""
    return () if moment is None else (" until ", When(moment, "date"))


def plural(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun: ``1 call``, ``3 calls``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(part: int, whole: int) -> str:
    """Write a share as ``13%``, half a percent rounded up. ``whole`` is not 0."""
    return f"{(200 * part + whole) // (2 * whole)}%"


def from_ms(ms: float | None) -> datetime | None:
    """Convert a time of Dialpad's calls, in milliseconds since 1970. None for what is no possible time."""
    if ms is None:
        return None
    try:
        return datetime.fromtimestamp(ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
