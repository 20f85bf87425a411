"""The contract of ``Later``: in memory and on SQLite.

What outlives a crash is ``test_crash``.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.basics.errors import NotConnected, OutcomeUnknown, TooMany, Unavailable, UserError
from bot.basics.person import PersonKey
from bot.contract import later
from bot.contract.later import LONGEST_WAIT_S, Pending, TimedJob, wait_before_retry
from bot.sandbox.clock import SandboxClock
from bot.store.durable_later import LOOK_EVERY_S, DurableLater
from bot.store.keys import KeyProblem, generate_key, parse_keys
from bot.store.store import Store
from tests.bot.notifications.stage import FAR, SOON, Stage, running, stage_durable, stage_fake
from tests.bot.store.runner import Runner
from tests.bot.two_replicas import Replica
from tests.counting import counting

ANA = PersonKey("T0NORTHLT", "U0ANA0001")
SAM = PersonKey("T0NORTHLT", "U0SAM0002")
ARGS = {"group_id": "5527000000000011", "on": False}


on_postgres_too = pytest.mark.parametrize(
    "stage", ["fake", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture(params=["fake", "sqlite"])
async def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    if request.param == "fake":
        yield stage_fake()
        return
    monkeypatch.setattr(later, "FIRST_WAIT_S", 0.2)  # here time passes by itself
    url: str = request.getfixturevalue(f"{request.param}_url")
    async with stage_durable(url) as durable:
        yield durable


@on_postgres_too
async def test_a_job_runs_when_it_is_due_with_everything_it_was_given(stage: Stage) -> None:
    when = stage.now() + SOON
    await stage.later.at(when, "dnd:ana", "dnd.off", ARGS, ANA, {"channel": "D1"})
    await stage.let_pass()

    (job,) = await stage.runner.until_ran(1)

    assert (job.key, job.route, job.args, job.person, job.place, job.when, job.attempt) == (
        "dnd:ana", "dnd.off", ARGS, ANA, {"channel": "D1"}, when, 1,
    )  # fmt: skip


async def test_a_moment_that_has_passed_means_now(stage: Stage) -> None:
    await stage.later.at(stage.now() - FAR, "dnd:ana", "dnd.off", {}, ANA, {})
    await stage.let_pass()

    assert len(await stage.runner.until_ran(1)) == 1


@on_postgres_too
async def test_a_later_request_with_the_same_key_replaces_the_earlier(stage: Stage) -> None:
    await stage.later.at(stage.now() + FAR, "dnd:ana", "dnd.off", {"n": 1}, ANA, {})
    await stage.later.at(stage.now() + 2 * FAR, "dnd:ana", "dnd.off", {"n": 2}, ANA, {})
    assert [one.args for one in await stage.later.pending(ANA)] == [{"n": 2}]
    await stage.later.at(stage.now() + SOON, "dnd:ana", "dnd.off", {"n": 3}, ANA, {})
    await stage.let_pass()

    assert [job.args for job in await stage.runner.until_ran(1)] == [{"n": 3}]


async def test_what_waits_is_listed_for_its_person_only_the_next_first(stage: Stage) -> None:
    start = stage.now()
    await stage.later.at(start + 2 * FAR, "status:ana", "status.clear", {}, ANA, {})
    await stage.later.at(start + FAR, "dnd:ana", "dnd.off", ARGS, ANA, {})

    assert await stage.later.pending(ANA) == [
        Pending("dnd:ana", "dnd.off", ARGS, start + FAR),
        Pending("status:ana", "status.clear", {}, start + 2 * FAR),
    ]
    assert await stage.later.pending(SAM) == []


async def test_a_cancelled_job_does_not_run(stage: Stage) -> None:
    await stage.later.at(stage.now() + SOON, "dnd:ana", "dnd.off", {}, ANA, {})
    assert await stage.later.cancel("dnd:ana")
    assert not await stage.later.cancel("dnd:ana")
    await stage.later.at(stage.now() + 2 * SOON, "dnd:sam", "dnd.off", {}, SAM, {})
    await stage.let_pass()

    assert [job.key for job in await stage.runner.until_ran(1)] == ["dnd:sam"]


async def test_when_dialpad_cannot_be_reached_the_job_is_tried_again(stage: Stage) -> None:
    stage.runner.errors = [Unavailable("down")]
    await stage.later.at(stage.now(), "dnd:ana", "dnd.off", {}, ANA, {})
    await stage.let_pass()

    jobs = await stage.runner.until_ran(2)

    assert [job.attempt for job in jobs] == [1, 2]
    assert jobs[0].id == jobs[1].id
    assert stage.runner.told == []


async def test_a_final_error_is_told_once_and_ends_the_job(stage: Stage) -> None:
    errors = [NotConnected(broken=True), UserError("No such group."), OutcomeUnknown(), ValueError()]
    stage.runner.errors = list(errors)
    for number in range(len(errors)):
        await stage.later.at(stage.now(), f"dnd:{number}", "dnd.off", {}, ANA, {})
    await stage.let_pass()

    told = await stage.runner.until_told(len(errors))

    assert sorted(job.key for job, _ in told) == ["dnd:0", "dnd:1", "dnd:2", "dnd:3"]
    assert {error for _, error in told} == set(errors)
    assert len(stage.runner.ran) == len(errors)


async def test_a_job_may_ask_for_its_own_successor(stage: Stage) -> None:
    async def ask_again(job: TimedJob) -> None:
        if job.args == {"n": 1}:
            await stage.later.at(stage.now() + SOON, job.key, job.route, {"n": 2}, job.person, job.place)

    stage.runner.also = ask_again
    await stage.later.at(stage.now(), "dnd:ana", "dnd.off", {"n": 1}, ANA, {})
    await stage.let_pass()

    assert [job.args for job in await stage.runner.until_ran(2)] == [{"n": 1}, {"n": 2}]


async def test_what_happens_right_now_waits_no_more(stage: Stage) -> None:
    seen: asyncio.Queue[list[Pending]] = asyncio.Queue()

    async def look(job: TimedJob) -> None:
        await seen.put(await stage.later.pending(ANA))

    stage.runner.also = look
    await stage.later.at(stage.now(), "dnd:ana", "dnd.off", {}, ANA, {})
    await stage.later.at(stage.now() + FAR, "status:ana", "status.clear", {}, ANA, {})
    await stage.let_pass()

    assert [one.key for one in await seen.get()] == ["status:ana"]


async def test_what_is_tried_again_still_waits(stage: Stage) -> None:
    stage.runner.errors = [TooMany(retry_after=FAR.total_seconds())]
    await stage.later.at(stage.now(), "dnd:ana", "dnd.off", {}, ANA, {})
    await stage.let_pass()
    await stage.runner.until_ran(1)

    async with asyncio.timeout(20):
        while not (waiting := await stage.later.pending(ANA)):  # noqa: ASYNC110  nothing tells when an attempt ends
            await asyncio.sleep(0)
    assert [one.key for one in waiting] == ["dnd:ana"]


async def test_when_the_clock_is_put_forward_what_is_due_begins_and_happens_once(sqlite_url: str) -> None:
    clock, runner = SandboxClock(), Runner()
    store = await Store.open(sqlite_url, parse_keys(generate_key()), clock.now)
    await store.migrate()
    async with running(store, runner) as later:
        await later.at(clock.now() + FAR, "dnd:ana", "dnd.off", {}, ANA, {})
        await later.at(clock.now() + 3 * FAR, "dnd:sam", "dnd.off", {}, SAM, {})
        clock.forward(2 * FAR)
        later.look()
        await runner.until_ran(1)
        clock.forward(2 * FAR)
        later.look()
        assert [job.key for job in await runner.until_ran(2)] == ["dnd:ana", "dnd:sam"]
    await store.aclose()


def test_waiting_grows_to_five_minutes_and_honours_what_dialpad_asked_for() -> None:
    now = stage_fake().now()
    waits = [wait_before_retry(Unavailable(), attempt, now, now) for attempt in range(1, 40)]

    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST_WAIT_S
    assert wait_before_retry(TooMany(retry_after=45), 1, now, now) == 45
    assert wait_before_retry(TooMany(), 2, now, now) == 4


def test_after_a_day_nobody_waits_any_longer() -> None:
    now = stage_fake().now()

    assert wait_before_retry(Unavailable(), 200, now - timedelta(hours=24), now) is None


async def test_what_no_key_opens_is_told_to_its_person_and_ends(sqlite_url: str) -> None:
    runner = Runner()
    writer = await Store.open(sqlite_url, parse_keys(generate_key()))
    await writer.migrate()
    await writer.kept.put("dnd:ana", ANA, writer.now(), "dnd.off", ARGS, {})
    await writer.aclose()
    reader = await Store.open(sqlite_url, parse_keys(generate_key()))
    async with running(reader, runner):
        ((job, error),) = await runner.until_told(1)
        async with asyncio.timeout(20):
            while await reader.kept.next_at():  # noqa: ASYNC110  the database is asked, it tells nobody
                await asyncio.sleep(0)
    await reader.aclose()
    assert (job.person, job.key, job.route, job.args) == (ANA, "dnd:ana", "dnd.off", {})
    assert isinstance(error, KeyProblem)
    assert runner.ran == []


async def test_what_a_stop_cuts_short_runs_at_the_next_start(database_url: str) -> None:
    keys, runner, second = parse_keys(generate_key()), Runner(), Runner()

    async def hang(_: object) -> None:
        await asyncio.Event().wait()

    runner.also = hang
    store = await Store.open(database_url, keys)
    await store.migrate()
    await store.processes.join()
    later = DurableLater(store, runner.run, runner.failed)
    later.start()
    await later.at(store.now(), "dnd:ana", "dnd.off", {}, ANA, {})
    await runner.until_ran(1)
    await later.drain(within_s=0.01)
    await store.processes.leave()
    await store.aclose()

    store = await Store.open(database_url, keys)
    async with running(store, second):
        assert [job.key for job in await second.until_ran(1)] == ["dnd:ana"]
    await store.aclose()
    assert runner.told == []


async def test_of_two_processes_one_runs_what_is_due(pair: tuple[Replica, Replica]) -> None:
    runners = Runner(), Runner()
    async with running(pair[0].store, runners[0]) as one, running(pair[1].store, runners[1]) as other:
        for number in range(30):
            now = pair[0].store.now()
            await one.at(now, f"dnd:{number}", "dnd.off", {}, ANA, {})
            other.look()
        async with asyncio.timeout(20):
            while await pair[0].store.kept.next_at() or await pair[1].store.kept.next_at():  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0)

    ran = [job.key for runner in runners for job in runner.ran]
    assert sorted(ran) == sorted(f"dnd:{number}" for number in range(30))


async def test_what_runs_in_a_living_process_is_left_to_it_and_taken_over_from_a_dead_one(
    pair: tuple[Replica, Replica],
) -> None:
    one, other = pair
    runner = Runner()
    await one.store.kept.put("dnd:ana", ANA, one.store.now(), "dnd.off", {}, {})
    assert len(await one.store.kept.take(one.store.now(), 8)) == 1
    async with running(other.store, runner) as later:
        assert await later.pending(ANA) == []
        assert await other.store.kept.next_at() is None

        await one.fall_silent(60)
        assert [job.key for job in await later.pending(ANA)] == ["dnd:ana"]
        await later.resume()
        assert [job.key for job in await runner.until_ran(1)] == ["dnd:ana"]


async def test_while_nothing_is_due_a_look_is_one_question(sqlite_url: str) -> None:
    store = await Store.open(sqlite_url, parse_keys(generate_key()))
    later = DurableLater(store, Runner().run, Runner().failed)
    await later.at(store.now() + FAR, "dnd:ana", "dnd.off", {}, ANA, {})
    with counting() as counted:
        assert await later._begin_due() == LOOK_EVERY_S
    await store.aclose()

    assert (len(counted.statements), counted.commits) == (1, [])
