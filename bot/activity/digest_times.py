"""When a digest is due and which days it is about, by the clock of its subscription."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.activity.happening import DIGESTS, Kind
from bot.activity.subscriptions.subscription import Watch

DAYS: Final = {Kind.DAILY: 1, Kind.WEEKLY: 7}
LATEST: Final = {Kind.DAILY: timedelta(hours=12), Kind.WEEKLY: timedelta(days=2)}
"""A digest that is later than this is left out: the next one is what people wait for."""


@dataclass(frozen=True)
class Period:
    """``begin`` belongs to it, ``end`` does not. Both are midnights of its subscription's zone, but for the end of what
    is only told ``so_far``."""

    kind: Kind
    begin: datetime
    end: datetime
    so_far: bool = False

    def __contains__(self, moment: datetime) -> bool:
        return self.begin <= moment < self.end

    def days(self, clock: ZoneInfo) -> tuple[date, date]:
        """The first and the last day."""
        first = self.begin.astimezone(clock).date()
        return first, first + timedelta(days=DAYS[self.kind] - 1)


def schedule(watch: Watch) -> Any:
    """The same for subscriptions whose digests are due at the same moments."""
    return watch.kinds & DIGESTS, watch.digest_at, watch.digest_day, watch.zone, watch.paused


def next_due(watch: Watch, after: datetime) -> datetime | None:
    """When its next digest is due, None when it has none."""
    if watch.paused:
        return None
    return min((_next(watch, kind, after) for kind in watch.kinds & DIGESTS), default=None)


def due_periods(watch: Watch, since: datetime, now: datetime) -> list[Period]:
    """What is to be told now, when the digests before ``since`` are done. Of several that were missed the newest."""
    periods = []
    for kind in sorted(watch.kinds & DIGESTS):
        due = _last(watch, kind, now)
        if since <= due and now - due < LATEST[kind]:
            periods.append(_ending(kind, _first_day(watch, kind, due.astimezone(watch.clock).date()), watch.clock))
    return periods


def period_so_far(watch: Watch, kind: Kind, now: datetime) -> Period:
    """The day or week that ``now`` belongs to, up to now."""
    return Period(
        kind, _midnight(watch.clock, _first_day(watch, kind, now.astimezone(watch.clock).date())), now, so_far=True
    )


def one_before(period: Period, clock: ZoneInfo) -> Period:
    """The day or week before."""
    return _ending(period.kind, period.days(clock)[0], clock)


def _ending(kind: Kind, day: date, clock: ZoneInfo) -> Period:
    return Period(kind, _midnight(clock, day - timedelta(days=DAYS[kind])), _midnight(clock, day))


def _first_day(watch: Watch, kind: Kind, day: date) -> date:
    """That day itself, or the first of the week it belongs to."""
    return day if kind is Kind.DAILY else day - timedelta(days=(day.weekday() - watch.digest_day) % 7)


def _next(watch: Watch, kind: Kind, after: datetime) -> datetime:
    day = _first_day(watch, kind, after.astimezone(watch.clock).date())
    while (due := _due(watch, day)) <= after:
        day += timedelta(days=DAYS[kind])
    return due


def _last(watch: Watch, kind: Kind, now: datetime) -> datetime:
    day = _first_day(watch, kind, now.astimezone(watch.clock).date())
    while (due := _due(watch, day)) > now:
        day -= timedelta(days=DAYS[kind])
    return due


def _due(watch: Watch, day: date) -> datetime:
    """A time that the clock skips that day is the same time after the beginning of the change."""
    hour, minute = divmod(watch.digest_at, 60)
    return datetime.combine(day, time(hour, minute), watch.clock).astimezone(UTC)


def _midnight(clock: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, time(0), clock).astimezone(UTC)
