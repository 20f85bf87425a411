"""Requests that wait for a second person's approval. Each is run at most once.

``draft``: refused, and not asked for yet. ``open``: waits for somebody. ``approved``: will run. ``running``: was begun;
whoever finds it so later does not know whether it happened. ``done``, ``declined`` and ``expired`` are over.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import JSON, Column, Connection, LargeBinary, Row, Table, Text, and_, insert, select, update

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.basics.stored_json import StoredJson
from bot.store.keys import row_name
from bot.store.schema import MomentColumn, StoreContext, company_columns, metadata, within
from bot.store.table_rules import Goes, older_than, rules

ApprovalState = Literal["draft", "open", "approved", "running", "done", "declined", "expired"]

EXPLAINED_FOR: Final = timedelta(days=7)
"""How long a press on an old request is still told what became of it."""
DRAFT_FOR: Final = timedelta(hours=24)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    *company_columns(),
    Column("user_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("posted", JSON, nullable=False),
    Column("decided_by", Text),
    Column("expires_at", MomentColumn, nullable=False, index=True),
    info=rules(forget=older_than("expires_at", EXPLAINED_FOR), person=Goes()),
)


@dataclass(frozen=True)
class HeldRequest:
    """What was asked for: a route with its arguments, from where and how. ``fingerprint`` is of the action as it was
    shown; ``shown`` is what was shown of it, by label, and ``quote`` the text that would leave. ``in_languages``: title
    and ``shown`` for those who read another language than whoever asks; a title has no label."""

    route: str
    args: Mapping[str, Any] = field(repr=False)
    where: Mapping[str, Any] = field(repr=False)
    origin: str
    fingerprint: str
    title: str = field(repr=False)
    shown: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    quote: str = field(default="", repr=False)
    in_languages: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict, repr=False)

    def told_in(self, language: str) -> "HeldRequest":
        """Return it as it is told in a language."""
        (_, title), *shown = self.in_languages.get(language) or (("", self.title), *self.shown)
        return replace(self, title=title, shown=tuple(shown))


@dataclass(frozen=True)
class AskedIn:
    """A message that asks: where it stands, and the channel or person it was for, "" where that was not noted."""

    place: str
    ts: str
    whom: str = ""


@dataclass(frozen=True)
class Approval:
    """One request. ``posted``: the messages that ask for it."""

    id: str
    company: CompanyKey
    person: PersonKey
    role: str
    state: ApprovalState
    request: HeldRequest
    posted: tuple[AskedIn, ...]
    decided_by: str | None
    expires_at: datetime


_HELD: Final = StoredJson(HeldRequest)


class Approvals:
    """Queries on requests for approval."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def create(
        self,
        company: CompanyKey,
        person: PersonKey,
        role: str,
        request: HeldRequest,
        *,
        state: ApprovalState,
        lasts: timedelta,
    ) -> str:
        """Store a request. Returns its id."""
        name = secrets.token_urlsafe(12)
        statement = insert(approvals).values(
            id=name,
            team_id=company.team_id,
            company=company.company,
            user_id=person.user_id,
            role=role,
            state=state,
            sealed=self._context.keys.seal_json(_HELD.dump(request), row_name(approvals.name, name)),
            posted=[],
            expires_at=self._context.now() + lasts,
        )
        await self._context.run(statement)
        return name

    async def get(self, company: CompanyKey, name: str) -> Approval | None:
        """Read a request; None when there is none in this company. Raises KeyProblem."""
        asked = select(approvals).where(within(approvals, company), approvals.c.id == name)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(asked).one_or_none()

        row = await self._context.database.look_up(query)
        return None if row is None else self._read(row)

    async def move(
        self,
        company: CompanyKey,
        name: str,
        before: ApprovalState,
        after: ApprovalState,
        *,
        by: str | None = None,
        lasts: timedelta | None = None,
    ) -> bool:
        """Move a request on from one state. False when it is in another: of two who do so at once, one does."""
        values: dict[str, Any] = {"state": after}
        if by is not None:
            values["decided_by"] = by
        if lasts is not None:
            values["expires_at"] = self._context.now() + lasts
        this = and_(within(approvals, company), approvals.c.id == name, approvals.c.state == before)
        return await self._context.run(update(approvals).where(this).values(**values)) == 1

    async def note_posted(self, company: CompanyKey, name: str, posted: Sequence[AskedIn]) -> None:
        """Store where it was asked for."""
        this = and_(within(approvals, company), approvals.c.id == name)
        await self._context.run(
            update(approvals).where(this).values(posted=[[one.place, one.ts, one.whom] for one in posted])
        )

    def _read(self, row: Row[Any]) -> Approval:
        held = _HELD.load(self._context.keys.open_json(row.sealed, row_name(approvals.name, row.id)))
        return Approval(
            row.id, CompanyKey(row.team_id, row.company), PersonKey(row.team_id, row.user_id), row.role, row.state,
            held, tuple(AskedIn(*map(str, one)) for one in row.posted), row.decided_by, row.expires_at,
        )  # fmt: skip
