"""A caller in the queue is assigned to an operator, and taken back, from their card."""

import asyncio

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, NOOR, SAM, SUPPORT
from bot.sandbox.demo import Demo
from bot.sandbox.dialpad.model import Call
from tests.flows.channel import board, shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo, inside

pytestmark = pytest.mark.asyncio(loop_scope="module")

AMARA = CUSTOMERS[1]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def waiting(priya: Hands) -> tuple[Call, Json]:
    """Amara waits for Support, where nobody is on duty; her card."""
    await priya.subscribe("ringing")
    for user in priya.demo.dialpad.state.users.values():
        user.on_duty = False
    call = priya.demo.dialpad.phone.ring(AMARA.phone, SUPPORT.phone)
    return call, await shown(priya, "Waiting in the queue", AMARA.name)


async def assign(hands: Hands, card: Json, name: str) -> Json:
    await hands.press(card, "Assign to…")
    form = hands.person.modal
    if form is None:
        return await hands.settled()
    option = await hands.pick("to", name)
    await hands.submit({"to": option})
    return await hands.settled()


async def without(hands: Hands, word: str) -> Json:
    """The card, once it does not say this any more."""

    def look() -> Json | None:
        cards = [one for one in board(hands) if AMARA.name in said(one)]
        return next((one for one in reversed(cards) if word not in said(one)), None)

    found: Json = await hands.person.until(look)
    return found


async def test_a_supervisor_assigns_a_waiting_call_and_takes_it_back(priya: Hands, sam: Hands) -> None:
    call, card = await waiting(priya)
    told = await assign(sam, card, "Noor")
    assert "This call is for" in said(told)
    assert call.assigned == [NOOR.dialpad_id]
    card = await shown(sam, "assigned to", NOOR.name)
    assert f"<@{SAM.slack_id}>" in said(card)
    (sent,) = sam.sent("POST", f"/call/{call.id}/assign")
    assert sent.person == SAM.email

    assert "is for" in said(await assign(sam, card, "Noor"))
    assert "already" in said(await sam.settled())
    assert len(sam.sent("POST", f"/call/{call.id}/assign")) == 1

    told = await sam.press(card, "Take back")
    assert f"Taken back from *{NOOR.name}*" in said(told)
    assert call.assigned == []
    card = await without(sam, "assigned to")
    assert "Take back" not in labels(card)


async def test_only_the_operators_of_that_center_are_offered(priya: Hands, sam: Hands) -> None:
    _, card = await waiting(priya)
    await sam.press(card, "Assign to…")
    form = await sam.modal()
    (element,) = [block["element"] for block in form["blocks"] if block.get("block_id") == "to"]
    found = await sam.person.options(form, element["action_id"], "")
    names = [option["text"]["text"] for option in found["options"]]
    assert {"Ana Ferreira", "Sam Okafor", "Noor Haddad", "Mei Tanaka"} == set(names)


async def test_who_leads_nothing_is_told_who_can(priya: Hands, ana: Hands) -> None:
    call, card = await waiting(priya)
    told = said(await assign(ana, card, "Noor")) + str(ana.person.modal)
    assert "Only supervisors of Support" in told
    assert call.assigned == []


async def test_a_call_that_was_answered_meanwhile_is_left_alone(priya: Hands, sam: Hands) -> None:
    call, card = await waiting(priya)
    await sam.press(card, "Assign to…")
    option = await sam.pick("to", "Noor")
    priya.demo.dialpad.state.users[ANA.dialpad_id or 0].on_duty = True
    priya.demo.dialpad._switchboard.reconsider_queue()
    priya.demo.dialpad.phone.answer(call.id, ANA)
    await sam.submit({"to": option})
    told = said(await sam.settled()) + str(sam.person.modal)
    assert "answered this call meanwhile" in told or "does not wait in the queue any more" in told
    assert call.assigned == []
    card = await shown(sam, "Talking to Ana Ferreira")
    assert "Assign to…" not in labels(card)


async def test_two_supervisors_at_once_both_count_and_the_card_names_both(priya: Hands, sam: Hands, demo: Demo) -> None:
    call, card = await waiting(priya)
    for hands, name in ((sam, "Noor"), (priya, "Ana")):
        await hands.press(card, "Assign to…")
        hands.picked = await hands.pick("to", name)  # type: ignore[attr-defined]  # for this test alone
    await asyncio.gather(*(hands.submit({"to": hands.picked}) for hands in (sam, priya)))  # type: ignore[attr-defined]
    assert set(call.assigned) == {NOOR.dialpad_id, ANA.dialpad_id}
    await inside(demo).settle()
    await shown(sam, NOOR.name, ANA.name)
