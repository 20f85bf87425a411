"""Two people never answer past each other: each sees who else is at it, and what was said, before anything leaves."""

import asyncio

import pytest
import pytest_asyncio

from bot.notifications.service import ANSWERS_FOR
from bot.sandbox.cast import ANA, CUSTOMERS, SAM, SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, board, miss_a_call, shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo, inside, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")
AT_IT = f"✍️ {ANA.first_name} is answering"
"""As a phone's notification says it."""
AMARA = CUSTOMERS[1]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


@pytest_asyncio.fixture(loop_scope="module")
async def card(demo: Demo, priya: Hands, ana: Hands) -> Json:
    """A text of Jordan's to Support, that nobody has answered."""
    await priya.subscribe('sms missed for "Support"')
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Is my order ready?")
    await until_posted(demo)
    return await shown(ana, "New text", "Is my order ready?")


async def write(hands: Hands, card: Json, text: str) -> Json:
    """Press Reply, write, and look at the preview."""
    await hands.press(card, "Reply")
    await hands.submit({"text": text})
    return await hands.modal()


def texts_of(hands: Hands) -> list[str]:
    return [one.body["text"] for one in hands.sent("POST", "/sms")]


async def test_the_card_says_who_is_answering_from_the_moment_the_form_opens(
    demo: Demo, card: Json, ana: Hands, sam: Hands
) -> None:
    await ana.press(card, "Reply")
    assert AT_IT in said(await shown(sam, "Jordan Lee", AT_IT))

    await sam.press(await shown(sam, AT_IT), "Reply")
    assert f"<@{ANA.slack_id}> has been writing to them since" in said(await sam.modal())


async def test_the_preview_names_who_else_is_at_it_and_who_claimed_it(
    card: Json, ana: Hands, sam: Hands, demo: Demo
) -> None:
    await ana.press(card, "Claim")
    await write(ana, await shown(ana, "Claimed by"), "Ready at five")

    preview = await write(sam, await shown(sam, "Claimed by"), "Tomorrow")
    assert f"<@{ANA.slack_id}> has been writing to them since" in said(preview)
    assert f"Claimed by <@{ANA.slack_id}>" in said(preview)


@pytest.mark.parametrize("way", ["typed", "thread"])
async def test_other_ways_to_answer_show_the_same(card: Json, ana: Hands, sam: Hands, demo: Demo, way: str) -> None:
    await write(ana, card, "Ready at five")
    preview = (
        await sam.type(f"/dp text {JORDAN.phone} Tomorrow")
        if way == "typed"
        else await sam.mention("Tomorrow", card["ts"])
    )
    assert f"<@{ANA.slack_id}> has been writing to them since" in said(sam.person.modal or preview)


async def test_what_a_colleague_sent_meanwhile_is_shown_before_anything_leaves(
    card: Json, ana: Hands, sam: Hands, demo: Demo
) -> None:
    await write(ana, card, "Yes, it is ready")
    await write(sam, card, "No, tomorrow")
    await ana.submit()
    await until_posted(demo)

    await sam.submit()
    again = await sam.modal()
    assert texts_of(ana) == ["Yes, it is ready"]
    assert "Still send this text?" in said(again["title"] and {"text": str(again["title"])})
    assert f"<@{ANA.slack_id}>" in said(again)
    assert "Yes, it is ready" in said(again)
    assert "No, tomorrow" in said(again)

    await sam.submit()
    assert texts_of(ana) == ["Yes, it is ready", "No, tomorrow"]


async def test_a_newer_text_of_theirs_is_shown_before_the_answer_leaves(card: Json, sam: Hands, demo: Demo) -> None:
    await write(sam, card, "No, tomorrow")
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Never mind, found it")
    await until_posted(demo)

    await sam.submit()
    assert "Never mind, found it" in said(await sam.modal())
    assert texts_of(sam) == []
    await sam.submit()
    assert texts_of(sam) == ["No, tomorrow"]


async def test_of_two_who_send_at_once_one_is_shown_what_the_other_sent(
    card: Json, ana: Hands, sam: Hands, demo: Demo
) -> None:
    await write(ana, card, "Yes")
    await write(sam, card, "No")
    await asyncio.gather(ana.submit(), sam.submit())
    await demo.bot.dispatcher.idle()

    assert len(texts_of(ana)) == 1
    (second,) = [one for one in (ana, sam) if one.person.modal is not None]
    assert "Still send this text?" in str(second.person.modal)


