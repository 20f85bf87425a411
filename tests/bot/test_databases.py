"""``dialpad-chatops db backup``, ``restore``, ``check`` and ``copy``, while the bot runs and while it does not."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, update
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.basics.person import PersonKey
from bot.store.audit_chain import audit, audit_chains
from bot.store.card_rows import cards
from bot.store.connections import connections
from bot.store.database import build_url
from bot.store.in_use import DatabaseInUse, alone_on, in_use, is_in_use
from bot.store.keys import generate_key, parse_keys
from bot.store.schema import Clock
from bot.store.store import Store, read_clock
from tests.bot.store.moving import fill_every_table
from tests.bot.store.test_connections import LINK

ANA = PersonKey("T0NORTHLT", "U0ANA0001")


def _unchain(connection: Connection) -> None:
    connection.execute(delete(audit_chains))
    connection.execute(update(audit).values(chain_no=None, chain_hash=None))


class Place:
    """A database, its key, and a folder for what is written."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.key = generate_key()

    def run(self, *arguments: str, url: str = "") -> Result:
        environment = {"DATABASE_URL": url or self.url, "ENCRYPTION_KEYS": self.key}
        return CliRunner().invoke(app, ("db", *arguments), env=environment)

    def change(self, change: Callable[[Connection], object], *, url: str = "") -> None:
        async def write() -> None:
            store = await self.open(url)
            await store.database.write(change)
            await store.aclose()

        asyncio.run(write())

    async def open(self, url: str = "", now: Clock = read_clock) -> Store:
        store = await Store.open(url or self.url, parse_keys(self.key), now)
        await store.migrate()
        return store

    def fill(self) -> None:
        async def fill() -> None:
            store = await self.open()
            await fill_every_table(store)
            await store.database.write(_unchain)  # what is made up is no chain
            while await store.audit.chain():
                pass
            await store.aclose()

        asyncio.run(fill())

    def name(self) -> str:
        """Whose account the one connection is."""

        async def read() -> str:
            store = await self.open()
            found = await store.connections.get(ANA)
            await store.aclose()
            return found.dialpad_name if found else ""

        return asyncio.run(read())

    def connect(self) -> None:
        async def save() -> None:
            store = await self.open()
            await store.connections.save(ANA, LINK)
            await store.aclose()

        asyncio.run(save())


