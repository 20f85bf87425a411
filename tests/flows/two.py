"""The demo with two processes of the bot on one Postgres database: what somebody does arrives at another process than
what they did before. The test looks on from outside, with a bot that is connected to the database and runs nothing."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from bot import app
from bot.app import Bot, open_store
from bot.basics.metrics import Metrics
from bot.basics.settings import Settings
from bot.dialpad.client import Http
from bot.dialpad.downloads import DialpadDownloads
from bot.notifications.intake import Deliver
from bot.sandbox.cast import CONNECTED_AT_START, TRIAL
from bot.sandbox.clock import SandboxClock
from bot.sandbox.demo import BOT_PATHS, DIALPAD_PATHS, OAUTH_SCOPES, Demo, connect, demo_settings
from bot.sandbox.demo import _set_up as set_up
from bot.sandbox.dialpad import DialpadSandbox, OAuthApp
from bot.sandbox.serving import ASGI, by_bearer, by_path, listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.workspace import Json
from bot.slack.api.manifest import build_manifest
from bot.slack.api.web_client import OneWorkspace, build_web_client, open_session
from bot.slack.conversation.dispatch import Dispatcher
from bot.store.keys import generate_key
from tests.crashes.several import Balancer, Replica, shared_environment
from tests.crashes.test_stopped_politely import until_ready
from tests.flows.inside import PATIENT_S, Inside

ROOT = Path(__file__).parents[2]


class InsideOfEach(Inside):
    """The inside of the bot that looks on, and of each process."""

    def __init__(self, bot: Bot, clock: SandboxClock, replicas: list[Replica]) -> None:
        super().__init__(bot, clock)
        self._replicas = replicas
        self._http = httpx.AsyncClient(trust_env=False, timeout=PATIENT_S)
        self._forwarding: set[asyncio.Task[None]] = set()

    def time_passed(self) -> None:
        """The clock here was put forward: theirs are, too, before they hear of anything else."""
        task = asyncio.create_task(self.forward_to(self._clock.unix()))
        self._forwarding.add(task)
        task.add_done_callback(self._forwarding.discard)

    async def until_in_time(self) -> None:
        await asyncio.gather(*self._forwarding)

    async def aclose(self) -> None:
        await self.until_in_time()
        await self._http.aclose()

    async def idle(self) -> None:
        """A process may begin something because of what another one did."""
        await self.until_in_time()
        await self._own_idle()
        for _ in range(2):
            await self._of_each("idle")

    async def _own_idle(self) -> None:
        await Dispatcher.idle(self._bot.dispatcher)

    async def settle(self) -> None:
        await self._of_each("settle")

    async def wake(self) -> None:
        await self._of_each("wake")

    async def forward_to(self, unix: float) -> None:
        await self._of_each("forward_to", unix=unix)

    async def let_go_of_events(self) -> None:
        await self._of_each("let_go_of_events")

    async def forget_lists(self, *, failed_only: bool = False) -> None:
        await super().forget_lists(failed_only=failed_only)
        await self._of_each("forget_lists", failed_only=failed_only)

    async def freshen(self) -> None:
        await super().freshen()
        await self._of_each("freshen")

    async def be_patient(self, **seconds: float) -> None:
        await super().be_patient(**seconds)
        await self._of_each("be_patient", **seconds)

    async def change(self, module: str, name: str, seconds: float) -> float:
        before = await self._of_each("change", module=module, name=name, seconds=seconds)
        return float(before[0])

    async def _of_each(self, what: str, **args: Any) -> list[Any]:
        async def ask(replica: Replica) -> Any:
            answer = await self._http.post(f"{replica.address}/inside/{what}", json=args)
            answer.raise_for_status()
            return answer.json()

        return await asyncio.gather(*map(ask, self._replicas))


@dataclass(frozen=True, repr=False, kw_only=True)
class DemoOfTwo(Demo):
    """``bot`` runs nothing: its store reads what the processes wrote. ``inside`` is that of each. ``heard``: which of
    them heard each thing that Slack said."""

    inside: InsideOfEach
    heard: list[int]


@asynccontextmanager
async def demo_of_two(
    database_url: str, *, over_http: bool, clock: SandboxClock, trial: bool = False, by_oauth: bool = False
) -> AsyncIterator[DemoOfTwo]:
    """Two processes on a database without rows; for the rest see ``running_demo``."""
    bound = listen(0)
    url = f"http://localhost:{bound.getsockname()[1]}"
    manifest = build_manifest(app.build_routes(), public_url=url if over_http else None)
    slack = SlackSandbox(manifest=manifest, base_url=url, now=clock.unix)
    oauth_app = OAuthApp("northlight-chatops", "sandbox-client-secret", (f"{url}/connect/callback",), OAUTH_SCOPES)
    dialpad = DialpadSandbox(oauth_app=oauth_app, now=clock.now, let_pass=clock.forward, base_url=url)
    second = DialpadSandbox(oauth_app=oauth_app, now=clock.now, base_url=url, company=TRIAL) if trial else None
    at_dialpad: ASGI = dialpad.app if second is None else by_bearer(second.tokens.knows, second.app, dialpad.app)
    balancer = Balancer()
    parts: dict[str, ASGI] = dict.fromkeys(DIALPAD_PATHS, at_dialpad) | dict.fromkeys(BOT_PATHS, balancer.app)
    settings = demo_settings(url, Path("unused.db"), oauth_app, over_http=over_http).model_copy(
        update={"database_url": database_url, "encryption_keys": SecretStr(generate_key())}
    )
    settings = set_up(settings, by_oauth=by_oauth, port=None)
    async with AsyncExitStack() as closing:
        await closing.enter_async_context(serving(by_path(parts, slack.app), bound))
        bot = await closing.enter_async_context(onlooker(settings, clock))
        for person in CONNECTED_AT_START:
            await connect(bot, dialpad, person)
        ahead = clock.now() - datetime.now(UTC)
        closing.push_async_callback(balancer.aclose)
        for one in (dialpad, second):
            if one is not None:
                closing.push_async_callback(one.delivery.aclose)
                closing.callback(one.close)
        closing.push_async_callback(slack.aclose)
        balancer.replicas += await closing.enter_async_context(replicas(settings, ahead))
        await asyncio.gather(*(until_ready(one.address) for one in balancer.replicas))
        inside = InsideOfEach(bot, clock, balancer.replicas)
        closing.push_async_callback(inside.aclose)
        _ask_each_instead(bot, inside)
        balancer.before_each = inside.until_in_time
        clock.on_forward += [slack.tick, inside.time_passed]
        if over_http:
            slack.deliver_to(f"{url}/slack/events")
        else:
            await slack.sockets.until_connected(2)
        yield DemoOfTwo(url, slack, dialpad, bot, clock, second, inside=inside, heard=who_hears(balancer, slack))


def who_hears(balancer: Balancer, slack: SlackSandbox) -> list[int]:
    """Which process hears each thing that Slack says from now on."""
    heard: list[int] = []
    for number, connection in enumerate(slack.sockets.connections):
        connection.send = _noting(connection.send, partial(heard.append, number))  # type: ignore[method-assign, assignment]
    balancer.passed_on = lambda sender, number: heard.append(number) if sender == "slack" else None
    return heard


Send = Callable[[Json], Coroutine[Any, Any, None]]


def _noting(send: Send, note: Callable[[], None]) -> Send:
    async def sent(message: Json) -> None:
        if "envelope_id" in message:
            note()
        await send(message)

    return sent


def _ask_each_instead(bot: Bot, inside: InsideOfEach) -> None:
    """What tests wait for in the one bot they wait for in both processes."""
    bot.dispatcher.idle = inside.idle  # type: ignore[method-assign]
    bot.poster.settle = inside.settle  # type: ignore[method-assign]


@asynccontextmanager
async def onlooker(settings: Settings, clock: SandboxClock) -> AsyncIterator[Bot]:
    """A bot that is built but not started: no process that others see, no socket, nothing of what is due is its."""
    async with AsyncExitStack() as closing:
        store = await open_store(settings, now=clock.now)
        closing.push_async_callback(store.aclose)
        session = open_session()
        closing.push_async_callback(session.close)
        http = Http()
        closing.push_async_callback(http.aclose)
        slack = build_web_client(settings, session, app._secret(settings.slack_bot_token) or None)
        clients = await app._prepare_installs(settings, store, session) or OneWorkspace(slack)
        downloads = DialpadDownloads(http, settings.dialpad_base_url, http)
        nothing: Deliver | None = None
        parts = app._build_parts(settings, store, Metrics(), http, downloads, clients, session, nothing)
        closing.push_async_callback(parts.dispatcher.aclose)
        yield Bot(
            settings, store, parts.dispatcher, None, None, parts.intake, parts.hooks, parts.poster, parts.later,  # type: ignore[arg-type]  # it receives nothing
            parts.replicas, closing,
        )  # fmt: skip


@asynccontextmanager
async def replicas(settings: Settings, ahead: timedelta, count: int = 2) -> AsyncIterator[list[Replica]]:
    """Forked from one that has imported everything, which is most of what a start costs."""
    environment = shared_environment(settings) | {
        "DIALPAD_SCOPES": " ".join(settings.dialpad_scopes),
        "SLACK_CLIENT_ID": settings.slack_client_id or "",
        "SLACK_CLIENT_SECRET": app._secret(settings.slack_client_secret),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
    }
    with ExitStack() as listening:
        bound = [listening.enter_context(listen(0)) for _ in range(count)]
        for one in bound:
            one.listen(64)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.flows.replica", *(str(one.fileno()) for one in bound), cwd=ROOT,
            env=environment, pass_fds=[one.fileno() for one in bound], stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        addresses = [f"http://localhost:{one.getsockname()[1]}" for one in bound]
    assert process.stdin is not None
    process.stdin.write(f"{ahead.total_seconds()}\n".encode())
    try:
        yield [Replica(process, address) for address in addresses]
    finally:
        process.stdin.close()
        await process.wait()
