"""Slack's installations of the app: whose token answers in which workspace or org, sealed like Dialpad's tokens.

Every call to Slack reads the row, so that what one process stores or deletes is known to all of them at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    and_,
    delete,
    func,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.store.keys import Keyring, row_name
from bot.store.schema import MomentColumn, StoreContext, insert_for, metadata
from bot.store.table_rules import Forever, rules

installations = Table(
    "installations",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("team_id", Text, primary_key=True),
    Column("enterprise_id", Text),
    Column("installed_at", MomentColumn, nullable=False),
    Column("expires_at", MomentColumn),
    Column("renewing_until", MomentColumn),
    Column("sealed", LargeBinary, nullable=False),
    info=rules(
        forget=Forever("deleted when the app is removed"),
        read_at_start=True,
    ),
)

guests = Table(
    "guests",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("through", Text, primary_key=True),
    info=rules(forget=Forever("deleted with either workspace")),
)
"""Workspaces whose people speak to an installation of another one, in a channel that both share."""

_PLAIN: Final = MetaData()
_PLAIN_BOTS: Final = Table(
    "slack_bots",
    _PLAIN,
    Column("id", Integer, primary_key=True),
    Column("client_id", Text),
    Column("enterprise_id", Text),
    Column("team_id", Text),
    Column("bot_token", Text),
    Column("bot_user_id", Text),
    Column("bot_scopes", Text),
    Column("bot_refresh_token", Text),
    Column("bot_token_expires_at", DateTime),
    Column("is_enterprise_install", Boolean),
    Column("installed_at", DateTime),
)
"""slack_sdk's own table, in which versions before this one stored tokens in plain text."""
_PLAIN_TABLES: Final = ("slack_bots", "slack_installations")


@dataclass(frozen=True)
class SlackInstallation:
    """An installation of the app. ``team_id``: a workspace, or an org for all of its workspaces. ``expires_at`` and
    ``refresh_token`` are set where Slack's token rotation is on."""

    team_id: str
    enterprise_id: str | None
    installed_at: datetime
    token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    user_id: str = ""
    scopes: tuple[str, ...] = ()


class Installations:
    """Queries on the installations of one Slack app."""

    def __init__(self, context: StoreContext, client_id: str) -> None:
        self._context = context
        self._client_id = client_id

    async def save(self, installed: SlackInstallation) -> None:
        """Store an installation in place of an earlier one of the same workspace or org."""
        values = _values(self._context.keys, self._client_id, installed)

        def change(connection: Connection) -> None:
            row = insert_for(connection, installations).values(**values)
            key = [installations.c.client_id, installations.c.team_id]
            connection.execute(row.on_conflict_do_update(index_elements=key, set_=values))

        await self._context.database.write(change)

    async def get(self, team_id: str) -> SlackInstallation | None:
        """Return the installation of a workspace or org. Raises KeyProblem."""

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(select(installations).where(self._is(team_id))).one_or_none()

        row = await self._context.database.look_up(query)
        return None if row is None else _read(self._context.keys, row)

    async def all(self) -> list[SlackInstallation]:
        """Return every installation, by workspace. Raises KeyProblem."""
        statement = select(installations).where(installations.c.client_id == self._client_id)

        def query(connection: Connection) -> list[Row[Any]]:
            return list(connection.execute(statement.order_by(installations.c.team_id)).all())

        return [_read(self._context.keys, row) for row in await self._context.database.read(query)]

    async def host_of(self, team_id: str) -> str | None:
        """Return an installation through which people of this workspace have spoken to the app, None if there is none.
        With several, the first by id: any of them may write to them."""
        installed = and_(installations.c.team_id == guests.c.through, installations.c.client_id == self._client_id)
        statement = select(func.min(guests.c.through)).join(installations, installed).where(guests.c.team_id == team_id)

        def query(connection: Connection) -> str | None:
            found: str | None = connection.execute(statement).scalar_one()
            return found

        return await self._context.database.read(query)

    async def begin_renewal(self, installed: SlackInstallation, within: timedelta) -> bool:
        """Take on the renewal of a token, for so long. False when another process has, or has renewed it already:
        Slack takes a refresh token once."""
        now = self._context.now()
        free = or_(installations.c.renewing_until.is_(None), installations.c.renewing_until <= now)
        same = and_(self._is_same(installed), free)
        return await self._context.run(update(installations).where(same).values(renewing_until=now + within)) == 1

    async def renewed(self, old: SlackInstallation, new: SlackInstallation) -> bool:
        """Store a renewed token. False when the app was removed or installed again meanwhile."""
        values = {**_values(self._context.keys, self._client_id, new), "renewing_until": None}
        return await self._context.run(update(installations).where(self._is_same(old)).values(**values)) == 1

    async def forget(self, team_id: str, until: datetime | None) -> None:
        """Delete an installation, unless it was made after ``until``."""
        old = self._is(team_id) if until is None else and_(self._is(team_id), installations.c.installed_at <= until)
        await self._context.run(delete(installations).where(old))

    def _is(self, team_id: str) -> ColumnElement[bool]:
        return and_(installations.c.client_id == self._client_id, installations.c.team_id == team_id)

    def _is_same(self, installed: SlackInstallation) -> ColumnElement[bool]:
        until = installations.c.expires_at
        unchanged = until.is_(None) if installed.expires_at is None else until == installed.expires_at
        return and_(self._is(installed.team_id), installations.c.installed_at == installed.installed_at, unchanged)


