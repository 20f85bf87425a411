"""Several processes of the bot: ``python -m tests.flows.replica <listening socket>...``, one for each.

Each is the real bot by the environment's settings, in a hurry. What tests ask of its inside comes as
``POST /inside/<name>``, with the arguments as JSON. The first line of stdin is how many seconds their clocks are
ahead; they end when stdin does.
"""

import asyncio
import gc
import os
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.app import Bot
from bot.basics.logs import set_up_logging
from bot.basics.settings import Settings
from bot.sandbox.clock import SandboxClock
from bot.sandbox.serving import ASGI, by_path, serving
from tests.flows.inside import Inside
from tests.hurry import WRITTEN_ELSEWHERE, hurried

INSIDE = "/inside/"


def entrance(inside: Inside) -> ASGI:
    async def ask(request: Request) -> Response:
        return JSONResponse(await getattr(inside, request.path_params["name"])(**await request.json()))

    return Starlette(routes=[Route(INSIDE + "{name}", ask, methods=["POST"])])


async def live(bound: socket.socket, ahead: timedelta) -> None:
    settings = Settings(_env_file=None)
    set_up_logging(settings.log_format)
    clock = SandboxClock(lambda: datetime.now(UTC) + ahead)
    with hurried(WRITTEN_ELSEWHERE):
        bot = await Bot.start(settings, now=clock.now)
        parts: dict[str, Any] = {INSIDE: entrance(Inside(bot, clock))}
        async with serving(by_path(parts, bot.web), bound):
            await asyncio.Event().wait()


def end_with_stdin() -> None:
    sys.stdin.read()
    os._exit(0)  # nothing that it does is worth waiting for


def main(listening: list[int]) -> None:
    ahead = timedelta(seconds=float(sys.stdin.readline()))
    gc.freeze()  # or each would copy what it never changes
    children = []
    for one in listening:
        child = os.fork()
        if child == 0:
            threading.Thread(target=end_with_stdin, daemon=True).start()
            asyncio.run(live(socket.socket(fileno=one), ahead))
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]])
