"""When a subscription's next digest is due, kept right by everything that changes it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.activity.news import NewsKind
from bot.activity.subscriptions.filters import LabelFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.basics.errors import FieldError
from bot.basics.person import PersonKey
from bot.store.keys import Keyring
from bot.store.store import Store
from tests.bot.store.clock import Clock

DAILY = Subscription("w1", PersonKey("T1", "U1"), "C1", kinds=frozenset({NewsKind.DAILY}))
FAR = datetime(2030, 1, 1, tzinfo=UTC)


async def due(store: Store) -> datetime | None:
    found = await store.subscriptions.due_digest(FAR)
    return found[1] if found else None


async def test_a_digest_is_due_at_its_time(store: Store, clock: Clock) -> None:
    await store.subscriptions.save(DAILY)  # at 09:00

    assert await due(store) == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert await store.subscriptions.due_digest(clock()) is None
    assert await store.subscriptions.due_digest(clock() + timedelta(days=1)) == (
        DAILY,
        datetime(2026, 3, 3, 8, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "change", [{"kinds": frozenset({NewsKind.MISSED})}, {"paused": True}], ids=["no digest any more", "paused"]
)
async def test_without_one_nothing_is_due(store: Store, change: dict[str, object]) -> None:
    await store.subscriptions.save(DAILY)
    await store.subscriptions.save(replace(DAILY, **change))  # type: ignore[arg-type]  # one change each

    assert await due(store) is None


@pytest.mark.parametrize(
    ("change", "moment"),
    [
        ({"digest_at": 600}, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ({"zone": "America/Los_Angeles"}, datetime(2026, 3, 2, 16, tzinfo=UTC)),
        ({"kinds": frozenset({NewsKind.WEEKLY})}, datetime(2026, 3, 9, 8, tzinfo=UTC)),
    ],
)
async def test_another_time_counts_at_once(store: Store, change: dict[str, object], moment: datetime) -> None:
    await store.subscriptions.save(DAILY)
    await store.subscriptions.save(replace(DAILY, **change))  # type: ignore[arg-type]  # one change each

    assert await due(store) == moment


async def test_a_pause_over_its_time_leaves_one_out(store: Store, clock: Clock) -> None:
    await store.subscriptions.save(DAILY)
    await store.subscriptions.save(replace(DAILY, paused=True))
    clock.pass_(days=3)
    await store.subscriptions.save(DAILY)

    assert await due(store) == datetime(2026, 3, 6, 8, tzinfo=UTC)


async def test_what_is_due_stays_due_when_something_else_is_changed(store: Store, clock: Clock) -> None:
    await store.subscriptions.save(DAILY)
    clock.pass_(hours=24)
    await store.subscriptions.save(replace(DAILY, included=(LabelFilter("vip"),)))

    assert await due(store) == datetime(2026, 3, 3, 8, tzinfo=UTC)


async def test_what_is_done_is_due_the_next_day(store: Store, clock: Clock) -> None:
    await store.subscriptions.save(DAILY)
    clock.pass_(hours=24)
    found = await store.subscriptions.due_digest(clock())
    assert found is not None
    await store.subscriptions.digest_done(*found)

    assert await due(store) == datetime(2026, 3, 4, 8, tzinfo=UTC)


async def test_what_was_changed_meanwhile_is_not_overwritten(store: Store, clock: Clock) -> None:
    await store.subscriptions.save(DAILY)
    clock.pass_(hours=24)
    found = await store.subscriptions.due_digest(clock())
    assert found is not None
    await store.subscriptions.save(replace(DAILY, digest_at=720))
    await store.subscriptions.digest_done(*found)

    assert await due(store) == datetime(2026, 3, 3, 12, tzinfo=UTC)


async def test_a_digest_that_is_switched_on_is_due_and_switched_off_no_more(store: Store) -> None:
    await store.subscriptions.save(replace(DAILY, kinds=frozenset({NewsKind.MISSED})))
    await store.subscriptions.switch(DAILY.company, "w1", NewsKind.DAILY, on=True)
    assert await due(store) == datetime(2026, 3, 3, 8, tzinfo=UTC)

    await store.subscriptions.switch(DAILY.company, "w1", NewsKind.DAILY, on=False)
    assert await due(store) is None


async def test_of_two_processes_that_add_to_one_place_at_once_the_second_sees_the_first(
    store: Store, database_url: str, keys: Keyring, clock: Clock
) -> None:
    other = await Store.open(database_url, keys, clock)

    def check(_: Subscription | None, others: Sequence[Subscription]) -> None:
        if others:
            raise FieldError("kinds", "there already")

    for number in range(10):
        channel = f"C{number}"
        ones = [replace(DAILY, id=f"{number} {name}", channel=channel) for name in ("a", "b")]
        saves = [(store, ones[0]), (other, ones[1])]
        results = await asyncio.gather(
            *(where.subscriptions.save(one, check=check) for where, one in saves), return_exceptions=True
        )
        assert sum(isinstance(one, FieldError) for one in results) == 1
        assert len(await store.subscriptions.in_channel("T1", channel)) == 1
    await other.aclose()


async def test_what_is_refused_leaves_everything_as_it_was(store: Store) -> None:
    await store.subscriptions.save(DAILY)
    seen: list[Subscription | None] = []

    def check(before: Subscription | None, _: Sequence[Subscription]) -> None:
        seen.append(before)
        raise FieldError("kinds", "no")

    with pytest.raises(FieldError):
        await store.subscriptions.save(replace(DAILY, paused=True), check=check)
    (now,) = await store.subscriptions.in_channel("T1", "C1")
    assert seen == [now]
    assert not now.paused
