"""Two hundred missed calls in ten seconds for one channel, through everything but the engine, by Slack's own clock."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.activity.news import NewsKind
from bot.activity.subscriptions.subscription import Subscription
from bot.app import build_routes
from bot.basics.settings import Settings
from bot.notifications.poster import Poster
from bot.sandbox.cast import ANA
from bot.sandbox.serving import listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.channel_messages import ChannelMessages
from bot.slack.api.manifest import build_manifest
from bot.slack.api.pace import POSTS_BURST
from bot.slack.api.web_client import OneWorkspace, build_web_client, open_session
from tests.bot.activity.payloads import at, call, customer
from tests.bot.notifications.all_the_way import whole_way
from tests.bot.notifications.posting import COMPANY, OWNER, Time

COUNT = 200
STEP_S = 0.05
CHANNEL = "C0SUPPORT"


@dataclass
class Clockwork:
    """Whoever sleeps does so until the hands have moved on so far."""

    time: Time
    sleepers: list[tuple[float, "asyncio.Future[None]"]] = field(default_factory=list)

    def seconds(self) -> float:
        return self.time().timestamp()

    async def sleep(self, seconds: float) -> None:
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.seconds() + seconds, sleeper))
        await sleeper

    def move(self) -> None:
        self.time.move(seconds=STEP_S)
        for due, sleeper in self.sleepers:
            if due <= self.seconds():
                sleeper.set_result(None)
        self.sleepers = [one for one in self.sleepers if not one[1].done()]


@asynccontextmanager
async def workspace(clock: Clockwork) -> AsyncIterator[tuple[SlackSandbox, ChannelMessages]]:
    bound = listen(0)
    url = f"http://localhost:{bound.getsockname()[1]}"
    slack = SlackSandbox(manifest=build_manifest(build_routes()), base_url=url, now=clock.seconds)
    session = open_session()
    async with serving(slack.app, bound):
        try:
            client = build_web_client(Settings(_env_file=None, slack_api_url=f"{url}/api/"), session, "xoxb-sandbox")
            yield slack, ChannelMessages(OneWorkspace(client), "US")
        finally:
            await session.close()
            await slack.aclose()


async def test_they_are_posted_as_fast_as_slack_takes_them_and_none_is_lost(tmp_path: Path) -> None:
    async with whole_way(tmp_path, {NewsKind.MISSED}) as way:
        clock = Clockwork(way.stage.time)
        await way.stage.store.subscriptions.delete(COMPANY, "w1")
        subscription = Subscription(
            "w2", OWNER, CHANNEL, kinds=frozenset({NewsKind.MISSED}), company_id=COMPANY.company
        )
        await way.stage.store.subscriptions.save(subscription)
        async with workspace(clock) as (slack, channel_messages):
            poster = Poster(way.stage.store, channel_messages, way.renderer, sleep=clock.sleep)
            began = clock.seconds()
            for number in range(COUNT + round(15 / STEP_S)):
                if number < COUNT:
                    who = customer(number)
                    missed = call(1000 + number, "hangup", 20, external_number=who, date_rang=at(1), date_ended=at(20))
                    await way.arrive(dict(missed.document))
                    await way.work()
                await poster.look()
                while len(poster._serving) > len(clock.sleepers):  # noqa: ASYNC110  # somebody is at work
                    await asyncio.sleep(0)
                clock.move()

            posts = [one for one in slack.calls if one.method == "chat.postMessage"]
            shown = {
                card
                for message in slack.person(str(ANA.slack_id)).messages("#support")
                for card in re.findall(r'"card":"([\w-]+)"', str(message["blocks"]))
            }
    assert all(one.ok for one in posts)
    assert len(shown) == COUNT
    assert len(posts) <= 13 + POSTS_BURST
    assert posts[-1].at - began < 13
