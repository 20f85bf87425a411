import logging
from typing import Any

import httpx
import pytest
import structlog
from pydantic import SecretStr

from bot.basics.errors import (
    BadRequest,
    DialpadError,
    NotAllowed,
    OutcomeUnknown,
    TokenRefused,
    TooMany,
    Unavailable,
    Unreadable,
)
from bot.dialpad.actions.blockednumbers import BlockNumbers, GetBlockedNumber
from bot.dialpad.actions.call import PlaceCall
from bot.dialpad.actions.contacts import ListContacts
from bot.dialpad.actions.sms import SendSms
from bot.dialpad.actions.users import GetUser, PopScreen, ToggleDnd
from bot.dialpad.client import LARGEST_BODY, DialpadClient
from tests.bot.dialpad.wire import Time, Wire, bad, good

SMS = SendSms(to_numbers=["+14155550150"], text="Your order is ready", user_id="5")
CALL = PlaceCall(user_id="5", phone_number="+14155550150")


def build_client(*answers: httpx.Response | Exception) -> tuple[DialpadClient, Wire, Time]:
    wire, time = Wire(list(answers)), Time()
    client = DialpadClient("https://dialpad.example", transport=wire, clock=time, sleep=time.sleep, jitter=lambda: 0.5)
    return client, wire, time


async def test_the_answer_comes_back_as_its_model() -> None:
    client, _, _ = build_client(good({"id": "5", "do_not_disturb": True}))
    state = await client.send(ToggleDnd(do_not_disturb=True), token="t")
    assert (state.id, state.do_not_disturb) == ("5", True)


async def test_the_token_travels_as_a_bearer_header() -> None:
    client, wire, _ = build_client(good())
    await client.send(GetUser(), token=SecretStr("t-1"))
    assert wire.asked[0].headers["authorization"] == "Bearer t-1"


async def test_the_plus_of_a_number_is_encoded_in_a_path() -> None:
    client, wire, _ = build_client(good())
    await client.send(GetBlockedNumber(number="+14155550150"), token="t")
    assert wire.asked[0].path == "/api/v2/blockednumbers/%2B14155550150"


async def test_only_what_is_filled_in_is_sent() -> None:
    client, wire, _ = build_client(good())
    await client.send(SMS, token="t")
    assert wire.asked[0].json == {"to_numbers": ["+14155550150"], "text": "Your order is ready", "user_id": 5}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_read_is_tried_three_times(status: int) -> None:
    client, wire, _ = build_client(bad(status), bad(status), good({"id": 5}))
    assert (await client.send(GetUser(), token="t")).id == "5"
    assert len(wire.asked) == 3


async def test_a_refusal_knows_what_the_account_needs() -> None:
    client, _, _ = build_client(bad(403), bad(403))
    with pytest.raises(NotAllowed) as refused:
        await client.send(PopScreen(screen_pop_uri="https://crm.example/7"), token="t")
    assert refused.value.needs == "the scope “screen_pop”"
    with pytest.raises(NotAllowed) as plain:
        await client.send(GetUser(), token="t")
    assert plain.value.needs == ""


async def test_after_three_tries_the_refusal_is_raised() -> None:
    client, wire, _ = build_client(*(bad(503) for _ in range(4)))
    with pytest.raises(Unavailable):
        await client.send(GetUser(), token="t")
    assert len(wire.asked) == 3


@pytest.mark.parametrize("action", [SMS, CALL])
@pytest.mark.parametrize(
    "trouble", [bad(500), bad(502), bad(504), httpx.ReadTimeout(""), httpx.ReadError(""), httpx.RemoteProtocolError("")]
)
async def test_what_reaches_a_person_is_never_repeated_when_its_outcome_is_unknown(
    action: Any, trouble: httpx.Response | Exception
) -> None:
    client, wire, _ = build_client(trouble)
    with pytest.raises(OutcomeUnknown):
        await client.send(action, token="t")
    assert len(wire.asked) == 1


@pytest.mark.parametrize("trouble", [httpx.ConnectError(""), httpx.ConnectTimeout(""), httpx.PoolTimeout(""), bad(503)])
async def test_a_text_that_certainly_did_not_leave_is_not_called_unknown(trouble: httpx.Response | Exception) -> None:
    client, wire, _ = build_client(trouble)
    with pytest.raises(Unavailable):
        await client.send(SMS, token="t")
    assert len(wire.asked) == 1


async def test_a_text_refused_for_speed_is_sent_again() -> None:
    client, wire, _ = build_client(bad(429), good({"id": 1}))
    await client.send(SMS, token="t")
    assert len(wire.asked) == 2


@pytest.mark.parametrize("trouble", [httpx.ReadTimeout(""), httpx.ReadError(""), httpx.ConnectError("")])
async def test_a_change_that_may_be_repeated_survives_a_lost_connection(trouble: Exception) -> None:
    client, wire, _ = build_client(trouble, good())
    await client.send(BlockNumbers(numbers=["+14155550159"]), token="t")
    assert len(wire.asked) == 2


async def test_dialpads_own_wait_is_kept_to() -> None:
    client, _, time = build_client(bad(429, retry_after="2"), good())
    await client.send(GetUser(), token="t")
    assert max(time.slept) == pytest.approx(2.125)


