"""A subscription as sentences."""

from collections.abc import Sequence
from dataclasses import replace

from bot.activity.news import WORDS, NewsKind
from bot.activity.subscriptions.subscription import DailyHours, Filters, Subscription
from bot.basics.times import DAY, WEEKDAYS, WHOLE_WEEKDAYS, clock


def in_words(subscription: Subscription) -> str:
    """The effective filter as a sentence: "missed calls and texts for Support, except label spam"."""
    said = _and([_said(subscription, kind) for kind in NewsKind if kind in subscription.kinds]) or "nothing"
    return ", ".join([f"{said} {lines_in_words(subscription)}", *conditions_in_words(subscription)])


def _said(subscription: Subscription, kind: NewsKind) -> str:
    match kind:
        case NewsKind.QUEUE:
            return f"more than {subscription.queue} callers waiting"
        case NewsKind.DAILY:
            return f"{WORDS[kind]} at {subscription.digest_time}"
        case NewsKind.WEEKLY:
            return f"{WORDS[kind]} on {WHOLE_WEEKDAYS[subscription.digest_day]} at {subscription.digest_time}"
        case _:
            return WORDS[kind]


def lines_in_words(subscription: Subscription) -> str:
    """ "for Support or Sales"."""
    return f"for {_or(list(subscription.only.places.values()))}" if subscription.only.places else "on every line"


def conditions_in_words(subscription: Subscription) -> list[str]:
    """The filters but for the lines, one by one."""
    parts = []
    if rest := _filters(replace(subscription.only, places={})):
        parts.append(f"only {rest}")
    if but := _filters(subscription.but):
        parts.append(f"except {but}")
    if subscription.longer:
        parts.append(f"of {subscription.longer} s or more")
    if subscription.line_hours:
        parts.append("while the line is open" if subscription.line_hours == "open" else "while the line is closed")
    if subscription.hours:
        parts.append(_hours(subscription.hours))
    if subscription.quiet:
        parts.append(f"quiet from {clock(subscription.quiet.begin)} to {clock(subscription.quiet.end)}")
    return parts


def _hours(span: DailyHours) -> str:
    days = f"on {_and([WEEKDAYS[day].capitalize() for day in span.days])}" if span.days else ""
    hours = f"between {clock(span.begin)} and {clock(span.end)}" if (span.begin, span.end) != (0, DAY) else ""
    return " ".join(part for part in (days, hours) if part)


def _filters(filters: Filters) -> str:
    said = list(filters.places.values())
    said += [f"numbers that begin with {number}" for number in filters.numbers]
    said += [f"label {label}" for label in filters.labels]
    if filters.internal is not None:
        said.append("internal calls" if filters.internal else "calls from outside")
    return _or(said)


def _and(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)


def _or(words: Sequence[str]) -> str:
    return " or ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)
