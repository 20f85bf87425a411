"""The Events API: which events the app subscribed to, and their delivery with Slack's three retries."""

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.limits import EVENT_RETRY_AFTER
from bot.sandbox.slack.payloads import CHANNEL_TYPE, as_sent, build_event
from bot.sandbox.slack.seed import BOT_USER
from bot.sandbox.slack.workspace import Conversation, Json

_MESSAGE_EVENT = {
    "channel": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
_SCOPE = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "member_joined_channel": "channels:read",
    "channel_id_changed": "channels:read",
    "link_shared": "links:read",
}
"""Scopes that the reference page of each event asks for; ``app_home_opened`` asks for none."""


def send_event(core: Core, name: str, event: Json, at: float | None = None) -> None:
    """Deliver an event in the background when the manifest subscribes to ``name`` and its scope is granted. ``at``:
    when it happened, if that was not now; Slack repeats some events for an hour."""
    needed = _SCOPE.get(name)
    if name in core.bot_events and (needed is None or needed in core.scopes):
        core.tasks.start(_deliver(core, build_event(core, event, at)))


async def _deliver(core: Core, envelope: Json) -> None:
    ack = await core.delivery.send("events_api", envelope)
    for attempt, wait in enumerate(EVENT_RETRY_AFTER, 1):
        if ack.ok or ack.no_retry:
            return
        why = (
            "timeout" if ack.reason == "operation_timeout" else "connection_failed" if ack.status == 0 else "http_error"
        )
        if why == "timeout" and core.delivery.request_url is not None:
            why = "http_timeout"
        await core.timers.sleep(wait)
        ack = await core.delivery.send("events_api", envelope, attempt=attempt, why=why)


def send_message_event(
    core: Core, channel: Conversation, message: Json, *, subtype: str | None = None, previous: Json | None = None
) -> None:
    """Send a ``message`` event if the app is a member of the channel, for its own messages too."""
    if not core.app_in(channel):
        return
    moment = message["ts"] if subtype is None else core.space.new_ts()
    common = {"channel": channel.id, "channel_type": CHANNEL_TYPE[channel.kind], "event_ts": moment}
    if subtype is None:
        event = {**as_sent(message), **common}
    elif subtype == "message_changed":
        event = {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "ts": moment,
            "message": as_sent(message),
            **common,
        }
        if previous is not None:
            event["previous_message"] = as_sent(previous)
    else:
        event = {"type": "message", "subtype": subtype, "hidden": True, "ts": moment, **common}
        event |= {"deleted_ts": message["ts"], "previous_message": as_sent(message)}
    send_event(core, _MESSAGE_EVENT[channel.kind], event)
    if subtype is None and f"<@{BOT_USER}>" in message.get("text", "") and message.get("user") != BOT_USER:
        mention = {**as_sent(message), "type": "app_mention", "channel": channel.id, "event_ts": moment}
        send_event(core, "app_mention", mention)


def send_home_opened(core: Core, user: str, tab: str) -> None:
    event: Json = {
        "type": "app_home_opened",
        "user": user,
        "channel": core.space.dm(user, BOT_USER).id,
        "tab": tab,
        "event_ts": core.space.new_ts(),
    }
    home = core.space.homes.get(user)
    if home is not None and tab == "home":
        event["view"] = home
    send_event(core, "app_home_opened", event)


def send_joined(core: Core, channel: Conversation, user: str, inviter: str | None = None) -> None:
    if not core.app_in(channel):
        return
    event: Json = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "C" if channel.kind == "channel" else "G",
        "team": core.space.team["id"],
        "event_ts": core.space.new_ts(),
    }
    send_event(core, "member_joined_channel", {**event, "inviter": inviter} if inviter else event)


def send_reaction(core: Core, name: str, user: str, reaction: str, channel: Conversation, message: Json) -> None:
    if core.app_in(channel):
        event: Json = {
            "type": name,
            "user": user,
            "reaction": reaction,
            "item": {"type": "message", "channel": channel.id, "ts": message["ts"]},
            "item_user": message.get("user", ""),
            "event_ts": core.space.new_ts(),
        }
        send_event(core, name, event)
