"""Links to calls in Dialpad that people post get a preview, for those who may see the call."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, CUSTOMERS, SUPPORT
from bot.sandbox.demo import Demo, connect
from bot.sandbox.dialpad.model import Call
from tests.flows.hands import Hands, Json, find_button, labels, said
from tests.flows.stage import OneDemo, until_heard, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")

JORDAN = CUSTOMERS[0]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def answered(priya: Hands, words: str = "missed answered") -> Call:
    """A call of Support that Ana took, and that is over."""
    await priya.subscribe(words)
    phone = priya.demo.dialpad.phone
    call = phone.ring(JORDAN.phone, SUPPORT.phone)
    phone.answer(call.id, ANA)
    phone.hang_up(call.id)
    await until_posted(priya.demo)
    return call


def link_to(call: Call) -> str:
    return f"https://dialpad.com/callhistory/callreview/{call.id}?tab=transcript"


async def told_of(hands: Hands) -> None:
    """Slack has told the bot of everything, and it is done."""
    await hands.demo.slack._core.delivery.idle()
    await hands.demo.bot.dispatcher.idle()


async def post(hands: Hands, text: str, channel: str = "#support") -> Json:
    """Post a message; as it stands once the bot has done what it does."""
    message = await hands.person.say(channel, text)
    await told_of(hands)
    now: Json = next(one for one in hands.person.messages(channel) if one["ts"] == message["ts"])
    return now


async def press(hands: Hands, message: Json, label: str) -> None:
    """Press a button of the preview below a message."""
    button, block_id = find_button(message["attachments"][0], label)
    await hands.person.press(message, button["action_id"], button["value"], block_id=block_id)


async def test_who_may_see_a_call_gets_a_preview_of_its_link(priya: Hands, ana: Hands) -> None:
    call = await answered(priya)
    message = await post(ana, f"look at {link_to(call)} please")
    (preview,) = message["attachments"]
    text = said(preview)
    assert "Support" in text
    assert "Answered by Ana Ferreira" in text
    assert JORDAN.name in text  # this channel is shown the line's calls anyway
    assert labels(preview) == ["Recap", "Recording"]

    again = await post(ana, f"look at {link_to(call)} again")
    assert again["attachments"]


async def test_where_the_lines_calls_are_not_shown_the_customer_is_not_named(priya: Hands, ana: Hands) -> None:
    call = await answered(priya)
    message = await post(ana, link_to(call), "#general")
    (preview,) = message["attachments"]
    assert "Call from a customer" in said(preview)
    assert JORDAN.name not in said(preview)
    assert JORDAN.phone not in said(preview)


async def test_the_buttons_answer_who_pressed_with_their_own_rights(priya: Hands, ana: Hands, noor: Hands) -> None:
    call = await answered(priya)
    message = await post(ana, link_to(call))
    await press(ana, message, "Recap")
    assert "recap" in said(await ana.settled()).casefold()

    await press(noor, message, "Recap")
    assert "not connected to Dialpad" in said(await noor.settled())


async def test_who_is_not_connected_is_told_once_a_day_and_privately(priya: Hands, noor: Hands) -> None:
    call = await answered(priya)
    message = await post(noor, link_to(call))
    assert "attachments" not in message
    told = noor.person.ephemerals("#support")
    assert "say which call it is" in said(told[-1])
    await post(noor, link_to(call))
    assert noor.person.ephemerals("#support") == told

    await connect(noor.demo.bot, noor.demo.dialpad, noor.who)
    assert (await post(noor, link_to(call)))["attachments"]


async def test_other_links_and_strangers_calls_get_nothing(priya: Hands, ana: Hands) -> None:
    await answered(priya)
    for text in (
        "https://dialpad.com/pricing",
        "https://example.com/callhistory/callreview/5",
        "https://dialpad.com.example.com/callhistory/callreview/5",
        "https://dialpad.com/callhistory/callreview/5",
        "https://dialpad.com/shared/call/AAAAnobodyKnowsThisToken",
    ):
        assert "attachments" not in await post(ana, text)


async def test_a_shared_link_is_known_again_by_its_mark(priya: Hands, ana: Hands) -> None:
    call = await answered(priya)
    message = await post(ana, f"https://dialpad.com/shared/call/company-{call.id}")
    assert "Answered by Ana Ferreira" in said(message["attachments"][0])


async def test_a_link_that_is_still_being_written_has_a_preview_too(priya: Hands, ana: Hands) -> None:
    call = await answered(priya)
    unfurl_id = await ana.person.compose(f"see {link_to(call)}")
    await told_of(ana)
    (preview,) = ana.person.preview(unfurl_id)
    assert "Answered by Ana Ferreira" in said(preview)


async def test_slack_refuses_previews_of_what_was_not_posted(demo: Demo, ana: Hands) -> None:
    message = await ana.person.say("#support", "nothing here")
    await until_heard(demo)
    client = await demo.bot.dispatcher.messages._clients.of(ana.key.team_id)
    for fields, code in (
        ({"channel": "C0SUPPORT", "ts": message["ts"], "unfurls": {"https://dialpad.com/x": {}}}, "cannot_unfurl_url"),
        ({"channel": "C0SUPPORT", "ts": "1.2", "unfurls": {"https://dialpad.com/x": {}}}, "cannot_find_message"),
        ({"channel": "C0SUPPORT", "ts": message["ts"]}, "missing_unfurls"),
        ({"unfurl_id": "U1", "unfurls": {"https://dialpad.com/x": {}}}, "missing_source"),
        ({"unfurl_id": "U1", "source": "composer", "unfurls": {"https://dialpad.com/x": {}}}, "invalid_unfurl_id"),
    ):
        with pytest.raises(Exception, match=code):
            await client.api_call("chat.unfurl", json=fields)
