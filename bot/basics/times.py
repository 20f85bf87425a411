"""Clock times, weekdays and spans: read as people write them, written one way, counted in absolute time.

Two aware datetimes of the same zone are subtracted and compared by Python by their wall clocks, which is wrong by an
hour around a change of the clocks. ``later``, ``elapsed`` and ``on_clock`` are right.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from bot.basics.language import mark, say, say_count

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DAY: Final = 24 * 60
"""Minutes of a day; a span that ends with the day ends here."""
LONGEST: Final = 60
"""Most characters of a text that is tried as a time."""

_CLOCK: Final = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2}))?"
    r"(?P<mark>h|\s*(?P<half>[ap])\.?(?:m\.?)?|\s+o['’]clock)?"
)
_NAMED_HOURS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
_NAMED_MINUTES: Final = {"half": 30, "quarter": 15, "a quarter": 15, "five": 5, "ten": 10, "twenty": 20}
_PAST: Final = re.compile(
    rf"(?P<part>{'|'.join(_NAMED_MINUTES)}|(?P<minutes>[0-5]?[0-9])(?: min(?:ute)?s?)?)"
    rf" (?P<way>past|after|to|before) (?P<hour>[0-9]{{1,2}}|{'|'.join(_NAMED_HOURS)})(?P<half>\s*[ap]\.?m\.?)?"
)
_TO: Final = re.compile(r"\s*(?:[-\u2013\u2014]|\b(?:to|until|till)\b)\s*")
_GROUPS: Final = {"weekdays": (0, 1, 2, 3, 4), "weekend": (5, 6), "weekends": (5, 6)}
_UNITS: Final = {
    "m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1,
    "h": 60, "hr": 60, "hrs": 60, "hour": 60, "hours": 60,
    "mn": 1, "mns": 1, "hs": 60, "std": 60, "d": DAY, "day": DAY, "days": DAY,
    "w": 7 * DAY, "week": 7 * DAY, "weeks": 7 * DAY,
}  # fmt: skip
_NAMED_SPANS: Final = {
    "half an hour": 30, "half hour": 30, "a half hour": 30, "a quarter of an hour": 15, "quarter of an hour": 15,
    "quarter hour": 15, "a couple of hours": 120, "couple of hours": 120, "a couple hours": 120, "a few minutes": 5,
}  # fmt: skip
_SPAN: Final = re.compile(r"(?P<count>[0-9]{1,5}(?:[.,][0-9]{1,2})?)\s*(?P<unit>[a-z]+)")
_HOURS_MINUTES: Final = re.compile(r"(?P<hours>[0-9]{1,3})\s*h\s*(?P<minutes>[0-9]{1,2})")
_TIME_WITH_H: Final = re.compile(r"(?:0[0-9]|1[3-9]|2[0-3])h[0-5][0-9]")


_NOT_UNDERSTOOD: Final = {
    "time": mark("I don't understand the time {said}. {advice}"),
    "hours": mark("I don't understand the hours {said}. {advice}"),
    "weekday": mark("I don't understand the weekday {said}. {advice}"),
    "days": mark("I don't understand the days {said}. {advice}"),
}


UNTIL: Final = ("until", "till", "til", "untill", "untl", "upto", "'til", "’til")
"""Words before the end of a while, as people spell them."""


class UnclearTime(ValueError):
    """Text that is no time, no weekday or no hours; the message is the sentence for the person. ``what`` was expected:
    "time", "hours", "weekday" or "days"; ``advice`` is the sentence that says what to type."""

    def __init__(self, what: str, text: str, advice: str) -> None:
        super().__init__(say(_NOT_UNDERSTOOD[what], said=quoted(text), advice=advice))


def quoted(text: str) -> str:
    """Quote what somebody typed, with at most 30 characters."""
    shown = " ".join(text.split())
    return f"“{shown if len(shown) <= 30 else shown[:29] + '…'}”"


def read_clock(text: str, *, end: bool = False, hour_alone: bool = True) -> int | None:
    """Read a clock time as minutes after midnight: ``8``, ``8:30``, ``8.30``, ``8h30``, ``3pm``, ``3:30 p.m.``,
    ``noon`` or ``midnight``;
    None for anything else.

    24:00 and midnight are the end of the day (1,440) where an ``end`` is meant, and its beginning (0) elsewhere.
    ``hour_alone`` says whether a number without am, pm or minutes is a time.
    """
    said = _whole(" ".join(text.casefold().split()))
    if said in {"noon", "midday"}:
        return 12 * 60
    match = _CLOCK.fullmatch("24:00" if said == "midnight" else said)
    if match is None or (not hour_alone and match["minute"] is None and match["mark"] in {None, "h"}):
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] == "p" else 0)
    if minute > 59 or hour * 60 + minute > DAY:
        return None
    return hour * 60 + minute if end else (hour * 60 + minute) % DAY


def _whole(said: str) -> str:
    """Write "half past 5", "quarter to 6 pm" and "10 past 5" as 5:30, 5:45 pm and 5:10."""
    found = _PAST.fullmatch(said)
    if found is None:
        return said
    part = _NAMED_MINUTES.get(found["part"]) or int(found["minutes"] or 0)
    hour = _NAMED_HOURS.get(found["hour"]) or int(found["hour"])
    if found["way"] != "past" and found["way"] != "after":
        hour, part = (hour - 2) % 12 + 1 if hour <= 12 else hour - 1, 60 - part
    return f"{hour}:{part:02}{found['half'] or ''}"


def parse_clock(text: str, example: str = "17:00") -> int:
    """Read a clock time as ``read_clock`` does. Raises UnclearTime."""
    minutes = read_clock(text)
    if minutes is None:
        raise UnclearTime("time", text, say("Type something like {example}.", example=example))
    return minutes


def parse_hours(text: str, example: str = "8-18") -> tuple[int, int]:
    """Read hours such as ``8-18``, ``9 to 17:30`` or ``22-7``: both ends in minutes after midnight. Raises
    UnclearTime."""
    ends = _TO.split(text.strip().casefold())
    if len(ends) != 2:
        raise UnclearTime("hours", text, say("Type something like {example}.", example=example))
    begin, end = read_clock(ends[0]), read_clock(ends[1], end=True)
    if begin is None or end is None:
        raise UnclearTime(
            "time", ends[0] if begin is None else ends[1], say("Type something like {example}.", example=example)
        )
    return begin, end


def clock(at: int | time) -> str:
    """Write a clock time as ``08:30``. A number is minutes after midnight."""
    minutes = at if isinstance(at, int) else at.hour * 60 + at.minute
    return f"{minutes // 60:02}:{minutes % 60:02}"


def say_clock(minutes: int) -> str:
    """Write minutes after midnight as whoever reads it does, as Slack's own time pickers do: ``5:00 PM``. What people
    type is written by ``clock``."""
    hour, minute = divmod(minutes % DAY, 60)
    return f"{hour % 12 or 12}:{minute:02} {say('PM') if hour >= 12 else say('AM')}"


def read_weekday(text: str, *, every_week: bool = False) -> int | None:
    """Read a weekday, Monday being 0, by its whole name or at least three letters. None for anything else.

    The plural is read too with ``every_week``: "Fridays" does not mean next Friday.
    """
    said = text.strip().casefold()
    if every_week and said.endswith("days"):
        said = said.removesuffix("s")
    named = (day for day, name in enumerate(WHOLE_WEEKDAYS) if name.casefold().startswith(said))
    return next(named, None) if len(said) >= 3 else None


def parse_weekdays(text: str, example: str = "mon-fri") -> tuple[int, ...]:
    """Read weekdays such as ``mon``, ``mon-fri``, ``fri-mon``, ``weekdays`` or ``weekend``. Raises UnclearTime."""
    said = text.strip().casefold()
    if said in _GROUPS:
        return _GROUPS[said]
    days = [read_weekday(part, every_week=True) for part in _TO.split(said)]
    first, last = days[0], days[-1]
    if first is None or last is None or len(days) > 2:
        raise UnclearTime("weekday", text, say("Type something like {example}.", example=example))
    return tuple(day % 7 for day in range(first, last + (1 if first <= last else 8)))


def read_span(text: str) -> timedelta | None:
    """Read a span such as ``30m``, ``1h30``, ``1.5h``, ``2 hours and 15 minutes``, ``half an hour``; None for anything
    else.

    ``17h30`` is a time of day, as is ``08h30``; up to 12 hours, ``1h30`` is a span.
    """
    said = " ".join(text.casefold().split())
    if len(said) > LONGEST or _TIME_WITH_H.fullmatch(said):
        return None
    if (named := _NAMED_SPANS.get(said)) is not None:
        return timedelta(minutes=named)
    said = re.sub(r"^(.*\bhours?|1h|an hour|one hour) and a half$", r"\1 and 30 min", said)
    if match := _HOURS_MINUTES.fullmatch(said):
        return timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    counted = re.sub(r"\b(?:an|a|one)\b", "1", said)
    counted = re.sub(r"\band\b", " ", counted)
    total, at, parts = 0.0, 0, 0
    while match := _SPAN.match(counted, at):
        unit = _UNITS.get(match["unit"])
        if unit is None:
            return None
        total += float(match["count"].replace(",", ".")) * unit
        parts += 1
        at = match.end()
        while at < len(counted) and counted[at] in " ,":
            at += 1
    return timedelta(minutes=total) if parts and at == len(counted) else None


def later(moment: datetime, span: timedelta) -> datetime:
    """Add ``span``, which may be negative, to ``moment``, in the zone of ``moment``. Raises OverflowError."""
    return (moment.astimezone(UTC) + span).astimezone(moment.tzinfo)


def elapsed(since: datetime, until: datetime) -> timedelta:
    """Return the time from one moment to the other; negative when ``until`` comes first."""
    return until.astimezone(UTC) - since.astimezone(UTC)


def on_clock(day: date, minutes: int, zone: tzinfo | None, *, after: datetime | None = None) -> datetime:
    """Return the moment when clocks in ``zone`` show that many minutes after midnight of ``day``.

    A time that the clocks jump over is moved on by as much as they jump. Of a time that they show twice it is the
    first, unless only the second is ``after`` that moment.
    """
    days, minutes = divmod(minutes, DAY)
    wall = datetime.combine(day + timedelta(days=days), time(*divmod(minutes, 60)), tzinfo=zone)
    first, second = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    found = second if after is not None and first <= after.astimezone(UTC) < second else first
    return found.astimezone(zone)


def distance(moment: datetime, now: datetime) -> str:
    """Write roughly how long it is until then: ``30 min``, ``2 h``, ``1 h 30 min``, ``3 days``."""
    minutes = max(1, round(elapsed(now, moment).total_seconds() / 60))
    if minutes < DAY:
        return _hours_and_minutes(minutes)
    return say_count("{count} day", "{count} days", round(minutes / DAY))


def known_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name; UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name or "UTC")
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def city_of(zone: str) -> str:
    """Return the city that a time zone is named after, such as "Los Angeles"."""
    return zone.rpartition("/")[2].replace("_", " ")


def length_of(seconds: float | None) -> str:
    """Write a length that may be unknown: ``12 s``, ``0 s``, ``–``."""
    return "–" if seconds is None else lasting(seconds * 1000) or "0 s"


def how_long(minutes: int) -> str:
    """Write a span as people set it: ``5 min``, ``90 min``, ``2 hours``."""
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if rest or not hours else say_count("{count} hour", "{count} hours", hours)


def lasting(ms: float | None) -> str:
    """Write a duration: ``12 s``, ``3 min 20 s``, ``1 h 5 min``; empty for none."""
    if ms is None or ms < 500:
        return ""
    minutes, seconds = divmod(round(ms / 1000), 60)
    if not minutes:
        return f"{seconds} s"
    if minutes < 60 and seconds:
        return f"{minutes} min {seconds} s"
    return _hours_and_minutes(minutes)


def lasting_of(length: timedelta | None) -> str:
    """Write a length as ``lasting`` does; empty for none."""
    return "" if length is None else lasting(length.total_seconds() * 1000)


def _hours_and_minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{rest} min" if not hours else f"{hours} h {rest} min" if rest else f"{hours} h"
