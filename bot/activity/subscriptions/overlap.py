"""What two subscriptions of one channel have in common: the same one twice, events that both want, and one made of
both."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.activity.alerts import Thresholds
from bot.activity.news import DIGESTS, OF_NO_LINE, NewsKind
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filter import Filter
from bot.activity.subscriptions.filters import (
    CountryFilter,
    HoursFilter,
    InternalFilter,
    LineHoursFilter,
    NumberFilter,
    PlaceFilter,
    QueueFilter,
    QuietHoursFilter,
    arranged,
)
from bot.activity.subscriptions.subscription import DIGEST_AT, EscalationPolicy, Subscription
from bot.basics.language import mark
from bot.basics.times import DAY, WEEKDAYS

_ONE_VALUE: Final = (CountryFilter, InternalFilter, LineHoursFilter)
"""Filters of which an event has one value: two that have none in common never match the same event."""
_OF_SHOWING: Final = (PlaceFilter, QueueFilter, QuietHoursFilter)
"""Filters that are compared by rules of their own, or do not say which events are wanted."""


@dataclass(frozen=True)
class Overlap:
    """Events that another subscription of the same channel wants as well. ``whole``: it wants every event of the new
    one."""

    other: Subscription
    kinds: frozenset[NewsKind]
    whole: bool


def settings_of(subscription: Subscription) -> Mapping[str, Any]:
    """Return what a subscription does, without whose it is and how it fares: equal for two that do the same. Its
    names are stored, and said to people in their language."""
    filters = (*subscription.included, *subscription.excluded)
    goes_by_clock = bool(subscription.kinds & DIGESTS) or any(one.uses_clock for one in filters)
    asks = subscription.policy if subscription.policy.asks else EscalationPolicy(handle=subscription.policy.handle)
    return {
        mark("events"): subscription.kinds,
        mark("lines"): _compared(subscription.included, PlaceFilter),
        mark("filters"): _compared(subscription.included, *_conditions(subscription.included)),
        mark("exceptions"): _compared(subscription.excluded, *_conditions(subscription.excluded), PlaceFilter),
        mark("quiet hours"): subscription.quiet,
        mark("length of a queue"): subscription.queue,
        mark("escalation"): asks,
        mark("time of the digest"): _digest(subscription),
        mark("user group"): subscription.keep,
        mark("topic"): subscription.topic,
        mark("alerts"): (subscription.alerts or Thresholds()) if NewsKind.ALERT in subscription.kinds else None,
        mark("clock"): subscription.zone if goes_by_clock else "",
    }


def same_settings(one: Subscription, other: Subscription) -> bool:
    return settings_of(one) == settings_of(other)


def changed_settings(before: Subscription, after: Subscription) -> list[str]:
    """Return the names of what differs, in the order of ``settings_of``."""
    then, now = settings_of(before), settings_of(after)
    clock = {"clock"} if not (then["clock"] and now["clock"]) else set()
    return [name for name in now if now[name] != then[name] and name not in clock]


def find_same(subscription: Subscription, others: Iterable[Subscription]) -> Subscription | None:
    """Return the first of ``others`` in its channel that does the same, paused or not."""
    here = (one for one in others if one.channel == subscription.channel and one.id != subscription.id)
    return next((one for one in here if same_settings(one, subscription)), None)


def find_overlaps(subscription: Subscription, others: Iterable[Subscription]) -> list[Overlap]:
    """Return what others in its channel want as well, those with the most in common first. Paused ones want nothing."""
    found = []
    for other in others:
        apart = other.channel != subscription.channel or other.id == subscription.id or other.paused
        if not apart and (kinds := _shared(subscription, other)):
            found.append(Overlap(other, kinds, _wants_all(other, subscription)))
    return sorted(found, key=lambda one: (not one.whole, -len(one.kinds)))


def with_quiet_hours_of(one: Subscription, other: Subscription) -> Subscription:
    """Return ``one`` with the quiet hours of ``other``, by the clock of ``other`` where nothing went by a clock yet."""
    quiet = [found for found in other.included if isinstance(found, QuietHoursFilter)]
    zone = one.zone if settings_of(one)["clock"] else other.zone
    return replace(one, included=arranged([*one.without(QuietHoursFilter).included, *quiet]), zone=zone)


def joined(other: Subscription, new: Subscription) -> Subscription | None:
    """Return ``other`` changed so that it wants what both want and nothing more; None when one cannot say both."""
    mine, theirs = settings_of(new), settings_of(other)
    kinds, lines = mine["events"] == theirs["events"], mine["lines"] == theirs["lines"]
    alike = all(mine[name] == theirs[name] for name in ("filters", "exceptions", "quiet hours", "length of a queue"))
    if not alike or not (kinds or lines):
        return None
    both = replace(other, kinds=other.kinds | new.kinds)
    if not lines:
        places = {**new.places, **other.places} if new.places and other.places else {}
        rest = other.without(PlaceFilter).included
        both = replace(both, included=arranged([*(PlaceFilter(*one) for one in places.items()), *rest]))
    if new.kinds & DIGESTS:
        if other.kinds & DIGESTS and _digest(other) != _digest(new):
            return None
        both = replace(both, digest_at=new.digest_at, digest_day=new.digest_day)
    if new.policy.asks and new.policy != other.policy:
        if other.policy.asks:
            return None
        both = replace(both, policy=new.policy)
    if NewsKind.ALERT in new.kinds and other.alerts != new.alerts:
        if NewsKind.ALERT in other.kinds:
            return None
        both = replace(both, alerts=new.alerts)
    if (new.keep and other.keep and new.keep != other.keep) or (new.zone != other.zone and mine["clock"]):
        return None
    return replace(both, keep=other.keep or new.keep, topic=other.topic or new.topic)


def _digest(subscription: Subscription) -> tuple[int, int]:
    at = subscription.digest_at if subscription.kinds & DIGESTS else DIGEST_AT
    return at, subscription.digest_day if NewsKind.WEEKLY in subscription.kinds else 0


def _compared(filters: Iterable[Filter], *kinds: type[Filter]) -> frozenset[Any]:
    """Return these filters as they are compared: lines by their id, whatever they were called."""
    found = [one for one in filters if isinstance(one, kinds)]
    return frozenset(one.place if isinstance(one, PlaceFilter) else one for one in found)


def _conditions(filters: Iterable[Filter]) -> tuple[type[Filter], ...]:
    return tuple({type(one) for one in filters if not isinstance(one, _OF_SHOWING)})


def _shared(one: Subscription, other: Subscription) -> frozenset[NewsKind]:
    """Return the kinds of which both may want the same event."""
    kinds = one.kinds & other.kinds
    if kinds & DIGESTS and not _same_digest(one, other):
        kinds -= DIGESTS
    if not _may_both_match(one, other):
        return frozenset()
    return kinds if _share_lines(one, other) else kinds & OF_NO_LINE


def _same_digest(one: Subscription, other: Subscription) -> bool:
    """Tell whether the two digests count the same lines; any other two are two pieces of news."""
    return _compared(one.included, PlaceFilter) == _compared(other.included, PlaceFilter)


def _share_lines(one: Subscription, other: Subscription) -> bool:
    mine, theirs = set(one.places), set(other.places)
    if mine and theirs and not mine & theirs:
        return False
    for places, excluded in ((mine, other.excluded), (theirs, one.excluded)):
        left_out = {found.place for found in excluded if isinstance(found, PlaceFilter)}
        if places and places <= left_out:
            return False
    return True


def _may_both_match(one: Subscription, other: Subscription) -> bool:
    """Tell whether an event can pass the conditions of both. True where that cannot be excluded."""
    for mine, theirs in ((one, other), (other, one)):
        for kind in _conditions(mine.included):
            wanted = {found for found in mine.included if type(found) is kind}
            if wanted <= {found for found in theirs.excluded if type(found) is kind}:
                return False
    both = [
        ([found for found in one.included if type(found) is kind], [x for x in other.included if type(x) is kind])
        for kind in {*_conditions(one.included)} & {*_conditions(other.included)}
    ]
    return all(_meet(mine, theirs, same_clock=one.zone == other.zone) for mine, theirs in both)


def _meet(mine: Sequence[Filter], theirs: Sequence[Filter], *, same_clock: bool) -> bool:
    """Tell whether an event can match one of ``mine`` and one of ``theirs``, all filters of one class."""
    pairs = [(a, b) for a in mine for b in theirs]
    if isinstance(mine[0], NumberFilter):
        numbers = [[one.beginning for one in pair if isinstance(one, NumberFilter)] for pair in pairs]
        return any(a.startswith(b) or b.startswith(a) for a, b in numbers)
    if isinstance(mine[0], HoursFilter):
        spans = [(a.hours, b.hours) for a, b in pairs if isinstance(a, HoursFilter) and isinstance(b, HoursFilter)]
        return not same_clock or any(_minutes(a) & _minutes(b) for a, b in spans)
    return not isinstance(mine[0], _ONE_VALUE) or any(a == b for a, b in pairs)


def _minutes(hours: DailyHours) -> set[int]:
    """Return the minutes of a week that these hours hold."""
    length = (hours.end - hours.begin) % DAY or DAY
    days = hours.days or range(len(WEEKDAYS))
    return {(day * DAY + hours.begin + minute) % (len(WEEKDAYS) * DAY) for day in days for minute in range(length)}


def _wants_all(other: Subscription, new: Subscription) -> bool:
    """Tell whether ``other`` surely wants every event that ``new`` wants."""
    if not new.kinds <= other.kinds or (NewsKind.QUEUE in new.kinds and other.queue != new.queue):
        return False
    if other.places and not (new.places and set(new.places) <= set(other.places)):
        return False
    if new.kinds & DIGESTS and _digest(new) != _digest(other):
        return False
    mine, theirs = settings_of(new), settings_of(other)
    if any(one.uses_clock for one in (*other.included, *other.excluded)) and new.zone != other.zone:
        return False
    return bool(theirs["exceptions"] <= mine["exceptions"]) and all(
        {found for found in new.included if type(found) is kind}
        and {found for found in new.included if type(found) is kind}
        <= {found for found in other.included if type(found) is kind}
        for kind in _conditions(other.included)
    )
