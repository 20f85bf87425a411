"""Ids by name, with or without their kind."""

import pytest

from bot.basics.errors import FieldError
from bot.catalogue.entry_details import detail_of
from bot.catalogue.ids import KindAndThing, NumberChoice, OfKind, ThingChoice
from bot.dialpad.action import Entity
from bot.dialpad.entries import Entry
from bot.sandbox.cast import NOOR, PRIYA, SUPPORT
from tests.handlers.harness import World

LINE = KindAndThing(
    "Line",
    kinds=("callcenter", "staffgroup"),
    words=(("callcenter", "call center"),),
    entities=(("callcenter", Entity.CALL_CENTER),),
    alone=True,
)


@pytest.fixture
def world() -> World:
    made = World()
    made.connect(PRIYA)
    return made


async def test_a_name_becomes_its_id(world: World) -> None:
    assert await ThingChoice("Person").parse(world.ctx(PRIYA), "id", "Noor Haddad") == str(NOOR.dialpad_id)


async def test_any_id_typed_by_hand_is_taken(world: World) -> None:
    assert await ThingChoice("Person").parse(world.ctx(PRIYA), "id", "12345") == "12345"


async def test_an_id_typed_by_hand_is_offered(world: World) -> None:
    offered = await ThingChoice("Person").suggest(world.ctx(PRIYA), "12345")
    assert [option.value for option in offered] == ["12345"]


async def test_an_unknown_name_is_refused_with_what_is_near(world: World) -> None:
    with pytest.raises(FieldError, match="Noor Haddad"):
        await ThingChoice("Person").parse(world.ctx(PRIYA), "id", "Nor Hadad")


@pytest.mark.parametrize(
    "entity", [Entity.ROOM, Entity.CHANNEL, Entity.COACHING_TEAM, Entity.CALL_ROUTER, Entity.IVR, Entity.POLICY,
               Entity.WEBSOCKET, Entity.REPORT, Entity.DEVICE, Entity.CALL, Entity.COMPANY,
               Entity.OFFICE, Entity.DEPARTMENT, Entity.CALL_CENTER, Entity.USER, Entity.CONTACT],
)  # fmt: skip
async def test_everything_that_can_be_listed_is_offered_by_name(world: World, entity: Entity) -> None:
    offered = await ThingChoice("Thing", entity=entity).suggest(world.ctx(PRIYA), "")
    assert offered
    assert all(option.text for option in offered)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (Entry("1", "Jordan Lee", "inbound 2026-11-23T21:00Z", Entity.CALL, ("+14155550150",)), "1:00 PM, incoming"),
        (Entry("1", "Jordan Lee", "outbound", Entity.CALL, ("+14155550150",)), "outgoing"),
        (Entry("1", "We are open", "2026-11-24T17:30Z", Entity.SCHEDULED_TEXT), "at 9:30 AM"),
        (Entry("1", "Plans", "2026-11-24T17:30:00+00:00", Entity.MEETING), "at 9:30 AM"),
        (Entry("1", "Plans", "2026-11-24 17:30", Entity.MEETING), "17:30"),
        (Entry("1", "We are open", "1", Entity.BULK_TEXT), "to 1 person"),
        (Entry("1", "We are open", "12", Entity.BULK_TEXT), "to 12 people"),
        (Entry("1", "Jordan Lee", "Lee Roasters", Entity.CONTACT, ("+14155550150",)), "(415) 555-0150"),
    ],
)
async def test_entries_of_one_name_are_told_apart_by_the_readers_own_clock(
    world: World, entry: Entry, said: str
) -> None:
    assert (await detail_of(world.ctx(PRIYA), entry)).endswith(said)


async def test_calls_are_offered_with_when_they_were(world: World) -> None:
    offered = await ThingChoice("Call", entity=Entity.CALL).suggest(world.ctx(PRIYA), "")
    assert [one.note for one in offered if not one.note.endswith(("M, incoming", "M, outgoing"))] == []
    assert "UTC" not in " ".join(one.note for one in offered)


async def test_what_was_made_a_moment_ago_is_offered(world: World) -> None:
    argument = ThingChoice("Webhook", entity=Entity.WEBHOOK)
    assert await argument.suggest(world.ctx(PRIYA), "") == []
    await world.type(PRIYA, "run DIALPAD_CREATE_WEBHOOK_POST_ENDPOINT hook_url=https://hooks.example/calls")
    await argument.suggest(world.ctx(PRIYA), "")
    await world.directory.reading.idle()
    assert [option.text for option in await argument.suggest(world.ctx(PRIYA), "")] == ["https://hooks.example/calls"]


@pytest.mark.parametrize("entity", [Entity.STAT, Entity.SHARE_LINK, Entity.DESK_PHONE])
async def test_what_dialpad_lists_nowhere_is_typed_by_hand(world: World, entity: Entity) -> None:
    argument = ThingChoice("Thing", entity=entity)
    assert await argument.suggest(world.ctx(PRIYA), "") == []
    assert await argument.parse(world.ctx(PRIYA), "id", "a-b_c") == "a-b_c"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (f"callcenter:{SUPPORT.id}", OfKind("callcenter", str(SUPPORT.id))),
        ("Support", OfKind("callcenter", str(SUPPORT.id))),
        ("callcenter:Support", OfKind("callcenter", str(SUPPORT.id))),
        (str(SUPPORT.id), OfKind("callcenter", str(SUPPORT.id))),
        ("staffgroup:77", OfKind("staffgroup", "77")),
        ("callcenter:", OfKind("callcenter", "")),
    ],
)
async def test_a_thing_of_several_kinds_is_named_in_any_way(world: World, typed: str, meant: OfKind) -> None:
    assert await LINE.parse(world.ctx(PRIYA), "target_id", typed) == meant


async def test_an_id_of_an_unknown_kind_asks_for_the_kind(world: World) -> None:
    with pytest.raises(FieldError, match="callcenter:123"):
        await LINE.parse(world.ctx(PRIYA), "target_id", "123")


async def test_a_number_is_typed_named_or_hidden(world: World) -> None:
    argument = NumberChoice("Caller ID", may_hide=True)
    ctx = world.ctx(PRIYA)
    assert await argument.parse(ctx, "number", "(415) 555-0150") == "+14155550150"
    assert await argument.parse(ctx, "number", "Jordan Lee") == "+14155550150"
    assert await argument.parse(ctx, "number", "blocked") == "blocked"
    with pytest.raises(FieldError):
        await argument.parse(ctx, "number", "12")
