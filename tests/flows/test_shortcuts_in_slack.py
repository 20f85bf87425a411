"""The shortcuts as people use them: on messages of people and of apps, in threads, DMs and where the app is not."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.sandbox.cast import CUSTOMERS
from bot.sandbox.demo import Demo
from tests.flows.channel import miss_a_call, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")

JORDAN = CUSTOMERS[0]
TEXT, LOOK_UP, LATER = "shortcuts.text_number", "shortcuts.look_up", "shortcuts.follow_up"


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def test_a_number_in_a_thread_opens_the_form_with_it(ana: Hands) -> None:
    head = await ana.person.say("#support", "any news?")
    reply = await ana.person.say("#support", f"they are at {JORDAN.phone}", head["ts"])
    await ana.person.message_shortcut(TEXT, "#support", reply["ts"])
    assert JORDAN.name in said(await ana.modal())


async def test_a_number_in_an_apps_card_is_found(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed")
    miss_a_call(priya.demo)
    await until_posted(priya.demo)
    card = await shown(ana, "Missed call", JORDAN.name)
    await ana.person.message_shortcut(LOOK_UP, "#support", card["ts"])
    assert JORDAN.name in said(await ana.settled())


async def test_in_a_channel_without_the_app_the_answer_comes_all_the_same(ana: Hands) -> None:
    space = ana.demo.slack.workspace
    elsewhere = next(
        one for one in space.channels.values()
        if one.kind == "channel" and space.app["user_id"] not in one.members and ana.person.id in one.members
    )  # fmt: skip
    said_there = await ana.person.say(elsewhere.id, f"call {JORDAN.phone}")
    await ana.person.message_shortcut(LOOK_UP, elsewhere.id, said_there["ts"])
    await ana.demo.bot.dispatcher.idle()
    assert JORDAN.name in said(ana.person.ephemerals(elsewhere.id)[-1])


async def test_a_message_without_a_number_is_brought_back_with_its_link(ana: Hands) -> None:
    message = await ana.person.say("#support", "remember the invoice")
    await ana.person.message_shortcut(LATER, "#support", message["ts"])
    assert "reminded of this message" in said(await ana.modal())
    await ana.submit({"about": "ask Noor first"})
    told = await ana.settled()
    assert "I'll remind you of this message" in said(told)
    assert "Cancel" in labels(told)

    (pending,) = await ana.pending()
    assert pending.when - ana.demo.bot.store.now() > timedelta(hours=12)
    await ana.let_time_pass()
    reminder = await ana.told()
    assert "Follow up on a message" in said(reminder)
    assert "ask Noor first" in said(reminder)
    assert f"/archives/C0SUPPORT/p{message['ts'].replace('.', '')}" in said(reminder)


async def test_what_waits_for_a_number_is_put_off_with_it(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed")
    miss_a_call(priya.demo)
    await until_posted(priya.demo)
    card = await shown(ana, "Missed call", JORDAN.name)
    await ana.person.message_shortcut(LATER, "#support", card["ts"])
    await ana.modal()
    await ana.submit()
    assert "put off until then, too" in said(await ana.settled())
    await until_posted(priya.demo)
    assert await shown(ana, "Put off until", JORDAN.name)

    await ana.press(await ana.settled(), "Cancel")
    assert "I won't remind you" in said(await ana.settled())
    assert await ana.pending() == []


async def test_open_work_opens_from_anywhere(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed")
    miss_a_call(priya.demo)
    await until_posted(priya.demo)
    await ana.person.shortcut("open.open_work")
    assert JORDAN.name in said(await ana.modal())
