import pytest

from bot.basics.errors import FieldError
from bot.contract.reply import Form, Nothing
from bot.sandbox.cast import ANA
from tests.handlers.harness import World, words_of


def shown(world: World) -> str:
    return world.sandbox.state.users[ANA.dialpad_id or 0].status_message


async def test_it_is_set_and_cleared_by_itself(world: World) -> None:
    answer = await world.type(ANA, "status At lunch until 13:00")
    assert words_of(answer) == "Status: “At lunch” until 23 13:00."
    assert shown(world) == "At lunch"
    (told,) = await world.pass_time(hours=3)
    assert words_of(told) == "Time's up: your status “At lunch” was cleared."
    assert shown(world) == ""


async def test_dialpads_own_expiration_is_not_relied_on(world: World) -> None:
    await world.type(ANA, "status At lunch until 13:00")
    assert world.sandbox.state.users[ANA.dialpad_id or 0].status_expiration is None


async def test_a_text_that_says_until_without_a_time_is_only_text(world: World) -> None:
    await world.type(ANA, "status Out until I am back")
    assert shown(world) == "Out until I am back"
    assert not world.later.kept


async def test_the_end_leaves_a_newer_text_alone(world: World) -> None:
    await world.type(ANA, "status At lunch for 30m")
    world.sandbox.state.users[ANA.dialpad_id or 0].status_message = "With a customer"
    assert await world.pass_time(minutes=30) == [Nothing()]
    assert shown(world) == "With a customer"


async def test_clear_takes_it_away_and_calls_the_end_off(world: World) -> None:
    await world.type(ANA, "status At lunch for 30m")
    assert words_of(await world.type(ANA, "status clear")) == "Status: “At lunch” → none."
    assert not world.later.kept


async def test_clear_without_a_status_says_there_was_none(world: World) -> None:
    assert words_of(await world.type(ANA, "status clear")) == "You had no status message."


async def test_alone_opens_the_form(world: World) -> None:
    assert await world.type(ANA, "status") == Form("status.status", {})


async def test_too_long_a_text_is_told_at_the_field(world: World) -> None:
    with pytest.raises(FieldError, match="101 characters"):
        await world.type(ANA, "status " + "a" * 101)
