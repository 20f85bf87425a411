"""Databases that have all tables already: making them takes longer than most tests.

Whoever tests how tables are made asks for an empty one.
"""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.postgres import PostgresServer

_KEPT = ("alembic_version",)
"""Tables that say which tables there are."""


def prepare(url: str) -> None:
    """Makes the bot's tables. In a thread of its own, whose event loop is nobody else's."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _prepare(url)).result()


async def _prepare(url: str) -> None:
    store = await Store.open(url, parse_keys(generate_key()))
    await store.migrate()
    await store.aclose()


@cache
def _prepared_sqlite() -> tuple[Path, TemporaryDirectory[str]]:
    """Made once per process, and removed when it ends."""
    folder = TemporaryDirectory(prefix="chatops-prepared-")
    file = Path(folder.name) / "bot.db"
    prepare(f"sqlite:///{file}")
    return file, folder


def sqlite_with_tables(file: Path) -> str:
    """The URL of a new database in this file."""
    shutil.copyfile(_prepared_sqlite()[0], file)
    return f"sqlite:///{file}"


class Lending:
    """Postgres databases that go from test to test, emptied of their rows."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._free: list[str] = []

    def lend(self) -> str:
        if self._free:
            return self._free.pop()
        url = self._server.create()
        prepare(url)
        return url

    def take_back(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            found = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> ALL(%s)",
                [list(_KEPT)],
            ).fetchall()
            # Not TRUNCATE, which makes new files for every table and index, most of which are empty.
            connection.execute("SET session_replication_role = replica")  # so that their order does not matter
            deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(*row)) for row in found]
            connection.execute(sql.SQL("; ").join(deletes))
            connection.execute(
                "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
                " FROM pg_sequences"
            )
        self._free.append(url)
