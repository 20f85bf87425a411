"""Events of faxes and of channels are read leniently: Dialpad's document does not say how they are shaped."""

from typing import Any

import pytest

from bot.dialpad.events import ChannelEvent, FaxEvent, SmsEvent, parse_event

FAX = {
    "id": "TVvr5J6Kok", "direction": "inbound", "fax_status": "success", "from_number": "+14155550150",
    "to_number": "+14155550103", "target": {"id": 5527, "type": "department", "name": "Billing"},
    "fax_transaction": {"num_pages": "2", "is_billed": False}, "created_date": "2026-01-01T00:00:00+00:00",
}  # fmt: skip


def fax(**changed: Any) -> FaxEvent:
    event = parse_event({**FAX, **changed})
    assert isinstance(event, FaxEvent)
    return event


def test_a_fax_is_read_with_the_names_of_the_document() -> None:
    event = fax()
    assert (event.inbound, event.other, event.pages, event.failed) == (True, "+14155550150", 2, False)
    assert event.target is not None
    assert event.target.name == "Billing"
    assert event.at is not None
    assert "4155550150" not in repr(event)


@pytest.mark.parametrize("status", ["error", "suspended", "ERROR"])
def test_a_fax_that_failed_says_so(status: str) -> None:
    event = fax(direction="outbound", fax_status=status)
    assert event.failed
    assert event.other == "+14155550103"


def test_odd_fields_of_a_fax_are_left_out() -> None:
    event = fax(fax_transaction="two", target=[], to_number=["+14155550103"], contact={}, direction="outbound")
    assert event.pages is None
    assert event.target is None
    assert event.other == "+14155550103"


def test_each_step_of_a_fax_is_an_event_of_its_own() -> None:
    keys = {fax(fax_status=word, event_timestamp=1_772_560_000_000).key for word in ("pending", "success", "success")}
    assert len(keys) == 2


def test_a_message_in_a_channel_is_no_text() -> None:
    document = {
        "id": 7, "target": {"id": 3, "type": "channel", "name": "deliveries"}, "text": "Late", "to_number": [],
        "contact": {"id": 1, "name": "Ana", "type": "user"}, "event_timestamp": 1_772_560_000_000,
    }  # fmt: skip
    event = parse_event(document)
    assert isinstance(event, ChannelEvent)
    assert (event.text, event.key) == ("Late", "channel:7:1772560000000")
    assert isinstance(parse_event({**document, "target": {"id": 3, "type": "user"}}), SmsEvent)
