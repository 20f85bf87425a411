"""Builds the Slack app's manifest from the route table: every command, shortcut, event and scope, and why.

``manifest.yml`` is its Socket Mode output; ``make check`` refuses when the two differ.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import yaml

from bot.basics.settings import COMMAND
from bot.contract.routing import Route, RouteKind, RouteTable

APP_NAME = "Dialpad"
LINK_DOMAINS = ("dialpad.com",)
"""Domains whose links, and those of hosts below them, Slack tells of."""
COMMAND_LIMIT = 50
SHORTCUT_LIMIT = 5
"""Shortcuts of each kind, global and of messages: ten in all."""


@dataclass(frozen=True)
class Need:
    """A scope or event the app asks for, and the reason for Slack admins. ``off``: what does not work without it; ""
    when nothing would, so that it is no choice."""

    name: str
    why: str
    off: str = ""


_TOPIC = "who is on duty in a channel's topic"
_LINKS = "previews of links to calls and recordings in Dialpad"
_GROUP = "user groups kept in step with who is on duty"
_GROUPS = f"{_GROUP}, and roles by user group"
_FOUND = "finding out by itself whether an interrupted notification was posted"

SCOPES = (
    Need("app_mentions:read", "hear @Dialpad in channels and threads, where slash commands do not work"),
    Need("channels:history", "see whether a notification whose posting was interrupted is there already", _FOUND),
    Need("channels:read", "see whether it is in a channel that is to have notifications, and read its topic"),
    Need("channels:write.topic", "say in a channel's topic who is on duty, where somebody asked for that", _TOPIC),
    Need("chat:write", "answer, and post notifications"),
    Need("commands", "the slash commands and shortcuts"),
    Need(
        "files:read", "read the picture, audio or CSV file that somebody attached to a form", "files attached to forms"
    ),
    Need(
        "files:write",
        "hand out lists, statistics and recordings in direct messages, and show the pictures of texts",
        "lists, statistics, recordings and pictures as files",
    ),
    Need("groups:history", "see the same in private channels", _FOUND),
    Need("groups:read", "see the same of private channels: whether it is there, and the topic"),
    Need("groups:write.topic", "say so in a private channel's topic, where somebody asked for that", _TOPIC),
    Need("im:history", "hear what is typed in the app's own direct messages"),
    Need("im:write", "open a direct message: a Dialpad connection ended, a timed change ended"),
    Need("links:read", "see that somebody posts a link to a call or recording in Dialpad", _LINKS),
    Need("links:write", "show below it which call it is, to whoever may see that", _LINKS),
    Need("usergroups:read", "offer user groups by name, and see who is in one, for duty and for roles", _GROUPS),
    Need("usergroups:write", "keep a user group in sync with who is on duty, where somebody asked for that", _GROUP),
    Need("users:read", "time zones, and names in answers"),
    Need("users:read.email", "find the person's own Dialpad user by email"),
)
CORE = tuple(need for need in SCOPES if not need.off)
OPTIONAL = tuple(need for need in SCOPES if need.off)
"""Scopes that whoever installs the app may leave out; what needs them then says so."""


def say_what_is_off(granted: Collection[str]) -> str:
    """Say what does not work with these scopes: ``who is on duty in a channel's topic (channels:write.topic)``."""
    lacking: dict[str, list[str]] = {}
    for need in OPTIONAL:
        if need.name not in granted:
            lacking.setdefault(need.off, []).append(need.name)
    return "; ".join(f"{off} ({', '.join(names)})" for off, names in lacking.items())


EVENTS = (
    Need("app_home_opened", "draw the Home tab"),
    Need("app_mention", "the words after @Dialpad"),
    Need("app_uninstalled", "forget the workspace's token"),
    Need("channel_id_changed", "follow a channel whose id changes when it is shared or moved"),
    Need("link_shared", "links to calls and recordings in Dialpad"),
    Need("message.im", "the words typed in the app's direct messages"),
    Need("team_access_granted", "know which workspaces of an org have it"),
    Need("team_access_revoked", "forget the people of a workspace that an org's app was taken from"),
    Need("tokens_revoked", "forget tokens Slack has revoked"),
)

