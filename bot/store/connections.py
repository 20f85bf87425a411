"""Each person's connection to Dialpad. Its tokens are sealed together, in its own row and nowhere else."""

from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.basics.company import OWN, CompanyKey, company_of
from bot.basics.person import PersonKey
from bot.dialpad.connection import DialpadConnection
from bot.store.keys import row_name
from bot.store.schema import (
    MomentColumn,
    StoreContext,
    belongs_to,
    insert_for,
    metadata,
    of_the_named,
    person_columns,
    person_values,
)
from bot.store.table_rules import Forever, Goes, rules

connections = Table(
    "links",
    metadata,
    *person_columns(primary_key=True),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", MomentColumn),
    Column("scopes", JSON, nullable=False),
    Column("dialpad_user_id", Text, index=True),
    Column("dialpad_name", Text, nullable=False),
    Column("company_id", Text),
    Column("is_company_key", Boolean, nullable=False),
    Column("broken", Boolean, nullable=False),
    Column("connected_at", MomentColumn, nullable=False),
    info=rules(forget=Forever("until the person disconnects"), person=Goes(), read_at_start=True),
)

THEIR_COMPANY: Final = func.coalesce(func.nullif(connections.c.company_id, ""), literal(OWN) + connections.c.user_id)
"""The company of a connection, as ``bot.basics.company.company_of`` names it."""


_GET: Final = select(connections).where(of_the_named(connections))
_COMPANY: Final = select(connections.c.company_id).where(of_the_named(connections))
"""Built once: nearly every request begins with them."""


@dataclass(frozen=True)
class Member:
    """Somebody with a connection: their Slack id, their id at Dialpad where it is known, and their name there."""

    slack_id: str
    dialpad_id: str | None
    name: str


def company_of_person(team_id: ColumnElement[str], user_id: ColumnElement[str]) -> ColumnElement[str]:
    """Build the company of any person, for a row that is written: their own one when they are not connected."""
    theirs = select(THEIR_COMPANY).where(connections.c.team_id == team_id, connections.c.user_id == user_id)
    return func.coalesce(theirs.scalar_subquery(), literal(OWN) + user_id)


class StoredConnections:
    """The database's ``bot.dialpad.connection.DialpadConnections``."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def get(self, key: PersonKey) -> DialpadConnection | None:
        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(_GET, person_values(key)).one_or_none()

        row = await self._context.database.look_up(query)
        return None if row is None else self.read(row)

    async def company(self, key: PersonKey) -> CompanyKey | None:
        """Return the company that a person is connected to, also with a broken connection. None without one."""

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(_COMPANY, person_values(key)).one_or_none()

        row = await self._context.database.look_up(query)
        return None if row is None else company_of(key, row.company_id)

    async def people_of(self, team_id: str) -> list[PersonKey]:
        """Return everybody of a workspace or org who has a connection, also a broken one."""
        statement = select(connections.c.user_id).where(connections.c.team_id == team_id)

        def query(connection: Connection) -> list[PersonKey]:
            found = connection.execute(statement.order_by(connections.c.user_id)).scalars()
            return [PersonKey(team_id, user_id) for user_id in found]

        return await self._context.database.read(query)

    async def first_people(self) -> list[PersonKey]:
        """Return for each workspace whoever has been connected the longest."""
        row = connections.c
        statement = select(row.team_id, row.user_id).order_by(row.connected_at, row.user_id)

        def query(connection: Connection) -> list[PersonKey]:
            first: dict[str, PersonKey] = {}
            for team_id, user_id in connection.execute(statement):
                first.setdefault(team_id, PersonKey(team_id, user_id))
            return list(first.values())

        return await self._context.database.read(query)

    async def members(self, company: CompanyKey) -> list[Member]:
        """Return everybody of a company who has a connection, also a broken one."""
        row = connections.c
        theirs = select(row.user_id, row.dialpad_user_id, row.dialpad_name)
        statement = theirs.where(row.team_id == company.team_id, THEIR_COMPANY == company.company)  # noqa: SIM300  a column is compared

        def query(connection: Connection) -> list[Member]:
            return [Member(*found) for found in connection.execute(statement.order_by(row.user_id))]

        return await self._context.database.read(query)

    def at_dialpad(self, connection: Connection, company: CompanyKey, user_id: str) -> PersonKey | None:
        """Return the same as ``connected_as``, within a transaction."""
        row = connections.c
        statement = select(row.user_id).where(row.team_id == company.team_id, row.dialpad_user_id == user_id)
        statement = statement.where(THEIR_COMPANY == company.company, row.broken.is_(False))  # noqa: SIM300  a column is compared
        found = connection.execute(statement.order_by(row.user_id).limit(1)).scalar_one_or_none()
        return None if found is None else PersonKey(company.team_id, found)

    async def connected_as(self, company: CompanyKey, user_id: str) -> PersonKey | None:
        """Return who of a company is connected as this person at Dialpad; None when nobody is."""
        return await self._context.database.read(lambda connection: self.at_dialpad(connection, company, user_id))

    async def save(self, key: PersonKey, link: DialpadConnection) -> None:
        """Store a connection in place of an earlier one, whose tokens are gone when this returns."""
        tokens = {
            "access": link.access_token.get_secret_value(),
            "refresh": link.refresh_token.get_secret_value() if link.refresh_token else None,
        }
        values = {
            "kind": link.kind,
            "sealed": self._context.keys.seal_json(tokens, _name(key)),
            "expires_at": link.expires_at,
            "scopes": list(link.scopes),
            "dialpad_user_id": link.dialpad_user_id,
            "dialpad_name": link.dialpad_name,
            "company_id": link.company_id,
            "is_company_key": link.is_company_key,
            "broken": link.broken,
            "connected_at": link.connected_at,
        }

        def change(connection: Connection) -> None:
            statement = insert_for(connection, connections).values(team_id=key.team_id, user_id=key.user_id, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["team_id", "user_id"], set_=values))

        await self._context.database.write(change)

    async def delete(self, key: PersonKey) -> None:
        await self._context.run(delete(connections).where(belongs_to(connections, key)))

    async def mark_broken(self, key: PersonKey) -> bool:
        """Mark a connection as broken. True only for the one caller who found it working: that one tells the person."""
        statement = (
            update(connections).where(belongs_to(connections, key), connections.c.broken.is_(False)).values(broken=True)
        )
        return await self._context.run(statement) == 1

    def read(self, row: Row[Any]) -> DialpadConnection:
        """Read a connection from a row of the table. Raises KeyProblem."""
        tokens = self._context.keys.open_json(row.sealed, _name(PersonKey(row.team_id, row.user_id)))
        return DialpadConnection(
            kind=row.kind,
            access_token=SecretStr(tokens["access"]),
            refresh_token=SecretStr(tokens["refresh"]) if tokens["refresh"] is not None else None,
            expires_at=row.expires_at,
            scopes=tuple(row.scopes),
            dialpad_user_id=row.dialpad_user_id,
            dialpad_name=row.dialpad_name,
            company_id=row.company_id,
            is_company_key=row.is_company_key,
            broken=row.broken,
            connected_at=row.connected_at,
        )


def _name(key: PersonKey) -> str:
    return row_name(connections.name, key.team_id, key.user_id)
