"""Arguments as a modal, and back."""

import asyncio
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.arguments.several import Several
from bot.basics.person import PersonKey
from bot.catalogue.inputs import UNSET, Amount, FileArgument, Lines, tri_state
from bot.contract.argument import CLEAR, Option
from bot.contract.context import Ctx, Origin, Where
from bot.contract.reply import Answer, Nothing
from bot.contract.routing import Router, build_table
from bot.sandbox.slack.blockkit import check_view
from bot.slack.blockkit.forms import (
    FormTooLarge,
    build_form,
    build_suggestions,
    pack_metadata,
    read_form,
    unpack_metadata,
)
from bot.slack.conversation.requests import Request
from tests.bot.slack import verbs
from tests.bot.slack.conftest import Bot, running

TABLE = build_table([verbs.router])
SMS = TABLE.by_id["verbs.sms"]
DND = TABLE.by_id["verbs.dnd"]
MOOD = TABLE.by_id["verbs.mood"]
CARD = TABLE.by_id["verbs.call_card"]
WHERE = Where("C1", "1.2", "https://hooks.slack.com/x")


@pytest.fixture
async def ctx() -> AsyncIterator[Ctx]:
    async with running("http") as bot:
        yield build_ctx(bot)


def build_ctx(bot: Bot) -> Ctx:
    return bot.dispatcher._placement.build_ctx(Request(PersonKey("T0NORTHLT", "U0ANA0001"), WHERE, Origin.TYPED))


def submitted(view: dict[str, Any], **values: dict[str, Any]) -> dict[str, Any]:
    """The view as Slack sends it back, with these states by block."""
    state = {
        block["block_id"]: {
            block["element"]["action_id"]: {"type": block["element"]["type"], **values.get(block["block_id"], {})}
        }
        for block in view["blocks"]
        if block["type"] == "input"
    }
    return {**view, "state": {"values": state}}


async def test_ids_are_the_parameter_and_the_route(ctx: Ctx) -> None:
    view = await build_form(ctx, SMS, {})

    assert view["callback_id"] == "verbs.sms"
    assert [(one["block_id"], one["element"]["action_id"]) for one in view["blocks"]] == [
        ("to", "verbs.sms.to"),
        ("text", "verbs.sms.text"),
    ]


async def test_only_what_has_no_default_is_required(ctx: Ctx) -> None:
    assert [one["optional"] for one in (await build_form(ctx, SMS, {}))["blocks"]] == [False, False]
    assert [one["optional"] for one in (await build_form(ctx, DND, {}))["blocks"]] == [True]


async def test_each_kind_of_argument_has_its_element(ctx: Ctx) -> None:
    elements = [one["element"] for one in (await build_form(ctx, SMS, {}))["blocks"]]
    assert elements[0]["type"] == "multi_external_select"
    assert elements[0]["max_selected_items"] == 5
    assert elements[1] | {"multiline": True, "max_length": 1500} == elements[1]
    assert (await build_form(ctx, DND, {}))["blocks"][0]["element"]["type"] == "radio_buttons"
    assert (await build_form(ctx, MOOD, {}))["blocks"][0]["element"]["type"] == "static_select"


@pytest.mark.parametrize(("raw", "chosen"), [(True, "on"), ("off", "off"), ("yes", "on"), ("ON", "on")])
async def test_a_choice_is_filled_in_by_value_word_or_alias(ctx: Ctx, raw: Any, chosen: str) -> None:
    element = (await build_form(ctx, DND, {"state": raw}))["blocks"][0]["element"]

    assert element["initial_option"]["value"] == chosen


async def test_a_choice_nobody_offers_is_left_empty(ctx: Ctx) -> None:
    assert "initial_option" not in (await build_form(ctx, DND, {"state": "perhaps"}))["blocks"][0]["element"]


async def test_what_was_picked_is_shown_by_name(ctx: Ctx) -> None:
    element = (await build_form(ctx, SMS, {"to": ["jordan", "amara"]}))["blocks"][0]["element"]

    assert [one["text"]["text"] for one in element["initial_options"]] == ["Jordan", "Amara"]


async def test_a_text_over_the_limit_is_cut_and_says_so(ctx: Ctx) -> None:
    view = await build_form(ctx, SMS, {"text": "x" * 10_000})

    check_view(view, "modal")
    assert "Only the first 1,500 of 10,000 characters fit here." in json.dumps(view)


async def test_a_problem_stands_right_before_its_field(ctx: Ctx) -> None:
    blocks = (await build_form(ctx, SMS, {}, {"text": "It is empty."}))["blocks"]

    assert [one["block_id"] for one in blocks] == ["to", "problem-text", "text"]
    assert "⚠️ It is empty." in json.dumps(blocks[1], ensure_ascii=False)


async def test_a_problem_of_no_field_stands_on_top(ctx: Ctx) -> None:
    blocks = (await build_form(ctx, SMS, {}, {"elsewhere": "Look there."}))["blocks"]

    assert "Look there." in json.dumps(blocks[0])


async def test_where_it_was_opened_and_what_is_hidden_come_back(ctx: Ctx) -> None:
    view = await build_form(ctx, CARD, {"call": "7"})

    assert unpack_metadata(view)[0] == WHERE
    assert read_form(CARD, view) == {"call": "7"}


