"""What a person does with the app's interactive elements: buttons, menus, pickers, type-ahead, shortcuts."""

from typing import Any

from bot.sandbox.slack.blockkit.checks import Findings
from bot.sandbox.slack.blockkit.objects import OPTION_GROUPS, OPTIONS
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.inputs import build_action
from bot.sandbox.slack.payloads import as_sent, build_channel, build_interaction
from bot.sandbox.slack.surfaces import NotThere, Surface, find_on, find_surface, keep, refresh, remember, values_of
from bot.sandbox.slack.tickets import Source
from bot.sandbox.slack.views import view_as_sent
from bot.sandbox.slack.workspace import Json

TROUBLE = "We had some trouble connecting. Try again?"
NO_ANSWER: Json = {"options": [], "option_groups": []}


async def press(
    core: Core,
    user: str,
    where: Any,
    action_id: str,
    value: Any = None,
    *,
    block_id: str | None = None,
    values: Any = None,
) -> Json:
    """Act on one element. Raises NotThere or BadValue when the person could not have done that."""
    surface = find_surface(core, user, where)
    remember(core, surface, values)
    block, element = find_on(surface, action_id, block_id)
    if block["type"] == "input" and not block.get("dispatch_action"):
        keep(core, surface, block, element, value)
        refresh(core, surface)
        return {"ok": True}
    state = _choose(core, surface, block, element, value)
    action = build_action(block, element, state, core.space.new_ts())
    payload = {**build_interaction(core, "block_actions", user), **_place(core, surface), "actions": [action]}
    payload |= _in_preview(payload, surface, block)
    payload["trigger_id"] = core.tickets.issue_trigger(user, _modal_id(surface))
    if surface.channel is not None:
        source: Source = "ephemeral" if surface.kind == "ephemeral" else "message"
        document = surface.document
        url = core.tickets.issue_url(user, surface.channel.id, source, document["ts"], _thread_of(document))
        payload["response_url"] = core.response_url(url.id)
    ack = await core.delivery.send("interactive", payload)
    if ack.ok:
        return {"ok": True}
    event = {"type": "failed", "where": surface.where, "action_id": action_id, "message": TROUBLE}
    core.space.notice(user, "failed", f"{action_id}: {ack.reason}", event)
    return {"ok": False, "error": ack.reason, "message": TROUBLE}


def _in_preview(payload: Json, surface: Surface, block: Json) -> Json:
    """Return what Slack says otherwise of a press in the preview of a link: the preview instead of the message."""
    attachments = surface.document.get("attachments") or () if surface.channel is not None else ()
    for one in attachments:
        if one.get("is_app_unfurl") and any(inner is block for inner in one.get("blocks", ())):
            payload.pop("message", None)
            place = {"attachment_id": one["id"], "is_app_unfurl": True, "app_unfurl_url": one["app_unfurl_url"]}
            container = {**payload["container"], "type": "message_attachment", **place}
            return {"container": container, "app_unfurl": dict(one)}
    return {}


def _thread_of(message: Json) -> str | None:
    """Return the thread in which an answer to a reply appears; one to a message with replies appears in the channel."""
    thread: str | None = message.get("thread_ts")
    return None if thread == message["ts"] else thread


def _choose(core: Core, surface: Surface, block: Json, element: Json, value: Any) -> Json:
    if element["type"] in {"button", "workflow_button", "icon_button", "feedback_buttons"}:
        return {}
    state = keep(core, surface, block, element, value)
    refresh(core, surface)
    return state


def _modal_id(surface: Surface) -> str | None:
    return str(surface.document["id"]) if surface.kind == "modal" else None


def _place(core: Core, surface: Surface) -> Json:
    """Build the part of a payload that says where the element is."""
    if surface.channel is None:
        refresh(core, surface)
        container = {"type": "view", "view_id": surface.document["id"]}
        return {"container": container, "view": view_as_sent(surface.document)}
    message = surface.document
    ephemeral = surface.kind == "ephemeral"
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": surface.channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    place: Json = {
        "container": container,
        "channel": build_channel(surface.channel),
        "state": {"values": values_of(core, surface)},
    }
    return place if ephemeral else {**place, "message": as_sent(message)}


async def suggest(
    core: Core, user: str, where: Any, action_id: str, query: str, *, block_id: str | None = None, values: Any = None
) -> Json:
    """Return type-ahead options of an external select. Below ``min_query_length`` (3 unless said) the app is not
    asked, as in Slack."""
    surface = find_surface(core, user, where)
    remember(core, surface, values)
    block, element = find_on(surface, action_id, block_id)
    if "external" not in element["type"]:
        raise NotThere(f"{action_id!r} has no type-ahead.")
    if len(query) < element.get("min_query_length", 3):
        return NO_ANSWER
    payload = {**build_interaction(core, "block_suggestion", user), **_place(core, surface)}
    payload |= {"action_id": action_id, "block_id": block["block_id"], "value": query}
    ack = await core.delivery.send("interactive", payload, accepts_payload=True)
    answer = _read_options(ack.payload) if ack.ok else NO_ANSWER
    grouped = [one for group in answer["option_groups"] for one in group["options"]]
    core.suggested.setdefault((surface.key, action_id), []).extend([*answer["options"], *grouped])
    return answer


def _read_options(payload: Any) -> Json:
    if not isinstance(payload, dict):
        return NO_ANSWER
    findings = Findings()
    options, groups = payload.get("options") or [], payload.get("option_groups") or []
    if options:
        OPTIONS(findings, options, "/options")
    if groups:
        OPTION_GROUPS(findings, groups, "/option_groups")
    return NO_ANSWER if findings.messages else {"options": options, "option_groups": groups}


async def use_shortcut(core: Core, user: str, callback_id: str) -> Json:
    _require_shortcut(core, callback_id, "global")
    payload = build_interaction(core, "shortcut", user)
    payload |= {"callback_id": callback_id, "action_ts": core.space.new_ts()}
    payload["trigger_id"] = core.tickets.issue_trigger(user)
    return await _send_shortcut(core, user, payload)


async def use_message_shortcut(core: Core, user: str, callback_id: str, channel_id: str, ts: str) -> Json:
    _require_shortcut(core, callback_id, "message")
    surface = find_surface(core, user, {"channel": channel_id, "ts": ts})
    channel = surface.channel
    if channel is None or surface.kind != "message":
        raise NotThere("Shortcuts do not work on what only you can see.")
    url = core.tickets.issue_url(user, channel.id, "message", ts, _thread_of(surface.document))
    payload = build_interaction(core, "message_action", user)
    payload |= {
        "callback_id": callback_id,
        "action_ts": core.space.new_ts(),
        "trigger_id": core.tickets.issue_trigger(user),
        "response_url": core.response_url(url.id),
        "message_ts": ts,
        "channel": build_channel(channel),
        "message": as_sent(surface.document),
    }
    return await _send_shortcut(core, user, payload)


def _require_shortcut(core: Core, callback_id: str, kind: str) -> None:
    known = [one["callback_id"] for one in core.feature("shortcuts") if one["type"] == kind]
    if callback_id not in known:
        raise NotThere(f"The manifest has no {kind} shortcut {callback_id!r}, only: {', '.join(known) or 'none'}.")


async def _send_shortcut(core: Core, user: str, payload: Json) -> Json:
    ack = await core.delivery.send("interactive", payload)
    if ack.ok:
        return {"ok": True}
    core.space.notice(user, "toast", TROUBLE, {"type": "toast", "text": TROUBLE})
    return {"ok": False, "error": ack.reason, "message": TROUBLE}
