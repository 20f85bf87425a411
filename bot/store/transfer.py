"""Copies all of the bot's tables from one database to another, and proves it with counts and checksums.

Sealed values are copied as they are, so the same keys are needed.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import URL, Connection, Integer, Row, Table, create_engine, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.store import migrate
from bot.store.database import DatabaseProblem, say_error, sqlite_file
from bot.store.in_use import alone_on
from bot.store.schema import Everywhere, everywhere
from bot.store.sqlite import build_engine, connect_to_existing
from bot.store.table_rules import all_tables

CHUNK: Final = 500


@dataclass(frozen=True)
class CopiedTable:
    """A table that was copied. ``checksum`` is the same for the same rows, in whatever order and database."""

    name: str
    rows: int
    checksum: str


class NotEmpty(DatabaseProblem):
    """The database that is to be written holds something already."""


class NotTheSame(DatabaseProblem):
    """What was written differs from what was read; nothing was changed."""


@contextmanager
def open_as_it_is(url: URL) -> Iterator[Connection]:
    """Open a connection that sees the database as it is at this moment, whatever is written meanwhile."""
    file = sqlite_file(url)
    if file is None:
        engine = create_engine(url, poolclass=NullPool)
    else:
        engine = create_engine("sqlite+pysqlite://", creator=partial(connect_to_existing, file), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
    finally:
        engine.dispose()


@contextmanager
def reading(url: URL) -> Iterator[Connection]:
    """Do the same with this version's tables. Raises DatabaseProblem for another version's."""
    with open_as_it_is(url) as connection:
        if not migrate.is_current(connection):
            raise DatabaseProblem(
                "The database has another version's tables. Use the version that wrote it, "
                "or run `dialpad-chatops db upgrade`."
            )
        yield connection


@contextmanager
def writing(url: URL) -> Iterator[Connection]:
    """Open a connection in a transaction, with this version's tables."""
    if sqlite_file(url) is None:
        engine = create_engine(url, poolclass=NullPool)
    else:
        engine = build_engine(url.set(drivername="sqlite+pysqlite"), begins="always", size=1)
    try:
        with engine.begin() as connection:
            migrate.upgrade(connection)
            yield connection
    finally:
        engine.dispose()


def copy_database(source: URL, target: URL, *, replace: bool) -> list[CopiedTable]:
    """Copy everything into another database on which no bot runs. Raises DatabaseProblem; then nothing was changed."""
    if source == target:
        raise DatabaseProblem("That is the same database. Give another address with --to.")
    try:
        with alone_on(target), reading(source) as theirs, writing(target) as ours:
            return copy_tables(theirs, ours, replace=replace)
    except SQLAlchemyError as error:
        raise DatabaseProblem(f"Nothing was copied: {say_error(error)}.") from error


def copy_tables(source: Connection, target: Connection, *, replace: bool = False) -> list[CopiedTable]:
    """Copy every table in the target's transaction. Raises NotEmpty unless what is there may be replaced, NotTheSame
    when a count or a checksum differs."""
    tables = all_tables()
    if not replace and (full := [one.name for one in tables if _count(target, one)]):
        raise NotEmpty(f"That database holds rows already, in {', '.join(full)}. Add --yes to replace them.")
    for table in tables:
        target.execute(everywhere(delete(table), Everywhere.OPERATOR))
    copied = [_copy(source, target, table) for table in reversed(tables)]
    for table, before in zip(reversed(tables), copied, strict=True):
        after = sum_up(target, table)
        if after != before:
            raise NotTheSame(
                f"{table.name} has {after.rows} rows ({after.checksum}) instead of {before.rows} ({before.checksum}). "
                "Nothing was changed."
            )
    return copied


def sum_up(connection: Connection, table: Table) -> CopiedTable:
    """Count a table's rows and sum up their checksums."""
    rows = total = 0
    for chunk in _chunks(connection, table):
        rows += len(chunk)
        total += sum(_hash(row) for row in chunk)
    return CopiedTable(table.name, rows, _short(total))


def _copy(source: Connection, target: Connection, table: Table) -> CopiedTable:
    target.execute(everywhere(delete(table), Everywhere.OPERATOR))  # what triggers wrote meanwhile
    rows = total = 0
    for chunk in _chunks(source, table):
        target.execute(insert(table), [{column.key: row[at] for at, column in enumerate(table.c)} for row in chunk])
        rows += len(chunk)
        total += sum(_hash(row) for row in chunk)
    _count_on(target, table)
    return CopiedTable(table.name, rows, _short(total))


def _count_on(target: Connection, table: Table) -> None:
    """Let numbers that Postgres gives out go on behind those that were copied."""
    if target.dialect.name != "postgresql":
        return
    for column in table.primary_key:
        if isinstance(column.type, Integer) and column.autoincrement is True:
            newest = everywhere(select(func.max(column)), Everywhere.OPERATOR)
            highest = target.execute(newest).scalar_one()
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            target.execute(select(func.setval(sequence, highest or 1, highest is not None)))


def _chunks(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    statement = everywhere(select(*table.c).order_by(*table.primary_key), Everywhere.OPERATOR)
    yield from connection.execution_options(yield_per=CHUNK).execute(statement).partitions()


def _count(connection: Connection, table: Table) -> int:
    counted = everywhere(select(func.count()).select_from(table), Everywhere.OPERATOR)
    return connection.execute(counted).scalar_one()


def _hash(row: Row[Any]) -> int:
    said = json.dumps(list(row), default=_plain, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(said.encode()).digest(), "big")


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a column holds {type(value).__name__}")


def _short(total: int) -> str:
    return f"{total % 2**256:064x}"[:16]
