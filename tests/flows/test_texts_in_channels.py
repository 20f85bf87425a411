"""Texts in a channel: what was deleted comes back, group texts, several recipients, opt-outs, and from which line."""

from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, BILLING, CUSTOMERS, LEO, PRIYA, SALES, SUPPORT
from bot.sandbox.demo import Demo
from bot.sandbox.dialpad.events import sms_event
from tests.flows.channel import JORDAN, board, make_due, miss_a_call, shown
from tests.flows.hands import Hands, Json, labels, said
from tests.flows.stage import OneDemo, until_posted

pytestmark = pytest.mark.asyncio(loop_scope="module")
AMARA, TOMAS = CUSTOMERS[1], CUSTOMERS[2]


@pytest_asyncio.fixture(loop_scope="module")
async def demo(one_demo: OneDemo) -> Demo:
    return await one_demo.fresh()


@pytest_asyncio.fixture(loop_scope="module")
async def listening(demo: Demo, priya: Hands) -> None:
    await priya.subscribe('sms missed for "Support"')


def delete(demo: Demo, message: Json) -> None:
    """Somebody tidies up in Slack."""
    core = demo.slack._core
    core.space.remove_message(core.space.channels["C0SUPPORT"], message["ts"])


async def heard(demo: Demo, *texts: str, of: str = JORDAN.phone, line: str = SUPPORT.phone) -> None:
    for text in texts:
        demo.dialpad.phone.text(of, line, text)
    await until_posted(demo)


def emit(demo: Demo, message: Any, **changes: Any) -> None:
    """An event about a text, as Dialpad may write it."""
    demo.dialpad.state.emit("sms", {**sms_event(demo.dialpad.state, message), **changes})


def newest(demo: Demo) -> Any:
    return demo.dialpad.state.messages[-1]


# What was deleted in Slack


@pytest.mark.usefixtures("listening")
async def test_a_text_to_a_deleted_conversation_comes_in_a_new_one_with_what_was_said(
    ana: Hands, demo: Demo, provoked: set[str]
) -> None:
    await heard(demo, "Is my order ready?")
    delete(demo, await shown(ana, "New text"))
    await heard(demo, "Hello?")

    head = await shown(ana, "Jordan Lee", "Is my order ready?", "Hello?")
    (text,) = [one for one in board(ana) if one.get("thread_ts") == head["ts"] != one["ts"]]
    assert "Hello?" in said(text)

    await ana.mention("Yes", head["ts"])
    await heard(demo, "Thanks")
    assert len([one for one in board(ana) if one.get("thread_ts") == head["ts"] != one["ts"]]) == 2


@pytest.mark.usefixtures("listening")
async def test_the_deleted_card_of_a_call_that_waits_comes_back(ana: Hands, sam: Hands, demo: Demo) -> None:
    miss_a_call(demo)
    await until_posted(demo)
    card = await shown(ana, "Missed", "Jordan Lee")
    delete(demo, card)
    await sam.type(f"/dp call {JORDAN.phone}")  # whatever changes it
    await until_posted(demo)
    again = await shown(ana, "Jordan Lee", "is answering")
    assert again["ts"] != card["ts"]
    await ana.press(again, "Claim")
    await shown(ana, "Claimed by")


@pytest.mark.usefixtures("listening")
async def test_the_deleted_card_of_what_is_settled_stays_away(ana: Hands, demo: Demo) -> None:
    miss_a_call(demo)
    await until_posted(demo)
    card = await shown(ana, "Missed", "Jordan Lee")
    delete(demo, card)
    call = demo.dialpad.phone.ring(JORDAN.phone, SUPPORT.phone)
    demo.dialpad.phone.answer(call.id, ANA)
    demo.dialpad.phone.hang_up(call.id)
    await until_posted(demo)
    assert not [one for one in board(ana) if "Jordan Lee" in said(one)]


