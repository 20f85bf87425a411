"""Subscriptions described in sentences."""

from collections.abc import Collection

from bot.activity.alerts import Thresholds
from bot.activity.news import DIGESTS, NewsKind
from bot.activity.subscriptions.filters import FILTERS, YOU, PlaceFilter, join_words
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.language import say, say_weekday


def in_words(subscription: Subscription) -> str:
    """Return the effective filter as a sentence: "missed calls and texts for Support, except label spam". The time zone
    is added where its hours depend on it."""
    kinds = kinds_in_words(subscription, subscription.kinds)
    parts = [f"{kinds or say('nothing')} {lines_in_words(subscription)}"]
    parts += conditions_in_words(subscription)
    if by_clock(subscription):
        parts.append(say("in {zone_name} time", zone_name=subscription.zone_name))
    return ", ".join(parts)


def kinds_in_words(subscription: Subscription, kinds: Collection[NewsKind]) -> str:
    """Return some of its kinds as in "missed calls and a daily digest at 8:00 AM"; "" for none."""
    return join_words([_said(subscription, kind) for kind in NewsKind if kind in kinds], "and")


def by_clock(subscription: Subscription) -> bool:
    """Tell whether its words contain times of day."""
    filters = (*subscription.included, *subscription.excluded)
    return bool(subscription.kinds & DIGESTS) or any(one.uses_clock for one in filters)


def _said(subscription: Subscription, kind: NewsKind) -> str:
    match kind:
        case NewsKind.QUEUE:
            return say("more than {callers} callers waiting", callers=subscription.queue.callers)
        case NewsKind.ALERT:
            return say("alerts when {words}", words=(subscription.alerts or Thresholds()).words or say("nothing"))
        case NewsKind.DAILY:
            return say("{words} at {digest_time}", words=kind.row.said, digest_time=subscription.digest_said)
        case NewsKind.WEEKLY:
            return say(
                "{words} on {weekday} at {digest_time}",
                words=kind.row.said,
                weekday=say_weekday(subscription.digest_day),
                digest_time=subscription.digest_said,
            )
        case _:
            return kind.row.said


def lines_in_words(subscription: Subscription) -> str:
    """Return the lines as in "for Support or Sales"."""
    names = [say(YOU) if name == YOU else name for name in subscription.places.values()]
    return say("for {names}", names=join_words(names, "or")) if names else say("on every line")


def conditions_in_words(subscription: Subscription) -> list[str]:
    """Return the filters other than the lines, one phrase each."""
    only, clauses = [], []
    for kind in FILTERS:
        alternatives = [one.words for one in subscription.included if type(one) is kind and one.words]
        if alternatives and kind is not PlaceFilter:
            said = join_words(alternatives, "or")
            clauses += [said] if kind.is_clause else []
            only += [] if kind.is_clause else [say("only {said}", said=said)]
    excluded = join_words([one.words for one in subscription.excluded], "or")
    return [*only, *([say("except {excluded}", excluded=excluded)] if excluded else []), *clauses]
