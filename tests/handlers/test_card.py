import pytest

from bot.basics.errors import NotConnected, UserError
from bot.contract.reply import Answer
from bot.sandbox.cast import ANA, LEO, NOOR, PRIYA, SAM, SUPPORT, Person
from bot.sandbox.cast import ANA as AGENT
from handlers.card import router
from tests.bot.activity.payloads import answered_group_call, at, call
from tests.handlers.harness import World, buttons_of, words_of

BUTTONS = [
    "claim", "release", "handled", "reopen", "wake", "takeover", "accept", "decline", "hand", "snooze", "note",
    "more", "show", "listen", "share", "make_link", "label",
]  # fmt: skip
FIELDS = {"hand": {"to": "sam@northlight.example"}, "note": {"words": "Wants a refund"}}
LINE = {"id": SUPPORT.id, "type": "call_center", "name": "Support"}


@pytest.fixture(autouse=True)
def missed(world: World) -> None:
    rang = {"target": LINE, "date_rang": at(1)}
    world.notifications.put_call("c1", [call(1, "ringing", 1, **rang), call(1, "hangup", 9, date_ended=at(9), **rang)])


async def press(world: World, person: Person, what: str, card: str = "c1", **more: str) -> Answer:
    return await world.submit(person, f"card.{what}", card=card, **{**FIELDS.get(what, {}), **more})


async def test_a_claim_is_for_one(world: World) -> None:
    assert "It is yours" in words_of(await press(world, ANA, "claim"))
    assert "Somebody was faster: it is claimed by U0ANA0001" in words_of(await press(world, SAM, "claim"))
    assert "already" in words_of(await press(world, ANA, "claim"))


async def test_who_claimed_it_gets_back_to_them_from_there(world: World) -> None:
    labels = [button.label for button in buttons_of(await press(world, ANA, "claim"))]

    assert labels == ["Call back", "Text", "Done"]


async def test_only_who_claimed_it_gives_it_back(world: World) -> None:
    assert "Nobody has claimed" in words_of(await press(world, SAM, "release"))
    await press(world, ANA, "claim")
    assert "It is claimed by U0ANA0001" in words_of(await press(world, SAM, "release"))
    assert "Given back" in words_of(await press(world, ANA, "release"))
    assert "It is yours" in words_of(await press(world, SAM, "claim"))


async def test_claimed_work_is_settled_by_who_claimed_it(world: World) -> None:
    await press(world, SAM, "claim")
    assert "It is claimed by U0SAM0002" in words_of(await press(world, ANA, "handled"))
    assert "Done." in words_of(await press(world, SAM, "handled"))
    for person, what in ((SAM, "handled"), (ANA, "claim"), (SAM, "release")):
        answer = await press(world, person, what)
        assert "This is settled: Done by U0SAM0002" in words_of(answer)
        assert [button.label for button in buttons_of(answer)] == ["Reopen"]


async def test_unclaimed_work_is_settled_by_anybody_of_the_line(world: World) -> None:
    assert "Done." in words_of(await press(world, SAM, "handled"))


async def test_what_was_settled_by_mistake_is_reopened(world: World) -> None:
    assert "Nobody has claimed" in words_of(await press(world, SAM, "reopen"))
    await press(world, ANA, "handled")
    assert "Open again" in words_of(await press(world, SAM, "reopen"))
    assert "It is yours" in words_of(await press(world, SAM, "claim"))


async def test_a_supervisor_takes_over_from_anybody_and_a_colleague_only_from_who_is_gone(world: World) -> None:
    await press(world, PRIYA, "claim")
    assert "They or a supervisor can give it to you" in words_of(await press(world, ANA, "takeover"))
    assert "It is yours now" in words_of(await press(world, SAM, "takeover"))

    world.notifications.gone.add(SAM.slack_id or "")
    assert "It is yours now" in words_of(await press(world, ANA, "takeover"))


