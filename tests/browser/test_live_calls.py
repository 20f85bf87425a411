"""Live calls at the page: the card, the list and the preview of a link."""

import pytest
from playwright.async_api import expect

from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SAM, SUPPORT
from tests.browser.visitor import Visitor
from tests.flows.stage import until_posted

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

JORDAN, AMARA = CUSTOMERS[0], CUSTOMERS[1]


async def test_a_supervisor_sees_and_moves_the_calls_of_her_line(visitor: Visitor) -> None:
    await visitor.come(PRIYA)
    await visitor.subscribe('ringing missed answered for "Support"')
    await visitor.answered("Saved")
    phone = visitor.demo.dialpad.phone
    call = phone.ring(JORDAN.phone, SUPPORT.phone)
    phone.answer(call.id, ANA)
    await until_posted(visitor.demo)

    await visitor.become(ANA)
    card = visitor.messages.filter(has_text="Talking to Ana").last
    await visitor.choose(card, "Park")
    await visitor.answered("Parked. The caller waits")
    await visitor.press(visitor.messages.filter(has_text="Parked").last, "Take the call")
    await visitor.answered("The caller is on your phone now")

    await visitor.become(SAM)
    await visitor.type("/dp calls live")
    await visitor.answered("On a call now", JORDAN.name, "with Ana Ferreira")
    await visitor.shoot_in_both("live-calls")
    await visitor.press(visitor.answer, "Transfer…")
    await visitor.asked("The call with")
    await visitor.shoot("live-calls-transfer")
    await visitor.pick("live.transfer.to", "Noor", "Noor Haddad")
    await visitor.submit()
    await visitor.answered("The call is now with")
    await expect(visitor.messages.filter(has_text="transferred to Noor Haddad by")).to_have_count(1)

    for one in list(phone.live):
        if one.is_live and one.entry_point_call_id is None:
            phone.hang_up(one.id)
    await until_posted(visitor.demo)
    await visitor.become(ANA)
    await visitor.type(f"Have a look: https://dialpad.com/callhistory/callreview/{call.id}")
    preview = visitor.messages.filter(has_text="Have a look").last
    await expect(preview).to_contain_text("Recap")
    await visitor.shoot("live-calls-link")
    assert visitor.errors == []
