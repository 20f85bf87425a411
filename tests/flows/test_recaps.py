"""The AI recap of a call, from its card and from the list of calls; what an agent chose as its outcome."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, SUPPORT
from bot.sandbox.demo import OAUTH_SCOPES, Demo, connect
from bot.sandbox.dialpad.ai import TALKS
from bot.sandbox.dialpad.model import Call
from tests.flows.channel import shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo

pytestmark = pytest.mark.asyncio(loop_scope="module")

AMARA = CUSTOMERS[1]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def talk(demo: Demo) -> Call:
    """Amara's call, which Ana takes; her leg."""
    phone = demo.dialpad.phone
    call = phone.ring(AMARA.phone, SUPPORT.phone)
    leg = phone.answer(call.id, ANA)
    phone.hang_up(call.id)
    return leg


async def card_of_a_talk(priya: Hands) -> tuple[Call, Json]:
    await priya.subscribe("ended")
    leg = talk(priya.demo)
    return leg, await shown(priya, "Answered", AMARA.name)


async def test_the_recap_is_for_the_one_who_asked(priya: Hands, ana: Hands) -> None:
    leg, card = await card_of_a_talk(priya)
    assert "no recap of this call yet" in said(await ana.press(card, "AI recap"))
    ana.demo.dialpad.ai.write(leg, TALKS[0])
    told = await ana.press(ana.person.ephemerals("#support")[-1], "Try again")
    for words in (TALKS[0].summary, *TALKS[0].action_items, *TALKS[0].purposes, TALKS[0].outcome):
        assert words in said(told)
    assert "Only you can see this" in said(told)
    assert "Share link…" in labels(told)
    assert not priya.person.ephemerals("#support") or TALKS[0].summary not in said(
        priya.person.ephemerals("#support")[-1]
    )


async def test_without_dialpad_ai_and_without_the_permission_what_to_do_is_said(priya: Hands, ana: Hands) -> None:
    _, card = await card_of_a_talk(priya)
    ana.demo.dialpad.state.has_ai = False
    assert "no Dialpad Ai" in said(await ana.press(card, "AI recap"))
    scopes = tuple(scope for scope in OAUTH_SCOPES if scope != "ai_recap")
    await connect(ana.demo.bot, ana.demo.dialpad, ANA, scopes=scopes)
    assert "lacks the permission ai_recap" in said(await ana.press(card, "AI recap"))


async def test_the_details_of_a_past_call_have_it(priya: Hands) -> None:
    listed = await priya.type("/dp calls today answered")
    details = await priya.press(listed, "Details")
    told = said(await priya.press(details, "AI recap"))
    assert "AI recap" in told
    assert "Amara misses the second box of filters" in told


async def test_a_call_that_nobody_took_has_none(priya: Hands) -> None:
    await priya.subscribe("missed")
    phone = priya.demo.dialpad.phone
    phone.hang_up(phone.ring(AMARA.phone, SUPPORT.phone).id)
    assert "AI recap" not in labels(await shown(priya, "Missed call", AMARA.name))


async def test_what_the_agent_chose_as_its_outcome_is_on_the_card(priya: Hands) -> None:
    leg, _ = await card_of_a_talk(priya)
    priya.demo.dialpad.phone.choose_disposition(leg.id, "Follow-up needed")
    await shown(priya, "disposition: Follow-up needed")
