"""What happens on the phones, seen and worked from at the page: everything by what a person clicks and types there."""

import re

import pytest
from playwright.async_api import Locator, expect

from bot.activity.news import DIGESTS, NewsKind
from bot.activity.subscriptions.subscription import LOOKED_AT
from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SALES, SAM, SUPPORT
from tests.browser.visitor import Visitor, labelled
from tests.flows.stage import until_heard

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

JORDAN, AMARA, TOMAS = CUSTOMERS[:3]
BY_THE_CLOCK = {NewsKind.HANDOVER, *DIGESTS}
"""What is told when it is time to look, not when something happens."""


async def subscribe(visitor: Visitor, rule: str) -> None:
    """Priya, who sees all lines, sets it up in #support; then Ana is at the page."""
    await visitor.come(PRIYA)
    await visitor.subscribe(rule)
    await visitor.answered("Saved")
    await visitor.become(ANA)


async def card(visitor: Visitor, *words: str) -> Locator:
    """The newest message of the channel that says all of this."""
    found = visitor.messages
    for word in words:
        found = found.filter(has_text=word)
    await expect(found.last).to_be_visible()
    return found.last


# Calls


async def test_a_call_rings_is_missed_claimed_called_back_and_handled(visitor: Visitor) -> None:
    await subscribe(visitor, 'ringing missed for "Support"')
    live = await visitor.ring(JORDAN, SUPPORT)
    await card(visitor, "Ringing", "Jordan Lee", "Contact at Lee Roasters")
    await visitor.shoot("phone")
    await visitor.press(live, "Miss")
    missed = await card(visitor, "Missed call", "Jordan Lee")
    await expect(visitor.messages).to_have_count(1)

    await visitor.press(missed, "Claim")
    await visitor.answered("It is yours")
    claimed = await card(visitor, "Claimed by @Ana", "Jordan Lee")
    await expect(claimed.get_by_role("button", name=labelled("Claim"))).to_have_count(0)

    await visitor.press(claimed, "Call back")
    await visitor.asked("Call now?", "Jordan Lee", "(415) 555-0150")
    await visitor.submit()
    await visitor.answered("Calling Jordan Lee")
    await card(visitor, "Claimed by @Ana", "being called by @Ana")
    live = visitor.live("Jordan Lee")
    await expect(live).to_contain_text("Calling the customer")
    await visitor.press(live, "Pick up")
    await expect(live).to_contain_text("Talking with Ana")
    await card(visitor, "Called back by @Ana")
    await visitor.press(live, "Hang up")

    await visitor.become(SAM)
    settled = await card(visitor, "Called back by @Ana", "talked", "Jordan Lee")
    await expect(settled.get_by_role("button", name=labelled("Done"))).to_have_count(0)
    await visitor.choose(settled, "Reopen")
    await visitor.answered("Open again")
    await visitor.press(await card(visitor, "Missed call", "reopened by @Sam"), "Claim")
    await visitor.answered("It is yours")
    await visitor.press(await card(visitor, "Claimed by @Sam"), "Done")
    await visitor.answered("Done.")
    await visitor.become(ANA)
    await card(visitor, "Done by @Sam", "Jordan Lee")


async def test_what_a_supervisor_was_asked_shows_who_took_the_call(visitor: Visitor) -> None:
    await subscribe(visitor, 'missed for "Support" escalate 5 supervisor @sam')
    await visitor.press(await visitor.ring(JORDAN, SUPPORT), "Miss")
    missed = await card(visitor, "Missed call", "Jordan Lee")
    await visitor.let_time_pass()
    await expect(missed.get_by_test_id("thread-bar")).to_contain_text("1 reply")
    await visitor.let_time_pass()
    await visitor.become(SAM)
    await visitor.open_app()
    asked = await card(visitor, "Nobody has claimed this call")

    await visitor.become(ANA)
    await visitor.go("support")
    await visitor.press(missed, "Claim")
    await visitor.answered("It is yours")

    await visitor.become(SAM)
    await visitor.open_app()
    await expect(asked).to_contain_text("Claimed by @Ana")
    await expect(asked.get_by_role("button", name=labelled("Claim"))).to_have_count(0)
    await visitor.press(asked, "Show the call")
    await visitor.answered("Claimed by @Ana", "Jordan Lee")


async def test_several_calls_at_once_each_have_their_own_card(visitor: Visitor) -> None:
    await subscribe(visitor, "ringing missed")
    for who, line in ((JORDAN, SUPPORT), (AMARA, SALES), (TOMAS, SUPPORT)):
        await visitor.ring(who, line)
    await card(visitor, "Ringing", "Jordan Lee")
    await card(visitor, "Ringing", "Amara Osei")
    await card(visitor, "Ringing", "Tomás Herrera")

    await visitor.press(visitor.live("Amara Osei"), "Answer as Léo")
    await card(visitor, "Amara Osei", "Talking to Léo Marchetti")
    await visitor.press(visitor.live("Tomás Herrera"), "Miss")
    await card(visitor, "Missed call", "Tomás Herrera")
    await card(visitor, "Ringing", "Jordan Lee")
    await expect(visitor.messages).to_have_count(3)


