"""Hooks: our webhooks and websockets at Dialpad, with the secret that signs the events they carry."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import SecretStr
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    LargeBinary,
    Row,
    Select,
    Table,
    Text,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.store.connections import THEIR_COMPANY, connections
from bot.store.keys import row_name
from bot.store.schema import (
    Everywhere,
    MomentColumn,
    StoreContext,
    company_values,
    everywhere,
    metadata,
    person_columns,
    within_named,
)
from bot.store.subscriptions import subscriptions
from bot.store.table_rules import Forever, Otherwise, rules

HookKind = Literal["webhook", "websocket"]

hooks = Table(
    "hooks",
    metadata,
    Column("id", Text, primary_key=True),
    *person_columns(),
    Column("company", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reach", Text, nullable=False),
    Column("endpoint_id", Text),
    Column("subscriptions", JSON, nullable=False),
    Column("sealed", LargeBinary),
    Column("created_at", MomentColumn, nullable=False),
    Column("heard_at", MomentColumn, nullable=False),
    info=rules(
        forget=Forever("until nobody needs it"),
        person=Otherwise("passes to a colleague, or goes with what came in through it"),
        read_at_start=True,
    ),
)

_OLDEST_FIRST: Final = select(hooks).order_by(hooks.c.created_at, hooks.c.id)
_OF_COMPANY: Final = _OLDEST_FIRST.where(within_named(hooks))
"""Built once: whoever looks calls up asks since when they are heard."""


@dataclass(frozen=True)
class Hook:
    """One of our webhooks or websockets at Dialpad.

    ``owner`` is the person whose connection made it and keeps it; ``company`` the one whose events come through it.
    ``endpoint_id`` is Dialpad's id of it, None until it exists there. ``subscriptions``: kind of event (``call``,
    ``sms``, ...) to Dialpad's id of the subscription; what it refused is not in it. ``reach``: ``company`` when
    everybody's calls and texts come through it, ``person`` when only the owner's do. ``heard_at``: until then nothing
    was missed.
    """

    id: str
    owner: PersonKey
    company: CompanyKey
    kind: HookKind
    secret: SecretStr | None
    created_at: datetime
    heard_at: datetime
    reach: Literal["company", "person"] = "company"
    endpoint_id: str | None = None
    subscriptions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def listener(self) -> PersonKey | None:
        """Return whose own events come through it; None when it is everybody's of the company."""
        return None if self.reach == "company" else self.owner


def fresh_hook(
    context: StoreContext, owner: PersonKey, company: CompanyKey, kind: HookKind
) -> tuple[dict[str, Any], Hook]:
    """Build a hook that does not exist at Dialpad yet, as a row and as it is read."""
    name, secret, now = secrets.token_urlsafe(18), secrets.token_urlsafe(32), context.now()
    values: dict[str, Any] = {
        "id": name,
        "team_id": owner.team_id,
        "user_id": owner.user_id,
        "company": company.company,
        "kind": kind,
        "reach": "company",
        "endpoint_id": None,
        "subscriptions": {},
        "sealed": context.keys.seal(secret.encode(), row_name(hooks.name, name)),
        "created_at": now,
        "heard_at": now,
    }
    return values, Hook(name, owner, company, kind, SecretStr(secret), now, now)


