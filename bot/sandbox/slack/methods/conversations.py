"""``conversations.*``: each needs the scope of the kind of conversation it touches."""

from bot.sandbox.slack import commands
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.methods.args import Args, page
from bot.sandbox.slack.methods.chat import find_target
from bot.sandbox.slack.payloads import as_sent
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import BOT_USER
from bot.sandbox.slack.workspace import Conversation, Json

_PREFIX = {"channel": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
_TYPES = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}


def build_conversation(core: Core, channel: Conversation) -> Json:
    """Build Slack's conversation object as the app sees it."""
    if channel.kind == "im":
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "user": channel.other_side(BOT_USER),
            "context_team_id": core.space.team["id"],
            "updated": channel.created * 1000,
            "is_user_deleted": False,
            "priority": 0,
        }
    private = channel.kind != "channel"
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind in {"channel", "private"},
        "is_group": False,
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": private,
        "created": channel.created,
        "updated": channel.created * 1000,
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "unlinked": 0,
        "is_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_ext_shared": False,
        "pending_shared": [],
        "context_team_id": core.space.team["id"],
        "creator": channel.creator,
        "shared_team_ids": [core.space.team["id"]],
        "pending_connected_team_ids": [],
        "is_member": core.app_in(channel),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "previous_names": [],
    }


def _need(args: Args, channel: Conversation, what: str) -> None:
    args.need_scope(f"{_PREFIX[channel.kind]}:{what}")


def open_(core: Core, args: Args) -> Json:
    users = args.names("users")
    if args.text("channel"):
        channel = find_target(core, args)
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    if not users:
        raise Refused("users_list_not_supplied")
    args.need_scope("im:write" if len(users) == 1 else "mpim:write")
    for user in users:
        if user not in core.space.users:
            raise Refused("user_not_found" if len(users) == 1 else "users_not_found")
        if core.space.users[user]["is_bot"]:
            raise Refused("cannot_dm_bot")
    channel = core.space.dm(*users, BOT_USER)
    opened: Json = build_conversation(core, channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": opened, "no_op": False, "already_open": False}


def info(core: Core, args: Args) -> Json:
    channel = find_target(core, args, writing=False)
    _need(args, channel, "read")
    found = build_conversation(core, channel)
    return {"channel": {**found, "num_members": len(channel.members)} if args.flag("include_num_members") else found}


def members(core: Core, args: Args) -> Json:
    channel = find_target(core, args, writing=False)
    _need(args, channel, "read")
    chosen, metadata = page(channel.members, args)
    return {"members": chosen, "response_metadata": metadata}


def join(core: Core, args: Args) -> Json:
    args.need_scope("channels:join")
    channel = find_target(core, args)
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if core.app_in(channel):
        return {"channel": build_conversation(core, channel), "warning": "already_in_channel"}
    commands.join(core, channel, BOT_USER)
    return {"channel": build_conversation(core, channel)}


def set_topic(core: Core, args: Args) -> Json:
    channel = find_target(core, args)
    prefix = _PREFIX[channel.kind]
    whole = "channels:manage" if channel.kind == "channel" else f"{prefix}:write"
    args.need_scope(whole, f"{prefix}:write.topic")
    if not core.app_in(channel):
        raise Refused("not_in_channel")
    if channel.is_archived:
        raise Refused("is_archived")
    topic = args.text("topic")
    if len(topic) > 250:
        raise Refused("too_long")
    channel.topic = topic
    line = {
        "type": "message",
        "subtype": "channel_topic",
        "ts": core.space.new_ts(),
        "user": BOT_USER,
        "topic": topic,
        "text": f"set the channel topic: {topic}",
    }
    core.space.add_message(channel, line)
    core.space.tell_channel(channel)
    return {"channel": build_conversation(core, channel)}


def history(core: Core, args: Args) -> Json:
    channel = find_target(core, args, writing=False)
    _need(args, channel, "history")
    if not core.app_in(channel):
        raise Refused("not_in_channel")
    oldest, latest = args.text("oldest", "0"), args.text("latest", "9999999999.999999")
    inclusive = args.flag("inclusive")
    found = [
        as_sent(one)
        for one in reversed(channel.messages.values())
        if one.get("thread_ts", one["ts"]) == one["ts"] or one.get("subtype") == "thread_broadcast"
        if float(oldest) < float(one["ts"]) < float(latest) or (inclusive and one["ts"] in {oldest, latest})
    ]
    chosen, metadata = page([_readable(core, one) for one in found], args)
    more = bool(metadata["next_cursor"])
    return {"messages": chosen, "has_more": more, "pin_count": len(channel.pins), "response_metadata": metadata}


def _readable(core: Core, message: Json) -> Json:
    """Return a message as the app may read it. Slack's description of the method asks for no scope to read metadata;
    with ``hides_metadata`` it asks for ``metadata.message:read`` all the same."""
    readable = not core.hides_metadata or "metadata.message:read" in core.scopes
    return message if readable else {key: value for key, value in message.items() if key != "metadata"}


def replies(core: Core, args: Args) -> Json:
    channel = find_target(core, args, writing=False)
    _need(args, channel, "history")
    if not core.app_in(channel):
        raise Refused("not_in_channel")
    parent = channel.messages.get(args.required("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    root = channel.messages.get(str(parent.get("thread_ts", parent["ts"])), parent)
    chosen, metadata = page([root, *core.space.replies(channel, root["ts"])], args, 1000)
    shown = [_readable(core, as_sent(one)) for one in chosen]
    return {"messages": shown, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


def list_(core: Core, args: Args) -> Json:
    kinds = _asked_kinds(args)
    return _listing(core, args, [one for one in _visible(core) if one.kind in kinds])


def of_user(core: Core, args: Args) -> Json:
    """Answer ``users.conversations``: of the app itself, or those it shares with ``user``."""
    kinds, user = _asked_kinds(args), args.text("user", BOT_USER)
    if user not in core.space.users:
        raise Refused("user_not_found")
    return _listing(core, args, [one for one in _visible(core) if one.kind in kinds and user in one.members])


def _visible(core: Core) -> list[Conversation]:
    return [one for one in core.space.channels.values() if one.kind == "channel" or core.app_in(one)]


def _asked_kinds(args: Args) -> set[str]:
    kinds: set[str] = set()
    for name in args.names("types") or ["public_channel"]:
        if name not in _TYPES:
            raise Refused("invalid_types")
        kinds.add(_TYPES[name])
        args.need_scope(f"{_PREFIX[_TYPES[name]]}:read")
    return kinds


def _listing(core: Core, args: Args, channels: list[Conversation]) -> Json:
    if args.flag("exclude_archived"):
        channels = [one for one in channels if not one.is_archived]
    chosen, metadata = page(channels, args)
    return {"channels": [build_conversation(core, one) for one in chosen], "response_metadata": metadata}
