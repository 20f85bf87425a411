"""Whatever handlers answer, Slack would take it: hostile texts against Slack's limits."""

import importlib.util
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.contract.reply import (
    Bold,
    Button,
    Card,
    Chart,
    Code,
    Confirm,
    DataTable,
    Fact,
    Link,
    Listing,
    Mention,
    Phone,
    Reply,
    Row,
    When,
)
from bot.sandbox.slack.blockkit import check_message_blocks, check_view
from bot.slack.blockkit.blocks import Reader, mrkdwn, plain, weight
from bot.slack.blockkit.buttons import ButtonTooLong, build_button, read_action_id, unpack_args
from bot.slack.blockkit.limits import MESSAGE_CHARACTERS, cut
from bot.slack.blockkit.render import (
    render_confirm_message,
    render_confirm_view,
    render_home,
    render_message,
    render_view,
    render_working,
)

READER = Reader(ZoneInfo("America/Los_Angeles"), "US")
AT = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
CHECKER = Path(__file__).parents[5] / "shared" / "slack" / "blockkit_check.py"

_NASTY = [
    "<!channel>",
    "<@U1>",
    "*bold*",
    "_it_",
    "`x`",
    ":smile:",
    "> quote",
    "&amp;",
    "\u202eabc",
    "👨‍👩‍👧",
    "\x00",
    "\n",
    " ",
    "",
    "|",
    "~",
]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(_NASTY),
    st.builds(lambda piece, times: piece * times, st.sampled_from([*_NASTY[:9], "é", "x "]), st.integers(1, 4000)),
)
MOMENTS = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001  hypothesis adds the zone
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, ZoneInfo("Asia/Tokyo")]),
)
PARTS = st.one_of(
    TEXTS,
    TEXTS.map(Bold),
    TEXTS.map(Code),
    st.builds(When, MOMENTS, st.sampled_from(["time", "date", "ago"])),
    st.one_of(st.just("+14155550150"), TEXTS).map(Phone),
    st.one_of(st.just("U0ANA0001"), TEXTS).map(Mention),
    st.builds(Link, st.one_of(st.just("https://example.com/?a=1&b=2"), TEXTS), TEXTS),
)
PROSE = st.one_of(TEXTS, st.lists(PARTS, max_size=5).map(tuple))
RAW = st.one_of(TEXTS, st.booleans(), st.lists(st.text(max_size=20), max_size=3))
BUTTONS = st.builds(
    Button,
    TEXTS,
    st.just("verbs.dnd"),
    st.dictionaries(st.text(max_size=10), RAW, max_size=2),
    st.sampled_from(["primary", "danger", None]),
    st.one_of(st.none(), st.just("https://example.com"), TEXTS.filter(bool)),
    st.booleans(),
)
SOME_BUTTONS = st.lists(BUTTONS, max_size=4).map(tuple)
FACTS = st.lists(st.builds(Fact, TEXTS, PROSE), max_size=14).map(tuple)
ROWS = st.builds(Row, PROSE, PROSE, st.one_of(st.none(), BUTTONS))
ANSWERS = st.one_of(
    st.builds(Reply, PROSE, SOME_BUTTONS, st.sampled_from(["done", "info", "warning"])),
    st.builds(Card, PROSE, FACTS, PROSE, PROSE, SOME_BUTTONS),
    st.builds(
        Listing, PROSE, st.lists(ROWS, max_size=8).map(lambda rows: tuple(rows) * 12), PROSE, PROSE, SOME_BUTTONS
    ),
)
CONFIRMS = st.builds(
    Confirm, st.just("verbs.send"), st.just({}), TEXTS, FACTS, TEXTS, TEXTS, PROSE, st.booleans(),
    st.one_of(st.none(), BUTTONS),
)  # fmt: skip
VALUES = st.lists(st.integers(0, 9_999) | st.floats(0, 99), max_size=25).map(tuple)
CHARTS = st.builds(
    Chart,
    TEXTS,
    st.lists(TEXTS, max_size=25).map(tuple),
    st.lists(st.tuples(TEXTS, VALUES), max_size=8).map(tuple),
    TEXTS,
)
TABLES = st.builds(
    DataTable,
    st.lists(TEXTS, max_size=22).map(tuple),
    st.lists(st.lists(TEXTS, max_size=5).map(tuple), max_size=4).map(lambda rows: tuple(rows) * 3),
)
DRAWN = st.builds(
    lambda title, parts: Card(title, parts=tuple(parts)), PROSE, st.lists(st.one_of(CHARTS, TABLES), max_size=4)
)
SUPPORT_DAY = Card(
    "Yesterday",
    parts=(
        Chart("Calls by hour", ("09:00", "10:00"), (("Answered", (3, 12)), ("Not answered", (1, 0))), across="Hour"),
        DataTable(("Phones", "Sunday"), (("Calls", "16"), ("Median wait", ""))),
    ),
)
EXAMPLES = settings(
    max_examples=60, deadline=None, phases=[Phase.reuse, Phase.generate]
)  # shrinking 12 kB texts takes minutes


