"""The extensions of the company, typed and picked where a person can stand."""

import pytest

from bot.basics.errors import FieldError
from bot.contract.argument import Lookup, SeveralMeanings
from bot.contract.reply import Confirm
from bot.dialpad.action import Entity
from bot.dialpad.actions.people import Room
from bot.dialpad.lists import lists
from bot.sandbox.cast import ANA, LEO, MEI, NOOR, PRIYA, SAM
from tests.handlers.harness import World, words_of


async def test_an_extension_is_who_has_it(world: World) -> None:
    asked = await world.type(ANA, "call ext 114")
    assert isinstance(asked, Confirm)
    assert asked.args["to"] == NOOR.phone
    assert f"To: Noor Haddad {NOOR.phone} (extension 114)" in words_of(asked)


async def test_two_with_the_same_extension_are_a_choice(world: World) -> None:
    for person in (NOOR, MEI):
        world.sandbox.state.users[person.dialpad_id or 0].extension = "500"
    with pytest.raises(SeveralMeanings, match="Extension 500 could be") as doubt:
        await world.type(ANA, "call 500")
    assert {one.value for one in doubt.value.meanings} == {NOOR.phone, MEI.phone}


@pytest.mark.parametrize("country", ["US", "NL", "JP"])
async def test_an_emergency_number_that_is_an_extension_too_is_never_guessed(world: World, country: str) -> None:
    await world.type(ANA, f"country {country}")
    with pytest.raises(SeveralMeanings, match="is an emergency number") as doubt:
        await world.type(ANA, "call 112")
    assert [one.value for one in doubt.value.meanings] == [SAM.phone]
    assert world.sandbox.phone.live == []


@pytest.mark.parametrize("verb", ["call {}", "transfer {}", "add-to-call {}", "sms {} hello", "block {}", "who {}"])
@pytest.mark.parametrize(
    ("country", "digits"),
    [("US", "9-1-1"), ("NL", "1-1-2"), ("JP", "119"), ("JP", "110!"), ("AU", "000"), ("GB", "999")],
)
async def test_an_emergency_number_is_said_to_be_one_however_it_is_written(
    world: World, country: str, digits: str, verb: str
) -> None:
    await world.type(ANA, f"country {country}")
    with pytest.raises(FieldError, match="is an emergency number"):
        await world.type(ANA, verb.format(digits))
    assert world.sandbox.phone.live == []


async def test_digits_of_nobody_are_said_to_be_so(world: World) -> None:
    with pytest.raises(FieldError, match="“119” is nobody's extension here, and is too short for a phone number"):
        await world.type(PRIYA, "transfer 119")


async def test_type_ahead_finds_by_extension(world: World) -> None:
    to = world.table.by_id["call.call"].arguments["to"]
    assert isinstance(to, Lookup)
    for query in ("115", "x115", "ext 115"):
        first = (await to.suggest(world.ctx(ANA), query))[0]
        assert (first.value, first.note) == (LEO.phone, "colleague, extension 115")


def test_the_extension_of_a_room_is_read_where_dialpad_tells_it() -> None:
    build = lists(Entity.ROOM)[0][1]
    assert build(Room.model_validate({"id": "7", "name": "Lobby", "extension": "700"})).extension == "700"
    assert build(Room.model_validate({"id": "7", "name": "Lobby"})).extension == ""
