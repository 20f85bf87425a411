"""What is still to be removed at Dialpad after a connection ended here, and the token to do it with.

The token is sealed, and stored only as long as something needs it.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    insert,
    or_,
    select,
    update,
)

from bot.basics.person import PersonKey
from bot.basics.stored_json import StoredJson
from bot.dialpad.connection import DialpadConnection, DialpadConnections
from bot.store.connections import connections
from bot.store.hooks import Hook, HookKind
from bot.store.keys import KeyProblem, row_name
from bot.store.schema import MomentColumn, StoreContext, metadata, person_columns
from bot.store.table_rules import Otherwise, older_than, rules

GIVEN_UP_AFTER: Final = timedelta(days=14)
KEPT_FOR: Final = GIVEN_UP_AFTER + timedelta(days=1)
"""How long a removal is stored at most. Giving up is logged and ends it sooner; this is for when nobody did."""
HELD_FOR: Final = timedelta(minutes=2)
COLLEAGUES: Final = 3

removals = Table(
    "removals",
    metadata,
    Column("id", Text, primary_key=True),
    *person_columns(),
    Column("company", Text, nullable=False),
    Column("hooks", JSON, nullable=False),
    Column("access", Boolean, nullable=False),
    Column("sealed", LargeBinary),
    Column("tries", Integer, nullable=False),
    Column("tried_at", MomentColumn),
    Column("held_until", MomentColumn),
    Column("created_at", MomentColumn, nullable=False, index=True),
    info=rules(
        forget=older_than("created_at", KEPT_FOR),
        workspace=Otherwise("kept until it is removed at Dialpad"),
        person=Otherwise("kept until it is removed at Dialpad"),
        read_at_start=True,
    ),
)


@dataclass(frozen=True)
class HookLeft:
    """A webhook or websocket to remove, by Dialpad's ids. ``id`` is what our address for it ended in;
    ``endpoint_id`` is None when it was being made and nobody knows how far that got."""

    id: str
    kind: HookKind
    endpoint_id: str | None
    subscriptions: Mapping[str, str] = field(default_factory=dict)


_HOOK: Final = StoredJson(HookLeft)


@dataclass(frozen=True)
class Removal:
    """What is left at Dialpad of one connection. ``access``: its token is still to be revoked, which comes last.
    ``link`` is None when no token of the person's is of use any more."""

    id: str
    person: PersonKey
    company: str
    hooks: tuple[HookLeft, ...]
    access: bool
    link: DialpadConnection | None
    tries: int
    tried_at: datetime | None
    created_at: datetime


def hook_left(hook: Hook) -> HookLeft:
    return HookLeft(hook.id, hook.kind, hook.endpoint_id, dict(hook.subscriptions))


def note_removal(
    connection: Connection,
    context: StoreContext,
    person: PersonKey,
    company: str,
    hooks: Sequence[HookLeft],
    link: DialpadConnection | None,
) -> str | None:
    """Add a removal in the caller's transaction and return its id, None when there is nothing to remove."""
    link = None if link is None or link.broken else link
    access = link is not None and link.kind == "oauth"
    if not hooks and not access:
        return None
    name = secrets.token_urlsafe(12)
    connection.execute(
        insert(removals).values(
            id=name,
            team_id=person.team_id,
            user_id=person.user_id,
            company=company,
            hooks=[_HOOK.dump(hook) for hook in hooks],
            access=access,
            sealed=None if link is None else _seal(context, name, link),
            tries=0,
            created_at=context.now(),
        )
    )
    return name


