"""Whose rights a changed subscription acts with: who makes it show or do more takes that part over, who only narrows it
leaves everything with whom it was."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.activity.subscriptions.filter import Filter
from bot.activity.subscriptions.filters import PlaceFilter, QueueFilter, QuietHoursFilter
from bot.activity.subscriptions.subscription import Actors, EscalationPolicy, Subscription

_NEUTRAL: Final = (PlaceFilter, QueueFilter, QuietHoursFilter)
"""Places and queues are compared by their own rules; quiet hours say when something is shown, not what."""


def shows_more(before: Subscription, after: Subscription) -> bool:
    """Tell whether ``after`` may show something that ``before`` did not."""
    if not after.kinds <= before.kinds or after.queue != before.queue:
        return True
    if before.places and not (after.places and after.places.keys() <= before.places.keys()):
        return True
    if not set(before.excluded) <= set(after.excluded):
        return True
    chosen = _by_class(after.included)
    return any(not (chosen.get(kind) and chosen[kind] <= old) for kind, old in _by_class(before.included).items())


def _by_class(filters: Iterable[Filter]) -> dict[type[Filter], set[Filter]]:
    found: dict[type[Filter], set[Filter]] = {}
    for one in filters:
        if not isinstance(one, _NEUTRAL):
            found.setdefault(type(one), set()).add(one)
    return found


def asks_more(before: EscalationPolicy, after: EscalationPolicy) -> bool:
    """Tell whether ``after`` asks, texts or calls somebody whom ``before`` did not, or sooner."""
    new, old = _asked(after), _asked(before)
    sooner = _is_sooner(before.claim, after.claim) or _is_sooner(before.answer, after.answer)
    return bool(new - old) or (bool(new) and sooner)


def _is_sooner(before: int, after: int) -> bool:
    return bool(after) and (not before or after < before)


def _asked(policy: EscalationPolicy) -> set[tuple[str, str]]:
    return {(kind, whom) for _, kind, whom in policy.steps() if kind != "here"} if policy.asks else set()


def _follows_more(before: Subscription, after: Subscription) -> bool:
    if not after.follows_rosters:
        return False
    shown = (after.keep, after.topic) != (before.keep, before.topic) and bool(after.keep or after.topic)
    return shown or not set(after.call_centers) <= set(before.call_centers)


def is_brought_back(before: Subscription, after: Subscription, by: str) -> bool:
    """Tell whether somebody else resumes what the owner paused, which is a choice of theirs and not the owner's."""
    return before.paused and not after.paused and not before.paused_by and by != before.owner.user_id


def with_actors(before: Subscription, after: Subscription, by: str) -> Subscription:
    """Return ``after`` with the rights that it acts with from now on. ``by`` is the Slack id of who changed it."""
    me = "" if by == before.owner.user_id else by
    wider = shows_more(before, after) or is_brought_back(before, after, by)
    asks = bool(_asked(after.policy))
    asks_anew = asks and (wider or asks_more(before.policy, after.policy))
    follows = after.follows_rosters
    follows_anew = follows and (is_brought_back(before, after, by) or _follows_more(before, after))
    was = before.actors
    actors = Actors(
        shown=me if wider else was.shown,
        escalation=me if asks_anew else was.escalation if asks else "",
        roster=me if follows_anew else was.roster if follows else "",
    )
    paused_by = (before.paused_by if before.paused else me) if after.paused else ""
    return replace(after, actors=actors, paused_by=paused_by)
