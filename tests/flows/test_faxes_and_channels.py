"""Faxes and messages in Dialpad channels, told in Slack. Everything real but the two services."""

from typing import Any

import pytest
import pytest_asyncio

from bot.dialpad.event_kinds import is_of_channel, word_of_channel
from bot.sandbox.cast import ANA, BILLING, LEO, PRIYA, SALES
from bot.sandbox.demo import Demo, connect
from tests.flows.channel import JORDAN, board, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def files(hands: Hands) -> list[dict[str, Any]]:
    return [file for message in hands.from_app for file in message.get("files", ())]


async def test_a_fax_is_told_and_opened_by_people_of_its_line_only(priya: Hands, ana: Hands, demo: Demo) -> None:
    assert "faxes" in said(await priya.subscribe('fax for "Billing"'))
    demo.dialpad.phone.fax(JORDAN.phone, BILLING.phone, pages=3)
    card = await shown(ana, "Fax from", "Jordan Lee", "3 pages, for Billing")
    assert "blob" not in said(card)

    assert "You do not belong to Billing" in said(await ana.press(card, "Open fax"))
    assert files(ana) == []
    assert [one for one in demo.dialpad.requests if "/blob/fax/" in one.path] == []

    await connect(demo.bot, demo.dialpad, LEO)
    leo = Hands(demo, LEO)
    assert "where only you can see it" in said(await leo.press(card, "Open fax"))
    (pages,) = files(leo)
    assert pages["mimetype"] == "application/pdf"


async def test_a_fax_of_ours_is_followed_until_it_arrives_or_fails(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe("failed-fax")
    demo.dialpad.phone.set_reachable(JORDAN.phone, on=False)
    await priya.type(f'/dp run DIALPAD_SEND_FAX to_number={JORDAN.phone} user_id="Ana Ferreira"')
    await priya.submit()
    failed = await shown(ana, "The fax to", "Jordan Lee", "did not arrive. Check the number, then send it again.")
    assert "Open fax" in labels(failed)
    assert len(board(ana)) == 1


async def test_faxes_of_other_lines_and_numbers_are_not_told(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('fax for "Billing"')
    demo.dialpad.phone.fax(JORDAN.phone, SALES.phone)
    demo.dialpad.phone.fax(JORDAN.phone, BILLING.phone)
    await shown(ana, "for Billing")
    assert len(board(ana)) == 1


async def test_messages_of_dialpad_channels_come_to_whose_connection_brings_them(
    priya: Hands, ana: Hands, demo: Demo
) -> None:
    assert "Dialpad channel messages" in said(await priya.subscribe("channel"))
    shelf = demo.dialpad.state.documents.all("channel subscription")
    assert len(shelf) == len(demo.dialpad.state.documents.all("channel")) == 3
    (hook,) = await demo.bot.store.hooks.all()
    assert {word_of_channel(str(one["target_id"])) for one in shelf} <= set(hook.subscriptions)

    demo.dialpad.phone.post_in_channel("#deliveries", int(ANA.dialpad_id or 0), "The truck is late & stuck")
    await shown(ana, "Ana Ferreira", "in #deliveries at Dialpad", "The truck is late")
    assert len(board(ana)) == 1


async def test_a_colleague_whose_connection_does_not_bring_them_hears_so(priya: Hands, sam: Hands, demo: Demo) -> None:
    await priya.subscribe("missed")
    assert "a colleague's Dialpad account" in said(await sam.subscribe("channel"))
    demo.dialpad.phone.post_in_channel("leads", int(PRIYA.dialpad_id or 0), "Not for everybody")
    await demo.dialpad.delivery.idle()
    await demo.bot.dispatcher.idle()
    assert board(sam) == []


async def test_when_the_hook_goes_the_channels_subscriptions_go_with_it(priya: Hands, demo: Demo) -> None:
    await priya.subscribe("channel fax")
    await priya.type("/dp disconnect")
    await priya.submit()
    await priya.person.until(lambda: not demo.dialpad.state.documents.all("channel subscription"))
    assert demo.dialpad.state.documents.all("fax subscription") == []


@pytest.mark.parametrize("how", ["Remove", "Pause"])
async def test_channels_are_received_no_more_once_nobody_wants_them(priya: Hands, demo: Demo, how: str) -> None:
    await priya.subscribe("missed")
    await priya.subscribe("channel")
    assert len(demo.dialpad.state.documents.all("channel subscription")) == 3
    await priya.type(f"/dp notify {how.lower()} 2")
    if how == "Remove":
        await priya.submit()
    assert demo.dialpad.state.documents.all("channel subscription") == []
    (hook,) = await demo.bot.store.hooks.all()
    assert "call" in hook.subscriptions
    assert not any(map(is_of_channel, hook.subscriptions))


async def test_the_panel_knows_the_channels_to_write_in(demo: Demo) -> None:
    assert demo.dialpad.phone.snapshot()["channels"] == ["general", "deliveries", "leads"]
