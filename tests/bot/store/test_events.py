import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.store.events import HELD_LONG, KEPT_FOR, PARKED_FOR, REPEATED_WITHIN, EventCounts, Events
from bot.store.keys import KeyProblem, Keyring, generate_key, parse_keys
from bot.store.store import Store
from tests.bot.store.clock import Clock

KEY = "call:5:missed:1795453225500"
BODY = b'{"external_number": "+14155550150"}'


async def receive(store: Store, key: str = KEY, *, hook: str = "h1", timed: bool = True, held: bool = False) -> bool:
    name = await store.events.receive(key, hook_id=hook, kind="call", body=BODY, timed=timed, held=held)
    return name is not None


async def taken(store: Store) -> list[str]:
    """What waits, as another process takes it: whoever held it is not alive here."""
    return [one.key for one in await Events(store.context, "another").take(100)]


async def test_what_was_received_is_read_as_it_came(store: Store) -> None:
    await receive(store)

    (found,) = await store.events.take(100)
    assert (found.key, found.hook_id, found.tries) == (f"h1:{KEY}", "h1", 0)
    assert store.events.open(found) == BODY


async def test_of_four_deliveries_at_once_one_is_new(store: Store) -> None:
    new = await asyncio.gather(*(receive(store) for _ in range(4)))

    assert sorted(new) == [False, False, False, True]


async def test_many_that_arrive_at_once_are_written_in_two_transactions(store: Store) -> None:
    writes = []
    write = store.database.write

    async def counted(change: Any, **how: Any) -> Any:
        writes.append(change)
        return await write(change, **how)

    vars(store.database)["write"] = counted
    new = await asyncio.gather(*(receive(store, f"call:{number}:missed:1") for number in range(50)))

    assert all(new)
    assert len(writes) <= 2  # what came first, and all that came while it was being written
    assert len(await taken(store)) == 50


async def test_what_the_database_does_not_take_is_refused_alone(store: Store) -> None:
    bad = store.events.receive("x", hook_id="h1", kind=cast(Any, object()), body=BODY, timed=True)
    good = (receive(store, f"call:{number}:missed:1") for number in range(3))
    found = await asyncio.gather(receive(store), bad, *good, return_exceptions=True)

    assert [one for one in found if one is not True and not isinstance(one, Exception)] == []
    assert sum(isinstance(one, Exception) for one in found) == 1


async def test_what_a_living_process_holds_is_taken_by_nobody_else(store: Store) -> None:
    await store.processes.join()
    await receive(store, held=True)
    assert await Events(store.context, "another").look(10) == (False, set())
    assert await taken(store) == []

    await store.processes.leave()
    if not store.processes.alone:  # on SQLite nobody else is there to notice
        assert await taken(store) == [f"h1:{KEY}"]


async def test_what_a_process_forgot_it_takes_again(store: Store, clock: Clock) -> None:
    await receive(store, held=True)
    assert await store.events.look(10) == (False, set())
    clock.at += HELD_LONG

    assert await store.events.look(10) == (False, {f"h1:{KEY}"})
    assert [one.key for one in await store.events.take(10, {f"h1:{KEY}"})] == [f"h1:{KEY}"]


async def test_hooks_do_not_take_each_others_events(store: Store) -> None:
    assert [await receive(store), await receive(store, hook="h2")] == [True, True]


async def test_an_event_without_a_time_is_a_repeat_for_some_minutes_and_then_news(store: Store, clock: Clock) -> None:
    first = await receive(store, timed=False)
    clock.at += REPEATED_WITHIN - timedelta(seconds=1)
    soon = await receive(store, timed=False)
    clock.at += REPEATED_WITHIN
    later = await receive(store, timed=False)

    assert (first, soon, later) == (True, False, True)


async def test_once_delivered_only_its_key_is_left(store: Store) -> None:
    await receive(store)
    await store.events.done([f"h1:{KEY}"])

    assert await taken(store) == []
    assert await store.events.waiting() == []
    assert not await receive(store)


async def test_what_is_parked_waits_no_more_until_it_is_taken_up(store: Store) -> None:
    await receive(store)
    await store.events.park(f"h1:{KEY}", tries=12)
    assert await store.events.waiting() == []

    assert await store.events.unpark() == 1
    assert [name for name, _ in await store.events.waiting()] == [f"h1:{KEY}"]


async def test_what_is_parked_is_taken_by_nobody_until_it_is_set_free(store: Store) -> None:
    await receive(store)
    await store.events.park(f"h1:{KEY}", tries=12)
    assert await taken(store) == []

    await store.events.unpark()
    assert await taken(store) == [f"h1:{KEY}"]


async def test_one_of_two_parked_is_taken_up_alone(store: Store) -> None:
    for key in ("call:1:missed:1", "call:2:missed:1"):
        await receive(store, key)
        await store.events.park(f"h1:{key}", tries=12)

    assert await store.events.unpark(["h1:call:2:missed:1"]) == 1
    assert await taken(store) == ["h1:call:2:missed:1"]
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
    assert await taken(store) == []
    assert not await receive(store)


async def test_what_waits_or_was_delivered_is_not_dropped(store: Store) -> None:
    await receive(store)

    assert await store.events.drop() == 0
    assert await taken(store) == [f"h1:{KEY}"]


async def test_waiting_and_parked_are_counted_apart_and_delivered_ones_not(store: Store, clock: Clock) -> None:
    assert await store.events.counts() == EventCounts(0, 0, None)
    await receive(store, "call:1:missed:1")
    await store.events.park("h1:call:1:missed:1", tries=12)
    await receive(store, "call:2:missed:1")
    await store.events.done(["h1:call:2:missed:1"])
    clock.pass_(minutes=1)
    oldest = clock.at
    await receive(store, "call:3:missed:1")
    clock.pass_(minutes=1)
    await receive(store, "call:4:missed:1")

    assert await store.events.counts() == EventCounts(2, 1, oldest)


async def test_what_failed_is_free_for_anybody_once_its_pause_is_over(store: Store, clock: Clock) -> None:
    await receive(store, held=True)
    await store.events.failed(f"h1:{KEY}", tries=3, wait_s=60)
    assert not (await store.events.look(10))[0]

    clock.pass_(minutes=1)
    assert (await store.events.look(10))[0]
    assert [(one.key, one.tries) for one in await store.events.take(10)] == [(f"h1:{KEY}", 3)]


async def test_keys_are_found_by_their_beginning_and_taken_literally(store: Store) -> None:
    await receive(store, "call:5_5:hangup:1")

    assert await store.events.has("h1", "call:5_5:hangup:")
    assert not await store.events.has("h1", "call:5%")
    assert not await store.events.has("h2", "call:5_5:")


async def test_delivered_events_are_forgotten_after_days_parked_ones_after_weeks(store: Store, clock: Clock) -> None:
    await receive(store, "call:1:missed:1")
    await receive(store, "call:2:missed:1")
    await store.events.done(["h1:call:1:missed:1"])
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

    (found,) = await stranger.events.take(10)
    with pytest.raises(KeyProblem):
        stranger.events.open(found)
    await stranger.aclose()
