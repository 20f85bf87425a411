"""Payloads seen in production and derived ones, where this project's collection of them lies beside the checkout."""

import json
from typing import Any

import pytest

from bot.dialpad.events import AgentStatusEvent, CallEvent, ChangeEvent, ContactEvent, SmsEvent
from tests.bot.dialpad.envelopes import SECRET, sign
from tests.bot.dialpad.opened import read_event
from tests.bot.sandbox.dialpad.dialpad_documents import FOLDER

KINDS = {
    "call": CallEvent, "sms": SmsEvent, "agent_status": AgentStatusEvent, "contact": ContactEvent,
    "changelog": ChangeEvent,
}  # fmt: skip


def load() -> list[tuple[str, dict[str, Any]]]:
    """Name and payload of each."""
    found: dict[str, list[Any]] = {}
    for name in ("events.json", "events_derived.json"):
        path = FOLDER / name
        document = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        found |= {f"{name} {kind}": payloads for kind, payloads in document.get("events", document).items()}
    return [
        (name.partition(" ")[2], payload)
        for name, payloads in found.items()
        for payload in payloads
        if isinstance(payload, dict)
    ]


@pytest.fixture(scope="module")
def real() -> list[tuple[str, dict[str, Any]]]:
    events = load()
    if not events:
        pytest.skip(f"there are no collected events in {FOLDER.name}/: set DIALPAD_DOCUMENTS to where they are")
    return events


def test_every_collected_event_is_known_for_what_it_is(real: list[tuple[str, dict[str, Any]]]) -> None:
    found = {(name, type(read_event(sign(payload), secret=SECRET))) for name, payload in real}

    assert found == {(name, KINDS[name.partition(".")[0]]) for name, _ in real}


def test_every_collected_event_keeps_what_it_carries(real: list[tuple[str, dict[str, Any]]]) -> None:
    for _, payload in real:
        assert read_event(sign(payload), secret=SECRET).document == payload


def test_a_call_with_a_state_of_its_name_says_so(real: list[tuple[str, dict[str, Any]]]) -> None:
    for name, payload in real:
        event = read_event(sign(payload), secret=SECRET)
        if isinstance(event, CallEvent):
            assert event.state == name.removeprefix("call.").partition("(")[0]
            assert event.at is not None


def test_collected_recordings_are_ready_and_known_by_their_own_ids(real: list[tuple[str, dict[str, Any]]]) -> None:
    events = [read_event(sign(payload), secret=SECRET) for name, payload in real if name == "call.recording"]

    assert events
    for event in events:
        assert isinstance(event, CallEvent)
        assert event.recording_ready
        assert event.call_id not in {one.id for one in event.recordings}
        assert {one.kind for one in event.recordings} == {"callrecording", "admincallrecording"}


def test_collected_pictures_are_kept_apart_from_the_words(real: list[tuple[str, dict[str, Any]]]) -> None:
    events = [read_event(sign(payload), secret=SECRET) for name, payload in real if name == "sms.mms_inbound"]

    assert events
    for event in events:
        assert isinstance(event, SmsEvent)
        assert event.media
        assert event.words == ""
