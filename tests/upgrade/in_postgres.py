"""An old database in Postgres: its rows in tables as they were then, or copied there by today's ``db copy``."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    MetaData,
    NullPool,
    Table,
    create_engine,
    delete,
    insert,
    inspect,
    text,
)
from typer.testing import CliRunner

from bot.__main__ import app
from bot.store import migrate
from bot.store.database import build_url
from bot.store.keys import parse_keys
from bot.store.store import Store
from tests.postgres import PostgresServer
from tests.upgrade.opened import KEY, Opened, opened, restore

LAST_MIGRATION: Final = {"version_0_1_0": "0006"}
"""The newest there was, by version."""


def restore_in_postgres(version: str, url: str, folder: Path) -> None:
    """The same rows in Postgres, with that version's tables."""
    file = folder / "old.db"
    restore(version, file)
    with ThreadPoolExecutor(1) as thread:  # here an event loop runs already
        thread.submit(asyncio.run, _make_tables(url, LAST_MIGRATION[version])).result()
    engine = create_engine(build_url(url), poolclass=NullPool)
    with closing(sqlite3.connect(file)) as source, engine.begin() as target:
        source.row_factory = sqlite3.Row
        for table in _same_tables(source, target):
            target.execute(delete(table))
            rows = [_as_stored(table, row) for row in source.execute(f'SELECT * FROM "{table.name}"')]  # noqa: S608  our own
            if rows:
                target.execute(insert(table), rows)
        for name in ("audit", "gaps"):
            behind = "SELECT setval(pg_get_serial_sequence(:name, 'id'), (SELECT max(id) FROM {}))"
            target.execute(text(behind.format(name)), {"name": name})


async def _make_tables(url: str, revision: str) -> None:
    store = await Store.open(url, parse_keys(KEY))
    await store.database.write(lambda connection: migrate.upgrade(connection, revision))
    await store.aclose()


def _same_tables(source: sqlite3.Connection, target: Connection) -> Iterator[Table]:
    """The bot's own tables, as Postgres knows them."""
    names = source.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    ours, known = set(inspect(target).get_table_names()), MetaData()
    for (name,) in names.fetchall():
        if name in ours:
            Table(name, known, autoload_with=target)
    yield from known.sorted_tables


def _as_stored(table: Table, row: sqlite3.Row) -> dict[str, Any]:
    return {name: _value(table, name, row[name]) for name in row.keys() if name in table.c}  # noqa: SIM118  no mapping


def _value(table: Table, name: str, value: Any) -> Any:
    match table.c[name].type:
        case Boolean():
            return None if value is None else bool(value)
        case JSON():
            return None if value is None else json.loads(value)
        case _:
            return value


def copy_to_postgres(version: str, url: str, folder: Path) -> None:
    """Brought up to date in SQLite, then copied, as docs/operations.md says."""
    file = folder / "old.db"
    restore(version, file)
    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(1) as thread:
        patched.setenv("DATABASE_URL", f"sqlite:///{file}")
        patched.setenv("ENCRYPTION_KEYS", KEY)
        for words in (["db", "upgrade"], ["db", "copy", "--to", url]):
            done = thread.submit(CliRunner().invoke, app, words).result()
            assert done.exit_code == 0, done.output


WHERE: Final = (
    pytest.param(None, id="sqlite"),
    pytest.param(restore_in_postgres, id="postgres", marks=pytest.mark.postgres),
    pytest.param(copy_to_postgres, id="copied", marks=pytest.mark.postgres),
)
"""Parameters of a fixture that calls ``opened_where``: how the database comes to where the bot opens it."""


@asynccontextmanager
async def opened_where(request: pytest.FixtureRequest, version: str, folder: Path) -> AsyncIterator[Opened]:
    """As ``opened``, in the database that the fixture's parameter says."""
    if request.param is None:
        async with opened(version, folder) as there:
            yield there
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create()
    try:
        request.param(version, url, folder)
        async with opened(version, folder, postgres_url=url) as there:
            yield there
    finally:
        server.drop(url)
