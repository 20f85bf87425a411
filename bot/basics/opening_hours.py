"""A line's opening hours as Dialpad has them, and until when somebody who waits is to be answered by them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.basics.stored_json import StoredJson
from bot.basics.times import DAY, WHOLE_WEEKDAYS, known_zone, read_clock

Span = tuple[int, int]
"""From when until when on one day, in minutes after midnight."""

LOOKED_AHEAD: Final = timedelta(days=60)
"""A line that does not open for so long is one that never does."""
WARNED_AT: Final = 2 / 3
"""The share of its time after which it is shown that somebody's answer is due soon."""
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class OpeningHours:
    """When a line is open. ``days``: its spans on each day from Monday on, by the wall clock of ``zone``; None for a
    line that never closes."""

    zone: str
    days: tuple[tuple[Span, ...], ...] | None = None

    def after(self, moment: datetime, span: timedelta) -> datetime | None:
        """Return when the line has been open for ``span`` since ``moment``, None when it never opens so long. Outside
        its hours no time passes; a change of the clocks makes a day shorter or longer, as it is."""
        if self.days is None:
            return moment + span
        left = span
        for begin, end in self._open_from(moment):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        return None

    def _open_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches in which it is open, the first from ``moment`` on."""
        clock = known_zone(self.zone)
        day, last = moment.astimezone(clock).date(), (moment + LOOKED_AHEAD).astimezone(clock).date()
        while day <= last:
            for begin, end in (self.days or ())[day.weekday()]:
                opens, closes = max(_moment(day, begin, clock), moment), _moment(day, end, clock, last=True)
                if opens < closes:
                    yield opens, closes
            day += timedelta(days=1)


_NEVER_CLOSED: Final = OpeningHours("UTC")


@dataclass(frozen=True)
class AnswerTimes:
    """Until when somebody who waits is to be answered, and from when on it is shown that this is soon."""

    by: datetime
    warn_at: datetime

    def next_change(self, now: datetime) -> datetime | None:
        """Return when it looks different next, None for never."""
        return min((one for one in (self.warn_at, self.by) if one > now), default=None)


def answer_times(since: datetime, minutes: int, hours: OpeningHours | None) -> AnswerTimes | None:
    """Return until when somebody who waits ``since`` then is to be answered; None when the line never opens. A line of
    which no hours are known counts as always open."""
    known, span = hours or _NEVER_CLOSED, timedelta(minutes=minutes)
    by, warn_at = known.after(since, span), known.after(since, span * WARNED_AT)
    return None if by is None or warn_at is None else AnswerTimes(by, warn_at)


def read_hours(said: Mapping[str, Any]) -> OpeningHours | None:
    """Read the hours of a call center, department or office from Dialpad's description of it; None when it says
    nothing of them. Its zone is "" when Dialpad does not say. A day without hours is left out there."""
    zone = str(said.get("timezone") or "")
    if said.get("hours_on") is False:
        return OpeningHours(zone)
    listed = [said.get(f"{day.casefold()}_hours") for day in WHOLE_WEEKDAYS]
    if not said.get("hours_on") and not any(isinstance(one, list | tuple) for one in listed):
        return None
    return OpeningHours(zone, tuple(_spans(one) for one in listed))


def in_zone(hours: OpeningHours | None, zone: str) -> OpeningHours | None:
    """Return the hours with a zone where Dialpad gave none."""
    return replace(hours, zone=zone) if hours is not None and not hours.zone else hours


_HOURS: Final = StoredJson(OpeningHours)


def to_json(hours: OpeningHours) -> dict[str, Any]:
    return _HOURS.dump(hours)


def from_json(stored: Mapping[str, Any]) -> OpeningHours:
    """Undo ``to_json``. Raises UnreadableJson."""
    return _HOURS.load(stored)


def _spans(listed: Any) -> tuple[Span, ...]:
    """Read ``["08:00", "12:00", "14:00", "18:00"]``: opening and closing times in turn. What is no time ends them, and
    a last time without its end is left out."""
    times = [read_clock(str(one), end=bool(place % 2)) for place, one in enumerate(listed or ())]
    pairs = zip(times[::2], times[1::2], strict=False)
    found = [(begin, end or DAY) for begin, end in pairs if begin is not None and end is not None]
    return _joined([one for one in found if one[0] < one[1]])


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)


def _moment(day: date, minute: int, clock: ZoneInfo, *, last: bool = False) -> datetime:
    """Return the moment at which the wall clock shows this: of two the ``last`` one, and for a time that the clocks
    skip that at which they do."""
    day, minute = day + timedelta(days=minute // DAY), minute % DAY
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, fold=int(last), tzinfo=clock)
    moment = local.replace(fold=0).astimezone(UTC)
    if moment.astimezone(clock).replace(tzinfo=None) == local.replace(tzinfo=None, fold=0):
        return local.astimezone(UTC)
    while (moment - _MINUTE).astimezone(clock).replace(tzinfo=None) > local.replace(tzinfo=None, fold=0):
        moment -= _MINUTE
    return moment