async def test_work_is_handed_over_when_the_other_one_accepts(world: World) -> None:
    await press(world, ANA, "claim")
    assert "I asked U0SAM0002" in words_of(await press(world, ANA, "hand"))
    assert "claimed by U0ANA0001" in words_of(await press(world, PRIYA, "accept"))
    assert "Declined" in words_of(await press(world, SAM, "decline"))
    assert "claimed by U0ANA0001" in words_of(await press(world, SAM, "accept"))

    await press(world, ANA, "hand")
    assert "It is yours" in words_of(await press(world, SAM, "accept"))
    assert "claimed by U0SAM0002" in words_of(await press(world, ANA, "handled"))


async def test_work_is_put_off_until_a_time_or_until_they_call_again(world: World) -> None:
    assert "Put off until" in words_of(await press(world, ANA, "snooze", until="2h"))
    assert "until they call or text again" in words_of(await press(world, ANA, "snooze"))
    assert "Open again" in words_of(await press(world, SAM, "wake"))


async def test_a_note_is_for_colleagues(world: World) -> None:
    assert "Noted" in words_of(await press(world, ANA, "note"))
    assert "Wants a refund" in words_of(await press(world, SAM, "more"))


@pytest.mark.parametrize("what", BUTTONS)
async def test_who_does_not_belong_to_the_line_may_do_nothing(world: World, what: str) -> None:
    world.connect(LEO)

    with pytest.raises(UserError, match="You do not belong to Support"):
        await press(world, LEO, what)
    assert world.notifications.acts == []


async def test_an_admin_belongs_to_every_line(world: World) -> None:
    assert "It is yours" in words_of(await press(world, PRIYA, "claim"))


async def test_a_call_that_was_answered_after_all_is_not_claimed(world: World) -> None:
    world.notifications.put_call("c2", answered_group_call())

    assert "already talked to them" in words_of(await press(world, PRIYA, "claim", "c2"))


@pytest.mark.parametrize("what", BUTTONS)
async def test_a_forgotten_call_is_said_to_be_one(world: World, what: str) -> None:
    with pytest.raises(UserError, match="no longer have"):
        await press(world, ANA, what, "c9")


@pytest.mark.parametrize("what", BUTTONS)
async def test_who_is_not_connected_may_do_nothing_but_connect(world: World, what: str) -> None:
    with pytest.raises(NotConnected):
        await press(world, NOOR, what)

    assert world.notifications.acts == []


def test_these_are_all_buttons_of_a_call() -> None:
    others = {"fax", "recap", "assign", "unassign"}  # a fax is no call; the others have tests of their own
    assert {*BUTTONS, *others} == {one.id.partition(".")[2] for one in router.routes}


async def test_more_says_all_that_is_known_to_the_asker_only(world: World) -> None:
    world.notifications.put_call("c2", answered_group_call())
    said = words_of(await press(world, PRIYA, "more", "c2"))

    assert "Answered by: Ana Ferreira" in said
    assert "Wants two boxes." in said
    assert "Only you can see this." in said


async def test_labels_are_set_at_dialpad(world: World) -> None:
    rung = world.sandbox.phone.ring("+14155550150", SUPPORT.phone)
    world.sandbox.phone.answer(rung.id, AGENT)
    world.sandbox.phone.hang_up(rung.id)
    world.notifications.put_call("c3", [call(rung.id, "hangup", 9, target=LINE, date_rang=at(1))])

    answer = await press(world, PRIYA, "label", "c3", labels="vip, callback, vip")

    assert "vip, callback" in words_of(answer)
    assert world.sandbox.state.calls[rung.id].labels == ["vip", "callback"]


async def test_a_call_shown_by_itself_says_who_it_is_as_the_channels_card_does(world: World) -> None:
    shown = await press(world, ANA, "show")

    assert "Contact at Lee Roasters" in words_of(shown)
    assert "Save contact" not in [button.label for button in buttons_of(shown)]