async def test_a_form_with_nothing_to_ask_is_still_a_view(ctx: Ctx) -> None:
    check_view(await build_form(ctx, CARD, {"call": "7"}), "modal")


async def test_too_much_to_carry_along_is_refused_by_name(ctx: Ctx) -> None:
    with pytest.raises(FormTooLarge, match=r"verbs\.call_card"):
        await build_form(ctx, CARD, {"call": "x" * 3000})


async def test_what_was_filled_in_is_read_back(ctx: Ctx) -> None:
    view = submitted(
        await build_form(ctx, SMS, {}),
        to={"selected_options": [{"value": "jordan"}, {"value": "amara"}]},
        text={"value": "  *Hi* & <bye>  "},
    )

    assert read_form(SMS, view) == {"to": ["jordan", "amara"], "text": "  *Hi* & <bye>  "}


async def test_empty_fields_are_absent(ctx: Ctx) -> None:
    view = submitted(await build_form(ctx, SMS, {}), to={"selected_options": []}, text={"value": None})

    assert read_form(SMS, view) == {}


async def test_a_chosen_option_is_read_as_its_value(ctx: Ctx) -> None:
    view = submitted(await build_form(ctx, DND, {}), state={"selected_option": {"value": "off"}})

    assert read_form(DND, view) == {"state": "off"}


@pytest.mark.parametrize("metadata", ["", "{", "[]", "5", '{"w": 3, "a": 4}', None])
def test_foreign_metadata_reads_as_nothing(metadata: str | None) -> None:
    where, _ = unpack_metadata({"private_metadata": metadata})

    assert where == Where()
    assert read_form(CARD, {"private_metadata": metadata}) == {}


def test_metadata_over_the_limit_is_refused() -> None:
    with pytest.raises(FormTooLarge):
        pack_metadata(WHERE, a={"x": "y" * 3000})


RAW = st.one_of(st.text(max_size=90), st.booleans(), st.lists(st.text(max_size=90), max_size=20))


@settings(max_examples=60, deadline=None)
@given(to=RAW, text=st.one_of(RAW, st.text(min_size=2900, max_size=4000)), state=RAW, problem=st.text(max_size=600))
def test_any_arguments_make_a_form_slack_takes(to: Any, text: Any, state: Any, problem: str) -> None:
    nobody: Any = SimpleNamespace(where=WHERE)
    check_view(asyncio.run(build_form(nobody, SMS, {"to": to, "text": text}, {"to": problem}, notice=problem)), "modal")
    check_view(asyncio.run(build_form(nobody, DND, {"state": state})), "modal")


router = Router()


@router.command("all", summary="All kinds", title="All kinds")
async def every_kind(
    ctx: Ctx,
    amount: Annotated[int, Amount("Amount", low=1, high=5, group="Numbers")],
    some: Annotated[tuple[str, ...], Several("Some", options=(Option("A", "a"), Option("B", "b")))] = (),
    lines: Annotated[tuple[str, ...], Lines("Lines", group="Text")] = (),
    file: Annotated[Any, FileArgument("File", kinds=("mp3",))] = None,
    tri: Annotated[str | None, tri_state("Tri")] = None,
) -> Answer:
    return Nothing()


KINDS = build_table([router]).by_id["test_forms.every_kind"]


async def test_every_other_kind_of_argument_makes_a_form_slack_takes(ctx: Ctx) -> None:
    view = await build_form(ctx, KINDS, {"amount": "3", "some": ["b"], "lines": "x\ny", "tri": "yes"})

    check_view(view, "modal")
    kinds = [one["element"]["type"] for one in view["blocks"] if one["type"] == "input"]
    assert kinds == ["number_input", "checkboxes", "plain_text_input", "file_input", "static_select"]


async def test_every_other_kind_is_read_back(ctx: Ctx) -> None:
    view = submitted(
        await build_form(ctx, KINDS, {}),
        amount={"value": "3"},
        some={"selected_options": [{"value": "a"}, {"value": "b"}]},
        lines={"value": "x\ny"},
        file={"files": [{"id": "F0ABCDEF"}]},
        tri={"selected_option": {"value": UNSET}},
    )

    assert read_form(KINDS, view) == {"amount": "3", "some": ["a", "b"], "lines": "x\ny", "file": ["F0ABCDEF"]}


def test_a_list_that_may_be_cut_says_so_above_its_options() -> None:
    few, many = [[Option(f"Option {n}", str(n)) for n in range(count)] for count in (3, 20)]
    assert "option_groups" not in build_suggestions(few)
    (group,) = build_suggestions(many)["option_groups"]
    assert group["label"]["text"] == "More may match: type more letters"
    assert len(group["options"]) == 20


def test_a_field_that_holds_something_can_be_emptied() -> None:
    first, *_ = build_suggestions([Option("Support", "1")], empties=True)["options"]
    assert (first["text"]["text"], first["value"]) == ("Leave it empty", CLEAR)
    none, _ = build_suggestions([Option(str(n), str(n)) for n in range(20)], empties=True)["option_groups"]
    assert [one["value"] for one in none["options"]] == [CLEAR]
