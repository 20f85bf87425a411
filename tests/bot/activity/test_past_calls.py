"""Dialpad's answers about calls, read as events."""

import json
from datetime import timedelta
from typing import Any

from bot.activity.call_registers import read_call
from bot.activity.calls import CallView, view_call
from bot.activity.past_calls import as_event
from bot.dialpad.actions.call import Call
from bot.dialpad.events import CallEvent, parse_event
from tests.bot.activity.payloads import SUPPORT, at, missed_group_call


def read_back(**more: Any) -> CallView:
    """An ended call as it is known when its events were lost."""
    answer = {"call_id": 1, "state": "hangup", "direction": "inbound", "target": SUPPORT, "date_started": at(0)}
    call = Call.model_validate({**answer, "date_ended": at(60), **more})
    event = parse_event(json.loads(json.dumps(as_event(call))))
    assert isinstance(event, CallEvent)
    return view_call(read_call(event))


def test_a_voicemail_is_one_although_answers_name_only_its_page() -> None:
    view = read_back(date_rang=at(1), voicemail_share_link="https://dialpad.example/shared/voicemail/1")

    assert (view.outcome, view.has_voicemail) == ("voicemail", True)


def test_a_page_for_listening_is_no_recording_to_fetch() -> None:
    assert read_back(voicemail_share_link="https://dialpad.example/shared/voicemail/1").recordings == ()


def test_how_long_they_talked_is_what_dialpad_says() -> None:
    view = read_back(date_connected=at(10), operator_call_id=2, duration=42_000.5)

    assert view.talked == timedelta(seconds=42)


def test_a_contacts_number_stands_for_one_that_is_left_out_but_not_for_one_that_is_hidden() -> None:
    jordan = {"name": "Jordan Lee", "phone": "+14155550150"}

    assert read_back(contact=jordan).number == "+14155550150"
    assert read_back(contact=jordan, external_number="blocked").number == ""


def test_a_call_that_goes_on_has_not_ended() -> None:
    assert read_back(state="connected", date_ended=None).phase != "ended"


def test_an_event_that_came_counts_more_than_the_answer_about_the_same_leg() -> None:
    answer = as_event(Call.model_validate(missed_group_call()[-1].document))

    assert answer["event_timestamp"] <= at(20)
