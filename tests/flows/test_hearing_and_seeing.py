"""What is heard and seen of calls and texts: recordings on request, pictures in the thread. All real but the two
services."""

from typing import Any

import pytest
import pytest_asyncio

from bot.notifications import routing as deliver
from bot.sandbox.cast import ANA, LEO, SUPPORT
from bot.sandbox.demo import Demo, connect
from bot.sandbox.dialpad.ai import TALKS
from tests.flows.channel import JORDAN, board, in_thread, shown
from tests.flows.hands import Hands, find_button, labels, said
from tests.flows.stage import ChangeWait, OneDemo

pytestmark = pytest.mark.asyncio(loop_scope="module")

PNG = b"\x89PNG\r\n\x1a\n and more"


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


def files(hands: Hands) -> list[dict[str, Any]]:
    """What the app has sent to this person alone."""
    return [file for message in hands.from_app for file in message.get("files", ())]


async def test_a_voicemail_is_heard_by_who_asks_and_shared_only_after_agreeing(
    priya: Hands, ana: Hands, demo: Demo
) -> None:
    await priya.subscribe('voicemail for "Support"')
    call = demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    demo.dialpad.phone.leave_voicemail(call.id, "Please call me back.")
    card = await shown(ana, "Voicemail", "Jordan Lee", "Please call me back.")
    assert "secureblob" not in said(card)

    answer = await ana.press(card, "Listen")
    assert "Voicemail from Jordan Lee, 3 s. The file is in our direct messages, where only you can see it." in said(
        answer
    )
    (sound,) = files(ana)
    assert sound["mimetype"] == "audio/x-wav"
    (asked,) = [one for one in demo.dialpad.requests if "/secureblob/" in one.path]
    assert asked.status == 200
    assert files(priya) == []

    await ana.press(await ana.press(card, "More…"), "Share link…")
    offer = await ana.modal()
    assert "Anyone at your company who has the link. Nobody outside." in said(offer)
    assert ana.sent("POST", "/recordingsharelink") == []
    await ana.submit()
    assert f"{demo.url}/shared/recording/" in said(await ana.settled())
    (made,) = ana.sent("POST", "/recordingsharelink")
    assert made.body["privacy"] == "company"
    assert all("/shared/" not in said(message) for message in board(ana))


async def test_a_recording_and_a_recap_come_to_the_same_card(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('answered recording recap for "Support"')
    phone = demo.dialpad.phone
    call = phone.ring(JORDAN.phone, SUPPORT.phone)
    leg = phone.answer(call.id, ANA)
    await shown(ana, "Talking to Ana Ferreira")
    phone.hang_up(call.id)
    ready = await shown(ana, "Answered by Ana Ferreira", "recording ready")
    assert "Listen" in labels(ready)
    assert "Transcript" not in labels(ready)

    demo.dialpad.ai.write(leg, TALKS[0])
    card = await shown(ana, TALKS[0].summary, "• Text the tracking number", "Order status", "Follow-up needed")
    assert card["ts"] == ready["ts"]
    assert len(board(ana)) == 1
    assert "could you text me the tracking number" in said(await ana.press(card, "Transcript"))
    await ana.press(card, "Listen")
    assert files(ana)[0]["name"].startswith("recording-")


async def test_who_does_not_belong_to_the_line_hears_nothing(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('voicemail for "Support"')
    call = demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    demo.dialpad.phone.leave_voicemail(call.id, "Please call me back.")
    card = await shown(ana, "Voicemail", "Jordan Lee")
    await connect(demo.bot, demo.dialpad, LEO)
    leo = Hands(demo, LEO)
    button, _ = find_button(card, "Listen")

    await leo.person.press(card, button["action_id"], button["value"])
    assert "You do not belong to Support" in said(await leo.settled())
    assert files(leo) == []
    assert [one for one in demo.dialpad.requests if "/secureblob/" in one.path] == []


async def test_a_picture_is_seen_in_the_conversation(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('sms for "Support"')
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "This is how it came", PNG)
    text = await in_thread(ana, "This is how it came", "slack_file")
    head = await shown(ana, "New text", "Jordan Lee")

    assert text["thread_ts"] == head["ts"]
    (image,) = [block for block in text["blocks"] if block["type"] == "image"]
    assert image["alt_text"] == "Picture from Jordan Lee"
    assert demo.slack.workspace.files[image["slack_file"]["id"]].content == PNG
    assert "/mms/" not in said(text)
    replies = [one for one in board(ana) if one["ts"] != head["ts"] and "This is how it came" in said(one)]
    assert len(replies) == 1


async def test_a_picture_that_cannot_be_fetched_does_not_hold_up_its_text(
    priya: Hands, ana: Hands, demo: Demo, waits: ChangeWait
) -> None:
    await waits(deliver, "PICTURE_S", 0.2)
    await priya.subscribe('sms for "Support"')
    demo.dialpad.faults.add("GET /mms/", status=403, times=None)
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "This is how it came", PNG)

    text = await shown(ana, "This is how it came", "A picture came with it: see it in Dialpad.")
    assert [block["type"] for block in text["blocks"]] == ["section"]
