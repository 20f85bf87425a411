"""The last known rosters of call centers: shown while Dialpad is down, and compared with the next poll.

A roster that some channel follows has ``due_at``, the time of the next poll, which only the poll itself moves on; the
others are copies from the last time somebody asked. ``asked_at``: when Dialpad was last asked, by whoever it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
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
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.activity.roster import Roster, from_json, is_the_same, to_json
from bot.basics.company import CompanyKey
from bot.store.keys import KeyProblem, row_name
from bot.store.schema import (
    SEALED_FOR,
    Everywhere,
    MomentColumn,
    StoreContext,
    company_columns,
    company_values,
    everywhere,
    insert_for,
    metadata,
    within,
)
from bot.store.table_rules import rules

KEPT_FOR: Final = timedelta(days=30)
"""How long a roster is stored that nobody follows or asks for."""

rosters = Table(
    "rosters",
    metadata,
    *company_columns(primary_key=True),
    Column("call_center", Text, primary_key=True),
    Column("sealed", LargeBinary),
    Column("version", Integer, nullable=False),
    Column("seen_at", MomentColumn, nullable=False),
    Column("due_at", MomentColumn, index=True),
    Column("problem", Text, nullable=False),
    Column("settled_by", MomentColumn),
    Column("asked_at", MomentColumn),
    info={
        **rules(forget=lambda table, now: and_(table.c.due_at.is_(None), table.c.seen_at <= now - KEPT_FOR)),
        SEALED_FOR: ("team_id", "call_center"),
    },
)


@dataclass(frozen=True)
class FollowedRoster:
    """A call center whose roster somebody follows. ``version`` counts the polls that found a change; ``known`` is
    None before the first; ``problem`` is why user group or topic could not be updated when their owners were last
    told."""

    company: CompanyKey
    call_center: str
    version: int
    known: Roster | None
    problem: str


class Rosters:
    """Queries on rosters, one row per company and call center."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def get(self, company: CompanyKey, call_center: str) -> Roster | None:
        """Return the last known copy."""
        found = await self._select(_is(company, call_center))
        return self._read(found[0]) if found else None

    async def of_company(self, company: CompanyKey) -> list[Roster]:
        """Return every copy of a company's rosters, by name."""
        found = await self._select(within(rosters, company))
        known = [roster for row in found if (roster := self._read(row)) is not None]
        return sorted(known, key=lambda roster: roster.name.casefold())

    async def problems(self, company: CompanyKey) -> dict[str, str]:
        """Return why rosters cannot be read or shown, by call center; without those where nothing is wrong."""
        found = await self._select(and_(within(rosters, company), rosters.c.problem != ""))
        return {row.call_center: row.problem for row in found}

    async def note(self, company: CompanyKey, roster: Roster) -> None:
        """Store a roster that somebody has just asked Dialpad for. If it is followed and has changed, it is polled
        now instead: its followers must hear of the change."""
        now = self._context.now()
        kept = self._values(company, roster)

        def change(connection: Connection) -> None:
            here = _is(company, roster.call_center)
            row = connection.execute(select(rosters).where(here)).one_or_none()
            if row is None:
                fresh = {"call_center": roster.call_center, "version": 0, "problem": "", **kept}
                new = insert_for(connection, rosters).values(**company_values(company), **fresh)
                connection.execute(new.on_conflict_do_nothing())
            elif row.due_at is None:
                connection.execute(update(rosters).where(here, rosters.c.due_at.is_(None)).values(**kept))
            elif not is_the_same(self._read(row), roster):
                connection.execute(update(rosters).where(here, rosters.c.due_at > now).values(due_at=now))

        await self._context.database.write(change)

    async def take_look(self, company: CompanyKey, call_center: str, every_s: float) -> bool:
        """Tell whether the caller is to ask Dialpad for a roster now: one of all who look at it does, in that time."""
        now = self._context.now()
        fresh = {**company_values(company), "call_center": call_center, "version": 0, "seen_at": now, "problem": ""}
        long_ago = or_(rosters.c.asked_at.is_(None), rosters.c.asked_at <= now - timedelta(seconds=every_s))
        here = _is(company, call_center)

        def change(connection: Connection) -> bool:
            row = insert_for(connection, rosters).values(**fresh)
            connection.execute(row.on_conflict_do_nothing())
            return connection.execute(update(rosters).where(here, long_ago).values(asked_at=now)).rowcount == 1

        return await self._context.database.write(change)

    async def follow(self, company: CompanyKey, call_centers: Sequence[str]) -> None:
        """Poll these call centers now, and regularly from now on."""
        now = self._context.now()
        fresh = {**company_values(company), "version": 0, "seen_at": now, "due_at": now, "problem": ""}

        def change(connection: Connection) -> None:
            for one in call_centers:
                row = insert_for(connection, rosters).values(call_center=one, **fresh)
                connection.execute(row.on_conflict_do_nothing())
                connection.execute(update(rosters).where(_is(company, one)).values(due_at=now))

        await self._context.database.write(change)

    def hurry(
        self,
        connection: Connection,
        company: CompanyKey,
        call_centers: Sequence[str],
        within_s: float,
        most_s: float = 0.0,
    ) -> None:
        """Poll those that are followed within so many seconds, because something has happened there. When more happens
        meanwhile the poll waits anew, but never longer than ``most_s`` after the first."""
        if not call_centers:
            return
        now = self._context.now()
        soon, latest = now + timedelta(seconds=within_s), now + timedelta(seconds=max(most_s, within_s))
        here = and_(within(rosters, company), rosters.c.call_center.in_(call_centers), rosters.c.due_at > now)
        due_at = case((rosters.c.settled_by < soon, rosters.c.settled_by), else_=literal(soon, MomentColumn))
        settled_by = func.coalesce(rosters.c.settled_by, literal(latest, MomentColumn))
        connection.execute(update(rosters).where(here).values(due_at=due_at, settled_by=settled_by))

    async def due(self) -> list[FollowedRoster]:
        """Return the rosters whose poll is due."""
        return [
            FollowedRoster(
                CompanyKey(row.team_id, row.company), row.call_center, row.version, self._read(row), row.problem
            )
            for row in await self._select(rosters.c.due_at <= self._context.now(), why=Everywhere.DUE)
        ]

    async def looked(self, followed: FollowedRoster, roster: Roster, *, changed: bool, next_s: float) -> bool:
        """Store the result of a poll. False when another process was faster."""
        values = self._values(followed.company, roster)
        due_at = self._context.now() + timedelta(seconds=next_s)
        values |= {"version": followed.version + changed, "due_at": due_at, "settled_by": None}
        here = and_(_is(followed.company, followed.call_center), rosters.c.version == followed.version)
        return await self._context.run(update(rosters).where(here).values(**values)) == 1

    async def look_later(self, followed: FollowedRoster, wait_s: float | None) -> None:
        """Postpone the next poll after one that failed. None: nobody follows it any more."""
        due_at = None if wait_s is None else self._context.now() + timedelta(seconds=wait_s)
        here = _is(followed.company, followed.call_center)
        await self._context.run(update(rosters).where(here).values(due_at=due_at, settled_by=None))

    async def note_problem(self, followed: FollowedRoster, problem: str) -> bool:
        """Record why user group or topic could not be updated. True if that is a new problem."""
        here = and_(_is(followed.company, followed.call_center), rosters.c.problem != problem)
        return await self._context.run(update(rosters).where(here).values(problem=problem)) == 1

    def _values(self, company: CompanyKey, roster: Roster) -> dict[str, Any]:
        name = row_name(rosters.name, company.team_id, roster.call_center)
        sealed = self._context.keys.seal_json(to_json(roster), name)
        return {"sealed": sealed, "seen_at": roster.seen_at, "asked_at": roster.seen_at}

    def _read(self, row: Row[Any]) -> Roster | None:
        if row.sealed is None:
            return None
        name = row_name(rosters.name, row.team_id, row.call_center)
        try:
            known = self._context.keys.open_json(row.sealed, name)
        except KeyProblem:
            return None  # as if it had not been read from Dialpad yet
        return from_json(row.call_center, row.seen_at, known)

    async def _select(self, where: ColumnElement[bool], why: Everywhere | None = None) -> list[Row[Any]]:
        statement = select(rosters).where(where).order_by(rosters.c.due_at, rosters.c.call_center)
        statement = everywhere(statement, why) if why else statement

        def query(connection: Connection) -> list[Row[Any]]:
            return list(connection.execute(statement).all())

        return await self._context.database.read(query)


def _is(company: CompanyKey, call_center: str) -> ColumnElement[bool]:
    return and_(within(rosters, company), rosters.c.call_center == call_center)
