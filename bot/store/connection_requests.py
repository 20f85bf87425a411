"""Connections that wait for the word of whose Dialpad account it is, with their tokens sealed."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import JSON, Boolean, Column, Connection, LargeBinary, Row, Table, Text, delete, insert, select

from bot.basics.company import CompanyKey, company_of
from bot.basics.person import PersonKey
from bot.basics.stored_json import StoredJson
from bot.dialpad.connection import DialpadConnection
from bot.store.connections import connections
from bot.store.keys import KeyProblem, row_name
from bot.store.schema import (
    Everywhere,
    MomentColumn,
    StoreContext,
    belongs_to,
    everywhere,
    metadata,
    person_columns,
    within,
)
from bot.store.table_rules import Goes, expired, rules

LIFETIME: Final = timedelta(days=1)

connection_requests = Table(
    "connection_requests",
    metadata,
    Column("id", Text, primary_key=True),
    *person_columns(),
    Column("company", Text, nullable=False),
    Column("asked", JSON, nullable=False),
    Column("asks_admins", Boolean, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", MomentColumn, nullable=False, index=True),
    info=rules(forget=expired(), person=Goes()),
)


@dataclass(frozen=True)
class _Tokens:
    link: DialpadConnection
    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)


_TOKENS: Final = StoredJson(_Tokens)


@dataclass(frozen=True)
class ConnectionRequest:
    """Whose connection waits, and the connection; None when its encryption key is missing."""

    person: PersonKey
    link: DialpadConnection | None


@dataclass(frozen=True)
class Asked:
    """What somebody was asked about. ``company``: of the account that waits; ``as_admin``: as one of its admins, and
    not as the person who has the account's address."""

    company: CompanyKey
    as_admin: bool


class ConnectionRequests:
    """Queries on waiting connections: one for each person, decided once by one of those who were asked."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def add(
        self, person: PersonKey, link: DialpadConnection, asked: Sequence[str], *, asks_admins: bool = False
    ) -> str:
        """Store a connection in place of an earlier one of this person that waits. Returns its id."""
        name = secrets.token_urlsafe(12)
        refresh = link.refresh_token.get_secret_value() if link.refresh_token else None
        tokens = _Tokens(link, link.access_token.get_secret_value(), refresh)
        values = {
            "id": name,
            "team_id": person.team_id,
            "user_id": person.user_id,
            "company": company_of(person, link.company_id).company,
            "asked": list(asked),
            "asks_admins": asks_admins,
            "sealed": self._context.keys.seal_json(_TOKENS.dump(tokens), row_name(connection_requests.name, name)),
            "expires_at": self._context.now() + LIFETIME,
        }

        def change(connection: Connection) -> None:
            earlier = delete(connection_requests).where(belongs_to(connection_requests, person))
            connection.execute(everywhere(earlier, Everywhere.OWN))
            connection.execute(insert(connection_requests).values(**values))

        await self._context.database.write(change)
        return name

    async def asked(self, name: str, decider: PersonKey) -> Asked | None:
        """Return what this person was asked about, None when it is nothing, or decided."""
        column = connection_requests.c
        here = select(connection_requests).where(column.id == name, column.team_id == decider.team_id)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(everywhere(here, Everywhere.WHOSE)).one_or_none()

        row = await self._context.database.read(query)
        if row is None or decider.user_id not in row.asked:
            return None
        return Asked(CompanyKey(row.team_id, row.company), bool(row.asks_admins))

    async def take(self, company: CompanyKey, name: str, decider: PersonKey) -> ConnectionRequest | None:
        """Use a request for an account of this company up. None when it is unknown, decided or expired, or this person
        was not asked."""
        this = (within(connection_requests, company), connection_requests.c.id == name)

        def change(connection: Connection) -> Row[Any] | None:
            row = connection.execute(select(connection_requests).where(*this)).one_or_none()
            if row is None or row.team_id != decider.team_id or decider.user_id not in row.asked:
                return None
            gone = connection.execute(delete(connection_requests).where(*this)).rowcount
            return row if gone and row.expires_at > self._context.now() else None

        row = await self._context.database.write(change)
        if row is None:
            return None
        person = PersonKey(row.team_id, row.user_id)
        try:
            kept = _TOKENS.load(self._context.keys.open_json(row.sealed, row_name(connection_requests.name, name)))
        except KeyProblem:
            return ConnectionRequest(person, None)
        refresh = SecretStr(kept.refresh) if kept.refresh else None
        link = replace(kept.link, access_token=SecretStr(kept.access), refresh_token=refresh)
        return ConnectionRequest(person, link)

    async def acting_as(self, team_id: str, dialpad_user_id: str) -> list[PersonKey]:
        """Return the people of a workspace who act as this Dialpad user."""
        return await self._people(connections.c.team_id == team_id, connections.c.dialpad_user_id == dialpad_user_id)

    async def of_company(self, company: CompanyKey) -> list[PersonKey]:
        """Return the people who are connected to this Dialpad company."""
        column = connections.c
        return await self._people(column.team_id == company.team_id, column.company_id == company.company)

    async def _people(self, *where: Any) -> list[PersonKey]:
        column = connections.c
        statement = select(column.team_id, column.user_id).where(*where, column.broken.is_(False))

        def query(connection: Connection) -> list[PersonKey]:
            ordered = statement.order_by(column.connected_at, column.user_id)
            return [PersonKey(row.team_id, row.user_id) for row in connection.execute(ordered)]

        return await self._context.database.read(query)
