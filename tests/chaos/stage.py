"""The stage: processes of the bot, a database that can be stopped, and Slack and Dialpad with weather between."""

import asyncio
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Literal

import httpx
import psycopg
from pydantic import SecretStr

from bot.app import Bot, build_routes
from bot.basics.settings import Settings
from bot.sandbox.cast import CONNECTED_AT_START
from bot.sandbox.demo import DIALPAD_PATHS, connect, demo_settings
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.serving import ASGI, by_path, listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.manifest import build_manifest
from bot.store.keys import generate_key
from tests.chaos.weather import Weather
from tests.compiled import build_library
from tests.crashes.mortal import APP
from tests.crashes.several import Balancer, shared_environment
from tests.crashes.several import Replica as Process
from tests.crashes.test_stopped_politely import free_port
from tests.postgres import PostgresServer, start_postgres

Database = Literal["sqlite", "postgres"]
READY_WITHIN_S = 120.0
LOOK_S = 0.1
DISK_MB = 256
_URLS: "ContextVar[set[str] | None]" = ContextVar("urls", default=None)
CLOCK = Path(__file__).with_name("clock.c")


@dataclass
class Replica(Process):
    """``name`` is its host's; ``clock`` the file that says how far its clock is off; ``id`` what it calls itself."""

    name: str
    clock: Path | None
    id: str = ""

    @property
    def lives(self) -> bool:
        return self.process.returncode is None

    def set_clock(self, by_s: int) -> None:
        assert self.clock is not None
        with self.clock.open("r+b") as file:  # in place: the process has it mapped
            file.write(struct.pack("q", by_s))


@dataclass
class TakeOvers:
    """How long it took until what a killed process held was taken over."""

    longest_s: float = 0.0
    measured: int = 0

    def took(self, since: float) -> None:
        self.measured += 1
        self.longest_s = max(self.longest_s, time.monotonic() - since)


