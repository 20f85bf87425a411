import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialpad.events import (
    AgentStatusEvent,
    CallEvent,
    ChangeEvent,
    ContactEvent,
    Event,
    SmsEvent,
    UnknownEvent,
    parse_event,
)
from tests.payloads import names, payload

KINDS: dict[str, type[Event]] = {
    "call": CallEvent, "voicemail": CallEvent, "recap": CallEvent, "text": SmsEvent, "picture": SmsEvent,
    "agent": AgentStatusEvent, "contact": ContactEvent, "setting": ChangeEvent, "something": UnknownEvent,
}  # fmt: skip
NUMBERS_AND_TEXTS = ("+1415", "(415)", "Jordan", "Ferreira", "order")

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def call(name: str, **changes: Any) -> CallEvent:
    event = parse_event(payload(name, **changes))
    assert isinstance(event, CallEvent)
    return event


def sms(name: str, **changes: Any) -> SmsEvent:
    event = parse_event(payload(name, **changes))
    assert isinstance(event, SmsEvent)
    return event


@pytest.mark.parametrize("name", names())
def test_an_event_is_known_by_its_keys(name: str) -> None:
    assert type(parse_event(payload(name))) is KINDS[name.split(maxsplit=1)[0]]


def test_what_dialpad_usually_sends_is_read_at_once() -> None:
    for name in names():
        KINDS[name.split(maxsplit=1)[0]].model_validate(payload(name))  # reading again takes three times as long


def test_where_one_of_two_fields_is_odd_the_other_one_is_read() -> None:
    assert sms("text received", text=7, text_content="On my way").text == "On my way"


@pytest.mark.parametrize("name", names())
def test_the_document_is_kept_as_it_came(name: str) -> None:
    assert parse_event(payload(name)).document == payload(name)


@pytest.mark.parametrize("name", names())
def test_what_is_logged_of_an_event_names_nobody(name: str) -> None:
    event = parse_event(payload(name))

    assert not [part for part in NUMBERS_AND_TEXTS if part in repr(event) + str(event)]


@pytest.mark.parametrize("name", names())
def test_the_order_of_keys_and_the_envelope_do_not_change_the_key(name: str) -> None:
    shuffled = dict(reversed(payload(name).items()))

    assert parse_event(shuffled).key == parse_event(payload(name)).key


def test_events_that_differ_have_keys_that_differ() -> None:
    assert len({parse_event(payload(name)).key for name in names()}) == len(names())


def test_ids_as_strings_make_the_same_event_as_ids_as_numbers() -> None:
    document = payload("call answered by an agent")
    text = {key: str(value) if key.endswith("call_id") and value else value for key, value in document.items()}

    assert parse_event(text).key == parse_event(document).key
    assert call("call answered by an agent", **text).legs == call("call answered by an agent").legs


def test_times_as_strings_are_times() -> None:
    assert call("call ringing", event_timestamp="1795453204100").at == call("call ringing").at


def test_the_time_is_aware_and_exact_to_the_millisecond() -> None:
    assert call("call ringing").at == datetime(2026, 11, 23, 17, 0, 4, 100_000, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "soon", [], {}, True, float("nan"), float("inf"), 1e300, -5, 0])
def test_a_time_that_is_none_counts_as_absent(value: Any) -> None:
    event = call("call ringing", event_timestamp=value)

    assert event.at is None
    assert event.key.startswith("call:")


def test_legs_of_one_call_are_joined_by_any_id_they_share() -> None:
    center = call("call answered at the call center")
    agent = call("call answered by an agent")

    assert center.legs & agent.legs == {center.call_id}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("call queued", set()),
        ("call ringing", set()),
        ("call answered at the call center", {"answered"}),
        ("call answered by an agent", {"answered"}),
        ("call ended", {"answered", "ended"}),
        ("call picked up by the menu only", {"ended"}),
        ("call abandoned in the queue", {"ended"}),
        ("call missed", {"ended"}),
        ("call hung up while it rang", {"ended"}),
        ("call with an end before it began to ring", set()),
        ("voicemail uploaded", set()),
        ("voicemail transcribed", set()),
        ("recap", {"answered"}),
    ],
)
def test_what_became_of_a_call(name: str, facts: set[str]) -> None:
    event = call(name)

    assert {fact for fact in ("answered", "ended") if getattr(event, fact)} == facts


def test_spans_are_milliseconds_whole_or_not() -> None:
    assert call("call ended").duration == timedelta(milliseconds=51_000.25)


def test_a_hidden_number_is_no_number() -> None:
    assert call("call with an end before it began to ring").internal is None


def test_an_agents_leg_belongs_to_the_line_it_came_through() -> None:
    line = call("call ringing").line

    assert line is not None
    assert (line.name, line.type) == ("Support", "callcenter")


def test_nobody_is_written_as_an_empty_object() -> None:
    assert call("call queued").entry_point_target is None


def test_the_times_and_states_of_one_call_put_it_in_order_however_it_came() -> None:
    came = [call(name) for name in ("call ended", "call queued", "call answered by an agent", "call ringing")]

    in_order = sorted(came, key=lambda event: event.at or datetime.max.replace(tzinfo=UTC))
    assert [event.state for event in in_order] == ["queued", "ringing", "connected", "hangup"]


def test_a_state_nobody_knows_is_kept() -> None:
    assert call("call in a state of tomorrow").state == "teleported"


