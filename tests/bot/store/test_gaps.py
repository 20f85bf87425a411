from datetime import timedelta

from bot.store.gaps import KEPT_FOR
from bot.store.store import Store
from tests.bot.store.clock import Clock


async def test_a_gap_is_open_until_somebody_has_looked_after_it(store: Store, clock: Clock) -> None:
    gap = await store.gaps.add("h1", clock() - timedelta(minutes=3), clock(), "closed")
    assert await store.gaps.open() == [gap]

    await store.gaps.settle(gap, outcome="read back", found=2)

    assert await store.gaps.open() == []
    (kept,) = await store.gaps.recent()
    assert (kept.outcome, kept.found, kept.settled_at) == ("read back", 2, clock())


async def test_the_oldest_open_gap_and_the_newest_of_all_come_first(store: Store, clock: Clock) -> None:
    first = await store.gaps.add("h1", clock() - timedelta(minutes=3), clock() - timedelta(minutes=2), "stopped")
    second = await store.gaps.add("h1", clock() - timedelta(minutes=1), clock(), "stopped")

    assert await store.gaps.open() == [first, second]
    assert await store.gaps.recent() == [second, first]


async def test_the_ledger_goes_back_a_quarter(store: Store, clock: Clock) -> None:
    await store.gaps.add("h1", clock(), clock(), "closed")
    clock.at += KEPT_FOR

    assert (await store.purge())["gaps"] == 1
