"""A subscription from the preview to the channel that is told of it, with what others do in between."""

import asyncio

import pytest
import pytest_asyncio

from bot.basics.person import PersonKey
from bot.notifications.announcements import FOLDED_WITHIN
from bot.sandbox.cast import BILLING, CUSTOMERS, PRIYA, SUPPORT, TEAM_ID
from bot.sandbox.demo import Demo
from bot.store.channels import Channels
from tests.flows.channel import JORDAN, NORTHLIGHT, announcements, board, miss_a_call, shown
from tests.flows.hands import Hands, find_button, labels, said
from tests.flows.stage import OneDemo, until_heard, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")

RULE = 'missed for "Support"'


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def there(demo: Demo) -> list[str]:
    """The owners of what is posted in #support."""
    found = await demo.bot.store.subscriptions.here(NORTHLIGHT, "C0SUPPORT")
    return [one.owner.user_id for one in found]


async def told(hands: Hands) -> list[str]:
    await until_posted(hands.demo)
    return [str(one["text"]) for one in announcements(hands)]


# The preview


async def test_a_typed_subscription_is_shown_in_a_window_and_saved_by_one_press(priya: Hands, demo: Demo) -> None:
    await priya.type(f"/dp notify {RULE} only hours:8-18")
    preview = await priya.modal()
    assert preview["submit"]["text"] == "Save"
    assert labels(preview) == ["Change"]
    assert "missed calls for Support, between 8:00 AM and 6:00 PM, in Los Angeles time" in said(preview)
    assert "in <#C0SUPPORT>" in said(preview)
    assert "I have no calls from yesterday to compare with." in said(preview)
    assert await there(demo) == []

    await priya.submit()
    assert "Saved. Use Test to see where it posts." in said(await priya.settled())
    assert await there(demo) == [PRIYA.slack_id]


async def test_after_a_mention_it_is_a_message_with_the_same_buttons(priya: Hands, demo: Demo) -> None:
    preview = await priya.mention(f"notify {RULE}")
    assert labels(preview) == ["Save", "Change", "Cancel"]
    await priya.press(preview, "Cancel")
    assert await there(demo) == []

    await priya.press(await priya.mention(f"notify {RULE}"), "Save")
    assert await there(demo) == [PRIYA.slack_id]


async def test_change_opens_the_form_with_what_was_typed(priya: Hands, demo: Demo) -> None:
    await priya.type(f"/dp notify {RULE} except label:spam")
    await priya.press(await priya.modal(), "Change")
    form = await priya.modal()
    assert form["callback_id"] == "notify.save"
    assert "label:spam" in said(form)

    await priya.submit({"but": "label:vip"})
    assert "except label vip" in said(await priya.modal())
    await priya.submit()
    assert await there(demo) == [PRIYA.slack_id]


