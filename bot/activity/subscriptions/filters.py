"""The words after "only" and "except": labels, numbers, internal or external, lengths, hours, and names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.activity.subscriptions.subscription import DAY, WHOLE_WEEKDAYS, DailyHours, Filters, LineHours
from bot.basics.phone import looks_like_number, read_number
from bot.basics.words import split

_LENGTH: Final = re.compile(r"(\d{1,6})\s*(s|sec|seconds?|m|min|minutes?)?")
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?")
_QUOTED_VALUE: Final = re.compile(r"(\b\w+:)(?=[\"“„])")
_DAYS: Final = re.compile(r"([a-z]{3,9})(?:\s*[-\u2013]\s*([a-z]{3,9}))?")
_HOURS_EXAMPLE: Final = "hours:8-18 or hours:mon-fri,8-18 or hours:open"
_GROUPS: Final = {"weekdays": (0, 1, 2, 3, 4), "weekend": (5, 6), "weekends": (5, 6)}
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
    if last[:1].isalpha():
        return DailyHours(0, DAY, _once([*days, *_weekdays(last)]))
    return replace(_span(last, _HOURS_EXAMPLE), days=_once(days))


def _once(days: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted(set(days)))


def _weekdays(text: str) -> Sequence[int]:
    if text in _GROUPS:
        return _GROUPS[text]
    match = _DAYS.fullmatch(text)
    first, last = (_weekday(match[1]), _weekday(match[2] or match[1])) if match else (None, None)
    if first is None or last is None:
        raise UnclearFilter(f"“{text[:30]}” is no weekday. Type it like {_HOURS_EXAMPLE}")
    return [day % 7 for day in range(first, last + (1 if first <= last else 8))]


def _weekday(text: str) -> int | None:
    named = (day for day, name in enumerate(WHOLE_WEEKDAYS) if name.casefold().startswith(text))
    return next(named, None) if len(text) >= 3 else None


def _span(text: str, example: str) -> DailyHours:
    ends = re.split(r"\s*[-\u2013]\s*", text.strip().casefold())
    if len(ends) != 2:
        raise UnclearFilter(f"“{text[:30]}” is no span of hours. Type it like {example}")
    begin, end = (_minute(at, example) for at in ends)
    if begin == end:
        raise UnclearFilter(f"The hours begin when they end. Type it like {example}")
    return DailyHours(begin, end)


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
        raise UnclearFilter(f"“{text[:20]}” is no time of day. Type it like {example}")
    return (hour * 60 + minute) % (24 * 60)


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
