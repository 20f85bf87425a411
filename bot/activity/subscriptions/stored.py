"""A subscription as it is kept: everything but the id, the owner, the channel, the pause and the problem."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filter import Filter
from bot.activity.subscriptions.filters import FILTERS, arranged
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.person import PersonKey

_SUBSCRIPTION: Final = TypeAdapter(Subscription)
_COLUMNS: Final = {"id", "owner", "channel", "paused", "problem"}
"""They have columns of their own."""
_BESIDE: Final = frozenset({"longer", "hours", "line_hours", "quiet", "queue"})
"""Filters that stand beside "only" instead of in it: so they were kept when they were no filters yet, and a version
from then can still read what this one writes."""
_NONE_YET: Final = {"longer": 0, "line_hours": ""}
"""What earlier versions kept where such a filter was not set."""


def to_json(subscription: Subscription) -> dict[str, Any]:
    """``from_json`` reads it, and so do earlier versions, as far as they know the filters."""
    rule: dict[str, Any] = _SUBSCRIPTION.dump_python(
        subscription, mode="json", exclude=_COLUMNS | {"included", "excluded"}
    )
    included = _columns(subscription.included)
    beside = {name: included.pop(name) for name in _BESIDE & included.keys()}
    return {
        **rule,
        "kinds": sorted(subscription.kinds),
        "only": included,
        "but": _columns(subscription.excluded),
        **beside,
    }


def _columns(filters: Sequence[Filter]) -> dict[str, Any]:
    of_class = {kind: [one for one in filters if type(one) is kind] for kind in FILTERS}
    return {kind.column: kind.to_column(found) for kind, found in of_class.items() if found}


def from_json(
    name: str, owner: PersonKey, channel: str, rule: Mapping[str, Any], *, paused: bool = False, problem: str = ""
) -> Subscription:
    """Undo ``to_json``. Kinds and filters of a later version are left out."""
    known = {kind.value for kind in NewsKind}
    beside = {column: rule[column] for column in _BESIDE & rule.keys()}
    return _SUBSCRIPTION.validate_python(
        {
            **{key: value for key, value in rule.items() if value is not None},
            "kinds": [kind for kind in rule.get("kinds") or () if kind in known],
            "included": arranged(_filters({**(rule.get("only") or {}), **beside})),
            "excluded": arranged(_filters(rule.get("but") or {})),
            "id": name,
            "owner": owner,
            "channel": channel,
            "paused": paused,
            "problem": problem,
        }
    )


def _filters(columns: Mapping[str, Any]) -> Iterator[Filter]:
    for kind in FILTERS:
        value = columns.get(kind.column)
        if value is not None and _NONE_YET.get(kind.column) != value:
            yield from kind.from_column(value)
