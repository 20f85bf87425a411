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
from bot.sandbox.slack.limits import LIMITS


def text(high: int = LIMITS["text.max_length"], *, plain_only: bool = False) -> Check:
    """Build a check for a text object of 1 to ``high`` characters."""
    words = string(LIMITS["text.min_length"], high)
    shapes = {
        "plain_text": shape({"text": words}, {"emoji": boolean}),
        "mrkdwn": shape({"text": words}, {"verbatim": boolean}),
    }
    return typed(shapes, allowed=["plain_text"] if plain_only else None)


def plain(high: int = LIMITS["text.max_length"]) -> Check:
    return text(high, plain_only=True)


CONFIRM = shape(
    {"text": text(LIMITS["confirmation.text.max_length"])},
    {
        "title": plain(LIMITS["confirmation.title.max_length"]),
        "confirm": plain(LIMITS["confirmation.confirm.max_length"]),
        "deny": plain(LIMITS["confirmation.deny.max_length"]),
        "style": one_of("primary", "danger"),
    },
)


def option(*, mrkdwn: bool = False, url: bool = False) -> Check:
    """Build a check for an option. Only checkboxes and radio buttons may have ``mrkdwn``, only overflow menus
    ``url``."""
    optional: dict[str, Check] = {"description": text(LIMITS["option.description.max_length"], plain_only=not mrkdwn)}
    if url:
        optional["url"] = string(1, LIMITS["option.url.max_length"])
    return shape(
        {
            "text": text(LIMITS["option.text.max_length"], plain_only=not mrkdwn),
            "value": string(0, LIMITS["option.value.max_length"]),
        },
        optional,
    )


OPTION = option()
OPTIONS = items(OPTION, LIMITS["select.options.min_items"], LIMITS["select.options.max_items"])
OPTION_GROUPS = items(
    shape(
        {
            "label": plain(LIMITS["option_group.label.max_length"]),
            "options": items(
                OPTION, LIMITS["option_group.options.min_items"], LIMITS["option_group.options.max_items"]
            ),
        }
    ),
    LIMITS["select.option_groups.min_items"],
    LIMITS["select.option_groups.max_items"],
)

FILTER = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), LIMITS["conversation_filter.include.min_items"]),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

DISPATCH_CONFIG = shape(
    {},
    {
        "trigger_actions_on": items(
            one_of("on_enter_pressed", "on_character_entered"),
            LIMITS["dispatch_action_configuration.trigger_actions_on.min_items"],
            LIMITS["dispatch_action_configuration.trigger_actions_on.max_items"],
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
        {"alt_text": string(1, LIMITS["image_element.alt_text.max_length"])},
        {"image_url": string(1, LIMITS["image_element.image_url.max_length"]), "slack_file": SLACK_FILE},
    ),
    _one_picture,
)
IMAGE_BLOCK = both(
    shape(
        {"alt_text": string(1, LIMITS["image.alt_text.max_length"])},
        {
            "image_url": string(1, LIMITS["image.image_url.max_length"]),
            "slack_file": SLACK_FILE,
            "title": plain(LIMITS["image.title.max_length"]),
            "block_id": string(1, LIMITS["block_id.max_length"]),
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
    """Check that what is chosen at first is exactly one of the options."""
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
