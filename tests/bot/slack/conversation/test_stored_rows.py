"""What waits for a yes or a connection, as earlier versions wrote it."""

from typing import Any

import pytest

from bot.contract.context import Where
from bot.slack.conversation.stored import (
    CONFIRMATION_PLACE,
    UNCONNECTED_REQUEST,
    ConfirmationPlace,
    StoredEdit,
    UnconnectedRequest,
)


@pytest.mark.parametrize(
    ("place", "row"),
    [
        (ConfirmationPlace(Where("C1"), "Send"), {"where": {"channel": "C1"}, "yes": "Send"}),
        (ConfirmationPlace(Where(), ""), {"where": {}, "yes": ""}),
        (
            ConfirmationPlace(Where("C1"), "Send", StoredEdit("sms.sms", {"to": ["+14155550150"], "text": "Hi"})),
            {
                "where": {"channel": "C1"},
                "yes": "Send",
                "edit": {"route": "sms.sms", "args": {"to": ["+14155550150"], "text": "Hi"}},
            },
        ),
    ],
)
def test_the_place_of_a_confirmation_is_written_and_read_as_ever(place: ConfirmationPlace, row: dict[str, Any]) -> None:
    assert CONFIRMATION_PLACE.dump(place, without_none=True) == row
    assert CONFIRMATION_PLACE.load(row) == place


@pytest.mark.parametrize(
    ("request_", "row"),
    [
        (
            UnconnectedRequest("dnd.dnd", {"state": True}, None, False, Where("C1", is_direct=True)),
            {
                "route": "dnd.dnd",
                "args": {"state": True},
                "words": None,
                "form": False,
                "where": {"channel": "C1", "is_direct": True},
            },
        ),
        (
            UnconnectedRequest("dnd.dnd", {}, "on for 30m", True),
            {"route": "dnd.dnd", "args": {}, "words": "on for 30m", "form": True, "where": {}},
        ),
    ],
)
def test_a_request_from_before_connecting_is_written_and_read_as_ever(
    request_: UnconnectedRequest, row: dict[str, Any]
) -> None:
    assert UNCONNECTED_REQUEST.dump(request_) == row
    assert UNCONNECTED_REQUEST.load(row) == request_


def test_fields_that_are_absent_or_of_a_later_version_do_no_harm() -> None:
    assert CONFIRMATION_PLACE.load({"later": 1}) == ConfirmationPlace()
    assert UNCONNECTED_REQUEST.load({"route": "a", "later": 1, "where": "?"}) == UnconnectedRequest("a")