@pytest.mark.parametrize("name", [name for name in names() if name.startswith(("call", "voicemail", "recap"))])
def test_a_call_needs_only_its_id_and_state(name: str) -> None:
    document = payload(name)
    for key in list(document):
        if key not in {"call_id", "state"}:
            del document[key]
            event = parse_event(document)
            assert isinstance(event, CallEvent)
            assert_usable(event)


def test_text_and_its_delivery_are_two_events_about_one_text() -> None:
    sent, delivered = sms("text sent"), sms("text delivered")

    assert sent.id == delivered.id
    assert sent.key != delivered.key


@pytest.mark.parametrize("name", ["text received", "text sent"])
def test_both_directions_of_a_conversation_have_the_same_two_numbers(name: str) -> None:
    event = sms(name)

    assert (event.line, event.customer) == ("+14155550111", "+14155550150")


def test_stop_in_any_case_is_heard() -> None:
    assert sms("text asking to stop").asks_to_stop


def test_a_text_that_may_not_be_read_says_so() -> None:
    assert (sms("text without the right to read it").text_withheld, sms("picture received").text_withheld) == (
        True,
        False,
    )


def test_one_recipient_may_be_written_without_a_list() -> None:
    assert sms("text sent", to_number="+14155550150").to_numbers == ("+14155550150",)


@pytest.mark.parametrize(
    ("word", "on"), [("Unavailable", False), (False, False), (True, True), ("wrapup", True), ("?", None)]
)
def test_duty_is_told_from_words_in_any_case_and_from_booleans(word: Any, on: bool | None) -> None:
    event = parse_event(payload("agent off duty", on_duty_status=word))

    assert isinstance(event, AgentStatusEvent)
    assert event.on_duty is on


def test_a_contact_event_has_no_time_and_is_known_by_its_content() -> None:
    event = parse_event(payload("contact updated"))
    other = parse_event(payload("contact updated", event="Deleted"))

    assert (event.at, event.key == other.key) == (None, False)


@given(name=st.sampled_from(names()), data=st.data())
@settings(deadline=None, max_examples=300)
def test_no_value_of_any_field_is_an_error(name: str, data: st.DataObject) -> None:
    document = payload(name)
    key = data.draw(st.sampled_from(sorted(document)))
    document[key] = data.draw(anything)

    assert_usable(parse_event(document))


@given(st.dictionaries(st.text(max_size=12), anything, max_size=6))
@settings(deadline=None)
def test_no_object_is_an_error(document: dict[str, Any]) -> None:
    assert_usable(parse_event(document))


def assert_usable(event: Event) -> None:
    """Everything a card reads of it can be read, and its key fits into a database."""
    for name, member in vars(type(event)).items():
        if isinstance(member, property):
            getattr(event, name)
    assert event.key.isascii()
    assert len(event.key) < 200
    json.dumps(event.key)


GROUP_TEXT: Final = {
    "id": 7, "direction": "inbound", "from_number": "+14155550150", "text": "Lunch?", "message_status": "pending",
    "target": {"id": 5, "type": "call_center", "name": "Support", "phone_number": "(415) 555-0101"},
}  # fmt: skip


@pytest.mark.parametrize("numbers", [["+14155550161", "+14155550101"], ["+14155550101", "+14155550161"]])
def test_a_group_text_is_filed_under_our_line_wherever_it_stands(numbers: list[str]) -> None:
    event = parse_event(GROUP_TEXT | {"to_number": numbers})
    assert isinstance(event, SmsEvent)
    assert (event.line, event.others, event.customer) == ("+14155550101", ("+14155550161",), "+14155550150")


@pytest.mark.parametrize("phone", [None, "", "101", "(415) 555-0199"])
def test_without_a_number_of_the_line_the_first_counts(phone: str | None) -> None:
    target = {"id": 5, "type": "call_center", "phone_number": phone}
    event = parse_event(GROUP_TEXT | {"to_number": ["+14155550101", "+14155550161"], "target": target})
    assert isinstance(event, SmsEvent)
    assert event.line == "+14155550101"


def test_a_line_in_another_country_is_known_by_its_national_number() -> None:
    target = {"id": 5, "type": "office", "phone_number": "020 7946 0958"}
    event = parse_event(GROUP_TEXT | {"to_number": ["+14155550161", "+442079460958"], "target": target})
    assert isinstance(event, SmsEvent)
    assert event.line == "+442079460958"


def test_a_text_to_several_is_a_part_of_each_ones_conversation() -> None:
    told = {
        "direction": "outbound", "from_number": "+14155550101", "message_status": "failed",
        "to_number": ["+14155550150", "+14155550151", "+14155550150"],
        "contact": {"id": 1, "name": "Jordan Lee", "phone_number": "+14155550150"},
    }  # fmt: skip
    event = parse_event(GROUP_TEXT | told)
    assert isinstance(event, SmsEvent)
    jordan, amara = event.each()
    assert (jordan.customer, jordan.recipients, jordan.contact is not None) == ("+14155550150", 2, True)
    assert (amara.customer, amara.recipients, amara.contact) == ("+14155550151", 2, None)


def test_a_text_to_one_or_from_somebody_is_itself() -> None:
    event = parse_event(GROUP_TEXT | {"to_number": ["+14155550101", "+14155550161"]})
    assert isinstance(event, SmsEvent)
    assert event.each() == (event,)
