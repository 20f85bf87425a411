"""Live calls are acted on from their card and from the list of them, by whoever may, and the card tells of it."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, NOOR, SAM, SUPPORT
from bot.sandbox.demo import Demo, connect
from bot.sandbox.dialpad.model import Call
from tests.flows.channel import shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")

JORDAN, AMARA = CUSTOMERS[0], CUSTOMERS[1]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def talking(priya: Hands, customer: str = JORDAN.phone) -> Call:
    """Ana talks to a customer who called Support; its card says so."""
    await priya.subscribe("ringing missed answered")
    phone = priya.demo.dialpad.phone
    call = phone.ring(customer, SUPPORT.phone)
    phone.answer(call.id, ANA)
    await until_posted(priya.demo)
    return call


async def card_of(hands: Hands, *words: str) -> Json:
    await until_posted(hands.demo)
    return await shown(hands, *words)


async def choose(hands: Hands, where: Json, label: str) -> Json:
    """Press a button or an entry of a menu; the newest answer."""
    return await hands.press(where, label)


async def test_the_card_of_a_live_call_offers_what_can_be_done_with_it(priya: Hands) -> None:
    call = await talking(priya)
    card = await card_of(priya, "Talking to Ana", JORDAN.name)
    assert labels(card) == ["Transfer…", "Add somebody…", "Park", "Hang up…", "More…"]

    priya.demo.dialpad.phone.hang_up(call.id)
    assert "Park" not in labels(await card_of(priya, "Answered by Ana", JORDAN.name))


async def test_a_call_is_transferred_with_two_presses_and_its_card_says_by_whom(priya: Hands, ana: Hands) -> None:
    call = await talking(priya)
    await choose(ana, await card_of(ana, "Talking to Ana"), "Transfer…")
    assert "The call with" in said(await ana.modal())
    await ana.submit({"to": await ana.pick("to", "Sam")})

    assert "The call is now with" in said(await ana.settled())
    (sent,) = ana.sent("POST", f"/call/{call.id}/transfer")
    assert (sent.person, sent.body) == (ANA.email, {"to": {"number": SAM.phone}})
    card = await card_of(ana, "transferred to Sam Okafor by")
    assert f"<@{ANA.slack_id}>" in said(card)
    assert "Ringing" in said(card)

    (moved,) = [one for one in ana.demo.dialpad.phone.live if one.target.id == SAM.dialpad_id]
    ana.demo.dialpad.phone.answer(moved.id, SAM)
    assert "Talking to Sam Okafor" in said(await card_of(ana, "Talking to"))


async def test_a_supervisor_sends_a_caller_to_a_voicemail(priya: Hands, sam: Hands) -> None:
    call = await talking(priya)
    await choose(sam, await card_of(sam, "Talking to Ana"), "Transfer…")
    await sam.submit({"to": await sam.pick("to", "Noor"), "how": "voicemail"})

    assert "at the voicemail of" in said(await sam.settled())
    (sent,) = sam.sent("POST", f"/call/{call.id}/transfer")
    assert sent.body == {"to": {"number": NOOR.phone}, "transfer_state": "voicemail"}


async def test_a_colleagues_call_is_left_to_them(priya: Hands, noor: Hands) -> None:
    call = await talking(priya)
    await connect(noor.demo.bot, noor.demo.dialpad, NOOR)
    card = await card_of(noor, "Talking to Ana")
    assert "Ana Ferreira's call" in said(await choose(noor, card, "Park"))
    assert call.state == "connected"
    assert not noor.sent("POST", f"/call/{call.id}/transfer")


async def test_a_call_is_parked_and_taken_by_a_colleague(priya: Hands, ana: Hands, noor: Hands) -> None:
    call = await talking(priya)
    told = await choose(ana, await card_of(ana, "Talking to Ana"), "Park")
    assert "Parked" in said(told)
    assert call.state == "parked"
    card = await card_of(ana, "Parked", JORDAN.name)
    assert "Take the call" in labels(card)

    await connect(noor.demo.bot, noor.demo.dialpad, NOOR)
    assert "on your phone" in said(await choose(noor, card, "Take the call"))
    assert call.state == "connected"
    card = await card_of(noor, "taken back by")
    assert f"<@{NOOR.slack_id}>" in said(card)


async def test_somebody_is_added_and_the_talk_recorded(priya: Hands, ana: Hands) -> None:
    await talking(priya)
    card = await card_of(ana, "Talking to Ana")
    await choose(ana, card, "Add somebody…")
    await ana.submit({"who": await ana.pick("who", "Sam")})
    assert "They join the call when they answer" in said(await ana.settled())

    more = await choose(ana, await card_of(ana, "Sam Okafor added by"), "More…")
    told = await choose(ana, more, "Record")
    assert "being recorded" in said(told)
    assert "recording has stopped" in said(await choose(ana, told, "Stop recording"))
    assert [one.body["is_recording"] for one in ana.sent("PATCH", "/users/*/activecall")] == [True, False]
    assert "recording stopped by" in said(await card_of(ana, "recording started by"))


async def test_a_call_is_ended_only_after_a_yes(priya: Hands, sam: Hands) -> None:
    call = await talking(priya)
    live = sam.demo.dialpad.phone.live
    await choose(sam, await card_of(sam, "Talking to Ana"), "Hang up…")
    assert call in live
    assert "It ends for everybody on it" in said(await sam.modal())
    await sam.submit()
    assert call.ended is not None
    assert "ended by" in said(await card_of(sam, "Answered by Ana"))


async def test_who_presses_too_late_is_told_how_it_ended(priya: Hands, ana: Hands) -> None:
    call = await talking(priya)
    card = await card_of(ana, "Talking to Ana")
    await choose(ana, card, "Transfer…")
    choice = await ana.pick("to", "Sam")
    ana.demo.dialpad.phone.hang_up(call.id)
    await until_posted(ana.demo)
    await ana.submit({"to": choice})
    told = said(await ana.modal()) if ana.person.modal else said(await ana.settled())
    assert "already ended, so nothing was transferred. Answered by Ana Ferreira" in told
    assert not ana.sent("POST", f"/call/{call.id}/transfer")


async def test_what_dialpad_knows_and_we_do_not_yet_is_no_error(priya: Hands, ana: Hands) -> None:
    """The end of a call is known at Dialpad a moment before its event comes."""
    call = await talking(priya)
    card = await card_of(ana, "Talking to Ana")
    ana.demo.dialpad.state.calls[call.id].ended = ana.demo.dialpad.state.now()
    assert "the call is over" in said(await choose(ana, card, "Park"))


async def test_the_list_shows_ones_own_calls_and_those_of_lines_one_leads(
    priya: Hands, ana: Hands, noor: Hands, sam: Hands
) -> None:
    await talking(priya)
    phone = priya.demo.dialpad.phone
    for user in priya.demo.dialpad.state.users.values():
        user.on_duty = False
    waiting = phone.ring(AMARA.phone, SUPPORT.phone)
    await until_posted(priya.demo)

    mine = said(await ana.type("/dp calls live"))
    assert JORDAN.name in mine
    assert AMARA.name not in mine  # nobody picks calls from a list
    await connect(noor.demo.bot, noor.demo.dialpad, NOOR)
    assert "Nobody is on a call" in said(await noor.type("/dp live"))

    all_of_them = await sam.type("/dp who is on a call")
    text = said(all_of_them)
    assert text.index(JORDAN.name) < text.index(AMARA.name)  # the longest first
    assert "with Ana Ferreira" in text
    assert "Waiting in the queue" in text
    assert "Assign to…" in labels(all_of_them)
    phone.hang_up(waiting.id)


async def test_what_is_typed_is_about_ones_own_call(priya: Hands, ana: Hands) -> None:
    call = await talking(priya)
    assert "Parked" in said(await ana.type("/dp park"))
    await until_posted(ana.demo)
    assert "on your phone" in said(await ana.type("/dp take back"))
    await until_posted(ana.demo)
    assert "being recorded" in said(await ana.type("/dp record on"))
    assert "Noted on the card" in said(await ana.type("/dp note wants a refund by Friday"))
    assert "“wants a refund by Friday”" in said(await card_of(ana, "note by"))

    await ana.type("/dp add Sam Okafor to the call")
    assert "They are called now" in said(await ana.modal())
    await ana.submit()
    (sent,) = ana.sent("POST", "/call/*/participants/add")
    assert sent.body == {"participant": {"number": SAM.phone}}
    assert "You hung up" in said(await ana.type("/dp hangup"))
    assert not call.is_live
    assert "Noted on the card" in said(await ana.type("/dp note was satisfied"))


async def test_of_two_calls_one_is_asked_for(priya: Hands, ana: Hands) -> None:
    call = await talking(priya)
    await ana.type("/dp park")
    await until_posted(ana.demo)
    phone = ana.demo.dialpad.phone
    second = phone.ring(AMARA.phone, SUPPORT.phone)
    phone.answer(second.id, ANA)
    await until_posted(ana.demo)
    await ana.type("/dp park")
    await until_posted(ana.demo)

    asked = await ana.type("/dp unpark")
    assert "Which call?" in said(asked)
    assert labels(asked) == ["Take back", "Take back"]
    await ana.press(asked, "Take back")
    assert {call.state, second.state} == {"connected", "parked"}


async def test_a_colleague_is_asked_before_the_caller_is_passed_on(priya: Hands, ana: Hands) -> None:
    call = await talking(priya)
    await choose(ana, await card_of(ana, "Talking to Ana"), "Transfer…")
    await ana.submit({"to": await ana.pick("to", "Sam"), "how": "first"})
    told = await ana.settled()
    assert "the caller is on hold" in said(told)
    (consult,) = [one for one in ana.demo.dialpad.phone.live if one.external_number == SAM.phone]
    ana.demo.dialpad.phone.answer(consult.id, SAM)

    assert "is talking to the caller now" in said(await choose(ana, told, "Complete transfer"))
    (sent,) = ana.sent("POST", f"/call/{call.id}/transfer")
    assert str(sent.body["to"]["call_id"]) == str(consult.id)


@pytest.mark.parametrize(
    ("label", "typed"),
    [
        ("Park", None),
        ("Record", None),
        ("Note…", {"words": "Wants a refund"}),
        ("Label…", {"labels": "vip"}),
        ("Hang up…", {}),
        ("Transfer…", "to"),
        ("Add somebody…", "who"),
    ],
)
async def test_everything_about_a_live_call_takes_two_presses_at_most(
    priya: Hands, ana: Hands, label: str, typed: Json | str | None
) -> None:
    await talking(priya)
    listed = await ana.type("/dp live")
    before = len(ana.person.ephemerals("#support"))
    await ana.press(listed, label)  # the first
    if isinstance(typed, str):
        typed = {typed: await ana.pick(typed, "Sam")}
    if typed is not None:
        await ana.submit(typed or None)  # the second
    await ana.settled()
    assert ana.person.modal is None or "submit" not in ana.person.modal
    assert len(ana.person.ephemerals("#support")) > before or ana.person.modal is not None
