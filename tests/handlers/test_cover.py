import pytest

from bot.activity.cover import view_cover
from bot.basics.errors import Unavailable, UserError
from bot.contract.reply import Answer, Card, Form, Nothing
from bot.sandbox.cast import ANA, LEO, NOOR, PRIYA, SAM, SUPPORT, Person
from tests.handlers.harness import World, buttons_of, key_of, words_of


def on_duty(world: World, person: Person) -> bool:
    return world.sandbox.state.users[person.dialpad_id or 0].on_duty


def set_duty(world: World, person: Person, on_duty: bool) -> None:
    world.sandbox.state.users[person.dialpad_id or 0].on_duty = on_duty


async def press(world: World, person: Person, route: str, card: str = "cover1") -> Answer:
    return await world.submit(person, route, card=card)


@pytest.fixture
async def asked(world: World) -> World:
    """Ana has asked for cover until 18:00, two hours from now, and Sam is off duty."""
    set_duty(world, SAM, on_duty=False)
    answer = await world.type(ANA, "oncall cover me until 12:00 in Support")
    assert words_of(answer) == "Asked here. You stay on duty until somebody takes over."
    return world


async def test_asking_changes_nothing_yet_and_says_what_is_asked(asked: World) -> None:
    assert on_duty(asked, ANA)
    cover = view_cover(asked.notifications.cards["cover1"].state)
    assert (cover.asker, cover.name, dict(cover.lines)) == (
        ANA.slack_id, "Ana Ferreira", {f"callcenter:{SUPPORT.id}": "Support"},
    )  # fmt: skip


async def test_whoever_takes_over_goes_on_duty_then_whoever_asked_goes_off_and_both_change_back(asked: World) -> None:
    answer = await press(asked, SAM, "oncall.take")
    assert words_of(answer) == "You are covering for Ana Ferreira until 23 12:00. I'll let them know."
    assert (on_duty(asked, SAM), on_duty(asked, ANA)) == (True, True)

    (told,) = await asked.pass_time(seconds=1)
    assert words_of(told) == "Sam Okafor is covering for you. You are off duty until 23 12:00, then on duty again."
    assert not on_duty(asked, ANA)
    assert asked.sandbox.state.users[ANA.dialpad_id or 0].duty_reason == "Covered by Sam Okafor"

    await asked.pass_time(hours=2)
    assert (on_duty(asked, SAM), on_duty(asked, ANA)) == (False, True)


async def test_who_was_on_duty_anyway_stays_on_duty_afterwards(world: World) -> None:
    await world.type(ANA, "oncall cover me for 1h")
    await press(world, SAM, "oncall.take")
    await world.pass_time(seconds=1)
    await world.pass_time(hours=1)
    assert (on_duty(world, SAM), on_duty(world, ANA)) == (True, True)


async def test_the_second_to_take_over_hears_who_was_faster(asked: World) -> None:
    asked.connect(NOOR)
    await press(asked, SAM, "oncall.take")
    assert "Somebody was faster" in words_of(await press(asked, NOOR, "oncall.take"))
    assert not on_duty(asked, NOOR)
    assert "You are already covering for Ana Ferreira" in words_of(await press(asked, SAM, "oncall.take"))


async def test_nobody_covers_for_themselves_or_where_they_do_not_answer(asked: World) -> None:
    asked.connect(LEO)
    assert "Somebody else has to take over" in words_of(await press(asked, ANA, "oncall.take"))
    with pytest.raises(UserError, match="You do not answer calls for Support"):
        await press(asked, LEO, "oncall.take")


async def test_a_late_press_is_explained(asked: World) -> None:
    asked.clock.move(hours=3)
    assert "which has passed" in words_of(await press(asked, SAM, "oncall.take"))
    assert not on_duty(asked, SAM)


