"""The audit log: who did what to which object, from where, as whom at Dialpad, and with what outcome.

It holds no message bodies, tokens or phone numbers.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any, NotRequired, TypeAlias, TypedDict, Unpack

import structlog
from sqlalchemy import Connection, Row, Select, Text, and_, bindparam, insert, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import ColumnElement

from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError
from bot.basics.person import PersonKey
from bot.contract.audit_trail import About, AuditQuery, AuditRow
from bot.store.audit_chain import audit, chain_waiting, has_waiting
from bot.store.connections import company_of_person
from bot.store.schema import Everywhere, StoreContext, belongs_to, everywhere, within

WRITTEN_WITHIN_S = 1.0
LOOKED_THROUGH = 200
"""Entries among which the actions are looked for that somebody did last."""


class AuditEntry(TypedDict):
    """What whoever writes an entry says of it, as in ``AuditRow``."""

    action: NotRequired[str]
    route: str
    outcome: str
    origin: str
    reference: NotRequired[str]
    about: NotRequired[About | None]


AuditLine: TypeAlias = dict[str, Any]
"""An entry that is to be written."""

_INSERT = insert(audit).values(
    {
        **{name: bindparam(name) for name in ("team_id", "user_id")},
        "company": company_of_person(bindparam("team_id", type_=Text), bindparam("user_id", type_=Text)),
    }
)


class Audit:
    """The audit log: entries are only added, admins read them, and they are deleted after
    KEEP_AUDIT_DAYS."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context
        self._waiting: list[AuditLine] = []
        self._writing: asyncio.Task[None] | None = None

    def build_line(self, person: PersonKey, **entry: Unpack[AuditEntry]) -> AuditLine:
        """Build an entry about now, for ``add_lines``."""
        about = entry.pop("about", None) or About()
        whose = {"at": self._context.now(), "team_id": person.team_id, "user_id": person.user_id}
        return {**whose, "action": "", "reference": "", **entry, **vars(about)}

    async def record(self, person: PersonKey, *, at_once: bool = True, **entry: Unpack[AuditEntry]) -> None:
        """Write an entry, made of what ``build_line`` takes; it is on disk when this returns. Without ``at_once`` it is
        written within a second, together with others: for actions that only read, where an entry lost in a crash is not
        worth a disk write each."""
        await self.write([self.build_line(person, **entry)], at_once=at_once)

    async def write(self, lines: Sequence[AuditLine], *, at_once: bool = True) -> None:
        """Write entries, as ``record``."""
        if at_once:
            await self._write(lines)
            return
        self._waiting.extend(lines)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_soon())

    async def flush(self) -> None:
        """Write all entries that wait; they are on disk when this returns."""
        lines, self._waiting = self._waiting, []
        await self._write(lines)

    async def _write(self, lines: Sequence[AuditLine]) -> None:
        if lines:
            await self._context.database.write(lambda connection: add_lines(connection, lines))

    async def aclose(self) -> None:
        """Write the entries that wait and stop accepting new ones."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        await self.flush()

    async def _write_soon(self) -> None:
        await asyncio.sleep(WRITTEN_WITHIN_S)
        self._writing = None
        try:
            await self.flush()
        except (SQLAlchemyError, OSError, ChatopsError):
            structlog.get_logger(__name__).exception("audit not written")

    async def recent(
        self, company: CompanyKey, *, person: PersonKey | None = None, about: str = "", limit: int = 50
    ) -> list[AuditRow]:
        """Return the newest entries of a company, or of one person in it, newest first. ``about`` is an object, with or
        without its id."""
        theirs = () if person is None else (audit.c.user_id == person.user_id,)
        return await self._newest(select(audit).where(within(audit, company), *theirs, *_about(about)), limit)

    async def last_actions(self, person: PersonKey, chosen: Collection[str], most: int) -> list[str]:
        """Return which of these actions a person did last, the newest first, each once."""
        lately = select(audit.c.action).where(belongs_to(audit, person), audit.c.outcome == "done")
        newest = lately.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(LOOKED_THROUGH)
        asked = everywhere(newest, Everywhere.OWN)

        def query(connection: Connection) -> list[str]:
            found = (one for one in connection.execute(asked).scalars() if one in chosen)
            return list(dict.fromkeys(found))[:most]

        return await self._context.database.read(query)

    async def search(self, company: CompanyKey, query: AuditQuery, limit: int) -> list[AuditRow]:
        """Return entries of a company that a query finds, the newest first."""
        await self.flush()
        found = (
            select(audit).where(within(audit, company), *_conditions(query)).order_by(audit.c.id.desc()).limit(limit)
        )

        def read(connection: Connection) -> list[AuditRow]:
            return [_read(row) for row in connection.execute(found)]

        return await self._context.database.read(read)

    async def chain(self) -> int:
        """Chain entries that were written since the last time, some of them in one transaction; how many there were."""
        if not await self._context.database.look_up(has_waiting):
            return 0
        return await self._context.database.write(chain_waiting)

    async def recent_of_all(self, *, user_id: str = "", about: str = "", limit: int = 50) -> list[AuditRow]:
        """Return the newest entries of all companies, for whoever runs the bot: as ``recent``."""
        theirs = (audit.c.user_id == user_id,) if user_id else ()
        statement = select(audit).where(*theirs, *_about(about))
        return await self._newest(everywhere(statement, Everywhere.OPERATOR), limit)

    async def _newest(self, statement: Select[Any], limit: int) -> list[AuditRow]:
        await self.flush()
        newest = statement.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)

        def query(connection: Connection) -> list[AuditRow]:
            return [_read(row) for row in connection.execute(newest)]

        return await self._context.database.read(query)


def add_lines(connection: Connection, lines: Sequence[AuditLine]) -> None:
    """Write entries with the company that each person is connected to."""
    connection.execute(_INSERT, lines)


def _about(about: str) -> Sequence[ColumnElement[bool]]:
    if not about:
        return ()
    return (or_(audit.c.object == about, audit.c.object.startswith(f"{about}:", autoescape=True)),)


def _conditions(query: AuditQuery) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.whom or query.dialpad_user_id:
        theirs = [audit.c.dialpad_user_id == query.dialpad_user_id] if query.dialpad_user_id else []
        found.append(or_(*theirs, *_about(query.whom)))
    if query.actions or query.routes:
        begins = [audit.c.route.startswith(one, autoescape=True) for one in query.routes]
        found.append(or_(audit.c.action.in_(query.actions), *begins))
    if query.hidden:
        found.append(audit.c.action.not_in(query.hidden))
        found.append(or_(audit.c.action != "", and_(audit.c.object.is_not(None), audit.c.object != "")))
    if query.outcome == "failed":
        found.append(audit.c.outcome != "done")
    if query.after is not None:
        found.append(audit.c.at >= query.after)
    if query.before is not None:
        found.append(audit.c.at < query.before)
    if query.before_id:
        found.append(audit.c.id < query.before_id)
    return found


def _read(row: Row[Any]) -> AuditRow:
    person = PersonKey(row.team_id, row.user_id)
    about = About(row.object or "", row.details or {}, row.dialpad_user_id, row.dialpad_company_id)
    return AuditRow(row.at, person, row.action, row.route, row.outcome, row.origin, row.reference, about, row.id)
