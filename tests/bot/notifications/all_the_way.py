"""From a delivery to what stands in Slack: intake, deliverer, poster and cards as they are, on a real database.

Only three things are made up: the engine's queue, which is a list here; Slack, which takes only what Slack would; and
the people, none of whom is connected.
"""

import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
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
from bot.dialpad.events import Event
from bot.notifications.intake import Intake
from bot.notifications.posted_cards import PostedCardRenderer
from bot.notifications.poster import Poster
from bot.notifications.routing import EventRouter
from bot.sandbox.slack.blockkit.documents import check_message_blocks
from bot.slack.api.channel_messages import ChannelMessages, MessagePlace
from bot.slack.blockkit.blocks import Json
from bot.store.dbos_engine import Engine, Queue, Workflow
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
class QueueOnPaper:
    """``Engine``, as far as an intake needs it: what is queued runs when the test says so."""

    waiting: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    executor: str = "test"
    workflow: Workflow | None = None
    running: str = ""

    def add(self, name: str, workflow: Workflow, queue: Queue) -> None:
        self.workflow = workflow

    def enqueue(
        self, connection: Connection, workflow: str, args: Sequence[Any], *, workflow_id: str, delay_s: float = 0.0
    ) -> None:
        self.waiting.setdefault(workflow_id, tuple(args))

    def current_id(self) -> str:
        return self.running

    async def on_bot_loop(self, work: Coroutine[Any, Any, None]) -> None:
        await work


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
    """``failures`` are what the deliverer raised; the intake would try again and say nothing."""

    stage: PostingStage
    slack: StrictSlack
    intake: Intake
    queue: QueueOnPaper
    renderer: PostedCardRenderer
    hook: Hook
    failures: list[Exception]

    async def arrive(self, document: Json) -> bool:
        assert self.hook.secret is not None
        return await self.intake.receive(self.hook, sign(document, self.hook.secret))

    async def work(self, order: Callable[[list[str]], Iterable[str]] = list) -> None:
        """Everything that is queued now is delivered."""
        for workflow_id in order(list(self.queue.waiting)):
            assert self.queue.workflow is not None
            self.queue.running = workflow_id
            await self.queue.workflow(*self.queue.waiting.pop(workflow_id))
        if self.failures:
            raise self.failures[0]

    async def post(self, seconds: float = 8.0) -> None:
        """So long passes."""
        poster = Poster(self.stage.store, self.slack, self.renderer, sleep=self.stage.time.sleep)
        until = self.stage.time.now.timestamp() + seconds
        while self.stage.time.now.timestamp() < until:
            await poster.settle()
            self.stage.time.move(seconds=max(0.5, await poster._wait_s()))
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
        deliver = EventRouter(stage.store, accounts, lambda: None)
        failures: list[Exception] = []

        async def watched(event: Event, hook: Hook) -> None:
            try:
                await deliver(event, hook)
            except Exception as failure:
                failures.append(failure)
                raise

        queue = QueueOnPaper()
        intake = Intake(cast(Engine, queue), stage.store, watched)
        hook = await stage.store.hooks.create(stage.hook.owner, stage.hook.company, "webhook")
        renderer = PostedCardRenderer(stage.store, accounts, Directory())
        yield WholeWay(stage, StrictSlack(stage.time), intake, queue, renderer, replace(hook, secret=SECRET), failures)