async def test_one_of_several_recipients_who_wrote_meanwhile_holds_all_back(card: Json, sam: Hands, demo: Demo) -> None:
    preview = await sam.type(f"/dp text {JORDAN.phone}, {AMARA.phone} We are closed today")
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Are you open?")
    await until_posted(demo)

    again = await sam.press(preview, "Send") if sam.person.modal is None else (await sam.submit(), await sam.modal())[1]
    assert "Are you open?" in said(again)
    assert texts_of(sam) == []


async def test_who_gives_up_is_not_answering_any_more(card: Json, ana: Hands, demo: Demo) -> None:
    preview = await ana.mention("Hm", card["ts"])
    await shown(ana, AT_IT)
    await ana.press(preview, "Cancel")
    await until_posted(demo)
    assert AT_IT not in said(await shown(ana, "Jordan Lee"))


async def test_who_forgot_about_it_is_not_answering_for_ever(card: Json, ana: Hands, demo: Demo) -> None:
    await ana.press(card, "Reply")
    await shown(ana, AT_IT)
    demo.clock.forward(ANSWERS_FOR)
    await inside(demo).wake()

    def over() -> bool:
        return not any(AT_IT in said(one) for one in ana.person.messages("#support"))

    await ana.person.until(over)


async def test_a_call_back_shows_who_is_about_to_call_and_who_has(
    priya: Hands, ana: Hands, sam: Hands, demo: Demo
) -> None:
    await priya.subscribe('missed for "Support"')
    miss_a_call(demo)
    card = await shown(ana, "Missed", "Jordan Lee")

    await ana.press(card, "Call back")
    await shown(sam, AT_IT)
    await sam.press(card, "Call back")
    assert f"<@{ANA.slack_id}> has been about to call them since" in said(await sam.modal())

    await ana.submit()
    await until_posted(demo)
    await sam.submit()
    again = await sam.modal()
    assert f"<@{ANA.slack_id}> called them" in said(again)
    assert len(sam.sent("POST", "/users/*/initiate_call") or sam.sent("POST", "/call")) == 1
    assert "Still call them?" in str(again)


async def test_the_words_are_for_those_only_who_belong_to_the_line(
    card: Json, ana: Hands, demo: Demo, priya: Hands
) -> None:
    await write(ana, card, "Your code is 1234")
    await ana.submit()
    await until_posted(demo)
    group = demo.dialpad.state.groups[SUPPORT.id]
    group.members.pop(SAM.dialpad_id or 0)
    sam = Hands(demo, SAM)

    preview = await sam.type(f"/dp text {JORDAN.phone} Hello")
    seen = said(sam.person.modal or preview)
    assert f"<@{ANA.slack_id}> sent" in seen
    assert "Your code is 1234" not in seen
    assert "Call" not in labels(sam.person.modal or preview)


@pytest.mark.parametrize("how", ["form", "preview"])
async def test_whoever_closes_the_window_is_not_answering_any_more(
    card: Json, ana: Hands, sam: Hands, demo: Demo, how: str
) -> None:
    await ana.press(card, "Reply")
    await shown(sam, "Jordan Lee", AT_IT)
    if how == "preview":
        await ana.submit({"text": "Ready at five"})
    await ana.person.close(await ana.modal())
    await demo.bot.dispatcher.idle()
    await sam.person.until(lambda: not any(AT_IT in said(one) for one in board(sam)))
    await sam.press(await shown(sam, "New text"), "Reply")
    assert "has been writing to them" not in said(await sam.modal())
    assert texts_of(ana) == []


async def test_a_preview_that_was_sent_is_not_taken_for_closed(card: Json, ana: Hands, demo: Demo) -> None:
    await write(ana, card, "Ready at five")
    await ana.submit()
    assert texts_of(ana) == ["Ready at five"]


async def test_who_is_at_it_stands_right_after_whom_it_goes_to(card: Json, ana: Hands, sam: Hands, demo: Demo) -> None:
    await write(ana, card, "Ready at five")
    shown_to_sam = said(await write(sam, card, "Tomorrow"))
    assert shown_to_sam.index("*To*") < shown_to_sam.index("⚠️ A colleague is on it") < shown_to_sam.index("*From*")
