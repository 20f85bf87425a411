"""Open work at the page: how much of it is seen at once, and buttons that are pressed twice, late, or by the wrong
person."""

import re
from typing import Final

import pytest
from playwright.async_api import Locator, expect

from bot.sandbox.cast import ANA, CUSTOMERS, LEO, NOOR, PRIYA, SAM, SUPPORT, Person
from bot.sandbox.demo import connect
from tests.browser.visitor import Visitor, labelled
from tests.flows.channel import board
from tests.flows.hands import Hands
from tests.flows.stage import until_posted

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

JORDAN: Final = CUSTOMERS[0]
_WHOLE: Final = """messages => messages.filter(one => {
    const box = one.getBoundingClientRect();
    return [box.top + 2, box.bottom - 2].every(y => one.contains(document.elementFromPoint(box.left + 80, y)));
}).length"""
"""How many messages are seen from top to bottom, with nothing above them."""


async def miss(visitor: Visitor, count: int) -> Hands:
    """So many customers call Support one after another, and nobody answers; Ana is at the page."""
    await visitor.come(PRIYA)
    await visitor.subscribe('missed voicemail sms for "Support"')
    await visitor.answered("Saved")
    await visitor.page.get_by_test_id("ephemeral").last.get_by_role("button", name=re.compile("Dismiss")).first.click()
    phone = visitor.demo.dialpad.phone
    known = [one.phone for one in CUSTOMERS[:3]]
    numbers = [*known, *(f"+14155550{number}" for number in range(180, 200))][:count]
    for place, number in enumerate(numbers):
        call = phone.ring(number, SUPPORT.phone)
        if place % 4 == 1:
            phone.leave_voicemail(call.id, "Please call me back about my order, I am here until five.")
        else:
            phone.hang_up(call.id)
        await until_posted(visitor.demo)
    await visitor.become(ANA)
    await expect(visitor.messages).to_have_count(count)
    return Hands(visitor.demo, ANA)


async def test_five_open_cards_or_eight_settled_ones_fit_a_page(visitor: Visitor) -> None:
    ana = await miss(visitor, 9)
    assert await visitor.messages.evaluate_all(_WHOLE) >= 5
    await visitor.shoot_in_both("open-work")

    for card in board(ana):
        await ana.press(card, "Done")
        await until_posted(visitor.demo)
    for answer in ana.person.ephemerals("#support"):
        ana.person.dismiss(answer["ts"])
    await expect(visitor.messages.filter(has_text="Done by")).to_have_count(9)
    await expect(visitor.page.get_by_test_id("ephemeral")).to_have_count(0)
    assert await visitor.messages.evaluate_all(_WHOLE) >= 8
    await visitor.shoot("settled-work")


async def newest(visitor: Visitor) -> Locator:
    return visitor.messages.last


async def test_a_button_that_is_clicked_twice_is_clicked_once(visitor: Visitor) -> None:
    await miss(visitor, 1)
    card = await newest(visitor)
    await card.get_by_role("button", name=labelled("Claim")).dblclick()
    await visitor.answered("It is yours")
    await expect(card).to_contain_text("Claimed by @Ana")
    await expect(visitor.page.get_by_test_id("ephemeral").filter(has_text="It is yours")).to_have_count(1)
    await card.get_by_role("button", name=labelled("Call back")).dblclick()
    await visitor.asked("Call now?")
    await visitor.page.get_by_test_id("modal-submit").dblclick()
    await visitor.answered("Calling Jordan Lee")
    await expect(visitor.live("Jordan Lee")).to_have_count(1)
    await visitor.press(visitor.live("Jordan Lee"), "Pick up")
    await visitor.press(visitor.live("Jordan Lee"), "Hang up")
    await expect(card).to_contain_text("Called back by @Ana")
    await visitor.choose(card, "Reopen")
    await visitor.press(card, "Claim")
    await card.get_by_role("button", name=labelled("Done")).dblclick()
    await expect(card).to_contain_text("Done by @Ana")
    await expect(visitor.page.get_by_test_id("ephemeral").filter(has_text="Done. It is reopened")).to_have_count(1)


async def test_what_a_list_still_offers_says_how_it_stands(visitor: Visitor) -> None:
    await miss(visitor, 1)
    await visitor.type("/dp open")
    listed = await visitor.answered("Open work for this channel: 1")
    sam = Hands(visitor.demo, SAM)
    await sam.press(board(sam)[0], "Claim")
    await until_posted(visitor.demo)
    await visitor.press(listed, "Claim")
    await visitor.answered("claimed by @Sam today at")

    await visitor.type("/dp open")
    await visitor.answered("Claimed by others")
    await sam.press(board(sam)[0], "Done")
    await until_posted(visitor.demo)
    await visitor.press(visitor.answer, "Open the card")
    await visitor.answered("Done by @Sam")


async def test_what_was_opened_before_it_was_settled_changes_nothing(visitor: Visitor) -> None:
    await miss(visitor, 1)
    card = await newest(visitor)
    await visitor.choose(card, "Put off…")
    await visitor.asked("Until")
    sam = Hands(visitor.demo, SAM)
    await sam.press(board(sam)[0], "Done")
    await until_posted(visitor.demo)
    await visitor.submit()
    await visitor.answered("This is settled: ", "Done by @Sam")
    await expect(card).to_contain_text("Done by @Sam")


@pytest.mark.parametrize(
    ("who", "words"), [(NOOR, "Connect your Dialpad account"), (LEO, "You do not belong to Support")]
)
async def test_who_may_not_is_told_why_and_changes_nothing(visitor: Visitor, who: Person, words: str) -> None:
    await miss(visitor, 1)
    if who is LEO:
        await connect(visitor.demo.bot, visitor.demo.dialpad, LEO)
    await visitor.become(who)
    card = await newest(visitor)
    await visitor.press(card, "Claim")
    await visitor.answered(words)
    await visitor.choose(card, "Done")
    await visitor.answered(words)
    await expect(card.get_by_role("button", name=labelled("Claim"))).to_be_visible()
