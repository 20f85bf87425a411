"""When a digest is due and which days it is about, by the clock of its subscription."""

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
    """``begin`` belongs to it, ``end`` does not. Both are midnights of its subscription's zone, but for the end of what
    is only told ``so_far``."""

    kind: NewsKind
    begin: MsMoment
    end: MsMoment
    so_far: bool = False

    def __contains__(self, moment: datetime) -> bool:
        return self.begin <= moment < self.end

    def days(self, clock: ZoneInfo) -> tuple[date, date]:
        """The first and the last day."""
        first = self.begin.astimezone(clock).date()
        return first, first + timedelta(days=CLOCKS[self.kind].days - 1)


def schedule(subscription: Subscription) -> Any:
    """The same for subscriptions whose digests are due at the same moments."""
    return (
        subscription.kinds & DIGESTS,
        subscription.digest_at,
        subscription.digest_day,
        subscription.zone,
        subscription.paused,
    )


def next_due(subscription: Subscription, after: datetime) -> datetime | None:
    """When its next digest is due, None when it has none."""
    if subscription.paused:
        return None
    return min((_next(subscription, kind, after) for kind in subscription.kinds & DIGESTS), default=None)


def due_periods(subscription: Subscription, since: datetime, now: datetime) -> list[DigestPeriod]:
    """What is to be told now, when the digests before ``since`` are done. Of several that were missed the newest."""
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
    """The day or week that ``now`` belongs to, up to now."""
    return DigestPeriod(
        kind,
        _midnight(subscription.clock, _first_day(subscription, kind, now.astimezone(subscription.clock).date())),
        now,
        so_far=True,
    )


def one_before(period: DigestPeriod, clock: ZoneInfo) -> DigestPeriod:
    """The day or week before."""
    return _ending(period.kind, period.days(clock)[0], clock)


def _ending(kind: NewsKind, day: date, clock: ZoneInfo) -> DigestPeriod:
    return DigestPeriod(kind, _midnight(clock, day - timedelta(days=CLOCKS[kind].days)), _midnight(clock, day))


def _first_day(subscription: Subscription, kind: NewsKind, day: date) -> date:
    """That day itself, or the first of the week it belongs to."""
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
    """A time that the clock skips that day is the same time after the beginning of the change."""
    hour, minute = divmod(subscription.digest_at, 60)
    return datetime.combine(day, time(hour, minute), subscription.clock).astimezone(UTC)


def _midnight(clock: ZoneInfo, day: date) -> datetime:
    return datetime.combine(day, time(0), clock).astimezone(UTC)
