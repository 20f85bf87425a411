"""A channel that Slack gives another id, because it is shared or moved: its notifications go on, where they were."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import CUSTOMERS, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import board, miss_a_call, shown
from tests.flows.hands import Hands
from tests.flows.stage import OneDemo, until_heard

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def test_cards_go_on_and_old_ones_are_changed_in_a_channel_with_a_new_id(
    priya: Hands, ana: Hands, demo: Demo, one_demo: OneDemo
) -> None:
    await priya.subscribe('missed for "Support"')
    miss_a_call(demo)
    card = await shown(ana, "Missed call", "Jordan Lee")
    await until_heard(demo)
    await demo.bot.poster.settle()  # what is under way meanwhile may well be refused

    demo.slack.rename_channel("C0SUPPORT", "C0SHARED1")
    await ana.press({**card, "channel": "C0SHARED1"}, "Claim")
    await shown(ana, "Claimed by")
    demo.dialpad.phone.hang_up(demo.dialpad.phone.ring(CUSTOMERS[1].phone, SUPPORT.phone).id)
    await ana.person.until(lambda: len(board(ana)) == 2)

    assert [one.channel for one in await demo.bot.store.subscriptions.owned(priya.key)] == ["C0SHARED1"]
    assert [call for call in demo.slack.calls if call.error] == []
    await one_demo.aclose()  # the next test finds the channel under its old id
