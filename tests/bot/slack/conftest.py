"""The bot's Slack side between an embedded Slack and small handlers, over either transport."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
import structlog
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route

from bot.basics.settings import Settings
from bot.contract.context import Deps
from bot.contract.routing import build_table
from bot.sandbox.serving import listen
from bot.sandbox.serving import serving as loopback_server
from bot.sandbox.slack import Person, SlackSandbox
from bot.slack.api.manifest import build_manifest
from bot.slack.api.messages import ResponseUrls, SlackMessages
from bot.slack.api.people import SlackPeople
from bot.slack.api.web_client import OneWorkspace, build_web_client, open_session
from bot.slack.conversation.dispatch import Clocks, Dispatcher, Stores
from bot.slack.conversation.screens import Patience
from bot.slack.transport.http import SlackHttp
from bot.slack.transport.listeners import build_bolt
from bot.slack.transport.socket import build_socket
from tests.bot.slack import tab, verbs
from tests.bot.slack.fakes import (
    Clock,
    FakeAccounts,
    FakeAudit,
    FakeConfirmations,
    FakeConnections,
    FakeInbox,
    FakePreferences,
    FakeRemembered,
)

SECRET = "sandbox-signing-secret"
QUICK = Patience(line=0.15, modal=0.15, form=0.15, submit=0.25, options=0.2, unsaid=0.01)


@dataclass(repr=False)  # asyncio asks for it at every turn of a test
class Bot:
    """Everything a flow test looks at."""

    slack: SlackSandbox
    dispatcher: Dispatcher
    inbox: FakeInbox
    confirmations: FakeConfirmations
    remembered: FakeRemembered
    audit: FakeAudit
    clock: Clock
    http: SlackHttp

    @property
    def ana(self) -> Person:
        return self.slack.person("U0ANA0001")

    @property
    def sam(self) -> Person:
        return self.slack.person("U0SAM0002")

    async def idle(self) -> None:
        await self.dispatcher.idle()


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """``app`` on a free port of loopback; its address."""
    bound = listen(0)
    async with loopback_server(app, bound):
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


class AnyDirectory:
    """A directory whose company is in the United States."""

    async def region(self, _: object) -> str:
        return "US"

    async def find(self, *_: object) -> Any:
        return SimpleNamespace(one=None)

    async def find_among(self, *_: object) -> Any:
        return SimpleNamespace(sure=[], near=[])


@asynccontextmanager
async def running(transport: str) -> AsyncIterator[Bot]:
    verbs.happened.clear()
    verbs.gates.clear()
    table = build_table([verbs.router, tab.router])
    slack = SlackSandbox(manifest=build_manifest(table), base_url="", enforce_limits=False)
    async with serving(slack.app) as address, open_session() as session:
        slack.base_url = address
        settings = Settings(
            _env_file=None,
            slack_bot_token=SecretStr("xoxb-sandbox"),
            slack_api_url=f"{address}/api/",
        )
        clock = Clock()
        client = build_web_client(settings, session, "xoxb-sandbox")
        clients = OneWorkspace(client)
        inbox, confirmations, remembered, audit = FakeInbox(), FakeConfirmations(), FakeRemembered(), FakeAudit()
        deps = Deps(
            settings=settings,
            accounts=cast("Any", FakeAccounts()),
            connections=cast("Any", FakeConnections()),
            directory=cast("Any", AnyDirectory()),
            later=cast("Any", SimpleNamespace()),
            people=SlackPeople(clients, clock.seconds),
            preferences=cast("Any", FakePreferences()),
            routes=table,
        )
        dispatcher = Dispatcher(
            table,
            deps,
            Stores(inbox, confirmations, remembered, audit),
            SlackMessages(clients, ResponseUrls(session, clock.seconds)),
            QUICK,
            Clocks(clock.now, clock.seconds),
        )
        app = build_bolt(dispatcher)
        http = SlackHttp(app, SECRET)
        bot = Bot(slack, dispatcher, inbox, confirmations, remembered, audit, clock, http)
        socket = build_socket(app, "xapp-sandbox", client, session)
        if transport == "http":
            web = Starlette(routes=[Route("/slack/events", http.events, methods=["POST"])])
            slack.deliver_to("http://bot/slack/events", transport=httpx.ASGITransport(web))
        else:
            await socket.start()
            await slack.sockets.until_connected()
        try:
            yield bot
        finally:
            for gate in verbs.gates.values():
                gate.set()
            await dispatcher.aclose(2.0)
            await socket.aclose()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Failures that tests cause on purpose are not drawn on the terminal."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture(params=["http", "socket"])
async def bot(request: pytest.FixtureRequest) -> AsyncIterator[Bot]:
    async with running(request.param) as made:
        yield made


@pytest.fixture
async def http_bot() -> AsyncIterator[Bot]:
    async with running("http") as made:
        yield made
