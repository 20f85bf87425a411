"""Submitting and closing a modal, and how the app's answers are handled."""

from typing import Any

from bot.sandbox.slack.blockkit import check_view
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.inputs import check_inputs, elements_of
from bot.sandbox.slack.payloads import build_interaction
from bot.sandbox.slack.presses import TROUBLE
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.surfaces import NotThere, Surface, find_surface, refresh, remember
from bot.sandbox.slack.views import clear_modals, pop_modal, push_on, rewrite, view_as_sent
from bot.sandbox.slack.workspace import Json


async def submit(core: Core, user: str, view_id: str, values: Any = None) -> Json:
    """Submit a modal. What Slack itself refuses (required, lengths, numbers, addresses) never reaches the app."""
    surface = find_surface(core, user, view_id)
    view = surface.document
    if surface.kind != "modal" or not view.get("submit"):
        raise NotThere("This form has nothing to submit.")
    if view_id in core.submitting:
        return {"ok": False, "error": "submitting", "message": "This form is being sent."}
    remember(core, surface, values)
    refresh(core, surface)
    errors = check_inputs(view["blocks"], view["state"]["values"])
    _show_errors(core, user, view, errors)
    if errors:
        return {"ok": False, "error": "invalid_input", "message": "Some fields need another look.", "errors": errors}
    core.submitting.add(view_id)
    try:
        return await _send(core, surface)
    finally:
        core.submitting.discard(view_id)


async def _send(core: Core, surface: Surface) -> Json:
    user, view = surface.user, surface.document
    payload = {**build_interaction(core, "view_submission", user), "view": view_as_sent(view)}
    payload["trigger_id"] = core.tickets.issue_trigger(user, view["id"])
    payload["response_urls"] = _response_urls(core, user, view)
    ack = await core.delivery.send("interactive", payload, accepts_payload=True)
    if not ack.ok:
        return _fail(core, user, view, ack.reason)
    answer = ack.payload if isinstance(ack.payload, dict) else {}
    action = answer.get("response_action")
    try:
        return _apply(core, user, view, action, answer)
    except Refused as no:
        return _fail(core, user, view, ": ".join([no.code, *no.messages[:1]]))


def _apply(core: Core, user: str, view: Json, action: Any, answer: Json) -> Json:
    if action is None:
        pop_modal(core, user, view["id"])
        return {"ok": True, "result": "closed"}
    if action == "errors":
        errors = answer.get("errors")
        fields = {one["block_id"] for one in view["blocks"] if one["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not set(errors) <= fields:
            raise Refused("invalid_errors", messages=[f"[ERROR] only {sorted(fields)} can carry errors"])
        _show_errors(core, user, view, errors)
        return {"ok": True, "result": "errors", "errors": errors}
    if action == "clear":
        clear_modals(core, user)
        return {"ok": True, "result": "cleared"}
    if action not in {"update", "push"}:
        raise Refused("invalid_response_action")
    check_view(answer.get("view"), "modal")
    if action == "push":
        push_on(core, user, answer["view"])
        return {"ok": True, "result": "pushed"}
    if view in core.space.modals.get(user, []):
        rewrite(core, user, view, answer["view"])
    return {"ok": True, "result": "updated"}


def _response_urls(core: Core, user: str, view: Json) -> list[Json]:
    """Build one response URL for each filled conversation select that asked for it."""
    urls: list[Json] = []
    for block, element in elements_of(view["blocks"]):
        if element.get("response_url_enabled"):
            state = view["state"]["values"][block["block_id"]][element["action_id"]]
            channel = state.get("selected_conversation") or state.get("selected_channel")
            if channel:
                url = core.tickets.issue_url(user, channel, "view")
                urls.append(
                    {
                        "block_id": block["block_id"],
                        "action_id": element["action_id"],
                        "channel_id": channel,
                        "response_url": core.response_url(url.id),
                    }
                )
    return urls


def _show_errors(core: Core, user: str, view: Json, errors: dict[str, str], error: str | None = None) -> None:
    if errors or error or view.get("errors") or view.get("error"):
        view |= {"errors": errors, "error": error}
        event = {"type": "view_errors", "view_id": view["id"], "errors": errors, "error": error}
        core.space.tell([user], event)


def _fail(core: Core, user: str, view: Json, reason: str) -> Json:
    """Show Slack's error, which is the same text whatever was wrong; the reason is stored in the notices."""
    _show_errors(core, user, view, {}, TROUBLE)
    event = {"type": "failed", "where": {"kind": "view", "view_id": view["id"]}, "action_id": "", "message": TROUBLE}
    core.space.notice(user, "failed", f"{view['callback_id']}: {reason}", event)
    return {"ok": False, "result": "failed", "error": reason, "message": TROUBLE}


async def close(core: Core, user: str, view_id: str, *, everything: bool = False) -> Json:
    """Close one modal, or with ``everything`` the whole stack; the app is told of each that has ``notify_on_close``."""
    surface = find_surface(core, user, view_id)
    if surface.kind != "modal":
        raise NotThere("The Home tab does not close.")
    stack = list(core.space.modals[user])
    everything = everything or bool(surface.document["clear_on_close"])
    closing = stack if everything else stack[stack.index(surface.document) :]
    for view in closing:
        refresh(core, Surface("modal", user, view))
    pop_modal(core, user, closing[0]["id"])
    for view in reversed(closing):
        if view["notify_on_close"]:
            payload = {
                **build_interaction(core, "view_closed", user),
                "view": view_as_sent(view),
                "is_cleared": everything,
            }
            await core.delivery.send("interactive", payload)
    return {"ok": True}
