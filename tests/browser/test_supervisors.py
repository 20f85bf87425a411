"""What supervisors keep open, at the page: Home, an alert, and what somebody is told who was taken off duty."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SAM, SUPPORT
from tests.browser.visitor import Visitor
from tests.flows.stage import inside, until_heard

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def a_morning(visitor: Visitor) -> None:
    """Sam has a board of Support; three customers called, two talk, one waits."""
    await visitor.come(SAM)
    await visitor.type("/dp board Support")
    await visitor.asked("A board is one message")
    await visitor.submit()
    await visitor.answered("Saved")
    phone = visitor.demo.dialpad.phone
    done = phone.ring("+14155550180", SUPPORT.phone)
    phone.answer(done.id, ANA)
    visitor.demo.clock.forward(timedelta(minutes=2))
    phone.hang_up(done.id)
    phone.hang_up(phone.ring(CUSTOMERS[2].phone, SUPPORT.phone).id)
    for customer, person in ((CUSTOMERS[0], ANA), (CUSTOMERS[1], SAM)):
        phone.answer(phone.ring(customer.phone, SUPPORT.phone).id, person)
    phone.ring("+14155550181", SUPPORT.phone)
    await until_heard(visitor.demo)


async def test_home_shows_the_call_center_and_who_answers_it(visitor: Visitor) -> None:
    await a_morning(visitor)
    await visitor.open_app()
    await visitor.page.get_by_test_id("home-tab").click()
    home = visitor.page.get_by_test_id("home")
    await expect(home).to_contain_text("supervisor of Support")
    await expect(home).to_contain_text("1 caller waits")
    await expect(home.get_by_role("button", name="People: Support")).to_be_visible()
    await until_heard(visitor.demo)
    await visitor.shoot_in_both("supervisors-home")
    await home.get_by_role("button", name="People: Support").click()
    await visitor.asked("Support", "Ana Ferreira")
    await visitor.modal.get_by_role("button", name="Take off duty: Ana Ferreira").click()
    await visitor.asked("Ana Ferreira", "off duty")


async def test_an_alert_is_acknowledged_with_a_note(visitor: Visitor) -> None:
    await visitor.come(SAM)
    await visitor.type("/dp alerts Support")
    await visitor.asked("When nobody is on duty")
    await visitor.shoot_in_both("supervisors-alert-form")
    await visitor.submit()
    await visitor.asked("closes itself")
    await visitor.submit()
    await visitor.answered("Saved")
    for person in (ANA, SAM):
        visitor.demo.dialpad.phone.inside.set_duty(person.dialpad_id or 0, on=False, reason="Lunch")
    for _ in range(8):
        visitor.demo.clock.forward(timedelta(seconds=6))
        await inside(visitor.demo).wake()
        await inside(visitor.demo).settle()
    alert = visitor.messages.filter(has_text="nobody is on duty").last
    await expect(alert).to_contain_text("🚨 Support")
    await visitor.press(alert, "Acknowledge with a note: Support")
    await visitor.asked("Note")
    await visitor.modal.get_by_role("textbox").fill("Mei comes on at 3")
    await visitor.submit()
    await expect(alert).to_contain_text("Mei comes on at 3")
    await visitor.shoot_in_both("supervisors-alert")


async def test_the_switch_at_the_phones_takes_people_off_duty(visitor: Visitor) -> None:
    await visitor.come(PRIYA)
    await visitor.subscribe('missed duty for "Support"')
    await visitor.answered("Saved")
    await visitor.page.get_by_test_id("fold-more").locator("summary").click()
    await visitor.page.get_by_test_id("phone-off-duty").check()
    live = await visitor.ring(CUSTOMERS[0], SUPPORT)
    await visitor.press(live, "Miss")
    await until_heard(visitor.demo)
    await visitor.become(ANA)
    await visitor.open_app()
    told = visitor.messages.filter(has_text="Dialpad took you off duty").last
    await expect(told).to_contain_text("a call of Support")
    await visitor.shoot_in_both("supervisors-off-duty")
    await visitor.press(told, "Back on duty")
    await expect(visitor.messages.last).to_contain_text("on duty")