async def test_when_dialpad_does_not_take_it_somebody_else_still_can(asked: World) -> None:
    asked.wire.state = "cut"
    with pytest.raises(Unavailable):
        await press(asked, SAM, "oncall.take")
    asked.wire.state = "fine"
    assert "You are covering for" in words_of(await press(asked, SAM, "oncall.take"))


async def test_whoever_asked_takes_it_back_and_nobody_else(asked: World) -> None:
    assert words_of(await press(asked, SAM, "oncall.withdraw")) == "Only Ana Ferreira can take this back."
    assert words_of(await press(asked, ANA, "oncall.withdraw")) == "Taken back. You stay on duty."
    assert "already" in words_of(await press(asked, ANA, "oncall.withdraw"))
    assert "no longer needs cover" in words_of(await press(asked, SAM, "oncall.take"))


async def test_what_somebody_took_over_is_not_taken_back(asked: World) -> None:
    await press(asked, SAM, "oncall.take")
    answer = await press(asked, ANA, "oncall.withdraw")
    assert "is already covering for you" in words_of(answer)
    assert [button.label for button in buttons_of(answer)] == ["Go on duty"]


async def test_whoever_asked_hears_when_nobody_has_taken_over(asked: World) -> None:
    (told,) = await asked.pass_time(minutes=15)
    assert words_of(told) == "Nobody has taken over for you yet, so you are still on duty."


async def test_once_somebody_has_taken_over_there_is_nothing_to_remind_of(asked: World) -> None:
    await press(asked, SAM, "oncall.take")
    said = [answer for answer in await asked.pass_time(minutes=15) if not isinstance(answer, Nothing)]
    assert len(said) == 1


async def test_who_went_off_duty_meanwhile_is_left_alone(asked: World) -> None:
    await press(asked, SAM, "oncall.take")
    set_duty(asked, ANA, on_duty=False)
    assert await asked.pass_time(seconds=1) == [Nothing()]
    assert key_of(ANA) not in {kept.person for kept in asked.later.kept.values() if kept.route == "duty.back"}


async def test_who_is_off_duty_has_nothing_to_cover(world: World) -> None:
    world.connect(NOOR)
    with pytest.raises(UserError, match="You are off duty"):
        await world.type(NOOR, "oncall cover me until 12:00")
    assert world.notifications.cards == {}


@pytest.mark.parametrize(
    ("person", "typed", "field", "said"),
    [
        (SAM, "oncall cover me until 12:00 in Sales", "group", "You do not answer calls for Sales"),
        (ANA, "oncall cover me for 32 days", "until", "The limit is 31 days"),
    ],
)
async def test_what_cannot_be_asked_is_said_at_its_field(
    world: World, person: Person, typed: str, field: str, said: str
) -> None:
    answer = await world.type(person, typed)
    assert isinstance(answer, Form)
    assert answer.route == "oncall.cover"
    assert said in answer.problems[field]
    assert world.notifications.cards == {}


async def test_without_a_time_the_form_asks_for_it(world: World) -> None:
    assert await world.type(ANA, "oncall cover me") == Form("oncall.cover", {})


async def test_the_roster_offers_to_ask_and_to_follow(world: World) -> None:
    answer = await world.type(PRIYA, "oncall Support")
    assert [button.label for button in buttons_of(answer)] == ["Refresh", "My duty", "Ask for cover", "Follow here"]
    assert not isinstance(answer, Card)


async def test_where_the_app_is_not_a_member_nobody_is_asked(world: World) -> None:
    world.notifications.strange.add("C0GENERAL")
    with pytest.raises(UserError, match="Invite me with /invite, then ask again"):
        await world.type(ANA, "oncall cover me for 1h")
    assert world.notifications.cards == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("cover", "Something is missing after “cover”."),
        ("cover Sam", "After “cover”: “Sam” is not one of the choices. Type one of: me."),
        ("cover me until 25:00", "I don't understand “until 25:00”. Use it like this: /dp oncall"),
    ],
)
async def test_what_is_wrong_with_asking_for_cover_is_not_taken_for_a_call_center(
    world: World, words: str, said: str
) -> None:
    with pytest.raises(UserError) as problem:
        await world.type(ANA, f"oncall {words}")
    assert said in str(problem.value)


