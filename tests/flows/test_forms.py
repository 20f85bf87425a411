"""Each daily verb by its form: what is missing is asked for, the type-aheads answer, errors stand at their field."""

import pytest

from bot.sandbox.cast import SUPPORT
from tests.flows.hands import Hands, labels, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_text_form_finds_a_contact_and_previews(ana: Hands) -> None:
    await ana.type("/dp sms")
    to = await ana.pick("to", "jord")
    await ana.submit({"to": [to], "text": "Your order is ready"})
    assert "Your order is ready" in said(await ana.modal())
    await ana.submit()
    (sent,) = ana.sent("POST", "/sms")
    assert sent.body["to_numbers"] == ["+14155550150"]
    assert "is on its way" in said(await ana.settled())


async def test_the_text_form_takes_a_typed_number(ana: Hands) -> None:
    await ana.type("/dp sms")
    assert (await ana.pick("to", "(415) 555-0153"))["value"] == "+14155550153"


async def test_edit_brings_the_form_back_with_what_was_written(ana: Hands) -> None:
    await ana.type("/dp sms +14155550150 Helo")
    await ana.press(await ana.modal(), "Edit")
    assert "Helo" in said(await ana.modal())
    await ana.submit({"text": "Hello"})
    await ana.submit()
    assert [one.body["text"] for one in ana.sent("POST", "/sms")] == ["Hello"]


async def test_a_text_of_blanks_is_told_at_its_field(ana: Hands) -> None:
    await ana.type("/dp sms +14155550150")
    await ana.modal()
    answer = await ana.submit({"text": "   "})
    assert "empty" in answer["errors"]["text"]
    assert ana.sent("POST", "/sms") == []


async def test_the_dnd_form_sets_a_group_for_a_while(ana: Hands) -> None:
    await ana.press(await ana.type("/dp dnd"), "More…")
    until = await ana.pick("until", "45 min")
    group = await ana.pick("group", "supp")
    await ana.submit({"state": "on", "until": until, "group": group})
    (asked,) = ana.sent("PATCH", "/users/*/togglednd")
    assert str(asked.body["group_id"]) == str(SUPPORT.id)
    assert [one.route for one in await ana.pending()] == ["dnd.back"]


async def test_the_duty_form_takes_a_reason(ana: Hands) -> None:
    await ana.press(await ana.type("/dp duty"), "More…")
    await ana.submit({"state": "off", "reason": await ana.pick("reason", "Dentist")})
    assert "off duty (Dentist)" in said(await ana.settled())


async def test_the_status_form_sets_an_end(ana: Hands) -> None:
    await ana.type("/dp status")
    until = await ana.pick("until", "1 hour")
    await ana.submit({"text": "At lunch", "until": until})
    assert ana.account.status_message == "At lunch"
    assert [one.route for one in await ana.pending()] == ["status.back"]


async def test_the_call_form_shows_who_would_be_called(ana: Hands) -> None:
    await ana.type("/dp call")
    await ana.submit({"to": await ana.pick("to", "amara")})
    assert "Amara Osei" in said(await ana.modal())
    assert ana.sent("POST", "/call") == []
    await ana.submit()
    assert len(ana.sent("POST", "/call")) == 1


async def test_the_calls_form_narrows_by_line_and_time(priya: Hands) -> None:
    menu = await priya.type("/dp")
    await priya.press(menu, "Look up calls…")
    await priya.submit({"since": await priya.pick("since", "yesterday"), "group": await priya.pick("group", "supp")})
    assert "in Support yesterday" in said(await priya.settled())


async def test_the_who_form_answers_with_the_card(ana: Hands) -> None:
    await ana.type("/dp who")
    await ana.submit({"number": await ana.pick("number", "jordan")})
    assert "Lee Roasters" in said(await ana.settled())


async def test_the_block_form_asks_before_it_blocks(priya: Hands) -> None:
    await priya.type("/dp block")
    await priya.submit({"numbers": [await priya.pick("numbers", "+14155550153")]})
    assert "Block this number?" in str(await priya.modal())
    assert "+14155550153" not in priya.demo.dialpad.state.blocked
    await priya.submit()
    assert "+14155550153" in priya.demo.dialpad.state.blocked


async def test_the_unblock_form_asks_before_it_unblocks(priya: Hands) -> None:
    await priya.type("/dp unblock")
    await priya.submit({"numbers": [await priya.pick("numbers", "+14155550159")]})
    await priya.submit()
    assert "+14155550159" not in priya.demo.dialpad.state.blocked


async def test_a_colleague_in_the_block_form_is_refused_at_the_field(priya: Hands) -> None:
    await priya.type("/dp block")
    answer = await priya.submit({"numbers": [await priya.pick("numbers", "+14155550112")]})
    assert "cannot be blocked" in answer["errors"]["numbers"]


async def test_the_type_ahead_of_people_and_groups_answers_in_their_words(sam: Hands) -> None:
    await sam.press(await sam.type("/dp duty"), "More…")
    assert "Mei Tanaka" in str(await sam.pick("colleague", "mei"))


async def test_a_type_ahead_while_dialpad_is_down_is_no_error(ana: Hands) -> None:
    await ana.type("/dp sms")
    ana.demo.dialpad.faults.add("*", kind="down", times=None)
    form = await ana.modal()
    assert (await ana.person.options(form, "sms.sms.to", "nobody like this"))["options"] == []
    assert ana.person.notices == []


async def test_saving_a_contact_asks_for_a_few_fields_and_shows_the_rest_when_asked(ana: Hands) -> None:
    await ana.type("/dp contact Jordan")
    view = await ana.modal()
    shown = [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
    assert shown == ["First name", "Last name", "Phone numbers", "Company"]
    assert (view["title"]["text"], view["submit"]["text"]) == ("Save a contact", "Save")
    await ana.press(view, next(label for label in labels(view) if label.startswith("More fields")))
    assert "Jordan" in said(await ana.modal())
    assert "Job title" in said(await ana.modal())
    await ana.submit({"last_name": "Miles"})
    (saved,) = ana.sent("POST", "/contacts")
    assert (saved.body["first_name"], saved.body["last_name"]) == ("Jordan", "Miles")


async def test_somebody_unknown_is_saved_from_their_own_card(ana: Hands) -> None:
    card = await ana.type("/dp who +14155550153")
    await ana.press(card, "Save contact")
    assert "+14155550153" in said(await ana.modal())
