import asyncio
from datetime import timedelta

import pytest

from bot.basics.errors import DialpadError, FieldError
from bot.contract.argument import SeveralMeanings
from bot.contract.reply import Form, Nothing
from bot.sandbox.cast import ANA, SUPPORT
from tests.handlers.harness import MORNING, World, buttons_of, words_of


def is_on(world: World) -> bool:
    return world.sandbox.state.users[ANA.dialpad_id or 0].do_not_disturb


async def test_on_shows_what_changed(world: World) -> None:
    answer = await world.type(ANA, "dnd on")
    assert words_of(answer) == "Do not disturb: off → on."
    assert is_on(world)


async def test_alone_only_looks(world: World) -> None:
    answer = await world.type(ANA, "dnd")
    assert words_of(answer).startswith("Do not disturb is off")
    assert [button.label for button in buttons_of(answer)] == ["30 min", "1 hour", "Turn on", "More…"]


async def test_more_opens_the_form(world: World) -> None:
    assert isinstance(await world.press(ANA, await world.type(ANA, "dnd"), "More…"), Form)


@pytest.mark.parametrize("typed", ["dnd on for 30m", "dnd 30m", "dnd on until 10:30", "dnd on in 30m"])
async def test_a_while_ends_by_itself(world: World, typed: str) -> None:
    assert words_of(await world.type(ANA, typed)) == "Do not disturb: off → on until 23 10:30."
    (told,) = await world.pass_time(minutes=30)
    assert words_of(told) == "Time's up: do not disturb is off again."
    assert not is_on(world)


async def test_a_later_command_takes_the_place_of_the_earlier_end(world: World) -> None:
    await world.type(ANA, "dnd on for 30m")
    await world.type(ANA, "dnd on for 2h")
    assert [one.when for one in world.later.kept.values()] == [MORNING + timedelta(hours=2)]


async def test_on_without_end_calls_the_end_off(world: World) -> None:
    await world.type(ANA, "dnd on for 30m")
    answer = await world.type(ANA, "dnd on")
    assert words_of(answer) == "Do not disturb: still on, with no end time."
    assert not world.later.kept


async def test_the_end_leaves_alone_who_turned_it_off_themselves(world: World) -> None:
    await world.type(ANA, "dnd on for 30m")
    world.sandbox.state.users[ANA.dialpad_id or 0].do_not_disturb = False
    assert await world.pass_time(minutes=30) == [Nothing()]


async def test_one_group_has_its_own_state_and_end(world: World) -> None:
    answer = await world.type(ANA, "dnd on for 30m in Support")
    assert words_of(answer) == "Do not disturb in Support: off → on until 23 10:30."
    assert world.sandbox.state.users[ANA.dialpad_id or 0].group_dnd[SUPPORT.id]
    assert not is_on(world)
    await world.type(ANA, "dnd on for 1h")
    assert len(world.later.kept) == 2
    await world.pass_time(minutes=30)
    assert not world.sandbox.state.users[ANA.dialpad_id or 0].group_dnd[SUPPORT.id]
    assert is_on(world)


async def test_a_group_one_is_not_in_is_told_at_the_field(world: World) -> None:
    with pytest.raises(FieldError, match="not in Billing") as caught:
        await world.type(ANA, "dnd on in Billing")
    assert caught.value.field == "group"


async def test_a_group_nobody_knows_names_those_there_are(world: World) -> None:
    with pytest.raises(FieldError, match="Sales, Support, Billing"):
        await world.type(ANA, "dnd on in Warehouse")


async def test_a_mistyped_group_is_the_nearest(world: World) -> None:
    with pytest.raises(SeveralMeanings, match="Support") as asked:
        await world.type(ANA, "dnd on in Suport until 15:00")
    assert [one.text for one in asked.value.meanings] == ["Support"]


