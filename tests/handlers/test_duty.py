import pytest

from bot.basics.errors import FieldError, NotConnected, Unavailable, UserError
from bot.contract.reply import Nothing, Reply
from bot.sandbox.cast import ANA, NOOR, PRIYA, SAM, SUPPORT, Person
from tests.handlers.harness import World, buttons_of, words_of


def duty(world: World, person: Person) -> tuple[bool, str]:
    user = world.sandbox.state.users[person.dialpad_id or 0]
    return user.on_duty, user.duty_reason


async def test_off_with_a_reason_and_an_end(world: World) -> None:
    answer = await world.type(ANA, "duty off Lunch until 13:00")
    assert words_of(answer) == "Your duty: on duty → off duty (Lunch) until 23 13:00."
    assert duty(world, ANA) == (False, "Lunch")


@pytest.mark.parametrize("typed", ["duty off 30m team lunch", "duty off team lunch 30m", "duty off team lunch for 30m"])
async def test_the_time_may_stand_before_or_after_the_reason(world: World, typed: str) -> None:
    answer = await world.type(ANA, typed)
    assert words_of(answer) == "Your duty: on duty → off duty (team lunch) until 23 10:30."


async def test_the_end_puts_back_on_duty(world: World) -> None:
    await world.type(ANA, "duty off Lunch for 30m")
    (told,) = await world.pass_time(minutes=30)
    assert words_of(told) == "Time's up. Your duty: on duty again."
    assert duty(world, ANA)[0]


async def test_the_end_leaves_alone_who_came_back_early(world: World) -> None:
    await world.type(ANA, "duty off Lunch for 30m")
    world.sandbox.state.users[ANA.dialpad_id or 0].on_duty = True
    assert await world.pass_time(minutes=30) == [Nothing()]


async def test_a_supervisor_can_set_it_for_an_agent_by_mention(world: World) -> None:
    answer = await world.type(SAM, f"duty on <@{NOOR.slack_id}|noor>")
    assert words_of(answer) == "Noor Haddad: off duty (Lunch) → on duty."
    assert duty(world, NOOR)[0]


async def test_a_supervisor_can_set_it_for_somebody_without_slack_by_name(world: World) -> None:
    assert words_of(await world.type(SAM, "duty on @mei")).startswith("Mei Tanaka:")


async def test_an_agent_is_told_who_can_do_it(world: World) -> None:
    with pytest.raises(UserError, match="Only Sam Okafor and their supervisors"):
        await world.type(ANA, "duty off @sam")


async def test_a_mention_without_a_seat_is_told_at_the_field(world: World) -> None:
    with pytest.raises(FieldError, match="no Dialpad user") as caught:
        await world.type(SAM, "duty off <@U0GUS0007>")
    assert caught.value.field == "colleague"


async def test_who_is_in_no_call_center_is_told_so(world: World) -> None:
    world.sandbox.state.groups.clear()
    with pytest.raises(UserError, match="not in a call center"):
        await world.type(ANA, "duty off")


async def test_a_reason_without_on_or_off_asks_which(world: World) -> None:
    before = world.snapshot()
    asked = await world.type(ANA, "duty Lunch")
    assert isinstance(asked, Reply)
    off, on = asked.buttons
    assert (off.args, on.args) == ({"state": "off", "reason": "Lunch"}, {"state": "on"})
    assert world.snapshot() == before


async def test_what_is_so_already_is_called_still(world: World) -> None:
    assert words_of(await world.type(ANA, "duty on")) == "Your duty: still on duty."


async def test_alone_only_looks(world: World) -> None:
    assert words_of(await world.type(ANA, "duty")).startswith("Your duty: on duty")


async def test_oncall_lists_who_is_on_duty_first_and_why_the_others_are_not(world: World) -> None:
    lines = words_of(await world.type(PRIYA, "oncall Support")).splitlines()
    assert lines[0] == "Support: 2 on duty"
    assert [line.split(" is ")[0] for line in lines[1:5]] == ["Ana Ferreira", "Sam Okafor", "Mei Tanaka", "Noor Haddad"]
    assert "Noor Haddad is off duty: Lunch | since" in lines[4]


async def test_oncall_counts_who_waits(world: World) -> None:
    for person in (ANA, SAM):
        world.sandbox.state.users[person.dialpad_id or 0].on_duty = False
    world.sandbox.phone.ring("+14155550150", "+14155550101")
    world.clock.move(seconds=45)
    title = words_of(await world.type(ANA, "oncall Support")).splitlines()[0]
    assert title == "Support: nobody on duty, 1 caller waiting (longest 45 s)"


async def test_oncall_offers_a_choice_to_who_is_in_several(world: World) -> None:
    answer = await world.type(ANA, "oncall")
    assert words_of(answer).startswith("Which call center?")
    assert words_of(await world.press(ANA, answer, "Show")).startswith("Support:")


async def test_with_dialpad_down_oncall_shows_the_last_known_roster_and_says_so(world: World) -> None:
    await world.type(PRIYA, "oncall Support")
    world.clock.move(minutes=20)
    world.wire.state = "cut"
    answer = await world.type(ANA, "oncall Support")
    lines = words_of(answer).splitlines()
    assert lines[0] == "Support: 2 on duty"
    assert lines[-1].strip() == "Dialpad is not responding. This is how it was 23 10:00."
    assert [button.label for button in buttons_of(answer)] == ["Refresh"]


async def test_with_dialpad_down_oncall_alone_shows_what_is_known(world: World) -> None:
    await world.type(PRIYA, "oncall Support")
    world.wire.state = "cut"
    assert words_of(await world.type(SAM, "oncall")).startswith("Support: 2 on duty")


async def test_with_dialpad_down_nothing_is_made_up(world: World) -> None:
    world.wire.state = "cut"
    for words in ("oncall", "oncall Support"):
        with pytest.raises(Unavailable):
            await world.type(ANA, words)


async def test_who_is_not_connected_sees_no_roster_from_before(world: World) -> None:
    await world.type(PRIYA, "oncall Support")
    world.wire.state = "cut"
    with pytest.raises(NotConnected):
        await world.type(NOOR, "oncall Support")


@pytest.mark.parametrize(
    "typed", [f"<@{NOOR.slack_id}|noor>", "noor@northlight.example", "n.haddad@northlight.example"]
)
async def test_a_colleague_is_found_by_any_of_their_addresses(world: World, typed: str) -> None:
    user = world.sandbox.state.users[NOOR.dialpad_id or 0]
    user.emails = ["n.haddad@northlight.example", NOOR.email]

    assert words_of(await world.type(SAM, f"duty on {typed}")).startswith("Noor Haddad: off duty")
    assert user.on_duty


@pytest.mark.parametrize("typed", ["duty", "duty on"])
async def test_on_duty_with_do_not_disturb_on_says_that_no_call_rings(world: World, typed: str) -> None:
    user = world.sandbox.state.users[ANA.dialpad_id or 0]
    assert "no call rings" not in words_of(await world.type(ANA, typed))

    user.do_not_disturb = True
    answer = await world.type(ANA, typed)
    assert "Do not disturb is on, so no call rings." in words_of(answer)
    assert buttons_of(answer)[0].label == "Turn do not disturb off"


async def test_do_not_disturb_in_one_of_two_call_centers_lets_the_other_ring(world: World) -> None:
    world.sandbox.state.users[ANA.dialpad_id or 0].group_dnd[SUPPORT.id] = True

    assert "no call rings" not in words_of(await world.type(ANA, "duty on"))