@dataclass
class Stage:
    """``replicas`` is who should run now. ``disk`` is the small disk of a SQLite database; None where there is none.
    ``answered_urls``: response URLs through which something was said, and how often."""

    slack: SlackSandbox
    dialpad: DialpadSandbox
    slack_weather: Weather
    dialpad_weather: Weather
    balancer: Balancer
    settings: Settings
    folder: Path
    server: PostgresServer | None
    disk: Path | None
    socket_mode: bool
    answered_urls: Counter[str]
    clock_library: Path | None
    replicas: list[Replica] = field(default_factory=list)
    starts: int = 0
    ended_badly: list[str] = field(default_factory=list)
    _taken_over: TakeOvers = field(default_factory=TakeOvers)
    _watching: set["asyncio.Task[None]"] = field(default_factory=set)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _processes: list[asyncio.subprocess.Process] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def kind(self) -> Database:
        return "sqlite" if self.server is None else "postgres"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def times_said(self, urls: set[str]) -> int:
        """How often something was said through one of these response URLs."""
        return sum(self.answered_urls[one] for one in urls)

    @contextmanager
    def answers_to(self, urls: set[str]) -> Iterator[None]:
        """Put the response URLs of what is sent to the bot within this block into ``urls``."""
        token = _URLS.set(urls)
        try:
            yield
        finally:
            _URLS.reset(token)

    async def start(self) -> Replica:
        """Start one more, and again when it ends before it is ready, as a supervisor does."""
        async with self._starting, asyncio.timeout(READY_WITHIN_S):
            while True:
                replica = await self._start_once()
                if await self._is_ready(replica):
                    break
            ids = await self._ids()
            replica.id = next(iter(ids - self._known), "")
            self._known |= ids
        self.replicas.append(replica)
        self.balancer.replicas.append(replica)
        return replica

    async def _start_once(self) -> Replica:
        self.starts += 1
        number, port = next(self._numbers), free_port()
        settings = self.settings.model_copy(update={"port": port})
        changed = {"LOG_FORMAT": "json"}
        clock = None
        if self.clock_library is not None:
            clock = self.folder / f"clock-{number}"
            clock.write_bytes(struct.pack("q", 0))
            changed |= {"LD_PRELOAD": str(self.clock_library), "CHAOS_CLOCK": str(clock)}
        name = f"chaos-{number}-{random.randrange(10**6)}"  # noqa: S311  (a name)
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *_on_host(name), sys.executable, "-m", "bot", "run", cwd=self.folder,
                env=shared_environment(settings) | changed, stdout=log, stderr=log,
            )  # fmt: skip
        self._processes.append(process)
        return Replica(process, f"http://localhost:{port}", name, clock)

    async def _is_ready(self, replica: Replica) -> bool:
        async with httpx.AsyncClient(trust_env=False) as client:
            while replica.lives:
                with suppress(httpx.TransportError):
                    if (await client.get(f"{replica.address}/readyz")).status_code == 200:
                        return True
                await asyncio.sleep(LOOK_S)
        return False

    async def end(self, replica: Replica, name: signal.Signals) -> None:
        """End one. The balancer finds out by itself that it does not answer."""
        self.replicas.remove(replica)
        if replica.lives:
            replica.process.send_signal(name)
            code = await replica.until_ended()
            if name is signal.SIGTERM and code != 0:
                self.ended_badly.append(f"{replica.name} ended with {code} after SIGTERM")
        self.balancer.replicas.remove(replica)
        if name is signal.SIGKILL and replica.id and self.server is not None:
            watching = asyncio.create_task(self._until_taken_over(replica.id, time.monotonic()))
            self._watching.add(watching)
            watching.add_done_callback(self._watching.discard)

    async def _ids(self) -> set[str]:
        """The processes that the database knows; what they held is taken over once they are not among them."""
        if self.server is None:
            return set()
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self.settings.database_url) as connection:
                    found = await connection.execute("SELECT id FROM processes")
                    return {str(row[0]) for row in await found.fetchall()}
            except psycopg.Error:
                await asyncio.sleep(LOOK_S)  # it is stopped just now

    async def _until_taken_over(self, dead: str, since: float) -> None:
        while dead in await self._ids():  # noqa: ASYNC110  the database tells nobody
            await asyncio.sleep(LOOK_S)
        self._taken_over.took(since)

    async def take_overs(self) -> TakeOvers:
        """Wait for those that are under way, and say how long they took."""
        await asyncio.gather(*self._watching)
        return self._taken_over

    async def kill_all(self) -> None:
        """Also those that are only starting."""
        for process in self._processes:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def unwatch(self) -> None:
        for watching in self._watching:
            watching.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def supervise(self) -> None:
        """Start anew whoever ends by itself."""
        while True:
            for replica in [one for one in self.replicas if not one.lives]:
                self.ended_badly.append(f"{replica.name} ended by itself with {replica.process.returncode}")
                await self.end(replica, signal.SIGKILL)
                await self.start()
            await asyncio.sleep(LOOK_S)

    async def check_database(self) -> tuple[bool, str]:
        """What `db check` says, with nobody running."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "db", "check", cwd=self.folder, env=shared_environment(self.settings),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        return process.returncode == 0, said.decode()


@asynccontextmanager
async def staged(database: Database, *, seed: int, socket_mode: bool, small_disk: bool = True) -> AsyncIterator[Stage]:
    """Everybody is connected, and no process runs yet."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="chaos-")))
        disk: Path | None = None
        server: PostgresServer | None = None
        if database == "postgres":
            server = held.enter_context(start_postgres(survives_kills=True))
            url = server.create()
        else:
            disk = held.enter_context(_small_disk(folder / "disk")) if small_disk else None
            url = f"sqlite:///{(disk or folder) / 'bot.db'}"
        bound, public = listen(0), listen(0)
        outside, address = (f"http://localhost:{one.getsockname()[1]}" for one in (bound, public))
        manifest = build_manifest(build_routes(), public_url=None if socket_mode else address)
        slack = SlackSandbox(manifest=manifest, base_url=outside, enforce_limits=False)
        dialpad = DialpadSandbox(oauth_app=APP)
        answered: Counter[str] = Counter()
        _remember_urls(slack)
        over_slack = Weather(_noting(slack.app, answered), ("/api/", "/response/"), random.Random(f"slack {seed}"))  # noqa: S311
        over_dialpad = Weather(dialpad.app, ("/api/v2/", "/oauth2/"), random.Random(f"dialpad {seed}"))  # noqa: S311
        parts: dict[str, ASGI] = dict.fromkeys(DIALPAD_PATHS, over_dialpad)
        changed: dict[str, Any] = {
            "database_url": url, "encryption_keys": SecretStr(generate_key()), "public_url": address,
        }  # fmt: skip
        settings = demo_settings(outside, folder / "unused.db", APP, over_http=not socket_mode)
        settings = settings.model_copy(update=changed)
        balancer = Balancer()
        async with serving(by_path(parts, over_slack), bound), serving(balancer.app, public):
            bot = await Bot.start(settings)
            for person in CONNECTED_AT_START:
                await connect(bot, dialpad, person)
            await bot.aclose()
            slack.deliver_to(None if socket_mode else f"{address}/slack/events")
            stage = Stage(
                slack, dialpad, over_slack, over_dialpad, balancer, settings, folder, server, disk, socket_mode,
                answered, build_library(CLOCK, folder),
            )  # fmt: skip
            try:
                yield stage
            finally:
                await stage.kill_all()
                await stage.unwatch()
                dialpad.close()
                await dialpad.delivery.aclose()
                await slack.aclose()
                await balancer.aclose()


def _remember_urls(slack: SlackSandbox) -> None:
    """Slack's own issuing of response URLs, by whoever asks for them."""
    issue = slack._core.tickets.issue_url

    def noted(*args: Any, **more: Any) -> Any:
        url = issue(*args, **more)
        if (urls := _URLS.get()) is not None:
            urls.add(url.id)
        return url

    vars(slack._core.tickets)["issue_url"] = noted


def _noting(app: ASGI, answered: Counter[str]) -> ASGI:
    """Notes the response URLs that were used with success."""

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                answered[scope["path"].rpartition("/")[2]] += 1
            await send(message)

        uses_url = scope["type"] == "http" and scope["path"].startswith("/response/")
        await app(scope, receive, sending if uses_url else send)

    return noting


def can_name_hosts() -> bool:
    """Whether a process can have a host name of its own here."""
    return bool(_on_host("probe")) and subprocess.run([*_on_host("probe"), "true"], check=False).returncode == 0


def _on_host(name: str) -> list[str]:
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        return []
    return [unshare, "--uts", "sh", "-c", f'hostname {name} && exec "$@"', "sh"]


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """None where nothing can be mounted."""
    folder.mkdir()
    mount, unmounting = shutil.which("mount"), shutil.which("umount")
    if mount is None or unmounting is None:
        yield None
        return
    mounting = [mount, "-t", "tmpfs", "-o", f"size={DISK_MB}m", "chaos", str(folder)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield folder
    finally:
        while subprocess.run([unmounting, str(folder)], capture_output=True, check=False).returncode != 0:
            time.sleep(LOOK_S)
