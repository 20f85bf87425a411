"""Each daily verb, typed, through the real Bolt app, over both transports."""

import pytest

from bot.sandbox.cast import ANA, MEI, SUPPORT
from tests.flows.hands import Hands, labels, said

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_dnd_is_turned_on_and_off_by_typing(ana: Hands) -> None:
    answer = await ana.type("/dp dnd on")
    assert "off → on" in said(answer)
    assert ana.account.do_not_disturb
    await ana.type("/dp-dnd off")
    assert not ana.account.do_not_disturb


async def test_dnd_alone_only_looks(ana: Hands) -> None:
    answer = await ana.type("/dp dnd")
    assert "Calls ring as usual" in said(answer)
    assert ana.sent("PATCH", "/users/*/togglednd") == []


async def test_dnd_in_one_group_leaves_the_others_ringing(ana: Hands) -> None:
    answer = await ana.type("/dp dnd on in Support")
    assert "in Support: off → on" in said(answer)
    assert not ana.account.do_not_disturb
    (asked,) = ana.sent("PATCH", "/users/*/togglednd")
    assert str(asked.body["group_id"]) == str(SUPPORT.id)


async def test_dnd_for_a_while_is_kept_for_later(ana: Hands) -> None:
    await ana.type("/dp dnd on for 30m")
    assert [one.route for one in await ana.pending()] == ["dnd.back"]


async def test_duty_goes_off_with_a_reason_and_on_again(ana: Hands) -> None:
    answer = await ana.type("/dp duty off Lunch")
    assert "on duty → *off duty (Lunch)*" in said(answer)
    await ana.press(answer, "Go on duty")
    assert "→ *on duty*" in said(await ana.settled())


async def test_who_is_on_duty_tells_why_somebody_is_not(ana: Hands) -> None:
    await ana.type("/dp duty off Lunch")
    assert "Ana Ferreira is off duty: Lunch" in said(await ana.type("/dp oncall Support"))


async def test_a_supervisor_sets_the_duty_of_their_agent(sam: Hands) -> None:
    answer = await sam.type(f"/dp duty off @{MEI.first_name} Training")
    assert "off duty (Training)" in said(answer)


async def test_an_agent_is_told_who_may_set_a_colleagues_duty(ana: Hands) -> None:
    answer = await ana.type(f"/dp duty off @{MEI.first_name} Training")
    assert "Mei Tanaka and their supervisors" in said(answer)


async def test_who_is_on_duty_names_people(ana: Hands) -> None:
    answer = await ana.type(f"/dp oncall {SUPPORT.name}")
    assert "Ana Ferreira" in said(answer)


async def test_a_status_is_set_and_cleared(ana: Hands) -> None:
    answer = await ana.type("/dp status In a meeting for 1h")
    assert "In a meeting" in said(answer)
    assert ana.account.status_message == "In a meeting"
    assert [one.route for one in await ana.pending()] == ["status.back"]
    await ana.press(answer, "Clear")
    assert not ana.account.status_message
    assert await ana.pending() == []


async def test_a_text_is_shown_exactly_before_it_leaves(ana: Hands) -> None:
    await ana.type("/dp sms Jordan Lee I’m on my way <now> & soon")
    preview = await ana.modal()
    assert "I’m on my way <now> & soon" in said(preview)
    assert ana.sent("POST", "/sms") == []
    await ana.submit()
    (sent,) = ana.sent("POST", "/sms")
    assert sent.body["text"] == "I’m on my way <now> & soon"
    assert sent.body["to_numbers"] == ["+14155550150"]


async def test_a_text_to_several_numbers_says_how_many_leave(ana: Hands) -> None:
    await ana.type("/dp sms +1 415 555 0150, +14155550151 On our way")
    preview = said(await ana.modal())
    assert "Jordan Lee" in preview
    assert "Amara Osei" in preview
    assert "2 in all" in preview
    await ana.submit()
    (sent,) = ana.sent("POST", "/sms")
    assert sorted(sent.body["to_numbers"]) == ["+14155550150", "+14155550151"]


async def test_a_call_rings_ones_own_phone_and_is_hung_up(ana: Hands) -> None:
    await ana.type("/dp call Jordan Lee")
    assert "Your own phone rings first" in said(await ana.modal())
    assert ana.sent("POST", "/call") == []
    await ana.submit()
    assert "Calling" in said(await ana.settled())
    assert len(ana.sent("POST", "/call")) == 1
    assert "You hung up" in said(await ana.type("/dp hangup"))
    assert ana.sent("PUT", "/call/*/actions/hangup")


async def test_hanging_up_without_a_call_says_there_is_none(ana: Hands) -> None:
    assert "no live call" in said(await ana.type("/dp hangup"))


async def test_calls_are_listed_for_an_admin_with_details(priya: Hands) -> None:
    missed = await priya.type("/dp calls today missed")
    assert "Jordan Lee" in said(missed)
    assert "answered" not in said(missed)
    card = await priya.press(missed, "Details")
    assert "Call from" in said(card)
    assert "Missed" in said(card)
    assert labels(card) == ["Call back", "Text", "Block"]


