"""Builds and reads buttons: ``action_id`` names the route and ``value`` carries the arguments.

``action_id`` is the route's id, followed by ``/form`` when the press opens the form, ``/again`` when the answer belongs
in the place of the message that was pressed, and ``:n`` where one block would hold the same id twice.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.basics.language import translated
from bot.contract.reply import Button, RawArgs
from bot.slack.blockkit.blocks import Json, plain_object
from bot.slack.blockkit.limits import (
    ACTIONS,
    BUTTON_TEXT,
    BUTTON_URL,
    BUTTON_VALUE,
    MENU_OPTIONS,
    OPTION_TEXT,
    OPTION_VALUE,
)
from bot.slack.blockkit.spoken import spoken_label

_log = structlog.get_logger(__name__)

OPENS_LINK: Final = "link"
"""The route of buttons that only open an address: the press is acknowledged and nothing runs."""
MENU: Final = "menu"
"""The ``action_id`` of a menu: what its options do is in their values."""
_IN_MENU: Final = "|"
_FORM: Final = "/form"
_AGAIN: Final = "/again"


class ButtonTooLong(ValueError):
    """A button's arguments or address are over Slack's limit. The message names the route."""


@dataclass(frozen=True)
class Pressed:
    """What an ``action_id`` means: its route, and how the answer is shown."""

    route: str
    form: bool = False
    again: bool = False


def pack_args(route: str, args: RawArgs | Mapping[str, Any]) -> str:
    """Pack a button's arguments into its value. Raises ButtonTooLong over 2,000 characters."""
    value = json.dumps(dict(args), separators=(",", ":"), ensure_ascii=False)
    if len(value) > BUTTON_VALUE:
        raise ButtonTooLong(f"{route}: {len(value)} characters of arguments; a button carries {BUTTON_VALUE}")
    return value


def unpack_args(value: str) -> dict[str, Any]:
    """Unpack the arguments of a button's value; none when it holds something else."""
    try:
        args = json.loads(value or "{}")
    except ValueError:
        return {}
    return {str(k): v for k, v in args.items() if _is_raw(v)} if isinstance(args, dict) else {}


def _is_raw(value: object) -> bool:
    return isinstance(value, str | bool) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def read_action_id(action_id: str) -> Pressed:
    """Read the ``action_id`` that ``build_button`` wrote."""
    route = action_id.partition(":")[0]
    again = route.endswith(_AGAIN)
    route = route.removesuffix(_AGAIN)
    form = route.endswith(_FORM)
    return Pressed(route.removesuffix(_FORM), form, again)


def build_button(button: Button, *, about: str, current: str = "") -> Json:
    """Build a button. ``about``: what it is about, for a screen reader. ``current`` is the route whose answer this is:
    its own buttons, such as paging, replace it.

    Raises ButtonTooLong.
    """
    made: Json = {"type": "button", "text": plain_object(translated(button.label), BUTTON_TEXT)}
    if button.url is not None:
        if len(button.url) > BUTTON_URL:
            raise ButtonTooLong(f"{button.label}: an address of {len(button.url)} characters; {BUTTON_URL} fit")
        made |= {"action_id": OPENS_LINK, "url": button.url}
    else:
        suffix = (_FORM if button.form else "") + (_AGAIN if button.in_place or button.route == current else "")
        made |= {"action_id": button.route + suffix, "value": pack_args(button.route, button.args)}
    if button.style:
        made["style"] = button.style
    return {**made, "accessibility_label": spoken_label(button, about)}


def build_rows(buttons: Sequence[Button], menu: Sequence[Button] = (), *, about: str, current: str = "") -> list[Json]:
    """Build actions blocks; ``menu`` goes to the end of the last one. A button over Slack's limits is left out and
    named in the log."""
    made: list[Json] = []
    for button in buttons:
        try:
            made.append(build_button(button, about=about, current=current))
        except ButtonTooLong as problem:
            _log.error("button left out", reason=str(problem))
    made += [behind] if (behind := build_menu(menu, current=current)) else []
    return [build_actions(made[at : at + ACTIONS]) for at in range(0, len(made), ACTIONS)]


def build_menu(buttons: Sequence[Button], *, current: str = "") -> Json | None:
    """Build a menu of at most five buttons, None when there are none: each option's value is its button's ``action_id``
    and value. One over Slack's limits is left out and named in the log."""
    options: list[Json] = []
    for button in buttons:
        try:
            made = build_button(button, about="", current=current)
        except ButtonTooLong as problem:
            _log.error("button left out", reason=str(problem))
            continue
        value = made["action_id"] + _IN_MENU + made.get("value", "")
        if len(value) > OPTION_VALUE:
            _log.error("button left out", reason=f"{button.route}: {len(value)} characters in a menu")
            continue
        options.append({"text": plain_object(translated(button.label), OPTION_TEXT), "value": value})
    return {"type": "overflow", "action_id": MENU, "options": options[:MENU_OPTIONS]} if options else None


def read_option(value: str) -> tuple[str, str]:
    """Read the ``action_id`` and value of the button that ``build_menu`` made an option of."""
    action_id, _, rest = value.partition(_IN_MENU)
    return action_id, rest


def build_actions(elements: list[Json]) -> Json:
    """Build one actions block, with unique ids."""
    seen: dict[str, int] = {}
    for element in elements:
        name = element["action_id"]
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            element["action_id"] = f"{name}:{seen[name]}"
    return {"type": "actions", "elements": elements}
