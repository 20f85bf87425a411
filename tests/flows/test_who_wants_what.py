"""Quiet hours, one's own switches, and an escalation to its last step: everything real but the two services."""

import asyncio
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.sandbox.cast import ANA, SAM, SUPPORT, TIME_ZONE
from bot.sandbox.demo import Demo
from bot.store.postings import postings
from tests.flows.channel import JORDAN, NORTHLIGHT, board, make_due, miss_a_call, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.inside import PATIENT_S
from tests.flows.stage import OneDemo, until_heard

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def until_the_last_step(priya: Hands, sam: Hands, last: str) -> dict[str, Any]:
    """A missed call that nobody claims; the supervisor was told in a direct message."""
    await priya.subscribe(f'missed for "Support" escalate 5 first nobody supervisor @sam finally {last}')
    miss_a_call(priya.demo)
    card = await shown(priya, "Missed call")
    await make_due(priya.demo, card)
    assert "Nobody has claimed this call for 5 min on Support." in said(await sam.told())
    return card


async def test_the_last_step_texts_the_supervisors_phone_once(priya: Hands, sam: Hands, demo: Demo) -> None:
    card = await until_the_last_step(priya, sam, "sms")
    await make_due(demo, card)
    done = await shown(priya, "A text went to the phone of", f"<@{SAM.slack_id}>")
    assert done["thread_ts"] == card["ts"]

    await make_due(demo, card)
    await demo.bot.poster.settle()
    (text,) = priya.sent("POST", "/sms")
    assert text.body["to_numbers"] == [SAM.phone]
    assert text.body["text"] == "A missed call on Support is waiting in Slack and nobody has claimed it."
    assert JORDAN.phone not in text.body["text"]


async def test_the_last_step_calls_the_supervisor_once(priya: Hands, sam: Hands, demo: Demo) -> None:
    card = await until_the_last_step(priya, sam, "call")
    await make_due(demo, card)
    await shown(priya, "Dialpad is calling", f"<@{SAM.slack_id}>")
    await make_due(demo, card)
    await demo.bot.poster.settle()

    assert [one.body["phone_number"] for one in priya.sent("POST", "/call")] == [SAM.phone]


async def test_a_claim_before_the_last_step_keeps_the_phone_silent(
    priya: Hands, ana: Hands, sam: Hands, demo: Demo
) -> None:
    card = await until_the_last_step(priya, sam, "call")
    await ana.press(card, "Claim")
    await shown(ana, "Claimed by")
    await make_due(demo, card)
    demo.clock.forward(timedelta(hours=2))
    await shown(ana, "Claimed 2 hours ago and still open")

    assert priya.sent("POST", "/call") == []


def quiet_now(demo: Demo) -> str:
    """Quiet hours that hold this moment, as they are typed."""
    now = demo.clock.now().astimezone(ZoneInfo(TIME_ZONE))
    begin, end = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (-1, 2))
    return f"quiet:{begin}-{end}"


async def held(demo: Demo, subscription_id: str) -> int:
    """How many messages wait for the quiet hours to end; what came just now first waits for what follows at once."""
    late = demo.bot.store.now() + timedelta(hours=1)
    mine = (postings.c.subscription_id == subscription_id, postings.c.due_at > late)
    count = select(func.count()).select_from(postings).where(*mine)
    return await demo.bot.store.database.read(lambda connection: connection.execute(count).scalar_one())


async def test_what_comes_in_quiet_hours_is_one_message_when_they_are_over(priya: Hands, demo: Demo) -> None:
    card = await priya.subscribe(f'missed for "Support" only {quiet_now(demo)}')
    assert "what arrives then is posted at" in said(card)
    for number in range(5):
        demo.dialpad.phone.hang_up(demo.dialpad.phone.ring(f"+14155550{180 + number}", SUPPORT.phone).id)
    (subscription,) = await demo.bot.store.subscriptions.owned(priya.key)
    await until_heard(demo)  # each later event of a call makes its message due once more
    async with asyncio.timeout(PATIENT_S):
        while await held(demo, subscription.id) < 5:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0)
    assert len(await demo.bot.store.histories.open(NORTHLIGHT)) == 5
    assert board(priya) == []

    await priya.press(card, "Edit")
    await priya.modal()
    await priya.submit({"only": ""})
    await priya.submit()
    many = await shown(priya, "notifications at once")
    assert labels(many).count("Open") == 5
    assert len(board(priya)) == 1


async def test_a_switch_changes_where_it_was_pressed(ana: Hands) -> None:
    shown_once = await ana.type("/dp notify me")
    assert labels(shown_once) == ["Turn off"] * 4 + ["Turn on"] * 2 + ["Edit", "Pause", "Test", "Remove"]
    before = len(ana.person.ephemerals("#support"))
    after = await ana.press(shown_once, "Turn off")

    assert "My missed calls: *off*" in said(after)
    assert labels(after)[:2] == ["Turn on", "Turn off"]
    assert len(ana.person.ephemerals("#support")) == before


async def test_the_switches_are_on_home_too_and_what_is_off_does_not_come(ana: Hands, demo: Demo) -> None:
    await ana.press(await ana.home(), "Notifications")
    window = await ana.modal()
    await ana.press(window, "Turn on the usual ones")
    window = await ana.modal()
    await ana.press(window, "Turn off")
    window = await ana.modal()
    assert "My missed calls: *off*" in said(window)
    assert labels(window)[0] == "Turn on"

    assert ANA.phone is not None
    demo.dialpad.phone.hang_up(demo.dialpad.phone.ring(JORDAN.phone, ANA.phone).id)
    demo.dialpad.phone.text(JORDAN.phone, ANA.phone, "Are you there?")
    await ana.person.until(lambda: any("Are you there?" in said(one) for one in ana.from_app))
    await demo.bot.poster.settle()
    assert not any("Missed call" in said(one) for one in ana.from_app)
