"""The only listener in Bolt, and the only place that acknowledges.

Bolt tries its listeners one by one and builds forty arguments for each call; with ours that was a third of an
acknowledgement. So all kinds of payload are taken by one middleware, which Bolt runs first and after which it is done:
nothing can go unmatched, and routing, by dictionary, costs the same with ten routes and with hundreds. None of the
work happens here: the dispatcher has put it on disk and started it when the middleware returns.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.basics.language import mark, say
from bot.basics.outages import Outage
from bot.slack.conversation.dispatch import Ack, Dispatcher
from bot.slack.transport.loggers import quiet_logger
from bot.slack.transport.payload import PayloadKind, parse_incoming
from bot.slack.transport.renamed_channels import read_renamed_channel
from bot.slack.transport.team_access import TeamAccess, read_access_changed
from bot.slack.transport.uninstalls import Installed, Uninstalled, read_uninstalled
from bot.slack.transport.whose import read_whose

_log = structlog.get_logger(__name__)

_NOT_KEPT = mark("This could not be saved, so nothing was done. Try again in a minute.")


class Flow(Installed, Protocol):
    """Stores the workspaces' tokens and serves the OAuth flow."""

    @property
    def flow(self) -> AsyncOAuthFlow: ...


class Leaves(Protocol):
    """``bot.notifications.disconnecting.Disconnector``, as far as it is needed here."""

    async def leave_workspace(self, team_id: str) -> None: ...


class RememberedGuests(Protocol):
    """``bot.store.installations.Guests``, as far as it is needed here."""

    async def note(self, team_id: str, through: str) -> None: ...

    async def leaving_with(self, through: str) -> list[str]: ...

    async def forget(self, through: str) -> None: ...


class RenamesChannels(Protocol):
    """``bot.store.channels.Channels``."""

    async def renamed(self, old: str, new: str) -> None: ...


def build_bolt(
    dispatcher: Dispatcher,
    *,
    installs: Flow | None = None,
    installed: Installed | None = None,
    leaves: Leaves | None = None,
    guests: RememberedGuests | None = None,
    channels: RenamesChannels | None = None,
    access: TeamAccess | None = None,
) -> AsyncApp:
    """Build Bolt without the checks that are made before or after it: signatures, SSL checks, tokens.

    ``installed`` knows whether the app is still installed, where that is not ``installs``; ``leaves`` forgets the
    workspace that it was removed from; ``guests`` remembers who spoke to it from other workspaces;
    ``channels`` follows channels whose ids change, ``access`` the workspaces of an org.
    """

    return AsyncApp(
        name="dialpad-chatops",
        logger=quiet_logger(),
        client=AsyncWebClient(),
        process_before_response=True,
        before_authorize=Acknowledging(dispatcher, installs or installed, leaves, guests, channels, access),
        authorize=_NoLookup(),
        oauth_flow=installs.flow if installs else None,
        signing_secret="verified before Bolt",  # noqa: S106  no secret: bot/slack/transport/http.py has checked the signature
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )


class Acknowledging(AsyncMiddleware):
    """Answers every request, before Bolt's authorisation: tokens are looked up when a message is sent."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        installed: Installed | None,
        leaves: Leaves | None,
        guests: RememberedGuests | None,
        channels: RenamesChannels | None,
        access: TeamAccess | None,
    ) -> None:
        self._dispatcher = dispatcher
        self._installed = installed
        self._leaves = leaves
        self._receiving = Outage("delivery not received", _log)
        self._guests = guests
        self._channels = channels
        self._access = access

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002  Bolt's name
    ) -> BoltResponse:
        gone = read_uninstalled(req.body)
        if gone is not None and not await self._forgotten(gone):
            return BoltResponse(status=503, body="")  # Slack sends it again
        changed = read_access_changed(req.body)
        if changed is not None and self._access is not None and not await self._access.followed(changed):
            return BoltResponse(status=503, body="")  # Slack sends it again
        if not await self._followed(req.body):
            return BoltResponse(status=503, body="")  # Slack sends it again
        await self._note_guest(req.body)
        return await self._acknowledge(req.body)

    async def _acknowledge(self, body: dict[str, Any]) -> BoltResponse:
        try:
            ack = await self._dispatcher.receive(body)
        except Exception as problem:  # noqa: BLE001  the acknowledgement says that it failed
            kind = parse_incoming(body).kind
            self._receiving.failed(problem, kind=kind.value)
            if kind is PayloadKind.COMMAND:
                return BoltResponse(status=200, body=say(_NOT_KEPT))
            return BoltResponse(status=503, body="")  # Slack sends an event again, and shows a click that it failed
        self._receiving.over()
        return _as_response(ack)

    async def _forgotten(self, gone: Uninstalled) -> bool:
        """Delete a workspace that removed the app, and first its guests: what is interrupted is finished with the next
        delivery."""
        try:
            if self._installed is None or not await self._installed.is_over(gone):
                return True
            if self._leaves is not None:
                for team_id in [*(await self._guests.leaving_with(gone.key) if self._guests else []), gone.key]:
                    await self._leaves.leave_workspace(team_id)
            await self._installed.forget(gone)
            if self._guests is not None:
                await self._guests.forget(gone.key)
        except Exception:  # noqa: BLE001  the acknowledgement says that it failed
            _log.exception("uninstalling not done yet")
            return False
        return True

    async def _followed(self, body: dict[str, Any]) -> bool:
        """Follow a channel whose id has changed. False when that was not possible."""
        renamed = read_renamed_channel(body)
        if renamed is None or self._channels is None:
            return True
        try:
            await self._channels.renamed(*renamed)
        except Exception:  # noqa: BLE001  the acknowledgement says that it failed
            _log.exception("a channel is not followed yet")
            return False
        _log.info("channel has another id", old=renamed[0], new=renamed[1])
        return True

    async def _note_guest(self, body: dict[str, Any]) -> None:
        if self._guests is None:
            return
        whose = read_whose(body)
        if whose.person is None or whose.through is None:
            return
        try:
            await self._guests.note(whose.person.team_id, whose.through)
        except Exception:  # noqa: BLE001  this answer goes through the installation that was spoken to all the same
            _log.exception("a guest is not remembered")


class _NoLookup(AsyncAuthorize):
    """An authorisation that looks up no token: Bolt requires one, and nothing that runs here uses it."""

    def __init__(self) -> None:
        """Replace Bolt's constructor, which does nothing either and is not annotated."""

    async def __call__(
        self, *, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None, user_id: str | None,
        actor_enterprise_id: str | None = None, actor_team_id: str | None = None, actor_user_id: str | None = None,
    ) -> AuthorizeResult:  # fmt: skip
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)


def _as_response(ack: Ack) -> BoltResponse:
    return BoltResponse(status=200, body=ack or "")
