"""The embedded Slack put together: one workspace with one installed app, served as an ASGI app."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from bot.sandbox.slack.api import WebApi, WebApiCall
from bot.sandbox.slack.client import ClientApi
from bot.sandbox.slack.clock import Tasks, Timers
from bot.sandbox.slack.core import Core, Token
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.events import send_event
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.seed import APP_ID, BOT_USER, build_guest, build_workspace
from bot.sandbox.slack.socket import SocketHub
from bot.sandbox.slack.tickets import Tickets
from bot.sandbox.slack.web import Web
from bot.sandbox.slack.workspace import Notice, Workspace

PAGE = Path(__file__).parent.parent / "page"


class SlackSandbox:
    """The embedded Slack, as one object. ``manifest`` is the app manifest: its commands, shortcuts, events and
    scopes are what the app has here. ``base_url`` is where ``app`` is served and may be set later. ``now`` gives
    unix seconds; after moving it by hand call ``tick()``. ``enforce_limits`` switches the rate limits, nothing else.
    ``declined``: optional scopes that were not granted."""

    def __init__(
        self,
        *,
        manifest: dict[str, Any],
        base_url: str,
        signing_secret: str = "sandbox-signing-secret",  # noqa: S107  (good for loopback only)
        bot_token: str = "xoxb-sandbox",  # noqa: S107  (good for loopback only)
        app_token: str = "xapp-sandbox",  # noqa: S107  (good for loopback only)
        config_token: str = "xoxe.xoxp-sandbox",  # noqa: S107  (good for loopback only)
        now: Callable[[], float] = time.time,
        enforce_limits: bool = True,
        declined: Sequence[str] = (),
    ) -> None:
        timers, tasks = Timers(now), Tasks()
        self.faults = Faults()
        self.sockets = SocketHub(timers, tasks, APP_ID)
        self.delivery = Delivery(timers, signing_secret, self.sockets)
        self._core = Core(
            space=build_workspace(timers, manifest),
            timers=timers,
            tasks=tasks,
            tickets=Tickets(timers),
            manifest=manifest,
            tokens={},
            base_url=base_url.rstrip("/"),
            delivery=self.delivery,
            declined=tuple(declined),
        )
        timers.on_sleep = lambda: self.workspace.tell([], {})  # whoever waits in until() may look at the timers
        self._core.tokens[bot_token] = Token("bot", BOT_USER, self._core.scopes)
        self._core.tokens[app_token] = Token("app", BOT_USER, ("connections:write",))
        self._core.tokens[config_token] = Token("config", "", ())
        self._api = WebApi(self._core, self.faults, enforce_limits=enforce_limits)
        self.app = self._build_app()

    @property
    def base_url(self) -> str:
        return self._core.base_url

    @base_url.setter
    def base_url(self, value: str) -> None:
        self._core.base_url = value.rstrip("/")

    @property
    def calls(self) -> list[WebApiCall]:
        """Return the Web API calls received, oldest first."""
        return self._api.calls

    @property
    def notices(self) -> list[Notice]:
        return self._core.space.notices

    @property
    def workspace(self) -> Workspace:
        """Return people, channels and messages, for tests that arrange or check more than a person can."""
        return self._core.space

    @property
    def on_locale(self) -> list[Callable[[str], None]]:
        """Return what is called with the id of somebody who chose another language."""
        return self._core.on_locale

    @property
    def timers(self) -> Timers:
        return self._core.timers

    @property
    def enforce_limits(self) -> bool:
        return self._api.enforce_limits

    @enforce_limits.setter
    def enforce_limits(self, value: bool) -> None:
        self._api.enforce_limits = value

    def person(self, slack_id: str) -> Person:
        """Return the person with this id. Raises LookupError when there is none."""
        return Person(self._core, slack_id)

    def deliver_to(self, request_url: str | None, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Set where the app is reached: a request URL (signed HTTP), or None for Socket Mode.

        ``transport`` reaches an ASGI app without a port.
        """
        self.delivery.request_url = request_url
        self.delivery.transport = transport

    def revoke(self, token: str) -> None:
        self._core.tokens[token].revoked = True

    def uninstall(self) -> None:
        """Remove the app: its bot token is revoked and the app receives the events it subscribed to."""
        for token in self._core.tokens.values():
            token.revoked = token.revoked or token.kind == "bot"
        self.say_uninstalled()

    def say_uninstalled(self, at: float | None = None) -> None:
        """Send what the app hears of its removal; Slack repeats it for up to an hour. ``at``: when it was removed."""
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}}
        send_event(self._core, "tokens_revoked", revoked, at)
        send_event(self._core, "app_uninstalled", {"type": "app_uninstalled"}, at)

    def join_org(self, org: str, *, org_wide: bool) -> None:
        """Put the workspace into an Enterprise org. ``org_wide``: the app is installed for the whole org."""
        self._core.org, self._core.org_wide = org, org_wide

    def take_access(self, *others: str) -> None:
        """Take the org's app from the workspace that is shown here, and tell the app. ``others``: workspaces of the org
        that keep it."""
        self._core.lost, self._core.org_teams = True, list(others)
        self.say_access("team_access_revoked")

    def give_access(self) -> None:
        """Give the org's app back to the workspace, and tell the app."""
        self._core.lost = False
        self.say_access("team_access_granted")

    def say_access(self, kind: str) -> None:
        """Send what the app hears when the workspace got or lost it; Slack may repeat it."""
        send_event(self._core, kind, {"type": kind, "team_ids": [self._core.space.team["id"]]})

    def invite_guest(self, slack_id: str, name: str, team_id: str, channel: str) -> Person:
        """Share a channel with another company, one of whose people is in it."""
        space = self._core.space
        space.users[slack_id] = build_guest(space, slack_id, name, team_id)
        space.channels[channel].members.append(slack_id)
        space.dm(slack_id, BOT_USER)
        return self.person(slack_id)

    def rename_channel(self, old: str, new: str) -> None:
        """Give a channel another id, as Slack does when it is shared or moved, and tell the app."""
        space = self._core.space
        channel = space.channels.pop(old)
        channel.id = new
        space.channels[new] = channel
        for message in channel.messages.values():
            message["channel"] = new
        event = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new}
        send_event(self._core, "channel_id_changed", {**event, "event_ts": space.new_ts()})

    def tick(self) -> None:
        """Resume what is due after the injected clock was moved."""
        self._core.timers.tick()

    async def aclose(self) -> None:
        """Stop background work and close sockets; the lifespan of ``app`` does the same."""
        self.workspace.stop_watching()
        await self._core.tasks.aclose()
        await self.sockets.aclose()
        await self.delivery.aclose()

    def _build_app(self) -> Starlette:
        web, client = Web(self._core), ClientApi(self._core)
        routes: list[BaseRoute] = [
            Route("/api/{method}", self._api.handle, methods=["GET", "POST"]),
            WebSocketRoute("/socket/", self.sockets.serve),
            *web.routes,
            *client.routes,
        ]
        if PAGE.is_dir():
            routes += [
                Route("/", lambda _: FileResponse(PAGE / "index.html")),
                Mount("/static", StaticFiles(directory=PAGE)),
            ]
        return Starlette(routes=routes, lifespan=self._lifespan)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self.aclose()
