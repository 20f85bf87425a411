"""Messages from the app: posted, ephemeral, changed, and written through a ``response_url``."""

import copy
from typing import Any

from bot.sandbox.slack.blockkit import check_attachments, check_message_blocks
from bot.sandbox.slack.blockkit.documents import walk
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.events import send_message_event
from bot.sandbox.slack.limits import MESSAGE_TEXT
from bot.sandbox.slack.payloads import build_file, is_ready
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import APP_ID, BOT_ID, BOT_USER
from bot.sandbox.slack.tickets import ResponseUrl
from bot.sandbox.slack.workspace import SLACKBOT, Conversation, Json

_INTERACTIVE = ("_select", "picker", "_input", "button", "buttons")
_DRAWN = ("image/png", "image/jpeg", "image/gif")
_CHOICES = ("overflow", "checkboxes", "radio_buttons")


def name_parts(core: Core, blocks: Any) -> list[Json]:
    """Give every block a ``block_id`` and every interactive element an ``action_id``, as Slack does on receipt."""
    given: list[Json] = [dict(one) for one in blocks]
    for node in given:
        node.setdefault("block_id", core.new_secret()[:5])
        for inner in walk(
            {key: node.get(key) for key in ("accessory", "element", "elements", "actions", "child_blocks")}
        ):
            kind = str(inner.get("type", ""))
            if kind.endswith(_INTERACTIVE) or kind in _CHOICES:
                inner.setdefault("action_id", core.new_secret()[:5])
    return given


def build_content(core: Core, fields: Json, *, needs_text: bool = True) -> Json:
    """Check and return ``text``, ``blocks``, ``attachments``, ``metadata`` of a message. Refuses with ``no_text``,
    ``invalid_blocks`` …"""
    text, blocks, attachments = fields.get("text"), fields.get("blocks"), fields.get("attachments")
    if text is not None and not isinstance(text, str):
        raise Refused("invalid_arguments", messages=["[ERROR] text must be a string"])
    if needs_text and not text and not blocks and not attachments:
        raise Refused("no_text")
    content: Json = {"text": (text or "")[:MESSAGE_TEXT]}
    if blocks:
        check_message_blocks(blocks)
        check_pictures(core, blocks)
        content["blocks"] = name_parts(core, blocks)
    if attachments:
        check_attachments(attachments)
        content["attachments"] = [_build_attachment(core, number, one) for number, one in enumerate(attachments, 1)]
    if fields.get("metadata"):
        content["metadata"] = _check_metadata(fields["metadata"])
    return content


def check_pictures(core: Core, blocks: Any) -> None:
    """Check that blocks show only pictures that are in the workspace and that Slack has had time to process."""
    for index, block in enumerate(blocks):
        for node in walk(block):
            asked = node.get("slack_file")
            if isinstance(asked, dict) and not _is_picture(core, asked):
                raise Refused(
                    "invalid_blocks", messages=[f"[ERROR] invalid slack file [json-pointer:/blocks/{index}/slack_file]"]
                )


def _is_picture(core: Core, asked: Json) -> bool:
    urls = {build_file(core, one)["url_private"]: one for one in core.space.files.values()}
    upload = core.space.files.get(str(asked.get("id"))) or urls.get(str(asked.get("url")))
    return upload is not None and is_ready(core, upload) and upload.mimetype in _DRAWN


def _build_attachment(core: Core, number: int, given: Json) -> Json:
    made = {"id": number, "fallback": "[no preview available]", **given}
    if given.get("blocks"):
        made["blocks"] = name_parts(core, given["blocks"])
    return made


def _check_metadata(metadata: Any) -> Json:
    if not isinstance(metadata, dict):
        raise Refused("invalid_metadata_format")
    if "entities" in metadata and "event_type" not in metadata:
        return metadata
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_schema")
    return metadata


def build_author(core: Core) -> Json:
    """Build the fields that say a message is the app's."""
    return {
        "user": BOT_USER,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "team": core.space.team["id"],
        "bot_profile": {
            "id": BOT_ID,
            "app_id": APP_ID,
            "name": core.space.app["name"],
            "deleted": False,
            "updated": core.space.now(),
            "team_id": core.space.team["id"],
            "icons": {"image_48": f"{core.base_url}/static/favicon.svg"},
        },
    }