async def test_what_a_window_offers_instead_stays_in_it(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe(RULE)
    await ana.type('/dp notify missed recap for "Support"')
    await ana.press(await ana.modal(), "Change that one instead")
    assert (await ana.modal())["title"]["text"] == "Save the change?"
    await ana.submit()

    assert await there(demo) == [PRIYA.slack_id]
    (found,) = await demo.bot.store.subscriptions.here(NORTHLIGHT, "C0SUPPORT")
    assert sorted(found.kinds) == ["missed", "recap"]


# How often it would have posted


async def test_what_came_so_far_is_counted_as_it_would_have_been_posted(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Billing"')
    phone = demo.dialpad.phone
    for _ in range(3):
        miss_a_call(demo)
    phone.hang_up(phone.ring(CUSTOMERS[1].phone, SUPPORT.phone).id)
    phone.hang_up(phone.ring(JORDAN.phone, BILLING.phone).id)
    for words in ("Is it ready?", "And the blue one?"):
        phone.text(JORDAN.phone, SUPPORT.phone, words)
    await until_heard(demo)
    await ana.type("/dp notify missed sms for Support")

    known = "I have no calls or texts from yesterday to compare with. Today so far: 6 times."
    assert known in said(await ana.modal())


# Twice, late, somebody else


async def test_a_second_save_saves_nothing_again(priya: Hands, demo: Demo) -> None:
    await priya.type(f"/dp notify {RULE}")
    view = await priya.modal()
    await asyncio.gather(*(priya.person.submit(view) for _ in range(2)), return_exceptions=True)
    await priya.settled()

    assert await there(demo) == [PRIYA.slack_id]
    assert len(await told(priya)) == 1


async def test_somebody_elses_save_is_refused(priya: Hands, sam: Hands, demo: Demo) -> None:
    preview = await priya.mention(f"notify {RULE}")
    button, block_id = find_button(preview, "Save")
    demo.slack.workspace.add_ephemeral(sam.key.user_id, {**preview})
    await sam.person.press(preview, button["action_id"], button["value"], block_id=block_id)
    assert "Only the person who asked for this can confirm it." in said(await sam.settled())
    assert await there(demo) == []

    await priya.press(preview, "Save")
    assert await there(demo) == [PRIYA.slack_id]


async def test_two_who_save_the_same_at_once_have_one(priya: Hands, ana: Hands, demo: Demo) -> None:
    for hands in (priya, ana):
        await hands.type(f"/dp notify {RULE}")
    views = [(hands, await hands.modal()) for hands in (priya, ana)]
    await asyncio.gather(*(hands.person.submit(view) for hands, view in views))
    answers = [said(await hands.settled()) for hands in (priya, ana)]

    assert len(await there(demo)) == 1
    assert sum("already gets this" in one for one in answers) == 1
    assert len(await told(priya)) == 1


async def test_a_channel_that_got_another_id_meanwhile_keeps_what_is_saved(priya: Hands, demo: Demo) -> None:
    preview = await priya.mention(f"notify {RULE}")
    await Channels(demo.bot.store.context).renamed("C0SUPPORT", "C0SUPPORT2")
    await priya.press(preview, "Save")

    assert [one.channel for one in await demo.bot.store.subscriptions.owned(priya.key)] == ["C0SUPPORT2"]


# Everybody in the channel hears of it


async def test_the_channel_hears_who_added_changed_and_removed_one(priya: Hands, ana: Hands, sam: Hands) -> None:
    await priya.subscribe(RULE)
    assert await told(sam) == ["📣 Priya added: missed calls for Support."]
    await ana.press(await ana.type("/dp notify settings 1"), "Pause")
    assert await told(sam) == ["📣 Priya added and Ana paused: missed calls for Support."]
    await ana.type("/dp notify remove 1")
    await ana.submit()

    assert await told(sam) == ["📣 Priya added and Ana paused and removed: missed calls for Support."]
    assert labels(announcements(sam)[-1]) == []


async def test_what_comes_minutes_later_is_another_message(priya: Hands, demo: Demo) -> None:
    await priya.subscribe(RULE)
    assert len(await told(priya)) == 1
    demo.clock.forward(1.5 * FOLDED_WITHIN)
    await priya.type("/dp notify pause 1")

    assert (await told(priya))[1:] == ["📣 Priya paused: missed calls for Support."]


async def test_its_button_opens_the_settings(priya: Hands, ana: Hands) -> None:
    await priya.subscribe(RULE)
    await told(ana)

    assert "Set up by" in said(await ana.press(announcements(ana)[-1], "Settings"))


async def test_ones_own_notifications_are_nobody_elses_business(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp notify me")
    await ana.subscribe("me daily")
    await ana.type("/dp notify me off")

    assert await told(ana) == []
    assert ana.from_app == []


async def test_a_card_comes_as_before(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe(RULE)
    miss_a_call(demo)
    await shown(ana, "Missed call")

    assert len(board(ana)) == 1


# Switches


async def test_a_digest_of_ones_own_is_turned_off_where_it_is_on(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp notify me")
    await ana.subscribe("me daily only external")
    assert len(await demo.bot.store.subscriptions.owned(PersonKey(TEAM_ID, ana.key.user_id))) == 2
    switches = await ana.type("/dp notify me")
    assert "A daily digest*\\n🔔 On, at 8:00 AM Los Angeles time" in said(switches)
    last = [label for label in labels(switches) if label.startswith("Turn")]
    assert last[-1] == "Turn off"
