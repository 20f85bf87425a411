"""What all tables share: one MetaData, how a moment is stored, and which columns are sealed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    Executable,
    MetaData,
    Row,
    Table,
    Text,
    TypeDecorator,
    and_,
    bindparam,
)
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.elements import ColumnElement

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.store.database import Database
from bot.store.keys import Keyring, row_name

Clock: TypeAlias = Callable[[], datetime]
_Statement = TypeVar("_Statement", bound=Executable)

EVERYWHERE: Final = "crosses_companies"
"""The execution option of a query that is not about one company."""
SEALED_FOR: Final = "sealed_for"
"""In a table's ``info``: the columns that name a sealed value, where that is not the primary key."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class MomentColumn(TypeDecorator[datetime]):
    """A column of aware datetimes, stored as microseconds since 1970 UTC, so that both databases compare and sort
    them alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def person_columns(*, primary_key: bool = False) -> tuple[Column[str], Column[str]]:
    """Build the columns for the person a row belongs to."""
    return (
        Column("team_id", Text, primary_key=primary_key, nullable=False),
        Column("user_id", Text, primary_key=primary_key, nullable=False),
    )


def belongs_to(table: Table, person: PersonKey) -> ColumnElement[bool]:
    return and_(table.c.team_id == person.team_id, table.c.user_id == person.user_id)


def company_columns(*, primary_key: bool = False) -> tuple[Column[str], Column[str]]:
    """Build the columns for the Dialpad company a row belongs to."""
    return (
        Column("team_id", Text, primary_key=primary_key, nullable=False),
        Column("company", Text, primary_key=primary_key, nullable=False),
    )


def within(table: Table, company: CompanyKey) -> ColumnElement[bool]:
    """Select the rows of one company. Every query on a table with a company says this, or ``everywhere``."""
    return and_(table.c.team_id == company.team_id, table.c.company == company.company)


def within_named(table: Table) -> ColumnElement[bool]:
    """Select the rows of the company that ``company_values`` name, in a query that is built once."""
    return and_(table.c.team_id == bindparam("team_id"), table.c.company == bindparam("company"))


def of_the_named(table: Table) -> ColumnElement[bool]:
    """Select the rows of the person that ``person_values`` name, in a query that is built once."""
    return and_(table.c.team_id == bindparam("team_id"), table.c.user_id == bindparam("user_id"))


def person_values(person: PersonKey) -> dict[str, str]:
    """Return the values that ``of_the_named`` selects by."""
    return {"team_id": person.team_id, "user_id": person.user_id}


def company_values(company: CompanyKey) -> dict[str, str]:
    """Return a new row's values for ``company_columns``."""
    return {"team_id": company.team_id, "company": company.company}


class Everywhere(StrEnum):
    """Why a query may cross companies. ``tests/rules/test_companies.py`` lists who says so."""

    DUE = "what is due is looked for in all companies at once"
    POSTER = "the poster's own rows, by the ids it was given as due"
    HOOK = "a hook's secret id is all that a delivery names, and says whose it is"
    LISTENING = "all companies are listened to, each through its own hooks"
    SLACK = "channels and user groups belong to the workspace"
    OWN = "a person's own, whichever company they are in now"
    WHOSE = "it says whose something is, and nothing else"
    LEAVING = "whoever leaves takes everything of theirs along"
    EXPIRED = "what has expired has expired for everybody"
    KEYS = "keys are changed for everybody"
    OPERATOR = "it is for whoever runs the bot"


def everywhere(statement: _Statement, why: Everywhere) -> _Statement:
    """Let a query cross companies, for a reason."""
    return statement.execution_options(**{EVERYWHERE: why})


def name_row(table: Table, row: Row[Any]) -> str:
    """Return the name a row's sealed value is tied to: from its primary key, or the columns it was tied to before its
    key became longer."""
    named_by = table.info.get(SEALED_FOR) or [column.name for column in table.primary_key]
    return row_name(table.name, *(str(getattr(row, name)) for name in named_by))


@dataclass(frozen=True)
class StoreContext:
    """What every query class works with."""

    database: Database
    keys: Keyring
    now: Clock

    async def run(self, statement: Executable) -> int:
        """Run one statement that changes something; return how many rows it touched."""

        def change(connection: Connection) -> int:
            return connection.execute(statement).rowcount

        return await self.database.write(change)


def insert_for(connection: Connection, table: Table) -> PostgresInsert | SqliteInsert:
    """Build an INSERT that supports ON CONFLICT, in the connection's dialect."""
    return postgres_insert(table) if connection.dialect.name == "postgresql" else sqlite_insert(table)
