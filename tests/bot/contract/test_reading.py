"""From typed words to arguments, over handlers made for it."""

from datetime import datetime
from typing import Annotated

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.arguments.caller import CallerChoice
from bot.arguments.group import Group, GroupChoice
from bot.arguments.moment import Moment
from bot.arguments.party import Party
from bot.arguments.recipients import Recipients
from bot.arguments.switch import Switch
from bot.basics.errors import FieldError, UserError
from bot.contract.argument import Carried, Choice, Option, Text
from bot.contract.context import Ctx
from bot.contract.reading import Refused, missing, parse_arguments, read_words
from bot.contract.reply import Answer, Nothing, RawArgs
from bot.contract.routing import Route, Router
from bot.sandbox.cast import ANA
from tests.handlers.harness import World

router = Router()


@router.command("set", summary="Optional ones", usage="on|off [until …] [in …]")
async def optional(
    ctx: Ctx,
    state: Annotated[bool | None, Switch("State")] = None,
    until: Annotated[datetime | None, Moment("Until", keywords=("for", "until"), bare=True)] = None,
    group: Annotated[Group | None, GroupChoice("Group", keywords=("in",))] = None,
    hidden: Annotated[str, Carried("Hidden")] = "",
) -> Answer:
    return Nothing()


@router.command("write", summary="Required ones", usage="<who> <text>")
async def required(
    ctx: Ctx,
    to: Annotated[tuple[Party, ...], Recipients("To")],
    text: Annotated[str, Text("Text", verbatim=True)],
) -> Answer:
    return Nothing()


@router.command("say", summary="Text and a keyword")
async def say(
    ctx: Ctx,
    text: Annotated[str, Text("Text")],
    until: Annotated[datetime | None, Moment("Until", keywords=("for", "until"))] = None,
    how: Annotated[str, Choice("How", keywords=("as",), options=(Option("Loud", "loud"), Option("Soft", "soft")))] = "",
) -> Answer:
    return Nothing()


@router.command("find", summary="A name and nothing else", usage="<name> [as …]")
async def find(
    ctx: Ctx,
    who: Annotated[Party, CallerChoice("Who")],
    how: Annotated[str, Choice("How", keywords=("as",), options=(Option("Loud", "loud"),))] = "",
) -> Answer:
    return Nothing()


@router.command("place", summary="A name, or not")
async def place(
    ctx: Ctx,
    until: Annotated[datetime | None, Moment("Until", bare=True)] = None,
    group: Annotated[Group | None, GroupChoice("Group")] = None,
) -> Answer:
    return Nothing()


OPTIONAL, REQUIRED, SAY, FIND, PLACE = router.routes


async def read(world: World, route: Route, text: str) -> RawArgs:
    return await read_words(world.ctx(ANA), route, text)


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("", {}),
        ("on", {"state": "on"}),
        ("on 30m", {"state": "on", "until": "30m"}),
        ("30m on", {"state": "on", "until": "30m"}),
        ("for 30m in support", {"until": "30m", "group": "support"}),
        ("on in support for 30m", {"state": "on", "until": "30m", "group": "support"}),
        ("in 30m", {"until": "in 30m"}),
        ("on until tomorrow 9:00", {"state": "on", "until": "tomorrow 9:00"}),
    ],
)
async def test_optional_ones_in_any_order(world: World, text: str, raw: RawArgs) -> None:
    assert await read(world, OPTIONAL, text) == raw


async def test_words_left_over_are_said_with_the_usage(world: World) -> None:
    with pytest.raises(UserError, match=r"I don't understand “loudly”\. Use it like this: set on|off"):
        await read(world, OPTIONAL, "on loudly")


async def test_words_that_change_nothing_are_left_out(world: World) -> None:
    assert await read(world, OPTIONAL, "on please") == {"state": "on"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on for 30m until 40m", "“until” appears twice; the first was followed by “30m”. Use it once."),
        ("on until", "Something is missing after “until”."),
        ("on until never", "After “until”: "),
    ],
)
async def test_what_is_wrong_at_a_keyword_is_said(world: World, text: str, said: str) -> None:
    with pytest.raises(UserError) as problem:
        await read(world, OPTIONAL, text)
    assert str(problem.value).startswith(said)


async def test_a_hidden_one_cannot_be_typed(world: World) -> None:
    with pytest.raises(UserError):
        await read(world, OPTIONAL, "on 30m secret")


async def test_a_wrong_required_one_is_still_taken_so_that_its_field_can_tell(world: World) -> None:
    assert await read(world, REQUIRED, "12 hello") == {"to": ["12"], "text": "hello"}


async def test_what_was_not_given_is_missing(world: World) -> None:
    raw = await read(world, REQUIRED, "Jordan Lee")
    assert raw == {"to": ["+14155550150"]}
    assert missing(REQUIRED, raw) == ["text"]


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("back soon until 15:00", {"text": "back soon", "until": "15:00"}),
        ("out until I am back", {"text": "out until I am back"}),
        ("gone for lunch for 1h", {"text": "gone for lunch", "until": "1h"}),
        ("hello as loud for 1h", {"text": "hello", "how": "loud", "until": "1h"}),
        ("hello as a friend", {"text": "hello as a friend"}),
        ("“until 15:00” is the title", {"text": "“until 15:00” is the title"}),
    ],
)
async def test_a_keyword_counts_only_before_a_value_of_its_kind(world: World, text: str, raw: RawArgs) -> None:
    assert await read(world, SAY, text) == raw


async def test_several_wrong_ones_are_told_together(world: World) -> None:
    with pytest.raises(Refused) as caught:
        await parse_arguments(world.ctx(ANA), SAY, {"text": "a" * 4000, "until": "banana"})
    assert set(caught.value.problems) == {"text", "until"}


async def test_one_wrong_one_is_told_at_its_field(world: World) -> None:
    with pytest.raises(FieldError) as caught:
        await parse_arguments(world.ctx(ANA), SAY, {"text": "hello", "until": "banana"})
    assert caught.value.field == "until"


async def test_empty_values_count_as_not_given(world: World) -> None:
    assert await parse_arguments(world.ctx(ANA), SAY, {"text": "hello", "until": "", "other": "x"}) == {"text": "hello"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120))
async def test_any_text_is_read_or_refused_for_people(world: World, text: str) -> None:
    for route in (OPTIONAL, REQUIRED, SAY):
        ctx = world.ctx(ANA)
        try:
            await parse_arguments(ctx, route, await read_words(ctx, route, text))
        except UserError as problem:
            assert problem.text  # noqa: PT017  either outcome is right; which one is not known beforehand


@pytest.mark.parametrize("words", ["nobody at all", "nobody  at all as loud"])
async def test_words_that_can_only_be_a_name_are_one_name(world: World, words: str) -> None:
    assert (await read(world, FIND, words))["who"] == "nobody at all"


async def test_what_follows_a_name_is_of_the_name_where_nothing_else_can_follow(world: World) -> None:
    assert (await read(world, FIND, "Jordan Leee"))["who"] == "Jordan Leee"
    assert (await read(world, FIND, "Jordan Lee please"))["who"] == "Jordan Lee"


async def test_an_optional_name_that_nobody_has_is_told_at_its_field(world: World) -> None:
    raw = await read(world, PLACE, "30m Nowhere Land")
    assert raw == {"until": "30m", "group": "Nowhere Land"}


async def test_what_cannot_be_a_name_is_left_over(world: World) -> None:
    with pytest.raises(UserError, match="I don't understand"):
        await read(world, PLACE, "+14155550150")
