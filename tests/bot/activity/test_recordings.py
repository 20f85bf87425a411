"""What can be listened to and read of a call, and when."""

from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity.call_registers import fold
from bot.activity.calls import CallView, view_call
from bot.activity.news import NewsKind, happening_of
from bot.activity.registers import State
from bot.dialpad.events import CallEvent, parse_event
from bot.dialpad.recordings import Recorded, recorded_at
from tests.bot.activity.payloads import at, call, voicemail_call
from tests.payloads import payload

AFTERWARDS = (
    "call ended", "call recording ready", "call transcript ready", "recap", "recap outcome", "recap purposes",
    "recap to do",
)  # fmt: skip


def event(name: str, **changes: Any) -> CallEvent:
    found = parse_event(payload(name, **changes))
    assert isinstance(found, CallEvent)
    return found


def view(*events: CallEvent) -> CallView:
    return view_call(reduce(fold, events, State()))


def test_that_a_call_was_recorded_is_no_recording_yet() -> None:
    ended = view(event("call ended", was_recorded=True, recording_details=[]))

    assert ended.was_recorded
    assert NewsKind.RECORDING not in happening_of(ended).kinds


def test_the_address_of_a_recording_to_come_is_no_recording_yet() -> None:
    assert not view(event("call with the address of a recording to come")).recording_ready


def test_a_recording_is_ready_when_dialpad_says_so() -> None:
    ready = view(event("call ended"), event("call recording ready"))

    assert NewsKind.RECORDING in happening_of(ready).kinds
    assert [(one.id, one.kind, one.ms) for _, one in ready.recordings] == [
        ("1111000000000001", "callrecording", 51_000),
        ("5762000000000001", "admincallrecording", 52_900),
    ]


def test_a_companys_recording_is_told_by_its_own_state() -> None:
    assert view(event("call ended", state="admin_recording", recording_details=[])).recording_ready


def test_a_recording_in_the_list_of_ended_calls_is_ready() -> None:
    there = {"admin_recording_urls": ["https://dialpad.example/blob/adminrecording/57.mp3"]}

    assert view(call(1, "hangup", 9, read_back=True, **there)).recording_ready
    assert not view(call(1, "hangup", 9, **there)).recording_ready


def test_the_recordings_own_id_stands_in_its_address() -> None:
    of = "https://dialpad.example"

    assert recorded_at(f"{of}/blob/adminrecording/57.mp3") == Recorded(
        "57", "admincallrecording", f"{of}/blob/adminrecording/57.mp3"
    )
    assert recorded_at(f"{of}/r/11") == Recorded("11", "callrecording", f"{of}/r/11")
    assert recorded_at(f"{of}/secureblob/voicemail/49.mp3?x=1") == Recorded(
        "49", "voicemail", f"{of}/secureblob/voicemail/49.mp3?x=1"
    )


@pytest.mark.parametrize("url", ["", "https://dialpad.example/shared/call/abc", "https://[", "r/1?", "https://x/r/"])
def test_an_address_of_another_shape_names_no_recording(url: str) -> None:
    assert recorded_at(url) is None


def test_a_voicemail_is_known_by_its_own_id() -> None:
    story = [*voicemail_call(), call(1, "voicemail_uploaded", 42, voicemail_recording_id=49)]

    assert [(leg, one.id, one.kind) for leg, one in view(*story).recordings] == [("1", "49", "voicemail")]


def test_a_later_event_that_says_less_of_a_recording_takes_nothing_away() -> None:
    bare = event("call recording ready", event_timestamp=at(10**6), recording_details=[], recording_url=[])
    known = {one.id: one for _, one in view(event("call recording ready"), bare).recordings}

    assert known["1111000000000001"].ms == 51_000
    assert known["1111000000000001"].url == "https://dialpad.example/r/1111000000000001"


def test_no_address_is_seen_where_a_recording_is_logged() -> None:
    assert "dialpad.example" not in repr(view(event("call recording ready")).recordings)


def test_a_transcript_can_be_read_once_dialpad_says_so() -> None:
    assert view(event("call ended")).transcribed == ""
    assert view(event("call transcript ready")).transcribed == "5314000000000640"


@given(st.permutations(AFTERWARDS))
def test_a_recap_is_put_together_from_its_events_in_any_order(names: list[str]) -> None:
    whole = view(*(event(name) for name in names))

    assert (whole.recap, whole.recap_outcome, whole.purposes) == ("The order is late.", "Resolved", ("Delivery",))
    assert whole.to_do == ("Send a new one", "Call back on Monday")


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (["Send it", " "], ("Send it",)),
        ("Send it", ("Send it",)),
        ([{"content": "Send it"}, {"owner": "Ana"}, 7, None], ("Send it",)),
        ({"text": "Send it"}, ("Send it",)),
        (None, ()),
        ([], ()),
    ],
)
def test_what_is_to_be_done_is_read_however_it_is_written(said: Any, read: tuple[str, ...]) -> None:
    assert view(call(1, "recap_action_items", 9, recap_action_items=said)).to_do == read


def test_any_part_of_a_recap_is_a_recap() -> None:
    assert NewsKind.RECAP in happening_of(view(event("recap to do"))).kinds
