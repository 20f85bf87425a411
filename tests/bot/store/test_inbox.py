import asyncio
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.basics.person import PersonKey
from bot.store import boots
from bot.store.inbox import TRIES, inbox
from bot.store.keys import Keyring, generate_key, parse_keys
from bot.store.store import Store
from tests.bot.store.clock import Clock
from tests.bot.store.files import everything_in
from tests.counting import counting

PAYLOAD = {"command": "/dp", "text": "sms +14155550150 the secret text"}


async def restart(url: str, keys: Keyring, clock: Clock) -> Store:
    """Another process: the same database, nothing in memory."""
    return await Store.open(url, keys, clock)


async def test_a_delivery_is_new_once(store: Store) -> None:
    assert await store.inbox.receive("Ev1", "event", PAYLOAD)
    assert not await store.inbox.receive("Ev1", "event", PAYLOAD)


async def test_of_twenty_equal_deliveries_at_once_one_is_new(store: Store) -> None:
    new = await asyncio.gather(*(store.inbox.receive("Ev1", "event", PAYLOAD) for _ in range(20)))

    assert new.count(True) == 1


async def test_a_repeat_is_recognised_for_as_long_as_slack_repeats(store: Store, clock: Clock) -> None:
    await store.inbox.receive("Ev1", "event", PAYLOAD)
    await store.inbox.done("Ev1")
    clock.pass_(minutes=15)
    await store.purge()

    assert not await store.inbox.receive("Ev1", "event", PAYLOAD)


async def test_what_is_done_is_forgotten_after_twenty_minutes(store: Store, clock: Clock) -> None:
    await store.inbox.receive("Ev1", "event", PAYLOAD)
    await store.inbox.done("Ev1")
    await store.inbox.receive("Ev2", "command", None)
    clock.pass_(minutes=20)

    assert (await store.purge())["inbox"] == 2


async def test_what_is_not_done_outlives_a_purge_for_a_day(store: Store, clock: Clock) -> None:
    await store.inbox.receive("Ev1", "event", PAYLOAD)
    clock.pass_(hours=23)
    assert (await store.purge())["inbox"] == 0
    clock.pass_(hours=1)
    assert (await store.purge())["inbox"] == 1


async def test_after_a_crash_the_undone_is_resumed_in_order(
    store: Store, database_url: str, keys: Keyring, clock: Clock
) -> None:
    await store.inbox.receive("Ev1", "command", PAYLOAD)
    clock.pass_(seconds=1)
    await store.inbox.receive("Ev2", "view", {"n": 2})
    await store.inbox.started("Ev2")
    await store.inbox.receive("Ev3", "action", {"n": 3})
    await store.inbox.done("Ev3")
    await store.inbox.receive("Ev4", "options", None)

    again = await restart(database_url, keys, clock)
    resumed = await again.inbox.unfinished()
    await again.aclose()

    assert [(one.key, one.kind, one.payload, one.started) for one in resumed] == [
        ("Ev1", "command", PAYLOAD, False),
        ("Ev2", "view", {"n": 2}, True),
    ]


async def test_after_a_crash_of_the_machine_whatever_was_open_may_have_begun(
    store: Store, database_url: str, keys: Keyring, clock: Clock
) -> None:
    await store.inbox.receive("Ev1", "command", PAYLOAD)
    await store.inbox.receive("Ev2", "command", PAYLOAD)
    in_another_boot = update(inbox).where(inbox.c.key == "Ev1").values(boot="an earlier one")
    await store.database.write(lambda connection: connection.execute(in_another_boot))

    again = await restart(database_url, keys, clock)
    assert {one.key: one.started for one in await again.inbox.unfinished()} == {"Ev1": True, "Ev2": False}
    await again.aclose()


async def test_a_row_of_an_earlier_version_says_by_itself_whether_it_had_begun(
    store: Store, database_url: str, keys: Keyring, clock: Clock
) -> None:
    await store.inbox.receive("Ev1", "command", PAYLOAD)
    await store.database.write(lambda connection: connection.execute(update(inbox).values(boot=None)))

    again = await restart(database_url, keys, clock)
    assert [one.started for one in await again.inbox.unfinished()] == [False]
    await again.aclose()


