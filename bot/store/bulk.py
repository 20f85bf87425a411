"""Bulk changes: a job, and each of its rows with its state."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.basics.stored_json import StoredJson
from bot.contract.bulk import BulkJob, BulkRow, BulkState
from bot.store.keys import row_name
from bot.store.schema import MomentColumn, StoreContext, company_columns, company_values, metadata, within
from bot.store.table_rules import Goes, With, older_than, rules

KEPT_FOR: Final = timedelta(days=30)

bulk_jobs = Table(
    "bulk_jobs",
    metadata,
    Column("id", Text, primary_key=True),
    *company_columns(),
    Column("user_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("heading", JSON, nullable=False),
    Column("posted", JSON),
    Column("approved_by", Text, nullable=False),
    Column("created_at", MomentColumn, nullable=False, index=True),
    info=rules(forget=older_than("created_at", KEPT_FOR), person=Goes()),
)
bulk_rows = Table(
    "bulk_rows",
    metadata,
    Column("job_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    *company_columns(),
    Column("user_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sealed", LargeBinary),
    info=rules(forget=With("job_id", "bulk_jobs"), person=Goes()),
)
_ROW: Final = StoredJson(BulkRow, "number", "state")


class BulkJobs:
    """Queries on bulk changes."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def create(
        self, company: CompanyKey, person: PersonKey, kind: str, heading: Sequence[str], rows: Sequence[BulkRow]
    ) -> str:
        """Store one that was not started. Returns its id."""
        name = secrets.token_urlsafe(12)
        whose = {**company_values(company), "user_id": person.user_id}
        job = {
            "id": name, **whose, "kind": kind, "state": "draft", "heading": list(heading), "posted": None,
            "approved_by": "", "created_at": self._context.now(),
        }  # fmt: skip
        lines = [
            {**whose, "job_id": name, "number": row.number, "state": row.state, "sealed": self._seal(name, row)}
            for row in rows
        ]

        def change(connection: Connection) -> None:
            connection.execute(insert(bulk_jobs).values(**job))
            connection.execute(insert(bulk_rows), lines)

        await self._context.database.write(change)
        return name

    async def get(self, company: CompanyKey, name: str) -> BulkJob | None:
        asked = select(bulk_jobs).where(within(bulk_jobs, company), bulk_jobs.c.id == name)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(asked).one_or_none()

        row = await self._context.database.look_up(query)
        if row is None:
            return None
        posted = tuple(row.posted) if row.posted else None
        return BulkJob(
            row.id, CompanyKey(row.team_id, row.company), PersonKey(row.team_id, row.user_id), row.kind, row.state,
            tuple(row.heading), posted, row.approved_by,
        )  # fmt: skip

    async def counts(self, company: CompanyKey, name: str) -> Mapping[str, int]:
        """Return how many rows are in which state."""
        counted = (
            select(bulk_rows.c.state, func.count())
            .where(within(bulk_rows, company), bulk_rows.c.job_id == name)
            .group_by(bulk_rows.c.state)
        )

        def query(connection: Connection) -> dict[str, int]:
            return {str(state): int(count) for state, count in connection.execute(counted)}

        return await self._context.database.read(query)

    async def rows(self, company: CompanyKey, name: str, state: str = "", limit: int = 0) -> Sequence[BulkRow]:
        """Return rows in their order; with ``state`` those in it."""
        mine = [within(bulk_rows, company), bulk_rows.c.job_id == name]
        wanted = [bulk_rows.c.state == state] if state else []
        asked = select(bulk_rows).where(*mine, *wanted).order_by(bulk_rows.c.number)
        found = asked.limit(limit) if limit else asked

        def query(connection: Connection) -> list[Row[Any]]:
            return list(connection.execute(found).all())

        return [self._read(row) for row in await self._context.database.read(query)]

    async def move(
        self,
        company: CompanyKey,
        name: str,
        before: Sequence[BulkState],
        after: BulkState,
        *,
        approved_by: str = "",
    ) -> bool:
        """Move one on. False when it is in none of the states ``before``."""
        this = and_(within(bulk_jobs, company), bulk_jobs.c.id == name, bulk_jobs.c.state.in_(before))
        values: dict[str, Any] = {"state": after}
        if approved_by:
            values["approved_by"] = approved_by
        return await self._context.run(update(bulk_jobs).where(this).values(**values)) == 1

    async def note_posted(self, company: CompanyKey, name: str, posted: tuple[str, str]) -> None:
        """Store where its progress is shown."""
        this = and_(within(bulk_jobs, company), bulk_jobs.c.id == name)
        await self._context.run(update(bulk_jobs).where(this).values(posted=list(posted)))

    async def step(self, company: CompanyKey, name: str, ended: BulkRow | None, begins: int | None) -> BulkState | None:
        """Store how one row ended and that the next begins, in one transaction. Returns the job's state; None when
        somebody else has begun that row."""
        mine = and_(within(bulk_rows, company), bulk_rows.c.job_id == name, bulk_rows.c.number == bindparam("this"))
        sealed = None if ended is None else self._seal(name, ended)
        asked = select(bulk_jobs.c.state).where(within(bulk_jobs, company), bulk_jobs.c.id == name)

        def change(connection: Connection) -> BulkState | None:
            if ended is not None:
                values = {"state": ended.state, "sealed": sealed}
                connection.execute(update(bulk_rows).where(mine).values(**values), {"this": ended.number})
            state: BulkState = connection.execute(asked).scalar_one()
            if begins is not None and state == "running":
                begin = update(bulk_rows).where(mine, bulk_rows.c.state == "todo").values(state="begun")
                if connection.execute(begin, {"this": begins}).rowcount == 0:
                    return None
            return state

        return await self._context.database.write(change)

    def _seal(self, name: str, row: BulkRow) -> bytes:
        return self._context.keys.seal_json(_ROW.dump(row), row_name(bulk_rows.name, name, str(row.number)))

    def _read(self, row: Row[Any]) -> BulkRow:
        stored = self._context.keys.open_json(row.sealed, row_name(bulk_rows.name, row.job_id, str(row.number)))
        return _ROW.load(stored, number=row.number, state=row.state)
