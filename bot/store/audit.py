"""The audit log: who did what to which object, from where, as whom at Dialpad, and with what outcome.

It holds no message bodies, tokens or phone numbers.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NotRequired, TypeAlias, TypedDict, Unpack

import structlog
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Integer,
    Row,
    Select,
    Table,
    Text,
    bindparam,
    insert,
    or_,
    select,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql.elements import ColumnElement

from bot.basics.company import CompanyKey
from bot.basics.errors import ChatopsError
from bot.basics.person import PersonKey
from bot.store.connections import company_of_person
from bot.store.schema import Everywhere, MomentColumn, StoreContext, everywhere, metadata, person_columns, within
from bot.store.table_rules import Otherwise, kept_for, rules

WRITTEN_WITHIN_S = 1.0

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", MomentColumn, nullable=False, index=True),
    *person_columns(),
    Column("company", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("object", Text),
    Column("details", JSON),
    Column("dialpad_user_id", Text),
    Column("dialpad_company_id", Text),
    info=rules(
        forget=kept_for("at", lambda retention: retention.audit),
        person=Otherwise("who did what is kept for the admins"),
    ),
)


@dataclass(frozen=True)
class About:
    """What an entry is about. ``object`` is its kind and id, such as ``office:5527``, ``details`` arguments that may be
    told, and the Dialpad ids whose account was used; all of them empty in entries of earlier versions."""

    object: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    dialpad_user_id: str | None = None
    dialpad_company_id: str | None = None


@dataclass(frozen=True)
class AuditRow:
    """One entry of the audit log. ``action`` is a Dialpad slug or "", ``route`` ``<handler file>.<function>``,
    ``outcome`` one word such as ``done`` or the error's class, ``origin`` command, button, form and so on,
    ``reference`` the short id that the person was shown and the log carries."""

    at: datetime
    person: PersonKey
    action: str
    route: str
    outcome: str
    origin: str
    reference: str
    about: About = field(default_factory=About)


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


def _read(row: Row[Any]) -> AuditRow:
    person = PersonKey(row.team_id, row.user_id)
    about = About(row.object or "", row.details or {}, row.dialpad_user_id, row.dialpad_company_id)
    return AuditRow(row.at, person, row.action, row.route, row.outcome, row.origin, row.reference, about)
