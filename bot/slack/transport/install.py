"""Installs the app in several workspaces: stores their tokens and serves the two pages of the installation.

The tokens are sealed in a table of our own and read for every call, so that an app which is removed or installed anew
is so in all processes at once. A token that is about to end is renewed by one of them: Slack takes a refresh token
once.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp
import structlog
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.basics.errors import ChatopsError
from bot.basics.settings import Settings
from bot.slack.api.web_client import build_web_client
from bot.slack.conversation.errors import slack_code
from bot.slack.transport.loggers import quiet_logger
from bot.slack.transport.uninstalls import Uninstalled
from bot.store.installations import Installations, SlackInstallation
from bot.store.schema import Clock, StoreContext

_log = structlog.get_logger(__name__)

INSTALL_PATH: Final = "/slack/install"
REDIRECT_PATH: Final = "/slack/oauth_redirect"
STATE_SECONDS: Final = 600
RENEW_BEFORE: Final = timedelta(hours=2)
"""How long before its end a token is renewed. Slack's tokens last 12 hours, and the old one stays valid until its
end."""
RENEWED_WITHIN: Final = timedelta(minutes=1)
"""How long a process that renews a token is left alone; then another one tries."""
LOOK_EVERY_S: Final = 0.2


class NotInstalled(ChatopsError):
    """No installation is stored for a workspace that sent a request."""


class Installs:
    """The clients of an app that is installed through ``/slack/install``. Call ``prepare`` before anything else."""

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, context: StoreContext, scopes: Sequence[str]
    ) -> None:
        if not settings.slack_client_id or settings.slack_client_secret is None:
            raise ValueError("installing needs SLACK_CLIENT_ID and SLACK_CLIENT_SECRET")
        self._settings = settings
        self._session = session
        self._now = context.now
        self._client_id = settings.slack_client_id
        self._secret = settings.slack_client_secret.get_secret_value()
        self._installations = Installations(context, self._client_id)
        self._store = _InstallationStore(self._installations, context.now)
        engine = context.database.engine
        self._states = AsyncSQLAlchemyOAuthStateStore(STATE_SECONDS, engine, logger=quiet_logger())
        self._slack = build_web_client(settings, session, None)
        self.flow = AsyncOAuthFlow(
            client=self._slack,
            logger=quiet_logger(),
            settings=AsyncOAuthSettings(
                client_id=self._client_id,
                client_secret=self._secret,
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

    async def prepare(self) -> None:
        """Create the table of the OAuth states where it is missing."""
        await self._states.create_tables()  # type: ignore[no-untyped-call]  # slack_sdk leaves it out

    async def of(self, team_id: str) -> AsyncWebClient:
        """Return the client for a workspace (``T...``) or an org (``E...``); for a workspace without the app, that of
        an installation which its people have spoken to. Raises NotInstalled."""
        installed = await self._installations.get(team_id)
        if installed is None and (host := await self._installations.host_of(team_id)) is not None:
            installed = await self._installations.get(host)
        if installed is None:
            raise NotInstalled(f"no installation for {team_id}")
        if self._ends_within(installed, RENEW_BEFORE):
            installed = await self._renew(installed.team_id)
        return build_web_client(self._settings, self._session, installed.token)

    async def reaches(self, team_id: str) -> bool:
        """Tell whether people of this workspace are answered otherwise than through an org's installation."""
        installed = await self._installations.get(team_id)
        return installed is not None or await self._installations.host_of(team_id) is not None

    async def is_over(self, gone: Uninstalled) -> bool:
        """Tell whether a removal still holds: Slack repeats it for an hour, and the app may be installed again
        since."""
        installed = await self._installations.get(gone.key)
        return installed is None or gone.at is None or installed.installed_at.timestamp() <= gone.at

    async def forget(self, gone: Uninstalled) -> None:
        """Forget the token of an app that was removed or whose tokens were revoked."""
        until = None if gone.at is None else datetime.fromtimestamp(gone.at, UTC)
        await self._installations.forget(gone.key, until)

    @property
    def routes(self) -> list[BaseRoute]:
        return [
            Route(INSTALL_PATH, self._install, methods=["GET"]),
            Route(REDIRECT_PATH, self._redirect, methods=["GET"]),
        ]

    def _ends_within(self, installed: SlackInstallation, span: timedelta) -> bool:
        if installed.refresh_token is None or installed.expires_at is None:
            return False
        return installed.expires_at <= self._now() + span

    async def _renew(self, team_id: str) -> SlackInstallation:
        """Renew a token, or use what another process has made of it. A token that cannot be renewed is used until it
        ends."""
        async with self._locks.setdefault(team_id, asyncio.Lock()):
            installed = await self._newest(team_id)
            if not self._ends_within(installed, RENEW_BEFORE):
                return installed
            if not await self._installations.begin_renewal(installed, RENEWED_WITHIN):
                return await self._renewed_elsewhere(team_id)
            try:
                renewed = await self._ask_for_another(installed)
            except (SlackApiError, aiohttp.ClientError, TimeoutError) as problem:
                why = slack_code(problem) if isinstance(problem, SlackApiError) else type(problem).__name__
                _log.warning("slack token not renewed", team=team_id, error=why)
                return await self._newest(team_id)
            if not await self._installations.renewed(installed, renewed):
                return await self._newest(team_id)  # installed again meanwhile
            _log.info("slack token renewed", team=team_id)
            return renewed

    async def _renewed_elsewhere(self, team_id: str) -> SlackInstallation:
        """Return the token as it is while another process renews it; one that has ended is waited for."""
        given_up = self._now() + RENEWED_WITHIN
        installed = await self._newest(team_id)
        while self._ends_within(installed, timedelta(0)) and self._now() < given_up:
            await asyncio.sleep(LOOK_EVERY_S)
            installed = await self._newest(team_id)
        return installed

    async def _newest(self, team_id: str) -> SlackInstallation:
        installed = await self._installations.get(team_id)
        if installed is None:
            raise NotInstalled(f"no installation for {team_id}")
        return installed

    async def _ask_for_another(self, installed: SlackInstallation) -> SlackInstallation:
        answer = await self._slack.oauth_v2_access(
            client_id=self._client_id,
            client_secret=self._secret,
            grant_type="refresh_token",
            refresh_token=installed.refresh_token,
        )
        return replace(
            installed,
            token=str(answer["access_token"]),
            refresh_token=str(answer["refresh_token"]),
            expires_at=self._now() + timedelta(seconds=int(answer["expires_in"])),
        )

    async def _install(self, request: Request) -> Response:
        return _as_response(await self.flow.handle_installation(_as_bolt(request)))

    async def _redirect(self, request: Request) -> Response:
        return _as_response(await self.flow.handle_callback(_as_bolt(request)))


