"""Calls for people whom Dialpad does not show its call list: what was heard of their own lines."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, BILLING, CUSTOMERS, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, miss_a_call, shown
from tests.flows.hands import Hands, said
from tests.flows.stage import OneDemo

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHER = CUSTOMERS[1]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def test_an_agent_sees_the_calls_of_their_lines_and_of_no_other(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed")
    phone = priya.demo.dialpad.phone
    miss_a_call(priya.demo)
    phone.hang_up(phone.ring(OTHER.phone, BILLING.phone).id)
    await shown(ana, "Missed call", JORDAN.name)
    await shown(ana, "Missed call", OTHER.name)

    told = said(await ana.type("/dp calls today"))
    assert JORDAN.name in told
    assert OTHER.name not in told
    assert "as they were heard here" in told
    assert "company admins only" in told


async def test_what_is_asked_for_is_what_is_shown(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed ended")
    phone = priya.demo.dialpad.phone
    miss_a_call(priya.demo)
    answered = phone.ring(OTHER.phone, SUPPORT.phone)
    phone.answer(answered.id, ANA)
    phone.hang_up(answered.id)
    await shown(ana, OTHER.name)

    missed = said(await ana.type("/dp calls today missed"))
    assert JORDAN.name in missed
    assert OTHER.name not in missed
    with_other = said(await ana.type(f"/dp calls with {OTHER.phone}"))
    assert OTHER.name in with_other
    assert JORDAN.name not in with_other
    assert "No calls found" in said(await ana.type("/dp calls in Support yesterday"))


async def test_the_details_of_a_heard_call_are_there_for_those_of_its_line(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed")
    miss_a_call(priya.demo)
    await shown(ana, "Missed call", JORDAN.name)
    listed = await ana.type("/dp calls today")
    told = said(await ana.press(listed, "Details"))
    assert "Call from" in told
    assert JORDAN.name in told
    assert SUPPORT.name in told


async def test_the_card_of_a_number_tells_its_last_calls(priya: Hands, ana: Hands) -> None:
    before = said(await ana.type(f"/dp who {JORDAN.phone}"))
    assert "Only company admins can see them" in before
    await priya.subscribe("missed")
    assert "None heard on your lines" in said(await ana.type(f"/dp who {JORDAN.phone}"))
    miss_a_call(priya.demo)
    await shown(ana, "Missed call", JORDAN.name)
    assert f"called {SUPPORT.name}" in said(await ana.type(f"/dp who {JORDAN.phone}"))


async def test_where_nothing_is_listened_to_whom_to_ask_is_said(ana: Hands) -> None:
    assert "Only company admins can see call lists" in said(await ana.type("/dp calls today"))


async def test_an_admin_may_look_back_further_than_dialpad_lists_at_once(priya: Hands) -> None:
    seen = len(priya.demo.dialpad.requests)
    assert "in the last 80 days" in said(await priya.type("/dp calls last 80 days with +1 650 555 0199"))
    asked = [one for one in priya.demo.dialpad.requests[seen:] if one.path == "/api/v2/call"]
    assert len(asked) == 3
    assert {one.status for one in asked} == {200}
