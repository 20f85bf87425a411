"""Whether deleting what has expired delays what is being acknowledged: a delivery's way to the disk, with a purge and
without one."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bench.directory import databases
from tests.bench.event_servers import OWNER
from tests.bench.folding import show_old_cards
from tests.bench.rows import Goal, Row, quantile

OLD_CARDS: Final = 20_000
OLD_ENTRIES: Final = 20_000
QUICK: Final = 400
GOAL_MS: Final = 20.0
EVERY_S: Final = 0.01
"""Between two deliveries: as many as a busy process gets."""
ALONE: Final = 300
"""Deliveries without a purge."""


@dataclass
class _Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class _Found:
    """Milliseconds until a delivery was on disk, without a purge and while one ran."""

    alone: list[float]
    meanwhile: list[float]
    took_s: float
    deleted: int

    @property
    def delay_ms(self) -> float:
        return quantile(self.meanwhile, 0.99) - quantile(self.alone, 0.99)


async def _purge(url: str, cards: int, entries: int) -> _Found:
    clock = _Clock(datetime.now(UTC) - timedelta(days=2000))
    store = await Store.open(url, parse_keys(generate_key()), clock)
    try:
        await store.migrate()
        await show_old_cards(store, cards)
        for _ in range(0, entries, QUICK):
            line = store.audit.build_line(OWNER, route="dnd.on", outcome="done", origin="command")
            await store.audit.write([line] * QUICK)
        while await store.audit.chain():
            pass
        clock.now = datetime.now(UTC)
        names = (f"delivery {number}" for number in count())
        alone = [await _deliver(store, next(names)) for _ in range(ALONE)]
        meanwhile: list[float] = []
        began = time.perf_counter()
        purging = asyncio.create_task(store.purge())
        while not purging.done():
            meanwhile.append(await _deliver(store, next(names)))
        took_s = time.perf_counter() - began
        return _Found(alone, meanwhile, took_s, sum((await purging).values()))
    finally:
        await store.aclose()


async def _deliver(store: Store, name: str) -> float:
    """Store a delivery as Slack's are before they are acknowledged, and return for how many milliseconds it waited."""
    began = time.perf_counter()
    await store.inbox.receive(name, "command", {"text": "dnd on"}, OWNER)
    took_s = time.perf_counter() - began
    await asyncio.sleep(EVERY_S)
    return took_s * 1000


def measure(*, quick: bool) -> list[Row]:
    """How much longer a delivery waits for the disk while everything old is deleted."""
    cards, entries = (QUICK, QUICK) if quick else (OLD_CARDS, OLD_ENTRIES)
    with databases(["sqlite"] if quick else ["sqlite", "postgres"]) as urls:
        return [_row(url, asyncio.run(_purge(url, cards, entries))) for url, _ in urls]


def _row(url: str, found: _Found) -> Row:
    database = "SQLite" if url.startswith("sqlite") else "Postgres"
    return Row(
        "purge", f"a purge delays a delivery on {database}, p99", "ms", max(0.0, found.delay_ms),
        goal=Goal(GOAL_MS, of="ours"),
        more={
            "p99 without, ms": quantile(found.alone, 0.99), "p99 meanwhile, ms": quantile(found.meanwhile, 0.99),
            "longest without, ms": max(found.alone), "longest meanwhile, ms": max(found.meanwhile),
            "deleted": found.deleted, "in s": found.took_s,
        },
    )  # fmt: skip
