"""Subscriptions: which channel or person hears of what. What a rule means belongs to ``bot.watching.watch``."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Row, Table, Text, delete, insert, select, update

from bot.person import PersonKey
from bot.store.schema import Door, Moment, metadata, person_columns
from bot.watching.watch import Watch, from_json, to_json

watches = Table(
    "watches",
    metadata,
    Column("id", Text, primary_key=True),
    *person_columns(),
    Column("channel", Text, nullable=False, index=True),
    Column("rule", JSON, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("problem", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)


class Watches:
    """Some per channel. ``problem`` is why posting did not work when its owner was told."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def new_id(self) -> str:
        """For a watch that is not stored yet: short, since every button of a card carries it."""
        return secrets.token_urlsafe(6)

    async def save(self, watch: Watch) -> None:
        """Adds it, or changes the one with the same id. The channel of a watch stays what it was."""
        values = {"rule": to_json(watch), "paused": watch.paused, "problem": watch.problem}
        fresh = {
            "id": watch.id,
            "team_id": watch.owner.team_id,
            "user_id": watch.owner.user_id,
            "channel": watch.channel,
            "created_at": self._door.now(),
            **values,
        }

        def change(connection: Connection) -> None:
            if not connection.execute(update(watches).where(watches.c.id == watch.id).values(**values)).rowcount:
                connection.execute(insert(watches).values(**fresh))

        await self._door.database.write(change)

    async def get(self, name: str) -> Watch | None:
        found = await self._select(watches.c.id == name)
        return found[0] if found else None

    async def here(self, team_id: str, channel: str) -> list[Watch]:
        """Those that post to one place, the oldest first."""
        return await self._select(watches.c.team_id == team_id, watches.c.channel == channel)

    async def of_team(self, team_id: str) -> list[Watch]:
        """All of a workspace that are not paused."""
        return await self._select(watches.c.team_id == team_id, watches.c.paused.is_(False))

    async def owned(self, owner: PersonKey) -> list[Watch]:
        return await self._select(watches.c.team_id == owner.team_id, watches.c.user_id == owner.user_id)

    async def delete(self, name: str) -> bool:
        """False when it was gone. What it has posted stays, and is still brought up to date."""
        return await self._door.run(delete(watches).where(watches.c.id == name)) == 1

    async def note_problem(self, name: str, problem: str) -> bool:
        """True when this is news: nobody was told of this problem since posting last worked."""
        changed = update(watches).where(watches.c.id == name, watches.c.problem != problem).values(problem=problem)
        return await self._door.run(changed) == 1

    async def _select(self, *where: Any) -> list[Watch]:
        statement = select(watches).where(*where).order_by(watches.c.created_at, watches.c.id)

        def query(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(statement).all()

        return [_read(row) for row in await self._door.database.read(query)]


def _read(row: Row[Any]) -> Watch:
    owner = PersonKey(row.team_id, row.user_id)
    return from_json(row.id, owner, row.channel, row.rule, paused=row.paused, problem=row.problem)
