"""The demo as a newcomer uses it: the real page, the real bot, in a real browser.

With ``SHOTS=docs`` in the environment the pictures of the docs are taken on the way.
"""

import re

import pytest
from playwright.async_api import expect

from bot.sandbox.cast import ANA, NOOR, PRIYA, SAM
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def chat_about_the_van(visitor: Visitor) -> None:
    """A little of a normal morning in #support."""
    sam, ana = (visitor.demo.slack.person(one) for one in ("U0SAM0002", "U0ANA0001"))
    await sam.say("#support", "Morning! The filters for Lee Roasters are on the van, due between 3 and 4.")
    await ana.say("#support", "Great, I will let Jordan know.")


# Connecting


async def test_a_fresh_person_connects_and_what_they_asked_for_is_done(visitor: Visitor) -> None:
    await chat_about_the_van(visitor)
    await visitor.come(NOOR)
    await visitor.type("/dp dnd on")
    await visitor.answered("Connect your Dialpad account")
    await visitor.shoot("connect")
    async with visitor.page.context.expect_page() as opened:
        await visitor.answer.get_by_text(re.compile("^Connect")).last.click()
    browser = await opened.value
    await expect(browser.get_by_role("heading")).to_have_text("Is this you in Slack?")
    await browser.get_by_role("button", name="Yes, continue to Dialpad").click()
    await expect(browser.get_by_role("radio", name="Noor Haddad")).to_be_checked()
    allow = browser.get_by_role("button", name="Allow")
    await expect(allow).to_be_in_viewport(ratio=1)
    await allow.click()
    await expect(browser.get_by_role("heading")).to_have_text("You are connected")
    await visitor.answered("Do not disturb: off → on")
    assert visitor.demo.dialpad.state.users[NOOR.dialpad_id or 0].do_not_disturb


async def test_somebody_elses_account_at_dialpad_waits_for_their_word(visitor: Visitor) -> None:
    await visitor.come(NOOR)
    await visitor.type("/dp connect")
    async with visitor.page.context.expect_page() as opened:
        await visitor.answer.get_by_text(re.compile("^Connect")).last.click()
    browser = await opened.value
    await browser.get_by_role("button", name="Yes, continue to Dialpad").click()
    await browser.get_by_text("Somebody else").click()
    await browser.get_by_role("radio", name="Sam Okafor").check()
    await browser.get_by_role("button", name="Allow").click()
    await expect(browser.get_by_role("heading")).to_have_text("Not connected yet")

    await visitor.become(SAM)
    await visitor.open_app()
    asked = visitor.page.locator("#main").get_by_test_id("message").filter(has_text="signed in to the Dialpad account")
    await visitor.press(asked.last, "Yes, that is me")
    await expect(visitor.page.locator("#main")).to_contain_text("now acts in Dialpad as Sam Okafor")


async def test_home_is_drawn_anew_when_the_connection_is_there(visitor: Visitor) -> None:
    await visitor.come(NOOR)
    await visitor.page.get_by_test_id("dm-app").click()
    await visitor.page.get_by_test_id("home-tab").click()
    home = visitor.page.get_by_test_id("home")
    await visitor.press(home, "Connect")
    async with visitor.page.context.expect_page() as opened:
        await visitor.modal.get_by_text(re.compile("^Connect$")).last.click()
    browser = await opened.value
    await browser.get_by_role("button", name="Yes, continue to Dialpad").click()
    await browser.get_by_role("button", name="Allow").click()
    await expect(home).to_contain_text("Noor Haddad at Dialpad")


async def test_saying_no_at_dialpad_ends_on_a_plain_page(visitor: Visitor) -> None:
    await visitor.come(NOOR)
    await visitor.type("/dp connect")
    async with visitor.page.context.expect_page() as opened:
        await visitor.answer.get_by_text(re.compile("^Connect")).last.click()
    browser = await opened.value
    await browser.get_by_role("button", name="Yes, continue to Dialpad").click()
    await browser.get_by_role("button", name="Deny").click()
    await expect(browser.get_by_text("nothing was stored")).to_be_visible()


