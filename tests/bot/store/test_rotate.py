import asyncio
from pathlib import Path

import pytest

from bot.basics.person import PersonKey
from bot.store.keys import KeyProblem, generate_key, parse_keys
from bot.store.store import Store, read_keyring
from tests.bot.store.clock import Clock
from tests.bot.store.test_connections import LINK


async def fill(store: Store, ana: PersonKey) -> None:
    await store.connections.save(ana, LINK)
    await store.inbox.receive("Ev1", "command", {"text": "dnd on"})
    await store.remembered.save(ana, {"text": "dnd on"})
    await store.kept.put("dnd:ana", ana, LINK.connected_at, "dnd.off", {}, {})
    done = await store.confirmations.create(ana, "sms.send", {})
    await store.confirmations.take(done, ana)


async def test_after_rotation_the_new_key_alone_is_enough(database_url: str, ana: PersonKey, clock: Clock) -> None:
    old, new = generate_key(), generate_key()
    store = await Store.open(database_url, parse_keys(old), clock)
    await store.migrate()
    await fill(store, ana)
    await store.aclose()

    both = await Store.open(database_url, parse_keys(f"{new},{old}"), clock)
    rotation = await both.rotate()
    again = await both.rotate()
    await both.aclose()

    fresh = await Store.open(database_url, parse_keys(new), clock)
    await fresh.migrate()
    assert await fresh.connections.get(ana) == LINK
    assert await fresh.remembered.take_all(ana) == [{"text": "dnd on"}]
    await fresh.aclose()
    assert (rotation.resealed, rotation.dropped, again.resealed) == (4, 0, 0)


async def test_hundreds_of_rows_are_rotated(tmp_path: Path, clock: Clock) -> None:
    old, new = generate_key(), generate_key()
    people = [PersonKey("T0NORTHLT", f"U{n:09}") for n in range(450)]
    before = await Store.open(f"sqlite:///{tmp_path / 'bot.db'}", parse_keys(old), clock)
    await before.migrate()
    await asyncio.gather(*(before.connections.save(person, LINK) for person in people))
    await before.aclose()
    both = await Store.open(f"sqlite:///{tmp_path / 'bot.db'}", parse_keys(f"{new},{old}"), clock)

    assert (await both.rotate()).resealed == 450
    assert await both.connections.get(people[449]) == LINK
    await both.aclose()


async def test_a_lost_key_stops_the_start_with_what_to_do(store: Store, database_url: str, ana: PersonKey) -> None:
    await fill(store, ana)
    stranger = await Store.open(database_url, parse_keys(generate_key()))

    with pytest.raises(KeyProblem, match=r"2 stored connections or timers .* --drop-unreadable"):
        await stranger.migrate()
    with pytest.raises(KeyProblem, match=r"Not everything in .* --drop-unreadable"):
        await stranger.rotate()
    await stranger.aclose()


async def test_what_no_key_opens_can_be_given_up(store: Store, database_url: str, ana: PersonKey) -> None:
    await fill(store, ana)
    stranger = await Store.open(database_url, parse_keys(generate_key()))

    rotation = await stranger.rotate(drop_unreadable=True)
    await stranger.migrate()

    assert (rotation.resealed, rotation.dropped) == (0, 4)
    assert await stranger.connections.get(ana) is None
    await stranger.aclose()


def test_without_keys_sqlite_gets_a_key_file_and_postgres_says_what_to_set(tmp_path: Path) -> None:
    sealed = read_keyring(f"sqlite:///{tmp_path}/bot.db", None).seal(b"secret", "row")

    assert read_keyring(f"sqlite+aiosqlite:///{tmp_path}/bot.db", "").open(sealed, "row") == b"secret"
    with pytest.raises(KeyProblem, match="ENCRYPTION_KEYS must be set"):
        read_keyring("postgresql://postgres@localhost/bot", None)
