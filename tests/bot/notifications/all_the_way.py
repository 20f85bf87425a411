"""From a delivery to what stands in Slack: intake, router, poster and cards as they are, on a real database.

Only two things are made up: Slack, which takes only what Slack would; and the people, none of whom is connected. Events
are delivered when the test says so.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection

from bot.activity.news import NewsKind
from bot.basics.errors import NotConnected
from bot.basics.person import PersonKey
from bot.contract.reply import MessageContent
from bot.dialpad.accounts import Account, Accounts
from bot.dialpad.connection import DialpadConnection
from bot.dialpad.directory import Directory
from bot.notifications.intake import Arrived, FollowUp, Intake
from bot.notifications.posted_cards import PostedCardRenderer
from bot.notifications.poster import Poster
from bot.notifications.routing import EventRouter
from bot.sandbox.slack.blockkit.documents import check_message_blocks
from bot.slack.api.channel_messages import ChannelMessages, MessagePlace
from bot.slack.blockkit.blocks import Json
from bot.store.hooks import Hook
from tests.bot.dialpad.envelopes import SECRET, sign
from tests.bot.notifications.posting import SUBSCRIPTION, FakeSlack, PostingStage, stage_posting
from tests.rules.shared_check import shared_check


class NobodyConnected:
    """``Accounts`` of a company whose people have not come yet."""

    def of(self, person: PersonKey, within: object = None) -> Account:
        return cast(Account, self)

    async def link(self) -> DialpadConnection:
        raise NotConnected

    async def send(self, *_: object, **__: object) -> object:
        raise NotConnected


@dataclass
class _Watched:
    """``Deliver`` that remembers what the router raises."""

    router: EventRouter
    failures: list[Exception]

    def fold(self, connection: Connection, batch: Sequence[Arrived]) -> Sequence[FollowUp]:
        try:
            return self.router.fold(connection, batch)
        except Exception as failure:
            self.failures.append(failure)
            raise

    def stored(self) -> None:
        self.router.stored()


@dataclass
class StrictSlack(FakeSlack):
    """Remembers how messages were written, and what both checks of Block Kit have against them."""

    written: dict[str, Json] = field(default_factory=dict)
    refused: list[Exception] = field(default_factory=list)

    async def post(
        self, team_id: str, channel: str, content: MessageContent, *, name: str, thread_ts: str | None = None
    ) -> MessagePlace:
        spot = await super().post(team_id, channel, content, name=name, thread_ts=thread_ts)
        self._write(spot, content)
        return spot

    async def update(self, team_id: str, spot: MessagePlace, content: MessageContent, *, name: str) -> None:
        await super().update(team_id, spot, content, name=name)
        self._write(spot, content)

    def _write(self, spot: MessagePlace, content: MessageContent) -> None:
        try:
            body = ChannelMessages(cast(Any, None), "US")._body(content, "a name", charts=0)
            self.written[spot.ts] = {"text": body["text"], "blocks": body["blocks"]}
            check_message_blocks(body["blocks"])
            shared_check("message", cast(Any, body["blocks"]))
            json.dumps(body, ensure_ascii=False).encode()
        except Exception as problem:  # noqa: BLE001  # raised once the poster, which would go on, is done
            self.refused.append(problem)


@dataclass
class WholeWay:
    """``failures`` are what the router raised; the intake would try again and say nothing."""

    stage: PostingStage
    slack: StrictSlack
    intake: Intake
    renderer: PostedCardRenderer
    hook: Hook
    failures: list[Exception]

    async def arrive(self, document: Json) -> bool:
        assert self.hook.secret is not None
        return await self.intake.receive(self.hook, sign(document, self.hook.secret))

    async def work(self, order: Callable[[list[str]], Iterable[str]] = list, together: int = 1) -> None:
        """Everything that waits is delivered, so many at a time."""
        await self.intake._take_free()
        waiting = {one.name: one for one in self.intake._line.take(len(self.intake._line))}
        ordered = [waiting[name] for name in order(list(waiting))]
        for first in range(0, len(ordered), together):
            await self.intake._fold(ordered[first : first + together])
        if self.failures:
            raise self.failures[0]

    async def post(self, seconds: float = 8.0) -> None:
        """So long passes."""
        poster = Poster(self.stage.store, self.slack, self.renderer, sleep=self.stage.time.sleep)
        until = self.stage.time.now.timestamp() + seconds
        while self.stage.time.now.timestamp() < until:
            await poster.settle()
            left = until - self.stage.time.now.timestamp()
            self.stage.time.move(seconds=max(0.5, min(left, await poster._wait_s())))
        if self.slack.refused:
            raise self.slack.refused[0]

    async def happens(self, *documents: Json) -> None:
        for document in documents:
            await self.arrive(document)
        await self.work()
        await self.post()


@asynccontextmanager
async def whole_way(folder: Path, kinds: Iterable[NewsKind] = frozenset(NewsKind)) -> AsyncIterator[WholeWay]:
    async with stage_posting(folder) as stage:
        await stage.store.subscriptions.save(replace(SUBSCRIPTION, kinds=frozenset(kinds)))
        accounts = cast(Accounts, NobodyConnected())
        failures: list[Exception] = []
        intake = Intake(stage.store, _Watched(EventRouter(stage.store, accounts, lambda: None), failures))
        hook = await stage.store.hooks.create(stage.hook.owner, stage.hook.company, "webhook")
        renderer = PostedCardRenderer(stage.store, accounts, Directory(stage.store.directory, accounts))
        yield WholeWay(stage, StrictSlack(stage.time), intake, renderer, replace(hook, secret=SECRET), failures)
