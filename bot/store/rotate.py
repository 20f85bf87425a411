"""Key rotation: seals every value with the first key while the bot runs."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, delete, func, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store.database import Database
from bot.store.keys import KeyProblem, Keyring
from bot.store.schema import Everywhere, everywhere, name_row
from bot.store.table_rules import all_tables, rules_of

CHUNK = 200
"""Rows per transaction, so that the bot's own writes get in between."""


@dataclass(frozen=True)
class Rotation:
    """The result of a rotation. ``resealed`` rows now carry the first key; ``dropped`` could not be read by any key
    and were deleted."""

    resealed: int
    dropped: int


async def rotate(database: Database, keys: Keyring, *, drop_unreadable: bool = False) -> Rotation:
    """Seal every row with the first key. Raises KeyProblem when rows cannot be read, unless they may be dropped."""
    resealed = dropped = 0
    for table in _sealed_tables():
        names = await database.read(partial(_stale, table, keys))
        for start in range(0, len(names), CHUNK):
            chunk = names[start : start + CHUNK]
            done, gone = await database.write(partial(_reseal, table, chunk, keys, drop_unreadable))
            resealed, dropped = resealed + done, dropped + gone
    return Rotation(resealed, dropped)


def count_unreadable(connection: Connection, keys: Keyring) -> int:
    """Count the rows that the bot needs to start and that were sealed with a key that is not in the keyring."""
    tables = [table for table in _sealed_tables() if rules_of(table).read_at_start]
    return sum(_count_unreadable(connection, table, keys) for table in tables)


def _count_unreadable(connection: Connection, table: Table, keys: Keyring) -> int:
    sealed = table.c.sealed
    statement = select(func.count()).where(sealed.is_not(None), _head(sealed).not_in(sorted(keys.heads)))
    return connection.execute(everywhere(statement.select_from(table), Everywhere.KEYS)).scalar_one()


def _sealed_tables() -> list[Table]:
    return [table for table in all_tables() if "sealed" in table.c]


def _head(sealed: Column[Any]) -> ColumnElement[bytes]:
    return func.substr(sealed, 1, 5, type_=LargeBinary)


def _stale(table: Table, keys: Keyring, connection: Connection) -> list[tuple[Any, ...]]:
    statement = select(*table.primary_key).where(table.c.sealed.is_not(None), _head(table.c.sealed) != keys.head)
    return [tuple(row) for row in connection.execute(everywhere(statement, Everywhere.KEYS))]


def _reseal(
    table: Table, names: list[tuple[Any, ...]], keys: Keyring, drop_unreadable: bool, connection: Connection
) -> tuple[int, int]:
    done = gone = 0
    key = tuple_(*table.primary_key)
    for row in connection.execute(everywhere(select(table).where(key.in_(names)), Everywhere.KEYS)):
        if row.sealed is None:
            continue
        # Only the value that was read is replaced: the bot may have written a newer one meanwhile.
        same = (key == tuple(getattr(row, column.name) for column in table.primary_key), table.c.sealed == row.sealed)
        try:
            sealed = keys.seal(keys.open(row.sealed, name_row(table, row)), name_row(table, row))
        except KeyProblem as problem:
            if not drop_unreadable:
                raise KeyProblem(
                    f"Not everything in {table.name} can be read. {problem} "
                    "To give up what cannot be read, run `dialpad-chatops keys rotate --drop-unreadable`."
                ) from None
            gone += connection.execute(everywhere(delete(table).where(*same), Everywhere.KEYS)).rowcount
        else:
            resealed = everywhere(update(table).where(*same).values(sealed=sealed), Everywhere.KEYS)
            done += connection.execute(resealed).rowcount
    return done, gone
