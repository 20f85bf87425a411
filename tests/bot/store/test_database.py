import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from bot.basics.person import PersonKey
from bot.store.database import DatabaseProblem, build_url
from bot.store.keys import Keyring
from bot.store.sqlite import SqliteDatabase
from bot.store.store import Store


def add(name: str) -> Callable[[Connection], str]:
    def change(connection: Connection) -> str:
        connection.execute(
            text("INSERT INTO preferences (team_id, user_id, chosen) VALUES ('T', :name, '{}')"), {"name": name}
        )
        return name

    return change


def names(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT user_id FROM preferences ORDER BY user_id")).scalars())


def sqlite_of(store: Store) -> SqliteDatabase:
    assert isinstance(store.database, SqliteDatabase)
    return store.database


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:////data/x.db", "sqlite+aiosqlite:////data/x.db"),
        ("sqlite+aiosqlite:////data/x.db", "sqlite+aiosqlite:////data/x.db"),
        ("sqlite+pysqlite:////data/../x.db", "sqlite+aiosqlite:////x.db"),
        ("postgres://me:pw@db:5433/bot", "postgresql+psycopg://me:pw@db:5433/bot"),
        ("postgresql://me@db/bot?sslmode=require", "postgresql+psycopg://me@db/bot?sslmode=require"),
        ("postgresql+psycopg2://me@db/bot", "postgresql+psycopg://me@db/bot"),
    ],
)
def test_an_address_gets_the_driver_this_bot_uses(given: str, meant: str) -> None:
    assert build_url(given).render_as_string(hide_password=False) == meant


@pytest.mark.parametrize("text_", ["", "nonsense", "mysql://me@db/bot", "sqlite://", "sqlite:///:memory:", "redis://x"])
def test_an_address_that_cannot_be_used_is_refused_with_an_example(text_: str) -> None:
    with pytest.raises(DatabaseProblem, match=r"sqlite:///"):
        build_url(text_)


async def test_a_cancelled_caller_stops_nothing_and_leaves_no_lock(
    store: Store, database_url: str, keys: Keyring
) -> None:
    tasks = [asyncio.ensure_future(store.database.write(add(f"U{n:02}"))) for n in range(30)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await store.preferences.set(PersonKey("T", "U99"), {"region": "DE"})
    await store.aclose()

    again = await Store.open(database_url, keys)
    assert await again.database.read(names) == [*(f"U{n:02}" for n in range(30)), "U99"]
    await again.aclose()


async def test_a_change_that_fails_leaves_nothing_behind(store: Store) -> None:
    def fail_half_way(connection: Connection) -> None:
        add("U1")(connection)
        raise LookupError

    with pytest.raises(LookupError):
        await store.database.write(fail_half_way)

    assert await store.database.read(names) == []


async def test_of_changes_made_together_only_the_failing_one_is_undone(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(store.database.write(add(name)) for name in ("U1", "U2", "U1", "U3")),
        return_exceptions=True,
    )

    assert sum(isinstance(one, IntegrityError) for one in outcomes) == 1
    assert await store.database.read(names) == ["U1", "U2", "U3"]


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.aclose()
    await store.aclose()

    with pytest.raises(DatabaseProblem, match="shutting down"):
        await store.database.read(names)


async def test_writes_that_wait_for_each_other_share_a_commit(sqlite_store: Store) -> None:
    database = sqlite_of(sqlite_store)
    commits: list[object] = []
    event.listen(database._writing, "commit", commits.append)
    gate = threading.Event()
    first = asyncio.ensure_future(database.write(lambda _: gate.wait(10)))
    rest = [asyncio.ensure_future(database.write(add(f"U{n}"))) for n in range(50)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *rest)

    assert len(commits) <= 2


async def test_two_processes_on_one_file_lose_no_write(sqlite_store: Store, keys: Keyring) -> None:
    other = await Store.open(f"sqlite:///{sqlite_store.database.url.database}", keys)
    people = [PersonKey("T", f"U{n:03}") for n in range(100)]

    await asyncio.gather(
        *((sqlite_store, other)[n % 2].preferences.set(person, {"n": n}) for n, person in enumerate(people))
    )

    assert len(await sqlite_store.database.read(names)) == 100
    await other.aclose()


@pytest.mark.parametrize("context", ["reading", "writing", "shared"])
async def test_every_sqlite_connection_is_durable_patient_and_strict(sqlite_store: Store, context: str) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}

    def query(connection: Connection) -> dict[str, object]:
        return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}

    if context == "shared":
        async with sqlite_store.database.engine.connect() as connection:
            assert await connection.run_sync(query) == wanted
    elif context == "reading":
        assert await sqlite_store.database.read(query) == wanted
    else:
        assert await sqlite_store.database.write(query) == wanted


async def test_each_commit_waits_for_the_disk_or_not_as_it_is_asked(sqlite_store: Store) -> None:
    said: list[str] = []

    def look(connection: Connection) -> int:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.set_trace_callback(said.append)
        return int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    asked = [True, False, False, True, True]
    assert [await sqlite_store.database.write(look, synced=one) for one in asked] == [2, 1, 1, 2, 2]
    assert [one for one in said if "synchronous=" in one] == ["PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL"]


