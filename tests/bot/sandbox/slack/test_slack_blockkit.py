"""Block Kit documents that Slack takes and refuses; the shared check, when it is there, must agree on each."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bot.sandbox.slack import limits
from bot.sandbox.slack.blockkit import check_message_blocks, check_view
from bot.sandbox.slack.refusal import Refused
from tests.bot.sandbox.slack.stage import (
    Json,
    actions,
    button,
    home,
    modal,
    option,
    plain,
    section,
    text_input,
)

REFERENCE = Path(__file__).parents[5] / "shared" / "slack"
"""A checkout's neighbour that holds reference material; nothing here needs it."""


def select(**fields: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", **fields}


def in_input(element: Json) -> Json:
    return {"type": "input", "block_id": "field", "label": plain("Field"), "element": element}


TEXT = {"type": "mrkdwn", "text": "hi"}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}]}],
}
OPTIONS = [option("one"), option("two")]
CONFIRM = {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}
CELL = {"type": "raw_text", "text": "x"}


def point(label: str, value: float) -> Json:
    return {"label": label, "value": value}


def bars(*labels: str) -> Json:
    series = [{"name": "Answered", "data": [point(label, number) for number, label in enumerate(labels)]}]
    return {"type": "bar", "series": series, "axis_config": {"categories": list(labels), "x_label": "Day"}}


def hours(count: int) -> Json:
    return bars(*(f"{hour}:00" for hour in range(count)))


def chart(drawn: Json) -> Json:
    return {"type": "data_visualization", "title": "Calls by day", "chart": drawn}


BARS = bars("Mon", "Tue")

GOOD_MESSAGES: dict[str, list[Json]] = {
    "accessibility label": [actions(button(accessibility_label="x" * 75))],
    "sections": [section(), section("x" * 3000), {"type": "section", "fields": [TEXT] * 10}],
    "accessory": [section(accessory=button(confirm=CONFIRM, value="x" * 2000, style="danger"))],
    "actions": [actions(*(button(f"b{number}") for number in range(25)))],
    "context": [{"type": "context", "elements": [TEXT] * 9 + [{"type": "image", "image_url": "u", "alt_text": "a"}]}],
    "header and divider": [{"type": "header", "text": plain("x" * 150)}, {"type": "divider"}],
    "image": [{"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"}],
    "rich text": [RICH],
    "markdown": [{"type": "markdown", "text": "x" * 12000}],
    "table": [{"type": "table", "rows": [[CELL, CELL], [CELL, CELL]]}],
    "bars": [chart(BARS)],
    "bars without axis titles": [chart({**BARS, "axis_config": {"categories": ["Mon", "Tue"]}})],
    "a line and an area": [chart({**BARS, "type": "line"}), chart({**BARS, "type": "area"})],
    "a pie": [chart({"type": "pie", "segments": [{"label": "Answered", "value": 3}]})],
    "select": [actions(select(options=OPTIONS, initial_option=OPTIONS[0]))],
    "groups": [actions(select(option_groups=[{"label": plain("G"), "options": OPTIONS}]))],
    "overflow": [section(accessory={"type": "overflow", "action_id": "more", "options": OPTIONS})],
    "fifty blocks": [{"type": "divider"}] * 50,
}

