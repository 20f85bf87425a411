"""Deletion of expired rows, as each table declares it, in transactions so small that whoever writes meanwhile hardly
waits. A row goes together with those that go with it."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Table, and_, delete, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store.database import Database
from bot.store.schema import Everywhere, everywhere
from bot.store.table_rules import Forever, Pruned, Retention, With, all_tables, are_over, goes_with, rules_of

T = TypeVar("T")
AT_FIRST: Final = 50
"""Rows of one table in the first transaction, without those that go with them."""
LEAST: Final = 20
MOST: Final = 500
TAKES_S: Final = 0.006
"""How long a transaction is meant to take: the next one has so many rows. Whoever is to be acknowledged waits for one
that has begun, and shares the commit of another."""
_BY_AT_MOST: Final = 2.0
"""By how much a transaction may be larger than the one before."""


async def purge(database: Database, now: datetime, retention: Retention) -> dict[str, int]:
    """Delete everything expired; return table name to rows deleted."""
    found: Counter[str] = Counter()
    for table in all_tables():
        forget, wipe = rules_of(table).forget, rules_of(table).wipe
        if wipe is not None:
            await _wipe_all(database, table, and_(wipe(table, now), table.c.sealed.is_not(None)))
        if isinstance(forget, Forever):
            continue
        found.setdefault(table.name, 0)
        if isinstance(forget, With):
            continue  # deleted with its parents
        if isinstance(forget, Pruned):
            found[table.name] += await _prune(database, forget, now, retention)
        else:
            found.update(await _delete_all(database, table, are_over(table, now, retention)))
    return dict(found)


async def _wipe_all(database: Database, table: Table, late: ColumnElement[bool]) -> None:
    portions = _Portions(database)
    while await portions.take(lambda held, most: _wipe(held, table, late, most)) == portions.taken:
        pass


async def _prune(database: Database, rule: Pruned, now: datetime, retention: Retention) -> int:
    portions, found = _Portions(database), 0
    while some := await portions.take(lambda held, most: rule.prune(held, now, retention, most)):
        found += some
    return found


async def _delete_all(database: Database, table: Table, over: ColumnElement[bool]) -> Counter[str]:
    portions, found = _Portions(database), Counter[str]()
    while True:
        gone = await portions.take(lambda held, most: _delete(held, table, over, most))
        found.update(gone)
        if gone[table.name] < portions.taken:
            return found


@dataclass
class _Portions:
    """Does work row by row, so many at once that each transaction takes a few milliseconds, with a rest after each
    as long as it took. ``taken``: how many rows the last one was asked for.

    Nothing waits for the disk: what a crash of the machine undoes is deleted an hour later.
    """

    database: Database
    taken: int = 0
    _next: int = field(default_factory=lambda: AT_FIRST)

    async def take(self, work: Callable[[Connection, int], T]) -> T:
        """Do the next portion."""
        self.taken = most = self._next
        took_s = 0.0

        def timed(connection: Connection) -> T:
            nonlocal took_s
            began = time.perf_counter()
            done = work(connection, most)
            took_s = time.perf_counter() - began
            return done

        done = await self.database.write(timed, synced=False)
        fits = most * min(_BY_AT_MOST, TAKES_S / max(took_s, TAKES_S / MOST))
        self._next = max(LEAST, min(MOST, int(fits)))
        await asyncio.sleep(took_s)
        return done


def _wipe(connection: Connection, table: Table, late: ColumnElement[bool], most: int) -> int:
    these = _these(table, _some(connection, table, late, most))
    return connection.execute(everywhere(update(table).where(these).values(sealed=None), Everywhere.EXPIRED)).rowcount


def _delete(connection: Connection, table: Table, over: ColumnElement[bool], most: int) -> Counter[str]:
    found: Counter[str] = Counter()
    keys = _some(connection, table, over, most)
    if keys:
        _delete_these(connection, table, _these(table, keys), found)
    return found


def _delete_these(connection: Connection, table: Table, these: ColumnElement[bool], found: Counter[str]) -> None:
    """Delete rows, after those that go with them."""
    for other in all_tables():
        link = rules_of(other).forget
        if isinstance(link, With) and link.table == table.name:
            _delete_these(connection, other, goes_with(other, link, these), found)
    found[table.name] += connection.execute(everywhere(delete(table).where(these), Everywhere.EXPIRED)).rowcount


def _some(connection: Connection, table: Table, where: ColumnElement[bool], most: int) -> Sequence[Any]:
    """Return the primary keys of the next rows; locked, so that what changes meanwhile is looked at as it is."""
    keys = select(*table.primary_key).where(where).order_by(*table.primary_key).limit(most)
    return connection.execute(everywhere(keys.with_for_update(skip_locked=True), Everywhere.EXPIRED)).all()


def _these(table: Table, keys: Sequence[Any]) -> ColumnElement[bool]:
    columns = [*table.primary_key]
    alone: ColumnElement[bool] = columns[0].in_([key[0] for key in keys])
    return alone if len(columns) == 1 else tuple_(*columns).in_([tuple(key) for key in keys])
