"""Requests that run later: "do not disturb for 30 minutes" stores how to switch it off again.

The timer itself (``bot.store.durable_later``) knows only a row's ``id``; the request is sealed here.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, LargeBinary, Row, Table, Text, delete, select

from bot.basics.person import PersonKey
from bot.basics.stored_json import StoredJson
from bot.store.keys import row_name
from bot.store.schema import MomentColumn, StoreContext, belongs_to, insert_for, metadata, person_columns
from bot.store.table_rules import Forever, Goes, rules

kept = Table(
    "kept",
    metadata,
    Column("key", Text, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    *person_columns(),
    Column("route", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("due_at", MomentColumn, nullable=False),
    info=rules(forget=Forever("until it is done, cancelled or given up"), person=Goes(), read_at_start=True),
)


@dataclass(frozen=True)
class TimedRequest:
    """One request that waits. ``id`` changes when a later request with the same key replaces it."""

    id: str
    key: str
    person: PersonKey
    route: str
    args: Mapping[str, Any] = field(repr=False)
    place: Mapping[str, Any] = field(repr=False)
    due_at: datetime


_REQUEST: Final = StoredJson(TimedRequest, "id", "key", "person", "route", "due_at")


@dataclass(frozen=True)
class WaitingRequest:
    """The part of a request that can be read without its key."""

    id: str
    due_at: datetime


class TimedRequests:
    """Queries on timed requests. At most one request per key, over all persons: put the person into the key."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def put(
        self,
        key: str,
        person: PersonKey,
        due_at: datetime,
        route: str,
        args: Mapping[str, Any],
        place: Mapping[str, Any],
        also: Callable[[Connection, str], None] | None = None,
    ) -> tuple[str, str | None]:
        """Store a request in place of an earlier one with the same key. Return its id, and the earlier one's.

        ``also`` is called with the new id in the same transaction: to start the timer.
        """
        name = secrets.token_urlsafe(16)
        request = TimedRequest(name, key, person, route, args, place, due_at)
        values = {
            "id": name,
            "team_id": person.team_id,
            "user_id": person.user_id,
            "route": route,
            "sealed": self._context.keys.seal_json(_REQUEST.dump(request), row_name(kept.name, key)),
            "due_at": due_at,
        }

        def change(connection: Connection) -> str | None:
            before = connection.execute(select(kept.c.id).where(kept.c.key == key).with_for_update())
            earlier = before.scalar_one_or_none()
            statement = insert_for(connection, kept).values(key=key, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))
            if also is not None:
                also(connection, name)
            return earlier

        return name, await self._context.database.write(change)

    async def get(self, name: str) -> TimedRequest | None:
        """Read a request by id; None when it was replaced, cancelled or is done."""
        statement = select(kept).where(kept.c.id == name)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(statement).one_or_none()

        row = await self._context.database.read(query)
        return None if row is None else self._read(row)

    async def unread(self, name: str) -> TimedRequest | None:
        """Return a request without what is sealed in it: whose it was, and for when."""
        statement = select(kept)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(statement.where(kept.c.id == name)).one_or_none()

        row = await self._context.database.read(query)
        if row is None:
            return None
        return TimedRequest(name, row.key, PersonKey(row.team_id, row.user_id), row.route, {}, {}, row.due_at)

    async def drop(self, name: str) -> bool:
        """Delete a request by id; one stored since under the same key stays. False when there was none."""
        return await self._context.run(delete(kept).where(kept.c.id == name)) == 1

    async def cancel(self, key: str) -> str | None:
        """Cancel a request by key. Return the id of the one that was waiting, None when there was none."""
        statement = delete(kept).where(kept.c.key == key).returning(kept.c.id)

        def change(connection: Connection) -> str | None:
            return connection.execute(statement).scalar_one_or_none()

        return await self._context.database.write(change)

    async def of(self, person: PersonKey) -> list[TimedRequest]:
        """Return everything that waits for a person, the next first."""
        statement = select(kept).where(belongs_to(kept, person)).order_by(kept.c.due_at, kept.c.key)

        def query(connection: Connection) -> list[Row[Any]]:
            return list(connection.execute(statement).all())

        return [self._read(row) for row in await self._context.database.read(query)]

    async def waiting(self) -> list[WaitingRequest]:
        """Return everybody's waiting requests: each must have a timer."""
        statement = select(kept.c.id, kept.c.due_at).order_by(kept.c.due_at)

        def query(connection: Connection) -> list[WaitingRequest]:
            return [WaitingRequest(row.id, row.due_at) for row in connection.execute(statement)]

        return await self._context.database.read(query)

    def _read(self, row: Row[Any]) -> TimedRequest:
        stored = self._context.keys.open_json(row.sealed, row_name(kept.name, row.key))
        person = PersonKey(row.team_id, row.user_id)
        return _REQUEST.load(stored, id=row.id, key=row.key, person=person, route=row.route, due_at=row.due_at)
