"""What the parts of the embedded Slack share: state, clock, tickets, delivery to the bot, the app's manifest."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from bot.sandbox.slack.clock import Tasks, Timers
from bot.sandbox.slack.seed import BOT_USER
from bot.sandbox.slack.tickets import Tickets
from bot.sandbox.slack.workspace import Conversation, Json, Workspace

if TYPE_CHECKING:
    from bot.sandbox.slack.delivery import Delivery

VERIFICATION_TOKEN = "sandbox-verification-token"


@dataclass
class Token:
    """A token Slack gave out. ``app`` tokens only open sockets, ``config`` tokens only make and read apps."""

    kind: Literal["bot", "app", "user", "config"]
    user: str
    scopes: tuple[str, ...]
    revoked: bool = False
    expires_at: float | None = None


@dataclass
class Core:
    """The shared parts. ``drafts`` holds input that was not submitted: (user, surface) → block_id → action_id → state
    value.

    ``suggested`` holds options that an external select was offered: (surface, action_id) → options. ``org`` is the
    id of the Enterprise org that the workspace is in, ``org_wide`` tells whether the app is installed for all of it.
    ``org_teams`` are the org's other workspaces with the app; the one that is shown here has it unless ``lost``.
    ``declined`` are optional scopes that whoever installed the app did not grant. ``refreshing`` holds the refresh
    tokens that were not used yet, with the token that each renews. ``made`` holds the manifests of apps made by a
    configuration token, by their ids.
    """

    space: Workspace
    timers: Timers
    tasks: Tasks
    tickets: Tickets
    manifest: Json
    tokens: dict[str, Token]
    base_url: str
    delivery: "Delivery"
    drafts: dict[tuple[str, str], dict[str, dict[str, Json]]] = field(default_factory=dict)
    suggested: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    submitting: set[str] = field(default_factory=set)
    declined: tuple[str, ...] = ()
    hides_metadata: bool = False
    unfurls: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Where links stand that the app was told of, by ``unfurl_id``: source, channel, and the message's ts or, while it
    is written, its text."""
    previews: dict[str, list[Json]] = field(default_factory=dict)
    """What is shown in a composer, by ``unfurl_id``."""
    org: str | None = None
    org_wide: bool = False
    org_teams: list[str] = field(default_factory=list)
    lost: bool = False
    on_locale: list[Callable[[str], None]] = field(default_factory=list)
    """Who wants to know which person chose another language: Slack tells no app."""
    refreshing: dict[str, str] = field(default_factory=dict)
    made: dict[str, Json] = field(default_factory=dict)

    @property
    def scopes(self) -> tuple[str, ...]:
        asked = self.manifest.get("oauth_config", {}).get("scopes", {})
        chosen = [one for one in asked.get("bot_optional", ()) if one not in self.declined]
        return (*asked.get("bot", ()), *chosen)

    @property
    def bot_events(self) -> tuple[str, ...]:
        return tuple(self.manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", ()))

    @property
    def rotates(self) -> bool:
        """Tell whether tokens end after twelve hours and are renewed."""
        return bool(self.manifest.get("settings", {}).get("token_rotation_enabled"))

    def is_guest(self, user: str) -> bool:
        """Tell whether somebody is of another company: a channel that both share shows them."""
        found = self.space.users.get(user)
        return found is not None and found["team_id"] != self.space.team["id"]

    def feature(self, name: str) -> list[Json]:
        """Return ``slash_commands`` or ``shortcuts`` of the manifest."""
        return list(self.manifest.get("features", {}).get(name, []))

    def app_in(self, channel: Conversation) -> bool:
        return BOT_USER in channel.members

    def new_secret(self) -> str:
        return secrets.token_hex(16)

    def response_url(self, identifier: str) -> str:
        return f"{self.base_url}/response/{self.space.team['id']}/{identifier}"

    def ws_url(self, ticket: str) -> str:
        return self.base_url.replace("http", "ws", 1) + f"/socket/?ticket={ticket}&app_id={self.space.app['id']}"
