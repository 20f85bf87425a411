"""Reads Slack's JSON, of any kind, into one typed value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from bot.basics.person import PersonKey
from bot.contract.context import Where
from bot.slack.blockkit.blocks import Json
from bot.slack.blockkit.buttons import read_option
from bot.slack.blockkit.forms import unpack_metadata
from bot.slack.blockkit.marks import name_in
from bot.slack.transport.whose import read_whose

LONGEST_SAID: Final = 50_000
"""Characters of a message that are looked through."""


class PayloadKind(StrEnum):
    """The kind of a payload that Slack sent."""

    COMMAND = "command"
    PRESS = "press"
    SUBMIT = "submit"
    CLOSED = "closed"
    OPTIONS = "options"
    SHORTCUT = "shortcut"
    MESSAGE = "message"
    EVENT = "event"
    OTHER = "other"


_KINDS: Mapping[str, PayloadKind] = {
    "block_actions": PayloadKind.PRESS,
    "view_submission": PayloadKind.SUBMIT,
    "view_closed": PayloadKind.CLOSED,
    "block_suggestion": PayloadKind.OPTIONS,
    "shortcut": PayloadKind.SHORTCUT,
    "message_action": PayloadKind.MESSAGE,
    "event_callback": PayloadKind.EVENT,
}


@dataclass(frozen=True)
class Incoming:
    """One delivery from Slack. ``action_id`` is a button's, a select's or, for forms and shortcuts, the
    ``callback_id``.

    ``key`` is the same for every repeat of the delivery, "" when Slack gave nothing to tell by.
    ``view`` is the modal or Home tab it happened in. ``ephemeral``: the message pressed is seen by this person only.
    """

    kind: PayloadKind
    person: PersonKey | None
    where: Where
    key: str
    trigger_id: str | None = None
    command: str = ""
    text: str = field(default="", repr=False)
    action_id: str = ""
    value: str = field(default="", repr=False)
    view: Json | None = field(default=None, repr=False)
    event: Json = field(default_factory=dict, repr=False)
    ephemeral: bool = False
    pressed_ts: str | None = None
    """The message whose button was pressed, or on which a shortcut was used."""
    pressed_name: str = ""
    """Our name of that message, "" when it has none."""

    @property
    def in_modal(self) -> bool:
        return bool(self.view) and self.view is not None and self.view.get("type") == "modal"

    @property
    def in_home(self) -> bool:
        return bool(self.view) and self.view is not None and self.view.get("type") == "home"


def parse_incoming(body: Mapping[str, Any]) -> Incoming:
    """Read a payload. Never raises: what is not understood has kind ``other`` and is acknowledged all the same."""
    try:
        whose = read_whose(body)
        parsed = _parse(body)
        return replace(parsed, person=whose.person, where=replace(parsed.where, through=whose.through))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        return Incoming(PayloadKind.OTHER, None, Where(), "")


def _parse(body: Mapping[str, Any]) -> Incoming:  # noqa: PLR0911  one return for each kind
    """Read everything but whose it is."""
    if "command" in body:
        return _parse_command(body)
    kind = _KINDS.get(str(body.get("type")), PayloadKind.OTHER)
    match kind:
        case PayloadKind.EVENT:
            return _parse_event(body)
        case PayloadKind.PRESS:
            return _parse_press(body)
        case PayloadKind.SUBMIT | PayloadKind.CLOSED:
            view = dict(body["view"])
            where, _ = unpack_metadata(view)
            return Incoming(
                kind, None, where, _trigger_key(body), trigger_id=body.get("trigger_id"),
                action_id=str(view.get("callback_id", "")), view=view,
            )  # fmt: skip
        case PayloadKind.OPTIONS:
            return Incoming(
                kind, None, Where(), "", action_id=str(body.get("action_id", "")),
                value=str(body.get("value", "")), view=body.get("view"),
            )  # fmt: skip
        case PayloadKind.SHORTCUT | PayloadKind.MESSAGE:
            return _parse_shortcut(kind, body)
        case _:
            return Incoming(kind, None, Where(), "")


def _parse_command(body: Mapping[str, Any]) -> Incoming:
    channel = str(body.get("channel_id", ""))
    where = Where(channel or None, None, body.get("response_url"), _is_direct(channel))
    return Incoming(
        PayloadKind.COMMAND, None, where, _trigger_key(body), trigger_id=body.get("trigger_id"),
        command=str(body["command"]), text=str(body.get("text", "")),
    )  # fmt: skip


def _parse_press(body: Mapping[str, Any]) -> Incoming:
    action_id, value = _pressed(body["actions"][0])
    view = body.get("view")
    container = body.get("container") or {}
    message = body.get("message") or None
    if view:
        where, _ = unpack_metadata(view)
    else:
        channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
        where = Where(
            channel or None, _thread_of(message or {}, container), body.get("response_url"), _is_direct(channel)
        )
    return Incoming(
        PayloadKind.PRESS, None, where, _trigger_key(body), trigger_id=body.get("trigger_id"),
        action_id=action_id, value=value,
        view=view, ephemeral=bool(container.get("is_ephemeral")),
        pressed_ts=(message or {}).get("ts") or container.get("message_ts"), pressed_name=name_in(message or {}),
    )  # fmt: skip


def _thread_of(message: Mapping[str, Any], container: Mapping[str, Any]) -> str | None:
    """Return the thread that a message is a reply in. A message that starts a thread is in the channel itself: a person
    who presses it there does not see its thread."""
    thread = message.get("thread_ts") or container.get("thread_ts")
    return None if thread == (message.get("ts") or container.get("message_ts")) else thread


def _pressed(action: Mapping[str, Any]) -> tuple[str, str]:
    """Return a press's ``action_id`` and value. An option of a menu is the button it stands for."""
    action_id = str(action.get("action_id", ""))
    if "value" in action:
        return action_id, str(action["value"] or "")
    chosen = str((action.get("selected_option") or {}).get("value", ""))
    return read_option(chosen) if action.get("type") == "overflow" else (action_id, chosen)


