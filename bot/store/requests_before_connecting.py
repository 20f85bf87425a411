"""Requests of people who were not connected yet: they run once the person connects, within 30 minutes."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Row, Table, Text, delete, insert, select

from bot.basics.person import PersonKey
from bot.store.keys import KeyProblem, row_name
from bot.store.schema import MomentColumn, StoreContext, belongs_to, metadata, person_columns
from bot.store.table_rules import Goes, expired, rules

LIFETIME = timedelta(minutes=30)
AT_MOST = 10
"""How many requests of one person are stored, the newest: connecting must not set off a flood."""

remembered = Table(
    "remembered",
    metadata,
    Column("id", Text, primary_key=True),
    *person_columns(),
    Column("sealed", LargeBinary, nullable=False),
    Column("asked_at", MomentColumn, nullable=False),
    Column("expires_at", MomentColumn, nullable=False, index=True),
    info=rules(forget=expired(), person=Goes()),
)


class RequestsBeforeConnecting:
    """Queries on these requests: JSON objects of the caller's own shape, which are only sealed and ordered here."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def save(self, person: PersonKey, request: Mapping[str, Any]) -> None:
        name = secrets.token_urlsafe(16)
        now = self._context.now()
        column = remembered.c
        statement = insert(remembered).values(
            id=name,
            team_id=person.team_id,
            user_id=person.user_id,
            sealed=self._context.keys.seal_json(dict(request), row_name(remembered.name, name)),
            asked_at=now,
            expires_at=now + LIFETIME,
        )
        older = (
            select(column.id)
            .where(belongs_to(remembered, person))
            .order_by(column.asked_at.desc(), column.id)
            .offset(AT_MOST)
        )

        def change(connection: Connection) -> None:
            connection.execute(statement)
            surplus = connection.execute(older).scalars().all()
            if surplus:
                connection.execute(delete(remembered).where(column.id.in_(surplus)))

        await self._context.database.write(change)

    async def take_all(self, person: PersonKey) -> list[dict[str, Any] | None]:
        """Return everything still valid, oldest first, and delete it. None for what cannot be read any more."""
        statement = delete(remembered).where(belongs_to(remembered, person)).returning(remembered)
        now = self._context.now()

        def change(connection: Connection) -> list[Row[Any]]:
            return sorted(connection.execute(statement).all(), key=lambda row: (row.asked_at, row.id))

        return [self._open(row) for row in await self._context.database.write(change) if row.expires_at > now]

    def _open(self, row: Row[Any]) -> dict[str, Any] | None:
        try:
            opened: dict[str, Any] = self._context.keys.open_json(row.sealed, row_name(remembered.name, row.id))
        except KeyProblem:
            return None
        return opened
