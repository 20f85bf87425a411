"""Builds sentences from parts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from string import Formatter

from bot.basics.language import after_stop, ends_with_stop, say, say_count, translated
from bot.contract.reply import Part, Prose, When


def prose(*pieces: Prose | Part) -> tuple[Part, ...]:
    """Join pieces, each a part or itself a sentence, into one sentence."""
    parts: list[Part] = []
    for piece in pieces:
        parts.extend(piece if isinstance(piece, tuple) else (piece,))
    return tuple(part for part in parts if part != "")


def sentence(template: str, /, **parts: Prose | Part | int) -> tuple[Part, ...]:
    """Return a sentence in the language spoken now, with parts for its ``{name}``s: ``sentence("{who} is back at
    {when}.", who=Mention(…), when=When(…))``. Numbers may have a format: ``{count:,}``."""
    built: list[Part] = []
    for words, name, layout, _ in Formatter().parse(translated(template)):
        built.append(after_stop(words) if built and ends_with_stop(_text(built[-1])) else words)
        if name is not None:
            part = parts[name]
            if isinstance(part, int | float):
                built.append(format(part, layout or ""))
            else:
                built.extend(part if isinstance(part, tuple) else (part,))
    return _joined(built)


def _text(part: Part) -> str:
    """Return the text that a part ends with, "" for one that is written where it is shown."""
    return part if isinstance(part, str) else getattr(part, "text", "")


def _joined(pieces: Sequence[Part]) -> tuple[Part, ...]:
    """Write texts that follow one another as one, and leave empty ones out."""
    joined: list[Part] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    return tuple(joined)


def listed(items: Sequence[Prose], last: str = " and ") -> tuple[Part, ...]:
    """List items as ``a, b and c``. ``last``: " and " or " or "."""
    last = translated(last)
    parts: list[Prose | Part] = []
    for index, item in enumerate(items):
        if index:
            parts.append(last if index == len(items) - 1 else ", ")
        parts.append(item)
    return prose(*parts)


def till(moment: datetime | None) -> tuple[Part, ...]:
    """Return `` until 14:00``, nothing without a moment."""
    return () if moment is None else (say(" until "), When(moment, "date"))


def plural(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun: ``1 call``, ``3 calls``."""
    return say_count("{count} " + one, "{count} " + (many or one + "s"), count)


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
