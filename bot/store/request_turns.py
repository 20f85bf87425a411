"""Turns of requests to Dialpad and Slack, for all processes on one database: when the last ones of each limit left or
will leave.

Time is the database's own.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import JSON, BigInteger, Column, Connection, Table, Text, bindparam, delete, select, update

from bot.basics.request_turns import Limit, Turn, next_turn
from bot.store.processes import database_now, older_by_the_database
from bot.store.schema import StoreContext, insert_for, metadata
from bot.store.table_rules import Otherwise, rules

KEPT_FOR: Final = timedelta(hours=2)
"""Longer than any of Dialpad's limits looks back."""

request_turns = Table(
    "request_turns",
    metadata,
    Column("limit", Text, primary_key=True),
    Column("taken", JSON, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    info=rules(
        forget=older_by_the_database("last_at", KEPT_FOR),
        workspace=Otherwise("counts at Dialpad or Slack, and is gone within hours"),
    ),
)


class RequestTurns:
    """Queries on turns, each one transaction."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def take(self, limits: Sequence[Limit], *, within_s: float, good_for_s: float) -> Turn:
        """Take the next turn that all these limits leave free, if it begins within so many seconds."""

        def change(connection: Connection) -> Turn:
            taken, now = self._locked(connection, sorted(limit.key for limit in limits))
            turn, kept = next_turn(limits, taken, now, within_s=within_s, good_for_s=good_for_s)
            if kept:
                connection.execute(_KEEP, [{"key": key, "moments": kept[key], "latest": turn.end} for key in kept])
            return turn

        return await self._context.database.write(change)

    async def give_back(self, limits: Sequence[Limit], end: int) -> None:
        """Give a turn back that was not used."""

        def change(connection: Connection) -> None:
            taken, _ = self._locked(connection, sorted(limit.key for limit in limits))
            for key, moments in taken.items():
                if end in moments:
                    moments.remove(end)
                    kept = {"key": key, "moments": moments, "latest": max(moments, default=0)}
                    connection.execute(_KEEP, [kept])

        await self._context.database.write(change)

    async def try_to_write(self) -> None:
        """Write a row and delete it, to see that the database takes writes: on a full disk it still answers."""

        def change(connection: Connection) -> None:
            probe = insert_for(connection, request_turns).values(limit="", taken=[], last_at=0)
            connection.execute(probe.on_conflict_do_nothing())
            connection.execute(delete(request_turns).where(request_turns.c.limit == ""))

        await self._context.database.write(change)

    @staticmethod
    def _locked(connection: Connection, keys: Sequence[str]) -> tuple[dict[str, list[int]], int]:
        """Read the turns taken and the time, once nobody else can take any."""
        for key in keys:
            fresh = insert_for(connection, request_turns).values(limit=key, taken=[], last_at=0)
            connection.execute(fresh.on_conflict_do_nothing())
        rows = select(request_turns.c.limit, request_turns.c.taken).where(request_turns.c.limit.in_(keys))
        locked = connection.execute(rows.order_by(request_turns.c.limit).with_for_update()).all()
        now = int(connection.execute(select(database_now())).scalar_one())
        return {row.limit: list(row.taken) for row in locked}, now


_KEEP: Final = (
    update(request_turns)
    .where(request_turns.c.limit == bindparam("key"))
    .values(taken=bindparam("moments"), last_at=bindparam("latest"))
)
