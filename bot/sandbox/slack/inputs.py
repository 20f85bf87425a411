"""Elements and their inputs: Slack's ``state.values``, ``actions``, and the checks Slack makes before a submit."""

import re
from collections.abc import Callable, Iterator
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.sandbox.slack.typed import build_rich_text
from bot.sandbox.slack.workspace import Json

Draft = dict[str, dict[str, Json]]

_FIELD = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
}
"""Element type → the field Slack reports it in, the field with its first value."""

_LISTS = frozenset(kind for kind, (field, _) in _FIELD.items() if field.endswith("s"))
_OPTIONS = frozenset(kind for kind, (field, _) in _FIELD.items() if field.startswith("selected_option"))
_TEXTS = frozenset(kind for kind, (field, _) in _FIELD.items() if field == "value")

REQUIRED = "Please complete this required field."
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_LINK = re.compile(r"https?://[^\s/?#]+\.?[^\s]*")


class BadValue(ValueError):
    """A choice that the element does not offer; the text says what."""


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield (block, element) for every interactive element, in order, containers included."""
    for block in blocks:
        parts = [
            block.get("accessory"),
            block.get("element"),
            *(block.get("elements") or []),
            *(block.get("actions") or []),
        ]
        for element in parts:
            if isinstance(element, dict) and "action_id" in element:
                yield block, element
        yield from elements_of(block.get("child_blocks") or [])
        if block.get("type") == "carousel":
            yield from elements_of(block["elements"])


def find_element(blocks: list[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json] | None:
    for block, element in elements_of(blocks):
        if element["action_id"] == action_id and block_id in {None, block["block_id"]}:
            return block, element
    return None


def build_state(element: Json, value: Any) -> Json:
    """Build ``{"type": …, "selected_…"|"value": …}`` for a chosen value; BadValue when the element has no such
    choice."""
    kind = element["type"]
    if kind not in _FIELD:
        return {"type": kind}
    return {"type": kind, _FIELD[kind][0]: _convert(element, kind, value)}


def _convert(element: Json, kind: str, value: Any) -> Any:
    if kind in _LISTS:
        return _convert_list(element, kind, value)
    if value is None:
        return None
    if kind in _OPTIONS:
        return _option(element, value)
    simple = _SIMPLE.get(kind)
    return value if simple is None else simple(value)


def _convert_list(element: Json, kind: str, value: Any) -> list[Any]:
    chosen = [] if value is None else list(value) if isinstance(value, list | tuple) else [value]
    high = element.get("max_selected_items")
    if isinstance(high, int) and len(chosen) > high:
        raise BadValue(f"At most {high} can be chosen.")
    return [_option(element, one) for one in chosen] if kind in _OPTIONS else chosen


def _rich_text(value: Any) -> Json:
    return value if isinstance(value, dict) else build_rich_text(str(value), "rich")


_SIMPLE: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_TEXTS, lambda value: str(value) or None),
    "rich_text_input": _rich_text,
    "datepicker": lambda value: date.fromisoformat(str(value)).isoformat(),
    "timepicker": lambda value: time.fromisoformat(str(value)).strftime("%H:%M"),
    "datetimepicker": int,
}


def offered(element: Json) -> list[Json]:
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(one for group in groups for one in group["options"])]


def _option(element: Json, value: Any) -> Json:
    wanted = value.get("value") if isinstance(value, dict) else value
    for option in offered(element):
        if option.get("value") == wanted:
            return option
    if "external" in element["type"]:
        if isinstance(value, dict):
            return value
        initial = [element.get("initial_option"), *(element.get("initial_options") or [])]
        for option in initial:
            if option and option.get("value") == wanted:
                return dict(option)
    raise BadValue(f"There is no option with the value {wanted!r}.")


def initial_state(element: Json) -> Json | None:
    """Return the state before anybody touched the element; None for one without state (buttons, overflow menus)."""
    kind = element["type"]
    if kind not in _FIELD or kind == "overflow":
        return None
    field, initial = _FIELD[kind]
    value = element.get(initial)
    if value is None and kind in _LISTS:
        value = []
    return {"type": kind, field: value}


def state_values(blocks: list[Json], draft: Draft) -> dict[str, dict[str, Json]]:
    values: dict[str, dict[str, Json]] = {}
    for block, element in elements_of(blocks):
        found = draft.get(block["block_id"], {}).get(element["action_id"])
        state = found if found is not None else initial_state(element)
        if state is not None:
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def keep_matching(blocks: list[Json], draft: Draft) -> Draft:
    """Return what is left of a draft after the blocks changed: same ``block_id``, ``action_id`` and type."""
    kept: Draft = {}
    for block, element in elements_of(blocks):
        state = draft.get(block["block_id"], {}).get(element["action_id"])
        if state is not None and state["type"] == element["type"]:
            kept.setdefault(block["block_id"], {})[element["action_id"]] = state
    return kept


def check_inputs(blocks: list[Json], values: dict[str, dict[str, Json]]) -> dict[str, str]:
    """Return block_id → what Slack writes under the field; nothing is sent to the app while there is any."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            state = values.get(block["block_id"], {}).get(element["action_id"], {})
            problem = _check_one(element, state, optional=bool(block.get("optional")))
            if problem:
                errors[block["block_id"]] = problem
        errors |= check_inputs(block.get("child_blocks") or [], values)
    return errors


def _check_one(element: Json, state: Json, *, optional: bool) -> str | None:
    kind = element["type"]
    value = state.get(_FIELD[kind][0])
    if value in (None, "", []):
        return None if optional else REQUIRED
    check = _CHECKS.get(kind)
    return None if check is None else check(element, value)


def _check_email(_: Json, value: str) -> str | None:
    return None if _EMAIL.fullmatch(value) else "Please enter a valid email address."


def _check_link(_: Json, value: str) -> str | None:
    return None if _LINK.fullmatch(value) else "Please enter a valid URL."


def _check_files(element: Json, value: list[Json]) -> str | None:
    most = element.get("max_files", 10)
    return None if len(value) <= most else f"Please choose at most {most} files."


def _check_length(element: Json, value: str) -> str | None:
    low, high = element.get("min_length"), element.get("max_length", 3000)
    if low and len(value) < low:
        return f"Please enter at least {low} characters."
    return f"Please enter no more than {high} characters." if len(value) > high else None


def _check_number(element: Json, value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a valid number."
    if not element.get("is_decimal_allowed") and number != number.to_integral_value():
        return "Please enter a whole number."
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and number < Decimal(low):
        return f"Please enter a number greater than or equal to {low}."
    if high is not None and number > Decimal(high):
        return f"Please enter a number less than or equal to {high}."
    return None


_CHECKS: dict[str, Callable[[Json, Any], str | None]] = {
    "plain_text_input": _check_length,
    "number_input": _check_number,
    "email_text_input": _check_email,
    "url_text_input": _check_link,
    "file_input": _check_files,
}


def build_action(block: Json, element: Json, state: Json, moment: str) -> Json:
    """Build one entry of ``actions`` in a ``block_actions`` payload."""
    kept = ("text", "value", "style", "url", "confirm") if element["type"] in {"button", "icon_button"} else ()
    named = {key: element[key] for key in ("placeholder",) if key in element and element["type"].endswith("_select")}
    action: Json = {key: element[key] for key in kept if key in element}
    return {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        **action,
        **named,
        **state,
        "type": element["type"],
        "action_ts": moment,
    }