async def test_an_api_key_is_pasted_and_a_wrong_one_is_told_at_its_field(visitor: Visitor) -> None:
    await visitor.come(NOOR)
    await visitor.type("/dp connect")
    await visitor.answered("Connect")
    await visitor.press(visitor.answer, "Use an API key")
    await visitor.field("connect.with_key.key").fill("wrong")
    await visitor.submit()
    await expect(visitor.page.get_by_test_id("field-error")).to_contain_text("did not accept this API key")
    await visitor.field("connect.with_key.key").fill(NOOR.token)
    await visitor.submit()
    await visitor.answered("You are connected")


# Every verb typed

TYPED = {
    "dnd": (ANA, "/dp dnd on for 30m", "off → on"),
    "dnd in a group": (ANA, "/dp dnd on in Support", "in Support"),
    "duty": (ANA, "/dp duty off Lunch", "off duty (Lunch)"),
    "oncall": (ANA, "/dp oncall Support", "Sam Okafor"),
    "status": (ANA, "/dp status At lunch", "At lunch"),
    "calls": (PRIYA, "/dp calls missed", "Jordan Lee"),
    "who": (ANA, "/dp who 415 555 0150", "Lee Roasters"),
    "blocked": (ANA, "/dp blocked", "(415) 555-0159"),
    "hangup": (ANA, "/dp hangup", "no live call"),
    "whoami": (ANA, "/dp whoami", "You are Ana Ferreira"),
    "help": (ANA, "/dp help", "Notifications"),
    "connect": (ANA, "/dp connect", "You are connected"),
}


@pytest.mark.parametrize(("who", "line", "words"), TYPED.values(), ids=TYPED.keys())
async def test_a_typed_word_is_answered(visitor: Visitor, who: object, line: str, words: str) -> None:
    await visitor.come(who)  # type: ignore[arg-type]  # parametrize knows no types
    await visitor.type(line)
    await visitor.answered(words)


async def test_the_menu_is_one_word_away(visitor: Visitor) -> None:
    await chat_about_the_van(visitor)
    await visitor.come()
    await visitor.type("/dp")
    await visitor.answered("What would you like to do?", "Send a text…")
    await visitor.shoot("menu")


async def test_a_text_is_previewed_letter_for_letter_and_reaches_the_customer(visitor: Visitor) -> None:
    await chat_about_the_van(visitor)
    await visitor.come()
    text = "Hi Jordan, your filters are on the van. They reach you today between 3 and 4."
    await visitor.type(f"/dp sms Jordan Lee {text}")
    await visitor.asked("Send this text?", text, "(415) 555-0111", "77 characters, 1 SMS")
    assert visitor.sent_texts() == []
    await visitor.shoot("sms-preview")
    await visitor.submit()
    await visitor.answered("Your text is on its way to Jordan Lee")
    await expect(visitor.page.get_by_test_id("text-received").last).to_contain_text(text)


@pytest.mark.parametrize(
    ("line", "title", "done"),
    [
        ("/dp call Jordan Lee", "Call now?", "Calling Jordan Lee"),
        ("/dp block +1 415 555 0153", "Block this number?", "Blocked for the whole company"),
        ("/dp unblock +1 415 555 0159", "Unblock this number?", "Unblocked for the whole company"),
        ("/dp disconnect", "Disconnect Dialpad?", "Disconnected."),
    ],
)
async def test_what_matters_is_asked_first(visitor: Visitor, line: str, title: str, done: str) -> None:
    await visitor.come(PRIYA)
    await visitor.type(line)
    await visitor.asked(title)
    await visitor.submit()
    await visitor.answered(done)


