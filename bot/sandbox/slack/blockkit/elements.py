"""Block Kit's interactive elements, and where each is allowed."""

from typing import Any

from bot.sandbox.slack.blockkit.checks import (
    Check,
    Findings,
    anything,
    boolean,
    both,
    integer,
    items,
    one_of,
    shape,
    string,
    typed,
)
from bot.sandbox.slack.blockkit.objects import (
    CONFIRM,
    DISPATCH_CONFIG,
    FILTER,
    IMAGE_ELEMENT,
    OPTION,
    OPTION_GROUPS,
    OPTIONS,
    initial_among_options,
    option,
    options_or_groups,
    plain,
)
from bot.sandbox.slack.limits import LIMITS

_ACTION_ID = string(1, LIMITS["action_id.max_length"])
_ONE: dict[str, Check] = {"action_id": _ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
_MANY: dict[str, Check] = {**_ONE, "max_selected_items": integer(LIMITS["multi_select.max_selected_items.min"])}
_STYLE = one_of("primary", "danger")


def _placeholder(kind: str) -> dict[str, Check]:
    return {"placeholder": plain(LIMITS[f"{kind}.placeholder.max_length"])}


def _select(many: bool, fields: dict[str, Check], *, rules: tuple[Check, ...] = ()) -> Check:
    return both(shape({}, {**(_MANY if many else _ONE), **_placeholder("select"), **fields}), *rules)


def _lengths(findings: Findings, value: Any, pointer: str) -> None:
    if not isinstance(value, dict):
        return
    low, high = value.get("min_length"), value.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        findings.add("min_length must be less than or equal to max_length", f"{pointer}/min_length")
    first = value.get("initial_value")
    if isinstance(first, str) and isinstance(high, int) and len(first) > high:
        findings.add(f"must be less than {high + 1} characters", f"{pointer}/initial_value")


def _typed_input(kind: str, more: dict[str, Check] | None = None, required: dict[str, Check] | None = None) -> Check:
    fields = {"action_id": _ACTION_ID, "focus_on_load": boolean, "dispatch_action_config": DISPATCH_CONFIG}
    return shape(required or {}, {**fields, "initial_value": string(), **_placeholder(kind), **(more or {})})


_STATIC: tuple[Check, ...] = (options_or_groups, initial_among_options)
_CHOICES = option(mrkdwn=True)
_FEEDBACK = shape(
    {
        "text": plain(LIMITS["feedback_button.text.max_length"]),
        "value": string(1, LIMITS["feedback_button.value.max_length"]),
    },
    {"accessibility_label": string(1, LIMITS["feedback_button.accessibility_label.max_length"])},
)
_STATIC_FIELDS: dict[str, Check] = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_QUERY: dict[str, Check] = {"min_query_length": integer(LIMITS["select.min_query_length.min"])}
_CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": boolean, "filter": FILTER}
_URL_ENABLED: dict[str, Check] = {"response_url_enabled": boolean}

ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": plain(LIMITS["button.text.max_length"])},
        {
            "action_id": _ACTION_ID,
            "url": string(1, LIMITS["button.url.max_length"]),
            "value": string(0, LIMITS["button.value.max_length"]),
            "style": _STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(1, LIMITS["button.accessibility_label.max_length"]),
            "agent_prompt": string(1, LIMITS["button.agent_prompt.max_length"]),
        },
    ),
    "workflow_button": shape(
        {"text": plain(LIMITS["workflow_button.text.max_length"]), "workflow": anything},
        {
            "action_id": _ACTION_ID,
            "style": _STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(1, LIMITS["workflow_button.accessibility_label.max_length"]),
        },
    ),
    "feedback_buttons": shape({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": _ACTION_ID}),
    "icon_button": shape(
        {"icon": one_of("trash"), "text": plain()},
        {
            "action_id": _ACTION_ID,
            "value": string(0, LIMITS["icon_button.value.max_length"]),
            "confirm": CONFIRM,
            "accessibility_label": string(1, LIMITS["icon_button.accessibility_label.max_length"]),
            "visible_to_user_ids": items(string(1), 0, LIMITS["icon_button.visible_to_user_ids.max_items"]),
        },
    ),
    "overflow": shape(
        {
            "options": items(
                option(url=True), LIMITS["overflow.options.min_items"], LIMITS["overflow.options.max_items"]
            )
        },
        {"action_id": _ACTION_ID, "confirm": CONFIRM},
    ),
    "checkboxes": both(
        shape(
            {
                "options": items(
                    _CHOICES, LIMITS["checkboxes.options.min_items"], LIMITS["checkboxes.options.max_items"]
                )
            },
            {**_ONE, "initial_options": items(_CHOICES, 1)},
        ),
        initial_among_options,
    ),
    "radio_buttons": both(
        shape(
            {
                "options": items(
                    _CHOICES, LIMITS["radio_buttons.options.min_items"], LIMITS["radio_buttons.options.max_items"]
                )
            },
            {**_ONE, "initial_option": _CHOICES},
        ),
        initial_among_options,
    ),
    "static_select": _select(False, {**_STATIC_FIELDS, "initial_option": OPTION}, rules=_STATIC),
    "multi_static_select": _select(True, {**_STATIC_FIELDS, "initial_options": items(OPTION, 1)}, rules=_STATIC),
    "external_select": _select(False, {**_QUERY, "initial_option": OPTION}),
    "multi_external_select": _select(True, {**_QUERY, "initial_options": items(OPTION, 1)}),
    "users_select": _select(False, {"initial_user": string(1)}),
    "multi_users_select": _select(True, {"initial_users": items(string(1))}),
    "channels_select": _select(False, {**_URL_ENABLED, "initial_channel": string(1)}),
    "multi_channels_select": _select(True, {"initial_channels": items(string(1))}),
    "conversations_select": _select(False, {**_CONVERSATIONS, **_URL_ENABLED, "initial_conversation": string(1)}),
    "multi_conversations_select": _select(True, {**_CONVERSATIONS, "initial_conversations": items(string(1))}),
    "datepicker": shape({}, {**_ONE, "initial_date": string(10, 10), **_placeholder("date_picker")}),
    "timepicker": shape(
        {}, {**_ONE, "initial_time": string(5, 5), "timezone": string(1), **_placeholder("time_picker")}
    ),
    "datetimepicker": shape({}, {**_ONE, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": both(
        _typed_input(
            "plain_text_input",
            {
                "multiline": boolean,
                "min_length": integer(
                    LIMITS["plain_text_input.min_length.min"], LIMITS["plain_text_input.min_length.max"]
                ),
                "max_length": integer(
                    LIMITS["plain_text_input.max_length.min"], LIMITS["plain_text_input.max_length.max"]
                ),
            },
        ),
        _lengths,
    ),
    "email_text_input": _typed_input("email_input"),
    "url_text_input": _typed_input("url_input"),
    "number_input": _typed_input(
        "number_input", {"min_value": string(1), "max_value": string(1)}, {"is_decimal_allowed": boolean}
    ),
    "rich_text_input": _typed_input(
        "rich_text_input",
        {
            "initial_value": typed({"rich_text": anything}),
            "min_lines": integer(LIMITS["rich_text_input.min_lines.min"], LIMITS["rich_text_input.min_lines.max"]),
            "max_lines": integer(LIMITS["rich_text_input.max_lines.min"], LIMITS["rich_text_input.max_lines.max"]),
        },
    ),
    "file_input": shape(
        {},
        {
            "action_id": _ACTION_ID,
            "filetypes": items(string(1)),
            "max_files": integer(LIMITS["file_input.max_files.min"], LIMITS["file_input.max_files.max"]),
        },
    ),
    "image": IMAGE_ELEMENT,
}

_SELECTS = [kind for kind in ELEMENTS if kind.endswith("_select")]
_PICKERS = ["datepicker", "timepicker"]
_CHOICE_LISTS = ["checkboxes", "radio_buttons"]

IN_ACTIONS = [
    "button", "workflow_button", "overflow", "datetimepicker", "rich_text_input", *_SELECTS, *_PICKERS, *_CHOICE_LISTS
]  # fmt: skip
IN_ACCESSORY = ["button", "workflow_button", "overflow", "image", *_SELECTS, *_PICKERS, *_CHOICE_LISTS]
IN_INPUT = [
    "plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input", "file_input",
    "datetimepicker", *_SELECTS, *_PICKERS, *_CHOICE_LISTS
]  # fmt: skip
IN_CONTEXT_ACTIONS = ["feedback_buttons", "icon_button"]
