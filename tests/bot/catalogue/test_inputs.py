"""What people type into generated forms."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.arguments.several import Several
from bot.basics.errors import FieldError
from bot.catalogue.inputs import Amount, DateAndTime, FileArgument, Hours, JsonText, Lines, write_hours
from bot.contract.argument import Argument, Option
from bot.sandbox.cast import PRIYA
from tests.handlers.harness import World


@pytest.fixture
def world() -> World:
    return World()


async def parse(world: World, argument: Argument, raw: Any) -> Any:
    return await argument.parse(world.ctx(PRIYA), "field", raw)


async def refusal(world: World, argument: Argument, raw: Any) -> str:
    with pytest.raises(FieldError) as refused:
        await parse(world, argument, raw)
    return refused.value.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("08:00-12:00, 14:00-18:00", ("08:00", "12:00", "14:00", "18:00")),
        ("8-12, 14-18", ("08:00", "12:00", "14:00", "18:00")),
        ("9 to 17:30", ("09:00", "17:30")),
        ("09:00–17:00", ("09:00", "17:00")),
        ("0:00-24:00", ("00:00", "24:00")),
        ("8am-noon, 2 p.m.-midnight", ("08:00", "12:00", "14:00", "24:00")),
        ("8h30 until 17h30", ("08:30", "17:30")),
    ],
)
async def test_hours_are_read_as_people_write_them(world: World, typed: str, meant: tuple[str, ...]) -> None:
    assert await parse(world, Hours("Hours"), typed) == meant


@pytest.mark.parametrize("typed", ["9-25", "nine to five", "9", "18-9", "8-12, 11-14", "8:61-9"])
async def test_hours_that_cannot_be_are_refused_with_an_example(world: World, typed: str) -> None:
    assert "08:00-12:00" in await refusal(world, Hours("Hours"), typed)


def test_hours_are_shown_in_spans() -> None:
    assert write_hours(("08:00", "12:00", "14:00", "18:00")) == "08:00-12:00, 14:00-18:00"


@pytest.mark.parametrize("typed", ["2026-11-23 14:00", "2026-11-23T14:00", "2026-11-23T14:00:00-08:00"])
async def test_a_moment_is_in_the_persons_own_zone(world: World, typed: str) -> None:
    assert await parse(world, DateAndTime("From"), typed) == datetime(2026, 11, 23, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "day", "hour"), [("today", 23, 0), ("yesterday", 22, 0), ("2h ago", 23, 8), ("3 days ago", 20, 10)]
)
async def test_a_moment_may_be_words(world: World, typed: str, day: int, hour: int) -> None:
    moment = await parse(world, DateAndTime("From"), typed)
    local = moment.astimezone(await world.ctx(PRIYA).zone())
    assert (local.day, local.hour) == (day, hour)


@pytest.mark.parametrize("minute", range(0, 120, 30))
async def test_a_moment_so_long_ago_is_exact_when_the_clocks_go_back(world: World, minute: int) -> None:
    world.clock.now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC) + timedelta(minutes=minute)
    assert world.clock() - await parse(world, DateAndTime("From"), "90 min ago") == timedelta(minutes=90)


async def test_a_moment_before_the_calendar_begins_is_refused(world: World) -> None:
    assert "yesterday" in await refusal(world, DateAndTime("From"), " ".join(["99999w"] * 5) + " ago")


async def test_no_moment_is_refused_with_examples(world: World) -> None:
    assert "yesterday" in await refusal(world, DateAndTime("From"), "once upon a time")


@pytest.mark.parametrize(
    ("typed", "why"), [("x", "digits"), ("1.5", "whole"), ("0", "must be at least 1"), ("11", "can be at most 10")]
)
async def test_an_amount_says_what_is_wrong(world: World, typed: str, why: str) -> None:
    assert why in await refusal(world, Amount("Count", low=1, high=10), typed)


async def test_lines_are_one_item_each(world: World) -> None:
    assert await parse(world, Lines("Labels"), " Refund \n\nOrder") == ("Refund", "Order")


async def test_several_keep_the_order_of_the_options(world: World) -> None:
    argument = Several("States", options=(Option("Ringing", "ringing"), Option("Hung up", "hangup")))
    assert await parse(world, argument, "hangup, ringing") == ("ringing", "hangup")


async def test_json_that_is_none_says_where_and_shows_how(world: World) -> None:
    argument = JsonText("Keys", example='[{"input": "1"}]', is_list=True)
    assert "line 1, column 2" in await refusal(world, argument, "[input]")
    assert "square brackets" in await refusal(world, argument, "{}")
    assert await parse(world, argument, "[{“input”: “1”}]") == [{"input": "1"}]


async def test_a_file_is_measured(world: World) -> None:
    assert "empty" in await refusal(world, FileArgument("File"), "")
    assert "the limit is" in await refusal(world, FileArgument("File", largest=2), "QUJD")
    assert "not a file" in await refusal(world, FileArgument("File"), "???")
    assert (await parse(world, FileArgument("File"), "QUJD")).size == 3


async def test_curly_quotes_inside_json_stay(world: World) -> None:
    field = JsonText("Rules", example="{}")
    assert await parse(world, field, '{"said": "“hello”"}') == {"said": "“hello”"}
    assert await parse(world, field, "{“said”: “hello”}") == {"said": "hello"}
