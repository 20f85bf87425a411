import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.store.events import KEPT_FOR, PARKED_FOR, REPEATED_WITHIN, EventCounts
from bot.store.keys import KeyProblem, Keyring, generate_key, parse_keys
from bot.store.store import Store
from tests.bot.store.clock import Clock

KEY = "call:5:missed:1795453225500"
BODY = b'{"external_number": "+14155550150"}'


class Started:
    """Remembers the rows whose work was started."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, _: Connection, name: str) -> None:
        self.names.append(name)


async def receive(
    store: Store, key: str = KEY, *, hook: str = "h1", timed: bool = True, also: Started | None = None
) -> bool:
    return await store.events.receive(key, hook_id=hook, kind="call", body=BODY, timed=timed, also=also or Started())


async def test_what_was_received_is_read_as_it_came(store: Store) -> None:
    await receive(store)

    stored = await store.events.get(f"h1:{KEY}")
    assert stored is not None
    assert (stored.body, stored.hook_id, stored.kind, stored.tries) == (BODY, "h1", "call", 0)


async def test_of_four_deliveries_at_once_one_is_new_and_starts_work(store: Store) -> None:
    started = Started()

    new = await asyncio.gather(*(receive(store, also=started) for _ in range(4)))

    assert sorted(new) == [False, False, False, True]
    assert started.names == [f"h1:{KEY}"]


async def test_hooks_do_not_take_each_others_events(store: Store) -> None:
    assert [await receive(store), await receive(store, hook="h2")] == [True, True]


async def test_work_that_cannot_be_started_leaves_no_event(store: Store) -> None:
    def fail(_: Connection, __: str) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await store.events.receive(KEY, hook_id="h1", kind="call", body=BODY, timed=True, also=fail)

    assert await receive(store)


async def test_an_event_without_a_time_is_a_repeat_for_some_minutes_and_then_news(store: Store, clock: Clock) -> None:
    first = await receive(store, timed=False)
    clock.at += REPEATED_WITHIN - timedelta(seconds=1)
    soon = await receive(store, timed=False)
    clock.at += REPEATED_WITHIN
    later = await receive(store, timed=False)

    assert (first, soon, later) == (True, False, True)


async def test_once_delivered_only_its_key_is_left(store: Store) -> None:
    await receive(store)
    await store.events.done(f"h1:{KEY}")

    assert await store.events.get(f"h1:{KEY}") is None
    assert await store.events.waiting() == []
    assert not await receive(store)


async def test_what_is_parked_waits_no_more_until_it_is_taken_up(store: Store) -> None:
    await receive(store)
    await store.events.park(f"h1:{KEY}", tries=12)
    assert await store.events.waiting() == []
    started = Started()

    assert await store.events.unpark(started) == 1
    assert started.names == [f"h1:{KEY}"]
    assert [name for name, _ in await store.events.waiting()] == [f"h1:{KEY}"]


async def test_what_is_parked_is_given_to_no_work_that_goes_on_after_a_crash(store: Store) -> None:
    await receive(store)
    await store.events.park(f"h1:{KEY}", tries=12)
    assert await store.events.get(f"h1:{KEY}") is None

    await store.events.unpark(Started())
    assert await store.events.get(f"h1:{KEY}") is not None


async def test_one_of_two_parked_is_taken_up_alone(store: Store) -> None:
    for key in ("call:1:missed:1", "call:2:missed:1"):
        await receive(store, key)
        await store.events.park(f"h1:{key}", tries=12)
    started = Started()

    assert await store.events.unpark(started, ["h1:call:2:missed:1"]) == 1
    assert started.names == ["h1:call:2:missed:1"]
    assert [one.name for one in await store.events.parked()] == ["h1:call:1:missed:1"]


async def test_what_is_parked_is_told_with_its_hooks_company_and_without_content(
    store: Store, clock: Clock, ana: PersonKey
) -> None:
    hook = await store.hooks.create(ana, CompanyKey("T0NORTHLT", "61"), "webhook")
    await receive(store, hook=hook.id)
    received = clock.at
    clock.pass_(minutes=25)
    await store.events.park(f"{hook.id}:{KEY}", tries=12)

    (found,) = await store.events.parked()
    assert (found.kind, found.hook_id, found.company, found.tries) == ("call", hook.id, "61", 12)
    assert (found.received_at, found.parked_at) == (received, clock.at)
    assert KEY not in found.key


async def test_what_came_through_a_hook_that_is_gone_is_told_without_a_company(store: Store) -> None:
    await receive(store)
    await store.events.park(f"h1:{KEY}", tries=12)

    assert [one.company for one in await store.events.parked()] == [None]


async def test_dropping_wipes_the_content_and_still_knows_the_repeat(store: Store) -> None:
    await receive(store)
    await store.events.park(f"h1:{KEY}", tries=12)

    assert await store.events.drop([f"h1:{KEY}"]) == 1
    assert await store.events.parked() == []
    assert await store.events.get(f"h1:{KEY}") is None
    assert not await receive(store)


async def test_what_waits_or_was_delivered_is_not_dropped(store: Store) -> None:
    await receive(store)

    assert await store.events.drop() == 0
    assert await store.events.get(f"h1:{KEY}") is not None


async def test_waiting_and_parked_are_counted_apart_and_delivered_ones_not(store: Store, clock: Clock) -> None:
    assert await store.events.counts() == EventCounts(0, 0, None)
    await receive(store, "call:1:missed:1")
    await store.events.park("h1:call:1:missed:1", tries=12)
    await receive(store, "call:2:missed:1")
    await store.events.done("h1:call:2:missed:1")
    clock.pass_(minutes=1)
    oldest = clock.at
    await receive(store, "call:3:missed:1")
    clock.pass_(minutes=1)
    await receive(store, "call:4:missed:1")

    assert await store.events.counts() == EventCounts(2, 1, oldest)


async def test_tries_are_counted_with_the_next_one(store: Store) -> None:
    await receive(store)
    await store.events.failed(f"h1:{KEY}", tries=3, also=lambda _: None)

    stored = await store.events.get(f"h1:{KEY}")
    assert stored is not None
    assert stored.tries == 3


async def test_keys_are_found_by_their_beginning_and_taken_literally(store: Store) -> None:
    await receive(store, "call:5_5:hangup:1")

    assert await store.events.has("h1", "call:5_5:hangup:")
    assert not await store.events.has("h1", "call:5%")
    assert not await store.events.has("h2", "call:5_5:")


async def test_delivered_events_are_forgotten_after_days_parked_ones_after_weeks(store: Store, clock: Clock) -> None:
    await receive(store, "call:1:missed:1")
    await receive(store, "call:2:missed:1")
    await store.events.done("h1:call:1:missed:1")
    await store.events.park("h1:call:2:missed:1", tries=12)
    clock.at += KEPT_FOR
    first = (await store.purge())["events"]
    clock.at += PARKED_FOR
    second = (await store.purge())["events"]

    assert (first, second) == (1, 1)


async def test_no_number_lies_readable_in_the_database(store: Store) -> None:
    await receive(store)

    def everything(connection: Connection) -> str:
        return repr(connection.exec_driver_sql("SELECT * FROM events").all())

    assert "4155550150" not in await store.database.read(everything)


async def test_with_another_key_it_cannot_be_read(store: Store, database_url: str, keys: Keyring) -> None:
    await receive(store)
    stranger = await Store.open(database_url, parse_keys(generate_key()))

    with pytest.raises(KeyProblem):
        await stranger.events.get(f"h1:{KEY}")
    await stranger.aclose()
