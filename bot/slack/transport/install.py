"""Installs the app in several workspaces: stores their tokens and serves the two pages of the installation.

slack_sdk's store keeps the installations in the bot's own database; a cache keeps the database out of every call. A
token that is about to end is renewed under one lock for each workspace: Slack takes a refresh token once.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import aiohttp
import structlog
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Table, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.elements import ColumnElement
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.basics.errors import ChatopsError
from bot.basics.settings import Settings
from bot.slack.api.web_client import build_web_client
from bot.slack.transport.loggers import quiet_logger
from bot.slack.transport.uninstalls import Uninstalled

_log = structlog.get_logger(__name__)

INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"
STATE_SECONDS: Final = 600
RENEW_MINUTES_BEFORE: Final = 120
"""Minutes before its end a token is renewed. Slack's tokens last 12 hours, and the old one stays valid until its
end."""


class NotInstalled(ChatopsError):
    """No installation is stored for a workspace that sent a request."""


class Installs:
    """The clients of an app that is installed through ``/slack/install``. Call ``prepare`` before anything else."""

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, engine: AsyncEngine, scopes: Sequence[str]
    ) -> None:
        if not settings.slack_client_id or settings.slack_client_secret is None:
            raise ValueError("installing needs SLACK_CLIENT_ID and SLACK_CLIENT_SECRET")
        secret = settings.slack_client_secret.get_secret_value()
        self._settings = settings
        self._session = session
        self._engine = engine
        self._bots: dict[str, Bot] = {}
        self._store = _InstallationStore(settings.slack_client_id, engine, self._bots.clear)
        self._states = AsyncSQLAlchemyOAuthStateStore(STATE_SECONDS, engine, logger=quiet_logger())
        client = build_web_client(settings, session, None)
        self._rotator = AsyncTokenRotator(client_id=settings.slack_client_id, client_secret=secret, client=client)
        self.flow = AsyncOAuthFlow(
            client=client,
            logger=quiet_logger(),
            settings=AsyncOAuthSettings(
                client_id=settings.slack_client_id,
                client_secret=secret,
                scopes=list(scopes),
                authorization_url=settings.slack_api_url.removesuffix("/api/") + "/oauth/v2/authorize",
                redirect_uri=settings.base_url + REDIRECT_PATH,
                install_path=INSTALL_PATH,
                redirect_uri_path=REDIRECT_PATH,
                installation_store=self._store,
                state_store=self._states,
                state_expiration_seconds=STATE_SECONDS,
                logger=quiet_logger(),
            ),
        )
        self._locks: dict[str, asyncio.Lock] = {}
        self._enterprises: dict[str, str | None] = {}

    async def prepare(self) -> None:
        """Create the tables where they are missing."""
        await self._store.create_tables()  # type: ignore[no-untyped-call]  # slack_sdk leaves it out
        await self._states.create_tables()  # type: ignore[no-untyped-call]  # slack_sdk leaves it out

    async def of(self, team_id: str) -> AsyncWebClient:
        """Return the client for a workspace (``T...``) or an org (``E...``). Raises NotInstalled."""
        bot = self._bots.get(team_id)
        if bot is None or _ends_soon(bot):
            async with self._locks.setdefault(team_id, asyncio.Lock()):
                bot = await self._read(team_id)
        return build_web_client(self._settings, self._session, bot.bot_token)

    async def is_over(self, gone: Uninstalled) -> bool:
        """Tell whether a removal still holds: Slack repeats it for an hour, and the app may be installed again
        since."""
        newest = [_moment(found) for table in self._tables if (found := await self._newest(table, gone)) is not None]
        return gone.at is None or all(installed.timestamp() <= gone.at for installed in newest)

    async def forget(self, gone: Uninstalled) -> None:
        """Forget the tokens of an app that was removed or whose tokens were revoked."""
        async with self._engine.begin() as connection:
            for table in self._tables:
                await connection.execute(delete(table).where(self._of(table, gone)))
        self._bots.clear()
        if gone.team_id:
            self._enterprises.pop(gone.team_id, None)

    @property
    def _tables(self) -> tuple[Table, Table]:
        return self._store.bots, self._store.installations

    async def _newest(self, table: Table, gone: Uninstalled) -> datetime | None:
        statement = select(func.max(table.c.installed_at)).where(self._of(table, gone))
        async with self._engine.connect() as connection:
            found: datetime | None = (await connection.execute(statement)).scalar()
        return found

    def _of(self, table: Table, gone: Uninstalled) -> ColumnElement[bool]:
        """Select a workspace's rows by its own id: its org may have changed since it installed the app."""
        ours = table.c.client_id == self._store.client_id
        if gone.team_id is None:
            return and_(ours, table.c.enterprise_id == gone.enterprise_id, table.c.is_enterprise_install.is_(True))
        return and_(ours, table.c.team_id == gone.team_id, table.c.is_enterprise_install.is_not(True))

    @property
    def routes(self) -> list[BaseRoute]:
        return [
            Route(INSTALL_PATH, self._install, methods=["GET"]),
            Route(REDIRECT_PATH, self._redirect, methods=["GET"]),
        ]

    async def _read(self, team_id: str) -> Bot:
        """Read a token from the cache or the database, renewed if it ends soon. Call it under the workspace's lock."""
        bot = self._bots.get(team_id)
        if bot is None or _ends_soon(bot):
            bot = await self._find(team_id)  # another replica may have renewed it
        if _ends_soon(bot):
            bot = await self._renew(bot)
        self._bots[team_id] = bot
        return bot

    async def _find(self, team_id: str) -> Bot:
        if team_id.startswith("E"):
            bot = await self._store.async_find_bot(enterprise_id=team_id, team_id=None, is_enterprise_install=True)
        else:
            enterprise = await self._enterprise_of(team_id)
            bot = await self._store.async_find_bot(enterprise_id=enterprise, team_id=team_id)
        if bot is None:
            raise NotInstalled(f"no installation for {team_id}")
        return bot

    async def _enterprise_of(self, team_id: str) -> str | None:
        """Find the org a workspace was in when it installed: slack_sdk's store searches for both together."""
        if team_id not in self._enterprises:
            column = self._store.bots.c
            query = select(column.enterprise_id).where(column.team_id == team_id).order_by(column.installed_at.desc())
            async with self._engine.connect() as connection:
                row = (await connection.execute(query.limit(1))).first()
            if row is None:
                return None
            self._enterprises[team_id] = row[0]
        return self._enterprises[team_id]

    async def _renew(self, bot: Bot) -> Bot:
        renewed = await self._rotator.perform_bot_token_rotation(
            bot=bot, minutes_before_expiration=RENEW_MINUTES_BEFORE
        )
        if renewed is None:
            return bot
        await self._store.async_save_bot(renewed)
        _log.info("slack token renewed", team=bot.team_id)
        return renewed

    async def _install(self, request: Request) -> Response:
        return _as_response(await self.flow.handle_installation(_as_bolt(request)))

    async def _redirect(self, request: Request) -> Response:
        return _as_response(await self.flow.handle_callback(_as_bolt(request)))


class _InstallationStore(AsyncSQLAlchemyInstallationStore):
    """An installation store that reports new installations, so that no old token is used from the cache."""

    def __init__(self, client_id: str, engine: AsyncEngine, changed: Callable[[], None]) -> None:
        super().__init__(client_id, engine, logger=quiet_logger())
        self._changed = changed

    async def async_save(self, installation: Installation) -> None:
        await super().async_save(installation)
        self._changed()


def _moment(stored: datetime) -> datetime:
    """Add the zone to a stored time: slack_sdk stores UTC without one."""
    return stored if stored.tzinfo is not None else stored.replace(tzinfo=UTC)


def _ends_soon(bot: Bot) -> bool:
    if bot.bot_refresh_token is None or bot.bot_token_expires_at is None:
        return False
    # Whole seconds of the wall clock, because slack_sdk's rotation compares the same way.
    return int(bot.bot_token_expires_at) < int(time.time()) + RENEW_MINUTES_BEFORE * 60


def _as_bolt(request: Request) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=request.url.query, headers=dict(request.headers))


def _as_response(done: BoltResponse) -> Response:
    response = Response(done.body, done.status)
    for name, values in done.headers.items():
        for value in [values] if isinstance(values, str) else values:
            response.headers.append(name, value)
    return response