async def test_pressing_turn_off_now_is_the_same_as_typing(world: World) -> None:
    answer = await world.press(ANA, await world.type(ANA, "dnd on for 1h"), "Turn off now")
    assert words_of(answer) == "Do not disturb: on → off."
    assert not world.later.kept


async def test_a_refusal_leaves_no_end_behind(world: World) -> None:
    world.sandbox.faults.add("PATCH /api/v2/users", status=403)
    with pytest.raises(DialpadError):
        await world.type(ANA, "dnd on for 30m")
    assert not world.later.kept


async def test_the_way_back_is_kept_before_the_change_is_made(world: World) -> None:
    fault = world.sandbox.faults.add("PATCH /api/v2/users", kind="slow")
    typing = asyncio.ensure_future(world.type(ANA, "dnd on for 30m"))
    await fault.entered.wait()
    kept_by_then = len(world.later.kept)
    fault.release.set()
    await typing
    assert kept_by_then == 1


async def test_a_refused_change_leaves_no_way_back(world: World) -> None:
    world.sandbox.faults.add("PATCH /api/v2/users", status=403, times=None)
    with pytest.raises(DialpadError):
        await world.type(ANA, "dnd on for 30m")
    assert not world.later.kept


async def test_a_refused_change_keeps_the_earlier_way_back(world: World) -> None:
    await world.type(ANA, "dnd on for 30m")
    world.sandbox.state.users[ANA.dialpad_id or 0].do_not_disturb = False
    world.sandbox.faults.add("PATCH /api/v2/users", status=403, times=None)
    with pytest.raises(DialpadError):
        await world.type(ANA, "dnd on for 2h")
    assert [one.when for one in world.later.kept.values()] == [MORNING + timedelta(minutes=30)]


async def test_off_where_it_is_on_in_one_group_alone_means_that_group(world: World) -> None:
    await world.type(ANA, "dnd on in Support")
    shown = words_of(await world.type(ANA, "dnd"))
    assert "In Support: on" in shown
    assert "All other calls ring as usual." in shown
    assert "Do not disturb in Support: On" in words_of(await world.type(ANA, "whoami"))
    assert words_of(await world.type(ANA, "dnd off")) == "Do not disturb in Support: on → off."
    assert "Support" not in words_of(await world.type(ANA, "whoami"))


async def test_off_for_all_calls_says_where_it_is_still_on_until_when(world: World) -> None:
    await world.type(ANA, "dnd on in Support for 30m")
    await world.type(ANA, "dnd on")
    answer = await world.type(ANA, "dnd off")
    assert words_of(answer) == "Do not disturb: on → off. It is still on in Support until 23 10:30."
    assert words_of(await world.press(ANA, answer, "Turn off in Support")) == "Do not disturb in Support: on → off."
    assert world.later.kept == {}


async def test_off_in_a_group_says_that_it_is_on_for_all_calls(world: World) -> None:
    await world.type(ANA, "dnd on in Support")
    await world.type(ANA, "dnd on")
    answer = await world.type(ANA, "dnd off in Support")
    assert words_of(answer) == "Do not disturb in Support: on → off. It is on for all your calls, so none rings."
    assert "Do not disturb: on → off." in words_of(await world.press(ANA, answer, "Turn off everywhere"))


async def test_a_group_turned_off_for_a_while_is_silent_again_after_it(world: World) -> None:
    await world.type(ANA, "dnd on in Support")
    await world.type(ANA, "dnd off for 30m")
    back = await world.pass_time(minutes=31)
    assert words_of(back[0]) == "Time's up: do not disturb in Support is on again."


async def test_going_on_duty_says_whose_calls_do_not_ring(world: World) -> None:
    await world.type(ANA, "dnd on in Support")
    answer = await world.type(ANA, "duty on")
    assert "Do not disturb is on in Support, so its calls do not ring." in words_of(answer)
    await world.press(ANA, answer, "Turn off in Support")
    assert "do not ring" not in words_of(await world.type(ANA, "duty"))
