"""A person's preferences: region, time zone, favourites. One JSON object each, not sealed."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import JSON, Column, Connection, Table, select, update

from bot.basics.person import PersonKey
from bot.store.schema import (
    StoreContext,
    belongs_to,
    insert_for,
    metadata,
    of_the_named,
    person_columns,
    person_values,
)
from bot.store.table_rules import Forever, Otherwise, rules

preferences = Table(
    "preferences",
    metadata,
    *person_columns(primary_key=True),
    Column("chosen", JSON, nullable=False),
    info=rules(forget=Forever("until the workspace leaves"), person=Otherwise("kept for when they connect again")),
)

_GET: Final = select(preferences.c.chosen).where(of_the_named(preferences))


class Preferences:
    """Queries on preferences. Unknown names are stored as they are; the caller knows what they mean."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def get(self, person: PersonKey) -> dict[str, Any]:
        def query(connection: Connection) -> dict[str, Any]:
            return connection.execute(_GET, person_values(person)).scalar_one_or_none() or {}

        return await self._context.database.look_up(query)

    def of(self, connection: Connection, person: PersonKey) -> dict[str, Any]:
        """Return a person's preferences, within a transaction."""
        return connection.execute(_GET, person_values(person)).scalar_one_or_none() or {}

    async def set(self, person: PersonKey, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Merge ``changes`` into a person's preferences; None removes a name. Return all of them."""
        where = belongs_to(preferences, person)
        lock = select(preferences.c.chosen).where(where).with_for_update()

        def change(connection: Connection) -> dict[str, Any]:
            first = insert_for(connection, preferences).values(
                team_id=person.team_id, user_id=person.user_id, chosen={}
            )
            connection.execute(first.on_conflict_do_nothing())
            merged = {**connection.execute(lock).scalar_one(), **changes}
            chosen = {name: value for name, value in merged.items() if value is not None}
            connection.execute(update(preferences).where(where).values(chosen=chosen))
            return chosen

        return await self._context.database.write(change)
