"""Modals and Home tabs: the stack a person sees, and how ``views.*`` and submit answers change it."""

from typing import Any

from bot.sandbox.slack.blockkit import check_view
from bot.sandbox.slack.core import Core
from bot.sandbox.slack.inputs import keep_matching, state_values
from bot.sandbox.slack.limits import VIEW_STACK
from bot.sandbox.slack.posting import name_parts
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.seed import APP_ID, BOT_ID
from bot.sandbox.slack.workspace import Json

_HOME_TITLE = {"type": "plain_text", "text": "View Title", "emoji": True}


def _build(core: Core, given: Json, identifier: str) -> Json:
    """Build the view as Slack stores and shows it. ``errors`` and ``error`` are for the page only."""
    team = core.space.team["id"]
    return {
        "id": identifier,
        "team_id": team,
        "type": given["type"],
        "blocks": name_parts(core, given["blocks"]),
        "private_metadata": given.get("private_metadata", ""),
        "callback_id": given.get("callback_id", ""),
        "state": {"values": {}},
        "hash": f"{core.space.now()}.{core.new_secret()[:8]}",
        "title": given.get("title", _HOME_TITLE),
        "clear_on_close": given.get("clear_on_close", False),
        "notify_on_close": given.get("notify_on_close", False),
        "close": given.get("close"),
        "submit": given.get("submit"),
        "previous_view_id": None,
        "root_view_id": identifier,
        "app_id": APP_ID,
        "external_id": given.get("external_id", ""),
        "app_installed_team_id": core.org if core.org_wide else team,
        "bot_id": BOT_ID,
    }


def view_as_sent(view: Json) -> Json:
    """Return a view as payloads and answers carry it."""
    return {key: value for key, value in view.items() if key not in {"errors", "error"}}


def refresh_state(core: Core, user: str, view: Json) -> Json:
    """Put what the person filled in, over the initial values, into ``view["state"]``."""
    view["state"] = {"values": state_values(view["blocks"], core.drafts.get((user, view["id"]), {}))}
    return view


def find_modal(core: Core, identifier: str) -> tuple[str, Json]:
    """Return (person, view) of an open modal. Raises Refused ``not_found``."""
    for user, stack in core.space.modals.items():
        for view in stack:
            if view["id"] == identifier:
                return user, view
    raise Refused("not_found")


def _find_external(core: Core, external_id: str) -> tuple[str, Json] | None:
    everything = [(user, one) for user, stack in core.space.modals.items() for one in stack]
    everything += list(core.space.homes.items())
    return next(((user, one) for user, one in everything if one["external_id"] == external_id), None)


def _check_external(core: Core, given: Json, own_id: str | None = None) -> None:
    external_id = given.get("external_id")
    found = _find_external(core, external_id) if external_id else None
    if found is not None and found[1]["id"] != own_id:
        raise Refused("duplicate_external_id")


def _show(core: Core, user: str, kind: str, view: Json) -> None:
    view |= {"errors": {}, "error": None}
    refresh_state(core, user, view)
    stack = list(core.space.modals.get(user, []))
    core.space.tell([user], {"type": kind, "view": view, "stack": stack})


def open_modal(core: Core, trigger_id: str, given: Any) -> Json:
    check_view(given, "modal")
    _check_external(core, given)
    trigger = core.tickets.take_trigger(trigger_id)
    view = _build(core, given, core.space.new_id("V"))
    core.space.modals[trigger.user] = [view]
    _show(core, trigger.user, "view_opened", view)
    return view


def push_modal(core: Core, trigger_id: str, given: Any) -> Json:
    """Push a modal onto the stack. Needs a trigger that came from inside an open modal."""
    check_view(given, "modal")
    _check_external(core, given)
    trigger = core.tickets.take_trigger(trigger_id)
    if trigger.view_id is None or not core.space.modals.get(trigger.user):
        raise Refused("invalid_trigger_id")
    return push_on(core, trigger.user, given)


def push_on(core: Core, user: str, given: Json) -> Json:
    stack = core.space.modals.setdefault(user, [])
    if len(stack) >= VIEW_STACK:
        raise Refused("push_limit_reached")
    view = _build(core, given, core.space.new_id("V"))
    view |= {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
    stack.append(view)
    _show(core, user, "view_pushed", view)
    return view


def update_modal(
    core: Core, given: Any, *, view_id: str | None = None, external_id: str | None = None, expected: str | None = None
) -> Json:
    """Update an open modal. ``expected`` is the hash the caller saw last. Refuses ``not_found`` for a closed view
    and ``hash_conflict``."""
    check_view(given, str(given.get("type")) if isinstance(given, dict) and given.get("type") == "home" else "modal")
    found = _find_external(core, external_id) if external_id else _find_any(core, str(view_id))
    if found is None:
        raise Refused("not_found")
    user, view = found
    if expected and expected != view["hash"]:
        raise Refused("hash_conflict")
    if given["type"] != view["type"]:
        raise Refused("invalid_arguments", messages=["[ERROR] view type cannot change [json-pointer:/view/type]"])
    _check_external(core, given, view["id"])
    rewrite(core, user, view, given)
    return view


def _find_any(core: Core, identifier: str) -> tuple[str, Json] | None:
    for user, home in core.space.homes.items():
        if home["id"] == identifier:
            return user, home
    return find_modal(core, identifier)


def rewrite(core: Core, user: str, view: Json, given: Json) -> None:
    """Give an open view new content; what was typed stays where ``block_id`` and ``action_id`` stay."""
    kept = {key: view[key] for key in ("id", "root_view_id", "previous_view_id")}
    external_id = given.get("external_id", view["external_id"])
    view |= {**_build(core, given, view["id"]), **kept, "external_id": external_id}
    draft = core.drafts.get((user, view["id"]), {})
    core.drafts[user, view["id"]] = keep_matching(view["blocks"], draft)
    if view["type"] == "home":
        refresh_state(core, user, view)
        core.space.tell([user], {"type": "home", "view": view})
    else:
        _show(core, user, "view_updated", view)


def publish_home(core: Core, user: str, given: Any, expected: str | None = None) -> Json:
    check_view(given, "home")
    home = core.space.homes.get(user)
    if expected and (home is None or expected != home["hash"]):
        raise Refused("hash_conflict")
    _check_external(core, given, home["id"] if home else None)
    if home is not None:
        rewrite(core, user, home, given)
        return home
    view = core.space.homes[user] = refresh_state(core, user, _build(core, given, core.space.new_id("V")))
    core.space.tell([user], {"type": "home", "view": view})
    return view


def pop_modal(core: Core, user: str, identifier: str) -> None:
    """Close a view and every view on top of it."""
    stack = core.space.modals.get(user, [])
    position = next((number for number, one in enumerate(stack) if one["id"] == identifier), None)
    if position is None:
        return
    for view in stack[position:]:
        core.drafts.pop((user, view["id"]), None)
    del stack[position:]
    core.space.tell([user], {"type": "view_closed", "view_id": identifier, "stack": list(stack)})


def clear_modals(core: Core, user: str) -> None:
    stack = core.space.modals.get(user, [])
    if stack:
        pop_modal(core, user, stack[0]["id"])
