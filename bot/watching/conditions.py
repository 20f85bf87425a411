"""The words after "only" and "except": labels, numbers, internal or external, lengths, hours, and names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.phone import looks_like_number, read_number
from bot.watching.watch import Filters, Span
from bot.words import split

_LENGTH: Final = re.compile(r"(\d{1,5})\s*(s|sec|seconds?|m|min|minutes?)?")
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?")
_QUOTED_VALUE: Final = re.compile(r"(\b\w+:)(?=[\"“„])")
_SIDES: Final = {"internal": True, "colleagues": True, "external": False, "outside": False}
_KEYS: Final = {
    "label": "label", "labels": "label", "number": "number", "numbers": "number", "prefix": "number",
    "longer": "longer", "over": "longer", "hours": "hours", "open": "hours", "quiet": "quiet", "queue": "queue",
    "at": "at",
}  # fmt: skip


class Unclear(ValueError):
    """What cannot be understood; the message is the sentence for the person."""


@dataclass(frozen=True)
class Conditions:
    """``names`` are still to be looked up: lines and people."""

    labels: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    internal: bool | None = None
    longer: int | None = None
    hours: Span | None = None
    quiet: Span | None = None
    queue: int | None = None
    digest_at: int | None = None
    names: tuple[str, ...] = ()

    def filters(self, places: dict[str, str]) -> Filters:
        return Filters(places, self.numbers, self.labels, self.internal)


def parse_conditions(text: str, region: str) -> Conditions:
    """``label:spam internal number:+1415 longer:30s hours:8-18 quiet:22-7 "Sales"``. Raises Unclear."""
    read = Conditions()
    for word, quoted in _pieces(text, region):
        key, colon, rest = word.partition(":")
        kind = _KEYS.get(key.casefold(), "") if colon and not quoted else ""
        read = _keyed(read, kind, rest, region) if kind else _bare(read, word, quoted, region)
    return read


def _keyed(read: Conditions, kind: str, rest: str, region: str) -> Conditions:  # noqa: PLR0911  one for each key
    match kind:
        case "label":
            return replace(read, labels=(*read.labels, _some(rest, "label:spam").casefold()))
        case "number":
            return replace(read, numbers=(*read.numbers, _prefix(rest, region)))
        case "hours":
            return replace(read, hours=_span(rest, kind))
        case "quiet":
            return replace(read, quiet=_span(rest, kind))
        case "longer":
            return replace(read, longer=_seconds(rest))
        case "at":
            return replace(read, digest_at=parse_clock(rest))
        case _:
            return replace(read, queue=_count(rest))


def _bare(read: Conditions, word: str, quoted: bool, region: str) -> Conditions:
    folded = word.casefold()
    if not quoted and folded in _SIDES:
        return replace(read, internal=_SIDES[folded])
    if not quoted and looks_like_number(word):
        return replace(read, numbers=(*read.numbers, _prefix(word, region)))
    if not quoted and folded in {"and", "or"}:
        return read
    return replace(read, names=(*read.names, word))


def _pieces(text: str, region: str) -> list[tuple[str, bool]]:
    """Words, and those that stood in quotes as one; ``label:"on hold"`` is one piece too."""
    pieces: list[tuple[str, bool]] = []
    for word in split(_QUOTED_VALUE.sub(r"\1 ", text), region):
        shown = word.text.strip(",;")
        if not shown:
            continue
        if pieces and pieces[-1][0].endswith(":") and not pieces[-1][1]:
            pieces[-1] = (pieces[-1][0] + shown, False)
        else:
            pieces.append((shown, word.quoted))
    return pieces


def _some(text: str, example: str) -> str:
    if not text.strip():
        raise Unclear(f"Something is missing after the colon. Type it like {example}")
    return text.strip()


def _prefix(text: str, region: str) -> str:
    whole = read_number(text, region)
    if whole:
        return whole
    digits = re.sub(r"\D", "", text)
    if not text.strip().startswith("+") or not 1 <= len(digits) <= 15:
        raise Unclear(f"“{text[:30]}” is neither a number nor the beginning of one. Type it like +1415")
    return "+" + digits


def _seconds(text: str) -> int:
    match = _LENGTH.fullmatch(text.strip().casefold())
    if match is None:
        raise Unclear(f"“{text[:30]}” is no length. Type it like longer:30s")
    return int(match[1]) * (60 if (match[2] or "s").startswith("m") else 1)


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text.strip()):
        raise Unclear(f"“{text[:30]}” is no number of callers. Type it like queue:3")
    return int(text)


def _span(text: str, kind: str) -> Span:
    example = "hours:8-18" if kind == "hours" else "quiet:22-7"
    ends = re.split(r"\s*[-\u2013]\s*", text.strip().casefold())
    if len(ends) != 2:
        raise Unclear(f"“{text[:30]}” is no span of hours. Type it like {example}")
    begin, end = (_minute(at, example) for at in ends)
    if begin == end:
        raise Unclear(f"The hours begin when they end. Type it like {example}")
    return Span(begin, end)


def parse_clock(text: str, example: str = "at:17:00") -> int:
    """Minutes after midnight of ``8``, ``17:00`` or ``5pm``. Raises Unclear."""
    return _minute(text.strip().casefold(), example)


def _minute(text: str, example: str) -> int:
    match = _CLOCK.fullmatch(text)
    hour = int(match[1]) if match else 99
    if match and match[3]:
        hour = hour % 12 + (12 if match[3] == "pm" else 0) if 1 <= hour <= 12 else 99
    minute = int(match[2] or 0) if match else 99
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise Unclear(f"“{text[:20]}” is no time of day. Type it like {example}")
    return (hour * 60 + minute) % (24 * 60)


def write_conditions(filters: Filters, extra: Sequence[str] = ()) -> str:
    """What would be typed for these filters."""
    said = [f'"{name}"' for name in filters.places.values()]
    said += [f"label:{label}" if " " not in label else f'label:"{label}"' for label in filters.labels]
    said += [f"number:{number}" for number in filters.numbers]
    if filters.internal is not None:
        said.append("internal" if filters.internal else "external")
    return " ".join([*said, *extra])
