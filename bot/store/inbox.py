"""Payloads that Slack delivered, on disk before they are acknowledged: a crash loses none, a repeat runs none twice.

Slack retries an event at once, after 1 and after 5 minutes; a signed request can be replayed for 5. Keys are kept for
longer than either.

A delivery costs two waits for the disk, shared with those that come and end at the same time: when it is received, and
when it is done, with its audit. That its work begins is written in between without waiting: it outlives this process,
and after a crash of the machine every open delivery counts as begun.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import (
    Column,
    Connection,
    Insert,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    Text,
    Update,
    and_,
    bindparam,
    delete,
    false,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.elements import ColumnElement

from bot.basics.person import PersonKey
from bot.store.audit import AuditLine, add_lines
from bot.store.boots import read_boot
from bot.store.group_writes import GroupWrites
from bot.store.keys import KeyProblem, row_name
from bot.store.processes import living
from bot.store.schema import MomentColumn, StoreContext, metadata
from bot.store.table_rules import Otherwise, rules

KEPT_FOR = timedelta(minutes=20)
"""How long the key of a delivery is kept that is done, or had nothing to resume."""
GIVEN_UP_AFTER = timedelta(hours=24)
"""An unfinished delivery older than this is dropped: the person has long tried again."""
GATHER_S = 0.05
"""How long a delivery that is done waits for others under way, to be written together. Whoever asked is answered."""
TRIES = 3
"""A delivery that was running at this many crashes may be their cause: it is not resumed again."""


def _over(table: Table, now: datetime) -> ColumnElement[bool]:
    column = table.c
    nothing_to_do = or_(column.done_at.is_not(None), column.sealed.is_(None))
    return or_(
        and_(nothing_to_do, column.received_at <= now - KEPT_FOR),
        column.received_at <= now - GIVEN_UP_AFTER,
    )


inbox = Table(
    "inbox",
    metadata,
    Column("key", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("team_id", Text),
    Column("user_id", Text),
    Column("sealed", LargeBinary),
    Column("received_at", MomentColumn, nullable=False, index=True),
    Column("started_at", MomentColumn),
    Column("done_at", MomentColumn),
    Column("holder", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("boot", Text),
    info=rules(forget=_over, person=Otherwise("wiped once it is done, and gone within a day")),
)


_START: Update = (
    update(inbox)
    .where(inbox.c.key.in_(bindparam("keys", expanding=True)), inbox.c.holder == bindparam("me"))
    .values(started_at=bindparam("now", type_=MomentColumn))
    .returning(inbox.c.key)
)
_END: Update = (
    update(inbox)
    .where(inbox.c.key.in_(bindparam("keys", expanding=True)), inbox.c.holder == bindparam("me"))
    .values(done_at=bindparam("now", type_=MomentColumn), sealed=None)
)
"""Built once, as everything that each change runs."""


@dataclass(frozen=True)
class Delivery:
    """A delivery to resume. ``started``: its work had begun when the process ended, or may have, so part of it may have
    happened.

    ``payload`` is None when its encryption key is missing. Then ``person`` is who is to be told; None when an earlier
    version stored it, which did not say.
    """

    key: str
    kind: str
    payload: dict[str, Any] | None = field(repr=False)
    received_at: datetime
    started: bool
    person: PersonKey | None = None


@dataclass(frozen=True)
class _Ended:
    key: str
    audit: Sequence[AuditLine]


class Inbox:
    """Queries on deliveries. ``holder`` is the id of this process, which holds what it receives."""

    def __init__(self, context: StoreContext, holder: str) -> None:
        self._context = context
        self._holder = holder
        database = context.database
        self._boot = read_boot(database.url)
        fresh = sqlite_insert if database.url.get_backend_name() == "sqlite" else postgres_insert
        self._receive: Insert = fresh(inbox).values(boot=self._boot).on_conflict_do_nothing().returning(inbox.c.key)
        self._arriving = GroupWrites(database, self._insert)
        self._beginning = GroupWrites(database, self._mark_started, synced=self._boot is None)
        self._ending = GroupWrites(database, self._mark_done, gather_s=lambda: GATHER_S if self._under_way else 0.0)
        self._under_way: set[str] = set()

    async def receive(
        self, key: str, kind: str, payload: Mapping[str, Any] | None, person: PersonKey | None = None
    ) -> bool:
        """Store a delivery; it is on disk when this returns. False if it was delivered before.

        ``payload`` is what is needed to do the work after a crash; None for what only reads, which is not resumed.
        ``person`` is told when that can no longer be read.
        """
        now = self._context.now()
        values = {
            "key": key,
            "kind": kind,
            "team_id": None if person is None else person.team_id,
            "user_id": None if person is None else person.user_id,
            "sealed": None if payload is None else self._context.keys.seal_json(payload, row_name(inbox.name, key)),
            "received_at": now,
            "holder": self._holder,
            "tries": 1,
        }

        return await self._arriving.write(values)

    def _insert(self, connection: Connection, together: Sequence[dict[str, Any]]) -> list[bool]:
        """Insert the deliveries that are new, and tell for each whether it was."""
        new = set(connection.execute(self._receive, together).scalars())
        found = []
        for one in together:
            found.append(one["key"] in new)
            new.discard(one["key"])  # the same once more is a repeat
        return found

    async def withdraw(self, key: str) -> None:
        """Delete a delivery that may be stored although storing it failed, and whose sender was told that it is not:
        otherwise whoever takes over one day would do it."""
        unbegun = and_(self._ours(key), inbox.c.started_at.is_(None), inbox.c.done_at.is_(None))
        await self._context.run(delete(inbox).where(unbegun))

    async def started(self, key: str) -> bool:
        """Record that the work has begun: from here on it may have had an effect. False when it must not begin: this
        process was silent for so long that another one does it."""
        ours = await self._beginning.write(key)
        if ours:
            self._under_way.add(key)
        return ours

    def _mark_started(self, connection: Connection, together: Sequence[str]) -> list[bool]:
        values = {"keys": list(together), "me": self._holder, "now": self._context.now()}
        ours = set(connection.execute(_START, values).scalars())
        return [key in ours for key in together]

    async def done(self, key: str, audit: Sequence[AuditLine] = ()) -> None:
        """Mark a delivery as done, with what the audit says of it: the payload is wiped; the key stays, to recognise
        repeats."""
        self._under_way.discard(key)
        await self._ending.write(_Ended(key, audit))

    def _mark_done(self, connection: Connection, together: Sequence[_Ended]) -> list[None]:
        lines = [line for one in together for line in one.audit]
        if lines:
            add_lines(connection, lines)
        values = {"keys": [one.key for one in together], "me": self._holder, "now": self._context.now()}
        connection.execute(_END, values)
        return [None] * len(together)

    async def unfinished(self) -> list[Delivery]:
        """Take over what processes that are no longer alive left unfinished, oldest first.

        Each delivery is handed to one process only, and at most twice over its life.
        """
        now = self._context.now()
        column = inbox.c
        open_ = (
            column.done_at.is_(None),
            column.sealed.is_not(None),
            column.holder != self._holder,
            column.holder.not_in(living()),
            column.tries < TRIES,
            column.received_at > now - GIVEN_UP_AFTER,
        )
        claim = update(inbox).where(*open_).values(holder=self._holder, tries=column.tries + 1).returning(column.key)

        def change(connection: Connection) -> list[Row[Any]]:
            keys = connection.execute(claim).scalars().all()
            mine = self._found().where(column.key.in_(keys)).order_by(column.received_at, column.key)
            return list(connection.execute(mine).all())

        return [self._read(row) for row in await self._context.database.write(change)]

    def _ours(self, key: str) -> ColumnElement[bool]:
        return and_(inbox.c.key == key, inbox.c.holder == self._holder)

    async def take_given_up(self) -> list[Delivery]:
        """Close the deliveries that are not resumed any more and return them, so that their people can be told."""
        now = self._context.now()
        column = inbox.c
        late = column.received_at <= now - GIVEN_UP_AFTER
        over = and_(
            column.done_at.is_(None),
            column.sealed.is_not(None),
            or_(late, and_(column.tries >= TRIES, column.holder != self._holder, column.holder.not_in(living()))),
        )

        def change(connection: Connection) -> list[Row[Any]]:
            rows = list(connection.execute(self._found().where(over).with_for_update()).all())
            keys = [row.key for row in rows]
            connection.execute(update(inbox).where(column.key.in_(keys)).values(done_at=now, sealed=None))
            return rows

        return [self._read(row) for row in await self._context.database.write(change)]

    def _found(self) -> Select[Any]:
        """Select deliveries, each with whether the machine has started again since it was received."""
        again = false() if self._boot is None else and_(inbox.c.boot.is_not(None), inbox.c.boot != self._boot)
        return select(inbox, again.label("rebooted"))

    def _read(self, row: Row[Any]) -> Delivery:
        payload: dict[str, Any] | None
        try:
            payload = self._context.keys.open_json(row.sealed, row_name(inbox.name, row.key))
        except KeyProblem:
            structlog.get_logger(__name__).error("delivery unreadable", kind=row.kind, hint="its key is not here")
            payload = None
        person = PersonKey(row.team_id, row.user_id) if row.user_id else None
        started = row.started_at is not None or bool(row.rebooted)
        return Delivery(row.key, row.kind, payload, row.received_at, started, person)
