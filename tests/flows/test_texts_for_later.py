"""Texts that are sent later: from a line, from the form, and what can be done with them while they wait."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, SUPPORT
from bot.sandbox.demo import Demo
from bot.sandbox.dialpad.model import ScheduledText
from bot.sandbox.dialpad.outbox import send_due
from tests.flows.channel import shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo

pytestmark = pytest.mark.asyncio(loop_scope="module")

JORDAN = CUSTOMERS[0]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def of_ana(demo: Demo) -> list[ScheduledText]:
    return [one for one in demo.dialpad.state.scheduled_texts.values() if one.user_id == ANA.dialpad_id]


def waiting(demo: Demo) -> list[str]:
    return [one.text for one in of_ana(demo) if one.status == "active"]


def thread(demo: Demo) -> list[str]:
    return [text["text"] for text in demo.dialpad.phone.snapshot()["threads"].get(JORDAN.phone, [])]


async def agree(ana: Hands) -> Json:
    """Agree to the preview in whichever form it is shown."""
    if ana.person.modal is not None:
        await ana.submit()
        return await ana.settled()
    shown_now = ana.person.ephemerals("#support")[-1]
    return await ana.press(shown_now, next(one for one in labels(shown_now) if one in {"Schedule", "Send", "Save"}))


async def test_a_time_and_a_colon_before_the_text_send_it_then(ana: Hands, demo: Demo) -> None:
    preview = await ana.type("/dp sms jordan at 5pm: running late")
    seen = str(ana.person.modal or preview)
    assert "Send this text later?" in seen
    assert "running late" in seen
    assert not waiting(demo)
    told = said(await agree(ana))
    assert "is sent" in told
    (one,) = of_ana(demo)
    assert (one.text, one.to_numbers, one.from_number) == ("running late", [JORDAN.phone], ANA.phone)
    assert f"{one.at.astimezone(one.created.tzinfo):%H:%M}" == "00:00"  # five in the afternoon in Los Angeles
    assert one.timezone == "America/Los_Angeles"


async def test_the_words_before_the_colon_can_be_the_text_after_all(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp sms jordan at 5pm: doors open")
    view = ana.person.modal or ana.person.ephemerals("#support")[-1]
    assert any("at 5pm: doors open" in label for label in labels(view))


@pytest.mark.parametrize("typed", ["tomorrow: closed", "later: closed", "monday: closed"])
async def test_a_day_or_later_alone_is_asked_about(ana: Hands, demo: Demo, typed: str) -> None:
    asked = await ana.type(f"/dp sms jordan {typed}")
    assert any(f"Send now: “{typed}”" in label for label in labels(asked))
    assert any("closed" in label or "Choose a time" in label for label in labels(asked))
    assert not waiting(demo)


async def test_ten_minutes_are_needed_and_the_nearest_time_is_offered(ana: Hands, demo: Demo) -> None:
    asked = await ana.type("/dp sms jordan in 5m: running late")
    assert "ten minutes" in said(asked)
    nearest, now = labels(asked)[:2]
    assert nearest.startswith("Today at 10:1")
    assert now == "Send now: “in 5m: running late”"
    await ana.press(asked, nearest)
    await agree(ana)
    assert waiting(demo) == ["running late"]


async def test_it_leaves_at_its_time(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp sms jordan in 20m: running late")
    await agree(ana)
    before = thread(demo)
    (one,) = of_ana(demo)
    one.at = demo.clock.now() - timedelta(seconds=1)
    send_due(demo.dialpad.state)
    assert thread(demo) == [*before, "running late"]


async def test_what_waits_is_listed_changed_and_cancelled(ana: Hands, demo: Demo) -> None:
    assert "No text waits" in said(await ana.type("/dp scheduled"))
    await ana.type("/dp sms jordan at 5pm: running late")
    await agree(ana)
    listed = await ana.type("/dp scheduled texts")
    assert "running late" in said(listed)
    assert labels(listed)[:3] == ["Cancel it", "Send now", "Change…"]

    await ana.press(listed, "Change…")
    assert "running late" in said(await ana.modal())
    await ana.submit({"text": "on time after all"})
    await agree(ana)
    assert waiting(demo) == ["on time after all"]

    told = await ana.press(await ana.type("/dp scheduled"), "Cancel it")
    assert "is not sent" in said(told)
    assert "Write it again…" in labels(told)
    assert waiting(demo) == []
    assert "does not wait any more" in said(await ana.press(listed, "Send now"))


async def test_more_than_one_page_of_them_is_read(ana: Hands, demo: Demo) -> None:
    demo.dialpad.state.page_size = 1
    for at in ("at 4pm", "at 5pm"):
        await ana.type(f"/dp sms jordan {at}: see you {at}")
        await agree(ana)
    listed = said(await ana.type("/dp scheduled"))
    assert "see you at 4pm" in listed
    assert "see you at 5pm" in listed


async def test_it_can_be_sent_at_once(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp sms jordan at 5pm: running late")
    await agree(ana)
    before = thread(demo)
    await ana.press(await ana.type("/dp scheduled"), "Send now")
    assert thread(demo) == before
    await agree(ana)
    assert thread(demo) == [*before, "running late"]
    assert waiting(demo) == []


async def test_a_form_has_a_field_for_it(ana: Hands, demo: Demo) -> None:
    await ana.type("/dp sms jordan")
    await ana.modal()
    answer = await ana.submit({"text": "hello", "at": {"text": {"type": "plain_text", "text": "x"}, "value": "5m"}})
    assert "ten minutes" in str(answer)


async def test_the_conversations_card_knows_it(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe("texts")
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "When do you open?")
    await shown(ana, "When do you open?")
    await ana.type("/dp sms jordan tomorrow 9:00: We are open now")
    await agree(ana)
    await shown(ana, "a text is scheduled by")
    await ana.press(await ana.type("/dp scheduled"), "Cancel it")
    card = await ana.person.until(
        lambda: next((one for one in ana.person.messages("#support") if "When do you open?" in said(one)
                      and "is scheduled" not in said(one)), None)
    )  # fmt: skip
    assert card


async def test_the_preview_leads_to_the_field_with_all_that_was_typed(ana: Hands, demo: Demo) -> None:
    preview = await ana.type("/dp sms jordan running late")
    await ana.press(ana.person.modal or preview, "Send later…")
    form = said(await ana.modal())
    assert "running late" in form
    assert "Send later" in form
    assert not thread(demo) or thread(demo)[-1] != "running late"


async def test_a_mistyped_word_before_the_time_is_asked_about(ana: Hands, demo: Demo) -> None:
    asked = await ana.type("/dp sms jordan ah 5pm: running late")
    assert labels(asked)[:2] == ["Send today at 5:00 PM: “running late”", "Send now: “ah 5pm: running late”"]
