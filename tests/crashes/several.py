"""Several processes of the bot on one Postgres database, behind a balancer, between one Slack and one Dialpad."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import Bot, build_routes
from bot.basics.settings import Settings
from bot.sandbox.cast import CONNECTED_AT_START
from bot.sandbox.demo import DIALPAD_PATHS, connect, demo_settings
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.serving import ASGI, by_path, listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.manifest import build_manifest
from bot.store.keys import generate_key
from tests.crashes.mortal import APP
from tests.crashes.test_stopped_politely import environment, free_port, until_ready

ROOT = Path(__file__).parents[2]
WAIT_S = 60.0
HOP_BY_HOP = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


@dataclass
class Replica:
    """One process of the bot."""

    process: asyncio.subprocess.Process
    address: str

    def kill(self) -> None:
        self.process.kill()

    async def until_ended(self) -> int:
        async with asyncio.timeout(WAIT_S):
            return await self.process.wait()


class Balancer:
    """Passes each request to the next process that answers, in turn for each kind of sender: what Slack sends goes to
    another process than what it sent before, whatever Dialpad or a browser sent meanwhile."""

    def __init__(self) -> None:
        self.replicas: list[Replica] = []
        self.answered: Callable[[str, bytes, int], None] = lambda _path, _body, _status: None
        """Hears of each request that a process answered."""
        self.passed_on: Callable[[str, int], None] = lambda _sender, _number: None
        """Hears which process is asked, by its number, for each request of a kind of sender."""
        self.before_each: Callable[[], Awaitable[None]] = _at_once
        """Awaited before a request is passed on."""
        self._turns: Counter[str] = Counter()
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(trust_env=False, timeout=WAIT_S, cookies=no_cookies)
        self.app = Starlette(routes=[Route("/{path:path}", self._pass_on, methods=["GET", "POST"])])

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _pass_on(self, request: Request) -> Response:
        body = await request.body()
        await self.before_each()
        headers = {name: value for name, value in request.headers.items() if name not in HOP_BY_HOP}
        sender = request.url.path.split("/")[1]
        self._turns[sender] += 1
        for step in range(len(self.replicas)):
            number = (self._turns[sender] + step) % len(self.replicas)
            replica = self.replicas[number]
            self.passed_on(sender, number)
            address = httpx.URL(replica.address).copy_with(raw_path=target(request))
            try:
                answer = await self._client.request(request.method, address, content=body, headers=headers)
            except httpx.ConnectError:
                continue
            except httpx.TransportError:
                break  # it may have been taken in: as a balancer cannot know, Slack and Dialpad send it again
            self.answered(request.url.path, body, answer.status_code)
            kept = {name: value for name, value in answer.headers.items() if name not in HOP_BY_HOP}
            return Response(answer.content, answer.status_code, kept)
        return Response("nobody is there", 502)


async def _at_once() -> None:
    """Nothing is waited for."""


def target(request: Request) -> bytes:
    """Path and query, as they came."""
    query: bytes = request.scope["query_string"]
    path: bytes = request.scope["raw_path"]
    return path + (b"?" + query if query else b"")


@dataclass
class Several:
    """``start`` adds a process. ``settings`` are those of all of them."""

    slack: SlackSandbox
    dialpad: DialpadSandbox
    balancer: Balancer
    settings: Settings
    folder: Path
    started: list[Replica] = field(default_factory=list)

    async def start(self) -> Replica:
        port = free_port()
        settings = self.settings.model_copy(update={"port": port})
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=self.folder, env=shared_environment(settings),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        replica = Replica(process, f"http://localhost:{port}")
        self.started.append(replica)
        await until_ready(replica.address)
        self.balancer.replicas.append(replica)
        return replica

    async def kill(self, replica: Replica, name: signal.Signals = signal.SIGKILL) -> None:
        """The balancer finds out by itself that it no longer answers."""
        replica.process.send_signal(name)
        await replica.until_ended()
        self.balancer.replicas.remove(replica)

    async def end(self) -> None:
        for replica in self.started:
            if replica.process.returncode is None:
                replica.kill()
                await replica.until_ended()


@asynccontextmanager
async def several(folder: Path, database_url: str, *, over_http: bool = True) -> AsyncIterator[Several]:
    """Everybody is connected, and no process runs yet. Dialpad's events come through the balancer in either case."""
    bound, public = listen(0), listen(0)
    url, address = (f"http://localhost:{one.getsockname()[1]}" for one in (bound, public))
    slack = SlackSandbox(
        manifest=build_manifest(build_routes(), public_url=address if over_http else None),
        base_url=url,
        enforce_limits=False,
    )
    dialpad = DialpadSandbox(oauth_app=APP)
    parts: dict[str, ASGI] = dict.fromkeys(DIALPAD_PATHS, dialpad.app)
    changed: dict[str, Any] = {
        "database_url": database_url, "encryption_keys": SecretStr(generate_key()), "public_url": address,
    }  # fmt: skip
    settings = demo_settings(url, folder / "unused.db", APP, over_http=over_http).model_copy(update=changed)
    balancer = Balancer()
    async with serving(by_path(parts, slack.app), bound), serving(balancer.app, public):
        bot = await Bot.start(settings)
        for person in CONNECTED_AT_START:
            await connect(bot, dialpad, person)
        await bot.aclose()
        slack.deliver_to(f"{address}/slack/events" if over_http else None)
        made = Several(slack, dialpad, balancer, settings, folder)
        try:
            yield made
        finally:
            await made.end()
            dialpad.close()
            await dialpad.delivery.aclose()
            await slack.aclose()
            await balancer.aclose()


def shared_environment(settings: Settings) -> dict[str, str]:
    """What each of several processes on one database is told."""
    assert settings.encryption_keys is not None
    return environment(settings) | {
        "ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "PGHOST": os.environ.get("PGHOST", ""),
    }
