"""What a person chose: region, time zone, favourites. One JSON object each, in clear."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, select, update

from bot.basics.person import PersonKey
from bot.store.schema import StoreContext, belongs_to, insert_for, metadata, person_columns
from bot.store.table_rules import Forever, Otherwise, rules

preferences = Table(
    "preferences",
    metadata,
    *person_columns(primary_key=True),
    Column("chosen", JSON, nullable=False),
    info=rules(forget=Forever("until the workspace leaves"), person=Otherwise("kept for when they connect again")),
)


class Preferences:
    """Unknown names are kept as they are; what they mean belongs to whoever asks."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def get(self, person: PersonKey) -> dict[str, Any]:
        statement = select(preferences.c.chosen).where(belongs_to(preferences, person))

        def query(connection: Connection) -> dict[str, Any]:
            return connection.execute(statement).scalar_one_or_none() or {}

        return await self._context.database.read(query)

    async def set(self, person: PersonKey, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Merges ``changes`` in; None takes a name out. Returns all that is chosen now."""
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