async def test_where_boots_cannot_be_told_apart_the_beginning_waits_for_the_disk(
    sqlite_url: str, keys: Keyring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(boots, "_BOOT_ID", tmp_path / "none")
    store = await Store.open(sqlite_url, keys)
    await store.inbox.receive("Ev1", "command", PAYLOAD)
    with counting() as counted:
        assert await store.inbox.started("Ev1")
    await store.aclose()

    assert [one.synced for one in counted.commits] == [True]


async def test_ten_at_once_wait_for_the_disk_less_than_once_each(sqlite_store: Store, ana: PersonKey) -> None:
    keys = [f"Ev{number}" for number in range(10)]
    audit = [sqlite_store.audit.build_line(ana, route="dnd.dnd", outcome="done", origin="typed")]
    with counting() as counted:
        assert all(await asyncio.gather(*(sqlite_store.inbox.receive(key, "command", PAYLOAD) for key in keys)))
        assert all(await asyncio.gather(*map(sqlite_store.inbox.started, keys)))
        await asyncio.gather(*(sqlite_store.inbox.done(key, audit) for key in keys))

    assert sum(one.synced for one in counted.commits) <= 4
    assert len(await sqlite_store.audit.recent_of_all()) == len(keys)


async def test_what_is_done_waits_a_moment_for_what_is_under_way(sqlite_store: Store) -> None:
    for key in ("Ev1", "Ev2"):
        await sqlite_store.inbox.receive(key, "command", PAYLOAD)
        await sqlite_store.inbox.started(key)
    with counting() as counted:
        first = asyncio.create_task(sqlite_store.inbox.done("Ev1"))
        await asyncio.sleep(0)
        await sqlite_store.inbox.done("Ev2")
        await first

    assert len(counted.commits) == 1


async def test_a_process_does_not_take_its_own_work_for_left_over(store: Store) -> None:
    await store.inbox.receive("Ev1", "command", PAYLOAD)

    assert await store.inbox.unfinished() == []


async def test_two_replicas_that_start_together_share_the_left_over_without_overlap(
    postgres_url: str, keys: Keyring, clock: Clock
) -> None:
    dead = await Store.open(postgres_url, keys, clock)
    await dead.migrate()
    for number in range(20):
        await dead.inbox.receive(f"Ev{number}", "command", {"n": number})
    await dead.aclose()
    replicas = [await restart(postgres_url, keys, clock) for _ in range(3)]
    for replica in replicas:
        await replica.processes.join()

    shares = await asyncio.gather(*(replica.inbox.unfinished() for replica in replicas))
    for replica in replicas:
        await replica.aclose()

    numbers = [(one.payload or {})["n"] for share in shares for one in share]
    assert sorted(numbers) == list(range(20))


async def test_a_replica_leaves_alone_what_another_just_received(
    postgres_url: str, keys: Keyring, clock: Clock
) -> None:
    busy, starting = await restart(postgres_url, keys, clock), await restart(postgres_url, keys, clock)
    await busy.migrate()
    await busy.processes.join()
    await busy.inbox.receive("Ev1", "command", PAYLOAD)

    assert await starting.inbox.unfinished() == []
    await busy.aclose()
    await starting.aclose()


async def test_what_was_in_hand_at_three_crashes_is_not_resumed_again(
    database_url: str, keys: Keyring, clock: Clock
) -> None:
    times_resumed = []
    first = await restart(database_url, keys, clock)
    await first.migrate()
    await first.inbox.receive("Ev1", "command", PAYLOAD)
    await first.aclose()
    for _ in range(4):
        again = await restart(database_url, keys, clock)
        times_resumed.append(len(await again.inbox.unfinished()))
        await again.aclose()

    assert times_resumed == [1, 1, 0, 0]


@pytest.mark.parametrize("begun", [True, False])
@pytest.mark.parametrize("given_up", [True, False])
async def test_a_delivery_under_a_lost_key_says_whom_to_tell(
    store: Store, database_url: str, clock: Clock, ana: PersonKey, begun: bool, given_up: bool
) -> None:
    await store.inbox.receive("Ev1", "command", PAYLOAD, ana)
    if begun:
        await store.inbox.started("Ev1")
    if given_up:
        clock.pass_(hours=24)

    again = await restart(database_url, parse_keys(generate_key()), clock)
    (found,) = await (again.inbox.take_given_up() if given_up else again.inbox.unfinished())
    assert (found.key, found.payload, found.person, found.started) == ("Ev1", None, ana, begun)
    await again.inbox.done("Ev1")
    assert (await again.inbox.unfinished(), await again.inbox.take_given_up()) == ([], [])
    await again.aclose()


async def test_what_people_typed_is_not_readable_in_the_file_and_wiped_when_done(
    sqlite_store: Store, tmp_path: Path
) -> None:
    await sqlite_store.inbox.receive("Ev1", "command", PAYLOAD)
    await sqlite_store.inbox.done("Ev1")
    await sqlite_store.aclose()

    assert b"secret text" not in everything_in(tmp_path)


async def test_what_is_not_resumed_any_more_is_handed_out_once_to_be_told(
    store: Store, database_url: str, keys: Keyring, clock: Clock
) -> None:
    await store.inbox.receive("Ev1", "command", PAYLOAD)
    await store.inbox.started("Ev1")
    for _ in range(TRIES - 1):
        crashed = await restart(database_url, keys, clock)
        assert await crashed.inbox.take_given_up() == []
        assert len(await crashed.inbox.unfinished()) == 1
        await crashed.aclose()

    again = await restart(database_url, keys, clock)
    (given_up,) = await again.inbox.take_given_up()
    assert (given_up.key, given_up.payload, given_up.started) == ("Ev1", PAYLOAD, True)
    assert await again.inbox.take_given_up() == []
    assert await again.inbox.unfinished() == []
    await again.aclose()


async def test_what_is_older_than_a_day_is_handed_out_to_be_told(store: Store, clock: Clock) -> None:
    await store.inbox.receive("Ev1", "command", PAYLOAD)
    await store.inbox.receive("Ev2", "command", None)
    clock.pass_(hours=24)
    assert [one.key for one in await store.inbox.take_given_up()] == ["Ev1"]


async def test_what_is_withdrawn_was_never_there(store: Store) -> None:
    await store.inbox.receive("k", "command", PAYLOAD)

    await store.inbox.withdraw("k")
    await store.inbox.withdraw("never stored")

    assert await store.inbox.receive("k", "command", PAYLOAD)


async def test_what_has_begun_or_is_done_is_not_withdrawn(store: Store) -> None:
    for key in ("begun", "done"):
        await store.inbox.receive(key, "command", PAYLOAD)
    await store.inbox.started("begun")
    await store.inbox.done("done")

    for key in ("begun", "done"):
        await store.inbox.withdraw(key)

        assert not await store.inbox.receive(key, "command", PAYLOAD)
