"""A digest by the real way: calls rung at the phone network, counted, posted. Everything real but the two services."""

from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, PRIYA, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import shown
from tests.flows.hands import Hands, said
from tests.flows.stage import OneDemo, until_heard

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def priya(one_demo: OneDemo) -> Hands:
    return Hands(await one_demo.fresh(), PRIYA)


def play_calls(demo: Demo) -> None:
    """One that Ana answers, one that nobody does."""
    phone = demo.dialpad.phone
    first, second = (phone.ring(CUSTOMERS[number].phone, SUPPORT.phone) for number in (0, 1))
    phone.answer(first.id, ANA)
    for call in (first, second):
        phone.hang_up(call.id)


async def digest_after_test(priya: Hands) -> dict[str, Any]:
    """Presses Test when what was rung has been heard: events take a moment."""
    await until_heard(priya.demo)

    await priya.type("/dp notify test")
    return await shown(priya, "Daily digest so far for Support")


async def test_calls_that_were_just_rung_count_at_once(priya: Hands) -> None:
    await priya.subscribe('daily for "Support"')
    play_calls(priya.demo)
    digest = await digest_after_test(priya)

    assert "2 calls: 1 answered (50%) and 1 missed" in digest["text"]
    assert [block["type"] for block in digest["blocks"]] == [
        "section", "section", "data_visualization", "table", "context", "actions"
    ]  # fmt: skip


async def test_where_slack_refuses_charts_the_bars_are_letters(priya: Hands) -> None:
    await priya.subscribe('daily for "Support"')
    play_calls(priya.demo)
    priya.demo.slack.faults.add("chat.postMessage", error="invalid_blocks")
    digest = await digest_after_test(priya)

    assert [block["type"] for block in digest["blocks"]][2:4] == ["rich_text", "table"]
    assert "█ Answered  ░ Not answered" in said(digest)


async def test_without_calls_it_is_one_line(priya: Hands) -> None:
    await priya.subscribe('daily for "Support"')
    digest = await digest_after_test(priya)

    assert "no calls." in said(digest)
    assert "data_visualization" not in [block["type"] for block in digest["blocks"]]
