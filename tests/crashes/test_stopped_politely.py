"""``dialpad-chatops run`` as a process of its own, stopped as ``docker stop``, systemd and Ctrl+C do it."""

import asyncio
import os
import re
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bot.app import Bot, build_routes
from bot.basics.settings import Settings
from bot.sandbox.cast import ANA, CONNECTED_AT_START
from bot.sandbox.demo import DIALPAD_PATHS, connect, demo_settings
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.serving import ASGI, by_path, listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.manifest import build_manifest
from tests.crashes.mortal import APP

ROOT = Path(__file__).parents[2]
WAIT_S = 60.0
GRACE_S = 30.0
"""What Kubernetes gives, and docs/operations.md asks for."""
RUN = (sys.executable, "-m", "bot", "run")


async def until_ready(address: str) -> None:
    """Return once a bot there says that it is ready."""
    async with asyncio.timeout(WAIT_S), httpx.AsyncClient(trust_env=False) as client:
        while True:
            try:
                if (await client.get(f"{address}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass  # it does not listen yet
            await asyncio.sleep(0)


@dataclass
class Place:
    """Slack and Dialpad, and one bot in another process."""

    slack: SlackSandbox
    dialpad: DialpadSandbox
    address: str
    folder: Path
    settings: Settings
    held: socket.socket | None
    command: Sequence[str] | Callable[[Settings], Sequence[str]]
    bot: asyncio.subprocess.Process = field(init=False)

    async def start(self) -> None:
        """A bot, after the one that was there."""
        command = self.command(self.settings) if callable(self.command) else self.command
        self.bot = await asyncio.create_subprocess_exec(
            *command, cwd=self.folder, env=environment(self.settings),
            pass_fds=[self.held.fileno()] if self.held else [],
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    async def until_ready(self) -> None:
        await until_ready(self.address)

    async def stop(self, name: signal.Signals) -> tuple[int, str]:
        """How it ended, and what it wrote."""
        self.bot.send_signal(name)
        async with asyncio.timeout(WAIT_S):
            said, _ = await self.bot.communicate()
        assert self.bot.returncode is not None
        return self.bot.returncode, said.decode()

    @property
    def ana_is_silent(self) -> bool:
        return bool(self.dialpad.state.users[int(ANA.dialpad_id or 0)].do_not_disturb)


@pytest.fixture(params=["http", "socket mode"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    async with placed(tmp_path, over_http=request.param == "http") as made:
        yield made


@asynccontextmanager
async def placed(
    folder: Path,
    *,
    over_http: bool,
    held: socket.socket | None = None,
    command: Sequence[str] | Callable[[Settings], Sequence[str]] = RUN,
    database: str = "bot.db",
) -> AsyncIterator[Place]:
    """``held`` is a socket that ``command`` is told to serve on, instead of one of its own. A command may be made of
    the settings when it starts."""
    bound, port = listen(0), held.getsockname()[1] if held else free_port()
    url, address = f"http://localhost:{bound.getsockname()[1]}", f"http://localhost:{port}"
    manifest = build_manifest(build_routes(), public_url=address if over_http else None)
    slack = SlackSandbox(manifest=manifest, base_url=url, enforce_limits=False)
    dialpad = DialpadSandbox(oauth_app=APP)
    parts: dict[str, ASGI] = dict.fromkeys(DIALPAD_PATHS, dialpad.app)
    settings = demo_settings(url, folder / database, APP, over_http=over_http)
    settings = settings.model_copy(update={"public_url": address, "port": port})
    async with serving(by_path(parts, slack.app), bound):
        bot = await Bot.start(settings)
        for person in CONNECTED_AT_START:
            await connect(bot, dialpad, person)
        await bot.aclose()
        made = Place(slack, dialpad, address, folder, settings, held, command)
        await made.start()
        slack.deliver_to(f"{address}/slack/events" if over_http else None)
        try:
            await made.until_ready()
            yield made
        finally:
            if made.bot.returncode is None:
                made.bot.kill()
                await made.bot.wait()
            dialpad.close()
            await dialpad.delivery.aclose()
            await slack.aclose()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def environment(settings: Settings) -> dict[str, str]:
    """What somebody who runs this bot would set."""
    shown = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "DIALPAD_CLIENT_SECRET": settings.dialpad_client_secret,
    }
    made = {name: value.get_secret_value() for name, value in shown.items() if value is not None}
    return {
        **made,
        "SLACK_API_URL": settings.slack_api_url,
        "DIALPAD_BASE_URL": settings.dialpad_base_url,
        "DIALPAD_CLIENT_ID": str(settings.dialpad_client_id),
        "DATABASE_URL": settings.database_url,
        "PUBLIC_URL": str(settings.public_url),
        "PORT": str(settings.port),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
    }


@pytest.mark.parametrize("place", ["http"], indirect=True)
async def test_ctrl_c_is_no_traceback(place: Place) -> None:
    code, said = await place.stop(signal.SIGINT)

    assert code == 0, said
    assert "Traceback" not in said


async def test_it_says_in_one_sentence_what_it_is_connected_to(place: Place) -> None:
    _, said = await place.stop(signal.SIGTERM)

    (line,) = [line for line in said.splitlines() if "Ready." in line]
    slack = "in Socket Mode" if place.settings.slack_app_token else f"over HTTP at {place.address}"
    assert f"Ready. Slack {slack}, Dialpad at {place.settings.dialpad_base_url}, SQLite in " in line
    assert f"Listening on 127.0.0.1:{place.settings.port}." in line


@pytest.mark.parametrize("place", ["http"], indirect=True)
@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_it_can_be_stopped_while_it_waits_to_start(place: Place, name: signal.Signals) -> None:
    first = place.bot
    await place.start()  # on SQLite it waits for the one that runs
    await until_it_watches_for_signals(place.bot.pid)
    code, said = await place.stop(name)

    place.bot = first
    assert code == 0, said
    assert "Traceback" not in said
    assert "stopped before it was ready" in said


async def until_it_watches_for_signals(pid: int) -> None:
    """Return once a process has handlers of its own for signals. Python has one for Ctrl+C from the start."""
    async with asyncio.timeout(WAIT_S):
        while True:
            if watches_for(signal.SIGTERM, pid):
                return
            await asyncio.sleep(0)


def watches_for(name: signal.Signals, pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (caught,) = re.findall(r"^SigCgt:\s*(\w+)", status, re.MULTILINE)
    return bool(int(caught, 16) & (1 << (name - 1)))


async def test_what_was_acknowledged_is_done_before_it_ends(place: Place) -> None:
    slow = place.dialpad.faults.add("PATCH /api/v2/users", kind="slow")
    await place.slack.person(str(ANA.slack_id)).command("#support", "/dp dnd on")
    async with asyncio.timeout(WAIT_S):
        await slow.entered.wait()
    place.bot.send_signal(signal.SIGTERM)
    slow.release.set()
    async with asyncio.timeout(WAIT_S):
        said, _ = await place.bot.communicate()

    assert place.bot.returncode == 0, said.decode()
    assert place.ana_is_silent
    told = place.slack.person(str(ANA.slack_id)).ephemerals("#support")
    assert "disturb" in str(told)
    assert "Traceback" not in said.decode()


async def test_what_does_not_end_in_time_is_left_on_disk_and_told_after_the_next_start(place: Place) -> None:
    slow = place.dialpad.faults.add("PATCH /api/v2/users", kind="slow")
    ana = place.slack.person(str(ANA.slack_id))
    await ana.command("#support", "/dp dnd on")
    async with asyncio.timeout(WAIT_S):
        await slow.entered.wait()
    began = time.monotonic()
    code, said = await place.stop(signal.SIGTERM)
    took_s = time.monotonic() - began

    assert code == 0, said
    assert took_s < GRACE_S
    assert "Traceback" not in said
    slow.release.set()
    await place.start()
    await place.slack.workspace.until(
        lambda: "disturb" in str(ana.ephemerals("#support")) or "restarted" in str(ana.messages("app")), WAIT_S
    )
