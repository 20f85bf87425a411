"""An answer that is due: by the line's own hours, shown before it is overdue, and asked for when it is."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, SALES, SUPPORT, Line
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, board, miss_a_call, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo, inside, until_heard, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")
AMARA = CUSTOMERS[1]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def opens_in(demo: Demo, minutes: int, line: Line = SUPPORT) -> None:
    """The line is closed, and opens every day from so many minutes after now on, for two hours."""
    group = demo.dialpad.state.groups[line.id]
    group.timezone = "UTC"
    begin = demo.clock.now() + timedelta(minutes=minutes)
    hours = [f"{begin:%H:%M}", f"{begin + timedelta(hours=2):%H:%M}"]
    if "00:00" < hours[1] < hours[0]:  # what is over midnight is the end of each day, and its beginning
        hours = ["00:00", hours[1], hours[0], "00:00"]
    group.settings |= {"hours_on": True, **{f"{day}_hours": hours for day in DAYS}}


async def passes(demo: Demo, minutes: float) -> None:
    demo.clock.forward(timedelta(minutes=minutes))
    await inside(demo).idle()
    await until_posted(demo)
    await inside(demo).wake()  # what was being looked at when the clock went forward is looked at again


async def test_a_missed_call_is_due_soon_then_overdue_and_then_somebody_is_asked(
    ana: Hands, priya: Hands, demo: Demo
) -> None:
    assert "15 min of the line's opening hours" in said(await priya.subscribe('missed for "Support" answer within 15m'))
    miss_a_call(demo)
    card = await shown(ana, "🔴 Missed call", JORDAN.name, "answer by")

    await passes(demo, 10.5)
    assert said(await shown(ana, "⏰ Due soon, answer by", "🔴 Missed call", JORDAN.name))
    assert "Due soon" in said(await ana.type("/dp open"))
    assert not [one for one in board(ana) if "Nobody has answered" in said(one)]

    await passes(demo, 5)
    asked = await shown(ana, "Nobody has answered this call within 15 min of opening hours.", f"<@{ANA.slack_id}>")
    assert asked["thread_ts"] == card["ts"]
    await shown(ana, "‼️ Overdue, answer was due", JORDAN.name)
    assert "Overdue" in said(await ana.type("/dp open"))

    await ana.press(await shown(ana, "Overdue", JORDAN.name), "Claim")
    await until_posted(demo)
    assert "Overdue" not in said(await shown(ana, "Claimed by", JORDAN.name))


async def test_a_text_is_due_as_a_call_is(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe('sms for "Support" answer within 15m')
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Is it ready?")
    await until_heard(demo)
    await shown(ana, "💬 New text", "answer by")

    await passes(demo, 10.5)
    await shown(ana, "⏰ Due soon", "💬 New text")
    await passes(demo, 5)
    await shown(ana, "Nobody has answered this text within 15 min of opening hours.")


async def test_what_comes_while_the_line_is_closed_counts_from_when_it_opens(
    ana: Hands, priya: Hands, demo: Demo
) -> None:
    opens_in(demo, 120)
    await priya.subscribe('missed for "Support" answer within 15m')
    miss_a_call(demo)
    await shown(ana, "🔴 Missed call", "answer by")

    await passes(demo, 119)
    assert not [one for one in board(ana) if "Due soon" in said(one) or "Nobody has" in said(one)]
    await passes(demo, 12.5)
    await shown(ana, "⏰ Due soon")
    await passes(demo, 5)
    await shown(ana, "Nobody has answered this call within 15 min of opening hours.")


async def test_a_line_that_never_opens_has_nothing_due(ana: Hands, priya: Hands, demo: Demo) -> None:
    group = demo.dialpad.state.groups[SUPPORT.id]
    group.settings |= {"hours_on": True, **{f"{day}_hours": [] for day in DAYS}}
    await priya.person.command("#support", '/dp notify missed for "Support" answer within 5m')
    assert "By its hours in Dialpad Support never opens" in said(await priya.modal())
    await priya.submit()
    miss_a_call(demo)
    assert "answer by" not in said(await shown(ana, "🔴 Missed call"))

    await passes(demo, 60 * 24)
    assert not [one for one in board(ana) if "Nobody has" in said(one) or "Overdue" in said(one)]


async def test_changed_hours_count_for_what_waits_already(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support" answer within 15m')
    miss_a_call(demo)
    await shown(ana, "🔴 Missed call", "answer by")
    opens_in(demo, 240)
    await inside(demo).forget_lists()

    await passes(demo, 20)
    await ana.person.until(lambda: [one for one in board(ana) if "answer by" in said(one)])  # it is read anew
    assert not [one for one in board(ana) if "Nobody has" in said(one)]
    await passes(demo, 240)
    await shown(ana, "Nobody has answered this call")


async def test_what_is_put_off_is_not_due_until_it_is_back(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support" answer within 15m')
    miss_a_call(demo)
    await ana.press(await shown(ana, "🔴 Missed call"), "Put off…")
    await ana.modal()
    await ana.submit({"until": await ana.pick("until", "1h")})
    await shown(ana, "Put off until")

    await passes(demo, 59)
    assert not [one for one in board(ana) if "Due soon" in said(one) or "Overdue" in said(one)]
    await passes(demo, 2)
    assert "Overdue" not in said(await shown(ana, "🔴 Missed call", "answer by"))
    await passes(demo, 15)
    await shown(ana, "Nobody has answered this call")


async def test_what_is_due_first_is_listed_first(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Sales"')
    await priya.subscribe('missed for "Support" answer within 15m')
    demo.dialpad.phone.hang_up(demo.dialpad.phone.ring(AMARA.phone, SALES.phone).id)
    await until_posted(demo)
    await passes(demo, 1)
    miss_a_call(demo)
    await until_posted(demo)

    listed = said(await ana.type("/dp open all"))
    assert listed.index(AMARA.name) < listed.index(JORDAN.name)
    await passes(demo, 11)
    listed = said(await ana.type("/dp open all"))
    assert listed.index("Due soon") < listed.index(AMARA.name)


async def test_another_target_counts_for_what_waits_already(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support" answer within 1h')
    miss_a_call(demo)
    card = await shown(ana, "🔴 Missed call", "answer by")
    (subscription,) = await demo.bot.store.subscriptions.in_channel("T0NORTHLT", "C0SUPPORT")
    await priya.press(await priya.type("/dp notify settings 1"), "Edit")
    for more in [one for one in labels(await priya.modal()) if one.startswith("More fields")]:
        await priya.press(await priya.modal(), more)
    await priya.submit({"answer": "5"})
    await priya.submit()
    assert subscription.policy.answer == 60

    await passes(demo, 6)
    assert (await shown(ana, "Nobody has answered this call within 5 min"))["thread_ts"] == card["ts"]