async def test_a_library_that_reads_first_and_writes_later_waits_for_the_writer(sqlite_store: Store) -> None:
    database = sqlite_of(sqlite_store)
    gate = threading.Event()
    busy = asyncio.ensure_future(database.write(lambda _: gate.wait(10)))
    async with database.engine.begin() as connection:
        await connection.execute(text("SELECT count(*) FROM preferences"))
        asyncio.get_running_loop().call_later(0.1, gate.set)
        await connection.execute(text("INSERT INTO preferences VALUES ('T', 'U1', '{}')"))
    await busy

    assert await database.read(names) == ["U1"]


async def test_a_reader_cannot_write_by_accident_into_somebody_elses_transaction(sqlite_store: Store) -> None:
    gate = threading.Event()

    def hold(connection: Connection) -> None:
        add("U1")(connection)
        gate.wait(10)

    busy = asyncio.ensure_future(sqlite_store.database.write(hold))
    await asyncio.sleep(0)
    assert await sqlite_store.database.read(names) == []
    gate.set()
    await busy
    assert await sqlite_store.database.read(names) == ["U1"]


async def test_what_is_looked_up_waits_for_no_writer_and_sees_what_is_committed(store: Store) -> None:
    gate = threading.Event()

    def hold(connection: Connection) -> None:
        add("U1")(connection)
        if connection.dialect.name == "sqlite":
            gate.wait(10)

    busy = asyncio.ensure_future(store.database.write(hold))
    if store.database.url.get_backend_name() == "sqlite":
        await asyncio.sleep(0)
        assert await store.database.look_up(names) == []
    gate.set()
    await busy
    assert await store.database.look_up(names) == ["U1"]


async def test_what_cannot_be_looked_up_at_once_is_waited_for_elsewhere(sqlite_store: Store) -> None:
    tried: list[int] = []

    def query(connection: Connection) -> list[str]:
        tried.append(threading.get_ident())
        if len(tried) == 1:
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        return names(connection)

    assert await sqlite_store.database.look_up(query) == []
    assert tried[0] == threading.get_ident() != tried[1]


FORGETFUL = """
import asyncio, sys
from bot.basics.person import PersonKey
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store

async def main():
    store = await Store.open(sys.argv[1], parse_keys(generate_key()))
    await store.migrate()
    await store.preferences.set(PersonKey("T", "U1"), {"region": "DE"})
    print(await store.preferences.get(PersonKey("T", "U1")))
    if sys.argv[2] == "close":
        await store.aclose()

asyncio.run(main())
"""


@pytest.mark.process
@pytest.mark.parametrize("ending", ["close", "forget"])
def test_the_process_ends_by_itself(tmp_path: Path, ending: str) -> None:
    done = subprocess.run(  # our own script
        [sys.executable, "-c", FORGETFUL, f"sqlite:///{tmp_path / 'bot.db'}", ending],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "{'region': 'DE'}\n", "")


async def test_a_database_that_cannot_be_reached_is_one_sentence_without_the_password(keys: Keyring) -> None:
    store = await Store.open("postgresql://me:hunter2@127.0.0.1:1/bot?connect_timeout=2", keys)

    with pytest.raises(DatabaseProblem, match="Check DATABASE_URL") as caught:
        await store.migrate()
    assert "hunter2" not in str(caught.value)
    with pytest.raises(DatabaseProblem, match="does not answer"):
        await store.ping()
    await store.aclose()


async def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path, keys: Keyring) -> None:
    (tmp_path / "bot.db").write_bytes(b"this is a shopping list, not a database" * 50)
    store = await Store.open(f"sqlite:///{tmp_path / 'bot.db'}", keys)

    with pytest.raises(DatabaseProblem, match="not a database"):
        await store.migrate()
    await store.aclose()


async def test_what_is_wrong_with_a_query_reaches_its_caller(store: Store) -> None:
    with pytest.raises(DBAPIError, match="no_such_table"):
        await store.database.read(lambda connection: connection.execute(text("SELECT * FROM no_such_table")))


def modes_in(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


@pytest.mark.parametrize("mode", [None, 0o644], ids=["new", "made by an earlier version"])
async def test_a_database_file_is_its_owners_alone(tmp_path: Path, keys: Keyring, mode: int | None) -> None:
    file = tmp_path / "bot.db"
    if mode is not None:
        file.touch(mode)
        file.chmod(mode)
    store = await Store.open(f"sqlite:///{file}", keys)
    await store.migrate()
    await store.database.write(lambda connection: connection.execute(text("CREATE TABLE one (id INTEGER)")))
    made = modes_in(tmp_path)
    await store.aclose()

    assert made == dict.fromkeys(("bot.db", "bot.db-wal", "bot.db-shm"), 0o600)


@pytest.mark.process
async def test_who_looks_at_the_file_meanwhile_does_not_take_the_log_away(tmp_path: Path, keys: Keyring) -> None:
    file = tmp_path / "bot.db"
    store = await Store.open(f"sqlite:///{file}", keys)
    await store.migrate()
    await store.database.write(add("before"))
    await asyncio.gather(*(store.database.read(names) for _ in range(8)))  # several connections, one after the other
    log = file.with_name("bot.db-wal")
    same = log.stat().st_ino
    look = (
        "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT user_id FROM preferences').fetchall())"
    )
    seen = [_elsewhere(look, file)]
    await store.database.write(add("after"))
    seen.append(_elsewhere(look, file))

    assert log.stat().st_ino == same
    assert [("after" in one, "before" in one) for one in seen] == [(False, True), (True, True)]
    await store.aclose()


def _elsewhere(script: str, file: Path) -> str:
    looked = subprocess.run([sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=True)
    return looked.stdout
