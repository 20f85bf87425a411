"""How calls end: from the phone to the card that people read."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, MEI, NOOR, SAM, SUPPORT, Person
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, board, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def dialpad_id(person: Person) -> int:
    return int(person.dialpad_id or 0)


async def test_who_hangs_up_at_the_greeting_left_no_voicemail(priya: Hands, ana: Hands) -> None:
    await priya.subscribe('missed voicemail for "Support"')
    phone = priya.demo.dialpad.phone
    call = phone.ring(JORDAN.phone, SUPPORT.phone)
    for person in (ANA, SAM, NOOR, MEI):
        if any(leg.target.id == dialpad_id(person) for leg in phone.live):
            phone.decline(call.id, person)
    phone.hang_up(call.id)

    card = await shown(ana, "Missed call", "Jordan Lee", "hung up at the greeting")
    assert "Listen" not in labels(card)
    assert "Claim" in labels(card)


async def test_a_voicemail_after_a_talk_is_for_somebody_to_call_back(priya: Hands, ana: Hands) -> None:
    await priya.subscribe('missed voicemail for "Support"')
    phone = priya.demo.dialpad.phone
    call = phone.ring(JORDAN.phone, SUPPORT.phone)
    phone.answer(call.id, ANA)
    phone.inside.transfer(call.id, dialpad_id(SAM))
    passed = next(leg for leg in phone.live if leg.target.id == dialpad_id(SAM))
    phone.decline(passed.id, SAM)
    phone.leave_voicemail(passed.id, "Nobody there. Please call me back.")

    card = await shown(ana, "Voicemail", "Jordan Lee", "after talking to Ana Ferreira", "Please call me back")
    assert {"Claim", "Listen"} <= set(labels(card))


async def test_who_gives_up_after_being_passed_on_was_missed(priya: Hands, ana: Hands) -> None:
    await priya.subscribe('missed for "Support"')
    phone = priya.demo.dialpad.phone
    call = phone.ring(JORDAN.phone, SUPPORT.phone)
    phone.answer(call.id, ANA)
    phone.inside.transfer(call.id, dialpad_id(SAM))
    phone.hang_up(next(leg for leg in phone.live if leg.target.id == dialpad_id(SAM)).id)

    card = await shown(ana, "Missed call", "Jordan Lee", "after talking to Ana Ferreira")
    assert "Claim" in labels(card)


async def test_whom_dialpad_calls_back_nobody_is_asked_about(priya: Hands, ana: Hands) -> None:
    await priya.subscribe('abandoned callback for "Support"')
    for person in (ANA, SAM, NOOR, MEI):
        priya.demo.dialpad.phone.inside.set_duty(dialpad_id(person), on=False)
    call = priya.demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    priya.demo.dialpad.phone.ask_for_callback(call.id)

    card = await shown(ana, "Asked for a callback", "Jordan Lee", "which Dialpad makes")
    assert not {"Claim", "Call back"} & set(labels(card))


async def test_a_blocked_caller_is_shown_to_nobody(priya: Hands, ana: Hands) -> None:
    await priya.subscribe('ringing missed abandoned ended for "Support"')
    await priya.type(f"/dp block {JORDAN.phone}")
    await priya.submit()
    priya.demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    await until_posted(priya.demo)

    assert not [one for one in board(ana) if "Jordan Lee" in said(one)]