async def test_a_burst_of_calls_becomes_one_message_and_none_is_lost(visitor: Visitor) -> None:
    await subscribe(visitor, 'ringing missed for "Support"')
    slow = visitor.demo.slack.faults.add("chat.postMessage", slow=True)
    visitor.demo.dialpad.delivery.hold()
    for _ in range(8):
        await visitor.page.get_by_test_id("phone-ring").click()
    await expect(visitor.live("Jordan Lee")).to_have_count(8)
    visitor.demo.dialpad.delivery.release()
    await slow.entered.wait()
    await until_heard(visitor.demo)
    slow.release.set()
    bundle = await card(visitor, "notifications at once")
    rows = visitor.messages.get_by_role("button", name=re.compile("^(Open: |More options$)"))
    await expect(rows).to_have_count(8)

    await bundle.get_by_role("button", name="Open").first.click()
    await visitor.answered("Ringing", "Jordan Lee")


# Nobody claims it


async def test_an_unclaimed_voicemail_escalates_from_the_agents_to_the_supervisor(visitor: Visitor) -> None:
    await subscribe(visitor, 'voicemail for "Support" escalate 5 group @support-oncall supervisor @sam')
    await visitor.leave_voicemail(JORDAN, SUPPORT, "Please call me back about the roaster.")
    head = await card(visitor, "Voicemail", "Jordan Lee", "Please call me back about the roaster.")
    await visitor.let_time_pass()
    await expect(head.get_by_test_id("thread-bar")).to_contain_text("1 reply")
    await head.get_by_test_id("thread-bar").click()
    await expect(visitor.thread_messages.last).to_contain_text("Nobody has claimed this call for 5 min.")
    for agent in ("@Ana", "@Sam"):
        await expect(visitor.thread_messages.last).to_contain_text(agent)

    await visitor.let_time_pass()
    await expect(visitor.thread_messages.last).to_contain_text("for 10 min.")
    await expect(visitor.thread_messages.last).to_contain_text("@support-oncall")
    await visitor.shoot("escalation")

    await visitor.let_time_pass()
    await visitor.become(SAM)
    await visitor.open_app()
    asked = await card(visitor, "Nobody has claimed this call for 15 min on Support. Jordan Lee left a voicemail.")
    await visitor.press(asked, "Claim")
    await visitor.answered("It is yours")
    await visitor.go("support")
    await card(visitor, "Claimed by @Sam", "Jordan Lee")


# Texts


async def test_a_text_is_answered_from_its_thread_by_a_mention(visitor: Visitor) -> None:
    await subscribe(visitor, 'sms for "Support"')
    await visitor.text(JORDAN, SUPPORT, "Is my order *ready*?")
    head = await card(visitor, "New text", "Jordan Lee")
    await head.get_by_test_id("thread-bar").click()
    await expect(visitor.thread_messages.last).to_contain_text("Is my order *ready*?")

    await visitor.type_in_thread("I think it is")
    await expect(visitor.thread_messages.last).to_contain_text("I think it is")
    answer = "Yes: come by & get it, *today*!"
    await visitor.type_in_thread(f"@Dialpad {answer}")
    preview = visitor.thread.get_by_test_id("ephemeral").last
    await expect(preview).to_contain_text("Send this text?")
    await expect(preview).to_contain_text(answer)
    assert visitor.sent_texts() == []
    await visitor.press(preview, "Send")

    received = visitor.page.get_by_test_id("text-received").last
    await expect(received).to_contain_text(answer)
    await expect(visitor.thread_messages.filter(has_text="(delivered)")).to_contain_text(answer)
    assert visitor.sent_texts() == [answer]


async def test_reply_opens_the_form_and_says_how_many_texts_it_will_be(visitor: Visitor) -> None:
    await subscribe(visitor, 'sms for "Support"')
    await visitor.text(AMARA, SUPPORT, "When do you close?")
    await visitor.press(await card(visitor, "New text", "Amara Osei"), "Reply")
    await visitor.asked("Send a text", "Amara Osei")
    await visitor.field("sms.sms.text").fill("We close at six. " * 12)
    await visitor.submit()
    await visitor.asked("Send this text?", "(415) 555-0101", "204 characters, 2 SMS")
    await visitor.submit()
    await visitor.play(AMARA)
    await expect(visitor.page.get_by_test_id("text-received").last).to_contain_text("We close at six.")
    await card(visitor, "Texted by @Ana", "Amara Osei")


async def test_stop_is_shown_and_nothing_can_be_sent_any_more(visitor: Visitor) -> None:
    await subscribe(visitor, 'sms for "Support"')
    await visitor.text(JORDAN, SUPPORT, "Hello?")
    await card(visitor, "New text", "Jordan Lee")
    await visitor.text(JORDAN, SUPPORT, "STOP")
    stopped = await card(visitor, "Jordan Lee", "Opted out of texts (STOP)")
    await expect(stopped.get_by_role("button", name=labelled("Reply"))).to_have_count(0)
    await expect(visitor.page.get_by_test_id("phone-note")).to_contain_text("wrote STOP")