def _parse_shortcut(kind: PayloadKind, body: Mapping[str, Any]) -> Incoming:
    message = body.get("message") or None
    channel = str((body.get("channel") or {}).get("id") or "")
    where = Where(channel or None, _thread_of(message or {}, {}), body.get("response_url"), _is_direct(channel))
    return Incoming(
        kind, None, where, _trigger_key(body), trigger_id=body.get("trigger_id"),
        action_id=str(body.get("callback_id", "")), text=everything_said(message or {}),
        pressed_ts=(message or {}).get("ts"), pressed_name=name_in(message or {}),
    )  # fmt: skip


def _parse_event(body: Mapping[str, Any]) -> Incoming:
    event = dict(body["event"])
    if body.get("is_ext_shared_channel"):
        event["shared"] = "yes"
    channel = event.get("channel") if isinstance(event.get("channel"), str) else None
    where = Where(channel, event.get("thread_ts"), None, _is_direct(channel or ""))
    return Incoming(
        PayloadKind.EVENT, None, where,
        _event_key(body, event), action_id=str(event.get("type", "")),
        text=str(event.get("text") or ""), event=event,
    )  # fmt: skip


def _event_key(body: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Return what is the same for every delivery of an event. What is said in a channel that two workspaces share comes
    once for each of them that has the app, with an event id each."""
    channel, ts = event.get("channel"), event.get("ts")
    if event.get("type") in {"app_mention", "message"} and channel and ts and not event.get("subtype"):
        return f"said:{channel}:{ts}"
    if event.get("type") == "link_shared" and channel:
        # A message that is edited tells of the links that are new in it, each once.
        links = sorted(str(one.get("url")) for one in event.get("links") or ())
        said = f"{channel}:{event.get('message_ts') or event.get('unfurl_id')}:{links}"
        return f"links:{sha256(said.encode()).hexdigest()}"
    event_id = body.get("event_id")
    return f"event:{event_id}" if event_id else ""


def _trigger_key(body: Mapping[str, Any]) -> str:
    trigger = body.get("trigger_id")
    return f"trigger:{trigger}" if trigger else ""


def _is_direct(channel: str) -> bool:
    return channel.startswith("D")


def everything_said(message: Mapping[str, Any]) -> str:
    """Return all that a message says, each thing once: its text, and what its blocks and attachments say besides. Apps
    often put a number into a block or a field alone."""
    said = [str(message.get("text") or "")]
    for one in _texts(message.get("blocks")) + _texts(message.get("attachments")):
        if not any(one in known for known in said):
            said.append(one)
    return "\n".join(one for one in said if one.strip())[:LONGEST_SAID]


def _texts(node: Any) -> list[str]:
    if isinstance(node, list):
        return [text for one in node for text in _texts(one)]
    if not isinstance(node, dict):
        return []
    own = [node[key] for key in ("pretext", "text") if isinstance(node.get(key), str)]
    if node.get("type") == "link" and str(node.get("url")).startswith("tel:"):
        own.append(str(node["url"]).removeprefix("tel:"))
    if "type" not in node and "title" in node and isinstance(node.get("value"), str):
        own.append(node["value"])  # a field of an attachment
    return own + [
        text for key, value in node.items() if key != "text" or isinstance(value, dict) for text in _texts(value)
    ]
