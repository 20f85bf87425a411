"""One-time links to the page ``/connect/{token}``: bound to one Slack person, valid for 15 minutes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Row, Table, Text, delete, insert, select

from bot.basics.person import PersonKey
from bot.store.keys import KeyProblem, hash_token, row_name
from bot.store.schema import MomentColumn, StoreContext, metadata, person_columns
from bot.store.table_rules import Goes, expired, rules

LIFETIME = timedelta(minutes=15)

connect_links = Table(
    "connect_links",
    metadata,
    Column("token_hash", Text, primary_key=True),
    *person_columns(),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", MomentColumn, nullable=False, index=True),
    info=rules(forget=expired(), person=Goes()),
)


@dataclass(frozen=True)
class ConnectLink:
    """The person a link was made for. ``place`` is what the caller gave: where in Slack the person asked, their
    name."""

    person: PersonKey
    place: Mapping[str, Any] = field(default_factory=dict, repr=False)
    expires_at: datetime | None = None


class ConnectLinks:
    """Queries on one-time links. Only a hash of the token is stored."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def create(self, person: PersonKey, place: Mapping[str, Any] | None = None) -> str:
        token = secrets.token_urlsafe(24)
        name = hash_token(token)
        statement = insert(connect_links).values(
            token_hash=name,
            team_id=person.team_id,
            user_id=person.user_id,
            sealed=self._context.keys.seal_json(dict(place or {}), row_name(connect_links.name, name)),
            expires_at=self._context.now() + LIFETIME,
        )
        await self._context.run(statement)
        return token

    async def look(self, token: str) -> ConnectLink | None:
        """Return whom the link is for, without using it up: browsers fetch links ahead. None if unknown, used or
        expired."""
        statement = select(connect_links).where(connect_links.c.token_hash == hash_token(token))

        def query(connection: Connection) -> ConnectLink | None:
            return self._read(connection.execute(statement).one_or_none())

        return await self._context.database.read(query)

    async def take(self, token: str) -> ConnectLink | None:
        """Use the link up and return whom it is for. None if it is unknown, used or expired."""
        statement = (
            delete(connect_links).where(connect_links.c.token_hash == hash_token(token)).returning(connect_links)
        )

        def change(connection: Connection) -> ConnectLink | None:
            return self._read(connection.execute(statement).one_or_none())

        return await self._context.database.write(change)

    def _read(self, row: Row[Any] | None) -> ConnectLink | None:
        if row is None or row.expires_at <= self._context.now():
            return None
        try:
            place = self._context.keys.open_json(row.sealed, row_name(connect_links.name, row.token_hash))
        except KeyProblem:
            return None  # it says how to get another one
        return ConnectLink(PersonKey(row.team_id, row.user_id), place, row.expires_at)
