"""From version 0.1.0 to this one with work in flight, and back from the backup, as docs/install.md says: with the
command line, in processes of their own."""

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import NullPool, create_engine

from bot.app import build_routes
from bot.sandbox.cast import ANA, LEO, PRIYA
from bot.sandbox.demo import BOT_PATHS, DIALPAD_PATHS, OAUTH_SCOPES, Demo, demo_settings
from bot.sandbox.dialpad import DialpadSandbox, OAuthApp
from bot.sandbox.serving import ASGI, by_path, listen, serving
from bot.sandbox.slack import SlackSandbox
from bot.slack.api.manifest import build_manifest
from bot.store.database import build_url
from tests.crashes.several import Balancer, Replica
from tests.crashes.test_stopped_politely import environment, free_port, until_ready
from tests.flows.hands import find_button, said
from tests.postgres import PostgresServer, find_binaries
from tests.upgrade.in_postgres import restore_in_postgres
from tests.upgrade.opened import KEY, LEFT, SYNC, Opened, clock_from, read_written, restore, until
from tests.upgrade.outside import Json, moved_to, put_back

pytestmark = [pytest.mark.asyncio, pytest.mark.process]

VERSION: Final = "version_0_1_0"
WRITTEN: Final = read_written(VERSION)
CALLERS: Final = WRITTEN["callers"]