LONG_DESCRIPTION = (
    "Run your team's Dialpad phone system without leaving Slack: do not disturb, duty status, texts, calls and blocked "
    "numbers by slash command or form. Everybody acts with their own Dialpad account, so nobody can do more here than "
    "in Dialpad itself, and nothing reaches a customer before you have seen exactly what would."
)


def build_manifest(table: RouteTable, *, command: str = COMMAND, public_url: str | None = None) -> dict[str, Any]:
    """Build the manifest as Slack takes it. Without ``public_url``: for Socket Mode, without addresses."""
    events_url = f"{public_url.rstrip('/')}/slack/events" if public_url else None
    scopes = {"bot": [need.name for need in CORE], "bot_optional": [need.name for need in OPTIONAL]}
    oauth: dict[str, Any] = {"scopes": scopes}
    if public_url:
        oauth["redirect_urls"] = [f"{public_url.rstrip('/')}/slack/oauth_redirect"]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": APP_NAME,
            "description": "Your team's phones, run from Slack",
            "long_description": LONG_DESCRIPTION,
            "background_color": "#3b2a72",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": APP_NAME, "always_online": True},
            "shortcuts": _shortcuts(table),
            "slash_commands": _commands(table, command, events_url),
            "unfurl_domains": list(LINK_DOMAINS),
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": _with_url({"bot_events": [need.name for need in EVENTS]}, "request_url", events_url),
            "interactivity": _with_url(
                _with_url({"is_enabled": True}, "request_url", events_url), "message_menu_options_url", events_url
            ),
            "org_deploy_enabled": public_url is not None,
            "socket_mode_enabled": public_url is None,
            "token_rotation_enabled": False,
        },
    }


def _with_url(settings: dict[str, Any], name: str, url: str | None) -> dict[str, Any]:
    return settings | {name: url} if url else settings


def _shortcuts(table: RouteTable) -> list[dict[str, Any]]:
    kinds = {RouteKind.SHORTCUT: "global", RouteKind.MESSAGE: "message"}
    found = [
        {"name": route.word, "type": kinds[route.kind], "callback_id": route.id, "description": route.summary}
        for route in table.order
        if route.kind in kinds
    ]
    for kind in kinds.values():
        if (many := sum(one["type"] == kind for one in found)) > SHORTCUT_LIMIT:
            raise ValueError(f"Slack takes {SHORTCUT_LIMIT} {kind} shortcuts; {many} are declared")
    return found


def _commands(table: RouteTable, command: str, url: str | None) -> list[dict[str, Any]]:
    root = {
        "command": command,
        "description": "Your phone from Slack: a menu, or a command such as dnd, sms, calls, who, help",
        "usage_hint": "[dnd | duty | status | sms | call | calls | who | block | help]",
        "should_escape": True,
    }
    aliases = [_alias(route, command) for route in table.order if route.short]
    commands = [_with_url(entry, "url", url) for entry in (root, *aliases)]
    if len(commands) > COMMAND_LIMIT:
        raise ValueError(f"Slack takes {COMMAND_LIMIT} slash commands; {len(commands)} are declared")
    return commands


def _alias(route: Route, command: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"command": f"{command}-{route.word}", "description": route.summary, "should_escape": True}
    return entry | ({"usage_hint": route.usage} if route.usage else {})


def write_manifest(manifest: dict[str, Any]) -> str:
    """Write the manifest as YAML, with the reason beside each scope and event."""
    text: str = yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=110)
    reasons = {need.name: need.why for need in (*SCOPES, *EVENTS)}
    lines = ["# Generated by `make docs`; `make check` compares. Paste it at Create New App, From a manifest."]
    for line in text.splitlines():
        name = line.strip().removeprefix("- ")
        why = reasons.get(name) if line.lstrip().startswith("- ") else None
        lines.append(f"{line}  # {why}" if why else line)
    return "\n".join(lines) + "\n"