@pytest.fixture
def place(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    return Place(database_url, tmp_path)


@pytest.fixture
def quick(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """For what the database has no part in."""
    monkeypatch.chdir(tmp_path)
    return Place(sqlite_url, tmp_path)


def renamed(connection: Connection) -> None:
    connection.execute(update(connections).values(dialpad_name="Later"))


# Backup and restore


def test_a_backup_brings_back_what_was_there(place: Place) -> None:
    place.connect()
    file = place.folder / "backup.db"
    told = place.run("backup", str(file))
    assert told.exit_code == 0, told.output
    assert "ENCRYPTION_KEYS" in told.output
    assert file.stat().st_mode & 0o777 == 0o600
    place.change(renamed)
    assert place.name() == "Later"

    assert place.run("restore", str(file), "--yes").exit_code == 0
    assert place.name() == LINK.dialpad_name
    assert place.run("check").exit_code == 0
    assert sorted(path.name for path in place.folder.glob("backup.db*")) == ["backup.db"]


def test_nothing_is_replaced_without_yes_and_no_backup_ever(place: Place) -> None:
    place.connect()
    file = place.folder / "backup.db"
    place.run("backup", str(file))
    place.change(renamed)

    again = place.run("backup", str(file))
    assert (again.exit_code, "never overwritten" in again.output) == (2, True)
    refused = place.run("restore", str(file))
    assert (refused.exit_code, "--yes" in refused.output) == (2, True)
    assert place.name() == "Later"


def test_nothing_is_restored_while_a_bot_runs(place: Place) -> None:
    place.connect()
    file = place.folder / "backup.db"

    async def beside_a_bot() -> tuple[Result, Result]:
        async with in_use(build_url(place.url)):
            written = await asyncio.to_thread(place.run, "backup", str(file))
            refused = await asyncio.to_thread(place.run, "restore", str(file), "--yes")
        return written, refused

    written, refused = asyncio.run(beside_a_bot())
    assert written.exit_code == 0, written.output
    assert (refused.exit_code, "A bot is running" in refused.output) == (2, True)
    assert place.run("restore", str(file), "--yes").exit_code == 0


def test_a_backup_restores_where_nothing_is_yet(quick: Place) -> None:
    quick.connect()
    file = quick.folder / "backup.db"
    quick.run("backup", str(file))

    elsewhere = f"sqlite:///{quick.folder / 'new.db'}"
    assert quick.run("restore", str(file), url=elsewhere).exit_code == 0
    assert (quick.folder / "new.db").stat().st_mode & 0o777 == 0o600
    assert quick.run("check", url=elsewhere).exit_code == 0


@pytest.mark.parametrize("content", [b"", b"not a database, by any means" * 100])
def test_what_is_no_backup_leaves_everything_as_it_was(quick: Place, content: bytes) -> None:
    quick.connect()
    file = quick.folder / "odd.db"
    file.write_bytes(content)
    told = quick.run("restore", str(file), "--yes")
    missing = quick.run("restore", str(quick.folder / "nowhere.db"), "--yes")

    assert (told.exit_code, missing.exit_code) == (2, 2), told.output
    assert quick.name() == LINK.dialpad_name


def test_a_backup_is_whole_while_much_is_written(quick: Place) -> None:
    """Each change writes two rows that belong together: never is one of them in a backup without the other."""

    async def write_and_back_up() -> None:
        store = await quick.open()
        stop = threading.Event()

        async def write() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                people = [PersonKey("T1", f"U{number}"), PersonKey("T2", f"U{number}")]

                def change(connection: Connection, people: list[PersonKey] = people) -> None:
                    for one in people:
                        connection.execute(insert(cards).values(**card(one)))

                await store.database.write(change)

        writing = asyncio.create_task(write())
        for number in range(5):
            told = await asyncio.to_thread(quick.run, "backup", str(quick.folder / f"{number}.db"))
            assert told.exit_code == 0, told.output
        stop.set()
        await writing
        await store.aclose()

    def card(person: PersonKey) -> dict[str, object]:
        row: dict[str, object] = {}
        for column in cards.c:
            row[column.key] = None if column.nullable else 0 if column.type.python_type is int else f"{person}"
        moment = {one.key: read_clock() for one in cards.c if type(one.type).__name__ == "MomentColumn"}
        sealed = {one.key: b"x" for one in cards.c if one.key == "sealed"}
        return {**row, **moment, **sealed, "id": f"{person.team_id}{person.user_id}", "team_id": person.team_id}

    asyncio.run(write_and_back_up())
    for number in range(5):
        file = quick.folder / f"{number}.db"
        with closing(sqlite3.connect(file)) as connection:
            counted = connection.execute("SELECT team_id, count(*) FROM cards GROUP BY team_id").fetchall()
        assert len({count for _, count in counted}) <= 1


# Check


def test_a_database_in_order_is_counted(place: Place) -> None:
    place.fill()
    told = place.run("check")

    assert told.exit_code == 0, told.output
    assert "ok   links: 3 rows" in told.output
    assert "FIX" not in told.output


def test_rows_that_belong_to_nothing_and_lost_keys_are_found(place: Place) -> None:
    place.fill()
    place.change(lambda connection: connection.execute(delete(cards)))
    place.key = f"{generate_key()},{place.key}"
    place.connect()
    place.key = place.key.partition(",")[0]
    told = place.run("check")

    assert told.exit_code == 1
    assert "FIX  postings: 3 rows, 3 belong to nothing in cards" in told.output
    assert "FIX  card_names: 3 rows, 3 belong to nothing in cards" in told.output
    assert "FIX  links: 4 rows, 3 cannot be read with today's keys" in told.output


def test_a_backup_is_checked_with_todays_keys_and_left_as_it_is(quick: Place) -> None:
    quick.fill()
    file = quick.folder / "backup.db"
    quick.run("backup", str(file))
    before = file.read_bytes()

    assert quick.run("check", str(file)).exit_code == 0
    assert file.read_bytes() == before
    quick.key = generate_key()
    assert quick.run("check", str(file)).exit_code == 1


def test_looking_makes_no_database(quick: Place) -> None:
    nowhere = f"sqlite:///{quick.folder / 'nowhere.db'}"
    for arguments in (("check",), ("backup", "x.db"), ("copy", "--to", "sqlite:///y.db")):
        told = quick.run(*arguments, url=nowhere)
        assert (told.exit_code, "There is no database" in told.output) == (2, True)
    assert not list(quick.folder.glob("nowhere*"))


def test_damage_is_found(quick: Place) -> None:
    quick.fill()
    file = quick.folder / "backup.db"
    quick.run("backup", str(file))
    with file.open("r+b") as torn:
        torn.seek(8192)
        torn.write(b"\xff" * 4096)

    told = quick.run("check", str(file))
    assert told.exit_code in {1, 2}
    assert quick.run("restore", str(file), "--yes").exit_code == 2


# Copy


@pytest.mark.postgres
def test_everything_moves_to_postgres_and_says_so(quick: Place, postgres_url: str) -> None:
    quick.fill()
    told = quick.run("copy", "--to", postgres_url)
    assert told.exit_code == 0, told.output
    assert "ok   links: 3 rows, " in told.output
    assert quick.run("check", url=postgres_url).exit_code == 0

    again = quick.run("copy", "--to", postgres_url)
    assert (again.exit_code, "--yes" in again.output) == (2, True)
    assert quick.run("copy", "--to", postgres_url, "--yes").exit_code == 0


def test_a_copy_from_under_a_running_bot_says_what_is_missing(quick: Place) -> None:
    quick.fill()

    async def beside_a_bot() -> Result:
        async with in_use(build_url(quick.url)):
            return await asyncio.to_thread(quick.run, "copy", "--to", f"sqlite:///{quick.folder / 'copy.db'}")

    told = asyncio.run(beside_a_bot())
    assert told.exit_code == 0
    assert "A bot is still running" in told.output
    same = quick.run("copy", "--to", quick.url)
    assert (same.exit_code, "same database" in same.output) == (2, True)


# Who uses it


async def test_nobody_replaces_a_database_that_a_bot_runs_on(database_url: str) -> None:
    url = build_url(database_url)
    assert not is_in_use(url)
    async with in_use(url):
        assert is_in_use(url)
        with pytest.raises(DatabaseInUse, match="Stop it first"), alone_on(url):
            pass
    assert not is_in_use(url)


@pytest.mark.postgres
async def test_several_bots_run_on_postgres(postgres_url: str) -> None:
    url = build_url(postgres_url)
    async with in_use(url), in_use(url):
        assert is_in_use(url)


async def test_on_sqlite_the_next_bot_waits_for_the_one_that_is_stopping(sqlite_url: str) -> None:
    url, order = build_url(sqlite_url), list[str]()

    async def next_bot() -> None:
        async with in_use(url):
            order.append("next")

    async with in_use(url):
        waiting = asyncio.create_task(next_bot())
        await asyncio.sleep(0)  # it has tried once
        order.append("stopped")
    await waiting
    assert order == ["stopped", "next"]


async def test_on_sqlite_a_second_bot_is_refused_when_the_first_goes_on(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.in_use.WAIT_FOR_S", 0.0)
    url = build_url(sqlite_url)
    async with in_use(url):
        with pytest.raises(DatabaseInUse, match="several bots need Postgres"):
            async with in_use(url):
                pass


async def test_no_bot_starts_while_a_database_is_being_restored(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.in_use.WAIT_FOR_S", 0.0)
    url = build_url(sqlite_url)
    with alone_on(url), pytest.raises(DatabaseInUse, match="being restored"):
        async with in_use(url):
            pass
    async with in_use(url):
        pass
