"""The bot as ``run`` serves it, and what is alive in it: ``python -m tests.bench.soaked``, by the environment."""

import asyncio
import gc
import json
import sys
from collections import Counter
from typing import Any, Final

from bot.app import Bot
from bot.basics.logs import set_up_logging
from bot.basics.settings import Settings
from bot.sandbox.serving import ASGI
from bot.server import serve

ALIVE_PATH: Final = "/alive"
"""Answers with the number of tasks, and of objects by type that came after the start."""
_MOST_TYPES: Final = 200


def _with_alive(app: ASGI) -> ASGI:
    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path") != ALIVE_PATH:
            await app(scope, receive, send)
            return
        gc.collect()
        kinds = Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())
        body = json.dumps({"tasks": len(asyncio.all_tasks()), "kinds": dict(kinds.most_common(_MOST_TYPES))}).encode()
        length = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        await send({"type": "http.response.body", "body": body})

    return answer


async def main() -> None:
    settings = Settings(_env_file=None)
    set_up_logging(settings.log_format)
    bot = await Bot.start(settings)
    try:
        gc.collect()
        gc.freeze()
        await serve(_with_alive(bot.web), settings.host, settings.port)
    finally:
        await bot.aclose()


if __name__ == "__main__":
    asyncio.run(main())
    sys.exit(0)
