"""The short part of `make chaos`: some trouble of each sort, and no promise broken."""

import logging
import signal
from collections.abc import Iterator

import pytest

from tests.chaos.run import Plan, run
from tests.chaos.stage import Database
from tests.chaos.troubles import BadWeather, DatabaseStopped, DiskFull, Ended, Trouble
from tests.chaos.weather import Sky

BRIEF_S = (0.3, 1.0)
PAUSE_S = (0.1, 0.5)


@pytest.fixture(autouse=True)
def without_the_servers_tracebacks() -> Iterator[None]:
    """Each answer that is cut would be one."""
    log = logging.getLogger("uvicorn.error")
    before = log.level
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(before)


KILLED = Ended("kill -9", BRIEF_S, signal.SIGKILL)
STOPPED = Ended("SIGTERM", BRIEF_S, signal.SIGTERM)


def outer() -> list[Trouble]:
    return [
        BadWeather("Slack cut", BRIEF_S, "Slack", Sky.CUT),
        BadWeather("Slack 500", BRIEF_S, "Slack", Sky.BROKEN),
        BadWeather("Dialpad 429", BRIEF_S, "Dialpad", Sky.BUSY),
        BadWeather("Dialpad cut", BRIEF_S, "Dialpad", Sky.CUT),
    ]


async def check(database: Database, processes: int, inner: list[Trouble], *, socket_mode: bool = False) -> None:
    plan = Plan(
        database,
        processes,
        events=60,
        commands=10,
        seconds=4.0,
        seed=1,
        socket_mode=socket_mode,
        pause_s=PAUSE_S,
        rounds=1,
    )
    outcome = await run(plan, inner=inner, outer=outer())

    assert not outcome.books.findings, outcome.text()
    assert outcome.books.calls_accepted, outcome.text()


async def test_on_sqlite_no_promise_is_broken() -> None:
    await check("sqlite", 1, [KILLED, DiskFull("disk full", BRIEF_S)], socket_mode=True)


@pytest.mark.usefixtures("postgres_server")  # skipped where there is none
async def test_on_postgres_no_promise_is_broken() -> None:
    await check("postgres", 1, [STOPPED, DatabaseStopped("database stopped", BRIEF_S)])


@pytest.mark.usefixtures("postgres_server")
async def test_of_three_processes_no_promise_is_broken() -> None:
    await check("postgres", 3, [KILLED, DatabaseStopped("database stopped", BRIEF_S)])
