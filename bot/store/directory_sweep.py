"""Deletes entries of lists that are gone, in transactions so small that whoever writes meanwhile hardly waits."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, func, select, tuple_

from bot.store.database import Database
from bot.store.directory_tables import entries, lists, words
from bot.store.schema import Everywhere, everywhere

AT_ONCE: Final = 1_000
"""Rows of one transaction: about 10 ms."""


async def sweep(database: Database) -> int:
    """Delete what belongs to no list any more; return how many entries that were."""
    found = 0
    for table in (words, entries):
        for list_id in await database.read(_lists_in(table)):
            if await database.read(_is_gone(list_id)):
                rows = await _delete_all(database, table, list_id)
                found += rows if table is entries else 0
    return found


def _lists_in(table: Table) -> Callable[[Connection], list[int]]:
    """Read which lists have rows: from one list's to the next one's in the index, not row by row."""

    def query(connection: Connection) -> list[int]:
        found: list[int] = []
        last = -1
        while True:
            after = everywhere(select(func.min(table.c.list_id)).where(table.c.list_id > last), Everywhere.EXPIRED)
            following = connection.execute(after).scalar_one()
            if following is None:
                return found
            found.append(last := int(following))

    return query


def _is_gone(list_id: int) -> Callable[[Connection], bool]:
    known = everywhere(select(lists.c.id).where(lists.c.id == list_id), Everywhere.EXPIRED)
    return lambda connection: connection.execute(known).first() is None


async def _delete_all(database: Database, table: Table, list_id: int) -> int:
    order = [*words.primary_key] if table is words else [entries.c.text, entries.c.id]
    here = table.c.list_id == list_id

    def some(connection: Connection) -> int:
        bound = select(*order).where(here).order_by(*order).offset(AT_ONCE).limit(1)
        beyond: Any = connection.execute(everywhere(bound, Everywhere.EXPIRED)).one_or_none()
        these = here if beyond is None else here & (tuple_(*order) < tuple_(*beyond))
        return connection.execute(everywhere(delete(table).where(these), Everywhere.EXPIRED)).rowcount

    total = 0
    while deleted := await database.write(some):
        total += deleted
    return total
