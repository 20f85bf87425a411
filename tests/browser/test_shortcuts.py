"""The shortcuts at the page: four of the composer's, five of a message's, and the preview of a link below one."""

import pytest
from playwright.async_api import Locator, expect

from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SUPPORT
from tests.browser.visitor import Visitor
from tests.flows.stage import until_posted

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

JORDAN = CUSTOMERS[0]
STRANGER = "(415) 555-0199"


async def use(visitor: Visitor, name: str) -> None:
    """Choose one of the app's shortcuts beside the composer."""
    await visitor.page.get_by_test_id("shortcuts").first.click()
    await visitor.page.get_by_role("menuitem").filter(has_text=name).first.click()


async def close(visitor: Visitor) -> None:
    await visitor.modal.get_by_role("button", name="Cancel").first.click()
    await expect(visitor.modal).to_have_count(0)


async def use_on(visitor: Visitor, message: Locator, name: str) -> None:
    """Choose one of the app's shortcuts of a message."""
    await open_menu(visitor, message)
    await visitor.page.get_by_role("menuitem").filter(has_text=name).first.click()


async def open_menu(visitor: Visitor, message: Locator) -> None:
    await message.hover()
    await message.get_by_test_id("more-actions").click()


async def test_the_composers_shortcuts_open_what_they_say(visitor: Visitor) -> None:
    await visitor.come(ANA)
    await visitor.page.get_by_test_id("shortcuts").first.click()
    await expect(visitor.page.get_by_role("menuitem")).to_have_count(4)
    await visitor.shoot_in_both("shortcuts-menu")
    await visitor.page.keyboard.press("Escape")

    for name, words in {
        "Run an action": "Run an action", "Send a text": "Send a text", "My duty": "Duty",
    }.items():  # fmt: skip
        await use(visitor, name)
        await visitor.asked(words)
        await visitor.shoot_in_both(f"shortcut-{name.lower().replace(' ', '-')}")
        await close(visitor)
    await use(visitor, "Open work")
    await visitor.asked("Open work of your lines")
    await expect(visitor.modal.get_by_role("heading", name="Open work", exact=True)).to_be_visible()
    await visitor.shoot_in_both("shortcut-open-work")


async def test_a_messages_shortcuts_take_its_number(visitor: Visitor) -> None:
    await visitor.come(ANA)
    await visitor.type(f"Somebody called from {STRANGER} about an invoice")
    message = visitor.messages.filter(has_text="about an invoice").last
    await open_menu(visitor, message)
    await visitor.shoot_in_both("message-shortcuts-menu")
    await visitor.page.keyboard.press("Escape")

    for name, words in {
        "Text this number": "Send a text",
        "Call this number": "Call",
        "Block this number": "Block",
        "Follow up later": "You are reminded of",
    }.items():
        await use_on(visitor, message, name)
        await visitor.asked(words)
        filled = visitor.modal.get_by_role("combobox", name="Call", exact=True)
        is_call = name == "Call this number"
        await (expect(filled).to_have_value(STRANGER) if is_call else visitor.asked(STRANGER))
        await visitor.shoot_in_both(f"message-{name.lower().replace(' ', '-')}")
        await close(visitor)
    await use_on(visitor, message, "Look up or save contact")
    await visitor.answered(STRANGER)
    await visitor.shoot_in_both("message-look-up")


async def test_a_link_says_which_call_it_is_where_the_line_is_shown_and_where_not(visitor: Visitor) -> None:
    await visitor.come(PRIYA)
    await visitor.subscribe('missed answered for "Support"')
    await visitor.answered("Saved")
    phone = visitor.demo.dialpad.phone
    call = phone.ring(JORDAN.phone, SUPPORT.phone)
    phone.answer(call.id, ANA)
    phone.hang_up(call.id)
    await until_posted(visitor.demo)

    await visitor.become(ANA)
    preview = visitor.messages.filter(has_text="Have a look").last
    for channel, words in {"support": JORDAN.name, "general": "a customer"}.items():
        await visitor.go(channel)
        await visitor.type(f"Have a look: https://dialpad.com/callhistory/callreview/{call.id}")
        await expect(preview).to_contain_text("Recap")
        await expect(preview).to_contain_text(words)
        await visitor.shoot_in_both(f"link-{channel}")
    await visitor.press(preview, "Recap")
    await visitor.answered("ecap")
    await visitor.shoot_in_both("link-recap")
