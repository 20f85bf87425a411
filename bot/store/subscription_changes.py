"""What somebody else changed in a subscription, so that its owner is told of it and can undo it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import JSON, Column, Connection, Row, Table, Text, insert, null, select

from bot.activity.subscriptions.stored import from_json, to_json
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.store.schema import MomentColumn, StoreContext, metadata, person_columns, within
from bot.store.table_rules import Goes, older_than, rules

KEPT_FOR: Final = timedelta(days=30)
_BESIDE_THE_RULE: Final = frozenset({"paused", "company"})
"""Earlier versions stored the company here, and not in its column."""

subscription_changes = Table(
    "subscription_changes",
    metadata,
    Column("id", Text, primary_key=True),
    *person_columns(),
    Column("company", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("subscription_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON),
    Column("at", MomentColumn, nullable=False, index=True),
    info=rules(forget=older_than("at", KEPT_FOR), person=Goes()),
)


@dataclass(frozen=True)
class SubscriptionChange:
    """One change. ``after`` is None when the subscription was removed."""

    id: str
    changed_by: str
    before: Subscription
    after: Subscription | None


class SubscriptionChanges:
    """Queries on changes, kept for 30 days."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def add(self, before: Subscription, after: Subscription | None, changed_by: str) -> str:
        """Store a change and return its id."""
        name = secrets.token_urlsafe(6)
        values = {
            "id": name,
            "team_id": before.owner.team_id,
            "user_id": before.owner.user_id,
            "company": before.company.company,
            "changed_by": changed_by,
            "subscription_id": before.id,
            "channel": before.channel,
            "before": _dump(before),
            "after": null() if after is None else _dump(after),
            "at": self._context.now(),
        }
        await self._context.run(insert(subscription_changes).values(**values))
        return name

    async def get(self, company: CompanyKey, name: str) -> SubscriptionChange | None:
        this = subscription_changes.c.id == name
        statement = select(subscription_changes).where(within(subscription_changes, company), this)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(statement).one_or_none()

        row = await self._context.database.read(query)
        if row is None:
            return None
        after = None if row.after is None else _load(row, row.after)
        return SubscriptionChange(row.id, row.changed_by, _load(row, row.before), after)


def _dump(subscription: Subscription) -> dict[str, Any]:
    return {**to_json(subscription), "paused": subscription.paused}


def _load(row: Row[Any], stored: Mapping[str, Any]) -> Subscription:
    rule = {name: value for name, value in stored.items() if name not in _BESIDE_THE_RULE}
    owner = PersonKey(row.team_id, row.user_id)
    found = from_json(row.subscription_id, owner, row.channel, rule, paused=bool(stored["paused"]))
    return replace(found, company_id=row.company)