class Guests:
    """Remembers which workspaces' people speak to an installation of another workspace."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def note(self, team_id: str, through: str) -> None:
        """Remember a workspace whose people spoke to another one's installation."""
        same = and_(guests.c.team_id == team_id, guests.c.through == through)

        def change(connection: Connection) -> None:
            row = insert_for(connection, guests).values(team_id=team_id, through=through)
            connection.execute(row.on_conflict_do_nothing())

        if not await self._context.database.look_up(
            lambda connection: connection.execute(select(guests).where(same)).all()
        ):
            await self._context.database.write(change)

    async def leaving_with(self, through: str) -> list[str]:
        """Return the workspaces whose people can no longer be reached when this installation is removed: they have
        none of their own, and spoke to no other."""
        others = select(guests.c.team_id).where(guests.c.through != through)
        installed = select(installations.c.team_id)
        statement = (
            select(guests.c.team_id)
            .where(guests.c.through == through)
            .where(guests.c.team_id.not_in(others), guests.c.team_id.not_in(installed))
            .order_by(guests.c.team_id)
        )

        def query(connection: Connection) -> list[str]:
            return list(connection.execute(statement).scalars())

        return await self._context.database.read(query)

    async def forget(self, through: str) -> None:
        """Forget who spoke to an installation that was removed."""
        await self._context.run(delete(guests).where(guests.c.through == through))


def seal_plain_text(connection: Connection, keys: Keyring) -> None:
    """Seal the tokens that earlier versions stored in plain text, and remove their tables."""
    there = [name for name in _PLAIN_TABLES if inspect(connection).has_table(name)]
    if not there:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")  # otherwise the tokens stay readable in the file
    if _PLAIN_BOTS.name in there:
        for row in connection.execute(select(_PLAIN_BOTS).order_by(_PLAIN_BOTS.c.installed_at, _PLAIN_BOTS.c.id)):
            if (installed := _read_plain(row)) is None:
                continue
            values = _values(keys, row.client_id, installed)
            statement = insert_for(connection, installations).values(**values)
            key = [installations.c.client_id, installations.c.team_id]
            connection.execute(statement.on_conflict_do_update(index_elements=key, set_=values))
    for name in there:
        table = Table(name, MetaData())
        connection.execute(delete(table))
        table.drop(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")


def _read_plain(row: Row[Any]) -> SlackInstallation | None:
    team_id = row.enterprise_id if row.is_enterprise_install else row.team_id
    if not team_id or not row.bot_token or not row.client_id:
        return None
    return SlackInstallation(
        team_id=team_id,
        enterprise_id=row.enterprise_id,
        installed_at=row.installed_at.replace(tzinfo=UTC),
        token=row.bot_token,
        refresh_token=row.bot_refresh_token,
        expires_at=None if row.bot_token_expires_at is None else row.bot_token_expires_at.replace(tzinfo=UTC),
        user_id=row.bot_user_id or "",
        scopes=tuple(scope for scope in (row.bot_scopes or "").split(",") if scope),
    )


def _values(keys: Keyring, client_id: str, installed: SlackInstallation) -> dict[str, Any]:
    secret = {
        "token": installed.token,
        "refresh_token": installed.refresh_token,
        "user_id": installed.user_id,
        "scopes": list(installed.scopes),
    }
    return {
        "client_id": client_id,
        "team_id": installed.team_id,
        "enterprise_id": installed.enterprise_id,
        "installed_at": installed.installed_at,
        "expires_at": installed.expires_at,
        "renewing_until": None,
        "sealed": keys.seal_json(secret, row_name(installations.name, client_id, installed.team_id)),
    }


def _read(keys: Keyring, row: Row[Any]) -> SlackInstallation:
    name = row_name(installations.name, row.client_id, row.team_id)
    secret: Mapping[str, Any] = keys.open_json(row.sealed, name)
    return SlackInstallation(
        team_id=row.team_id,
        enterprise_id=row.enterprise_id,
        installed_at=row.installed_at,
        token=secret["token"],
        refresh_token=secret["refresh_token"],
        expires_at=row.expires_at,
        user_id=secret["user_id"],
        scopes=tuple(secret["scopes"]),
    )
