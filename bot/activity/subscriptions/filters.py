"""The words after "only" and "except": labels, numbers, internal or external, lengths, hours, and names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.activity.subscriptions.subscription import DailyHours, Filters, LineHours
from bot.basics.phone import looks_like_number, read_number
from bot.basics.times import DAY, UnclearTime, parse_clock, parse_hours, parse_weekdays, read_clock
from bot.basics.words import split

_LENGTH: Final = re.compile(r"(\d{1,6})\s*(s|sec|seconds?|m|min|minutes?)?")
_QUOTED_VALUE: Final = re.compile(r"(\b\w+:)(?=[\"“„])")
_HOURS_EXAMPLE: Final = "hours:8-18 or hours:mon-fri,8-18 or hours:open"
_LINE_HOURS: Final[dict[str, LineHours]] = {"open": "open", "closed": "closed"}
_SIDES: Final = {"internal": True, "colleagues": True, "external": False, "outside": False}
_KEYS: Final = {
    "label": "label", "labels": "label", "number": "number", "numbers": "number", "prefix": "number",
    "longer": "longer", "over": "longer", "hours": "hours", "open": "hours", "quiet": "quiet", "queue": "queue",
    "at": "at",
}  # fmt: skip


class UnclearFilter(ValueError):
    """What cannot be understood; the message is the sentence for the person."""


@dataclass(frozen=True)
class Conditions:
    """``names`` are still to be looked up: lines and people."""

    labels: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    internal: bool | None = None
    longer: int | None = None
    hours: DailyHours | None = None
    line_hours: LineHours = ""
    quiet: DailyHours | None = None
    queue: int | None = None
    digest_at: int | None = None
    names: tuple[str, ...] = ()

    def filters(self, places: dict[str, str]) -> Filters:
        return Filters(places, self.numbers, self.labels, self.internal)


def parse_conditions(text: str, region: str) -> Conditions:
    """``label:spam internal number:+1415 longer:30s hours:8-18 quiet:22-7 "Sales"``. Raises Unclear.

    Hours are a part of the day on all or some weekdays, ``hours:mon-fri,8-18``, or the line's own: ``hours:open``.
    """
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
            line = _LINE_HOURS.get(rest.strip().casefold())
            return replace(read, line_hours=line) if line else replace(read, hours=_hours(rest))
        case "quiet":
            return replace(read, quiet=_span(rest, "quiet:22-7"))
        case "longer":
            return replace(read, longer=_seconds(rest))
        case "at":
            return replace(read, digest_at=_clock(rest))
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
    said = text.strip(' "“”„')
    if not said:
        raise UnclearFilter(f"Something is missing after the colon. Type it like {example}")
    return said


def _prefix(text: str, region: str) -> str:
    whole = read_number(text, region)
    if whole:
        return whole
    digits = re.sub(r"\D", "", text)
    if not text.strip().startswith("+") or not 1 <= len(digits) <= 15:
        raise UnclearFilter(f"“{text[:30]}” is neither a number nor the beginning of one. Type it like +1415")
    return "+" + digits


def _seconds(text: str) -> int:
    match = _LENGTH.fullmatch(text.strip().casefold())
    if match is None:
        raise UnclearFilter(f"“{text[:30]}” is no length. Type it like longer:30s")
    return int(match[1]) * (60 if (match[2] or "s").startswith("m") else 1)


def _count(text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text.strip()):
        raise UnclearFilter(f"“{text[:30]}” is no number of callers. Type it like queue:3")
    return int(text)


def _hours(text: str) -> DailyHours:
    """``8-18``, ``mon-fri,8-18``, ``sat,sun``: the weekdays come first."""
    *before, last = [part.strip() for part in text.casefold().split(",")]
    days = [day for part in before for day in _weekdays(part)]
    if last[:1].isalpha() and read_clock(re.split(r"\W", last)[0]) is None:
        return DailyHours(0, DAY, _once([*days, *_weekdays(last)]))
    return replace(_span(last, _HOURS_EXAMPLE), days=_once(days))


def _once(days: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(set(days)))


def _weekdays(text: str) -> Sequence[int]:
    try:
        return parse_weekdays(text, _HOURS_EXAMPLE)
    except UnclearTime as problem:
        raise UnclearFilter(str(problem)) from None


def _span(text: str, example: str) -> DailyHours:
    try:
        begin, end = parse_hours(text, example)
    except UnclearTime as problem:
        raise UnclearFilter(str(problem)) from None
    if begin == end % DAY:
        raise UnclearFilter(f"The hours begin when they end. Type it like {example}")
    return DailyHours(begin, end)


def _clock(text: str) -> int:
    try:
        return parse_clock(text, "at:17:00")
    except UnclearTime as problem:
        raise UnclearFilter(str(problem)) from None


def write_conditions(filters: Filters, extra: Sequence[str] = ()) -> str:
    """What would be typed for these filters."""
    said = [_place(place, name) for place, name in filters.places.items()]
    said += [f"label:{label}" if _reads_as(f"label:{label}", label) else f'label:"{label}"' for label in filters.labels]
    said += [f"number:{number}" for number in filters.numbers]
    if filters.internal is not None:
        said.append("internal" if filters.internal else "external")
    return " ".join([*said, *extra])


def _place(place: str, name: str) -> str:
    """By its name in quotes, by its id where the name has quotes itself."""
    return f'"{name}"' if _pieces(f'"{name}"', "US") == [(name, True)] else place


def _reads_as(typed: str, label: str) -> bool:
    return _pieces(typed, "US") == [(f"label:{label}", False)]


def write_length(seconds: int) -> str:
    """``longer:90s``; whole minutes as such, so that what was typed in minutes is not too long in seconds."""
    return f"longer:{seconds // 60}m" if seconds >= 60 and seconds % 60 == 0 else f"longer:{seconds}s"