BAD_MESSAGES: dict[str, list[Json]] = {
    "long accessibility label": [actions(button(accessibility_label="x" * 76))],
    "empty accessibility label": [actions(button(accessibility_label=""))],
    "unknown type": [{"type": "bogus"}],
    "no type": [{"text": TEXT}],
    "empty section": [{"type": "section"}],
    "empty text": [section("")],
    "long text": [section("x" * 3001)],
    "long field": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
    "eleven fields": [{"type": "section", "fields": [TEXT] * 11}],
    "unknown field": [section(colour="red")],
    "header in mrkdwn": [{"type": "header", "text": TEXT}],
    "long header": [{"type": "header", "text": plain("x" * 151)}],
    "block_id twice": [section(block_id="a"), section(block_id="a")],
    "action_id twice": [actions(button("a"), button("a"))],
    "no elements": [{"type": "actions", "elements": []}],
    "26 elements": [actions(*(button(f"b{number}") for number in range(26)))],
    "11 context elements": [{"type": "context", "elements": [TEXT] * 11}],
    "button without text": [actions({"type": "button", "action_id": "b"})],
    "long button": [actions({"type": "button", "action_id": "b", "text": plain("x" * 76)})],
    "bad style": [actions(button(style="green"))],
    "long confirm title": [actions(button(confirm={**CONFIRM, "title": plain("x" * 101)}))],
    "long action_id": [actions(button("x" * 256))],
    "long block_id": [section(block_id="x" * 256)],
    "long option text": [actions(select(options=[option("one", "x" * 76)]))],
    "long option value": [actions(select(options=[option("x" * 151)]))],
    "no options": [actions(select(options=[]))],
    "101 options": [actions(select(options=[option(str(number)) for number in range(101)]))],
    "options and groups": [actions(select(options=OPTIONS, option_groups=[{"label": plain("G"), "options": OPTIONS}]))],
    "neither options nor groups": [actions(select())],
    "initial option not offered": [actions(select(options=OPTIONS, initial_option=option("three")))],
    "six overflow options": [
        section(
            accessory={"type": "overflow", "action_id": "m", "options": [option(str(number)) for number in range(6)]}
        )
    ],
    "11 checkboxes": [
        actions({"type": "checkboxes", "action_id": "c", "options": [option(str(number)) for number in range(11)]})
    ],
    "text input among actions": [actions({"type": "plain_text_input", "action_id": "t"})],
    "image without alt": [{"type": "image", "image_url": "https://x.example/a.png"}],
    "image without source": [{"type": "image", "alt_text": "a"}],
    "21 columns": [{"type": "table", "rows": [[CELL] * 21]}],
    "101 rows": [{"type": "table", "rows": [[CELL]] * 101}],
    "three charts": [chart(BARS)] * 3,
    "a chart without title": [{"type": "data_visualization", "chart": BARS}],
    "an unknown chart": [chart({**BARS, "type": "radar"})],
    "a series with a point too few": [chart({**BARS, "series": [{"name": "A", "data": [point("Mon", 1)]}]})],
    "a series of other days": [chart({**BARS, "axis_config": {"categories": ["Wed", "Thu"]}})],
    "two series of one name": [chart({**BARS, "series": BARS["series"] * 2})],
    "a long series name": [chart({**BARS, "series": [{**BARS["series"][0], "name": "x" * 21}]})],
    "21 categories": [chart(hours(21))],
    "a slice of nothing": [chart({"type": "pie", "segments": [{"label": "Missed", "value": 0}]})],
    "no slices": [chart({"type": "pie", "segments": []})],
    "51 blocks": [{"type": "divider"}] * 51,
    "much markdown": [{"type": "markdown", "text": "x" * 7000}] * 2,
    "file input": [in_input({"type": "file_input", "action_id": "f"})],
}

GOOD_VIEWS: dict[str, Json] = {
    "modal": modal(),
    "no submit without inputs": modal(submit=None, blocks=[section()]),
    "inputs": modal(
        blocks=[
            in_input({"type": "number_input", "action_id": "n", "is_decimal_allowed": False, "min_value": "1"}),
            {**in_input({"type": "multi_users_select", "action_id": "u", "max_selected_items": 2}), "block_id": "b"},
            {**in_input({"type": "file_input", "action_id": "f", "max_files": 1}), "block_id": "c"},
            {**in_input({"type": "radio_buttons", "action_id": "r", "options": OPTIONS}), "block_id": "d"},
            {**in_input({"type": "external_select", "action_id": "x", "min_query_length": 0}), "block_id": "e"},
        ]
    ),
    "100 blocks": modal(blocks=[{"type": "divider"}] * 100),
    "home": home(section(), actions(button())),
}

