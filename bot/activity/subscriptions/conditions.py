"""The words after "only" and "except": parsed into filters, and written out again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.activity.subscriptions.filter import Filter, Side, UnclearFilter, pieces
from bot.activity.subscriptions.filters import FILTERS, PlaceFilter, arranged
from bot.basics.language import say
from bot.basics.times import UnclearTime, parse_clock

_SHOWN: Final = 4
"""Examples shown in the form's placeholder."""


@dataclass(frozen=True)
class Conditions:
    """Parsed conditions. ``names`` are lines and people still to be looked up. ``digest_at`` is the time of a digest,
    in minutes after midnight, which may be typed among the filters."""

    filters: tuple[Filter, ...] = ()
    names: tuple[str, ...] = ()
    digest_at: int | None = None


def parse_conditions(text: str, region: str, side: Side = "only") -> Conditions:
    """Parse ``label:spam internal number:+1415 longer:30s hours:8-18 quiet:22-7 "Sales"``. Raises UnclearFilter."""
    filters: list[Filter] = []
    names: list[str] = []
    digest_at = None
    for word, quoted in pieces(text, region):
        key, colon, value = word.partition(":")
        if quoted:
            names.append(word)
        elif colon and key.casefold() == "at":
            digest_at = _time_of_day(value)
        elif found := _filter(word, region):
            filters.append(_standing_after(side, found, word))
        elif word.isdecimal():
            raise UnclearFilter(
                say(
                    "“{word}” is neither a number nor the beginning of one. Type it with + and without "
                    "blanks, such as +4420.",
                    word=word[:30],
                )
            )
        elif word.casefold() not in {"and", "or"}:
            names.append(word)
    return Conditions(arranged(filters), tuple(names), digest_at)


def _time_of_day(text: str) -> int:
    try:
        return parse_clock(text, "at:17:00")
    except UnclearTime as problem:
        raise UnclearFilter(str(problem)) from None


def _filter(word: str, region: str) -> Filter | None:
    return next((found for kind in FILTERS if (found := kind.parse(word, region))), None)


def _standing_after(side: Side, found: Filter, word: str) -> Filter:
    if side not in found.sides:
        (other,) = found.sides
        raise UnclearFilter(
            say(
                "“{word}” goes after {other}, not after {side}. Type something like {other} {example}",
                word=word[:30],
                other=other,
                side=side,
                example=found.example,
            )
        )
    return found


def write_conditions(filters: Iterable[Filter]) -> str:
    """Return what would be typed for these filters."""
    return " ".join(one.typed for one in filters)


def hint(side: Side) -> str:
    """Return everything that may be typed on that side."""
    return ", ".join(kind.hint or kind.example for kind in FILTERS if side in kind.sides)


def placeholder(side: Side) -> str:
    """Return some examples as they are typed. Lines are left out: they have a field of their own."""
    return " ".join([kind.example for kind in FILTERS if side in kind.sides and kind is not PlaceFilter][:_SHOWN])
