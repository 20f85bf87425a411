"""Subscriptions described in sentences."""

from bot.activity.news import DIGESTS, NewsKind
from bot.activity.subscriptions.filters import FILTERS, PlaceFilter, join_words
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.times import WHOLE_WEEKDAYS


def in_words(subscription: Subscription) -> str:
    """Return the effective filter as a sentence: "missed calls and texts for Support, except label spam". The time zone
    is added where its hours depend on it, since others read it in a channel."""
    kinds = [_said(subscription, kind) for kind in NewsKind if kind in subscription.kinds]
    parts = [f"{join_words(kinds, 'and') or 'nothing'} {lines_in_words(subscription)}"]
    parts += conditions_in_words(subscription)
    if not subscription.is_personal and _uses_clock(subscription):
        parts.append(f"in {subscription.zone_name} time")
    return ", ".join(parts)


def _uses_clock(subscription: Subscription) -> bool:
    filters = (*subscription.included, *subscription.excluded)
    return bool(subscription.kinds & DIGESTS) or any(one.uses_clock for one in filters)


def _said(subscription: Subscription, kind: NewsKind) -> str:
    match kind:
        case NewsKind.QUEUE:
            return f"more than {subscription.queue.callers} callers waiting"
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
