"""``chat.*``, ``reactions.*``, ``pins.*``."""

from typing import Any

from bot.sandbox.slack import commands, posting
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.events import send_message_event
from bot.sandbox.slack.methods.args import Args
from bot.sandbox.slack.payloads import as_sent
from bot.sandbox.slack.refusal import Refused, missing
from bot.sandbox.slack.seed import BOT_ID, BOT_USER
from bot.sandbox.slack.surfaces import NotThere
from bot.sandbox.slack.workspace import Conversation, Json


def find_target(core: Core, args: Args, *, writing: bool = True) -> Conversation:
    """Find the channel of a call, by id, ``#name`` or a person's id (their DM). Slack hides private channels the app
    is not in."""
    wanted = args.required("channel")
    person = core.space.users.get(wanted)
    if person is not None:
        if person["is_bot"] or wanted == BOT_USER:
            raise Refused("channel_not_found")
        return core.space.dm(wanted, BOT_USER)
    named = wanted.removeprefix("#")
    found = core.space.channels.get(wanted) or next(
        (one for one in core.space.channels.values() if one.name == named and one.kind == "channel"), None
    )
    if found is None or (found.kind != "channel" and not core.app_in(found)):
        raise Refused("channel_not_found")
    if writing and found.is_archived:
        raise Refused("is_archived")
    return found


def _content(args: Args) -> Json:
    fields: dict[str, Any] = {"text": args.fields.get("text"), "thread_ts": args.fields.get("thread_ts")}
    fields["blocks"] = args.document("blocks", "invalid_blocks_format")
    fields["attachments"] = args.document("attachments", "invalid_attachments")
    fields["metadata"] = args.document("metadata", "invalid_metadata_format")
    fields["reply_broadcast"] = args.flag("reply_broadcast")
    return fields


def post_message(core: Core, args: Args) -> Json:
    channel = find_target(core, args)
    if not core.app_in(channel) and "chat:write.public" not in args.token.scopes:
        raise Refused("not_in_channel")
    if args.fields.get("username") or args.fields.get("icon_emoji") or args.fields.get("icon_url"):
        args.need_scope("chat:write.customize")
    message = posting.post(core, channel, _content(args))
    return {"channel": channel.id, "ts": message["ts"], "message": as_sent(message)}


def post_ephemeral(core: Core, args: Args) -> Json:
    channel = find_target(core, args)
    user = args.required("user")
    if user not in core.space.users:
        raise Refused("user_not_found")
    if not core.app_in(channel) and "chat:write.public" not in args.token.scopes:
        raise Refused("not_in_channel")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    message = posting.post_ephemeral(core, user, channel, _content(args), args.text("thread_ts") or None)
    return {"message_ts": message["ts"]}


def _own_message(channel: Conversation, ts: str, refusal: str) -> Json:
    message = channel.messages.get(ts)
    if message is None:
        raise Refused("message_not_found")
    if message.get("bot_id") != BOT_ID:
        raise Refused(refusal)
    return message


def update(core: Core, args: Args) -> Json:
    channel = find_target(core, args)
    message = _own_message(channel, args.required("ts"), "cant_update_message")
    fields = _content(args)
    posting.change(core, channel, message, fields)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": as_sent(message)}


def delete(core: Core, args: Args) -> Json:
    channel = find_target(core, args)
    message = _own_message(channel, args.required("ts"), "cant_delete_message")
    core.space.remove_message(channel, message["ts"])
    send_message_event(core, channel, message, subtype="message_deleted")
    return {"channel": channel.id, "ts": message["ts"]}


def get_permalink(core: Core, args: Args) -> Json:
    channel = find_target(core, args, writing=False)
    ts = args.required("message_ts")
    if ts not in channel.messages:
        raise Refused("message_not_found")
    thread_ts = channel.messages[ts].get("thread_ts")
    link = f"{core.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if thread_ts and thread_ts != ts:
        link += f"?thread_ts={thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _react(core: Core, args: Args, *, remove: bool) -> Json:
    channel = find_target(core, args)
    name, ts = args.required("name").strip(":"), args.fields.get("timestamp")
    if not ts:
        raise missing("timestamp")
    try:
        done = commands.react(core, BOT_USER, channel.id, str(ts), name, remove=remove)
    except NotThere:
        raise Refused("message_not_found") from None
    if not done:
        raise Refused("no_reaction" if remove else "already_reacted")
    return {}


def add_reaction(core: Core, args: Args) -> Json:
    return _react(core, args, remove=False)


def remove_reaction(core: Core, args: Args) -> Json:
    return _react(core, args, remove=True)


def add_pin(core: Core, args: Args) -> Json:
    channel = find_target(core, args)
    if not core.app_in(channel):
        raise Refused("not_in_channel")
    ts = args.required("timestamp")
    if ts not in channel.messages:
        raise Refused("message_not_found")
    if ts in channel.pins:
        raise Refused("already_pinned")
    channel.pins.add(ts)
    core.space.change_message(channel, channel.messages[ts])
    return {}