@dataclass(repr=False)
class Machine:
    """The machine that the old bot ran on, beside the Slack and the Dialpad that it knew. No bot runs on it."""

    old: Opened
    balancer: Balancer
    environment: dict[str, str]
    folder: Path
    running: list[Replica] = field(default_factory=list)

    async def type(self, *words: str, ends_with: int = 0) -> str:
        """What is printed when somebody types this in a terminal there."""
        process = await asyncio.create_subprocess_exec(
            *words, cwd=self.folder, env=self.environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        printed, _ = await process.communicate()
        assert process.returncode == ends_with, printed.decode()
        return printed.decode()

    async def succeed(self, *words: str) -> None:
        """``dialpad-chatops`` with these words."""
        await self.type(sys.executable, "-m", "bot", *words)

    async def refuse(self, *words: str) -> str:
        """What ``dialpad-chatops`` says when it does not do that."""
        return await self.type(sys.executable, "-m", "bot", *words, ends_with=2)

    async def start(self, count: int = 1) -> None:
        """So many processes at the same moment."""
        ahead = (self.old.demo.clock.now() - datetime.now(UTC)).total_seconds()
        began = []
        for _ in range(count):
            port = free_port()
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.upgrade.then", str(ahead), "run",
                cwd=self.folder, env={**self.environment, "PORT": str(port)},
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            began.append(Replica(process, f"http://localhost:{port}"))
        self.running += began
        await asyncio.gather(*(until_ready(one.address) for one in began))
        await self.old.demo.slack.sockets.until_connected(count)
        self.balancer.replicas[:] = began

    async def stop(self) -> None:
        for one in self.balancer.replicas:
            one.process.send_signal(signal.SIGTERM)
        assert [await one.until_ended() for one in self.balancer.replicas] == [0] * len(self.balancer.replicas)
        self.balancer.replicas.clear()

    async def until_done(self) -> None:
        """As ``Opened.until_done``, from outside."""
        soon = int((self.old.demo.clock.now() + timedelta(seconds=5)).timestamp() * 1_000_000)
        await until(lambda: not self.old.ask(LEFT, soon=soon)[0][0])

    async def end(self) -> None:
        for one in self.running:
            if one.process.returncode is None:
                one.kill()
                await one.until_ended()


@contextlib.asynccontextmanager
async def machine(folder: Path, database_url: str) -> AsyncIterator[Machine]:
    bound = listen(0)
    url = f"http://localhost:{bound.getsockname()[1]}"
    clock = clock_from(datetime.fromisoformat(WRITTEN["now"]))
    slack = SlackSandbox(manifest=build_manifest(build_routes(), public_url=None), base_url=url, now=clock.unix)
    known_to_dialpad = OAuthApp(
        "northlight-chatops", "sandbox-client-secret", (f"{url}/connect/callback",), OAUTH_SCOPES
    )
    dialpad = DialpadSandbox(oauth_app=known_to_dialpad, now=clock.now, base_url=url)
    put_back(WRITTEN)(slack, dialpad)
    clock.on_forward.append(slack.tick)
    settings = demo_settings(url, folder / "bot.db", known_to_dialpad, over_http=False)
    settings = settings.model_copy(update={"database_url": database_url})
    engine = create_engine(
        build_url(database_url).set(drivername=SYNC[build_url(database_url).get_backend_name()]), poolclass=NullPool
    )
    balancer = Balancer()
    parts: dict[str, ASGI] = dict.fromkeys(DIALPAD_PATHS, dialpad.app)
    parts.update(dict.fromkeys(BOT_PATHS, balancer.app))
    demo = Demo(url, slack, dialpad, None, clock)  # type: ignore[arg-type]  # the bot is in processes of its own
    more = {"DIALPAD_SCOPES": " ".join(OAUTH_SCOPES), "PGHOST": os.environ.get("PGHOST", "")}
    if database_url.startswith("postgresql"):
        more["ENCRYPTION_KEYS"] = KEY
    async with serving(by_path(parts, slack.app), bound):
        there = Machine(Opened(demo, moved_to(url, WRITTEN), engine), balancer, environment(settings) | more, folder)
        try:
            yield there
        finally:
            await there.end()
            dialpad.close()
            await dialpad.delivery.aclose()
            await slack.aclose()
            await balancer.aclose()


async def took_over(there: Machine) -> None:
    """What was in the old bot's hands is done, each once."""
    old = there.old
    await there.until_done()
    for name in (CALLERS["running"], CALLERS["tried again"], *WRITTEN["queued"], CALLERS["ringing"]):
        assert len(old.about(name, ANA, "#support")) == 1, name
    assert len(old.about(CALLERS["not posted"], ANA, "app")) == 1
    assert len(old.about(CALLERS["interrupted"], LEO, "app")) == 1
    assert "Hung up before it rang" in said(old.about(CALLERS["ringing"], ANA, "#support")[0])
    seen = [one["text"] for one in old.hands(ANA).person.messages("#support")]
    assert len([text for text in seen if "Daily digest" in text]) == 1
    priya, leo = old.hands(PRIYA), old.hands(LEO)
    await priya.person.until(lambda: priya.account.status_message == "In a meeting")
    await leo.person.until(lambda: any("restarted in the middle" in said(one) for one in leo.person.ephemerals()))
    assert not leo.account.do_not_disturb


async def an_open_card_goes_on(there: Machine) -> None:
    """Ana claims a call whose message is older than the bot."""
    person, posted = there.old.hands(ANA).person, there.old.as_it_was(CALLERS["open"])["ts"]

    def card() -> Json:
        return next(one for one in person.messages("#support") if one["ts"] == posted)

    button, block_id = find_button(card(), "Claim")
    await person.press(card(), button["action_id"], button["value"], block_id=block_id)
    await person.until(lambda: "Claimed by" in said(card()))


async def what_was_due_later_comes_once(there: Machine) -> None:
    """Ana asked for do not disturb for a while, before the upgrade; three hours later it is over."""
    ana = there.old.hands(ANA)
    assert ana.account.do_not_disturb
    processes = len(there.balancer.replicas)
    await there.stop()
    there.old.demo.clock.forward(timedelta(hours=3))
    await there.start(processes)
    await there.until_done()
    await ana.person.until(lambda: not ana.account.do_not_disturb)
    await there.until_done()
    told = [one for one in ana.from_app if "do not disturb is off again" in said(one)]
    assert len(told) == 1, told


async def test_on_sqlite_and_back_from_db_backup(tmp_path: Path) -> None:
    file, safe = tmp_path / "bot.db", tmp_path / "before-upgrade.db"
    restore(VERSION, file)
    before = contents(file)
    async with machine(tmp_path, f"sqlite:///{file}") as there:
        await there.succeed("db", "backup", str(safe))
        assert contents(file) == before  # nothing but `run` and `db upgrade` brings it up
        await there.start()
        assert "A bot is running" in await there.refuse("db", "restore", str(safe), "--yes")
        await took_over(there)
        await an_open_card_goes_on(there)
        await what_was_due_later_comes_once(there)
        await there.stop()
        assert contents(file) != before

        assert "--yes" in await there.refuse("db", "restore", str(safe))
        await there.succeed("db", "restore", str(safe), "--yes")
    assert contents(file) == before


def contents(file: Path) -> list[str]:
    """All of a database: tables, rows, indexes."""
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return sorted(connection.iterdump())


async def test_on_postgres_and_back_from_its_own_dump(tmp_path: Path, postgres_server: PostgresServer) -> None:
    url, dump = postgres_server.create(), tmp_path / "before-upgrade.sql"
    restore_in_postgres(VERSION, url, tmp_path)
    async with machine(tmp_path, url) as there:
        await there.type(program("pg_dump"), "--file", str(dump), url)
        refused = await there.refuse("db", "backup", str(tmp_path / "never.db"))
        assert "the version that wrote it" in refused
        await there.start(2)
        await took_over(there)
        await an_open_card_goes_on(there)
        await what_was_due_later_comes_once(there)
        await there.stop()

        fresh = postgres_server.create()
        await there.type(program("psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--file", str(dump), fresh)
        await there.type(program("pg_dump"), "--file", str(tmp_path / "again.sql"), fresh)
    assert rows_of(tmp_path / "again.sql") == rows_of(dump)
    for one in (url, fresh):
        postgres_server.drop(one)


def program(name: str) -> str:
    return shutil.which(name) or str(find_binaries() / name)


def rows_of(dump: Path) -> list[str]:
    """But for a word that each dump makes up anew."""
    return sorted(line for line in dump.read_text(encoding="utf-8").splitlines() if "restrict" not in line)
