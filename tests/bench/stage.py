"""Slack and Dialpad in this process, for a bot that runs in another, and what that bot asks of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

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
from tests.crashes.mortal import APP
from tests.crashes.several import shared_environment
from tests.crashes.test_stopped_politely import free_port

SENT_ALONG: Final = frozenset({b"authorization", b"content-type"})


@dataclass(frozen=True)
class Asked:
    """A request that the bot made, so that it can be made again."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Stage:
    """Everybody is connected. ``settings`` are the bot's; ``asked`` is what Slack and Dialpad were asked for."""

    slack: SlackSandbox
    dialpad: DialpadSandbox
    settings: Settings
    address: str
    asked: list[Asked]

    @property
    def environment(self) -> dict[str, str]:
        return shared_environment(self.settings) | {"LOG_FORMAT": "json"}


@asynccontextmanager
async def staged(folder: Path, database_url: str = "") -> AsyncIterator[Stage]:
    """Prepare a database for a bot that ``Stage.environment`` describes and whose address is ``settings.base_url``.
    Slack's rate limits do not hold."""
    bound = listen(0)
    outside = f"http://localhost:{bound.getsockname()[1]}"
    port = free_port()
    public = f"http://localhost:{port}"
    manifest = build_manifest(build_routes(), public_url=public)
    slack = SlackSandbox(manifest=manifest, base_url=outside, enforce_limits=False)
    dialpad = DialpadSandbox(oauth_app=APP)
    asked: list[Asked] = []
    parts: dict[str, ASGI] = dict.fromkeys(DIALPAD_PATHS, dialpad.app)
    changed: dict[str, Any] = {"encryption_keys": SecretStr(generate_key()), "public_url": public, "port": port}
    if database_url:
        changed["database_url"] = database_url
    settings = demo_settings(outside, folder / "bot.db", APP, over_http=True).model_copy(update=changed)
    async with serving(_noting(by_path(parts, slack.app), asked), bound):
        bot = await Bot.start(settings)
        for person in CONNECTED_AT_START:
            await connect(bot, dialpad, person)
        await bot.aclose()
        asked.clear()
        slack.deliver_to(f"{public}/slack/events")
        try:
            yield Stage(slack, dialpad, settings, outside, asked)
        finally:
            dialpad.close()
            await dialpad.delivery.aclose()
            await slack.aclose()


def _noting(app: ASGI, asked: list[Asked]) -> ASGI:
    async def noting(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        body = bytearray()

        async def listening() -> Any:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        await app(scope, listening, send)
        query = f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        headers = {name.decode(): value.decode() for name, value in scope["headers"] if name in SENT_ALONG}
        asked.append(Asked(scope["method"], scope["path"] + query, headers, body.decode(errors="replace")))

    return noting


@asynccontextmanager
async def process(stage: Stage, *command: str, cwd: Path, **changed: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process with the bot's environment; it is killed when the block ends."""
    running = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=stage.environment | changed,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()
