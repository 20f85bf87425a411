"""Bolt as its documentation shows it, and with nothing but the guarantees of a change around it."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import httpx
from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.sandbox.serving import ASGI
from tests.bench.bare_store import BareStore
from tests.bench.counting import Counter
from tests.bench.load import COMMAND, SECRET

CALLS: Final = "BENCH_CALLS"
"""The variable that says which HTTP calls belong to which command."""
SECRET_NAME: Final = "BENCH_SECRET"
"""The variable with another signing secret than ours."""
Settled = Callable[[], Awaitable[None]]
_TABLES: Final = "CREATE TABLE inbox (key PRIMARY KEY, body, done); CREATE TABLE audit (who, what, how)"
_RECEIVED: Final = "INSERT OR IGNORE INTO inbox VALUES (?, ?, 0)"
_DONE: Final = "UPDATE inbox SET done = 1, body = NULL WHERE key = ?"
_NOTED: Final = "INSERT INTO audit VALUES (?, ?, ?)"


async def authorize(**_: Any) -> AuthorizeResult:
    """The answer Bolt would otherwise fetch from Slack once and keep."""
    return AuthorizeResult(enterprise_id=None, team_id="T0NORTHLT", bot_token="xoxb-bench", bot_id="B1")


def _build_app(*, process_before_response: bool) -> AsyncApp:
    return AsyncApp(
        signing_secret=os.environ.get(SECRET_NAME, SECRET),
        authorize=authorize,
        process_before_response=process_before_response,
        name="bench",
    )


def build_bolt(*, process_before_response: bool) -> ASGI:
    """One listener that acknowledges."""
    app = _build_app(process_before_response=process_before_response)

    @app.command(COMMAND)
    async def acknowledge(ack: Callable[[], Awaitable[None]]) -> None:
        await ack()

    return AsyncSlackRequestHandler(app, path="/slack/events")


@asynccontextmanager
async def serving_durable(counter: Counter) -> AsyncIterator[tuple[ASGI, Settled]]:
    """Each request is a row on disk before it is acknowledged; its work notes what was done, and that it is done. The
    second commit, like the first, is shared with what else arrives."""
    tasks: set[asyncio.Task[None]] = set()
    with TemporaryDirectory(prefix="chatops-bench-") as folder:
        store = BareStore(Path(folder) / "floor.db", _TABLES, counter)
        app = _build_app(process_before_response=True)

        async def work(key: str, body: dict[str, Any]) -> None:
            who = body.get("user_id") or body["user"]["id"]
            await asyncio.gather(store.write(_NOTED, who, "change", "done"), store.write(_DONE, key))

        async def take(ack: Callable[[], Awaitable[None]], body: dict[str, Any]) -> None:
            key = str(body["trigger_id"])
            await store.write(_RECEIVED, key, json.dumps(body))
            await ack()
            task = asyncio.create_task(work(key, body))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        app.command(COMMAND)(take)
        app.action(re.compile(""))(take)
        app.view(re.compile(""))(take)

        async def settled() -> None:
            while tasks:
                await asyncio.wait(set(tasks))

        yield AsyncSlackRequestHandler(app, path="/slack/events"), settled


@asynccontextmanager
async def serving_calls(counter: Counter) -> AsyncIterator[tuple[ASGI, Settled]]:
    """Whole commands: acknowledged, done by the HTTP calls that the environment names, and kept when they change
    something."""
    calls: dict[str, list[dict[str, Any]]] = json.loads(os.environ[CALLS])
    tasks: set[asyncio.Task[None]] = set()
    async with AsyncExitStack() as closing:
        folder = closing.enter_context(TemporaryDirectory(prefix="chatops-bench-"))
        store = BareStore(Path(folder) / "floor.db", _TABLES, counter)
        at_dialpad = await closing.enter_async_context(httpx.AsyncClient(base_url=os.environ["OUTSIDE"]))
        at_slack = await closing.enter_async_context(aiohttp.ClientSession(os.environ["OUTSIDE"]))
        app = _build_app(process_before_response=True)

        async def work(key: str, body: dict[str, Any]) -> None:
            for one in calls[body["text"]]:
                if one["path"].startswith("/api/v2"):
                    answer = await at_dialpad.request(
                        one["method"], one["path"], content=one["body"], headers=one["headers"]
                    )
                    answer.json()
                    continue
                to = urlsplit(body["response_url"]).path if one["path"].startswith("/response/") else one["path"]
                sending = at_slack.request(one["method"], to, data=one["body"].encode(), headers=one["headers"])
                async with sending as answered:
                    await answered.read()
            if changes(body):
                await asyncio.gather(
                    store.write(_NOTED, body["user_id"], body["text"], "done"), store.write(_DONE, key)
                )

        def changes(body: dict[str, Any]) -> bool:
            return any(one["path"].startswith("/api/v2") and one["method"] != "GET" for one in calls[body["text"]])

        @app.command(COMMAND)
        async def take(ack: Callable[[], Awaitable[None]], body: dict[str, Any]) -> None:
            key = str(body["trigger_id"])
            if changes(body):
                await store.write(_RECEIVED, key, json.dumps(body))
            await ack()
            task = asyncio.create_task(work(key, body))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        async def settled() -> None:
            while tasks:
                await asyncio.wait(set(tasks))

        yield AsyncSlackRequestHandler(app, path="/slack/events"), settled
