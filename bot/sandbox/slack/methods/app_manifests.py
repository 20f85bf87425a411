"""``apps.manifest.*``, for app configuration tokens."""

from collections.abc import Iterator
from typing import Any, Final

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.args import Args
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import APP_ID
from bot.sandbox.slack.workspace import Json

MOST_COMMANDS: Final = 50
MOST_SHORTCUTS: Final = 10
LONGEST_NAME: Final = 35


def create(core: Core, args: Args) -> Json:
    """Make an app. It is remembered, and is not installed anywhere by that."""
    manifest = args.document("manifest", "invalid_manifest")
    if not isinstance(manifest, dict):
        raise Refused("invalid_manifest")
    if errors := list(_errors(manifest)):
        raise Refused("invalid_manifest", errors=errors)
    app_id = f"A0MADE{len(core.made) + 1:04}"
    core.made[app_id] = manifest
    return {
        "app_id": app_id,
        "credentials": {
            "client_id": f"1111.{len(core.made)}",
            "client_secret": core.new_secret(),
            "verification_token": core.new_secret(),
            "signing_secret": core.new_secret(),
        },
        "oauth_authorize_url": f"{core.base_url}/oauth/v2/authorize?client_id=1111.{len(core.made)}",
        "team_id": core.space.team["id"],
        "team_domain": core.space.team["domain"],
    }


def export(core: Core, args: Args) -> Json:
    """Return an app's manifest."""
    app_id = args.required("app_id")
    manifest = core.manifest if app_id == APP_ID else core.made.get(app_id)
    if manifest is None:
        raise Refused("invalid_app_id")
    return {"manifest": manifest}


def _errors(manifest: Json) -> Iterator[Json]:
    name = _at(manifest, "display_information", "name")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        yield _error("/display_information/name", f"Must be 1 to {LONGEST_NAME} characters")
    by_socket = bool(_at(manifest, "settings", "socket_mode_enabled"))
    for kind, what in (("event_subscriptions", "Event Subscription"), ("interactivity", "Interactivity")):
        if _at(manifest, "settings", kind) and not by_socket and not _at(manifest, "settings", kind, "request_url"):
            yield _error(f"/settings/{kind}", f"{what} requires either Request URL or Socket Mode Enabled")
    commands = _at(manifest, "features", "slash_commands") or []
    if len(commands) > MOST_COMMANDS:
        yield _error("/features/slash_commands", f"Must have at most {MOST_COMMANDS} items")
    for number, command in enumerate(commands):
        if not by_socket and not command.get("url"):
            yield _error(f"/features/slash_commands/{number}", "Slash commands require a URL")
    if len(_at(manifest, "features", "shortcuts") or []) > MOST_SHORTCUTS:
        yield _error("/features/shortcuts", f"Must have at most {MOST_SHORTCUTS} items")


def _at(manifest: Json, *path: str) -> Any:
    found: Any = manifest
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _error(pointer: str, message: str) -> Json:
    return {"message": message, "pointer": pointer}
