"""What was set for a while really ends, and is told."""

import pytest

from bot.contract import later
from tests.flows.hands import Hands, said
from tests.flows.stage import ChangeWait

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_timed_dnd_comes_back_and_is_told(ana: Hands) -> None:
    await ana.type("/dp dnd on for 30m")
    await ana.let_time_pass()
    assert "do not disturb is off again" in said(await ana.told())
    assert not ana.account.do_not_disturb


async def test_timed_duty_comes_back_and_is_told(ana: Hands) -> None:
    await ana.type("/dp duty off Lunch for 30m")
    await ana.let_time_pass()
    assert "on duty again" in said(await ana.told())


async def test_a_timed_status_is_cleared_and_told(ana: Hands) -> None:
    await ana.type("/dp status At lunch for 30m")
    await ana.let_time_pass()
    assert "was cleared" in said(await ana.told())
    assert not ana.account.status_message


async def test_whoever_changed_it_by_hand_is_left_alone(ana: Hands) -> None:
    await ana.type("/dp dnd on for 30m")
    await ana.type("/dp dnd off")
    assert await ana.pending() == []


async def test_a_change_back_while_dialpad_is_down_is_tried_again(ana: Hands, waits: ChangeWait) -> None:
    await waits(later, "FIRST_WAIT_S", 0.1)
    await ana.type("/dp dnd on for 30m")
    fault = ana.demo.dialpad.faults.add("/api/", kind="down", times=3)
    await ana.let_time_pass()
    assert "off again" in said(await ana.told())
    assert fault.hits == 3


async def test_a_change_back_that_dialpad_refuses_is_told(ana: Hands) -> None:
    await ana.type("/dp dnd on for 30m")
    ana.demo.dialpad.faults.add("PATCH /api/", status=403, times=None)
    await ana.let_time_pass()
    assert "is not allowed to do this" in said(await ana.told())