async def test_a_mistyped_word_is_one_press_from_the_right_one(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp dmd on")
    await visitor.answered("There is no command “dmd”")
    await visitor.press(visitor.answer, "/dp dnd on")
    await visitor.answered("off → on")


# Every verb by its form


async def test_the_text_form_finds_people_and_previews(visitor: Visitor) -> None:
    await chat_about_the_van(visitor)
    await visitor.come()
    await visitor.type("/dp sms")
    await visitor.asked("Send a text")
    await visitor.pick("sms.sms.to", "jord", "Jordan Lee")
    await visitor.field("sms.sms.text").fill("Your filters are on the van.")
    await visitor.shoot("form")
    await visitor.submit()
    await visitor.asked("Send this text?", "Your filters are on the van.")
    await visitor.submit()
    await visitor.answered("is on its way")
    assert visitor.sent_texts() == ["Your filters are on the van."]


async def test_the_dnd_form_takes_a_time(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp dnd")
    await visitor.answered("Do not disturb is off")
    await visitor.press(visitor.answer, "More…")
    await visitor.pick("dnd.dnd.until", "1 hour", "in 1 h")
    await visitor.submit()
    await visitor.answered("off → on until")


async def test_the_duty_form_takes_a_reason_nobody_offered(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp duty")
    await visitor.answered("on duty")
    await visitor.press(visitor.answer, "More…")
    await visitor.pick("duty.duty.reason", "Dentist", "Dentist")
    await visitor.submit()
    await visitor.answered("off duty (Dentist)")


async def test_the_status_form(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp status")
    await visitor.field("status.status.text").fill("In the warehouse")
    await visitor.submit()
    await visitor.answered("In the warehouse")


@pytest.mark.parametrize(
    ("line", "field", "query", "option", "title"),
    [
        ("/dp call", "call.call.to", "amara", "Amara Osei", "Call now?"),
        ("/dp block", "block.block.numbers", "+14155550153", "(415) 555-0153", "Block this number?"),
        ("/dp unblock", "unblock.unblock.numbers", "+14155550159", "(415) 555-0159", "Unblock this number?"),
    ],
)
async def test_a_form_leads_to_the_question(
    visitor: Visitor, line: str, field: str, query: str, option: str, title: str
) -> None:
    await visitor.come(PRIYA)
    await visitor.type(line)
    await visitor.pick(field, query, option)
    await visitor.submit()
    await visitor.asked(title)


async def test_the_who_form_answers_with_a_card(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp who")
    await visitor.pick("who.who.number", "jord", "Jordan Lee")
    await visitor.submit()
    await visitor.answered("Lee Roasters")


async def test_calls_are_narrowed_in_a_form_and_opened_one_by_one(visitor: Visitor) -> None:
    await visitor.come(PRIYA)
    await visitor.type("/dp calls")
    await visitor.answered("Calls in the last 7 days")
    await visitor.press(visitor.answer, "Search…")
    await visitor.pick("calls.calls.group", "supp", "Support")
    await visitor.submit()
    listing = await visitor.answered("in Support")
    await listing.get_by_role("button", name="Details").first.click()
    await visitor.answered("Call from", "Result")


# What goes wrong


async def test_a_wrong_field_is_told_where_it_is_and_keeps_what_was_written(visitor: Visitor) -> None:
    await chat_about_the_van(visitor)
    await visitor.come(PRIYA)
    await visitor.type("/dp block")
    await visitor.pick("block.block.numbers", "+14155550112", "(415) 555-0112")
    await visitor.submit()
    await expect(visitor.page.get_by_test_id("field-error").first).to_contain_text("cannot be blocked")
    await visitor.asked("Sam Okafor")
    await visitor.shoot("field-error")


async def test_what_dialpad_refuses_is_said_with_who_can_help(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp calls today")
    await visitor.answered("Only company admins", "Priya Nair")


async def test_dialpad_being_down_is_said_in_the_open_form(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp status")
    await visitor.field("status.status.text").fill("At lunch")
    visitor.demo.dialpad.faults.add("/api/", kind="down", times=None)
    await visitor.submit()
    await visitor.asked("Try again in a minute")
    await expect(visitor.field("status.status.text")).to_have_value("At lunch")


async def test_a_double_click_on_send_lets_one_text_leave(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp sms Jordan Lee Hello")
    await visitor.asked("Send this text?")
    await visitor.page.get_by_test_id("modal-submit").dblclick()
    await visitor.answered("is on its way")
    assert visitor.sent_texts() == ["Hello"]


# Home, people, phones, keyboard, themes


async def test_home_shows_how_one_stands_and_changes_it_with_one_press(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.page.get_by_test_id("dm-app").click()
    await visitor.page.get_by_test_id("home-tab").click()
    home = visitor.page.get_by_test_id("home")
    await expect(home).to_contain_text("Ana Ferreira at Dialpad")
    await visitor.press(home, "Do not disturb for 30 min")
    await visitor.asked("off → on until")
    await expect(home).to_contain_text("On until")
    await visitor.page.get_by_test_id("modal-x").click()
    await visitor.shoot("home")
    await visitor.press(home, "Turn off do not disturb")
    await expect(home.get_by_role("button", name="Do not disturb for 30 min")).to_be_visible()


async def test_each_person_sees_their_own_answers(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp whoami")
    await visitor.answered("You are Ana Ferreira")
    await visitor.page.get_by_test_id("person-switch").click()
    await visitor.page.get_by_test_id("person-priya").click()
    await expect(visitor.page.get_by_test_id("ephemeral")).to_have_count(0)
    await visitor.type("/dp whoami")
    await visitor.answered("You are Priya Nair")


async def test_a_call_is_missed_and_called_back_from_slack(visitor: Visitor) -> None:
    await chat_about_the_van(visitor)
    await visitor.come(PRIYA)
    await visitor.page.get_by_test_id("phone-ring").click()
    await expect(visitor.page.get_by_test_id("live-call")).to_contain_text("Jordan Lee")
    await visitor.page.get_by_test_id("call-miss").click()
    await expect(visitor.page.get_by_test_id("live-call")).to_have_count(0)
    await visitor.type("/dp calls today missed")
    listing = await visitor.answered("Missed calls today", "Jordan Lee")
    await listing.get_by_role("button", name="Details").first.click()
    await visitor.answered("Call from Jordan Lee")
    await visitor.press(visitor.answer, "Call back")
    await visitor.asked("Call now?")
    await visitor.submit()
    await visitor.answered("Calling Jordan Lee")


async def test_the_customers_phone_sends_a_text(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.page.get_by_test_id("phone-text").fill("Is it on the van?")
    await visitor.page.get_by_test_id("phone-text-send").click()
    await expect(visitor.page.get_by_test_id("text-sent").last).to_contain_text("Is it on the van?")
    assert visitor.demo.dialpad.state.messages[-1].text == "Is it on the van?"


async def test_time_can_be_let_pass_and_what_was_set_for_a_while_ends(visitor: Visitor) -> None:
    await visitor.come()
    await visitor.type("/dp dnd on for 5m")
    await visitor.answered("off → on until")
    ana = visitor.demo.dialpad.state.users[ANA.dialpad_id or 0]
    assert ana.do_not_disturb
    await visitor.let_time_pass()
    await expect(visitor.page.get_by_test_id("dm-app")).to_contain_text("1")
    await visitor.open_app()
    await expect(visitor.messages.last).to_contain_text("Time's up: do not disturb is off again.")
    assert not ana.do_not_disturb


async def test_a_text_is_sent_with_the_keyboard_alone(visitor: Visitor) -> None:
    await visitor.come()
    keys = visitor.page.keyboard
    await expect(visitor.composer).to_be_focused()
    await keys.type("/dp-sms")
    await keys.press("Escape")
    await keys.press("Enter")
    await visitor.asked("Send a text")
    await expect(visitor.field("sms.sms.to")).to_be_focused()
    await keys.type("amara")
    await expect(visitor.page.get_by_test_id("options").get_by_role("option")).to_have_count(1)
    await keys.press("Enter")
    await keys.press("Escape") if await visitor.page.get_by_test_id("options").is_visible() else None
    await keys.press("Tab")
    while not await visitor.field("sms.sms.text").evaluate("node => node === document.activeElement"):
        await keys.press("Tab")
    await keys.type("On our way")
    await keys.press("Tab")
    while not await visitor.page.get_by_test_id("modal-submit").evaluate("node => node === document.activeElement"):
        await keys.press("Tab")
    await keys.press("Enter")
    await visitor.asked("Send this text?", "Amara Osei", "On our way")
    await expect(visitor.page.get_by_test_id("modal-submit")).to_be_focused()
    await keys.press("Enter")
    await visitor.answered("is on its way to Amara Osei")
    assert visitor.sent_texts() == ["On our way"]
    await expect(visitor.composer).to_be_focused()


async def test_the_page_follows_a_dark_system(visitor: Visitor) -> None:
    await chat_about_the_van(visitor)
    await visitor.page.emulate_media(color_scheme="dark")
    await visitor.come()
    await expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    await visitor.type("/dp oncall Support")
    await visitor.answered("on duty", "Sam Okafor")
    await visitor.shoot("dark")
    await visitor.page.get_by_test_id("theme-switch").click()
    await expect(visitor.page.locator("html")).to_have_attribute("data-theme", "light")
