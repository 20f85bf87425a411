"""Requests that wait to be confirmed. They are stored here, so that a button carries nothing but an id."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, insert, select, update

from bot.basics.errors import NotConfirmed
from bot.basics.person import PersonKey
from bot.basics.stored_json import StoredJson
from bot.store.keys import KeyProblem, row_name
from bot.store.schema import MomentColumn, StoreContext, metadata, person_columns
from bot.store.table_rules import Goes, expired, older_than, rules

LIFETIME = timedelta(minutes=10)
EXPLAINED_FOR = timedelta(days=1)
"""How long a click on an old confirmation is still told that it was used or has expired, rather than unknown."""

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", Text, primary_key=True),
    *person_columns(),
    Column("sealed", LargeBinary),
    Column("used_at", MomentColumn),
    Column("expires_at", MomentColumn, nullable=False, index=True),
    info=rules(
        forget=older_than("expires_at", EXPLAINED_FOR),
        wipe=expired(),
        person=Goes(only=lambda table: table.c.used_at.is_(None)),
    ),
)


@dataclass(frozen=True)
class Confirmed:
    """A request that the person confirmed. ``place`` is where in Slack, as the caller gave it."""

    route: str
    args: Mapping[str, Any] = field(repr=False)
    place: Mapping[str, Any] = field(default_factory=dict, repr=False)


_CONFIRMED: Final = StoredJson(Confirmed)


class Confirmations:
    """Requests to confirm, each for one person and one use."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def create(
        self, person: PersonKey, route: str, args: Mapping[str, Any], place: Mapping[str, Any] | None = None
    ) -> str:
        """Store a request and return its id, which opens it once, for the same person, within 10 minutes."""
        name = secrets.token_urlsafe(16)
        kept = _CONFIRMED.dump(Confirmed(route, args, place or {}))
        statement = insert(confirmations).values(
            id=name,
            team_id=person.team_id,
            user_id=person.user_id,
            sealed=self._context.keys.seal_json(kept, row_name(confirmations.name, name)),
            expires_at=self._context.now() + LIFETIME,
        )
        await self._context.run(statement)
        return name

    async def take(self, name: str, person: PersonKey) -> Confirmed:
        """Use a confirmation up and return its request. Raises NotConfirmed ``used``, ``late``, ``foreign``,
        ``unknown`` or ``unreadable``.

        If two clicks arrive together, only one gets it: the update counts only if nobody used it before, and it wipes
        the stored request.
        """
        column = confirmations.c
        now = self._context.now()
        claim = (
            update(confirmations).where(column.id == name, column.used_at.is_(None)).values(used_at=now, sealed=None)
        )

        def change(connection: Connection) -> bytes:
            row = connection.execute(select(confirmations).where(column.id == name)).one_or_none()
            if row is None:
                raise NotConfirmed("unknown")
            if PersonKey(row.team_id, row.user_id) != person:
                raise NotConfirmed("foreign")
            if row.used_at is not None:
                raise NotConfirmed("used")
            if row.expires_at <= now:
                raise NotConfirmed("late")
            if connection.execute(claim).rowcount == 0:
                raise NotConfirmed("used")
            return bytes(row.sealed)

        sealed = await self._context.database.write(change)
        try:
            kept = self._context.keys.open_json(sealed, row_name(confirmations.name, name))
        except KeyProblem:
            raise NotConfirmed("unreadable") from None
        return _CONFIRMED.load(kept)
