"""Dialpad took somebody off duty: they hear of it within seconds, and are back with one press."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SAM, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo, until_heard, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOLD = "Dialpad took you off duty"


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    """Somebody listens to calls and duty; missing a call of Support takes people off duty."""
    started = await one_demo.fresh()
    priya = Hands(started, PRIYA)
    await priya.subscribe('missed duty for "Support"')
    started.dialpad.phone.inside.take_off_duty(SUPPORT.id, on=True)
    return started


async def miss(demo: Demo) -> None:
    """Ana alone is rung, and does not take it."""
    phone = demo.dialpad.phone
    phone.inside.set_duty(SAM.dialpad_id or 0, on=False, reason="Lunch")
    phone.hang_up(phone.ring(CUSTOMERS[0].phone, SUPPORT.phone).id)
    await until_heard(demo)
    await until_posted(demo)


async def test_a_missed_call_is_told_and_one_press_brings_them_back(ana: Hands) -> None:
    await miss(ana.demo)
    assert not ana.account.on_duty
    told = await ana.told()
    assert TOLD in said(told)
    assert "a call of Support" in said(told)
    assert {"Back on duty", "Stay off for 15 min", "Stay off for 1 hour", "Stay off today"} <= set(labels(told))
    await ana.press(told, "Back on duty")
    assert ana.account.on_duty


async def test_a_declined_call_too_and_one_stays_off_for_a_while(ana: Hands) -> None:
    phone = ana.demo.dialpad.phone
    phone.decline(phone.ring(CUSTOMERS[0].phone, SUPPORT.phone).id, ANA)
    await until_heard(ana.demo)
    told = await ana.told()
    assert TOLD in said(told)
    await ana.press(told, "Stay off for 15 min")
    assert [one.route for one in await ana.pending()] == ["duty.back"]
    await ana.let_time_pass()
    await ana.person.until(lambda: ana.account.on_duty)


async def test_whoever_is_put_off_duty_by_a_colleague_hears_who_did_it(sam: Hands, ana: Hands) -> None:
    await sam.type("/dp duty off @Ana Ferreira Training")
    told = await ana.told()
    assert "Sam put you off duty (Training)." in said(told)
    await ana.press(told, "My duty")
    assert "Go on duty" in labels(ana.person.ephemerals("app")[-1])
    await sam.type("/dp duty off @Ana Ferreira for 30m Training")  # she is, and only now until when
    await sam.let_time_pass()
    await ana.person.until(lambda: "Sam put you on duty, so" in said(ana.from_app[-1]))
    assert len([one for one in ana.from_app if "Sam put you" in said(one)]) == 2


async def test_who_names_themselves_is_told_nothing(sam: Hands) -> None:
    await sam.type("/dp duty off @Sam Okafor")
    await until_posted(sam.demo)
    assert not [one for one in sam.from_app if "put you" in said(one)]


async def test_who_goes_off_duty_themselves_is_not_told(ana: Hands) -> None:
    await ana.type("/dp duty off")
    await until_heard(ana.demo)
    ana.demo.dialpad.phone.inside.set_duty(SAM.dialpad_id or 0, on=False, reason="Lunch")
    await until_heard(ana.demo)
    await until_posted(ana.demo)
    assert not any(TOLD in said(one) for one in ana.from_app)


async def test_who_does_not_want_to_be_told_is_not(ana: Hands) -> None:
    await miss(ana.demo)
    await ana.press(await ana.told(), "Stop telling me")
    await ana.type("/dp duty on")
    assert "Tell me when Dialpad takes me off" in labels(await ana.type("/dp duty"))
    before = sum(TOLD in said(one) for one in ana.from_app)
    await miss(ana.demo)
    assert not ana.account.on_duty
    assert sum(TOLD in said(one) for one in ana.from_app) == before


async def test_the_board_says_since_when_and_why(sam: Hands, ana: Hands) -> None:
    await sam.type("/dp board Support")
    await sam.submit()
    await shown(sam, "2 on duty")
    phone = ana.demo.dialpad.phone
    phone.decline(phone.ring(CUSTOMERS[0].phone, SUPPORT.phone).id, ANA)
    await until_heard(ana.demo)
    sam.demo.clock.forward(timedelta(seconds=16))
    await shown(sam, "Ana Ferreira (missed a call, since")
