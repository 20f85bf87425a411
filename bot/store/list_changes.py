"""News among processes that a copy of one of Dialpad's lists is outdated: each has copies of its own."""

from datetime import timedelta
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, Table, Text, func, select

from bot.store.processes import database_now, older_by_the_database
from bot.store.schema import StoreContext, insert_for, metadata
from bot.store.table_rules import Otherwise, rules

KEPT_FOR: Final = timedelta(hours=1)
_OVERLAP: Final = 5_000_000
"""Microseconds that are looked at again: of two changes at once, the later may be readable first."""

list_changes = Table(
    "list_changes",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    info=rules(
        forget=older_by_the_database("changed_at", KEPT_FOR),
        workspace=Otherwise("names no one, and is gone within an hour"),
    ),
)


class ListChanges:
    """Queries on outdated lists. ``process`` is the id of this process, which knows of its own."""

    def __init__(self, context: StoreContext, process: str) -> None:
        self._context = context
        self._process = process
        self._seen: int | None = None

    async def note(self, scope: str, entity: str) -> None:
        """Tell the other processes that this list of ``scope`` is outdated; "" for all of its lists."""
        values = {"process": self._process, "changed_at": database_now()}

        def change(connection: Connection) -> None:
            row = insert_for(connection, list_changes).values(scope=scope, entity=entity, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["scope", "entity"], set_=values))

        await self._context.database.write(change)

    async def news(self) -> list[tuple[str, str]]:
        """Return what the others have told since the last time, and perhaps a little of what they told before."""

        def query(connection: Connection) -> tuple[list[tuple[str, str]], int]:
            newest = connection.execute(select(func.max(list_changes.c.changed_at))).scalar_one() or 0
            since = newest if self._seen is None else self._seen
            theirs = select(list_changes.c.scope, list_changes.c.entity).where(
                list_changes.c.changed_at > since - _OVERLAP, list_changes.c.process != self._process
            )
            return [(row.scope, row.entity) for row in connection.execute(theirs)], newest

        found, self._seen = await self._context.database.read(query)
        return found
