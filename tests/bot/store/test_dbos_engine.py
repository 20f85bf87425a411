import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.basics.person import PersonKey
from bot.store.dbos_engine import Engine, JsonSerializer, Queue
from bot.store.durable_later import DurableLater
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bot.notifications.stage import FAR, running
from tests.bot.store.runner import Runner
from tests.bot.store.test_migrate import differences

ANA = PersonKey("T0NORTHLT", "U0ANA0001")


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(database_url, parse_keys(generate_key()))
    await opened.migrate()
    yield opened
    await opened.aclose()


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    opened = await Store.open(sqlite_url, parse_keys(generate_key()))
    await opened.migrate()
    yield opened
    await opened.aclose()


class Recorder:
    """An engine with one workflow that notes its argument, on the bot's loop."""

    def __init__(self, store: Store) -> None:
        self.seen: list[str] = []
        self.engine = Engine(store.database.url)
        self._changed = asyncio.Condition()
        self.engine.add("note", self._workflow, Queue("notes", at_once=2, poll_s=0.05))

    async def _workflow(self, word: str) -> str:
        return await self.engine.on_bot_loop(self._note(word))

    async def _note(self, word: str) -> str:
        async with self._changed:
            self.seen.append(word)
            self._changed.notify_all()
        return word

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(lambda: len(self.seen) >= count)
        return self.seen


async def test_work_is_queued_by_the_transaction_that_asked_for_it_and_only_once(store: Store) -> None:
    recorder = Recorder(store)
    engine = recorder.engine
    await engine.launch()
    try:
        assert await store.database.read(differences) == []

        def ask_and_fail(connection: Connection) -> None:
            engine.enqueue(connection, "note", ("lost",), workflow_id="lost")
            raise LookupError

        with pytest.raises(LookupError):
            await store.database.write(ask_and_fail)
        for _ in range(3):
            await store.database.write(partial(engine.enqueue, workflow="note", args=("once",), workflow_id="once"))
        await store.database.write(partial(engine.enqueue, workflow="note", args=("last",), workflow_id="last"))

        assert sorted(await recorder.until(2)) == ["last", "once"]
        assert await engine.unfinished("no such name") == []
    finally:
        await engine.shutdown()


async def test_an_engine_starts_again_after_another_ended_and_never_beside_it(sqlite_store: Store) -> None:
    first, second = Recorder(sqlite_store).engine, Recorder(sqlite_store).engine
    await first.launch()
    with pytest.raises(RuntimeError, match="another engine"):
        await second.launch()
    await first.shutdown()
    await first.shutdown()
    await second.launch()
    await second.shutdown()


async def test_a_clash_of_names_and_a_late_workflow_are_refused(sqlite_store: Store) -> None:
    recorder = Recorder(sqlite_store)
    with pytest.raises(RuntimeError, match="two workflows"):
        recorder.engine.add("note", recorder._workflow, Queue("notes", at_once=1))
    await recorder.engine.launch()
    try:
        with pytest.raises(RuntimeError, match="before launch"):
            recorder.engine.add("other", recorder._workflow, Queue("notes", at_once=1))
    finally:
        await recorder.engine.shutdown()


async def test_an_engine_that_cannot_start_leaves_room_for_the_next(sqlite_store: Store, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database" * 100)
    url = sqlite_store.database.url.set(database=str(tmp_path / "broken.db"))
    logging.getLogger("dbos").setLevel(logging.CRITICAL)
    with pytest.raises(Exception, match="not a database"):
        await Engine(url).launch()
    recorder = Recorder(sqlite_store)

    await recorder.engine.launch()
    await recorder.engine.shutdown()


async def test_finished_work_is_forgotten_when_it_is_old_enough(sqlite_store: Store) -> None:
    recorder = Recorder(sqlite_store)
    engine = recorder.engine
    await engine.launch()
    try:
        await sqlite_store.database.write(partial(engine.enqueue, workflow="note", args=("word",), workflow_id="word"))
        await recorder.until(1)
        await asyncio.to_thread(engine._need_client().retrieve_workflow("word").get_result)
        assert await engine.unfinished("note") == []

        assert await engine.forget_finished(timedelta(hours=1)) == 0
        assert await engine.forget_finished(timedelta(hours=-1)) == 1
        assert await engine.forget_finished(timedelta(hours=-1)) == 0
    finally:
        await engine.shutdown()


async def test_a_job_cut_short_by_a_shutdown_runs_at_the_next_start(store: Store) -> None:
    runner = Runner()

    async def hang(_job: object) -> None:
        await asyncio.Event().wait()

    runner.also = hang
    engine = Engine(store.database.url)
    later = DurableLater(engine, store, runner.run, runner.failed, poll_s=0.05)
    await engine.launch()
    await later.at(datetime.now(UTC), "dnd:ana", "dnd.off", {}, ANA, {})
    await runner.until_ran(1)
    await later.drain(within_s=0.01)
    await engine.shutdown()

    second = Runner()
    async with running(store, second):
        assert [job.key for job in await second.until_ran(1)] == ["dnd:ana"]
    assert runner.told == []


async def test_a_request_whose_timer_is_lost_gets_a_new_one_at_the_start(sqlite_store: Store) -> None:
    await sqlite_store.kept.put("dnd:ana", ANA, datetime.now(UTC), "dnd.off", {}, {})
    runner = Runner()

    async with running(sqlite_store, runner):
        assert [job.key for job in await runner.until_ran(1)] == ["dnd:ana"]


async def test_what_a_dead_replica_was_running_is_taken_over(sqlite_store: Store) -> None:
    await sqlite_store.kept.put("dnd:ana", ANA, datetime.now(UTC) - FAR, "dnd.off", {}, {})
    (waiting,) = await sqlite_store.kept.waiting()
    engine = Engine(sqlite_store.database.url, executor="replica-that-died")
    DurableLater(engine, sqlite_store, Runner().run, Runner().failed, poll_s=600)
    await engine.launch()
    await sqlite_store.database.write(
        partial(engine.enqueue, workflow="later", args=(waiting.id, 1), workflow_id=f"{waiting.id}:1")
    )
    await engine.shutdown()

    def die_while_running(connection: Connection) -> None:
        values = "status = 'PENDING', executor_id = 'replica-that-died'"
        connection.execute(text(f"UPDATE workflow_status SET {values} WHERE status = 'ENQUEUED'"))  # noqa: S608  # ours

    await sqlite_store.database.write(die_while_running)
    runner = Runner()

    async with running(sqlite_store, runner):
        assert [job.key for job in await runner.until_ran(1)] == ["dnd:ana"]


def test_nothing_is_pickled() -> None:
    serializer = JsonSerializer()

    assert serializer.deserialize(serializer.serialize({"args": ("id", 1), "kwargs": {}})) == {
        "args": ["id", 1],
        "kwargs": {},
    }
    assert serializer.deserialize(serializer.serialize(ValueError("no"))) == "ValueError('no')"


@pytest.mark.process
def test_importing_starts_and_registers_nothing() -> None:
    script = (
        "import threading, bot.store.durable_later, bot.store.store, dbos._dbos as d;"
        "print(threading.active_count(), d._dbos_global_instance, d._dbos_global_registry)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env={}, timeout=60, check=True
    )

    assert (done.stdout, done.stderr) == ("1 None None\n", "")