def post(core: Core, channel: Conversation, fields: Json) -> Json:
    """Post a message of the app in a channel, in a thread when ``thread_ts`` says so."""
    content = build_content(core, fields)
    message: Json = {"type": "message", "ts": core.space.new_ts(), **build_author(core), **content}
    thread_ts = fields.get("thread_ts")
    if thread_ts:
        parent = channel.messages.get(str(thread_ts))
        if parent is None:
            raise Refused("thread_not_found")
        message["thread_ts"] = parent.get("thread_ts", parent["ts"])
        message["parent_user_id"] = parent.get("user", "")
        if fields.get("reply_broadcast"):
            message["subtype"] = "thread_broadcast"
    core.space.add_message(channel, message)
    send_message_event(core, channel, message)
    return message


def post_ephemeral(core: Core, user: str, channel: Conversation, fields: Json, thread_ts: str | None = None) -> Json:
    message: Json = {
        "type": "message",
        "channel": channel.id,
        "ts": core.space.new_ts(),
        **build_author(core),
        **build_content(core, fields),
        "ephemeral": True,
        "pinned": False,
    }
    if thread_ts:
        message["thread_ts"] = thread_ts
    core.space.add_ephemeral(user, message)
    return message


def say_as_slackbot(core: Core, user: str, channel: str, text: str, thread_ts: str | None = None) -> None:
    """Post Slackbot's ephemeral for a command that could not run."""
    message: Json = {
        "type": "message",
        "channel": channel,
        "ts": core.space.new_ts(),
        "user": SLACKBOT,
        "text": text,
        "ephemeral": True,
        "pinned": False,
    }
    if thread_ts:
        message["thread_ts"] = thread_ts
    core.space.add_ephemeral(user, message)


def change(core: Core, channel: Conversation, message: Json, fields: Json) -> None:
    """Replace text and blocks of a message. ``blocks`` left out and only text given drops the old blocks, as Slack
    does."""
    content = build_content(core, fields)
    previous = copy.deepcopy(message)
    for key in ("blocks", "attachments"):
        if key not in content and (fields.get(key) is not None or fields.get("text") is not None):
            message.pop(key, None)
    message |= content if fields.get("text") is not None else {k: v for k, v in content.items() if k != "text"}
    message["edited"] = {"user": BOT_USER, "ts": core.space.new_ts()}
    core.space.change_message(channel, message)
    send_message_event(core, channel, message, subtype="message_changed", previous=previous)


def write_through_url(core: Core, url: ResponseUrl, fields: Json) -> None:
    """Handle a POST to a ``response_url``: answer anew, or replace or delete the message that was pressed."""
    channel = core.space.channels[url.channel]
    if url.ts and fields.get("delete_original"):
        _delete_original(core, url, channel)
    elif url.ts and fields.get("replace_original"):
        _replace_original(core, url, channel, fields)
    elif fields.get("response_type") == "in_channel":
        thread_ts = fields.get("thread_ts") or url.thread_ts
        post(core, channel, {**fields, "thread_ts": thread_ts})
    else:
        post_ephemeral(core, url.user, channel, fields, fields.get("thread_ts") or url.thread_ts)


def _delete_original(core: Core, url: ResponseUrl, channel: Conversation) -> None:
    if url.source == "ephemeral":
        core.space.remove_ephemeral(url.user, str(url.ts))
    elif url.ts in channel.messages:
        core.space.remove_message(channel, str(url.ts))


def _replace_original(core: Core, url: ResponseUrl, channel: Conversation, fields: Json) -> None:
    content = build_content(core, fields)
    if url.source == "message":
        if url.ts in channel.messages:
            change(core, channel, channel.messages[str(url.ts)], fields)
        return
    shown = core.space.find_ephemeral(url.user, str(url.ts))
    if shown is None:
        return  # dismissed by the person meanwhile: Slack says ok and shows nothing
    for key in ("blocks", "attachments"):
        shown.pop(key, None)
    shown |= content
    core.space.change_ephemeral(url.user, shown)
