"""When a digest is due and which days it covers, in the time zone of its subscription."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.activity.news import DIGESTS, ROWS, NewsKind
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.stored_json import MsMoment

CLOCKS: Final = {kind: row.clock for kind, row in ROWS.items() if row.clock is not None}


@dataclass(frozen=True)
class DigestPeriod:
    """The day or week that a digest covers, from ``begin`` up to but excluding ``end``. Both are midnights in the
    subscription's zone, except for the end of a period that is ``so_far``."""

    kind: NewsKind
    begin: MsMoment
    end: MsMoment
    so_far: bool = False

    def __contains__(self, moment: datetime) -> bool:
        return self.begin <= moment < self.end

    def days(self, clock: ZoneInfo) -> tuple[date, date]:
        """Return the first and the last day."""
        first = self.begin.astimezone(clock).date()
        return first, first + timedelta(days=CLOCKS[self.kind].days - 1)


def schedule(subscription: Subscription) -> Any:
    """Return a key that is equal for subscriptions whose digests are due at the same moments."""
    return (
        subscription.kinds & DIGESTS,
        subscription.digest_at,
        subscription.digest_day,
        subscription.zone,
        subscription.paused,
    )


def next_due(subscription: Subscription, after: datetime) -> datetime | None:
    """Return when the next digest is due, None when the subscription has none or is paused."""
    if subscription.paused:
        return None
    return min((_next(subscription, kind, after) for kind in subscription.kinds & DIGESTS), default=None)


def due_periods(subscription: Subscription, since: datetime, now: datetime) -> list[DigestPeriod]:
    """Return the periods whose digests are due now, given that those before ``since`` are done. Of several missed
    digests of one kind only the newest counts."""
    periods = []
    for kind in sorted(subscription.kinds & DIGESTS):
        due = _last(subscription, kind, now)
        if since <= due and now - due < CLOCKS[kind].latest:
            periods.append(
                _ending(
                    kind, _first_day(subscription, kind, due.astimezone(subscription.clock).date()), subscription.clock
                )
            )
    return periods


def period_so_far(subscription: Subscription, kind: NewsKind, now: datetime) -> DigestPeriod:
    """Return the day or week that ``now`` belongs to, up to now."""
    return DigestPeriod(
        kind,
        _midnight(subscription.clock, _first_day(subscription, kind, now.astimezone(subscription.clock).date())),
        now,
        so_far=True,
    )


def one_before(period: DigestPeriod, clock: ZoneInfo) -> DigestPeriod:
    """Return the day or week before ``period``."""
    return _ending(period.kind, period.days(clock)[0], clock)


def _ending(kind: NewsKind, day: date, clock: ZoneInfo) -> DigestPeriod:
    return DigestPeriod(kind, _midnight(clock, day - timedelta(days=CLOCKS[kind].days)), _midnight(clock, day))


def _first_day(subscription: Subscription, kind: NewsKind, day: date) -> date:
    """Return ``day`` itself, or the first day of its week."""
    return day if kind is NewsKind.DAILY else day - timedelta(days=(day.weekday() - subscription.digest_day) % 7)


def _next(subscription: Subscription, kind: NewsKind, after: datetime) -> datetime:
    day = _first_day(subscription, kind, after.astimezone(subscription.clock).date())
    while (due := _due(subscription, day)) <= after:
        day += timedelta(days=CLOCKS[kind].days)
    return due


def _last(subscription: Subscription, kind: NewsKind, now: datetime) -> datetime:
    day = _first_day(subscription, kind, now.astimezone(subscription.clock).date())
    while (due := _due(subscription, day)) > now:
        day -= timedelta(days=CLOCKS[kind].days)
    return due


def _due(subscription: Subscription, day: date) -> datetime:
    """Return the moment a digest is due on ``day``. A time that the clock skips that day is moved on by as much."""
    hour, minute = divmod(subscription.digest_at, 60)
    return datetime.combine(day, time(hour, minute), subscription.clock).astimezone(UTC)


def _midnight(clock: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, time(0), clock).astimezone(UTC)
