"""Makes the Slack app from the manifest, and finds what an app that is there lacks."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.basics.errors import ChatopsError
from bot.basics.settings import Settings
from bot.slack.api.web_client import build_web_client, open_session
from bot.slack.conversation.errors import slack_code

Manifest = Mapping[str, Any]

_TOKEN_REFUSED: Final = frozenset(
    {"invalid_auth", "not_authed", "token_expired", "token_revoked", "not_allowed_token_type", "account_inactive"}
)
_NO_APP: Final = "There is no such app. Its id begins with A; its page says it under Basic Information."
_SAID: Final = {
    "invalid_app_id": _NO_APP,
    "app_not_found": _NO_APP,
    "no_permission": "Slack lets only the app's collaborators do that. Ask one of them, or make a token of your own.",
    "ratelimited": "Slack asks to wait a minute. Try again then.",
}


class AppSetupProblem(ChatopsError):
    """The app could not be made or looked at; the message says why and what to do."""


@dataclass(frozen=True)
class CreatedApp:
    """An app that Slack has made. The secrets are for whoever asked, and are kept nowhere."""

    id: str
    install_url: str
    signing_secret: str
    client_id: str
    client_secret: str


@asynccontextmanager
async def configuring(settings: Settings, token: str) -> AsyncIterator[AsyncWebClient]:
    """Open a client that has an app configuration token, and close it."""
    async with open_session() as session:
        yield build_web_client(settings, session, token)


async def create_app(client: AsyncWebClient, manifest: Manifest) -> CreatedApp:
    """Make an app. ``client`` has an app configuration token. Raises AppSetupProblem."""
    answer = await _ask(client, "apps.manifest.create", manifest=manifest)
    secrets = answer.get("credentials", {})
    return CreatedApp(
        id=answer["app_id"],
        install_url=answer.get("oauth_authorize_url", ""),
        signing_secret=secrets.get("signing_secret", ""),
        client_id=secrets.get("client_id", ""),
        client_secret=secrets.get("client_secret", ""),
    )


async def read_app(client: AsyncWebClient, app_id: str) -> Manifest:
    """Read an app's manifest. ``client`` has an app configuration token. Raises AppSetupProblem."""
    answer = await _ask(client, "apps.manifest.export", app_id=app_id)
    manifest: Manifest = answer["manifest"]
    return manifest


async def _ask(client: AsyncWebClient, method: str, **fields: object) -> Mapping[str, Any]:
    try:
        answer = await client.api_call(method, json=fields)
    except SlackApiError as problem:
        raise AppSetupProblem(_say(slack_code(problem), problem.response.get("errors") or [])) from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise AppSetupProblem("Slack cannot be reached. Check the network and SLACK_API_URL.") from None
    return {name: answer.get(name) for name in ("app_id", "oauth_authorize_url", "credentials", "manifest")}


def _say(code: str, errors: list[Mapping[str, Any]]) -> str:
    if code in _TOKEN_REFUSED:
        return (
            f"Slack refuses the token ({code}). Make one at api.slack.com/apps under Your App Configuration Tokens; it "
            "lasts twelve hours."
        )
    if code == "invalid_manifest":
        where = " ".join(f"{one.get('pointer', '')}: {one.get('message', '')}." for one in errors)
        return f"Slack refuses the manifest. {where}".strip()
    return _SAID.get(code, f"Slack refuses ({code}).")


def differences(there: Manifest, wanted: Manifest) -> list[str]:
    """Say what ``there`` lacks of ``wanted`` or has otherwise, one line each. What only ``there`` has is said of
    permissions, which are better given back."""
    return [*_permissions(there, wanted), *_named(there, wanted), *_switches(there, wanted)]


def _permissions(there: Manifest, wanted: Manifest) -> Iterator[str]:
    has = {*_list(there, "oauth_config", "scopes", "bot"), *_list(there, "oauth_config", "scopes", "bot_optional")}
    must = _list(wanted, "oauth_config", "scopes", "bot")
    may = _list(wanted, "oauth_config", "scopes", "bot_optional")
    yield from (f"lacks the permission {name}" for name in must if name not in has)
    yield from (f"lacks the optional permission {name}" for name in may if name not in has)
    yield from (f"has a permission that is not used: {name}" for name in sorted(has - {*must, *may}))
    hears = _list(there, "settings", "event_subscriptions", "bot_events")
    events = _list(wanted, "settings", "event_subscriptions", "bot_events")
    yield from (f"does not hear the event {name}" for name in events if name not in hears)


_KINDS: Final = {"slash_commands": ("command", "slash command"), "shortcuts": ("callback_id", "shortcut")}


def _named(there: Manifest, wanted: Manifest) -> Iterator[str]:
    for kind, (key, word) in _KINDS.items():
        has = {one.get(key): one for one in _list(there, "features", kind)}
        for one in _list(wanted, "features", kind):
            name = one.get("name", one[key])
            if one[key] not in has:
                yield f"lacks the {word} {name}"
            elif changed := [field for field, value in one.items() if has[one[key]].get(field) != value]:
                yield f"has the {word} {name} with another {', '.join(changed)}"


_SWITCHES: Final = (
    ("settings", "socket_mode_enabled"),
    ("settings", "interactivity", "is_enabled"),
    ("settings", "interactivity", "request_url"),
    ("settings", "interactivity", "message_menu_options_url"),
    ("settings", "event_subscriptions", "request_url"),
    ("settings", "token_rotation_enabled"),
    ("features", "app_home", "home_tab_enabled"),
    ("features", "app_home", "messages_tab_enabled"),
    ("features", "app_home", "messages_tab_read_only_enabled"),
)


def _switches(there: Manifest, wanted: Manifest) -> Iterator[str]:
    for path in _SWITCHES:
        has, should = _at(there, *path), _at(wanted, *path)
        if has != should and (has or should):
            yield f"has {' '.join(path[1:])} = {_value(has)} instead of {_value(should)}"


def _value(value: object) -> str:
    return str(value) if isinstance(value, str) else "on" if value else "off" if value is False else "nothing"


def _at(manifest: Manifest, *path: str) -> Any:
    found: Any = manifest
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _list(manifest: Manifest, *path: str) -> list[Any]:
    return list(_at(manifest, *path) or ())