# Subscriptions


async def test_the_form_is_filled_in_and_saved_by_mouse(visitor: Visitor) -> None:
    await visitor.come(PRIYA)
    await visitor.type("/dp notify")
    await visitor.answered("What is posted in this channel", "Nothing yet")
    await visitor.press(visitor.answer, "Add")
    await visitor.asked("Notifications", "Missed")
    await visitor.pick("notify.save.places", "supp", "Support")
    await visitor.field("notify.save.but").fill("label:spam")
    await visitor.submit()
    await visitor.asked("missed calls, voicemails and texts for Support, except label spam", "in #support")
    await visitor.submit()
    await visitor.answered("missed calls, voicemails and texts for Support, except label spam")
    await visitor.press(await visitor.ring(JORDAN, SUPPORT), "Miss")
    await card(visitor, "Missed call", "Jordan Lee")


async def test_the_gear_opens_its_own_subscription_and_pauses_it(visitor: Visitor) -> None:
    await subscribe(visitor, 'missed for "Support"')
    await visitor.become(PRIYA)
    await visitor.go("phones")
    await visitor.subscribe("missed")
    await visitor.answered("missed calls on every line")
    await visitor.become(ANA)
    await visitor.go("support")
    await visitor.press(await visitor.ring(JORDAN, SUPPORT), "Miss")
    await visitor.choose(await card(visitor, "Missed call", "Jordan Lee"), "More…")
    await visitor.answered("Call with Jordan Lee")
    await visitor.press(visitor.answer, "Notification settings")
    await visitor.answered("missed calls for Support", "Set up by", "@Priya")
    await visitor.press(visitor.answer, "Pause")
    await visitor.answered("paused", "Resume")

    await visitor.press(await visitor.ring(AMARA, SUPPORT), "Miss")
    await visitor.go("phones")
    await card(visitor, "Missed call", "Amara Osei")
    await visitor.go("support")
    await card(visitor, "Missed call", "Jordan Lee")
    await expect(visitor.messages).to_have_count(1)
    await visitor.press(visitor.answer, "Resume")
    await visitor.answered("Resumed: notifications are posted again")


async def test_my_own_calls_come_as_direct_messages(visitor: Visitor) -> None:
    await visitor.come(ANA)
    await visitor.type("/dp notify me")
    await visitor.answered("What is on arrives as direct messages from me")
    await visitor.press(await visitor.ring(JORDAN, ANA), "Miss")
    await expect(visitor.page.get_by_test_id("dm-app")).to_contain_text("1")
    await visitor.open_app()
    await visitor.press(await card(visitor, "Missed call", "Jordan Lee"), "Claim")
    await visitor.answered("It is yours")


# Everything the panel can play


async def test_every_kind_of_news_can_be_played_at_the_panel(visitor: Visitor) -> None:
    await visitor.come(PRIYA)
    await visitor.subscribe(" ".join(kind for kind in NewsKind if kind not in {*BY_THE_CLOCK, *LOOKED_AT}))
    await visitor.answered("Notifies about", "changed settings")
    page = visitor.page
    live = await visitor.ring(JORDAN, SUPPORT)
    await visitor.press(live, "Answer as Sam")
    await card(visitor, "Talking to Sam Okafor")
    await visitor.press(live, "Hold")
    await expect(live).to_contain_text("On hold with Sam")
    await visitor.press(live, "Resume")
    await live.get_by_test_id("call-transfer").select_option(label="Ana Ferreira")
    await visitor.press(live, "Answer as Ana")
    await visitor.press(live, "Hang up")
    await card(visitor, "Jordan Lee", "Answered by", "recording ready")

    for agent in ("Ana", "Sam"):
        await page.get_by_role("button", name=f"Send {agent} off duty").click()
    await card(visitor, "Ana Ferreira went off duty: Break.")
    await page.get_by_test_id("fold-more").locator("summary").click()
    await page.get_by_test_id("phone-ring-all").click()
    await card(visitor, "Support: 4 callers are waiting.")
    for who in (AMARA, TOMAS):
        await visitor.press(visitor.live(who.name), "Give up")
    await card(visitor, "Hung up before it rang", "Amara Osei")

    await page.get_by_test_id("phone-setting").click()
    await card(visitor, "Priya Nair changed a setting: Ring time of Support changed from 30 to 15 seconds.")
    await page.get_by_test_id("contact-company").fill("Lee & Sons")
    await page.get_by_test_id("contact-save").click()
    await card(visitor, "Contact Jordan Lee", "was updated")

    await page.get_by_test_id("phone-texts-fail").check()
    await visitor.type("/dp sms Jordan Lee Are you there?")
    await visitor.asked("Send this text?")
    await visitor.submit()
    await (await card(visitor, "💬 Texts", "Jordan Lee")).get_by_test_id("thread-bar").click()
    await expect(visitor.thread_messages.last).to_contain_text("not delivered: no carrier reaches the number")
