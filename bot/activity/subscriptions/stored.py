"""A subscription as it is kept: everything but the id, the owner, the channel, the pause and the problem."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import (
    DIGEST_AT,
    QUEUE_OVER,
    DailyHours,
    EscalationPolicy,
    Filters,
    Subscription,
)
from bot.basics.person import PersonKey


def to_json(subscription: Subscription) -> dict[str, Any]:
    """Everything but the id, the owner, the channel, the pause and the problem, which have columns of their own."""
    policy = subscription.policy
    return {
        "kinds": sorted(subscription.kinds),
        "only": _filters_json(subscription.only),
        "but": _filters_json(subscription.but),
        "longer": subscription.longer,
        "hours": _span_json(subscription.hours),
        "line_hours": subscription.line_hours,
        "quiet": _span_json(subscription.quiet),
        "queue": subscription.queue,
        "zone": subscription.zone,
        "keep": subscription.keep,
        "topic": subscription.topic,
        "digest_at": subscription.digest_at,
        "digest_day": subscription.digest_day,
        "policy": {
            "claim": policy.claim,
            "handle": policy.handle,
            "on_duty": policy.on_duty,
            "group": policy.group,
            "person": policy.person,
            "supervisor": policy.supervisor,
            "last": policy.last,
        },
    }


def _span_json(span: DailyHours | None) -> list[Any] | None:
    return None if span is None else [span.begin, span.end, list(span.days)]


def _filters_json(filters: Filters) -> dict[str, Any]:
    return {
        "places": dict(filters.places),
        "numbers": list(filters.numbers),
        "labels": list(filters.labels),
        "internal": filters.internal,
    }


def from_json(
    name: str, owner: PersonKey, channel: str, rule: Mapping[str, Any], *, paused: bool = False, problem: str = ""
) -> Subscription:
    """Undo ``to_json``. Kinds of a later version are left out."""
    known = {kind.value for kind in NewsKind}
    return Subscription(
        id=name,
        owner=owner,
        channel=channel,
        kinds=frozenset(NewsKind(kind) for kind in rule.get("kinds", ()) if kind in known),
        only=_read_filters(rule.get("only") or {}),
        but=_read_filters(rule.get("but") or {}),
        longer=int(rule.get("longer") or 0),
        hours=_read_span(rule.get("hours")),
        line_hours=rule.get("line_hours") or "",
        quiet=_read_span(rule.get("quiet")),
        queue=int(rule.get("queue", QUEUE_OVER)),
        zone=str(rule.get("zone") or "UTC"),
        policy=EscalationPolicy(**(rule.get("policy") or {})),
        keep=str(rule.get("keep") or ""),
        topic=bool(rule.get("topic")),
        paused=paused,
        problem=problem,
        digest_at=int(rule.get("digest_at", DIGEST_AT)),
        digest_day=int(rule.get("digest_day") or 0),
    )


def _read_span(stored: Sequence[Any] | None) -> DailyHours | None:
    return DailyHours(stored[0], stored[1], tuple(stored[2] if len(stored) > 2 else ())) if stored else None


def _read_filters(stored: Mapping[str, Any]) -> Filters:
    return Filters(
        places=dict(stored.get("places") or {}),
        numbers=tuple(stored.get("numbers") or ()),
        labels=tuple(stored.get("labels") or ()),
        internal=stored.get("internal"),
    )
