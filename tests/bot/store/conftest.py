from collections.abc import AsyncIterator

import pytest

from bot.basics.person import PersonKey
from bot.store.keys import Keyring, generate_key, parse_keys
from bot.store.store import Store
from tests.bot.store.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys() -> Keyring:
    return parse_keys(generate_key())


@pytest.fixture
async def store(database_url: str, keys: Keyring, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.open(database_url, keys, clock)
    await opened.migrate()
    yield opened
    await opened.aclose()


@pytest.fixture
async def sqlite_store(sqlite_url: str, keys: Keyring, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.open(sqlite_url, keys, clock)
    await opened.migrate()
    yield opened
    await opened.aclose()


@pytest.fixture
def ana() -> PersonKey:
    return PersonKey("T0NORTHLT", "U0ANA0001")


@pytest.fixture
def sam() -> PersonKey:
    return PersonKey("T0NORTHLT", "U0SAM0002")
