"""Which labels settle a call is the team's choice: seen by all, chosen by those who lead, told in the channels."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import CUSTOMERS, PRIYA, SAM
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, miss_a_call, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")
AMARA = CUSTOMERS[1]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    started = await one_demo.fresh()
    started.dialpad.state.labels = ["spam", "Junk", "VIP"]
    await Hands(started, PRIYA).subscribe('missed for "Support" escalate 5')
    return started


async def choose(hands: Hands, words: str) -> str:
    await hands.type(f"/dp labels {words}")
    await hands.modal()
    await hands.submit()
    return said(await hands.settled())


async def label(hands: Hands, name: str, words: str) -> None:
    card = await shown(hands, "Missed", name)
    more = await hands.press(card, "More…")
    await hands.press(more, "Label")
    await hands.modal()
    await hands.submit({"labels": words})


async def test_everybody_sees_them_and_those_who_lead_choose(ana: Hands, sam: Hands) -> None:
    seen = await ana.type("/dp labels")
    assert "spam" in said(seen)
    assert "the usual ones" in said(seen)
    assert labels(seen) == ["Change…"]
    assert "Only supervisors and Dialpad admins" in said(await ana.type("/dp labels add junk"))

    assert "junk or spam" in await choose(sam, "add JUNK")
    assert f"<@{SAM.slack_id}>" in said(await ana.type("/dp labels"))
    told = await shown(ana, "changed which labels settle a call", "junk or spam", "was spam")
    assert f"<@{SAM.slack_id}>" in said(told)


async def test_a_chosen_label_settles_a_call_and_stops_the_asking(ana: Hands, sam: Hands, demo: Demo) -> None:
    miss_a_call(demo)
    await label(ana, JORDAN.name, "junk")
    await until_posted(demo)
    assert "Labeled" not in said(await shown(ana, "Missed", JORDAN.name))

    await choose(sam, "add junk")
    await shown(ana, "Labeled", "junk", JORDAN.name)
    assert "Nothing waits" in said(await ana.type("/dp open"))


async def test_what_is_taken_off_settles_nothing_new_and_opens_nothing_again(
    ana: Hands, sam: Hands, demo: Demo
) -> None:
    miss_a_call(demo)
    await label(ana, JORDAN.name, "spam")
    await shown(ana, "Labeled", "spam", JORDAN.name)
    assert "none" in await choose(sam, "none")
    await until_posted(demo)
    assert "Nothing waits" in said(await ana.type("/dp open"))

    demo.dialpad.phone.hang_up(demo.dialpad.phone.ring(AMARA.phone, "+14155550101").id)
    await label(ana, AMARA.name, "spam")
    await until_posted(demo)
    assert AMARA.name in said(await ana.type("/dp open"))


async def test_a_label_that_dialpad_does_not_have_is_not_taken(sam: Hands) -> None:
    assert "Did you mean Junk?" in said(await sam.type("/dp labels add junc"))


async def test_what_settles_already_is_said_and_one_that_is_not_there_cannot_be_taken_off(sam: Hands) -> None:
    assert "These settle a call already" in said(await sam.type("/dp labels spam"))
    assert "is not among them" in said(await sam.type("/dp labels remove junk"))
