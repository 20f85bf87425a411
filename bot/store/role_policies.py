"""What each company has decided about roles: who has which, and what needs which."""

from typing import Any, Final

from sqlalchemy import JSON, Column, Connection, Table, select

from bot.basics.company import CompanyKey
from bot.store.schema import (
    Everywhere,
    MomentColumn,
    StoreContext,
    company_columns,
    company_values,
    everywhere,
    insert_for,
    metadata,
    within_named,
)
from bot.store.table_rules import Forever, rules

role_policies = Table(
    "role_policies",
    metadata,
    *company_columns(primary_key=True),
    Column("policy", JSON, nullable=False),
    Column("changed_at", MomentColumn, nullable=False),
    info=rules(forget=Forever("until an admin changes it, or the workspace leaves")),
)

_GET: Final = select(role_policies.c.policy).where(within_named(role_policies))
_ANY: Final = select(role_policies.c.team_id).limit(1)


class RolePolicies:
    """Queries on the roles of companies."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def get(self, company: CompanyKey) -> dict[str, Any] | None:
        """Return what a company has decided, None for nothing."""

        def query(connection: Connection) -> dict[str, Any] | None:
            return connection.execute(_GET, company_values(company)).scalar_one_or_none()

        return await self._context.database.look_up(query)

    async def are_none(self) -> bool:
        """Tell whether no company has decided anything, so that nobody has to be asked."""

        def query(connection: Connection) -> bool:
            return connection.execute(everywhere(_ANY, Everywhere.WHOSE)).first() is None

        return await self._context.database.look_up(query)

    async def save(self, company: CompanyKey, policy: dict[str, Any]) -> None:
        """Store what a company has decided, in place of what it had."""
        values = {"policy": policy, "changed_at": self._context.now()}

        def change(connection: Connection) -> None:
            kept = insert_for(connection, role_policies).values(**company_values(company), **values)
            names = [role_policies.c.team_id, role_policies.c.company]
            connection.execute(kept.on_conflict_do_update(index_elements=names, set_=values))

        await self._context.database.write(change)
