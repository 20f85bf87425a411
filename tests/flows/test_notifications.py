"""What happens on the phones reaches the channel, and the team works from it. Everything real but the two services."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from bot.activity.news import NewsKind
from bot.activity.registers import fragment
from bot.app import Bot
from bot.sandbox.cast import ANA, LEO, MEI, NOOR, PRIYA, SALES, SAM, SUPPORT
from bot.sandbox.demo import Demo, connect
from bot.slack.api import pace
from bot.store.postings import ask_at
from tests.flows.channel import JORDAN, NORTHLIGHT, board, in_thread, make_due, miss_a_call, shown
from tests.flows.hands import Hands, find_button, labels, said
from tests.flows.stage import ChangeWait, OneDemo

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def test_a_missed_call_is_claimed_called_back_and_handled(priya: Hands, ana: Hands, sam: Hands) -> None:
    saved = await priya.subscribe('ringing missed voicemail for "Support" except label:spam')
    assert "incoming calls, missed calls and voicemails for Support, except label spam" in said(saved)

    call = priya.demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    ringing = await shown(ana, "Ringing", "Jordan Lee", "Contact at Lee Roasters")
    priya.demo.dialpad.phone.hang_up(call.id)
    missed = await shown(ana, "Missed call", "Jordan Lee")
    assert missed["ts"] == ringing["ts"]
    assert len(board(ana)) == 1

    await asyncio.gather(ana.press(missed, "Claim"), sam.press(missed, "Claim"))
    heard = {hands.who: said(hands.person.ephemerals("#support")[-1]) for hands in (ana, sam)}
    (winner,) = [who for who, words in heard.items() if "It is yours" in words]
    (loser,) = [who for who, words in heard.items() if "Somebody was faster" in words]
    ana, sam = (ana, sam) if winner is ANA else (sam, ana)
    assert loser is sam.who
    claimed = await shown(sam, "Claimed by", f"<@{winner.slack_id}>")
    assert "Claim" not in labels(claimed)

    preview = await ana.press(claimed, "Call back")
    modal = ana.person.modal or preview
    assert "Jordan Lee" in said(modal)
    await ana.submit()
    assert [one.external_number for one in ana.demo.dialpad.phone.live] == [JORDAN.phone]

    assert "Given back" in said(await ana.press(await shown(ana, "Claimed by"), "Give back"))
    assert "It is yours" in said(await sam.press(await shown(sam, "Missed call", "being called by"), "Claim"))
    assert "given back by" not in said(await shown(ana, "Claimed by", f"<@{sam.who.slack_id}>"))
    assert "Done." in said(await sam.press(await shown(sam, "Claimed by"), "Done"))
    winner = sam.who
    done = await shown(sam, "Done by", f"<@{winner.slack_id}>")
    assert labels(done) == ["Reopen", "Call back", "Text", "More…"]


async def test_an_answered_call_is_told_about_in_one_card(priya: Hands, ana: Hands) -> None:
    await priya.subscribe('ringing for "Support"')
    phone = priya.demo.dialpad.phone
    call = phone.ring(JORDAN.phone, SUPPORT.phone)
    await shown(ana, "Ringing")
    phone.answer(call.id, ANA)
    await shown(ana, "Talking to Ana Ferreira")
    phone.hang_up(call.id)
    await shown(ana, "Answered by Ana Ferreira")
    assert len(board(ana)) == 1


async def test_what_was_not_asked_for_is_not_posted(priya: Hands, ana: Hands) -> None:
    await priya.subscribe('missed for "Support" except +14155550153')
    phone = priya.demo.dialpad.phone
    for caller, line in ((JORDAN.phone, SALES.phone), ("+14155550153", SUPPORT.phone)):
        phone.hang_up(phone.ring(caller, line).id)
    answered = phone.ring(JORDAN.phone, SUPPORT.phone)
    phone.answer(answered.id, SAM)
    phone.hang_up(answered.id)
    miss_a_call(priya.demo)

    await shown(ana, "Missed call")
    assert len(board(ana)) == 1


async def test_the_gear_opens_the_subscription_and_changes_it(priya: Hands, ana: Hands) -> None:
    await priya.subscribe('missed for "Support"')
    miss_a_call(priya.demo)
    card = await shown(ana, "Missed call")

    opened = await ana.press(await ana.press(card, "More…"), "Notification settings")
    assert "missed calls for Support" in said(opened)
    assert "paused" in said(await ana.press(opened, "Pause"))
    miss_a_call(priya.demo)
    await priya.demo.bot.poster.settle()
    assert len(board(ana)) == 1


async def test_who_does_not_belong_to_the_line_takes_no_call(priya: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Sales"')
    phone = demo.dialpad.phone
    phone.hang_up(phone.ring(JORDAN.phone, SALES.phone).id)
    sam = Hands(demo, SAM)
    card = await shown(sam, "Missed call")

    assert "You do not belong to Sales" in said(await sam.press(card, "Claim"))


async def test_who_is_not_connected_is_asked_to_connect(priya: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support"')
    miss_a_call(demo)
    noor = Hands(demo, NOOR)
    card = await shown(noor, "Missed call")

    assert "Connect your Dialpad account" in said(await noor.press(card, "Claim"))


async def test_a_voicemail_that_nobody_claims_escalates(priya: Hands, ana: Hands, demo: Demo) -> None:
    group = "S0ONCALL1"
    typed = f'voicemail for "Support" escalate 5 group <!subteam^{group}|@oncall> supervisor @sam'
    assert "then the user group" in said(await priya.subscribe(typed))
    phone = demo.dialpad.phone
    call = phone.ring(JORDAN.phone, SUPPORT.phone)
    phone.leave_voicemail(call.id, "Please call me back about the roaster.")
    card = await shown(ana, "Voicemail", "Jordan Lee", "Please call me back about the roaster.")

    await make_due(demo, card)
    first = await shown(ana, "Nobody has claimed this call for 5 min.", f"<@{ANA.slack_id}>")
    assert first["thread_ts"] == card["ts"]
    await make_due(demo, card)
    await shown(ana, f"<!subteam^{group}>", "for 10 min")
    await make_due(demo, card)
    sam = Hands(demo, SAM)
    told = await sam.told()
    assert "Nobody has claimed this call for 15 min on Support." in said(told)

    assert "It is yours" in said(await sam_claims(sam, told))
    await shown(ana, "Jordan Lee", "Claimed by", f"<@{SAM.slack_id}>")


async def sam_claims(sam: Hands, told: dict[str, Any]) -> dict[str, Any]:
    button, block_id = find_button(told, "Claim")
    before = len(sam.from_app)
    await sam.person.press(told, button["action_id"], button.get("value"), block_id=block_id)
    await sam.person.until(lambda: len(sam.from_app) > before or sam.person.ephemerals())
    await sam.demo.bot.dispatcher.idle()
    return sam.person.ephemerals()[-1] if sam.person.ephemerals() else sam.from_app[-1]


async def test_a_claim_that_leads_nowhere_is_reminded_and_then_free_again(
    priya: Hands, ana: Hands, sam: Hands, demo: Demo
) -> None:
    await priya.subscribe('missed for "Support" escalate 5')
    miss_a_call(demo)
    card = await shown(ana, "Missed call")
    await ana.press(card, "Claim")
    await shown(ana, "Claimed by")

    demo.clock.forward(timedelta(hours=2))
    await shown(ana, "Claimed 2 hours ago and still open", f"<@{ANA.slack_id}>")
    await make_due(demo, card)
    await shown(ana, "Not done in time, so it is open again.")
    await demo.bot.poster.settle()
    assert "It is yours" in said(await sam.press(await shown(ana, "Missed call"), "Claim"))


async def test_a_restart_in_the_middle_of_an_escalation_changes_nothing(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support" escalate 5')
    miss_a_call(demo)
    card = await shown(ana, "Missed call")
    await demo.bot.poster.settle()
    found = await demo.bot.store.cards.at(NORTHLIGHT, "C0SUPPORT", card["ts"])
    assert found is not None
    (posting,) = await demo.bot.store.postings.of_card(NORTHLIGHT, found.id)
    due = demo.bot.store.now() - timedelta(seconds=1)
    await demo.bot.poster.aclose()
    since = posting.episode or posting.created_at
    due_at = partial(ask_at, step=posting.step, episode=since)
    await demo.bot.store.database.write(lambda connection: due_at(connection, NORTHLIGHT, posting.id, due))
    await demo.bot.aclose()

    again = await Bot.start(demo.bot.settings)
    try:
        await shown(ana, "Nobody has claimed this call")
        await again.poster.settle()
        assert len([one for one in board(ana) if "Nobody has claimed" in said(one)]) == 1
        assert len([one for one in board(ana) if "Missed call" in said(one)]) == 1
    finally:
        await again.aclose()


async def test_a_text_is_answered_from_its_thread(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('sms for "Support"')
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Is my order *ready*?")
    head = await shown(ana, "New text", "Jordan Lee")
    text = await in_thread(ana, "Is my order *ready*?")
    assert text["thread_ts"] == head["ts"]

    await demo.bot.poster.settle()
    await ana.person.say("#support", "I think it is", head["ts"])
    preview = await ana.mention("Yes, come by & get it", head["ts"])
    assert labels(preview) == ["Send", "Edit", "Send later…", "Cancel"]
    assert "Yes, come by & get it" in said(preview)
    await ana.press(preview, "Send")
    assert [(one.body["text"], one.body["from_number"]) for one in ana.sent("POST", "/sms")] == [
        ("Yes, come by & get it", SUPPORT.phone)
    ]
    await shown(ana, "come by", "get it", "(delivered)")

    await demo.bot.poster.settle()
    await ana.press(await shown(ana, "Texted by", "Jordan Lee"), "Reply")
    form = await ana.modal()
    assert form["callback_id"] == "sms.sms"
    await ana.submit({"text": "We close at six"})
    await ana.submit()
    await shown(ana, "We close at six", "(delivered)")
    assert len([one for one in board(ana) if "thread_ts" not in one or one["thread_ts"] == one["ts"]]) == 1


async def test_stop_is_shown_and_respected(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('sms for "Support"')
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "sTOp")
    head = await shown(ana, "They opted out of texts (STOP)")
    assert "Reply" not in labels(head)
    await demo.bot.poster.settle()

    refused = await ana.mention("Are you sure?", head["ts"])
    assert "(STOP)" in said(refused)
    assert ana.sent("POST", "/sms") == []


async def test_many_calls_at_once_are_one_message_and_none_is_lost(
    priya: Hands, ana: Hands, demo: Demo, waits: ChangeWait
) -> None:
    await waits(pace, "POST_EVERY_S", 1.0)  # a message a second, as it is: what comes meanwhile is told together
    await priya.subscribe('missed for "Support"')
    for number in range(12):
        demo.dialpad.phone.hang_up(demo.dialpad.phone.ring(f"+14155550{180 + number}", SUPPORT.phone).id)

    def counted() -> bool:
        rows = sum(len([one for one in labels(message) if one in {"Open", "Claim"}]) for message in board(ana))
        return rows == 12

    await ana.person.until(counted)
    assert len(board(ana)) <= 8
    many = next(one for one in board(ana) if "notifications at once" in said(one))
    opened = await ana.press(many, "Open")
    assert "Claim" in labels(opened)


async def test_my_own_notifications_come_as_direct_messages(ana: Hands, priya: Hands, demo: Demo) -> None:
    assert "be notified from now on" in said(await ana.type("/dp notify me"))
    assert ANA.phone is not None
    demo.dialpad.phone.hang_up(demo.dialpad.phone.ring(JORDAN.phone, ANA.phone).id)

    told = await ana.told()
    assert "Missed call · Jordan Lee" in said(told)
    assert "Claim" in labels(told)


async def test_my_own_notifications_are_spoken_of_as_mine(ana: Hands) -> None:
    switches = await ana.type("/dp notify me")
    off = said(await ana.press(switches, "Turn off"))
    assert "My missed calls: *off*. " in off
    assert "What is on arrives as direct messages from me." in off
    assert "until you resume it" in said(await ana.press(switches, "Pause"))
    tested = said(await ana.press(switches, "Test"))
    assert "to you, in a direct message." in tested
    assert "/invite" not in tested


async def test_my_quiet_hours_are_for_all_that_i_get(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp notify me")
    await ana.type("/dp notify me only quiet:22-7")
    assert "Save the change?" in said(await ana.modal())
    await ana.submit()
    await ana.subscribe("me failed-sms")
    (own,) = await demo.bot.store.subscriptions.owned(ana.key)
    assert own.quiet is not None
    assert {NewsKind.RECAP, NewsKind.SMS, NewsKind.FAILED_SMS} <= own.kinds
    assert said(await ana.type("/dp notify me")).count("10:00 PM to 7:00 AM") == 1


async def test_a_channel_i_am_not_in_is_told_to_the_owner_once(priya: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support"', "#sales")
    miss_a_call(demo)
    told = await priya.told()
    assert "I cannot post your notifications" in said(told)
    miss_a_call(demo)
    await demo.bot.poster.settle()
    assert len(priya.from_app) == 1

    await priya.person.invite_app("#sales")
    for found in await demo.bot.store.subscriptions.owned(priya.key):
        await demo.bot.dispatcher.deps.notifications.post_test(found)  # type: ignore[union-attr]  # it is there in the demo
    app = demo.slack.workspace.app["user_id"]
    await priya.person.until(lambda: [one for one in priya.person.messages("#sales") if one.get("user") == app])


async def test_an_agent_who_goes_off_duty_is_told_about_with_the_reason(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('duty for "Support"')
    known = fragment(0, 0, {"on": True})
    await demo.bot.store.cards.absorb(NORTHLIGHT, "agent", [f"agent:{ANA.dialpad_id}"], known, lambda *_: [])
    await ana.type("/dp duty off Lunch")

    await shown(ana, "Ana Ferreira", "went off duty: Lunch.")


async def look_at_rosters(demo: Demo) -> None:
    """The next look at who is on duty is due now."""
    store = demo.bot.store
    await store.database.write(lambda connection: store.rosters.hurry(connection, NORTHLIGHT, [str(SUPPORT.id)], 0))
    await demo.bot.poster.settle()


async def test_a_handover_says_who_and_what_is_open_and_the_group_and_topic_follow(
    priya: Hands, ana: Hands, demo: Demo
) -> None:
    saved = said(await priya.subscribe('missed handover for "Support" keep @support-oncall topic'))
    assert "missed calls and handovers for Support" in saved
    assert "<!subteam^S0ONCALL1> is kept in sync and the channel's topic names who is on duty." in saved
    miss_a_call(demo)
    await shown(ana, "Missed call")
    space = demo.slack.workspace
    await ana.person.until(lambda: space.channels["C0SUPPORT"].topic)
    assert space.channels["C0SUPPORT"].topic == "On duty: Ana Ferreira, Sam Okafor"
    assert space.usergroups["S0ONCALL1"]["users"] == [ANA.slack_id, SAM.slack_id]

    await ana.type("/dp duty off Lunch")
    await look_at_rosters(demo)
    await shown(ana, "Ana Ferreira", " went off duty", "Sam Okafor", "Open work (1)",
                "@support-oncall now reaches Sam Okafor.")  # fmt: skip
    assert space.channels["C0SUPPORT"].topic == "On duty: Sam Okafor"
    assert space.usergroups["S0ONCALL1"]["users"] == [SAM.slack_id]

    await priya.type("/dp notify remove 1")
    await priya.submit()
    assert space.channels["C0SUPPORT"].topic == ""


async def test_a_subscription_for_admins_only_says_so(sam: Hands) -> None:
    assert "only to company admins" in said(await sam.subscribe("missed duty"))


async def test_an_admin_whose_connection_lacks_a_scope_hears_which(priya: Hands, demo: Demo) -> None:
    await connect(demo.bot, demo.dialpad, PRIYA, scopes=("offline_access", "calls:list"))
    told = said(await priya.subscribe("setting"))
    await connect(demo.bot, demo.dialpad, PRIYA)

    assert "sends changed settings only to company admins who connected with the scope change_log." in told


async def test_the_cast_is_as_these_tests_take_it() -> None:
    assert ANA in SUPPORT.members
    assert SAM in SUPPORT.members
    assert SAM not in SALES.members
    assert {LEO, MEI}


async def test_cover_is_asked_for_in_the_channel_and_taken_over_once(ana: Hands, sam: Hands, demo: Demo) -> None:
    sam.account.on_duty = False
    assert "Asked here." in said(await ana.type("/dp oncall cover me for 2h in Support"))
    asked = await shown(sam, "Ana Ferreira", " asks for cover on ", "Support")
    assert "You are covering for" in said(await sam.press(asked, "Take over"))
    taken = await shown(ana, "asks for cover", f"Covered by <@{SAM.slack_id}>")
    assert labels(taken) == []
    assert "is covering for you" in said(await ana.told())
    assert (sam.account.on_duty, ana.account.on_duty) == (True, False)
    assert {one.route for one in [*await ana.pending(), *await sam.pending()]} == {"duty.back"}
