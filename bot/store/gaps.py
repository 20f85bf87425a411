"""The list of gaps: when Dialpad could not reach this bot, and what was read back of that time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Integer, Row, Table, Text, insert, or_, select, update

from bot.store.schema import MomentColumn, StoreContext, metadata
from bot.store.table_rules import With, older_than, rules

KEPT_FOR = timedelta(days=90)
READ_BACK: Final = "read back"
"""The outcome of a gap whose calls have all been read back."""

gaps = Table(
    "gaps",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("hook_id", Text, nullable=False),
    Column("began_at", MomentColumn, nullable=False),
    Column("ended_at", MomentColumn, nullable=False, index=True),
    Column("why", Text, nullable=False),
    Column("outcome", Text),
    Column("found", Integer),
    Column("settled_at", MomentColumn),
    info=rules(forget=older_than("ended_at", KEPT_FOR), workspace=With("hook_id", "hooks")),
)


@dataclass(frozen=True)
class Gap:
    """A time in which events were missed. ``why``: ``stopped`` (the bot did not run), ``closed`` (a websocket
    broke). ``outcome``: None until it was dealt with, then ``read back`` or why not (``not allowed``, ``not
    connected``); ``found`` counts the calls that were read back."""

    id: int
    hook_id: str
    began_at: datetime
    ended_at: datetime
    why: str
    outcome: str | None = None
    found: int | None = None
    settled_at: datetime | None = None


class Gaps:
    """Queries on gaps. A row is written when its gap is over: while it lasts, the hook's ``heard_at`` is its
    beginning."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def add(self, hook_id: str, began_at: datetime, ended_at: datetime, why: str) -> Gap:
        values = {"hook_id": hook_id, "began_at": began_at, "ended_at": ended_at, "why": why}

        def change(connection: Connection) -> int:
            return int(connection.execute(insert(gaps).values(**values).returning(gaps.c.id)).scalar_one())

        return Gap(await self._context.database.write(change), hook_id, began_at, ended_at, why)

    async def settle(self, gap: Gap, *, outcome: str, found: int) -> None:
        values = {"outcome": outcome, "found": found, "settled_at": self._context.now()}
        await self._context.run(update(gaps).where(gaps.c.id == gap.id).values(**values))

    async def open(self) -> list[Gap]:
        """Return the gaps that have not been dealt with yet, oldest first."""
        return await self._list(100, only_open=True)

    async def recent(self, limit: int = 20) -> list[Gap]:
        """Return the latest gaps, newest first."""
        return await self._list(limit, only_open=False)

    async def lost_between(self, hook_ids: Collection[str], begin: datetime, end: datetime) -> list[Gap]:
        """Return the gaps of these hooks that overlap that time and were not read back, or not yet."""
        lost = or_(gaps.c.outcome.is_(None), gaps.c.outcome != READ_BACK)
        overlapping = (gaps.c.began_at < end, gaps.c.ended_at > begin)
        statement = select(gaps).where(gaps.c.hook_id.in_(hook_ids), *overlapping, lost)

        def query(connection: Connection) -> list[Gap]:
            return [_read(row) for row in connection.execute(statement.order_by(gaps.c.began_at, gaps.c.id))]

        return await self._context.database.read(query)

    async def _list(self, limit: int, *, only_open: bool) -> list[Gap]:
        statement = select(gaps).limit(limit)
        if only_open:
            statement = statement.where(gaps.c.settled_at.is_(None)).order_by(gaps.c.began_at, gaps.c.id)
        else:
            statement = statement.order_by(gaps.c.ended_at.desc(), gaps.c.id.desc())

        def query(connection: Connection) -> list[Gap]:
            return [_read(row) for row in connection.execute(statement)]

        return await self._context.database.read(query)


def _read(row: Row[Any]) -> Gap:
    return Gap(row.id, row.hook_id, row.began_at, row.ended_at, row.why, row.outcome, row.found, row.settled_at)
