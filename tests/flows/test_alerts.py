"""Alerts of a call center: set up where the team wants them, raised once, seen, put off, closed by themselves."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, SAM, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import board, shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo, inside

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def set_up(hands: Hands, **chosen: Json) -> None:
    """Want alerts about Support here."""
    await hands.type("/dp alerts Support")
    form = await hands.modal()
    assert "Alerts" in said(form["title"]) or form["title"]["text"] == "Alerts"
    await hands.submit(dict(chosen) or None)
    assert "closes itself" in said(await hands.modal())
    await hands.submit()


async def pass_(demo: Demo, seconds: float, step: float = 6) -> None:
    """Let time pass as it does: the line is looked at every few seconds."""
    passed = 0.0
    while passed < seconds:
        demo.clock.forward(timedelta(seconds=step))
        await inside(demo).wake()
        await inside(demo).settle()
        passed += step


async def nobody_on_duty(demo: Demo) -> None:
    for person in (ANA, SAM):
        demo.dialpad.phone.inside.set_duty(person.dialpad_id or 0, on=False, reason="Lunch")
    await pass_(demo, 36)


async def test_it_is_raised_once_and_closes_itself(sam: Hands) -> None:
    await set_up(sam)
    await nobody_on_duty(sam.demo)
    alert = await shown(sam, "🚨 Support: nobody is on duty", "Since")
    assert {"Acknowledge", "Acknowledge with a note…", "Snooze for 15 min", "Change alerts…"} <= set(labels(alert))
    await pass_(sam.demo, 60)
    assert sum("🚨" in said(one) for one in board(sam)) == 1

    sam.demo.dialpad.phone.inside.set_duty(ANA.dialpad_id or 0, on=True)
    await pass_(sam.demo, 120)
    closed = await shown(sam, "nobody is on duty. Resolved after")
    assert closed["ts"] == alert["ts"]
    assert labels(closed) == []


async def test_somebody_is_at_it_with_a_note(sam: Hands, ana: Hands) -> None:
    await set_up(sam)
    await nobody_on_duty(sam.demo)
    alert = await shown(sam, "🚨 Support")
    await ana.press(alert, "Acknowledge with a note…")
    await ana.submit({"note": "Mei comes on at 3"})
    stamped = await shown(sam, "🚨 Support", "Acknowledged by", "Mei comes on at 3")
    assert "Acknowledge" not in labels(stamped)


async def test_snoozed_it_is_quiet_and_then_said_again(sam: Hands) -> None:
    await set_up(sam)
    await nobody_on_duty(sam.demo)
    await sam.press(await shown(sam, "🚨 Support"), "Snooze for 15 min")
    await shown(sam, "Snoozed until", "nobody is on duty")
    await pass_(sam.demo, 300, step=60)
    assert not any("🚨" in said(one) for one in board(sam))
    await pass_(sam.demo, 720, step=60)
    await shown(sam, "🚨 Support: nobody is on duty", "2nd time in 24 hours")


async def test_what_was_set_up_is_opened_again_and_changed(sam: Hands) -> None:
    await set_up(sam)
    await sam.type("/dp alerts Support")
    await sam.modal()
    await sam.submit()
    assert "already gets this" in said(sam.person.modal or await sam.settled())


async def test_callers_who_wait_are_said_with_their_number(sam: Hands) -> None:
    await set_up(sam)
    phone = sam.demo.dialpad.phone
    for number, person in enumerate((ANA, SAM)):
        phone.answer(phone.ring(CUSTOMERS[number].phone, SUPPORT.phone).id, person)
    for caller in ("+14155550180", "+14155550181", "+14155550182"):
        phone.ring(caller, SUPPORT.phone)
    await inside(sam.demo).settle()
    await pass_(sam.demo, 24)
    await shown(sam, "🚨 Support: 3 callers wait")


async def test_it_can_be_typed_as_a_notification_too(sam: Hands) -> None:
    answer = await sam.subscribe('alert for "Support"')
    assert "alerts when 3 callers wait, somebody waits 3 min or nobody is on duty" in said(answer)


async def test_paused_nothing_is_raised(sam: Hands) -> None:
    await set_up(sam)
    await sam.type("/dp notify pause 1")
    await nobody_on_duty(sam.demo)
    assert not any("🚨" in said(one) for one in board(sam))


async def test_who_does_not_belong_to_it_cannot_set_it_up(sam: Hands) -> None:
    await sam.type("/dp alerts Sales")
    await sam.modal()
    refused = await sam.submit()
    assert "You do not belong to Sales" in str(refused)
