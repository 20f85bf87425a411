"""Everything is copied from one database to the other, proved by checksums, and work in flight is finished there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.contract.later import TimedJob
from bot.notifications.intake import Intake
from bot.store import transfer
from bot.store.audit_chain import audit
from bot.store.connections import connections
from bot.store.database import DatabaseProblem, build_url
from bot.store.durable_later import DurableLater
from bot.store.keys import Keyring
from bot.store.store import Store
from bot.store.table_rules import all_tables
from bot.store.transfer import NotEmpty, NotTheSame, copy_tables, reading, sum_up, writing
from tests.bot.dialpad.envelopes import sign
from tests.bot.notifications.arriving import Recorder
from tests.bot.store.clock import Clock
from tests.bot.store.moving import fill_every_table
from tests.bot.store.runner import Runner
from tests.payloads import payload

pytestmark = pytest.mark.postgres

NAMES = {table.name for table in all_tables()}


def copied(source: str, target: str, *, replace: bool = False) -> dict[str, tuple[int, str]]:
    with reading(build_url(source)) as theirs, writing(build_url(target)) as ours:
        return {one.name: (one.rows, one.checksum) for one in copy_tables(theirs, ours, replace=replace)}


def summed(url: str) -> dict[str, tuple[int, str]]:
    with reading(build_url(url)) as connection:
        found = [sum_up(connection, table) for table in all_tables()]
    return {one.name: (one.rows, one.checksum) for one in found}


@asynccontextmanager
async def opened(url: str, keys: Keyring, clock: Clock) -> AsyncIterator[Store]:
    store = await Store.open(url, keys, clock)
    await store.migrate()
    try:
        yield store
    finally:
        await store.aclose()


async def test_there_and_back_everything_is_the_same(
    sqlite_url: str, postgres_url: str, tmp_path: Path, keys: Keyring, clock: Clock
) -> None:
    async with opened(sqlite_url, keys, clock) as store:
        await fill_every_table(store, 1200 // len(NAMES))
    there = copied(sqlite_url, postgres_url)
    back = copied(postgres_url, f"sqlite:///{tmp_path / 'back.db'}")

    assert there == back == summed(sqlite_url) == summed(postgres_url)
    assert set(there) == NAMES
    assert {rows for rows, _ in there.values()} == {1200 // len(NAMES)}
    assert (tmp_path / "back.db").stat().st_mode & 0o077 == 0


async def test_numbers_go_on_behind_those_that_were_copied(
    sqlite_url: str, postgres_url: str, keys: Keyring, clock: Clock, ana: PersonKey
) -> None:
    async with opened(sqlite_url, keys, clock) as store:
        await fill_every_table(store)
    copied(sqlite_url, postgres_url)

    async with opened(postgres_url, keys, clock) as store:
        await store.audit.record(ana, route="dnd.dnd", outcome="done", origin="typed")

        def highest(connection: Connection) -> list[int]:
            return list(connection.execute(select(audit.c.id).order_by(audit.c.id)).scalars())

        assert await store.database.read(highest) == [10, 20, 30, 31]


async def test_what_is_there_is_replaced_only_when_asked(
    sqlite_url: str, postgres_url: str, keys: Keyring, clock: Clock
) -> None:
    async with opened(sqlite_url, keys, clock) as store:
        await fill_every_table(store, 2)
    async with opened(postgres_url, keys, clock) as store:
        await fill_every_table(store, 4)
    before = summed(postgres_url)
    with pytest.raises(NotEmpty, match="--yes"):
        copied(sqlite_url, postgres_url)
    assert summed(postgres_url) == before

    assert copied(sqlite_url, postgres_url, replace=True) == summed(postgres_url) == summed(sqlite_url)


async def test_what_differs_afterwards_is_not_kept(
    sqlite_url: str, postgres_url: str, keys: Keyring, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(sqlite_url, keys, clock) as store:
        await fill_every_table(store)
    right = transfer._copy

    def wrong(source: Connection, target: Connection, table: object) -> object:
        done = right(source, target, table)  # type: ignore[arg-type]  # as it was called
        if table is connections:
            target.execute(update(connections).values(dialpad_name="somebody else"))
        return done

    monkeypatch.setattr(transfer, "_copy", wrong)
    with pytest.raises(NotTheSame, match=f"{connections.name} has 3 rows"):
        copied(sqlite_url, postgres_url)
    assert {rows for rows, _ in summed(postgres_url).values()} == {0}


async def test_a_database_of_another_version_is_not_copied(tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "old.db").touch()
    with pytest.raises(DatabaseProblem, match="db upgrade"):
        copied(f"sqlite:///{tmp_path / 'old.db'}", postgres_url)


async def test_what_is_written_meanwhile_is_not_half_in_the_copy(
    sqlite_url: str, tmp_path: Path, keys: Keyring, clock: Clock
) -> None:
    async with opened(sqlite_url, keys, clock) as store:
        await fill_every_table(store)
        with reading(build_url(sqlite_url)) as theirs:
            row = {"at": clock(), "team_id": "T", "user_id": "U", "company": "61", "action": "", "route": "",
                   "outcome": "", "origin": "", "reference": ""}  # fmt: skip
            await store.database.write(lambda connection: connection.execute(insert(audit).values(**row)).rowcount)
            with writing(build_url(f"sqlite:///{tmp_path / 'copy.db'}")) as ours:
                found = {one.name: one.rows for one in copy_tables(theirs, ours)}
        assert set(found.values()) == {3}


class Bot:
    """What works on stored rows: timed requests and events."""

    def __init__(self, store: Store) -> None:
        self.runner = Runner()
        self.recorder = Recorder()
        self.later = DurableLater(store, self.runner.run, self.runner.failed)
        self.intake = Intake(store, self.recorder, pause=lambda _: 0.0)


@asynccontextmanager
async def working(store: Store) -> AsyncIterator[Bot]:
    bot = Bot(store)
    await store.processes.join()
    bot.later.start()
    await bot.later.resume()
    bot.intake.start()
    try:
        yield bot
    finally:
        await bot.intake.drain(0.1)
        await bot.later.drain(0.1)


@pytest.mark.parametrize("way", ["to postgres", "to sqlite"])
async def test_work_in_flight_is_finished_where_it_was_copied_to(
    way: str, sqlite_url: str, postgres_url: str, keys: Keyring, ana: PersonKey
) -> None:
    source, target = (sqlite_url, postgres_url) if way == "to postgres" else (postgres_url, sqlite_url)
    now = datetime.now(UTC)
    store = await Store.open(source, keys)
    async with working(store) as bot:
        begun = asyncio.Event()

        async def never_done(_: object) -> None:
            begun.set()
            await asyncio.Event().wait()

        bot.recorder.also = bot.runner.also = never_done
        hook = await store.hooks.create(ana, CompanyKey(ana.team_id, "61"), "webhook")
        assert hook.secret is not None
        for number in (1, 2, 3):
            await bot.intake.receive(hook, sign(payload("call missed", call_id=number), hook.secret))
        await bot.later.at(now + timedelta(hours=1), "dnd:ana", "dnd.back", {"on": False}, ana, {})
        await begun.wait()
        await asyncio.to_thread(copied, source, target)
    await store.aclose()

    there = await Store.open(target, keys, lambda: datetime.now(UTC) + timedelta(hours=2))
    async with working(there) as bot:
        delivered = await bot.recorder.until_delivered(3)
        (job,) = await bot.runner.until_ran(1)
        async with asyncio.timeout(20):
            while await there.events.waiting() or await there.kept.next_at():  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0)
    await there.aclose()

    assert sorted(str(getattr(event, "call_id", "")) for event in delivered) == ["1", "2", "3"]
    assert isinstance(job, TimedJob)
    assert (job.route, job.args) == ("dnd.back", {"on": False})
