"""Processes of the bot on one database: which of them are alive, and what each holds alone.

A process that lives says so every 0.8 s; what one held that has fallen silent is free for the others. Time is the
database's own, so that the clocks of the machines may differ and jump. On SQLite there is one process: whoever joins is
the only one alive.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import BigInteger, Column, Connection, Row, Select, Table, Text, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement

from bot.store.schema import StoreContext, insert_for, metadata
from bot.store.table_rules import Forever, Otherwise, Over, rules

AnyInsert: TypeAlias = PostgresInsert | SqliteInsert

ALIVE_FOR: Final = timedelta(seconds=11)
"""How long a silent process counts as alive: longer than a pause of ten seconds after its last word, which a busy
machine or a snapshot of it makes, and short enough that its work goes on within fifteen."""
_TRY_EVERY_S: Final = 0.2
_LONG_AGO: Final = -(10**15)
"""A beat that is over on either database."""

processes = Table(
    "processes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("beat_at", BigInteger, nullable=False),
    info=rules(
        forget=Forever("until another process has taken its work over"),
        workspace=Otherwise("works for all workspaces"),
    ),
)
leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    info=rules(
        forget=Forever("one for each thing that only one process may do"),
        workspace=Otherwise("free as soon as its holder lets go or dies"),
    ),
)


class _DatabaseNow(ColumnElement[int]):
    """Now by the database's clock, in microseconds since 1970; always 0 on SQLite, where nobody else could be late."""

    inherit_cache = True
    _traverse_internals = []  # noqa: RUF012  not ours to annotate
    """SQLAlchemy's: without it every statement that says this is compiled anew each time."""
    type = BigInteger()


@compiles(_DatabaseNow, "postgresql")
def _now_on_postgres(_element: _DatabaseNow, _compiler: Any, **_: Any) -> str:
    return "(extract(epoch from clock_timestamp()) * 1000000)::bigint"


@compiles(_DatabaseNow)
def _now_elsewhere(_element: _DatabaseNow, _compiler: Any, **_: Any) -> str:
    return "0"


def database_now() -> ColumnElement[int]:
    """Return now by the database's clock, in microseconds since 1970; always 0 on SQLite."""
    return _DatabaseNow()


def older_by_the_database(column: str, span: timedelta) -> Over:
    """Select the rows whose moment, by the database's clock, is longer ago than ``span``."""
    return lambda table, _now: table.c[column] < database_now() - span // timedelta(microseconds=1)


def living() -> Select[Any]:
    """Select the ids of the processes that are alive."""
    span = ALIVE_FOR // timedelta(microseconds=1)
    return select(processes.c.id).where(processes.c.beat_at > database_now() - span)


def held_by_nobody_else(holder: Column[Any], me: str) -> ColumnElement[bool]:
    """Select the rows that this process may take: free ones, its own, and those of the dead."""
    return or_(holder == me, held_by_nobody(holder, me))


def held_by_nobody(holder: Column[Any], me: str) -> ColumnElement[bool]:
    """Select the rows that are free or of the dead, and not this process's own."""
    return or_(holder.is_(None), and_(holder != me, holder.not_in(living())))


@dataclass(frozen=True)
class Roll:
    """Who is there. What ``left`` (ended in order) and ``silent`` ones held is not taken over yet. ``leads``: this
    process does what one alone must do."""

    living: frozenset[str]
    left: frozenset[str]
    silent: frozenset[str]
    leads: bool


class Processes:
    """Queries on processes and leases. ``id`` is this process's own, new at each start."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context
        self.id = secrets.token_hex(8)

    @property
    def alone(self) -> bool:
        """Whether no other process can be on this database."""
        return self._context.database.url.get_backend_name() == "sqlite"

    async def join(self) -> None:
        """Say that this process begins. On SQLite all earlier ones are dead from then on."""

        def change(connection: Connection) -> None:
            if self.alone:
                connection.execute(delete(processes))
                connection.execute(delete(leases))
            self._beat(connection)

        await self._context.database.write(change)

    async def beat(self) -> None:
        """Say that this process is alive."""
        if not self.alone:
            await self._context.database.write(self._beat)

    async def leave(self) -> None:
        """Say that this process has ended: what it still holds is free at once."""

        def change(connection: Connection) -> None:
            connection.execute(delete(leases).where(leases.c.holder == self.id))
            ended = update(processes).where(processes.c.id == self.id).values(beat_at=_LONG_AGO)
            connection.execute(ended)

        await self._context.database.write(change)

    async def roll(self, leading: str) -> Roll:
        """Say that this process is alive, return who else is and who is dead, and take the lease ``leading`` when
        nobody alive has it. While nothing changes it is one statement."""
        everybody = select(
            processes.c.id,
            (processes.c.beat_at == _LONG_AGO).label("has_left"),
            processes.c.id.in_(living()).label("lives"),
            select(leases.c.holder).where(leases.c.name == leading).scalar_subquery().label("leader"),
        )
        if not self.alone:
            everybody = everybody.add_cte(self._beating(postgres_insert(processes)).cte("beat"))

        def change(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(everybody).all()

        rows = await self._context.database.write(change)
        left = {row.id for row in rows if row.has_left}
        alive = {row.id for row in rows if row.lives} | {self.id}
        leader = rows[0].leader if rows else None
        leads = leader == self.id or (leader not in alive and await self.take(leading))
        silent = {row.id for row in rows} - left - alive
        return Roll(frozenset(alive), frozenset(left - {self.id}), frozenset(silent), leads)

    async def forget(self, dead: Iterable[str]) -> None:
        """Forget dead processes, whose work has been taken over."""
        await self._context.run(delete(processes).where(processes.c.id.in_(list(dead)), processes.c.id != self.id))

    async def take(self, name: str) -> bool:
        """Take a lease, or keep it. False when another living process has it."""

        def change(connection: Connection) -> bool:
            fresh = insert_for(connection, leases).values(name=name, holder=self.id).on_conflict_do_nothing()
            connection.execute(fresh)
            mine = and_(leases.c.name == name, held_by_nobody_else(leases.c.holder, self.id))
            return connection.execute(update(leases).where(mine).values(holder=self.id)).rowcount == 1

        return await self._context.database.write(change)

    async def held(self) -> frozenset[str]:
        """Return the names of the leases that this process has."""

        def query(connection: Connection) -> frozenset[str]:
            mine = select(leases.c.name).where(leases.c.holder == self.id)
            return frozenset(connection.execute(mine).scalars())

        return await self._context.database.read(query)

    @asynccontextmanager
    async def holding(self, name: str) -> AsyncIterator[None]:
        """Hold a lease, waiting for whoever has it now. Not for tasks of one process among themselves."""
        while not await self.take(name):  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(_TRY_EVERY_S)
        try:
            yield
        finally:
            await asyncio.shield(self.release(name))

    async def release(self, name: str) -> None:
        """Let go of a lease."""
        await self._context.run(delete(leases).where(leases.c.name == name, leases.c.holder == self.id))

    def _beat(self, connection: Connection) -> None:
        connection.execute(self._beating(insert_for(connection, processes)))

    def _beating(self, fresh: AnyInsert) -> AnyInsert:
        row = fresh.values(id=self.id, beat_at=database_now())
        return row.on_conflict_do_update(index_elements=[processes.c.id], set_={"beat_at": database_now()})
