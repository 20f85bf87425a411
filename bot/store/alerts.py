"""How the alerts of watched lines stand, and when each line is looked at next."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import JSON, Column, Connection, Table, Text, delete, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.activity.alerts import AlertRule, AlertState, from_json, to_json
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
    within,
)
from bot.store.table_rules import With, rules

alerts = Table(
    "alerts",
    metadata,
    *company_columns(primary_key=True),
    Column("subscription_id", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("state", JSON, nullable=False),
    Column("due_at", MomentColumn, index=True),
    info=rules(forget=With("subscription_id", "watches")),
)

AlertStates: TypeAlias = Mapping[AlertRule, AlertState]
Decide: TypeAlias = Callable[[Connection, AlertStates], AlertStates]
"""Is given how a line's alerts stand; returns how they stand from then on, and writes what follows."""
_MOST: Final = 50


@dataclass(frozen=True)
class AlertedLine:
    """A line that somebody wants alerts about."""

    company: CompanyKey
    subscription: str
    place: str


class StoredAlerts:
    """Queries on alerts, one row for each subscription and line."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def watch(self, company: CompanyKey, subscription: str, places: Collection[str]) -> None:
        """Look at these lines from now on, and at no others, for a subscription."""
        now = self._context.now()
        fresh = {**company_values(company), "subscription_id": subscription, "state": {}, "due_at": now}

        def change(connection: Connection) -> None:
            its = _of(company, subscription)
            connection.execute(delete(alerts).where(its, alerts.c.place.not_in(list(places))))
            for place in places:
                row = insert_for(connection, alerts).values(place=place, **fresh)
                connection.execute(row.on_conflict_do_nothing())
            connection.execute(update(alerts).where(its).values(due_at=now))

        await self._context.database.write(change)

    async def due(self) -> list[AlertedLine]:
        """Return the lines that are to be looked at now."""
        statement = select(alerts.c.team_id, alerts.c.company, alerts.c.subscription_id, alerts.c.place)
        statement = statement.where(alerts.c.due_at <= self._context.now()).order_by(alerts.c.due_at).limit(_MOST)
        asked = everywhere(statement, Everywhere.DUE)

        def query(connection: Connection) -> list[AlertedLine]:
            return [_read(row) for row in connection.execute(asked).all()]

        return await self._context.database.read(query)

    async def look_later(self, line: AlertedLine, due_at: datetime | None) -> None:
        """Look at a line then; None: not any more."""
        await self._context.run(update(alerts).where(_is(line)).values(due_at=due_at))

    async def change(self, line: AlertedLine, decide: Decide, due_at: datetime | None = None) -> bool:
        """Decide how a line's alerts stand, in one transaction with what follows from it; of several processes one
        after the other. False when nobody wants them any more."""

        def change(connection: Connection) -> bool:
            row = connection.execute(select(alerts.c.state).where(_is(line)).with_for_update()).one_or_none()
            if row is None:
                return False
            after: dict[str, Any] = {"state": to_json(decide(connection, from_json(row.state)))}
            after |= {} if due_at is None else {"due_at": due_at}
            connection.execute(update(alerts).where(_is(line)).values(**after))
            return True

        return await self._context.database.write(change)


def _of(company: CompanyKey, subscription: str) -> ColumnElement[bool]:
    return within(alerts, company) & (alerts.c.subscription_id == subscription)


def _is(line: AlertedLine) -> ColumnElement[bool]:
    return _of(line.company, line.subscription) & (alerts.c.place == line.place)


def _read(row: Any) -> AlertedLine:
    return AlertedLine(CompanyKey(row.team_id, row.company), row.subscription_id, row.place)
