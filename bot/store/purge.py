"""Deletion of expired rows, as each table declares it, in transactions so small that whoever writes meanwhile hardly
waits. A row goes together with those that go with it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, and_, delete, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store.database import Database
from bot.store.schema import Everywhere, everywhere
from bot.store.table_rules import Forever, Pruned, Retention, With, all_tables, are_over, goes_with, rules_of

AT_ONCE: Final = 200
"""Rows of one table in one transaction, without those that go with them: a few milliseconds."""


async def purge(database: Database, now: datetime, retention: Retention) -> dict[str, int]:
    """Delete everything expired; return table name to rows deleted."""
    found: Counter[str] = Counter()
    for table in all_tables():
        forget, wipe = rules_of(table).forget, rules_of(table).wipe
        if wipe is not None:
            late = and_(wipe(table, now), table.c.sealed.is_not(None))
            while (await database.write(lambda held, table=table, late=late: _wipe(held, table, late))) == AT_ONCE:  # type: ignore[misc]  # mypy cannot infer the lambda
                pass
        if isinstance(forget, Forever):
            continue
        found.setdefault(table.name, 0)
        if isinstance(forget, With):
            continue  # deleted with its parents
        if isinstance(forget, Pruned):
            while some := await database.write(lambda held, rule=forget: rule.prune(held, now, retention)):  # type: ignore[misc]  # mypy cannot infer the lambda
                found[table.name] += some
            continue
        over = are_over(table, now, retention)
        while gone := await database.write(lambda held, table=table, over=over: _delete(held, table, over)):  # type: ignore[misc]  # mypy cannot infer the lambda
            found.update(gone)
            if gone[table.name] < AT_ONCE:
                break
    return dict(found)


def _wipe(connection: Connection, table: Table, late: ColumnElement[bool]) -> int:
    these = _these(table, _some(connection, table, late))
    return connection.execute(everywhere(update(table).where(these).values(sealed=None), Everywhere.EXPIRED)).rowcount


def _delete(connection: Connection, table: Table, over: ColumnElement[bool]) -> Counter[str]:
    found: Counter[str] = Counter()
    keys = _some(connection, table, over)
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


def _some(connection: Connection, table: Table, where: ColumnElement[bool]) -> Sequence[Any]:
    """Return the primary keys of the next rows; locked, so that what changes meanwhile is looked at as it is."""
    keys = select(*table.primary_key).where(where).order_by(*table.primary_key).limit(AT_ONCE)
    return connection.execute(everywhere(keys.with_for_update(skip_locked=True), Everywhere.EXPIRED)).all()


def _these(table: Table, keys: Sequence[Any]) -> ColumnElement[bool]:
    columns = [*table.primary_key]
    alone: ColumnElement[bool] = columns[0].in_([key[0] for key in keys])
    return alone if len(columns) == 1 else tuple_(*columns).in_([tuple(key) for key in keys])
