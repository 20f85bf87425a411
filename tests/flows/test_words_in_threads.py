"""What is said to the app in a card's thread: about the card there, and who "him" is."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import SUPPORT
from bot.sandbox.demo import Demo
from tests.flows.channel import JORDAN, miss_a_call, shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


@pytest_asyncio.fixture(loop_scope="module")
async def missed(demo: Demo, priya: Hands, ana: Hands) -> Json:
    await priya.subscribe('sms missed for "Support"')
    miss_a_call(demo)
    await until_posted(demo)
    return await shown(ana, "Missed", "Jordan Lee")


@pytest_asyncio.fixture(loop_scope="module")
async def texted(demo: Demo, priya: Hands, ana: Hands) -> Json:
    await priya.subscribe('sms missed for "Support"')
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Is it ready?")
    await until_posted(demo)
    return await shown(ana, "New text", "Jordan Lee")


@pytest.mark.parametrize("words", ["mine", "take it", "I'll take this", "claim"])
async def test_a_call_is_claimed_in_its_thread(ana: Hands, missed: Json, words: str) -> None:
    assert "It is yours" in said(await ana.mention(words, missed["ts"]))
    await shown(ana, "Claimed by", "Jordan Lee")


@pytest.mark.parametrize("words", ["done", "it's done", "solved", "mark it as done"])
async def test_a_call_is_settled_and_reopened_in_its_thread(ana: Hands, missed: Json, words: str) -> None:
    assert "Done." in said(await ana.mention(words, missed["ts"]))
    assert "Open again" in said(await ana.mention("reopen", missed["ts"]))


async def test_a_call_is_put_off_in_its_thread(ana: Hands, missed: Json) -> None:
    assert "Put off until" in said(await ana.mention("remind me in 20 min", missed["ts"]))
    assert "Open the form" in labels(await ana.mention("snooze", missed["ts"]))


@pytest.mark.parametrize("words", ["give it to sam", "assign Sam Okafor", "hand over to sam"])
async def test_a_call_is_handed_over_in_its_thread(ana: Hands, missed: Json, words: str) -> None:
    await ana.mention("mine", missed["ts"])
    assert "I asked" in said(await ana.mention(words, missed["ts"]))


async def test_the_customer_of_the_card_is_who_is_meant(ana: Hands, missed: Json) -> None:
    assert "Call now?" in said(call := await ana.mention("call him back", missed["ts"]))
    assert JORDAN.phone[-4:] in said(call)
    assert SUPPORT.phone[-4:] in said(call)
    text = await ana.mention("txt him Sorry, we missed you!", missed["ts"])
    assert "Sorry, we missed you!" in said(text)
    assert "txt him" not in said(text)
    assert "Jordan Lee" in said(await ana.mention("who is this", missed["ts"]))
    assert "Block" in said(await ana.mention("block them please", missed["ts"]))
    assert "Calls" in said(await ana.mention("his calls", missed["ts"]))
    assert "Noted" in said(await ana.mention("note wants a refund", missed["ts"]))
    assert "Call with" in said(await ana.mention("how long did he wait?", missed["ts"]))


async def test_another_line_in_the_thread_of_a_call_is_read_as_anywhere(ana: Hands, missed: Json) -> None:
    preview = await ana.mention("text Amara Osei See you", missed["ts"])
    assert "Amara Osei" in said(preview)
    assert "Jordan" not in said(preview)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("done", "Done"),
        ("mine", "Claim"),
        ("call him", "Call"),
        ("who is this", "Who"),
        ("give it to sam", "Hand over"),
    ],
)
async def test_in_a_conversation_it_is_asked_who_is_meant(ana: Hands, texted: Json, words: str, meant: str) -> None:
    asked = await ana.mention(words, texted["ts"])
    assert labels(asked) == [meant, f"Text them “{words}”"]
    await ana.press(asked, f"Text them “{words}”")
    assert words in said(ana.person.modal or {})


async def test_a_text_that_says_to_whom_is_asked_without_those_words(ana: Hands, texted: Json) -> None:
    asked = await ana.mention("text him Yes, it is.", texted["ts"])
    assert labels(asked) == ["Text them “Yes, it is.”", "Text them “text him Yes, it is.”"]
    asked = await ana.mention("reply: Yes", texted["ts"])
    assert labels(asked)[0] == "Text them “Yes”"


@pytest.mark.parametrize("words", ["Yes, come by 5pm", "reply by Friday please", "Thanks for calling us back"])
async def test_every_other_line_in_a_conversation_leaves_as_it_is(ana: Hands, texted: Json, words: str) -> None:
    preview = await ana.mention(words, texted["ts"])
    assert words in said(preview)
    assert "Send this text?" in said(preview)
