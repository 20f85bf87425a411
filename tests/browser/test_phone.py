"""The phone panel, where somebody plays a customer."""

from typing import Final

import pytest
from playwright.async_api import expect

from bot.sandbox.cast import ANA, CUSTOMERS, SUPPORT
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

JORDAN: Final = CUSTOMERS[0]


async def test_whoever_takes_long_over_a_voicemail_is_not_cut_off(visitor: Visitor) -> None:
    await visitor.come(ANA)
    live = await visitor.ring(JORDAN, SUPPORT)
    await visitor.press(live, "Voicemail")
    await expect(live).to_contain_text("Hears the greeting")
    await expect(live.get_by_test_id("voicemail-text")).to_be_focused()
    await visitor.page.keyboard.type("Please call me back")
    await visitor.let_time_pass()  # longer than any phone rings
    await expect(live).to_contain_text("Hears the greeting")
    await live.get_by_test_id("voicemail-text").press("Control+End")
    await visitor.page.keyboard.type(" about the roaster.")
    await expect(live.get_by_test_id("voicemail-text")).to_have_value("Please call me back about the roaster.")
    await live.get_by_test_id("voicemail-send").click()
    await expect(live).to_have_count(0)
    newest = visitor.page.get_by_test_id("recent-call").first
    await expect(newest).to_have_attribute("data-outcome", "voicemail")
