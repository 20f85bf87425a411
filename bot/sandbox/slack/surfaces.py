"""Surfaces that contain interactive elements: a message, an ephemeral, a modal, a Home tab."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.core import Core
from bot.sandbox.slack.inputs import BadValue, Draft, build_state, elements_of, find_element, state_values
from bot.sandbox.slack.payloads import build_file
from bot.sandbox.slack.workspace import Conversation, Json


class NotThere(LookupError):
    """The person cannot do this: no such message, element, view or channel for them."""


@dataclass(frozen=True)
class Surface:
    """A place with interactive elements. ``kind`` is ``message``, ``ephemeral``, ``modal`` or ``home``; ``document``
    is the message or the view."""

    kind: str
    user: str
    document: Json
    channel: Conversation | None = None

    @property
    def key(self) -> str:
        return str(self.document["id"]) if self.channel is None else f"{self.channel.id}:{self.document['ts']}"

    @property
    def blocks(self) -> list[Json]:
        found = list(self.document.get("blocks") or [])
        for attachment in self.document.get("attachments") or []:
            found += attachment.get("blocks") or []
        return found

    @property
    def where(self) -> Json:
        """Return the page's ``where`` object for this surface."""
        if self.channel is None:
            return {"kind": "view", "view_id": self.document["id"]}
        return {"kind": self.kind, "channel": self.channel.id, "ts": self.document["ts"]}


def find_surface(core: Core, user: str, where: Any) -> Surface:
    """Find a surface. ``where`` is a ``where`` object, a message, a view, or a view's id."""
    if isinstance(where, str):
        where = {"view_id": where}
    if where.get("type") in {"modal", "home"} and "id" in where:
        where = {"view_id": where["id"]}
    if "view_id" in where:
        return _find_view(core, user, str(where["view_id"]))
    channel = core.space.channels.get(str(where.get("channel")))
    if channel is None:
        raise NotThere("That conversation is gone.")
    ts = str(where.get("ts"))
    shown = core.space.find_ephemeral(user, ts)
    if shown is not None:
        return Surface("ephemeral", user, shown, channel)
    if ts not in channel.messages or user not in core.space.audience(channel):
        raise NotThere("That message is gone.")
    return Surface("message", user, channel.messages[ts], channel)


def _find_view(core: Core, user: str, identifier: str) -> Surface:
    for view in core.space.modals.get(user, []):
        if view["id"] == identifier:
            return Surface("modal", user, view)
    home = core.space.homes.get(user)
    if home is not None and home["id"] == identifier:
        return Surface("home", user, home)
    raise NotThere("That form is closed.")


def find_on(surface: Surface, action_id: str, block_id: str | None) -> tuple[Json, Json]:
    found = find_element(surface.blocks, action_id, block_id)
    if found is None:
        there = ", ".join(sorted({element["action_id"] for _, element in elements_of(surface.blocks)}))
        raise NotThere(f"There is no {action_id!r} here, only: {there or 'nothing to press'}.")
    return found


def draft_of(core: Core, surface: Surface) -> Draft:
    return core.drafts.setdefault((surface.user, surface.key), {})


def remember(core: Core, surface: Surface, values: Any) -> None:
    """Take ``{block_id: {action_id: value}}`` into the draft. Unknown blocks: NotThere; an impossible choice:
    BadValue."""
    for block_id, entries in (values or {}).items():
        for action_id, value in entries.items():
            block, element = find_on(surface, action_id, block_id)
            keep(core, surface, block, element, value)
    refresh(core, surface)


def only_known(surface: Surface, values: Any) -> Json:
    """Return the ``values`` whose element still exists: a page may send a form that changed a moment ago."""
    known = {(block["block_id"], element["action_id"]) for block, element in elements_of(surface.blocks)}
    return {
        block_id: {action_id: value for action_id, value in entries.items() if (block_id, action_id) in known}
        for block_id, entries in (values or {}).items()
    }


def keep(core: Core, surface: Surface, block: Json, element: Json, value: Any) -> Json:
    """Record one choice and return its state. File ids become Slack's file objects, values of earlier suggestions
    their options."""
    if "external" in element["type"] and value is not None:
        seen = {one["value"]: one for one in core.suggested.get((surface.key, element["action_id"]), [])}
        many = isinstance(value, list | tuple)
        options = [seen.get(one, one) if isinstance(one, str) else one for one in (value if many else [value])]
        value = options if many else options[0]
    state = build_state(element, value)
    if element["type"] == "file_input":
        state["files"] = [_build_file(core, one) for one in state["files"]]
    draft_of(core, surface).setdefault(block["block_id"], {})[element["action_id"]] = state
    return state


def _build_file(core: Core, identifier: Any) -> Json:
    upload = core.space.files.get(str(identifier))
    if upload is None:
        raise BadValue("That file was never uploaded.")
    return build_file(core, upload)


def values_of(core: Core, surface: Surface) -> dict[str, dict[str, Json]]:
    return state_values(surface.blocks, core.drafts.get((surface.user, surface.key), {}))


def refresh(core: Core, surface: Surface) -> None:
    if surface.channel is None:
        surface.document["state"] = {"values": values_of(core, surface)}