class Hooks:
    """Queries on hooks: one row per company and workspace, or per person where nobody may subscribe for all."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def create(self, owner: PersonKey, company: CompanyKey, kind: HookKind) -> Hook:
        """Create a hook with a fresh id and secret, before anything exists at Dialpad. The id is all that a
        webhook's address shows; the secret is 32 random bytes."""
        values, hook = fresh_hook(self._context, owner, company, kind)
        await self._context.run(insert(hooks).values(**values))
        return hook

    async def get(self, name: str) -> Hook | None:
        """Read a hook, None if there is none. Raises KeyProblem when its secret cannot be read."""

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(
                everywhere(select(hooks).where(hooks.c.id == name), Everywhere.HOOK)
            ).one_or_none()

        row = await self._context.database.look_up(query)
        return None if row is None else self.read(row)

    async def of_company(self, company: CompanyKey) -> list[Hook]:
        """Return a company's hooks, oldest first."""
        return await self._select(_OF_COMPANY, company_values(company))

    async def all(self) -> list[Hook]:
        """Return the hooks of all companies, oldest first: the bot listens to every one."""
        return await self._select(everywhere(_OLDEST_FIRST, Everywhere.LISTENING), {})

    async def _select(self, statement: Select[Any], values: Mapping[str, str]) -> list[Hook]:
        def query(connection: Connection) -> list[Row[Any]]:
            return list(connection.execute(statement, values).all())

        return [self.read(row) for row in await self._context.database.read(query)]

    async def unheard(self) -> list[PersonKey]:
        """Return connected people with subscriptions who receive no events: neither their company nor they
        themselves have a hook that exists at Dialpad. Those who have had a subscription the longest come first."""
        serves = (
            hooks.c.team_id == connections.c.team_id,
            hooks.c.company == THEIR_COMPANY,
            hooks.c.endpoint_id.is_not(None),
            or_(hooks.c.reach == "company", hooks.c.user_id == connections.c.user_id),
        )
        statement = (
            select(connections.c.team_id, connections.c.user_id)
            .join(
                subscriptions,
                and_(
                    subscriptions.c.team_id == connections.c.team_id,
                    subscriptions.c.user_id == connections.c.user_id,
                    subscriptions.c.company == THEIR_COMPANY,
                ),
            )
            .where(connections.c.broken.is_(False), subscriptions.c.paused.is_(False), ~exists().where(*serves))
            .group_by(connections.c.team_id, connections.c.user_id)
            .order_by(func.min(subscriptions.c.created_at))
        )
        statement = everywhere(statement, Everywhere.LISTENING)

        def query(connection: Connection) -> list[PersonKey]:
            return [PersonKey(row.team_id, row.user_id) for row in connection.execute(statement)]

        return await self._context.database.read(query)

    async def note(
        self,
        name: str,
        *,
        endpoint_id: str,
        subscriptions: Mapping[str, str],
        reach: Literal["company", "person"],
    ) -> None:
        """Record what exists at Dialpad now."""
        values = {"endpoint_id": endpoint_id, "subscriptions": dict(subscriptions), "reach": reach}
        await self._context.run(everywhere(update(hooks).where(hooks.c.id == name).values(**values), Everywhere.HOOK))

    async def heard(self, name: str, until: datetime) -> None:
        """Record that nothing was missed until then. Never moves back."""
        statement = update(hooks).where(hooks.c.id == name, hooks.c.heard_at < until).values(heard_at=until)
        await self._context.run(everywhere(statement, Everywhere.HOOK))

    async def remove(self, name: str) -> bool:
        """Delete a hook; events that still come for it are refused."""
        return await self._context.run(everywhere(delete(hooks).where(hooks.c.id == name), Everywhere.HOOK)) == 1

    def read(self, row: Row[Any], *, with_secret: bool = True) -> Hook:
        """Read a hook from a row of the table. Raises KeyProblem when its secret is wanted and cannot be read."""
        secret = None
        if row.sealed is not None and with_secret:
            secret = SecretStr(self._context.keys.open(row.sealed, row_name(hooks.name, row.id)).decode())
        return Hook(
            id=row.id,
            owner=PersonKey(row.team_id, row.user_id),
            company=CompanyKey(row.team_id, row.company),
            kind=row.kind,
            secret=secret,
            created_at=row.created_at,
            heard_at=row.heard_at,
            reach=row.reach,
            endpoint_id=row.endpoint_id,
            subscriptions=MappingProxyType(dict(row.subscriptions)),
        )
