"""Events that Dialpad delivered, on disk before Dialpad is answered. The key makes a repeat harmless, the content is
wiped once the event is delivered."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Connection, Integer, LargeBinary, Row, Table, Text, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.elements import ColumnElement

from bot.store.hooks import hooks
from bot.store.keys import row_name
from bot.store.schema import Everywhere, MomentColumn, StoreContext, everywhere, metadata
from bot.store.table_rules import With, rules

KEPT_FOR = timedelta(days=2)
"""How long a delivered event's key is kept. Dialpad's last retry, of a text, comes within half a day."""
PARKED_FOR = timedelta(days=14)
"""How long an event that could not be delivered can still be retried."""
REPEATED_WITHIN = timedelta(minutes=10)
"""Contact events carry no time: the same content is a repeat within this, and a new event after it."""


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
    info=rules(forget=_over, workspace=With("hook_id", "hooks")),
)

_RECEIVE = {
    "sqlite": sqlite_insert(events).on_conflict_do_nothing().returning(events.c.key),
    "postgresql": postgres_insert(events).on_conflict_do_nothing().returning(events.c.key),
}
"""Built once: it runs for every event before Dialpad is answered."""

_WAITS = and_(events.c.done_at.is_(None), events.c.parked_at.is_(None))
_PARKED = and_(events.c.done_at.is_(None), events.c.parked_at.is_not(None))


@dataclass(frozen=True)
class StoredEvent:
    """An event that is not delivered yet. ``body`` is its JSON as it came, without the envelope; ``tries`` counts
    deliveries that failed."""

    key: str
    hook_id: str
    kind: str
    body: bytes = field(repr=False)
    received_at: datetime
    tries: int


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


class Events:
    """Queries on received events. Keys begin with their hook's id, so hooks cannot take one another's events away."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def receive(
        self,
        key: str,
        *,
        hook_id: str,
        kind: str,
        body: bytes,
        timed: bool,
        also: Callable[[Connection, str], None],
    ) -> bool:
        """Store an event; it is on disk when this returns. False if it was delivered before.

        ``timed``: the key names the moment it happened. ``also`` is called with the row's key in the same transaction,
        to start the work, and only for what is new.
        """
        now = self._context.now()
        slot = int(now.timestamp() // REPEATED_WITHIN.total_seconds())
        name = f"{hook_id}:{key}" if timed else f"{hook_id}:{key}:{slot}"
        before = None if timed else f"{hook_id}:{key}:{slot - 1}"
        values = {
            "key": name,
            "hook_id": hook_id,
            "kind": kind,
            "sealed": self._context.keys.seal(body, row_name(events.name, name)),
            "received_at": now,
            "tries": 0,
        }

        def change(connection: Connection) -> bool:
            if before is not None and _arrived_after(connection, before, now - REPEATED_WITHIN):
                return False
            if connection.execute(_RECEIVE[connection.dialect.name], values).first() is None:
                return False
            also(connection, name)
            return True

        return await self._context.database.write(change)

    async def get(self, name: str) -> StoredEvent | None:
        """Read an event by row key. None when it is delivered, set aside, or deleted. Raises KeyProblem."""
        statement = select(events).where(events.c.key == name, _WAITS)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(statement).one_or_none()

        row = await self._context.database.read(query)
        if row is None or row.sealed is None:
            return None
        body = self._context.keys.open(row.sealed, row_name(events.name, row.key))
        return StoredEvent(row.key, row.hook_id, row.kind, body, row.received_at, row.tries)

    async def done(self, name: str) -> None:
        """Mark an event as delivered: the content is wiped; the key stays, to recognise repeats."""
        values = {"done_at": self._context.now(), "sealed": None}
        await self._context.run(update(events).where(events.c.key == name).values(**values))

    async def failed(self, name: str, *, tries: int, also: Callable[[Connection], None]) -> None:
        """Count a failed try; ``also`` queues the next one in the same transaction."""

        def change(connection: Connection) -> None:
            connection.execute(update(events).where(events.c.key == name).values(tries=tries))
            also(connection)

        await self._context.database.write(change)

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

    async def unpark(self, also: Callable[[Connection, str], None], names: Collection[str] | None = None) -> int:
        """Queue events again that were set aside, these rows or all, and return how many. ``also`` starts each one's
        work in the same transaction."""
        statement = update(events).where(_parked(names)).values(parked_at=None, tries=0).returning(events.c.key)

        def change(connection: Connection) -> int:
            names = connection.execute(statement).scalars().all()
            for name in names:
                also(connection, name)
            return len(names)

        return await self._context.database.write(change)

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


def _arrived_after(connection: Connection, name: str, moment: datetime) -> bool:
    statement = select(events.c.key).where(events.c.key == name, events.c.received_at > moment)
    return connection.execute(statement).first() is not None