async def test_an_agent_is_told_who_may_see_calls(ana: Hands) -> None:
    answer = await ana.type("/dp calls today")
    assert "Only company admins" in said(answer)
    assert "Priya Nair" in said(answer)


async def test_who_is_it_knows_contacts_colleagues_and_strangers(ana: Hands) -> None:
    assert "Lee Roasters" in said(await ana.type("/dp who 415 555 0150"))
    assert "Colleague" in said(await ana.type("/dp who +14155550112"))
    assert "Nobody in your contacts" in said(await ana.type("/dp who +14155550153"))


async def test_block_asks_first_and_names_the_number(priya: Hands) -> None:
    await priya.type("/dp block +1 415 555 0153")
    asked = await priya.modal()
    assert "555-0153" in said(asked)
    assert priya.sent("POST", "/blockednumbers/add") == []
    await priya.submit()
    assert "+14155550153" in priya.demo.dialpad.state.blocked


async def test_a_blocked_number_is_listed_checked_and_unblocked(priya: Hands) -> None:
    assert "555-0159" in said(await priya.type("/dp blocked"))
    assert "is blocked" in said(await priya.type("/dp blocked +1 415 555 0159"))
    await priya.type("/dp unblock +1 415 555 0159")
    assert "Unblock this number?" in str(await priya.modal())
    await priya.submit()
    assert "+14155550159" not in priya.demo.dialpad.state.blocked


async def test_an_own_number_cannot_be_blocked(priya: Hands) -> None:
    answer = await priya.type(f"/dp block {ANA.phone}")
    assert "Ana Ferreira" in said(answer)
    assert "cannot be blocked" in said(answer)
    assert ANA.phone not in priya.demo.dialpad.state.blocked


async def test_whoami_says_who_one_is_and_what_is_still_to_change(ana: Hands) -> None:
    await ana.type("/dp dnd on for 30m")
    answer = await ana.type("/dp whoami")
    assert "You are Ana Ferreira" in said(answer)
    assert "Keep as is" in labels(answer)
    await ana.press(answer, "Keep as is")
    assert await ana.pending() == []


async def test_help_lists_every_word_and_explains_one(ana: Hands) -> None:
    everything = said(await ana.type("/dp help"))
    for word in ("dnd", "duty", "oncall", "open", "status", "sms", "calls", "who", "block", "unblock", "blocked",
                 "call", "hangup", "connect", "disconnect", "whoami", "help"):  # fmt: skip
        assert word in everything
    assert "Running late" in said(await ana.type("/dp help sms"))


async def test_examples_of_help_can_be_pressed(ana: Hands) -> None:
    calls = await ana.press(await ana.type("/dp help"), "Show")
    assert "/dp dnd on for 30m" in labels(calls)
    await ana.press(calls, "/dp dnd on for 30m")
    assert ana.sent("PATCH", "/users/*/togglednd") == [], "it opens its form first"
    await ana.submit({})
    assert [one.route for one in await ana.pending()] == ["dnd.back"]
    asked = await ana.press(await ana.type("/dp help sms"), "/dp sms Jordan Lee Your order is ready")
    assert "Your order is ready" in said(asked or await ana.modal())
    assert ana.sent("POST", "/sms") == []


async def test_the_menu_leads_to_every_daily_verb(ana: Hands) -> None:
    menu = await ana.type("/dp")
    for label in labels(menu):
        before = (ana.person.ephemerals(), [view["id"] for view in ana.person.modals])
        await ana.press(menu, label)
        after = (ana.person.ephemerals(), [view["id"] for view in ana.person.modals])
        assert before != after, label
        if ana.person.modal:
            await ana.person.close(ana.person.modal, everything=True)
    assert ana.sent("PATCH", "/users/*/togglednd") == []


async def test_a_mistyped_word_is_answered_with_the_nearest(ana: Hands) -> None:
    answer = await ana.type("/dp dmd on")
    assert labels(answer) == ["/dp dnd on"]
    await ana.press(answer, "/dp dnd on")
    assert ana.account.do_not_disturb


async def test_the_word_payload_reaches_the_bot(ana: Hands) -> None:
    answer = await ana.type("/dp payload")
    assert "payload" in said(answer)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/dp who nobody at all", "I can't find anyone called “nobody at all”"),
        ("/dp who Jordn", "Did you mean Jordan Lee"),
        ("/dp oncall Nowhere", "No call center is called “Nowhere”. Choose one of: "),
        ("/dp calls Jordn", "Did you mean Jordan Lee"),
        ("/dp blocked nobody at all", "I can't find anyone called “nobody at all”"),
    ],
)
async def test_a_name_that_nobody_has_is_told_with_what_to_do(ana: Hands, line: str, told: str) -> None:
    assert told in said(await ana.type(line))


async def test_a_mistyped_word_is_offered_as_it_was_typed(ana: Hands) -> None:
    asked = await ana.type("/dp blokc +1 415 555 0159")

    assert "/dp block +1 415 555 0159" in labels(asked)