@pytest.fixture(scope="module")
def shared_check() -> Callable[[str, Any], list[str]]:
    if not CHECKER.exists():
        pytest.skip("../shared/slack/blockkit_check.py is not on this machine")
    spec = importlib.util.spec_from_file_location("blockkit_check", CHECKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["blockkit_check"] = module
    spec.loader.exec_module(module)
    check: Callable[[str, Any], list[str]] = module.check
    return check


def assert_each_button_is_told_apart(blocks: list[Any]) -> None:
    """A screen reader says something of every button, and not the same of two that do different things."""
    said: dict[str, Any] = {}
    for block in blocks:
        for one in [*block.get("elements", ()), block.get("accessory") or {}]:
            if one.get("type") == "button":
                target = (one["action_id"].partition(":")[0], one.get("value"), one.get("url"))
                assert said.setdefault(one["accessibility_label"], target) == target


@EXAMPLES
@given(ANSWERS)
def test_any_answer_is_a_message_slack_takes(answer: Reply | Card | Listing) -> None:
    message = render_message(answer, READER, current="verbs.calls", stamp=("Sent by ", Mention("U0ANA0001")))

    check_message_blocks(message.blocks)
    assert_each_button_is_told_apart(message.blocks)
    assert 0 < len(message.text) <= 4000
    assert weight(message.blocks) <= MESSAGE_CHARACTERS + 1000


@EXAMPLES
@given(ANSWERS)
def test_any_answer_is_a_modal_and_a_home_slack_takes(answer: Reply | Card | Listing) -> None:
    modal, home = render_view(answer, READER, title="x" * 40, metadata="{}"), render_home(answer, READER)
    check_view(modal, "modal")
    check_view(home, "home")
    assert_each_button_is_told_apart(modal["blocks"])
    assert_each_button_is_told_apart(home["blocks"])


@EXAMPLES
@given(CONFIRMS)
def test_any_confirmation_is_something_slack_takes(confirm: Confirm) -> None:
    modal, message = (
        render_confirm_view(confirm, READER, metadata="{}", name="n"),
        render_confirm_message(confirm, READER, name="n"),
    )
    check_view(modal, "modal")
    check_message_blocks(message.blocks)
    assert_each_button_is_told_apart(modal["blocks"])
    assert_each_button_is_told_apart(message.blocks)


@EXAMPLES
@given(answer=ANSWERS, confirm=CONFIRMS)
def test_an_independent_check_agrees(
    shared_check: Callable[[str, Any], list[str]], answer: Reply | Card | Listing, confirm: Confirm
) -> None:
    assert shared_check("message", render_message(answer, READER).blocks) == []
    assert shared_check("modal", render_view(answer, READER, title="x", metadata="{}")) == []
    assert shared_check("home", render_home(answer, READER)) == []
    assert shared_check("modal", render_confirm_view(confirm, READER, metadata="{}", name="n")) == []
    assert shared_check("modal", render_working("x", "{}", "Working…")) == []


@EXAMPLES
@given(PROSE, st.integers(2, 200))
def test_mrkdwn_never_exceeds_its_limit_and_never_lets_markup_through(prose: Any, limit: int) -> None:
    text = mrkdwn(prose, READER, limit)

    assert len(text) <= limit
    assert "<!channel>" not in text
    assert not text.rstrip("…").endswith(("&", "&a", "&am", "&amp", "&l", "&lt", "&g", "&gt"))


@EXAMPLES
@given(DRAWN)
def test_any_chart_and_table_are_something_slack_takes(card: Card) -> None:
    check_message_blocks(render_message(card, READER).blocks)
    check_message_blocks(render_message(card, READER, charts=0).blocks)
    check_view(render_view(card, READER, title="x", metadata="{}"), "modal")


def test_a_chart_and_a_table_are_drawn_in_a_message() -> None:
    _, chart, table = render_message(SUPPORT_DAY, READER).blocks

    assert chart["chart"]["series"][0] == {
        "name": "Answered",
        "data": [{"label": "09:00", "value": 3}, {"label": "10:00", "value": 12}],
    }
    assert chart["chart"]["axis_config"] == {"categories": ["09:00", "10:00"], "x_label": "Hour"}
    assert [[cell["text"] for cell in row] for row in table["rows"]] == [
        ["Phones", "Sunday"],
        ["Calls", "16"],
        ["Median wait", "–"],
    ]


def test_where_nothing_is_drawn_bars_are_letters_and_columns_are_set_with_spaces() -> None:
    _, chart, table = render_view(SUPPORT_DAY, READER, title="x", metadata="{}")["blocks"]

    assert chart["elements"][0]["elements"][0]["text"].splitlines() == [
        "Calls by hour",
        "█ Answered  ░ Not answered",
        f"09:00 {'█' * 6}{'░' * 2} 3 + 1",
        f"10:00 {'█' * 24} 12 + 0",
    ]
    assert table["elements"][0]["elements"][0]["text"].splitlines() == [
        "Phones       Sunday",
        "Calls            16",
        "Median wait",
    ]


def test_a_third_chart_and_a_second_table_are_text() -> None:
    chart, table = SUPPORT_DAY.parts

    blocks = render_message(Card("x", parts=(chart, chart, chart, table, table)), READER).blocks

    kinds = [block["type"] for block in blocks]
    assert kinds == ["section", "data_visualization", "data_visualization", "rich_text", "table", "rich_text"]


def test_a_literal_cannot_ping_anybody() -> None:
    blocks = json.dumps(render_message(Reply("<!channel> <@U0SAM0002> & co"), READER).blocks)

    assert "<!channel>" not in blocks
    assert "&lt;!channel&gt; &lt;@U0SAM0002&gt; &amp; co" in blocks


def test_a_name_with_asterisks_stays_as_it_is() -> None:
    [block] = render_message(Reply("*Best* _Bikes_"), READER).blocks

    assert block["type"] == "rich_text"
    assert block["elements"][0]["elements"] == [{"type": "text", "text": "*Best* _Bikes_"}]


def test_a_moment_is_drawn_in_the_readers_zone_and_written_in_ours_where_it_is_not() -> None:
    message = render_message(Reply(("Until ", When(AT))), READER)

    assert f"<!date^{int(AT.timestamp())}^{{time}}|10:05 PST>" in json.dumps(message.blocks)
    assert message.text == "Until 10:05 PST"


def test_a_number_is_national_and_can_be_dialled() -> None:
    message = render_message(Reply((Phone("+14155550150"),)), READER)

    assert "<tel:+14155550150|(415) 555-0150>" in json.dumps(message.blocks)


def test_a_long_list_says_how_much_is_missing() -> None:
    listing = Listing("Calls", tuple(Row(f"call {number}") for number in range(60)))

    blocks = render_message(listing, READER).blocks

    assert len(blocks) <= 50
    shown = sum("call " in json.dumps(block) for block in blocks)
    assert f"… and {60 - shown} more" in json.dumps(blocks[-1], ensure_ascii=False)


def test_an_empty_list_says_so() -> None:
    assert "No calls today." in json.dumps(render_message(Listing("Calls", (), "No calls today."), READER).blocks)


def test_the_quote_of_a_confirmation_is_letter_for_letter() -> None:
    quote = "  *Hi* <b>&amp; :smile: \n\n``` “ok” <@U1>  "
    confirm = Confirm("verbs.send", {}, "Send?", (), "Send", quote=quote)
    view = render_confirm_view(confirm, READER, metadata="{}", name="n")

    assert view["blocks"][0]["elements"][0] == {
        "type": "rich_text_preformatted",
        "elements": [{"type": "text", "text": quote}],
    }


def test_a_dangerous_confirmation_is_styled_as_one() -> None:
    confirm = Confirm("verbs.send", {}, "Block?", (), "Block", danger=True)

    assert render_confirm_message(confirm, READER, name="n").blocks[-1]["elements"][0]["style"] == "danger"


def test_a_button_over_the_limit_is_refused_by_name() -> None:
    with pytest.raises(ButtonTooLong, match=r"verbs\.sms"):
        build_button(Button("Edit", "verbs.sms", {"text": "x" * 2000}), about="")


def test_a_button_that_cannot_be_carried_is_left_out_and_the_rest_stays() -> None:
    reply = Reply("x", (Button("Edit", "verbs.sms", {"text": "x" * 2000}), Button("Menu", "verbs.menu")))

    [row] = render_message(reply, READER).blocks[1:]
    assert [one["action_id"] for one in row["elements"]] == ["verbs.menu"]


def test_equal_buttons_in_one_row_get_ids_of_their_own_that_read_the_same() -> None:
    reply = Reply("x", tuple(Button(f"Call {n}", "call.call", {"to": str(n)}, form=n == 2) for n in range(3)))
    [row] = render_message(reply, READER, current="call.call").blocks[1:]
    ids = [one["action_id"] for one in row["elements"]]

    assert len(set(ids)) == 3
    assert {read_action_id(one).route for one in ids} == {"call.call"}
    assert [read_action_id(one).form for one in ids] == [False, False, True]
    assert [unpack_args(one["value"])["to"] for one in row["elements"]] == ["0", "1", "2"]


@pytest.mark.parametrize("value", ["", "null", "[1]", "{", '{"a": {"b": 1}, "c": 5, "d": "x", "e": ["y"], "f": [1]}'])
def test_foreign_button_values_carry_nothing_strange(value: str) -> None:
    assert unpack_args(value) in ({}, {"d": "x", "e": ["y"]})


def test_cut_shows_that_it_cut() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"


def test_plain_text_has_no_markup() -> None:
    prose = ("Call ", Bold("Jo"), " ", Phone("+14155550150"), " ", Link("https://x.example", "here"))

    assert plain(prose, READER) == "Call Jo (415) 555-0150 here"
