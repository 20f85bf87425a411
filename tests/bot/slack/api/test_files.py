"""Pictures put into the embedded Slack, and what is said where that does not work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.app import build_routes
from bot.basics.settings import Settings
from bot.contract.reply import MessageContent, Picture, Reply
from bot.sandbox.cast import ANA, TEAM_ID
from bot.sandbox.serving import listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.channel_messages import ChannelMessages, PostRefused
from bot.slack.api.files import NotKept, SlackFiles
from bot.slack.api.manifest import build_manifest
from bot.slack.api.web_client import OneWorkspace, build_web_client, open_session

PNG = b"\x89PNG\r\n\x1a\n and more"
SEE = "A picture came with it: see it in Dialpad."


@dataclass
class Clock:
    """The sandbox's time, which passes while somebody waits."""

    seconds: float = 1_790_000_000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass
class Workspace:
    slack: SlackSandbox
    channel_messages: ChannelMessages
    files: SlackFiles
    clock: Clock

    def content(self, file: str) -> MessageContent:
        return MessageContent(Reply("Look", pictures=(Picture(file, "Picture from Jordan Lee", SEE),)))

    @property
    def message(self) -> dict[str, Any]:
        (found,) = self.slack.person(str(ANA.slack_id)).messages("#support")
        return dict(found)


@asynccontextmanager
async def workspace(without: str = "") -> AsyncIterator[Workspace]:
    bound, clock = listen(0), Clock()
    url = f"http://localhost:{bound.getsockname()[1]}"
    manifest = build_manifest(build_routes())
    scopes = manifest["oauth_config"]["scopes"]
    scopes["bot"] = [one for one in scopes["bot"] if one != without]
    slack = SlackSandbox(manifest=manifest, base_url=url, now=clock, declined=[without] if without else ())
    session = open_session()
    async with serving(slack.app, bound):
        try:
            settings = Settings(_env_file=None, slack_api_url=f"{url}/api/")
            clients = OneWorkspace(build_web_client(settings, session, "xoxb-sandbox"))
            yield Workspace(
                slack, ChannelMessages(clients, "US"), SlackFiles(clients, session, sleep=clock.sleep), clock
            )
        finally:
            await session.close()
            await slack.aclose()


async def test_a_picture_is_kept_and_shown() -> None:
    async with workspace() as there:
        file = await there.files.keep(TEAM_ID, "picture.png", PNG)
        await there.channel_messages.post(TEAM_ID, "C0SUPPORT", there.content(file), name="p1")

        (_, shown) = there.message["blocks"]
        assert (shown["type"], shown["slack_file"]) == ("image", {"id": file})
        assert shown["alt_text"] == "Picture from Jordan Lee"
        assert there.clock.waits


async def test_a_kept_picture_is_shared_with_no_channel() -> None:
    async with workspace() as there:
        await there.files.keep(TEAM_ID, "picture.png", PNG)

        assert there.slack.person(str(ANA.slack_id)).messages("#support") == []


async def test_without_the_scope_it_is_not_kept() -> None:
    async with workspace("files:write") as there:
        with pytest.raises(NotKept) as refused:
            await there.files.keep(TEAM_ID, "picture.png", PNG)
        assert refused.value.reason == "missing_scope"


async def test_a_picture_that_slack_never_gets_done_with_is_not_kept() -> None:
    async with workspace() as there:

        async def no_time(seconds: float) -> None:
            there.clock.waits.append(seconds)

        there.files._sleep = no_time
        with pytest.raises(NotKept, match="not processed"):
            await there.files.keep(TEAM_ID, "picture.png", PNG)
        assert sum(there.clock.waits) < 10


async def test_a_picture_that_slack_does_not_show_leaves_the_words() -> None:
    async with workspace() as there:
        spot = await there.channel_messages.post(TEAM_ID, "C0SUPPORT", there.content("F0NOWHERE"), name="p1")
        assert there.message["text"] == f"Look\n{SEE}"

        file = await there.files.keep(TEAM_ID, "picture.png", PNG)
        await there.channel_messages.update(TEAM_ID, spot, there.content(file), name="p1")
        assert there.message["text"] == "Look"
        await there.channel_messages.update(TEAM_ID, spot, there.content("F0NOWHERE"), name="p1")
        assert there.message["text"] == f"Look\n{SEE}"
        assert there.message["metadata"] == {"event_type": "dialpad_card", "event_payload": {"id": "p1"}}


async def test_other_refusals_are_not_about_the_picture() -> None:
    async with workspace() as there:
        with pytest.raises(PostRefused):
            await there.channel_messages.post(TEAM_ID, "C0NOWHERE", there.content("F0NOWHERE"), name="p1")
        assert [call.method for call in there.slack.calls].count("chat.postMessage") == 1
