"""The parts that Slack's payloads have in common, shaped as Slack shapes them."""

from bot.sandbox.slack.core import VERIFICATION_TOKEN, Core
from bot.sandbox.slack.seed import BOT_USER
from bot.sandbox.slack.workspace import Conversation, Json, Upload


def build_interaction(core: Core, kind: str, user: str) -> Json:
    """Build what every interactive payload begins with."""
    person, team = core.space.users[user], core.space.team
    where: Json = {"id": team["id"], "domain": team["domain"]}
    if core.org is not None:
        where |= {"enterprise_id": core.org, "enterprise_name": "Northlight Group"}
    return {
        "type": kind,
        "team": where,
        "user": {"id": user, "username": person["name"], "name": person["name"], "team_id": person["team_id"]},
        "api_app_id": core.space.app["id"],
        "token": VERIFICATION_TOKEN,
        "enterprise": {"id": core.org, "name": "Northlight Group"} if core.org is not None else None,
        "is_enterprise_install": core.org_wide,
    }


def build_command(
    core: Core, user: str, channel: Conversation, command: str, text: str, *, trigger: str, url: str
) -> Json:
    team = core.space.team
    org = {"enterprise_id": core.org, "enterprise_name": "Northlight Group"} if core.org is not None else {}
    return {
        **org,
        "token": VERIFICATION_TOKEN,
        "team_id": team["id"],
        "team_domain": team["domain"],
        "channel_id": channel.id,
        "channel_name": payload_name(channel),
        "user_id": user,
        "user_name": core.space.users[user]["name"],
        "command": command,
        "text": text,
        "api_app_id": core.space.app["id"],
        "is_enterprise_install": str(core.org_wide).lower(),
        "response_url": url,
        "trigger_id": trigger,
    }


def build_channel(channel: Conversation) -> Json:
    return {"id": channel.id, "name": payload_name(channel)}


def payload_name(channel: Conversation) -> str:
    """Return the conversation's name in payloads: Slack hides the names of those that are not public."""
    return {"im": "directmessage", "private": "privategroup", "mpim": channel.name}.get(channel.kind, channel.name)


def build_event(core: Core, event: Json, at: float | None = None) -> Json:
    """Build the envelope of the Events API. ``at``: when it happened, if that was not now."""
    team = core.space.team["id"]
    shared = core.is_guest(str(event.get("user")))
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": core.org,
        **({"enterprise_id": core.org} if core.org is not None else {}),
        "api_app_id": core.space.app["id"],
        "event": event,
        "type": "event_callback",
        "event_id": core.space.new_id("Ev"),
        "event_time": core.space.now() if at is None else int(at),
        "authorizations": [
            {
                "enterprise_id": core.org,
                "team_id": None if core.org_wide else team,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": core.org_wide,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{core.new_secret()}",
    }


CHANNEL_TYPE = {"channel": "channel", "private": "group", "im": "im", "mpim": "mpim"}


def as_sent(message: Json) -> Json:
    """Return a message as payloads carry it: without what only the page needs."""
    return {key: value for key, value in message.items() if key not in {"channel", "ephemeral", "pinned"}}


def is_ready(core: Core, upload: Upload) -> bool:
    return upload.content is not None and core.space.timers.now() >= upload.ready_at


def build_file(core: Core, upload: Upload, *, ready: bool | None = None) -> Json:
    """Build Slack's file object; ``url_private`` answers to the bot's token and to the page. The file's type is
    missing for a moment after an upload."""
    url = f"{core.base_url}/files/{upload.id}/{upload.name}"
    extension = upload.name.rpartition(".")[2] if "." in upload.name else ""
    return {
        "id": upload.id,
        "created": upload.created,
        "timestamp": upload.created,
        "name": upload.name,
        "title": upload.title,
        "mimetype": upload.mimetype if (is_ready(core, upload) if ready is None else ready) else "",
        "filetype": extension,
        "pretty_type": extension.upper() or "Binary",
        "user": upload.user,
        "user_team": core.space.team["id"],
        "editable": False,
        "size": len(upload.content or b""),
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": url,
        "url_private_download": url,
        "permalink": url,
        "channels": list(upload.channels),
    }
