"""Everywhere a person can be: mention, thread, the app's DM, shortcuts, messages, Home."""

import pytest

from bot.sandbox.cast import NOOR
from tests.flows.browser import Browser
from tests.flows.hands import Hands, find_button, labels, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_mention_in_a_channel_is_answered_to_the_asker_only(ana: Hands, sam: Hands) -> None:
    answer = await ana.mention("oncall Support")
    assert "Support: " in said(answer)
    assert "on duty" in said(answer)
    assert sam.person.ephemerals("#support") == []


async def test_a_mention_alone_is_the_menu(ana: Hands) -> None:
    assert "Send a text…" in labels(await ana.mention(""))


async def test_a_mention_in_a_thread_is_answered_in_the_thread(ana: Hands) -> None:
    parent = await ana.person.say("#support", "Jordan asks where the box is")
    preview = await ana.mention("sms Jordan Lee It is on its way", parent["ts"])
    assert preview["thread_ts"] == parent["ts"]
    assert labels(preview) == ["Send", "Edit", "Send later…", "Cancel"]
    await ana.press(preview, "Send")
    assert [one.body["text"] for one in ana.sent("POST", "/sms")] == ["It is on its way"]


async def test_a_confirmation_in_a_channel_turns_into_what_happened(ana: Hands) -> None:
    preview = await ana.mention("sms Jordan Lee Hello")
    after = await ana.press(preview, "Send")
    assert after["ts"] == preview["ts"]
    assert "is on its way" in said(after)
    assert "Sent by <@U0ANA0001>" in said(after)
    assert "Cancel" not in labels(after)


async def test_cancel_takes_the_question_away_and_nothing_leaves(ana: Hands) -> None:
    after = await ana.press(await ana.mention("sms Jordan Lee Hello"), "Cancel")
    assert "Nothing was done" in said(after)
    assert ana.sent("POST", "/sms") == []


async def test_the_apps_dm_takes_the_same_words(ana: Hands) -> None:
    answer = await ana.say_to_app("dnd on")
    assert "off → on" in said(answer)
    assert ana.account.do_not_disturb


async def test_a_form_that_a_dm_cannot_open_is_offered_as_a_button(ana: Hands) -> None:
    answer = await ana.say_to_app("sms")
    assert labels(answer) == ["Open the form"]
    await ana.press(answer, "Open the form")
    assert (await ana.modal())["callback_id"] == "sms.sms"


async def test_what_the_app_says_itself_is_no_command(ana: Hands) -> None:
    await ana.say_to_app("help")
    await ana.demo.bot.dispatcher.idle()
    assert len(ana.from_app) == 1


async def test_a_message_with_a_number_opens_the_text_form_with_it(ana: Hands) -> None:
    message = await ana.person.say("#support", "Please call (415) 555-0150 back")
    await ana.person.message_shortcut("shortcuts.text_number", "#support", message["ts"])
    assert "Jordan Lee" in said(await ana.modal())


async def test_a_message_with_two_numbers_asks_which(ana: Hands) -> None:
    message = await ana.person.say("#support", "Call +14155550150 or +14155550151")
    await ana.person.message_shortcut("shortcuts.call_number", "#support", message["ts"])
    await ana.demo.bot.dispatcher.idle()
    asked = ana.person.modal or ana.person.ephemerals("#support")[-1]
    assert labels(asked)[:2] == ["Call", "Call"]


async def test_a_message_with_a_known_number_is_looked_up_at_once(ana: Hands) -> None:
    message = await ana.person.say("#support", "Who is 415-555-0151?")
    await ana.person.message_shortcut("shortcuts.look_up", "#support", message["ts"])
    await ana.demo.bot.dispatcher.idle()
    assert "Osei & Daughters" in said(ana.person.modal or ana.person.ephemerals("#support")[-1]).replace("&amp;", "&")


async def test_blocking_from_a_message_asks_first(priya: Hands) -> None:
    message = await priya.person.say("#support", "Spam again from +14155550153")
    await priya.person.message_shortcut("shortcuts.block_number", "#support", message["ts"])
    await priya.modal()
    await priya.submit()
    assert "+14155550153" not in priya.demo.dialpad.state.blocked
    await priya.submit()
    assert "+14155550153" in priya.demo.dialpad.state.blocked


async def test_a_message_without_a_number_says_so(ana: Hands) -> None:
    message = await ana.person.say("#support", "Good morning")
    await ana.person.message_shortcut("shortcuts.text_number", "#support", message["ts"])
    await ana.demo.bot.dispatcher.idle()
    assert "no phone number" in said(ana.person.modal or ana.person.ephemerals("#support")[-1])


