"""What people say of their last call: each looks at it first, and reaches nobody."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, miss_a_call, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


@pytest.mark.parametrize("line", ["call the last missed call", "call back my last missed call", "last missed call"])
async def test_the_last_missed_call_of_ones_line_is_offered_to_call_back(
    priya: Hands, ana: Hands, demo: Demo, line: str
) -> None:
    await priya.subscribe("missed")
    miss_a_call(demo)
    await shown(ana, "Jordan Lee")
    answer = await ana.type(f"/dp {line}")
    assert "Jordan Lee" in said(answer)
    assert "Call back" in labels(answer)
    assert ana.sent("POST", "/call") == []


async def test_a_caller_is_blocked_only_after_two_looks(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe("missed ended")
    call = demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    demo.dialpad.phone.answer(call.id, ANA)
    demo.dialpad.phone.hang_up(call.id)
    await until_posted(demo)
    answer = await ana.type("/dp block this caller")
    assert "Your last call was from" in said(answer)
    await ana.press(answer, "Block…")
    assert "for the whole company" in said(await ana.modal()) or "everyone" in said(await ana.modal())
    assert ana.sent("POST", "/blockednumbers/add") == []


async def test_without_a_call_the_answer_leads_on(ana: Hands, demo: Demo) -> None:
    answer = await ana.type("/dp recap last call")
    assert "No call of yours in the last 7 days" in said(answer)
    assert labels(answer) == ["Look up calls…"]


async def test_a_call_that_still_rings_elsewhere_takes_no_label_yet(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe("ringing missed answered")
    ana.account.do_not_disturb = True
    demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    await until_posted(demo)
    answer = await ana.type("/dp label last call vip")
    assert "still rings" in said(answer)
    assert labels(answer) == ["Try again"]
    assert ana.sent("PUT", "/call/*/labels") == []


async def test_a_call_that_was_nobodys_own_is_named_with_what_can_be_done(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe("missed")
    ana.account.do_not_disturb = True
    miss_a_call(demo)
    await until_posted(demo)
    answer = await ana.type("/dp label last call vip")
    assert "You were on no call" in said(answer)
    assert "Jordan Lee" in said(answer)
    assert labels(answer) == ["Label that one…", "Choose a call…"]


async def test_what_can_be_stopped_is_listed_with_what_stops_it(priya: Hands, demo: Demo) -> None:
    await priya.subscribe("missed")
    answer = await priya.type("/dp stop notifications")
    assert "What would you like to stop?" in said(answer)
    assert {"Pause", "Remove"} <= set(labels(answer))