async def test_asking_in_the_thread_of_a_deleted_card_brings_it_back(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe('missed for "Support" claim 5m')
    miss_a_call(demo)
    await until_posted(demo)
    card = await shown(ana, "Missed", "Jordan Lee")
    delete(demo, card)
    await make_due(demo, card)
    await until_posted(demo)
    asked = await shown(ana, "Nobody has")
    head = await shown(ana, "Missed", "Jordan Lee")
    assert head["ts"] == asked["thread_ts"] != card["ts"]


# Several people in one text


@pytest.mark.usefixtures("listening")
async def test_a_group_text_is_filed_under_our_line_and_answered_from_it(ana: Hands, demo: Demo) -> None:
    emit(demo, _made(demo, "Lunch, all?"), to_number=["+14155550161", SUPPORT.phone])
    await until_posted(demo)
    head = await shown(ana, "Jordan Lee", "Support", "Lunch, all?")
    await shown(ana, "A group text", "0161")

    await ana.press(head, "Reply")
    await ana.submit({"text": "Yes"})
    assert "0101" in said(await ana.modal())
    await ana.submit()
    assert [(one.body["to_numbers"], one.body["from_number"]) for one in ana.sent("POST", "/sms")] == [
        ([JORDAN.phone], SUPPORT.phone)
    ]


@pytest.mark.usefixtures("listening")
async def test_a_group_text_whose_line_comes_without_its_number_is_filed_under_that_line(
    ana: Hands, demo: Demo
) -> None:
    await ana.type("/dp who Support")  # the directory has been read
    target = {"id": str(SUPPORT.id), "type": "call_center", "name": "Support", "phone": ""}
    emit(demo, _made(demo, "Lunch, all?"), to_number=["+14155550161", SUPPORT.phone], target=target)
    await until_posted(demo)

    head = await shown(ana, "Jordan Lee", "Support", "Lunch, all?")
    await shown(ana, "A group text", "0161")
    assert not [one for one in board(ana) if "does not say which of these numbers is ours" in said(one)]
    await ana.press(head, "Reply")
    await ana.submit({"text": "Yes"})
    assert "0101" in said(await ana.modal())


async def test_where_nobody_knows_which_number_is_ours_that_is_said(priya: Hands, ana: Hands, demo: Demo) -> None:
    await priya.subscribe("sms")
    target = {"id": "9999", "type": "call_center", "name": "Support", "phone": ""}
    emit(demo, _made(demo, "Lunch, all?"), to_number=["+14155550161", "+14155550162"], target=target)
    await until_posted(demo)

    await shown(ana, "Dialpad does not say which of these numbers is ours")


def _made(demo: Demo, text: str) -> Any:
    """A text of Jordan's to Support that no event has told of."""
    state, emitted = demo.dialpad.state, demo.dialpad.state.emit
    state.emit = lambda *_: None  # type: ignore[method-assign]
    try:
        demo.dialpad.phone.text(JORDAN.phone, SUPPORT.phone, text)
    finally:
        state.emit = emitted  # type: ignore[method-assign]
    return newest(demo)


@pytest.mark.usefixtures("listening")
async def test_a_text_to_three_stands_in_each_ones_thread(ana: Hands, demo: Demo) -> None:
    for one in (JORDAN, AMARA, TOMAS):
        await heard(demo, f"I am {one.name}", of=one.phone)
    demo.dialpad.phone.set_reachable(TOMAS.phone, on=False)
    await _send_from_support(demo, [JORDAN.phone, AMARA.phone, TOMAS.phone], "Closed today")
    await until_posted(demo)

    for one in (JORDAN, AMARA, TOMAS):
        head = await _head(ana, one.name)
        texts = [text for text in board(ana) if text.get("thread_ts") == head["ts"] != text["ts"]]
        ours = [said(text) for text in texts if "Closed today" in said(text)]
        assert len(ours) == 1, one.name
        assert "does not say to whom" in ours[0]


async def _head(hands: Hands, name: str) -> Json:
    heads = [one for one in board(hands) if one.get("thread_ts", one["ts"]) == one["ts"] and name in said(one)]
    return heads[-1]


async def _send_from_support(demo: Demo, numbers: list[str], text: str) -> None:
    sender = Hands(demo, ANA)
    preview = await sender.type(f"/dp text {', '.join(numbers)} {text}")
    confirm = preview if labels(preview) else sender.person.modal
    assert confirm is not None
    await sender.press(confirm, "Edit")
    form = await sender.modal()
    (element,) = [one["element"] for one in form["blocks"] if one.get("block_id") == "sender"]
    option = (await sender.person.options(form, element["action_id"], "Support"))["options"][0]
    await sender.submit({"sender": option})
    await sender.submit()


@pytest.mark.usefixtures("listening")
async def test_each_recipient_has_their_own_state_where_dialpad_tells_it(ana: Hands, demo: Demo) -> None:
    for one in (JORDAN, AMARA):
        await heard(demo, f"I am {one.name}", of=one.phone)
    await _send_from_support(demo, [JORDAN.phone, AMARA.phone], "Closed today")
    message = newest(demo)
    later = sms_event(demo.dialpad.state, message)["event_timestamp"] + 5_000
    told = {"event_timestamp": later}
    emit(demo, message, to_number=[JORDAN.phone], message_status="delivered", **told)
    emit(demo, message, to_number=[AMARA.phone], message_status="failed", message_delivery_result="no_route", **told)
    await until_posted(demo)

    states = {}
    for one in (JORDAN, AMARA):
        head = await _head(ana, one.name)
        (states[one.key],) = [
            said(text)
            for text in board(ana)
            if text.get("thread_ts") == head["ts"] != text["ts"] and "Closed today" in said(text)
        ]
    assert "(delivered)" in states["jordan"]
    assert "not delivered: no carrier reaches the number" in states["amara"]


# No more texts


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("word", ["STOP", "Stop.", "stop!", "REVOKE", "opt out", " Quit \n"])
async def test_whoever_opts_out_is_written_to_by_no_line_and_no_agent(
    ana: Hands, priya: Hands, demo: Demo, word: str
) -> None:
    await priya.subscribe('sms for "Sales"')
    await heard(demo, "Hello sales", line=SALES.phone)
    assert "Reply" in labels(await shown(ana, "Hello sales", "Claim"))
    await heard(demo, word)

    sales = await _head(ana, "Sales")
    assert "They opted out of texts (STOP)" in said(sales)
    assert "Reply" not in labels(sales)
    assert "(STOP)" in said(await ana.type(f"/dp text {JORDAN.phone} Hi"))
    assert "Opted out" in said(await ana.type(f"/dp who {JORDAN.phone}"))
    assert ana.sent("POST", "/sms") == []

    await heard(demo, "START")
    assert "Reply" in labels(await _head(ana, "Sales"))
    await ana.type(f"/dp text {JORDAN.phone} Hi")
    assert "Send this text?" in str(ana.person.modal)


@pytest.mark.usefixtures("listening")
async def test_a_stop_that_carriers_do_not_take_is_flagged(ana: Hands, demo: Demo) -> None:
    await heard(demo, "STOP please")
    await shown(ana, "STOP please", "This may ask for no more texts")
    assert "Reply" in labels(await shown(ana, "STOP please", "Claim"))


@pytest.mark.usefixtures("listening")
async def test_the_card_of_a_call_offers_no_text_to_whoever_opted_out(ana: Hands, demo: Demo) -> None:
    miss_a_call(demo)
    await until_posted(demo)
    assert "Text" in labels(await shown(ana, "Missed", "Jordan Lee"))
    await heard(demo, "stop")
    assert "Text" not in labels(await shown(ana, "Missed", "Jordan Lee", "wants no texts"))


async def answered_in_vain(ana: Hands, demo: Demo, why: str) -> None:
    """Ana answers a text, and Dialpad tells later that it did not arrive."""
    await heard(demo, "Hi")
    await ana.press(await shown(ana, "New text"), "Reply")
    await ana.submit({"text": "Hello"})
    await ana.submit()
    await until_posted(demo)
    later = sms_event(demo.dialpad.state, newest(demo))["event_timestamp"] + 5_000
    emit(demo, newest(demo), message_status="failed", message_delivery_result=why, event_timestamp=later)
    await until_posted(demo)


@pytest.mark.usefixtures("listening")
async def test_why_a_text_did_not_arrive_is_told_as_dialpad_says_it(ana: Hands, demo: Demo) -> None:
    await answered_in_vain(ana, demo, "carrier_filter")
    await shown(ana, "Hello", "not delivered: Dialpad says “carrier filter”")


@pytest.mark.usefixtures("listening")
async def test_a_refusal_because_they_opted_out_is_kept(ana: Hands, demo: Demo) -> None:
    await answered_in_vain(ana, demo, "opted_out")
    await shown(ana, "Hello", "not delivered: they opted out of texts")
    assert "(STOP)" in said(await ana.type(f"/dp text {JORDAN.phone} Hi"))


# From which line


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("button", ["Call back", "Text"])
async def test_who_may_answers_from_the_line_that_the_customer_used(ana: Hands, demo: Demo, button: str) -> None:
    miss_a_call(demo)
    await until_posted(demo)
    await ana.press(await shown(ana, "Missed", "Jordan Lee"), button)
    if button == "Text":
        await ana.submit({"text": "We are back"})
    assert "Support" in said(await ana.modal())
    await ana.submit()
    if button == "Text":
        assert [one.body["from_number"] for one in ana.sent("POST", "/sms")] == [SUPPORT.phone]
    else:
        (call,) = demo.dialpad.phone.live
        assert call.caller_id == SUPPORT.phone


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("button", ["Call back", "Text"])
async def test_who_may_not_is_told_which_number_they_see(priya: Hands, demo: Demo, button: str) -> None:
    assert PRIYA not in SUPPORT.members
    assert LEO not in SUPPORT.members
    miss_a_call(demo)
    await until_posted(demo)
    await priya.press(await shown(priya, "Missed", "Jordan Lee"), button)
    if button == "Text":
        await priya.submit({"text": "We are back"})
    preview = said(await priya.modal())
    assert "Your number" in preview
    assert "Dialpad does not let you" in preview
    assert "0101" in preview
    await priya.submit()
    if button == "Text":
        assert [one.body.get("from_number") for one in priya.sent("POST", "/sms")] == [None]


# Who answered


@pytest.mark.usefixtures("listening")
async def test_thread_and_card_name_who_wrote_ours(ana: Hands, demo: Demo) -> None:
    await heard(demo, "Hi")
    await ana.press(await shown(ana, "New text"), "Reply")
    await ana.submit({"text": "Hello"})
    await ana.submit()
    await until_posted(demo)
    await shown(ana, f"<@{ANA.slack_id}> from *Support*", "Hello")
    await heard(demo, "One more thing")
    await shown(ana, "One more thing", "Claim", f"<@{ANA.slack_id}>: Hello")


@pytest.mark.usefixtures("listening")
async def test_a_text_from_dialpads_own_app_names_its_sender_or_the_line(ana: Hands, demo: Demo) -> None:
    await heard(demo, "Hi", "Anybody?")
    message = _made(demo, "From the app")
    outbound = {"direction": "outbound", "from_number": SUPPORT.phone, "to_number": [JORDAN.phone]}
    emit(demo, message, **outbound, sender_id=LEO.dialpad_id, message_status="sent")
    await until_posted(demo)
    await shown(ana, f"{LEO.name} from *Support*", "From the app")
    assert BILLING.phone not in said(await shown(ana, "From the app"))
