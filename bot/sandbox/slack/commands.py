"""What a person types: slash commands, messages, ``/invite``."""

from collections.abc import Sequence
from typing import Any

from bot.sandbox.slack import posting
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.events import send_joined, send_message_event, send_reaction
from bot.sandbox.slack.links import send_link_shared
from bot.sandbox.slack.payloads import build_command, build_file
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import BOT_USER
from bot.sandbox.slack.surfaces import NotThere
from bot.sandbox.slack.typed import build_rich_text, format_typed
from bot.sandbox.slack.workspace import Conversation, Json

INVITE: Json = {
    "command": "/invite",
    "description": "Invite somebody, or an app, to this channel",
    "usage_hint": "@someone",
}


def find_channel(core: Core, user: str, channel_id: str) -> Conversation:
    """Find a conversation this person may write in. Raises NotThere."""
    channel = core.space.channels.get(channel_id)
    if channel is None or (channel.kind != "channel" and user not in channel.members):
        raise NotThere("That conversation is not there for you.")
    if channel.is_archived:
        raise NotThere("This channel is archived.")
    return channel


async def run_command(core: Core, user: str, channel_id: str, line: str, thread_ts: str | None = None) -> Json:
    """Send a whole line, ``/dp dnd on``, and show what its acknowledgement says. Return the page's answer."""
    channel = find_channel(core, user, channel_id)
    word, _, rest = line.strip().partition(" ")
    if word == INVITE["command"]:
        return _invite(core, user, channel, rest)
    known = next((one for one in core.feature("slash_commands") if one["command"] == word), None)
    if known is None:
        text = (
            f"`{word}` is not a valid command. "
            "In Slack, all messages that start with the “/” character are interpreted as commands."
        )
        return _refuse(core, user, channel, word, text, "unknown_command")
    if thread_ts:
        return _refuse(
            core, user, channel, word, f"`{word}` is not supported in threads. Sorry!", "not_in_threads", thread_ts
        )
    escaped = bool(known.get("should_escape"))
    text = format_typed(core.space, rest.strip(), mentions=escaped, labels=True)
    url = core.tickets.issue_url(user, channel.id, "command")
    payload = build_command(
        core, user, channel, word, text, trigger=core.tickets.issue_trigger(user), url=core.response_url(url.id)
    )
    ack = await core.delivery.send("slash_commands", payload, accepts_payload=True)
    if not ack.ok:
        said = f'{word} failed with the error "{ack.reason}"'
        return _refuse(core, user, channel, word, said, ack.reason)
    try:
        _show_answer(core, user, channel, ack.payload)
    except Refused as no:
        return _refuse(core, user, channel, word, f'{word} failed with the error "{no.code}"', no.code)
    return {"ok": True}


def _show_answer(core: Core, user: str, channel: Conversation, answer: Any) -> None:
    if isinstance(answer, str):
        answer = {"text": answer} if answer.strip() else None
    if not answer or not (answer.get("text") or answer.get("blocks") or answer.get("attachments")):
        return
    if answer.get("response_type") == "in_channel":
        posting.post(core, channel, answer)
    else:
        posting.post_ephemeral(core, user, channel, answer)


def _refuse(
    core: Core, user: str, channel: Conversation, command: str, text: str, code: str, thread_ts: str | None = None
) -> Json:
    posting.say_as_slackbot(core, user, channel.id, text, thread_ts)
    event = {"type": "command_failed", "channel": channel.id, "command": command, "message": text}
    core.space.notice(user, "command_failed", text, event)
    return {"ok": False, "error": code, "message": text}


def _invite(core: Core, user: str, channel: Conversation, rest: str) -> Json:
    if core.space.app["name"].casefold() not in rest.casefold() and BOT_USER not in rest:
        return _refuse(core, user, channel, "/invite", "Only the app can be invited here.", "user_not_found")
    invite_app(core, user, channel.id)
    return {"ok": True}


def invite_app(core: Core, user: str, channel_id: str) -> None:
    channel = find_channel(core, user, channel_id)
    if BOT_USER not in channel.members:
        join(core, channel, BOT_USER, inviter=user)


def join(core: Core, channel: Conversation, user: str, inviter: str | None = None) -> None:
    """Make somebody a member, with the line Slack writes into the channel."""
    channel.members.append(user)
    line: Json = {
        "type": "message",
        "subtype": "channel_join",
        "ts": core.space.new_ts(),
        "user": user,
        "text": f"<@{user}> has joined the channel",
    }
    core.space.add_message(channel, {**line, "inviter": inviter} if inviter else line)
    core.space.tell_channel(channel)
    send_joined(core, channel, user, inviter)


def say(
    core: Core,
    user: str,
    channel_id: str,
    text: str,
    thread_ts: str | None = None,
    *,
    broadcast: bool = False,
    files: Sequence[str] = (),
) -> Json:
    """Write a message; the app receives it as its subscriptions say. Raises NotThere, also when the app takes no
    messages."""
    channel = find_channel(core, user, channel_id)
    if user not in channel.members:
        raise NotThere("Join the channel first.")
    app = core.space.app
    if (
        channel.kind == "im"
        and BOT_USER in channel.members
        and (not app["messages_tab"] or app["messages_tab_read_only"])
    ):
        raise NotThere("Sending messages to this app has been turned off.")
    written = format_typed(core.space, text)
    message: Json = {
        "client_msg_id": core.new_secret(),
        "type": "message",
        "ts": core.space.new_ts(),
        "user": user,
        "team": core.space.users[user]["team_id"],
        "text": written,
        "blocks": [build_rich_text(written, core.new_secret()[:5])],
    }
    if files:
        shared = [build_file(core, core.space.files[one]) for one in files]
        message |= {"subtype": "file_share", "files": shared, "upload": False}
    if core.is_guest(user):
        message |= {"user_team": message["team"], "source_team": message["team"]}
    if thread_ts:
        parent = channel.messages.get(thread_ts)
        if parent is None:
            raise NotThere("That message is gone.")
        message |= {"thread_ts": parent.get("thread_ts", thread_ts), "parent_user_id": parent.get("user", "")}
        if broadcast:
            message["subtype"] = "thread_broadcast"
    core.space.add_message(channel, message)
    send_message_event(core, channel, message)
    send_link_shared(core, channel, message)
    return message


def react(core: Core, user: str, channel_id: str, ts: str, name: str, *, remove: bool = False) -> bool:
    """Add or take back a reaction; False when nothing changed. Raises NotThere."""
    channel = core.space.channels.get(channel_id)
    message = channel.messages.get(ts) if channel is not None else None
    if channel is None or message is None:
        raise NotThere("That message is gone.")
    reactions: list[Json] = message.setdefault("reactions", [])
    found = next((one for one in reactions if one["name"] == name), None)
    if (found is not None and user in found["users"]) != remove:
        return False
    if found is None:
        found = {"name": name, "users": [], "count": 0}
        reactions.append(found)
    if remove:
        found["users"].remove(user)
    else:
        found["users"].append(user)
    found["count"] = len(found["users"])
    message["reactions"] = [one for one in reactions if one["users"]]
    core.space.change_message(channel, message)
    send_reaction(core, "reaction_removed" if remove else "reaction_added", user, name, channel, message)
    return True
