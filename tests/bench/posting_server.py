"""Our webhook with all that comes after it: cards are folded and posted to a Slack that answers at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.sandbox.serving import ASGI
from bot.store.keys import generate_key
from tests.bench.event_servers import build_app
from tests.bench.folding import Load, lined_up
from tests.bench.slack_floors import Settled

_LOOK_S: Final = 0.05


@asynccontextmanager
async def serving_all() -> AsyncIterator[tuple[ASGI, Settled]]:
    """With 200 subscriptions and 1,000 old cards."""
    with TemporaryDirectory(prefix="chatops-bench-") as folder:
        async with lined_up(f"sqlite:///{Path(folder) / 'bench.db'}", Load(), generate_key()) as line:

            async def settled() -> None:
                await line.intake.settle()
                while any(await line.store.postings.next_due()):  # noqa: ASYNC110  the database tells nobody
                    await asyncio.sleep(_LOOK_S)

            yield build_app(line.store, line.hook.id, line.intake), settled
