"""Ways to say something, and the next way when one is closed."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, ServerDisconnectedError
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.state import RetryState

from bot.basics.errors import UserError
from bot.basics.person import PersonKey
from bot.contract.context import Where
from bot.slack.api.messages import ResponseUrls, Trigger
from bot.slack.api.web_client import ConnectionRetry, open_session
from bot.slack.blockkit.render import Message, render_working
from tests.bot.slack.conftest import Bot, serving
from tests.bot.slack.fakes import Clock

ANA = PersonKey("T0NORTHLT", "U0ANA0001")
HELLO = Message("hello", [])


class Posts:
    """An address that remembers what was posted to it."""

    def __init__(self) -> None:
        self.count = 0
        self.status = 200

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        self.count += 1
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with open_session() as opened:
        yield opened


async def test_a_response_url_is_used_five_times_and_never_a_sixth(session: ClientSession) -> None:
    posts = Posts()
    async with serving(posts) as address:
        urls = ResponseUrls(session, Clock().seconds)
        assert [await urls.post(address, {}) for _ in range(7)] == [True] * 5 + [False] * 2

    assert posts.count == 5


async def test_a_response_url_that_refuses_means_another_way(session: ClientSession) -> None:
    posts = Posts()
    posts.status = 404
    async with serving(posts) as address:
        assert not await ResponseUrls(session, Clock().seconds).post(address, {})


async def test_nobody_at_a_response_url_means_another_way(session: ClientSession) -> None:
    assert not await ResponseUrls(session, Clock().seconds).post("http://127.0.0.1:1/x", {})


def test_a_trigger_is_good_once_and_not_for_long() -> None:
    clock = Clock()
    trigger = Trigger("t", clock.seconds, patience=2.5)
    assert trigger.fresh
    assert trigger.take() == "t"
    assert trigger.take() is None

    late = Trigger("t", clock.seconds, patience=2.5)
    clock.forward(2.6)
    assert not late.fresh
    assert late.take() is None


async def test_where_the_app_is_not_a_member_it_writes_a_dm(http_bot: Bot) -> None:
    await http_bot.dispatcher.messages.say(ANA, Where("C0SALES01"), HELLO)

    assert http_bot.ana.messages("app")[-1]["text"] == "hello"


async def test_without_a_place_it_writes_a_dm(http_bot: Bot) -> None:
    await http_bot.dispatcher.messages.say(ANA, Where(), HELLO)

    assert http_bot.ana.messages("app")[-1]["text"] == "hello"


async def test_only_what_was_shared_is_for_everybody(http_bot: Bot) -> None:
    await http_bot.dispatcher.messages.say(ANA, Where("C0SUPPORT"), HELLO)
    await http_bot.dispatcher.messages.say(ANA, Where("C0SUPPORT"), Message("for all", [], shared=True))

    assert [one["text"] for one in http_bot.sam.messages("#support")] == ["for all"]


async def test_a_rate_limit_is_waited_out(http_bot: Bot) -> None:
    http_bot.slack.faults.add("chat.postMessage", status=429, retry_after=0)

    await http_bot.dispatcher.messages.say(ANA, Where(), HELLO)

    assert http_bot.ana.messages("app")[-1]["text"] == "hello"


async def test_a_file_reaches_its_person_alone(http_bot: Bot) -> None:
    await http_bot.dispatcher.messages.send_file(ANA, "voicemail.wav", b"RIFF", "Voicemail from Jordan")

    (message,) = [one for one in http_bot.ana.messages("app") if one.get("files")]
    assert (message["text"], message["files"][0]["name"]) == ("Voicemail from Jordan", "voicemail.wav")
    assert http_bot.slack.workspace.files[message["files"][0]["id"]].content == b"RIFF"


class Forgetful(dict[str, Any]):
    """Files that are gone before they can be sent."""

    def __setitem__(self, name: str, upload: Any) -> None:
        pass


async def test_a_file_that_slack_does_not_take_is_said_to_be_none(http_bot: Bot) -> None:
    http_bot.slack.workspace.files = Forgetful()

    with pytest.raises(UserError, match="Slack did not take the file"):
        await http_bot.dispatcher.messages.send_file(ANA, "voicemail.wav", b"RIFF", "")


async def test_a_closed_modal_is_not_an_error(http_bot: Bot) -> None:
    view = render_working("x", "", "Working…")

    assert not await http_bot.dispatcher.messages.update_view(ANA, "V0GONE", view)


async def test_a_trigger_slack_no_longer_takes_opens_nothing(http_bot: Bot) -> None:
    view = render_working("x", "", "Working…")
    trigger = Trigger("made up", http_bot.clock.seconds, patience=2.5)

    assert await http_bot.dispatcher.messages.open_view(ANA, trigger, view) is None


@pytest.mark.parametrize(
    ("url", "repeats"),
    [("https://slack.com/api/chat.postMessage", False), ("https://slack.com/api/chat.update", True)],
)
async def test_a_post_whose_connection_broke_is_not_repeated(url: str, repeats: bool) -> None:
    request = HttpRequest(method="POST", url=url, headers={})
    handler = ConnectionRetry(max_retry_count=1)

    can = await handler.can_retry_async(state=RetryState(), request=request, error=ServerDisconnectedError())
    assert can is repeats
