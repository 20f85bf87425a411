"""Requests that run later: "do not disturb for 30 minutes" stores how to switch it off again.

Each is a row until it is done or given up. ``next_at`` is when its next attempt begins, ``holder`` the process that
makes one now.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.basics.person import PersonKey
from bot.basics.stored_json import StoredJson
from bot.store.keys import row_name
from bot.store.processes import living
from bot.store.schema import (
    MomentColumn,
    StoreContext,
    insert_for,
    metadata,
    of_the_named,
    person_columns,
    person_values,
)
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
    Column("next_at", MomentColumn, nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("holder", Text),
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


_BY_KEY: Final = select(kept.c.id).where(kept.c.key == bindparam("key"))
_OF_PERSON: Final = (
    select(kept)
    .where(of_the_named(kept), or_(kept.c.holder.is_(None), kept.c.holder.not_in(living())))
    .order_by(kept.c.due_at, kept.c.key)
)
_REQUEST: Final = StoredJson(TimedRequest, "id", "key", "person", "route", "due_at")


@dataclass(frozen=True)
class DueRequest:
    """A request that this process took. It can be read without its key. ``attempt`` counts from 1."""

    id: str
    attempt: int


class TimedRequests:
    """Queries on timed requests. At most one request per key, over all persons: put the person into the key.
    ``holder`` is the id of this process."""

    def __init__(self, context: StoreContext, holder: str) -> None:
        self._context = context
        self._holder = holder

    async def put(
        self,
        key: str,
        person: PersonKey,
        due_at: datetime,
        route: str,
        args: Mapping[str, Any],
        place: Mapping[str, Any],
    ) -> tuple[str, str | None]:
        """Store a request in place of an earlier one with the same key. Return its id, and the earlier one's."""
        name = secrets.token_urlsafe(16)
        request = TimedRequest(name, key, person, route, args, place, due_at)
        values = {
            "id": name,
            "team_id": person.team_id,
            "user_id": person.user_id,
            "route": route,
            "sealed": self._context.keys.seal_json(_REQUEST.dump(request), row_name(kept.name, key)),
            "due_at": due_at,
            "next_at": due_at,
            "attempt": 1,
            "holder": None,
        }

        def change(connection: Connection) -> str | None:
            before = connection.execute(select(kept.c.id).where(kept.c.key == key).with_for_update())
            earlier = before.scalar_one_or_none()
            statement = insert_for(connection, kept).values(key=key, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))
            return earlier

        return name, await self._context.database.write(change)

    async def next_at(self, but: Collection[str] = ()) -> datetime | None:
        """Return when the next attempt begins; None when nothing waits. ``but``: the ids this process works on."""
        statement = select(func.min(kept.c.next_at, type_=MomentColumn)).where(self._free(but))

        def query(connection: Connection) -> datetime | None:
            return connection.execute(statement).scalar()

        return await self._context.database.read(query)

    async def take(self, now: datetime, most: int, but: Collection[str] = ()) -> list[DueRequest]:
        """Take requests whose time has come, the earliest first: this process works on them from then on."""
        due = select(kept.c.id).where(self._free(but), kept.c.next_at <= now).order_by(kept.c.next_at).limit(most)
        taking = (
            update(kept)
            .where(kept.c.id.in_(due.with_for_update(skip_locked=True)))
            .values(holder=self._holder)
            .returning(kept.c.id, kept.c.attempt)
        )

        def change(connection: Connection) -> list[DueRequest]:
            return [DueRequest(row.id, row.attempt) for row in connection.execute(taking)]

        return await self._context.database.write(change)

    async def again(self, name: str, attempt: int, next_at: datetime) -> None:
        """Let a request wait for its next attempt."""
        mine = (kept.c.id == name, kept.c.holder == self._holder)
        await self._context.run(update(kept).where(*mine).values(attempt=attempt, next_at=next_at, holder=None))

    async def free_those_of_the_dead(self) -> None:
        """Set free what processes work on that are no longer alive."""
        dead = (kept.c.holder.is_not(None), kept.c.holder != self._holder, kept.c.holder.not_in(living()))
        await self._context.run(update(kept).where(*dead).values(holder=None))

    def _free(self, but: Collection[str]) -> ColumnElement[bool]:
        """Select what nobody works on. A row may be this process's without its knowing, when it could not see that it
        was stored."""
        forgotten = and_(kept.c.holder == self._holder, kept.c.id.not_in(but))
        return or_(kept.c.holder.is_(None), forgotten)

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
        if not await self._context.database.look_up(lambda connection: _is_there(connection, key)):
            return None  # as mostly: every change by hand cancels what would undo it
        statement = delete(kept).where(kept.c.key == key).returning(kept.c.id)

        def change(connection: Connection) -> str | None:
            return connection.execute(statement).scalar_one_or_none()

        return await self._context.database.write(change)

    async def of(self, person: PersonKey) -> list[TimedRequest]:
        """Return everything that waits for a person, the next first, without what is being done right now."""

        def query(connection: Connection) -> list[Row[Any]]:
            return list(connection.execute(_OF_PERSON, person_values(person)).all())

        return [self._read(row) for row in await self._context.database.look_up(query)]

    def _read(self, row: Row[Any]) -> TimedRequest:
        stored = self._context.keys.open_json(row.sealed, row_name(kept.name, row.key))
        person = PersonKey(row.team_id, row.user_id)
        return _REQUEST.load(stored, id=row.id, key=row.key, person=person, route=row.route, due_at=row.due_at)


def _is_there(connection: Connection, key: str) -> bool:
    return connection.execute(_BY_KEY, {"key": key}).first() is not None
