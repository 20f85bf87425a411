"""A deploy: the old process goes and the new one comes on the same listening socket, and nobody is refused."""

import asyncio
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest

from bot.sandbox.cast import ANA
from tests.crashes.test_stopped_politely import RUN, WAIT_S, placed


class Asking:
    """Somebody who goes on asking. ``answers``: their statuses, or the name of what was in the way."""

    def __init__(self, address: str, *, keep_alive: bool) -> None:
        self.answers: list[int | str] = []
        limits = httpx.Limits() if keep_alive else httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.AsyncClient(base_url=address, limits=limits, timeout=WAIT_S, trust_env=False)
        self._answered = asyncio.Event()
        self._task = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        while True:
            try:
                self.answers.append((await self._http.get("/healthz")).status_code)
            except httpx.TransportError as problem:
                self.answers.append(type(problem).__name__)
            self._answered.set()
            await asyncio.sleep(0)

    async def more(self, count: int) -> None:
        most = len(self.answers) + count
        async with asyncio.timeout(WAIT_S):
            while len(self.answers) < most:
                self._answered.clear()
                await self._answered.wait()

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._http.aclose()


AS_SYSTEMD = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, "-m", "bot", "run"])"""


@pytest.mark.parametrize("way", ["--fd", "systemd"])
async def test_no_request_is_refused_while_one_bot_follows_another(tmp_path: Path, way: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        number = str(held.fileno())
        command = (*RUN, "--fd", number) if way == "--fd" else (sys.executable, "-c", AS_SYSTEMD, number)
        async with placed(tmp_path, over_http=True, held=held, command=command) as place:
            crowd = [Asking(place.address, keep_alive=keep_alive) for keep_alive in (False, False, True)]
            for one in crowd:
                await one.more(20)
            code, said = await place.stop(signal.SIGTERM)
            assert code == 0, said
            await place.start()
            for one in crowd:
                await one.more(20)
            await place.slack.person(str(ANA.slack_id)).command("#support", "/dp dnd on")
            await place.slack.workspace.until(lambda: place.ana_is_silent, WAIT_S)
            for one in crowd:
                await one.stop()

    assert {answer for one in crowd for answer in one.answers} == {200}


async def test_what_is_no_socket_is_a_sentence(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *RUN, "--fd", "99", cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()

    assert process.returncode == 2
    assert b"no socket" in said
    assert b"Traceback" not in said
