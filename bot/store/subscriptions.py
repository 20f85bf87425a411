"""Subscriptions: which channel or person hears of what.

What one means is decided in ``bot.activity.subscriptions.subscription``.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Row, Table, Text, delete, insert, select, update

from bot.activity.digest_times import next_due, schedule
from bot.activity.news import NewsKind
from bot.activity.subscriptions.stored import from_json, to_json
from bot.activity.subscriptions.subscription import Subscription, switched
from bot.basics.person import PersonKey
from bot.store.schema import MomentColumn, StoreContext, metadata, person_columns
from bot.store.table_rules import Forever, Goes, rules

subscriptions = Table(
    "watches",
    metadata,
    Column("id", Text, primary_key=True),
    *person_columns(),
    Column("channel", Text, nullable=False, index=True),
    Column("rule", JSON, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("problem", Text, nullable=False),
    Column("created_at", MomentColumn, nullable=False),
    Column("digest_at", MomentColumn, index=True),
    info=rules(forget=Forever("until somebody stops it"), person=Goes()),
)


class Subscriptions:
    """Queries on subscriptions, a few per channel. ``problem`` is why posting failed, in the words of
    ``bot.notifications.owner_alerts``."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    def new_id(self) -> str:
        """Generate an id for a new subscription: short, since every button of a card carries it."""
        return secrets.token_urlsafe(6)

    async def save(self, subscription: Subscription) -> None:
        """Store a subscription, or change the one with the same id. Its channel never changes."""
        digest_at = next_due(subscription, self._context.now())
        fresh = {
            "id": subscription.id,
            "team_id": subscription.owner.team_id,
            "user_id": subscription.owner.user_id,
            "channel": subscription.channel,
            "created_at": self._context.now(),
            **_values(subscription),
        }

        def change(connection: Connection) -> None:
            before = self._locked(connection, subscription.id)
            if before is None:
                connection.execute(insert(subscriptions).values(digest_at=digest_at, **fresh))
            else:
                self._change(connection, before, subscription)

        await self._context.database.write(change)

    async def switch(self, name: str, kind: NewsKind, *, on: bool) -> Subscription | None:
        """Switch one event of a subscription on or off, without touching the others. None if it no longer exists."""

        def change(connection: Connection) -> Subscription | None:
            row = self._locked(connection, name)
            if row is None:
                return None
            after = switched(read_subscription(row), kind, on=on)
            self._change(connection, row, after)
            return after

        return await self._context.database.write(change)

    def _locked(self, connection: Connection, name: str) -> Row[Any] | None:
        return connection.execute(
            select(subscriptions).where(subscriptions.c.id == name).with_for_update()
        ).one_or_none()

    def _change(self, connection: Connection, before: Row[Any], after: Subscription) -> None:
        """Update the row. A digest that is due stays due while its times stay the same."""
        same = schedule(read_subscription(before)) == schedule(after)
        digest_at = before.digest_at if same else next_due(after, self._context.now())
        this = subscriptions.c.id == after.id
        connection.execute(update(subscriptions).where(this).values(digest_at=digest_at, **_values(after)))

    async def get(self, name: str) -> Subscription | None:
        found = await self._select(subscriptions.c.id == name)
        return found[0] if found else None

    async def here(self, team_id: str, channel: str) -> list[Subscription]:
        """Return the subscriptions that post to one place, oldest first."""
        return await self._select(subscriptions.c.team_id == team_id, subscriptions.c.channel == channel)

    async def of_team(self, team_id: str) -> list[Subscription]:
        """Return all subscriptions of a workspace that are not paused."""
        return await self._select(subscriptions.c.team_id == team_id, subscriptions.c.paused.is_(False))

    async def owned(self, owner: PersonKey) -> list[Subscription]:
        return await self._select(subscriptions.c.team_id == owner.team_id, subscriptions.c.user_id == owner.user_id)

    async def due_digest(self, now: datetime) -> tuple[Subscription, datetime] | None:
        """Return the subscription whose digest has been due the longest, and since when."""
        statement = (
            select(subscriptions)
            .where(subscriptions.c.digest_at <= now)
            .order_by(subscriptions.c.digest_at, subscriptions.c.id)
        )

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(statement.limit(1)).one_or_none()

        row = await self._context.database.read(query)
        return None if row is None else (read_subscription(row), row.digest_at)

    async def digest_done(self, subscription: Subscription, due: datetime) -> None:
        """Record that the digest due at ``due`` is stored or skipped, unless another process did or the times have
        changed."""
        this = (subscriptions.c.id == subscription.id, subscriptions.c.digest_at == due)
        await self._context.run(
            update(subscriptions).where(*this).values(digest_at=next_due(subscription, self._context.now()))
        )

    async def troubled(self) -> list[Subscription]:
        """Return the subscriptions of all workspaces that could not post when they last tried."""
        return await self._select(subscriptions.c.problem != "")

    async def delete(self, name: str) -> bool:
        """Delete a subscription. False if there was none. Its messages stay, and are still updated."""
        return await self._context.run(delete(subscriptions).where(subscriptions.c.id == name)) == 1

    async def note_problem(self, name: str, problem: str) -> bool:
        """Record a problem. True if it is new: nobody was told of it since posting last worked."""
        changed = (
            update(subscriptions)
            .where(subscriptions.c.id == name, subscriptions.c.problem != problem)
            .values(problem=problem)
        )
        return await self._context.run(changed) == 1

    async def _select(self, *where: Any) -> list[Subscription]:
        statement = select(subscriptions).where(*where).order_by(subscriptions.c.created_at, subscriptions.c.id)

        def query(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(statement).all()

        return [read_subscription(row) for row in await self._context.database.read(query)]


def _values(subscription: Subscription) -> dict[str, Any]:
    return {"rule": to_json(subscription), "paused": subscription.paused, "problem": subscription.problem}


def read_subscription(row: Row[Any]) -> Subscription:
    owner = PersonKey(row.team_id, row.user_id)
    return from_json(row.id, owner, row.channel, row.rule, paused=row.paused, problem=row.problem)