class _InstallationStore(AsyncInstallationStore):
    """What Bolt's OAuth flow stores an installation with. Only what the bot uses is stored: no user's token, no
    webhook."""

    def __init__(self, installations: Installations, now: Clock) -> None:
        self._installations = installations
        self._now = now

    async def async_save(self, installation: Installation) -> None:
        org_wide = installation.is_enterprise_install
        team_id = installation.enterprise_id if org_wide else installation.team_id
        if not team_id or not installation.bot_token:
            raise NotInstalled("Slack named no workspace, or gave no bot token")
        now, ends = self._now(), installation.bot_token_expires_at
        await self._installations.save(
            SlackInstallation(
                team_id=team_id,
                enterprise_id=installation.enterprise_id,
                installed_at=now,
                token=installation.bot_token,
                refresh_token=installation.bot_refresh_token,
                expires_at=None if ends is None else now + timedelta(seconds=ends - time.time()),  # slack_sdk's clock
                user_id=installation.bot_user_id or "",
                scopes=tuple(installation.bot_scopes or ()),
            )
        )


def _as_bolt(request: Request) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=request.url.query, headers=dict(request.headers))


def _as_response(done: BoltResponse) -> Response:
    response = Response(done.body, done.status)
    for name, values in done.headers.items():
        for value in [values] if isinstance(values, str) else values:
            response.headers.append(name, value)
    return response
