"""Lines that can mean several things are asked back with buttons that do it; and texts leave as people read them."""

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, SAM, SUPPORT
from bot.sandbox.demo import Demo
from bot.sandbox.dialpad.model import Contact
from tests.flows.channel import JORDAN, shown
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import OneDemo, inside, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


async def add_contacts(demo: Demo, *named: tuple[str, ...]) -> None:
    for number, (name, *phones) in enumerate(named):
        first, _, last = name.partition(" ")
        demo.dialpad.state.contacts[f"65{number}"] = Contact(f"65{number}", first, last, list(phones))
    await inside(demo).forget_lists()


async def preview(hands: Hands) -> str:
    return said(await hands.modal())


async def test_a_press_on_one_of_two_keeps_the_rest_of_the_line(ana: Hands, demo: Demo) -> None:
    await add_contacts(demo, ("Jordan Park", "+14155550164"))
    asked = await ana.type("/dp sms jordan your order is ready at 5")
    assert labels(asked) == ["Jordan Lee (415) 555-0150", "Jordan Park (415) 555-0164"]
    await ana.press(asked, "Jordan Park (415) 555-0164")
    shown_text = await preview(ana)
    assert "Jordan Park" in shown_text
    assert "your order is ready at 5" in shown_text


async def test_two_unclear_recipients_are_asked_one_after_the_other(ana: Hands, demo: Demo) -> None:
    await add_contacts(demo, ("Jordan Park", "+14155550164"), ("Amara Diallo", "+14155550165"))
    first = await ana.type("/dp sms jordan and amara we are closed")
    second = await ana.press(first, "Jordan Lee (415) 555-0150")
    assert labels(second) == ["Amara Diallo (415) 555-0165", "Amara Osei (415) 555-0151"]
    await ana.press(second, "Amara Osei (415) 555-0151")
    text = await preview(ana)
    assert "Jordan Lee" in text
    assert "Amara Osei" in text
    assert "we are closed" in text


async def test_a_mistyped_name_is_pressed_right(ana: Hands) -> None:
    asked = await ana.type("/dp sms jordn lee hello there")
    await ana.press(asked, "Jordan Lee (415) 555-0150")
    text = await preview(ana)
    assert "hello there" in text
    assert "lee hello" not in text


async def test_do_not_disturb_by_a_button_for_what_was_meant(ana: Hands) -> None:
    asked = await ana.type("/dp dnd of")
    assert labels(asked) == ["/dp dnd off", "/dp dnd on"]
    assert not ana.sent("PATCH", f"/users/{ANA.dialpad_id}/togglednd")
    await ana.press(asked, "/dp dnd on")
    assert ana.account.do_not_disturb


async def test_a_span_that_may_be_two_is_pressed(ana: Hands) -> None:
    asked = await ana.type("/dp dnd on 30 in Support")
    assert labels(asked) == ["For 30 minutes", "For 30 hours"]
    await ana.press(asked, "For 30 minutes")
    (waiting,) = await ana.pending()
    assert waiting.args["group"] == f"callcenter:{SUPPORT.id}"


async def test_a_colleague_without_an_at_puts_nobody_off_duty_unasked(sam: Hands) -> None:
    asked = await sam.type("/dp duty off noor")
    assert labels(asked) == ["Noor Haddad off duty", "Yourself off duty: noor"]
    assert sam.account.on_duty
    await sam.press(asked, "Noor Haddad off duty")
    assert sam.account.on_duty


async def test_yourself_is_pressed_too(sam: Hands) -> None:
    asked = await sam.type("/dp duty off noor")
    await sam.press(asked, "Yourself off duty: noor")
    assert not sam.account.on_duty
    assert sam.account.duty_reason == "noor"


async def test_the_opposite_is_never_offered(ana: Hands) -> None:
    for line in ("/dp unsubscribee", "/dp disconect", "/dp unblok 4155550159"):
        offered = labels(await ana.type(line))
        assert offered
        assert all(one.startswith(("/dp un", "/dp disconnect")) for one in offered), offered


async def test_what_was_typed_is_repeated_as_it_was_typed(ana: Hands) -> None:
    assert "amp;amp" not in said(await ana.type("/dp R&D"))
    asked = await ana.type("/dp +1 415 555 0150")
    assert labels(asked) == [f"/dp {word} +1 415 555 0150" for word in ("call", "sms", "who")]
    assert "“+1 415 555 0150”" in asked["text"]


@pytest.mark.parametrize("line", ["/dp whoami", "/dp who am i", "whoami", "Who am I?"])
async def test_a_mention_takes_the_whole_command(ana: Hands, line: str) -> None:
    assert "Ana Ferreira" in said(await ana.mention(line))


async def test_a_reply_in_a_texts_thread_names_people_and_shows_emoji(ana: Hands, priya: Hands, demo: Demo) -> None:
    await priya.subscribe('sms for "Support"')
    demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, "Is it ready?")
    await until_posted(demo)
    head = await shown(ana, "Is it ready?")
    answer = await ana.mention(f"Ask <@{SAM.slack_id}> :smile: R&D", head["ts"])
    assert "Ask Sam 😄 R" in said(answer)


async def test_emoji_typed_into_the_form_leave_as_pictures(ana: Hands) -> None:
    await ana.type("/dp sms +14155550150")
    form = await ana.modal()
    await ana.submit({"text": "See you :wave:"})
    assert "See you 👋" in await preview(ana), form


async def test_a_number_that_is_none_is_never_somebody_elses(priya: Hands) -> None:
    line = "/dp run DIALPAD_SET_USER_CALLER_ID_BY_ID id=me caller_id=+15555550100"
    await priya.type(line)
    assert not priya.sent("POST", "/users/*/caller_id")
    assert not priya.sent("PATCH", "/users/*/caller_id")


async def test_the_channels_own_call_center_is_meant_where_its_roster_is(ana: Hands, priya: Hands) -> None:
    assert "Which call center?" in said(await ana.type("/dp oncall"))
    await priya.subscribe('handover for "Support"')
    listed = said(await ana.type("/dp oncall"))
    assert "Which call center?" not in listed
    assert "Support" in listed


async def test_help_offers_the_nearest_command(ana: Hands) -> None:
    asked = await ana.type("/dp help smss")
    assert labels(asked) == ["/dp help sms"]
    assert "Send a text message" in said(await ana.press(asked, "/dp help sms"))
