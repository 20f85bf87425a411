"""Subscriptions as they are stored: everything but the id, owner, company, channel, pause and problem."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filter import Filter
from bot.activity.subscriptions.filters import FILTERS, arranged
from bot.activity.subscriptions.subscription import Actors, Subscription
from bot.basics.person import PersonKey
from bot.basics.stored_json import StoredJson

_SUBSCRIPTION: Final = StoredJson(
    Subscription, "id", "owner", "channel", "company_id", "paused", "problem", "included", "excluded"
)
_IN_SIDES: Final[Mapping[str, Any]] = {"places": {}, "numbers": [], "labels": [], "internal": None}
_BESIDE: Final[Mapping[str, Any]] = {"longer": 0, "hours": None, "line_hours": "", "quiet": None, "queue": 3}
"""The filters of version 0.1.0 and what it stored for them when they were not set: some in "only" and "but", some
beside them. They must always be written so: a row that nobody changes stays as it is, and that version reads what this
one writes. Later filters are in "only" and "but", and only when they are set."""


def to_json(subscription: Subscription) -> dict[str, Any]:
    """Return a subscription as JSON that ``from_json`` reads, and earlier versions too as far as they know the
    filters."""
    included = _columns(subscription.included)
    beside = {column: included.pop(column, unset) for column, unset in _BESIDE.items()}
    stored = _SUBSCRIPTION.dump(subscription)
    if subscription.actors == Actors():
        del stored["actors"]
    if not subscription.policy.answer:
        del stored["policy"]["answer"]
    if not subscription.paused_by:
        del stored["paused_by"]
    if subscription.alerts is None:
        del stored["alerts"]
    return {
        **stored,
        "kinds": sorted(subscription.kinds),
        "only": {**_IN_SIDES, **included},
        "but": {**_IN_SIDES, **_columns(subscription.excluded)},
        **beside,
    }


def write_whole(subscription: Subscription) -> str:
    """Return all of a subscription but its channel as text, for a request that waits to be confirmed."""
    whole = {
        "rule": to_json(subscription),
        "id": subscription.id,
        "owner": [subscription.owner.team_id, subscription.owner.user_id],
        "paused": subscription.paused,
        "problem": subscription.problem,
        "company": subscription.company_id,
    }
    return json.dumps(whole, ensure_ascii=False)


def read_whole(text: str, channel: str) -> Subscription:
    """Undo ``write_whole``. Raises UnreadableJson."""
    whole = json.loads(text)
    return from_json(
        whole["id"],
        PersonKey(*whole["owner"]),
        channel,
        whole["rule"],
        paused=whole["paused"],
        problem=whole["problem"],
        company_id=whole["company"],
    )


def _columns(filters: Sequence[Filter]) -> dict[str, Any]:
    of_class = {kind: [one for one in filters if type(one) is kind] for kind in FILTERS}
    return {kind.column: kind.to_column(found) for kind, found in of_class.items() if found}


def from_json(
    name: str,
    owner: PersonKey,
    channel: str,
    rule: Mapping[str, Any],
    *,
    paused: bool = False,
    problem: str = "",
    company_id: str = "",
) -> Subscription:
    """Undo ``to_json``. Kinds and filters of a later version are left out. Raises UnreadableJson."""
    known = {kind.value for kind in NewsKind}
    beside = {column: rule[column] for column in _BESIDE if column in rule}
    return _SUBSCRIPTION.load(
        {key: value for key, value in rule.items() if value is not None},
        kinds=[kind for kind in rule.get("kinds") or () if kind in known],
        included=arranged(_filters({**(rule.get("only") or {}), **beside})),
        excluded=arranged(_filters(rule.get("but") or {})),
        id=name,
        owner=owner,
        channel=channel,
        paused=paused,
        problem=problem,
        company_id=company_id,
    )


def _filters(columns: Mapping[str, Any]) -> Iterator[Filter]:
    for kind in FILTERS:
        value = columns.get(kind.column)
        if value is not None and not (kind.column in _BESIDE and value == _BESIDE[kind.column]):
            yield from kind.from_column(value)
