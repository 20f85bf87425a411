"""Events that Dialpad delivered, on disk before Dialpad is answered. The key makes a repeat harmless, the content is
wiped once the event is delivered.

Events that arrive while others are being written are written together. Each belongs to the process that took it in, its
``holder``; what nobody holds, and what the dead held, is taken by whoever looks next.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.elements import ColumnElement

from bot.store.group_writes import GroupWrites
from bot.store.hooks import hooks
from bot.store.keys import row_name
from bot.store.processes import held_by_nobody
from bot.store.schema import Everywhere, MomentColumn, StoreContext, everywhere, metadata
from bot.store.table_rules import With, rules

KEPT_FOR = timedelta(days=2)
"""How long a delivered event's key is kept. Dialpad's last retry, of a text, comes within half a day."""
PARKED_FOR = timedelta(days=14)
"""How long an event that could not be delivered can still be retried."""
REPEATED_WITHIN = timedelta(minutes=10)
"""Contact events carry no time: the same content is a repeat within this, and a new event after it."""
HELD_LONG = timedelta(seconds=10)
"""Far longer than an event waits in the memory of the process that holds it."""


def _over(table: Table, now: datetime) -> ColumnElement[bool]:
    column = table.c
    return or_(
        and_(column.done_at.is_not(None), column.received_at <= now - KEPT_FOR),
        column.received_at <= now - PARKED_FOR,
    )


events = Table(
    "events",
    metadata,
    Column("key", Text, primary_key=True),
    Column("hook_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("received_at", MomentColumn, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
    Column("done_at", MomentColumn),
    Column("parked_at", MomentColumn),
    Column("holder", Text),
    Column("retry_at", MomentColumn),
    info=rules(forget=_over, workspace=With("hook_id", "hooks")),
)

Index(
    "ix_events_waiting",
    events.c.received_at,
    sqlite_where=events.c.done_at.is_(None),
    postgresql_where=events.c.done_at.is_(None),
)
_RECEIVE = {
    "sqlite": sqlite_insert(events).on_conflict_do_nothing(),
    "postgresql": postgres_insert(events).on_conflict_do_nothing().returning(events.c.key),
}
"""Built once: they run for every event before Dialpad is answered. SQLite is asked how many rows it wrote, which costs
half as much as to have each named; Postgres takes all rows at once only when it names them."""

_SETTLE: Update = (
    update(events)
    .where(events.c.key == bindparam("name"))
    .values(done_at=bindparam("now", type_=MomentColumn), sealed=None, holder=None)
)
_WAITS = and_(events.c.done_at.is_(None), events.c.parked_at.is_(None))
_PARKED = and_(events.c.done_at.is_(None), events.c.parked_at.is_not(None))


@dataclass(frozen=True)
class ParkedEvent:
    """An event that was set aside, without its content. ``company`` is None when its hook is gone."""

    name: str
    hook_id: str
    kind: str
    company: str | None
    received_at: datetime
    parked_at: datetime
    tries: int

    @property
    def key(self) -> str:
        """The key that people type for it. The row's own key may hold a customer's number."""
        return sha256(self.name.encode()).hexdigest()[:10]


@dataclass(frozen=True)
class EventCounts:
    """Counts of events that are waiting or set aside. ``oldest``: when the one that has waited longest came."""

    waiting: int
    parked: int
    oldest: datetime | None


@dataclass(frozen=True)
class _Received:
    """A row to be written. ``before``: the key of a repeat that came just before the time slot changed."""

    values: dict[str, Any]
    before: str | None


@dataclass(frozen=True)
class Taken:
    """A row that this process took, its content still sealed. ``tries`` counts deliveries that failed."""

    key: str
    hook_id: str
    sealed: bytes = field(repr=False)
    tries: int


class Events:
    """Queries on received events. Keys begin with their hook's id, so hooks cannot take one another's events away.
    ``holder`` is the id of this process."""

    def __init__(self, context: StoreContext, holder: str) -> None:
        self._context = context
        self._holder = holder
        self._arriving = GroupWrites(context.database, _insert)

    async def receive(
        self, key: str, *, hook_id: str, kind: str, body: bytes, timed: bool, held: bool = True
    ) -> str | None:
        """Store an event and return its row's key; it is on disk when this returns. None if it was received before.

        ``timed``: the key names the moment it happened. ``held``: this process delivers it; otherwise whoever takes it.
        """
        now = self._context.now()
        slot = int(now.timestamp() // REPEATED_WITHIN.total_seconds())
        name = f"{hook_id}:{key}" if timed else f"{hook_id}:{key}:{slot}"
        values = {
            "key": name,
            "hook_id": hook_id,
            "kind": kind,
            "sealed": self._context.keys.seal(body, row_name(events.name, name)),
            "received_at": now,
            "tries": 0,
            "holder": self._holder if held else None,
        }
        before = None if timed else f"{hook_id}:{key}:{slot - 1}"
        return name if await self._arriving.write(_Received(values, before)) else None

    async def look(self, most: int) -> tuple[bool, set[str]]:
        """Return whether ``take`` would find something, and the events that this process has held for longer than
        delivering takes: it may have forgotten some, when it could not see that they were stored."""
        long_ago = self._context.now() - HELD_LONG
        mine = and_(_WAITS, events.c.holder == self._holder, events.c.received_at <= long_ago)
        free, held = select(events.c.key).where(self._free()).limit(1), select(events.c.key).where(mine).limit(most)

        def query(connection: Connection) -> tuple[bool, set[str]]:
            found = connection.execute(free).first() is not None
            return found, set(connection.execute(held).scalars())

        return await self._context.database.read(query)

    async def take(self, most: int, forgotten: Collection[str] = ()) -> list[Taken]:
        """Take events that nobody alive holds and whose time has come, and those that this process has forgotten, the
        oldest first: they are this process's from then on."""
        column = events.c
        free = or_(self._free(), and_(_WAITS, column.key.in_(forgotten))) if forgotten else self._free()
        oldest = select(column.key).where(free).order_by(column.received_at, column.key).limit(most)
        taking = (
            update(events)
            .where(column.key.in_(oldest.with_for_update(skip_locked=True)))
            .values(holder=self._holder, retry_at=None)
            .returning(column.key, column.hook_id, column.sealed, column.tries, column.received_at)
        )

        def change(connection: Connection) -> list[Row[Any]]:
            return list(connection.execute(taking))

        rows = sorted(await self._context.database.write(change), key=lambda row: (row.received_at, row.key))
        return [Taken(row.key, row.hook_id, row.sealed or b"", row.tries) for row in rows]

    def _free(self) -> ColumnElement[bool]:
        retry_at = events.c.retry_at
        due = or_(retry_at.is_(None), retry_at <= self._context.now())
        return and_(_WAITS, held_by_nobody(events.c.holder, self._holder), due)

    def open(self, taken: Taken) -> bytes:
        """Return an event's JSON as it came, without the envelope. Raises KeyProblem."""
        return self._context.keys.open(taken.sealed, row_name(events.name, taken.key))

    def still_waiting(self, connection: Connection, names: Collection[str]) -> dict[str, bool]:
        """Return those of these events that are not delivered, set aside or deleted yet, each with whether the hook it
        came through is still there."""
        asked = (
            select(events.c.key, hooks.c.id)
            .outerjoin_from(events, hooks, hooks.c.id == events.c.hook_id)
            .where(_WAITS, events.c.key.in_(names))
        )
        return {row.key: row.id is not None for row in connection.execute(everywhere(asked, Everywhere.HOOK))}

    def settle(self, connection: Connection, names: Collection[str]) -> None:
        """Mark events as delivered in the transaction that stores what they caused: the content is wiped; the key
        stays, to recognise repeats."""
        if names:
            now = self._context.now()
            connection.execute(_SETTLE, [{"name": name, "now": now} for name in names])

    async def done(self, names: Collection[str]) -> None:
        """Mark events as delivered, as ``settle``."""
        await self._context.database.write(lambda connection: self.settle(connection, names))

    async def failed(self, name: str, *, tries: int, wait_s: float) -> None:
        """Count a failed try and set the event free for the next, which may begin in so many seconds."""
        retry_at = self._context.now() + timedelta(seconds=wait_s)
        values = {"tries": tries, "holder": None, "retry_at": retry_at}
        await self._context.run(update(events).where(events.c.key == name).values(**values))

    async def park(self, name: str, *, tries: int) -> None:
        """Set aside an event that cannot be delivered; the content stays."""
        values = {"parked_at": self._context.now(), "tries": tries}
        await self._context.run(update(events).where(events.c.key == name).values(**values))

    async def parked(self) -> list[ParkedEvent]:
        """Return the events that were set aside, oldest first."""
        column = events.c
        statement = (
            select(column.key, column.hook_id, column.kind, hooks.c.company,
                   column.received_at, column.parked_at, column.tries)
            .outerjoin_from(events, hooks, hooks.c.id == column.hook_id)
            .where(_PARKED)
            .order_by(column.received_at, column.key)
        )  # fmt: skip

        def query(connection: Connection) -> list[ParkedEvent]:
            return [ParkedEvent(*row) for row in connection.execute(everywhere(statement, Everywhere.OPERATOR))]

        return await self._context.database.read(query)

    async def unpark(self, names: Collection[str] | None = None) -> int:
        """Set events free again that were set aside, these rows or all, and return how many."""
        values = {"parked_at": None, "tries": 0, "holder": None, "retry_at": None}
        return await self._context.run(update(events).where(_parked(names)).values(**values))

    async def drop(self, names: Collection[str] | None = None) -> int:
        """Wipe events that were set aside, these rows or all, as if they had been delivered. Return how many."""
        values = {"done_at": self._context.now(), "sealed": None}
        return await self._context.run(update(events).where(_parked(names)).values(**values))

    async def counts(self) -> EventCounts:
        """Count the events that wait and those set aside, without reading any of them."""
        column = events.c
        statement = select(
            func.count().filter(column.parked_at.is_(None)),
            func.count(column.parked_at),
            func.min(column.received_at).filter(column.parked_at.is_(None)),
        ).where(column.done_at.is_(None))

        def query(connection: Connection) -> EventCounts:
            return EventCounts(*connection.execute(statement).one())

        return await self._context.database.read(query)

    async def waiting(self) -> list[tuple[str, datetime]]:
        """Return the row keys of events neither delivered nor set aside, and when each came, oldest first."""
        column = events.c
        statement = select(column.key, column.received_at).where(_WAITS)

        def query(connection: Connection) -> list[tuple[str, datetime]]:
            found = connection.execute(statement.order_by(column.received_at, column.key))
            return [(row.key, row.received_at) for row in found]

        return await self._context.database.read(query)

    async def has(self, hook_id: str, prefix: str) -> bool:
        """Tell whether an event whose key begins with ``prefix`` was received through the hook."""
        start = f"{hook_id}:{prefix}"
        statement = select(events.c.key).where(events.c.key.startswith(start, autoescape=True)).limit(1)

        def query(connection: Connection) -> bool:
            return connection.execute(statement).first() is not None

        return await self._context.database.read(query)