@pytest.mark.parametrize(
    ("shortcut", "form"), [("shortcuts.send_a_text", "sms.sms"), ("shortcuts.set_my_duty", "duty.duty")]
)
async def test_a_global_shortcut_opens_its_form(ana: Hands, shortcut: str, form: str) -> None:
    await ana.person.shortcut(shortcut)
    assert (await ana.modal())["callback_id"] == form


async def test_a_text_sent_from_a_global_shortcut_says_where_it_went(ana: Hands) -> None:
    await ana.person.shortcut("shortcuts.send_a_text")
    await ana.modal()
    await ana.submit({"to": [await ana.pick("to", "jord")], "text": "Hello"})
    await ana.submit()
    assert len(ana.sent("POST", "/sms")) == 1
    assert "is on its way" in said(await ana.modal())


async def test_home_shows_how_one_stands_and_a_press_changes_it(ana: Hands) -> None:
    home = await ana.home()
    assert "Ana Ferreira" in said(home)
    await ana.press(home, "… for 30 min")
    assert ana.account.do_not_disturb
    assert "Keep as is" in labels(ana.person.home or {})
    await ana.press(ana.person.home or {}, "Turn off do not disturb")
    assert not ana.account.do_not_disturb
    assert "Keep as is" not in labels(ana.person.home or {})


async def test_home_changes_duty_with_one_press(ana: Hands) -> None:
    await ana.press(await ana.home(), "Go off duty")
    assert "Go on duty" in labels(ana.person.home or {})


async def test_home_says_once_when_something_ends(ana: Hands) -> None:
    await ana.press(await ana.home(), "… for 30 min")
    assert said(ana.person.home or {}).count("until <!date") == 1


async def test_home_shows_what_a_form_opened_from_it_has_changed(ana: Hands) -> None:
    await ana.press(await ana.home(), "Status…")
    await ana.modal()
    await ana.submit({"text": "In the warehouse"})
    assert "In the warehouse" in said(ana.person.home or {})


async def test_home_shows_what_was_changed_elsewhere_while_it_was_open(ana: Hands) -> None:
    await ana.home()
    await ana.type("/dp dnd on")
    assert "Turn off do not disturb" in labels(ana.person.home or {})


async def test_home_is_not_drawn_for_who_never_looked(ana: Hands) -> None:
    await ana.type("/dp dnd on")
    assert ana.person.home is None


async def test_home_shows_when_the_time_is_over_that_nothing_is_due(ana: Hands) -> None:
    await ana.press(await ana.home(), "… for 30 min")
    await ana.let_time_pass()
    await ana.person.until(lambda: "… for 30 min" in labels(ana.person.home or {}))
    assert "Keep as is" not in labels(ana.person.home or {})


async def test_home_follows_an_api_key_and_the_end_of_the_connection(noor: Hands) -> None:
    await noor.press(await noor.home(), "Connect")
    await noor.press(await noor.modal(), "Use an API key")
    await noor.submit({"key": NOOR.token})
    assert "Noor Haddad at Dialpad" in said(noor.person.home or {})
    await noor.type("/dp disconnect")
    await noor.submit()
    assert labels(noor.person.home or {}) == ["Connect", "Help"]


async def test_home_follows_a_connection_made_in_the_browser(noor: Hands, browser: Browser) -> None:
    await noor.press(await noor.home(), "Connect")
    await browser.connect(find_button(await noor.modal(), "Connect")[0]["url"])
    await noor.settled()
    assert "Noor Haddad at Dialpad" in said(noor.person.home or {})


@pytest.mark.parametrize("label", ["Status…", "Send a text…", "Call…"])
async def test_home_opens_forms(ana: Hands, label: str) -> None:
    await ana.press(await ana.home(), label)
    assert (await ana.modal())["submit"]


async def test_home_of_somebody_not_connected_leads_to_connecting(noor: Hands) -> None:
    home = await noor.home()
    await noor.press(home, "Connect")
    assert "Connect" in labels(await noor.modal())


async def test_home_while_dialpad_is_down_says_so_and_can_be_refreshed(ana: Hands) -> None:
    fault = ana.demo.dialpad.faults.add("*", kind="down", times=None)
    home = await ana.home()
    assert "is not responding" in said(home)
    ana.demo.dialpad.faults.clear()
    await ana.press(home, "Refresh")
    assert "Ana Ferreira" in said(ana.person.home or {})
    assert fault.hits


async def test_a_channel_without_the_app_is_answered_all_the_same(ana: Hands) -> None:
    outside = next(
        one for one in ana.demo.slack.workspace.channels.values()
        if one.kind == "channel" and ana.demo.slack.workspace.app["user_id"] not in one.members
    )  # fmt: skip
    await ana.person.command(outside.id, "/dp dnd on")
    await ana.demo.bot.dispatcher.idle()
    assert "off → on" in said(ana.person.ephemerals(outside.id)[-1])
