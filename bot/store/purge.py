"""Deletion of expired rows, as each table declares it."""

from datetime import datetime

from sqlalchemy import Connection, and_, delete, update

from bot.store.schema import Everywhere, everywhere
from bot.store.table_rules import Forever, all_tables, are_over, rules_of


def purge(connection: Connection, now: datetime) -> dict[str, int]:
    """Delete everything expired; return table name to rows deleted."""
    tables = all_tables()
    for table in tables:
        if (wipe := rules_of(table).wipe) is not None:
            late = and_(wipe(table, now), table.c.sealed.is_not(None))
            connection.execute(everywhere(update(table).where(late).values(sealed=None), Everywhere.EXPIRED))
    return {
        table.name: connection.execute(
            everywhere(delete(table).where(are_over(table, now)), Everywhere.EXPIRED)
        ).rowcount
        for table in tables
        if not isinstance(rules_of(table).forget, Forever)
    }