def _parked(names: Collection[str] | None) -> ColumnElement[bool]:
    return _PARKED if names is None else and_(_PARKED, events.c.key.in_(names))


def _insert(connection: Connection, together: Sequence[_Received]) -> list[bool]:
    """Insert the events that are new, and tell for each whether it was."""
    wanted = [one.values for one in together if not _is_repeat(connection, one)]
    if not wanted:
        return [False] * len(together)
    new = _insert_new(connection, wanted)
    first: set[str] = set()
    found: list[bool] = []
    for one in together:
        name = one.values["key"]
        found.append(name in new and name not in first)
        first.add(name)
    return found


def _insert_new(connection: Connection, wanted: Sequence[dict[str, Any]]) -> set[str]:
    """Insert those that are not there yet and return their keys."""
    done = connection.execute(_RECEIVE[connection.dialect.name], wanted)
    if done.returns_rows:
        return set(done.scalars())
    names = {one["key"] for one in wanted}
    if done.rowcount == len(wanted):
        return names
    sealed = {one["sealed"] for one in wanted}  # no two are alike, not even of one event
    there = connection.execute(select(events.c.key, events.c.sealed).where(events.c.key.in_(names)))
    return {row.key for row in there if row.sealed in sealed}


def _is_repeat(connection: Connection, one: _Received) -> bool:
    moment = one.values["received_at"] - REPEATED_WITHIN
    return one.before is not None and _arrived_after(connection, one.before, moment)


def _arrived_after(connection: Connection, name: str, moment: datetime) -> bool:
    statement = select(events.c.key).where(events.c.key == name, events.c.received_at > moment)
    return connection.execute(statement).first() is not None
