import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.store import migrate
from bot.store.database import DatabaseProblem
from bot.store.keys import Keyring
from bot.store.store import Store
from bot.store.table_rules import all_metadata


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Here the tables are made."""
    return empty_database_url


def differences(connection: Connection) -> list[object]:
    options = {"include_name": migrate.is_ours, "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), all_metadata()))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_the_schema_equals_all_migrations(store: Store) -> None:
    assert await store.database.read(differences) == []


async def test_every_table_goes_and_comes_back(store: Store) -> None:
    await store.database.write(lambda connection: migrate.downgrade(connection, "base"))
    assert await store.database.read(tables) == {"alembic_version"}

    await store.migrate()
    assert await store.database.read(differences) == []


async def test_replicas_that_start_together_make_one_schema(database_url: str, keys: Keyring) -> None:
    replicas = [await Store.open(database_url, keys) for _ in range(4)]

    await asyncio.gather(*(replica.migrate() for replica in replicas))

    assert await replicas[0].database.read(differences) == []
    for replica in replicas:
        await replica.ping()
        await replica.aclose()


async def test_migrating_again_changes_nothing(store: Store) -> None:
    await store.migrate()

    assert await store.database.read(differences) == []


async def test_a_database_without_our_tables_is_not_ready(database_url: str, keys: Keyring) -> None:
    store = await Store.open(database_url, keys)

    with pytest.raises(DatabaseProblem, match="db upgrade"):
        await store.ping()
    await store.migrate()
    await store.ping()
    await store.aclose()


async def test_the_newest_revision_is_known_without_asking_alembic(store: Store) -> None:
    folder = Path(migrate.__file__).parent / "migrations"
    assert ScriptDirectory(folder).get_heads() == [migrate.newest()]