# Do not disturb


def quiet(world: World, person: Person, *, in_group: int = 0) -> None:
    user = world.sandbox.state.users[person.dialpad_id or 0]
    if in_group:
        user.group_dnd[in_group] = True
    else:
        user.do_not_disturb = True


@pytest.mark.parametrize("in_group", [0, SUPPORT.id])
async def test_cover_by_somebody_whose_phone_does_not_ring_is_not_taken_without_a_word(
    asked: World, in_group: int
) -> None:
    quiet(asked, SAM, in_group=in_group)
    answer = await press(asked, SAM, "oncall.take")

    assert "no call for Support would ring at your phone" in words_of(answer)
    assert [button.label for button in buttons_of(answer)] == ["Turn it off and take over", "Take it anyway"]
    assert (on_duty(asked, SAM), asked.notifications.cards["cover1"].claimed_by) == (False, None)


async def test_they_may_take_it_anyway_and_both_are_told(asked: World) -> None:
    quiet(asked, SAM)
    answer = await asked.submit(SAM, "oncall.take", card="cover1", how="silent")
    assert "no call rings at your phone until you turn it off" in words_of(answer)

    (told,) = await asked.pass_time(seconds=1)
    assert "Sam Okafor has do not disturb on, so no call rings at their phone." in words_of(told)
    assert asked.sandbox.state.users[SAM.dialpad_id or 0].do_not_disturb


async def test_or_let_it_ring_and_take_over(asked: World) -> None:
    quiet(asked, SAM)
    quiet(asked, SAM, in_group=SUPPORT.id)
    answer = await asked.submit(SAM, "oncall.take", card="cover1", how="ring")

    user = asked.sandbox.state.users[SAM.dialpad_id or 0]
    assert (user.do_not_disturb, user.group_dnd[SUPPORT.id], user.on_duty) == (False, False, True)
    assert "Do not disturb" not in words_of(answer)


async def test_do_not_disturb_in_another_group_is_in_nobodys_way(asked: World) -> None:
    quiet(asked, SAM, in_group=1)

    assert "You are covering for" in words_of(await press(asked, SAM, "oncall.take"))


async def test_whoever_asks_with_do_not_disturb_on_hears_that_no_call_rings_until_then(world: World) -> None:
    quiet(world, ANA)

    assert "no call rings at your phone until then" in words_of(await world.type(ANA, "oncall cover me for 1h"))


# Covering, and leaving as well


@pytest.mark.parametrize("typed", ["duty off Lunch", "dnd on for 30m", "dnd on in Support"])
async def test_who_covers_for_somebody_and_stops_answering_is_told_what_that_means(asked: World, typed: str) -> None:
    await press(asked, SAM, "oncall.take")
    said = words_of(await asked.type(SAM, typed))

    assert "You are covering for Ana Ferreira until 23 12:00." in said
    assert "Nobody answers for them now: ask for cover, or let them know." in said


async def test_who_covers_for_somebody_and_asks_for_cover_is_told_that_both_are_passed_on(asked: World) -> None:
    await press(asked, SAM, "oncall.take")
    said = words_of(await asked.type(SAM, "oncall cover me for 1h in Support"))

    assert "You are covering for Ana Ferreira until 23 12:00. Whoever takes over answers for them too." in said


@pytest.mark.parametrize("typed", ["duty on", "dnd off", "duty off Lunch"])
async def test_who_covers_for_nobody_hears_nothing_of_it(asked: World, typed: str) -> None:
    if typed != "duty off Lunch":
        await press(asked, SAM, "oncall.take")

    assert "covering" not in words_of(await asked.type(SAM, typed))
