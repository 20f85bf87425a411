from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.basics.errors import (
    BadRequest,
    Conflict,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    TokenRefused,
    TooMany,
    Unavailable,
    Unreadable,
)
from bot.dialpad.actions.call import GetCall, ListCalls
from bot.dialpad.actions.transcripts import GetTranscript
from bot.dialpad.actions.users import GetUser, ListUsers
from bot.dialpad.reading import parse_message, parse_retry_after, read_answer, read_refusal


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"code": 404, "message": "No such call"}}', "No such call"),
        (b'{"error": {"errors": [{"message": "No such call"}]}}', "No such call"),
        (b'{"message": "No such call"}', "No such call"),
        (b'{"error": "No such call"}', "No such call"),
        (b'{"error": "invalid_grant", "error_description": "Code used"}', "Code used"),
        (b"No such call", "No such call"),
        (b'"No such call"', "No such call"),
        (b"<html>502 Bad Gateway</html>", ""),
        (b"", ""),
        (b"[]", ""),
        (b'{"error": {"message": 7, "errors": "odd"}}', ""),
    ],
)
def test_the_message_is_found_in_every_shape_an_error_has(body: bytes, message: str) -> None:
    assert parse_message(body)[0] == message


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, TokenRefused),
        (402, NotAllowed),
        (403, NotAllowed),
        (404, NotFound),
        (409, Conflict),
        (413, BadRequest),
        (422, BadRequest),
        (429, TooMany),
        (500, Unavailable),
        (503, Unavailable),
        (302, Unreadable),
    ],
)
def test_each_status_becomes_its_own_error(status: int, kind: type[Exception]) -> None:
    assert type(read_refusal(status, {}, b"", can_repeat=True)) is kind


@pytest.mark.parametrize("status", [500, 502, 504])
def test_the_outcome_of_what_must_not_be_repeated_is_unknown(status: int) -> None:
    assert type(read_refusal(status, {}, b"", can_repeat=False)) is OutcomeUnknown


def test_a_rate_limit_is_recognised_under_another_status() -> None:
    assert isinstance(read_refusal(403, {}, b'{"error": {"message": "rate_limit_exceeded"}}', can_repeat=True), TooMany)


def test_a_number_in_the_message_is_for_the_person_and_not_for_logs() -> None:
    error = read_refusal(400, {}, b'{"message": "+14155550150 cannot get texts"}', can_repeat=True)
    assert (error.message, "4155550150" in str(error)) == ("+14155550150 cannot get texts", False)


def test_a_token_that_dialpad_repeats_is_taken_out() -> None:
    error = read_refusal(401, {}, b'{"message": "secret-1 is unknown"}', can_repeat=True, secret="secret-1")
    assert error.message == "… is unknown"


@pytest.mark.parametrize(("value", "seconds"), [("3", 3.0), ("0.5", 0.5), ("-1", 0.0), ("soon", None), ("", None)])
def test_retry_after_is_read_when_it_can_be(value: str, seconds: float | None) -> None:
    assert parse_retry_after({"retry-after": value}) == seconds


def test_retry_after_may_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30))
    assert 25 < (parse_retry_after({"retry-after": date}) or 0) <= 30


def test_numbers_that_come_as_strings_are_read() -> None:
    call = read_answer(GetCall(id="1"), b'{"call_id": 12, "date_started": "1785979436005", "duration": 119961.031}')
    assert (call.call_id, call.date_started, call.duration) == ("12", 1785979436005, 119961.031)


def test_unknown_keys_are_kept() -> None:
    assert (read_answer(GetUser(), b'{"id": "5", "new": 1}').model_extra or {})["new"] == 1


def test_an_empty_body_is_an_empty_answer() -> None:
    assert read_answer(GetUser(), b"").id is None


def test_one_odd_field_does_not_cost_the_whole_list() -> None:
    page = read_answer(ListUsers(), b'{"items": [{"id": 1, "emails": "x"}, {"id": 2, "emails": null}], "cursor": 5}')
    assert ([user.id for user in page.items], page.cursor) == (["1", "2"], None)


def test_absent_items_are_an_empty_page() -> None:
    assert (read_answer(ListCalls(), b"{}").items, read_answer(ListCalls(), b'{"items": null}').items) == ([], [])


def test_a_time_without_a_zone_is_utc() -> None:
    transcript = read_answer(GetTranscript(call_id="1"), b'{"lines": [{"time": "2026-08-06T01:24:16.738447"}]}')
    assert transcript.lines[0].time == datetime(2026, 8, 6, 1, 24, 16, 738447, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'"x"', b"null", b"{"])
def test_what_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_answer(GetUser(), body)