BAD_VIEWS: dict[str, Json] = {
    "no title": modal(title=None),
    "long title": modal(title=plain("x" * 25)),
    "long submit": modal(submit=plain("x" * 25)),
    "mrkdwn title": modal(title=TEXT),
    "inputs without submit": modal(submit=None),
    "no blocks": modal(blocks=[]),
    "101 blocks": modal(blocks=[{"type": "divider"}] * 101),
    "long metadata": modal(private_metadata="x" * 3001),
    "long callback_id": modal(callback_id="x" * 256),
    "unknown field": modal(colour="red"),
    "markdown in a modal": modal(blocks=[{"type": "markdown", "text": "x"}]),
    "table in a modal": modal(blocks=[{"type": "table", "rows": [[CELL]]}]),
    "min over max": modal(blocks=[text_input(min_length=5, max_length=3)]),
    "max over 3000": modal(blocks=[text_input(max_length=3001)]),
    "numbers as numbers": modal(
        blocks=[in_input({"type": "number_input", "action_id": "n", "is_decimal_allowed": True, "min_value": 1})]
    ),
    "number input without decimals": modal(blocks=[in_input({"type": "number_input", "action_id": "n"})]),
    "two in focus": modal(blocks=[text_input("a", focus_on_load=True), text_input("b", focus_on_load=True)]),
    "button in an input": modal(blocks=[in_input(button())]),
    "no label": modal(
        blocks=[{"type": "input", "element": {"type": "plain_text_input", "action_id": "t"}, "block_id": "b"}]
    ),
}

OURS_ONLY = {"21 columns", "max over 3000", "empty accessibility label"}
"""Limits that @slack/types, which the reference check is made from, only says in prose."""
CHARTS = {name for name, blocks in GOOD_MESSAGES.items() if blocks[0]["type"] == "data_visualization"}
"""Newer than the reference check, which refuses every one."""


@pytest.mark.parametrize("name", GOOD_MESSAGES)
def test_takes_message(name: str) -> None:
    check_message_blocks(GOOD_MESSAGES[name])


@pytest.mark.parametrize("name", BAD_MESSAGES)
def test_refuses_message(name: str) -> None:
    with pytest.raises(Refused, match="invalid_blocks") as no:
        check_message_blocks(BAD_MESSAGES[name])
    assert all(one.startswith("[ERROR] ") and "[json-pointer:/blocks" in one for one in no.value.messages)


@pytest.mark.parametrize("name", GOOD_VIEWS)
def test_takes_view(name: str) -> None:
    check_view(GOOD_VIEWS[name], GOOD_VIEWS[name]["type"])


@pytest.mark.parametrize("name", BAD_VIEWS)
def test_refuses_view(name: str) -> None:
    with pytest.raises(Refused, match="invalid_arguments"):
        check_view(BAD_VIEWS[name], BAD_VIEWS[name]["type"])


def test_an_option_value_of_150_characters_is_taken() -> None:
    check_message_blocks([actions(select(options=[option("x" * 150, "one")]))])


def test_a_view_over_250_kilobytes_is_too_large() -> None:
    # 90 sections of 3000 characters: each within its limit, all together above the view's.
    with pytest.raises(Refused, match="view_too_large"):
        check_view(modal(blocks=[section("x" * 3000)] * 90), "modal")


def test_a_complaint_points_at_the_place() -> None:
    with pytest.raises(Refused) as no:
        check_message_blocks([{"type": "divider"}, section("x" * 3001)])
    assert no.value.messages == ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    path = REFERENCE / "blockkit_check.py"
    if not path.exists():
        pytest.skip("the reference check is not beside this checkout")
    spec = importlib.util.spec_from_file_location("blockkit_check", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_check_agrees_on_messages(reference: ModuleType) -> None:
    wrong = [name for name, blocks in GOOD_MESSAGES.items() if reference.check("message", blocks)]
    wrong += [name for name, blocks in BAD_MESSAGES.items() if not reference.check("message", blocks)]
    assert set(wrong) <= OURS_ONLY | CHARTS


def test_the_reference_check_agrees_on_views(reference: ModuleType) -> None:
    wrong = [name for name, view in GOOD_VIEWS.items() if reference.check("view", view)]
    wrong += [name for name, view in BAD_VIEWS.items() if not reference.check("view", view)]
    assert set(wrong) <= OURS_ONLY


def test_the_table_of_limits_has_every_published_number() -> None:
    path = REFERENCE / "limits.json"
    if not path.exists():
        pytest.skip("the list of published numbers is not beside this checkout")
    published = json.loads(path.read_text())
    assert published["blocks"] == limits.LIMITS
    # Slack says "several hundred" of a workspace's messages, and no number.
    assert published["per_minute"] == {
        name: most for name, most in limits.PER_MINUTE.items() if name != "chat.postMessage"
    }
    tiers = {method: int(tier) for tier, methods in published["tiers"].items() for method in methods}
    assert tiers.items() <= limits.TIER_OF.items()
    assert tuple(published["seconds"]["event_retry_after"]) == limits.EVENT_RETRY_AFTER
