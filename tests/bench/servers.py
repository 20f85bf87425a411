"""The servers that are compared. Each runs in a process of its own: ``python -m tests.bench.servers NAME``."""

import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Final

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.sandbox.serving import ASGI, listen, serving
from tests.bench.load import COMMAND, SECRET, SETTLED_PATH

CHILDREN: Final = "tests.bench.servers"


async def authorize(**_: Any) -> AuthorizeResult:
    """The answer Bolt would otherwise fetch from Slack once and keep."""
    return AuthorizeResult(enterprise_id=None, team_id="T0NORTHLT", bot_token="xoxb-bench", bot_id="B1")


def build_bolt(*, process_before_response: bool) -> ASGI:
    """Bolt as its documentation shows it: one listener that acknowledges."""
    app = AsyncApp(
        signing_secret=SECRET, authorize=authorize, process_before_response=process_before_response, name="bench"
    )

    @app.command(COMMAND)
    async def acknowledge(ack: Callable[[], Awaitable[None]]) -> None:
        await ack()

    return AsyncSlackRequestHandler(app, path="/slack/events")


async def nothing_under_way() -> None:
    """Bolt's one listener has done everything when it has acknowledged."""


def with_settled(app: ASGI, settled: Callable[[], Awaitable[None]]) -> ASGI:
    """``app``, and a path that answers when nothing is under way."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != SETTLED_PATH:
            await app(scope, receive, send)
            return
        await settled()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    return answer


async def serve_until_told(app: ASGI, settled: Callable[[], Awaitable[None]] = nothing_under_way) -> None:
    """Print the port, then serve until stdin ends: that is when whoever started this is done or gone."""
    bound = listen(0)
    async with serving(with_settled(app, settled), bound):
        gc.collect()
        gc.freeze()
        sys.stdout.write(f"{bound.getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


async def main(name: str) -> None:
    """Serve one of the shapes: ``stock``, ``floor``, ``ours-<ids>``, ``events-floor`` or ``events-ours``."""
    if name in {"stock", "floor"}:
        await serve_until_told(build_bolt(process_before_response=name == "floor"))
    elif name.startswith("events-"):
        from bot.basics.logs import set_up_logging  # noqa: PLC0415
        from tests.bench import event_servers  # noqa: PLC0415

        set_up_logging("json", level=logging.WARNING)
        serving_one = event_servers.serving_floor if name == "events-floor" else event_servers.serving_ours
        async with serving_one() as app:
            await serve_until_told(app)
    else:
        # Bolt's own servers should not carry our imports.
        from bot.basics.logs import set_up_logging  # noqa: PLC0415
        from tests.bench.ours import serving_ours  # noqa: PLC0415

        set_up_logging("json", level=logging.WARNING)

        async with serving_ours(int(name.removeprefix("ours-"))) as (app, dispatcher):
            await serve_until_told(app, dispatcher.idle)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
