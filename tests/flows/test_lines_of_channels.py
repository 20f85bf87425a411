"""The line that a channel is about is meant where a command names none."""

import pytest

from bot.sandbox.cast import SUPPORT
from tests.flows.hands import Hands, labels, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_commands_in_the_channel_of_a_line_are_about_that_line(priya: Hands, sam: Hands) -> None:
    await priya.subscribe("handover Support")
    await priya.subscribe("missed for Support")
    assert "Support: " in said(await sam.type("/dp oncall"))
    assert "Calls in Support" in said(await sam.type("/dp calls"))
    everywhere = await sam.press(await sam.type("/dp calls today"), "Not only Support")
    assert "Calls today" in said(everywhere)
    await priya.type("/dp notify voicemail")
    assert "Support" in said(await priya.modal())
    await priya.person.close(await priya.modal(), everything=True)
    await priya.type("/dp add leo")
    view = await priya.modal()
    assert str(SUPPORT.id) in said(view)
    assert "Continue" in str(view["submit"])


async def test_where_several_lines_are_posted_none_is_meant(priya: Hands, ana: Hands) -> None:
    await priya.subscribe("missed for Support")
    await priya.subscribe("voicemail for Sales")
    asked = await ana.type("/dp oncall")
    assert "Which call center?" in said(asked)
    assert labels(asked)
