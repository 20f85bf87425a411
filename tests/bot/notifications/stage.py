"""The two implementations of ``Later`` behind one handle, so that the contract is written once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.contract.later import Later
from bot.store.durable_later import DurableLater
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bot.store.fake_later import FakeLater
from tests.bot.store.runner import Runner


@dataclass
class Stage:
    """``now`` is what the implementation takes for now; ``let_pass`` makes it a few seconds later."""

    later: Later
    runner: Runner
    now: Callable[[], datetime]
    let_pass: Callable[[], Awaitable[None]]


def stage_fake() -> Stage:
    runner = Runner()
    later = FakeLater(runner.run, runner.failed)

    async def let_pass() -> None:
        await later.pass_(seconds=5)

    return Stage(later, runner, lambda: later.now, let_pass)


@asynccontextmanager
async def stage_durable(url: str) -> AsyncIterator[Stage]:
    runner = Runner()
    store = await Store.open(url, parse_keys(generate_key()))
    await store.migrate()
    async with running(store, runner) as later:
        # Real time passes by itself: tests wait for what the runner saw.
        yield Stage(later, runner, lambda: datetime.now(UTC), lambda: asyncio.sleep(0))
    await store.aclose()


@asynccontextmanager
async def running(store: Store, runner: Runner) -> AsyncIterator[DurableLater]:
    await store.processes.join()
    later = DurableLater(store, runner.run, runner.failed)
    later.start()
    try:
        await later.resume()
        yield later
    finally:
        await later.drain()


SOON = timedelta(milliseconds=50)
FAR = timedelta(hours=1)
