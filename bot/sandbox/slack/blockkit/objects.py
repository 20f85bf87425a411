"""Block Kit's composition objects: texts, options, confirm dialogs, conversation filters."""

from typing import Any

from bot.sandbox.slack.blockkit.checks import (
    Check,
    Findings,
    anything,
    boolean,
    both,
    items,
    one_of,
    shape,
    string,
    typed,
)
from bot.sandbox.slack.limits import BLOCKS as L


def text(high: int = L["text.max_length"], *, plain_only: bool = False) -> Check:
    """A text object of 1 to ``high`` characters."""
    words = string(L["text.min_length"], high)
    shapes = {
        "plain_text": shape({"text": words}, {"emoji": boolean}),
        "mrkdwn": shape({"text": words}, {"verbatim": boolean}),
    }
    return typed(shapes, allowed=["plain_text"] if plain_only else None)


def plain(high: int = L["text.max_length"]) -> Check:
    return text(high, plain_only=True)


CONFIRM = shape(
    {"text": text(L["confirmation.text.max_length"])},
    {
        "title": plain(L["confirmation.title.max_length"]),
        "confirm": plain(L["confirmation.confirm.max_length"]),
        "deny": plain(L["confirmation.deny.max_length"]),
        "style": one_of("primary", "danger"),
    },
)


def option(*, mrkdwn: bool = False, url: bool = False) -> Check:
    """``mrkdwn`` for checkboxes and radio buttons, ``url`` for overflow menus: nobody else may have them."""
    optional: dict[str, Check] = {"description": text(L["option.description.max_length"], plain_only=not mrkdwn)}
    if url:
        optional["url"] = string(1, L["option.url.max_length"])
    return shape(
        {
            "text": text(L["option.text.max_length"], plain_only=not mrkdwn),
            "value": string(0, L["option.value.max_length"]),
        },
        optional,
    )


OPTION = option()
OPTIONS = items(OPTION, L["select.options.min_items"], L["select.options.max_items"])
OPTION_GROUPS = items(
    shape(
        {
            "label": plain(L["option_group.label.max_length"]),
            "options": items(OPTION, L["option_group.options.min_items"], L["option_group.options.max_items"]),
        }
    ),
    L["select.option_groups.min_items"],
    L["select.option_groups.max_items"],
)

FILTER = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), L["conversation_filter.include.min_items"]),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

DISPATCH_CONFIG = shape(
    {},
    {
        "trigger_actions_on": items(
            one_of("on_enter_pressed", "on_character_entered"),
            L["dispatch_action_configuration.trigger_actions_on.min_items"],
            L["dispatch_action_configuration.trigger_actions_on.max_items"],
        )
    },
)


def _one_file(findings: Findings, value: Any, pointer: str) -> None:
    if isinstance(value, dict) and bool(value.get("id")) == bool(value.get("url")):
        findings.add("must have exactly one of id, url", pointer)


SLACK_FILE = both(shape({}, {"id": string(1), "url": string(1)}), _one_file)


def _one_picture(findings: Findings, value: Any, pointer: str) -> None:
    if isinstance(value, dict) and bool(value.get("image_url")) == bool(value.get("slack_file")):
        findings.add("must have exactly one of image_url, slack_file", pointer)


IMAGE_ELEMENT = both(
    shape(
        {"alt_text": string(1, L["image_element.alt_text.max_length"])},
        {"image_url": string(1, L["image_element.image_url.max_length"]), "slack_file": SLACK_FILE},
    ),
    _one_picture,
)
IMAGE_BLOCK = both(
    shape(
        {"alt_text": string(1, L["image.alt_text.max_length"])},
        {
            "image_url": string(1, L["image.image_url.max_length"]),
            "slack_file": SLACK_FILE,
            "title": plain(L["image.title.max_length"]),
            "block_id": string(1, L["block_id.max_length"]),
            "image_width": anything,
            "image_height": anything,
            "image_bytes": anything,
            "is_animated": boolean,
            "fallback": string(),
        },
    ),
    _one_picture,
)


def initial_among_options(findings: Findings, value: Any, pointer: str) -> None:
    """What is chosen at first must be one of the options, to the letter."""
    if not isinstance(value, dict):
        return
    offered = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        if isinstance(group, dict):
            offered += group.get("options") or []
    chosen = list(value.get("initial_options") or [])
    if value.get("initial_option") is not None:
        chosen.append(value["initial_option"])
    offered_keys = [_key(one) for one in offered]
    if any(_key(one) not in offered_keys for one in chosen):
        field = "initial_option" if "initial_option" in value else "initial_options"
        findings.add("initial option was not found in the list of options", f"{pointer}/{field}")


def _key(one: Any) -> Any:
    if isinstance(one, dict) and isinstance(one.get("text"), dict):
        return (one["text"].get("text"), one.get("value"))
    return one


def options_or_groups(findings: Findings, value: Any, pointer: str) -> None:
    if isinstance(value, dict) and ("options" in value) == ("option_groups" in value):
        findings.add("must have exactly one of options, option_groups", pointer)
