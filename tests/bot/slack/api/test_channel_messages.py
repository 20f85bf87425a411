"""Cards in the embedded Slack: posted, found again by their own name, changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.basics.settings import Settings
from bot.contract.reply import Bold, Card, Chart, DataTable, MessageContent, Reply
from bot.sandbox.cast import ANA, TEAM_ID
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.channel_messages import (
    CannotLook,
    CannotShow,
    ChannelMessages,
    InDoubt,
    MessagePlace,
    PostNotSent,
    PostRefused,
    PostThrottled,
)
from bot.slack.api.web_client import OneWorkspace, build_web_client, open_session
from tests.bot.slack.workspace import open_workspace

CONTENT = MessageContent(Card((Bold("Missed call"), " from Jordan")), stamp="Claimed")
LOOKING = ("channels:history", "groups:history", "im:history")


@asynccontextmanager
async def workspace(*, without: tuple[str, ...] = ()) -> AsyncIterator[tuple[SlackSandbox, ChannelMessages]]:
    async with open_workspace(without=without) as (slack, clients):
        yield slack, ChannelMessages(clients, "US")


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=5)


async def test_a_card_is_posted_found_and_changed() -> None:
    async with workspace() as (slack, channel_messages):
        spot = await channel_messages.post(TEAM_ID, "C0SUPPORT", CONTENT, name="p1")
        found = await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p1", since=long_ago())
        await channel_messages.update(TEAM_ID, spot, MessageContent(Reply("Over")), name="p1")

        assert found == spot
        assert await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p2", since=long_ago()) is None
        (message,) = slack.person(str(ANA.slack_id)).messages("#support")
        assert message["text"] == "Over"
        assert message["metadata"]["event_payload"] == {"id": "p1"}


async def test_a_card_is_found_although_our_clock_is_ahead_of_slacks() -> None:
    async with workspace() as (_, channel_messages):
        spot = await channel_messages.post(TEAM_ID, "C0SUPPORT", CONTENT, name="p1")

        ahead = datetime.now(UTC) + timedelta(minutes=5)
        assert await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p1", since=ahead) == spot


async def test_a_reply_is_found_in_its_thread() -> None:
    async with workspace() as (_, channel_messages):
        parent = await channel_messages.post(TEAM_ID, "C0SUPPORT", CONTENT, name="p1")
        reply = await channel_messages.post(
            TEAM_ID, "C0SUPPORT", MessageContent(Reply("Look")), name="p2", thread_ts=parent.ts
        )

        found = await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p2", since=long_ago(), thread_ts=parent.ts)
        assert found == reply


async def test_a_direct_message_is_posted_and_found_by_the_persons_id() -> None:
    async with workspace() as (_, channel_messages):
        spot = await channel_messages.post(TEAM_ID, str(ANA.slack_id), CONTENT, name="p1")

        assert spot.place.startswith("D")
        assert await channel_messages.find(TEAM_ID, str(ANA.slack_id), name="p1", since=long_ago()) == spot


async def test_people_and_groups_are_called_by_mention() -> None:
    async with workspace() as (slack, channel_messages):
        content = MessageContent(Reply("Nobody has claimed this."), ping=(str(ANA.slack_id), "S0ONCALL1", "<!channel>"))
        await channel_messages.post(TEAM_ID, "C0SUPPORT", content, name="p1")

        (message,) = slack.person(str(ANA.slack_id)).messages("#support")
        assert message["blocks"][0]["text"]["text"] == f"<@{ANA.slack_id}> <!subteam^S0ONCALL1>"


async def test_without_the_scope_nobody_looks() -> None:
    async with workspace(without=LOOKING) as (_, channel_messages):
        with pytest.raises(CannotLook):
            await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p1", since=long_ago())


async def test_where_charts_are_refused_they_are_text_from_then_on() -> None:
    chart = Chart("Calls by hour", ("09:00",), (("Answered", (3,)),))
    content = MessageContent(Card("Yesterday", parts=(chart, DataTable(("Phones", "Sunday"), (("Calls", "3"),)))))
    async with workspace() as (slack, channel_messages):
        slack.faults.add("chat.postMessage", error="invalid_blocks")
        spot = await channel_messages.post(TEAM_ID, "C0SUPPORT", content, name="p1")
        await channel_messages.update(TEAM_ID, spot, replace(content, stamp="Seen"), name="p1")

        (message,) = slack.person(str(ANA.slack_id)).messages("#support")
        assert [block["type"] for block in message["blocks"]] == ["section", "rich_text", "table", "context"]
        assert [call.error for call in slack.calls if call.method.startswith("chat.")] == ["invalid_blocks", None, None]


async def test_what_is_refused_without_its_charts_too_was_not_posted() -> None:
    content = MessageContent(Card("Yesterday", parts=(Chart("Calls", ("09:00",), (("Answered", (3,)),)),)))
    async with workspace() as (slack, channel_messages):
        slack.faults.add("chat.postMessage", error="invalid_blocks", times=2)
        with pytest.raises(PostRefused):
            await channel_messages.post(TEAM_ID, "C0SUPPORT", content, name="p1")

        await channel_messages.post(TEAM_ID, "C0SUPPORT", content, name="p1")
        (message,) = slack.person(str(ANA.slack_id)).messages("#support")
        assert message["blocks"][1]["type"] == "data_visualization"


@pytest.mark.parametrize("fault", [{"status": 500}, {"error": "internal_error"}, {"body": "<html>"}])
async def test_slack_that_does_not_say_whether_it_is_there_is_asked_again_later(fault: dict[str, object]) -> None:
    async with workspace() as (slack, channel_messages):
        slack.faults.add("conversations.history", **fault)  # type: ignore[arg-type]  # one fault each
        with pytest.raises(PostNotSent):
            await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p1", since=long_ago())


@pytest.mark.parametrize("code", ["not_in_channel", "token_revoked", "account_inactive"])
async def test_what_may_pass_does_not_keep_anybody_from_looking_later(code: str) -> None:
    async with workspace() as (slack, channel_messages):
        slack.faults.add("conversations.history", error=code)
        with pytest.raises(PostRefused):
            await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p1", since=long_ago())


async def test_a_card_is_found_below_many_other_messages() -> None:
    async with workspace() as (slack, channel_messages):
        slack.enforce_limits = False
        spot = await channel_messages.post(TEAM_ID, "C0SUPPORT", CONTENT, name="p1")
        for _ in range(250):
            await slack.person(str(ANA.slack_id)).say("#support", "Busy here")

        assert await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p1", since=long_ago()) == spot


async def test_a_card_that_cannot_be_rendered_is_not_sent() -> None:
    async with workspace() as (slack, channel_messages):
        with pytest.raises(CannotShow):
            await channel_messages.post(TEAM_ID, "C0SUPPORT", MessageContent(Card((cast(Any, 5),))), name="p1")

        assert slack.calls == []


@pytest.mark.parametrize(
    "code",
    ["channel_not_found", "is_archived", "not_in_channel", "token_revoked", "account_inactive", "restricted_action"],
)
async def test_what_slack_refuses_was_not_posted(code: str) -> None:
    async with workspace() as (slack, channel_messages):
        slack.faults.add("chat.postMessage", error=code)
        with pytest.raises(PostRefused) as refused:
            await channel_messages.post(TEAM_ID, "C0SUPPORT", CONTENT, name="p1")

        assert refused.value.code == code


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503}, {"error": "internal_error"}, {"body": "<html>"}])
async def test_what_slack_does_not_say_is_in_doubt(fault: dict[str, object]) -> None:
    async with workspace() as (slack, channel_messages):
        slack.faults.add("chat.postMessage", **fault)  # type: ignore[arg-type]  # one fault each
        with pytest.raises(InDoubt):
            await channel_messages.post(TEAM_ID, "C0SUPPORT", CONTENT, name="p1")


async def test_an_unreachable_slack_was_sent_nothing() -> None:
    session = open_session()
    try:
        client = build_web_client(Settings(_env_file=None, slack_api_url="http://localhost:9/api/"), session, "xoxb")
        with pytest.raises(PostNotSent):
            await ChannelMessages(OneWorkspace(client), "US").post(TEAM_ID, "C0SUPPORT", CONTENT, name="p1")
    finally:
        await session.close()


async def test_a_limit_says_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(duration_s: float) -> None:
        waited.append(duration_s)

    monkeypatch.setattr("slack_sdk.http_retry.builtin_async_handlers.asyncio", SimpleNamespace(sleep=sleep))
    async with workspace() as (slack, channel_messages):
        slack.faults.add("chat.update", error="ratelimited", status=429, retry_after=1, times=9)
        with pytest.raises(PostThrottled) as throttled:
            await channel_messages.update(TEAM_ID, MessagePlace("C0SUPPORT", "1.0"), CONTENT, name="p1")

        assert throttled.value.wait_s == 1.0
        assert all(duration_s >= 1.0 for duration_s in waited)


async def test_whether_it_is_in_a_channel_is_known_or_not() -> None:
    async with workspace() as (_, channel_messages):
        found = [
            await channel_messages.is_in(TEAM_ID, channel)
            for channel in ("C0SUPPORT", "C0SALES01", "C0LEADERS", "C0NONE")
        ]
        assert found == [True, False, False, False]
    async with workspace(without=("channels:read",)) as (_, channel_messages):
        assert await channel_messages.is_in(TEAM_ID, "C0SUPPORT") is None


@pytest.mark.parametrize("ping", [(), ("U0ANA0001",)])
async def test_a_card_is_found_where_slack_hides_metadata_and_where_it_shows_them(ping: tuple[str, ...]) -> None:
    content = replace(CONTENT, ping=ping)
    for hides in (False, True):
        async with workspace() as (slack, channel_messages):
            slack._core.hides_metadata = hides
            spot = await channel_messages.post(TEAM_ID, "C0SUPPORT", content, name="p1")

            assert await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p1", since=long_ago()) == spot
            assert await channel_messages.find(TEAM_ID, "C0SUPPORT", name="p", since=long_ago()) is None
