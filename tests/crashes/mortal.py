"""Bots that kill themselves: ``python -m tests.crashes.mortal <listening socket> <lifeline>``, both file descriptors.

Each line on stdin is a ``Life``, as JSON. The first is for rehearsing, and is answered once all is ready. The others
are each answered with the process id of the bot that was forked for it, and, once that has ended, with how: 0, or minus
the signal. Forked after the rehearsal a bot starts in a fraction of the time, and is still a process of its own: the
real bot on the socket that is held for it, in a hurry, with nothing faked.
"""

import asyncio
import gc
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import update

from bot.app import Bot
from bot.basics.settings import Settings
from bot.notifications.escalation import Escalations
from bot.sandbox.demo import OAUTH_SCOPES, demo_settings
from bot.sandbox.dialpad import OAuthApp
from bot.sandbox.serving import ASGI
from bot.slack.api import channel_messages
from bot.store import sqlite
from bot.store.agenda import read_agenda
from bot.store.backlog import read_backlog
from bot.store.postings import postings
from tests.hurry import hurried

APP: Final = OAuthApp(
    "northlight-chatops", "sandbox-client-secret", ("http://localhost/connect/callback",), OAUTH_SCOPES
)
IDLE: Final = "/idle"
"""Answered once nothing is on its way any more."""
LATER: Final = "/later"
"""Time passes: what escalates next does so now."""
AHEAD: Final = "/ahead"
FURTHEST_AHEAD: Final = timedelta(hours=2)
"""By how much a bot's clock is put ahead of Slack's at most: so far back it looks for what it has posted."""
"""The clock is put forward by so many seconds as the query says, for this bot and those after it."""
COUNT: Final = "/count"
"""Steps are counted from now on, where ``counts_from`` is "asked"."""


@dataclass(frozen=True)
class Life:
    """``dies_at``: which step it does not outlive, 0 for none; ``dies``: a step by name instead.

    Steps are counted from the first event that arrives, from the first step of an escalation, or from when the story
    says so (``COUNT``): a commit that is done, and each call to Slack and each change at Dialpad, before and after.
    Right before a commit the disk is as it was after the one before, and nobody outside knows more.
    """

    database: str
    outside: str
    address: str
    dies_at: int = 0
    dies: str = ""
    counts_from: str = "event"


def settings_of(life: Life) -> Settings:
    made = demo_settings(life.outside, Path(life.database), APP, over_http=True)
    return made.model_copy(update={"public_url": life.address})


class InheritedClock:
    """A clock that can be put forward, and stays so from life to life."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead_s = float(file.read_text()) if file.exists() else 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead_s)

    def go_on(self, seconds: float) -> None:
        self._ahead_s += seconds
        self._file.write_text(str(self._ahead_s))


class Death:
    def __init__(self, life: Life) -> None:
        self._life = life
        self._counting = False
        self._passed = 0
        self.escalating = 0
        """How many steps of escalations are being taken."""
        self.clock = InheritedClock(Path(life.database).with_suffix(".ahead"))

    def begin(self, what: str) -> None:
        self._counting = self._counting or what == self._life.counts_from

    def step(self, name: str) -> None:
        if not self._counting:
            return
        self._passed += 1
        if self._passed == self._life.dies_at or name == self._life.dies:
            os.kill(os.getpid(), signal.SIGKILL)

    def lies_in_wait(self) -> None:
        commit, ask, send, run = sqlite._commit, AsyncWebClient.api_call, httpx.AsyncClient.send, Escalations._run

        def committing(*args: Any) -> Any:
            done = commit(*args)
            self.step("after a commit")
            return done

        async def asking(client: AsyncWebClient, method: str, **more: Any) -> Any:
            self.step(f"before {method}")
            answer = await ask(client, method, **more)
            self.step(f"after {method}")
            return answer

        async def sending(client: httpx.AsyncClient, request: httpx.Request, **more: Any) -> httpx.Response:
            if request.method == "GET":
                return await send(client, request, **more)
            self.step(f"before {request.method} {request.url.path}")
            answer = await send(client, request, **more)
            self.step(f"after {request.method} {request.url.path}")
            return answer

        async def running(escalations: Escalations, posting: Any) -> None:
            self.begin("escalation")
            self.escalating += 1
            try:
                await run(escalations, posting)
            finally:
                self.escalating -= 1

        replaced: list[tuple[Any, str, Callable[..., Any]]] = [
            (sqlite, "_commit", committing),
            (AsyncWebClient, "api_call", asking),
            (httpx.AsyncClient, "send", sending),
            (Escalations, "_run", running),
        ]
        for owner, name, function in replaced:
            setattr(owner, name, function)


async def live(life: Life, bound: socket.socket) -> None:
    death = Death(life)
    death.lies_in_wait()
    with hurried({channel_messages: {"CLOCK_SLACK": FURTHEST_AHEAD}}):
        bot = await Bot.start(settings_of(life), now=death.clock.now)
        config = uvicorn.Config(_entrance(bot, death), log_config=None, lifespan="off")
        await uvicorn.Server(config).serve(sockets=[bound])


async def rehearse(life: Life) -> None:
    """Whatever is built on first use is built then, once for all children."""
    await (await Bot.start(settings_of(life))).aclose()


def _entrance(bot: Bot, death: Death) -> ASGI:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if asked := _ASKED.get(scope.get("path")):
            await asked(bot, death, scope["query_string"].decode())
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        death.begin("event")
        await bot.web(scope, receive, send)

    return app


async def _until_idle(bot: Bot, death: Death, _: str) -> None:
    async def is_due() -> bool:
        agenda, now = await read_agenda(bot.store.context), bot.store.now()
        return agenda.posting is not None or any(
            at is not None and at <= now for at in (agenda.escalation, agenda.item)
        )

    await _until_done(bot)
    while await bot.store.events.waiting() or await is_due() or death.escalating:  # noqa: ASYNC110  # nobody tells
        await asyncio.sleep(0)


async def _until_done(bot: Bot) -> None:
    """Return when all that people asked for is done, or they were told why not."""
    while (await read_backlog(bot.store.context)).asked:  # noqa: ASYNC110  # nobody tells
        await asyncio.sleep(0)
    await bot.dispatcher.idle()


async def _escalate_now(bot: Bot, _: Death, __: str) -> None:
    waiting = update(postings).where(postings.c.escalate_at.is_not(None)).values(escalate_at=bot.store.now())
    await bot.store.database.write(lambda connection: connection.execute(waiting))
    bot.poster.wake()


async def _go_on(bot: Bot, death: Death, seconds: str) -> None:
    death.clock.go_on(float(seconds))
    await bot.catch_up()


async def _count(_: Bot, death: Death, __: str) -> None:
    death.begin("asked")


_ASKED: Final = {IDLE: _until_idle, LATER: _escalate_now, AHEAD: _go_on, COUNT: _count}


def _end_with(lifeline: int) -> None:
    """Whoever started all this is gone."""
    os.read(lifeline, 1)
    os._exit(1)


def main(listening: int, lifeline: int) -> None:
    bound = socket.socket(fileno=listening)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where a bot says what it does
    asyncio.run(rehearse(Life(**json.loads(sys.stdin.readline()))))
    gc.freeze()  # or every child would copy what it never changes
    answers.write("ready\n")
    for line in sys.stdin:
        life = Life(**json.loads(line))
        child = os.fork()
        if child == 0:
            said = os.open(Path(life.database).with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(said, 1)
            os.dup2(said, 2)
            threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
            asyncio.run(live(life, bound))
            os._exit(0)
        answers.write(f"{child}\n")
        _, ended = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(ended)}\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