class Removals:
    """Queries on removals. The table is usually empty."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def all(self) -> list[Removal]:
        """Return all removals, oldest first."""
        statement = select(removals).order_by(removals.c.created_at, removals.c.id)

        def query(connection: Connection) -> list[Row[Any]]:
            return list(connection.execute(statement).all())

        return [self._read(row) for row in await self._context.database.read(query)]

    async def get(self, name: str) -> Removal | None:
        """Read a removal. None when everything is removed, or was given up."""

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(select(removals).where(removals.c.id == name)).one_or_none()

        row = await self._context.database.read(query)
        return None if row is None else self._read(row)

    async def add(self, person: PersonKey, company: str, hook: HookLeft, link: DialpadConnection) -> None:
        """Add a hook that was created at Dialpad while it was being removed here."""

        def change(connection: Connection) -> None:
            note_removal(connection, self._context, person, company, [hook], link)

        await self._context.database.write(change)

    async def hold(self, name: str) -> bool:
        """Reserve a removal for this process and count the try. False if another process works on it."""
        now, column = self._context.now(), removals.c
        free = or_(column.held_until.is_(None), column.held_until <= now)
        values = {"tries": column.tries + 1, "tried_at": now, "held_until": now + HELD_FOR}
        return await self._context.run(update(removals).where(column.id == name, free).values(**values)) == 1

    async def let_go(self, name: str) -> None:
        await self._context.run(update(removals).where(removals.c.id == name).values(held_until=None))

    async def hook_gone(self, name: str, hook_id: str) -> None:
        """Record that a hook no longer exists at Dialpad."""

        def change(row: Row[Any]) -> dict[str, Any]:
            return {"hooks": [one for one in row.hooks if one["id"] != hook_id]}

        await self._change(name, change)

    async def access_gone(self, name: str) -> None:
        """Wipe the token: it is worth nothing any more, or must not be revoked."""
        await self._change(name, lambda _: {"access": False, "sealed": None})

    async def give_up(self, name: str) -> None:
        await self._context.run(delete(removals).where(removals.c.id == name))

    async def colleagues(self, company: str) -> list[PersonKey]:
        """Return people of the same Dialpad company whose connections work, those with the company's own key first."""
        column = connections.c
        theirs = (column.company_id == company, column.broken.is_(False))
        order = (column.is_company_key.desc(), column.connected_at)
        statement = select(column.team_id, column.user_id).where(*theirs).order_by(*order).limit(COLLEAGUES)

        def query(connection: Connection) -> list[PersonKey]:
            return [PersonKey(row.team_id, row.user_id) for row in connection.execute(statement)]

        return await self._context.database.read(query) if company else []

    async def connected_elsewhere(self, link: DialpadConnection) -> bool:
        """Tell whether the same Dialpad user is connected by sign-in, again or from another place: Dialpad revokes
        all of a user's tokens at once."""
        column = connections.c
        same = (column.dialpad_user_id == link.dialpad_user_id, column.kind == "oauth", column.broken.is_(False))
        statement = select(column.user_id).where(*same).limit(1)

        def query(connection: Connection) -> bool:
            return connection.execute(statement).first() is not None

        return link.dialpad_user_id is not None and await self._context.database.read(query)

    def links_of(self, removal: Removal) -> DialpadConnections:
        """Return the ended connection, stored with the removal, in the form ``Accounts`` needs to renew its token."""
        return _LeftLink(self, removal.id)

    async def keep_renewed(self, name: str, link: DialpadConnection) -> None:
        """Store the token that Dialpad issued in place of the old one."""
        sealed = _seal(self._context, name, link)
        await self._context.run(update(removals).where(removals.c.id == name).values(sealed=sealed))

    async def _change(self, name: str, change: Callable[[Row[Any]], dict[str, Any]]) -> None:
        """Change a removal; its row is deleted when nothing is left to remove."""
        this = removals.c.id == name

        def write(connection: Connection) -> None:
            row = connection.execute(select(removals).where(this).with_for_update()).one_or_none()
            if row is None:
                return
            values = change(row)
            if values.get("hooks", row.hooks) or values.get("access", row.access):
                connection.execute(update(removals).where(this).values(**values))
            else:
                connection.execute(delete(removals).where(this))

        await self._context.database.write(write)

    def _read(self, row: Row[Any]) -> Removal:
        return Removal(
            id=row.id,
            person=PersonKey(row.team_id, row.user_id),
            company=row.company,
            hooks=tuple(_HOOK.load(one) for one in row.hooks),
            access=row.access,
            link=self._open(row),
            tries=row.tries,
            tried_at=row.tried_at,
            created_at=row.created_at,
        )

    def _open(self, row: Row[Any]) -> DialpadConnection | None:
        if row.sealed is None:
            return None
        try:
            kept = self._context.keys.open_json(row.sealed, row_name(removals.name, row.id))
        except KeyProblem:
            return None  # the rest of the list is worked off all the same
        return DialpadConnection(
            kind=kept["kind"],
            access_token=SecretStr(kept["access"]),
            refresh_token=SecretStr(kept["refresh"]) if kept["refresh"] is not None else None,
            expires_at=datetime.fromisoformat(kept["expires_at"]) if kept["expires_at"] else None,
            scopes=tuple(kept["scopes"]),
            dialpad_user_id=kept["dialpad_user_id"],
            dialpad_name="",
            company_id=row.company or None,
            is_company_key=kept["is_company_key"],
            broken=False,
            connected_at=row.created_at,
        )


@dataclass(frozen=True)
class _LeftLink:
    """The ``bot.dialpad.connection.DialpadConnections`` of one removal, the same for every person."""

    kept: Removals
    name: str

    async def get(self, key: PersonKey) -> DialpadConnection | None:
        removal = await self.kept.get(self.name)
        return removal.link if removal is not None else None

    async def save(self, key: PersonKey, link: DialpadConnection) -> None:
        await self.kept.keep_renewed(self.name, link)

    async def mark_broken(self, key: PersonKey) -> bool:
        await self.kept.access_gone(self.name)
        return True

    async def delete(self, key: PersonKey) -> None:
        await self.kept.access_gone(self.name)


def _seal(context: StoreContext, name: str, link: DialpadConnection) -> bytes:
    kept = {
        "kind": link.kind,
        "access": link.access_token.get_secret_value(),
        "refresh": link.refresh_token.get_secret_value() if link.refresh_token else None,
        "expires_at": link.expires_at.isoformat() if link.expires_at else None,
        "scopes": list(link.scopes),
        "dialpad_user_id": link.dialpad_user_id,
        "is_company_key": link.is_company_key,
    }
    return context.keys.seal_json(kept, row_name(removals.name, name))
