"""Subscriptions described in sentences."""

from collections.abc import Collection

from bot.activity.alerts import Thresholds
from bot.activity.news import DIGESTS, NewsKind
from bot.activity.subscriptions.filters import FILTERS, PlaceFilter, join_words
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.times import WHOLE_WEEKDAYS


def in_words(subscription: Subscription) -> str:
    """Return the effective filter as a sentence: "missed calls and texts for Support, except label spam". The time zone
    is added where its hours depend on it."""
    kinds = kinds_in_words(subscription, subscription.kinds)
    parts = [f"{kinds or 'nothing'} {lines_in_words(subscription)}"]
    parts += conditions_in_words(subscription)
    if by_clock(subscription):
        parts.append(f"in {subscription.zone_name} time")
    return ", ".join(parts)


def kinds_in_words(subscription: Subscription, kinds: Collection[NewsKind]) -> str:
    """Return some of its kinds as in "missed calls and a daily digest at 08:00"; "" for none."""
    return join_words([_said(subscription, kind) for kind in NewsKind if kind in kinds], "and")


def by_clock(subscription: Subscription) -> bool:
    """Tell whether its words contain times of day."""
    filters = (*subscription.included, *subscription.excluded)
    return bool(subscription.kinds & DIGESTS) or any(one.uses_clock for one in filters)


def _said(subscription: Subscription, kind: NewsKind) -> str:
    match kind:
        case NewsKind.QUEUE:
            return f"more than {subscription.queue.callers} callers waiting"
        case NewsKind.ALERT:
            return f"alerts when {(subscription.alerts or Thresholds()).words or 'nothing'}"
        case NewsKind.DAILY:
            return f"{kind.row.words} at {subscription.digest_time}"
        case NewsKind.WEEKLY:
            return f"{kind.row.words} on {WHOLE_WEEKDAYS[subscription.digest_day]} at {subscription.digest_time}"
        case _:
            return kind.row.words


def lines_in_words(subscription: Subscription) -> str:
    """Return the lines as in "for Support or Sales"."""
    names = list(subscription.places.values())
    return f"for {join_words(names, 'or')}" if names else "on every line"


def conditions_in_words(subscription: Subscription) -> list[str]:
    """Return the filters other than the lines, one phrase each."""
    only, clauses = [], []
    for kind in FILTERS:
        alternatives = [one.words for one in subscription.included if type(one) is kind and one.words]
        if alternatives and kind is not PlaceFilter:
            said = join_words(alternatives, "or")
            clauses += [said] if kind.is_clause else []
            only += [] if kind.is_clause else [f"only {said}"]
    excluded = join_words([one.words for one in subscription.excluded], "or")
    return [*only, *([f"except {excluded}"] if excluded else []), *clauses]