async def test_a_click_does_not_wait_longer_than_its_budget() -> None:
    client, wire, _ = build_client(bad(429, retry_after="30"))
    with pytest.raises(TooMany) as refused:
        await client.send(GetUser(), token="t")
    assert (refused.value.retry_after, len(wire.asked)) == (30.0, 1)


async def test_background_work_does_wait() -> None:
    client, wire, _ = build_client(bad(429, retry_after="30"), good())
    await client.send(GetUser(), token="t", background=True)
    assert len(wire.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
async def test_a_clear_refusal_is_not_repeated(status: int) -> None:
    client, wire, _ = build_client(bad(status, "No"))
    with pytest.raises(DialpadError, match="No"):
        await client.send(GetUser(), token="t")
    assert len(wire.asked) == 1


async def test_an_answer_too_large_is_not_read_to_its_end() -> None:
    client, _, _ = build_client(httpx.Response(200, content=b"x" * (LARGEST_BODY + 1)))
    with pytest.raises(Unreadable):
        await client.send(GetUser(), token="t")


async def test_garbled_compression_is_unreadable() -> None:
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
    client, _, _ = build_client(answer)
    with pytest.raises(Unreadable):
        await client.send(GetUser(), token="t")


async def test_a_redirect_is_not_followed() -> None:
    client, wire, _ = build_client(httpx.Response(302, headers={"location": "https://elsewhere.example/login"}))
    with pytest.raises(Unreadable):
        await client.send(GetUser(), token="t")
    assert len(wire.asked) == 1


async def test_a_cookie_of_one_person_is_not_sent_for_the_next() -> None:
    client, wire, _ = build_client(httpx.Response(200, headers={"set-cookie": "session=ana; Path=/"}, json={}), good())
    await client.send(GetUser(), token="ana")
    await client.send(GetUser(), token="sam")
    assert "cookie" not in wire.asked[1].headers


async def test_pages_follow_the_cursor_to_its_end() -> None:
    client, wire, _ = build_client(
        good({"items": [{"id": "1"}], "cursor": "a"}),
        good({"cursor": "b"}),
        good({"items": [{"id": "2"}], "cursor": ""}),
    )
    ids = [contact.id async for page in client.pages(ListContacts(), token="t") for contact in page.items]
    assert (ids, [asked.query for asked in wire.asked]) == (["1", "2"], [[], [("cursor", "a")], [("cursor", "b")]])


async def test_a_cursor_that_repeats_itself_ends_the_list() -> None:
    client, wire, _ = build_client(*(good({"items": [], "cursor": "a"}) for _ in range(5)))
    assert len([page async for page in client.pages(ListContacts(), token="t")]) == len(wire.asked) == 2


async def test_a_corrupt_cursor_keeps_what_came_before_and_says_so() -> None:
    client, _, _ = build_client(good({"items": [{"id": "1"}], "cursor": "a"}), bad(400, "Invalid cursor"))
    pages = client.pages(ListContacts(), token="t")
    ids = [contact.id async for page in pages for contact in page.items]
    assert (ids, pages.cut_short) == (["1"], True)


async def test_a_first_page_that_is_refused_is_a_refusal() -> None:
    client, _, _ = build_client(bad(400, "Unknown owner"))
    with pytest.raises(BadRequest):
        _ = [page async for page in client.pages(ListContacts(), token="t")]


SECRETS = ("secret-token", "4155550150", "order is ready", "hidden words")


@pytest.mark.parametrize(
    "answers",
    [
        [good({"id": 1, "text": "hidden words", "to_numbers": {"odd": "+14155550150"}})],
        [bad(400, "secret-token may not text +1 (415) 555-0150")],
        [httpx.Response(200, text="hidden words +14155550150")],
        [httpx.Response(200, json=["hidden words"])],
        [httpx.ReadTimeout("secret-token +14155550150 hidden words")],
        [httpx.ConnectError("https://dialpad.example/+14155550150")],
        [bad(429), bad(429), bad(500)],
    ],
)
async def test_no_token_text_or_number_reaches_a_log_or_an_exceptions_text(
    answers: list[httpx.Response | Exception], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client, _, _ = build_client(*answers)
    said = ""
    with structlog.testing.capture_logs() as logged:
        try:
            await client.send(SMS, token=SecretStr("secret-token"))
        except DialpadError as refused:
            said = f"{refused!s} {refused!r} {refused.__cause__} {refused.args}"
    everything = f"{said} {logged} {caplog.text}"
    assert [secret for secret in SECRETS if secret in everything] == []


async def test_httpx_does_not_log_addresses_with_numbers_in_them(caplog: pytest.LogCaptureFixture) -> None:
    client, _, _ = build_client(good())
    await client.send(GetBlockedNumber(number="+14155550150"), token="t")
    assert "4155550150" not in caplog.text


@pytest.mark.parametrize("token", ["", "two words", "clé", "line\nbreak", "tab\t"])
async def test_what_cannot_be_a_token_is_refused_without_asking(token: str) -> None:
    client, wire, _ = build_client()
    with pytest.raises(TokenRefused):
        await client.send(GetUser(), token=token)
    assert wire.asked == []
