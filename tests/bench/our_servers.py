"""Those of the compared servers that are ours, by name."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.app import Bot
from bot.basics.logs import set_up_logging
from bot.basics.settings import Settings
from bot.sandbox.serving import ASGI
from tests.bench import event_servers
from tests.bench.counting import Counter
from tests.bench.ours import serving_ours
from tests.bench.posting_server import serving_all
from tests.bench.slack_floors import Settled


@asynccontextmanager
async def serving(kind: str, which: str, counter: Counter) -> AsyncIterator[tuple[ASGI, Settled]]:
    """One of ``ours-<ids>``, ``audited-<rows>``, ``bot``, ``events-floor``, ``-ours``, ``-folded``, ``posting``."""
    set_up_logging("json", level=logging.WARNING)
    async with AsyncExitStack() as closing:
        enter = closing.enter_async_context
        if kind == "bot":
            bot = await Bot.start(Settings(_env_file=None))
            closing.push_async_callback(bot.aclose)
            yield bot.web, bot.dispatcher.idle
        elif kind == "posting":
            yield await enter(serving_all())
        elif kind == "events":
            floor = event_servers.serving_floor(counter)
            yield await enter(floor if which == "floor" else event_servers.serving_ours(folds=which == "folded"))
        else:
            ids, rows = (int(which), 0) if kind == "ours" else (10, int(which))
            app, dispatcher = await enter(serving_ours(ids, audit_rows=rows))
            yield app, dispatcher.idle
