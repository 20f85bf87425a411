"""The short part of `make rush`: a board keeps up with 500 changes a minute, though processes are killed."""

import logging
from collections.abc import Iterator

import pytest

from tests.chaos.stage import Database
from tests.crashes.rush import Rush, rush

LONGEST_S = 45.0
"""No change waits longer, even on a busy machine; a calm one shows each within 15 s (docs/reliability.md)."""


@pytest.fixture(autouse=True)
def without_the_servers_tracebacks() -> Iterator[None]:
    log = logging.getLogger("uvicorn.error")
    before = log.level
    log.setLevel(logging.CRITICAL)
    yield
    log.setLevel(before)


async def check(database: Database, processes: int) -> None:
    outcome = await rush(Rush(database, processes, changes=75, seconds=9.0, kills=1))

    assert outcome.is_right, outcome.text()
    assert outcome.is_clean, outcome.text()
    assert outcome.most_within(5) <= 6, outcome.text()  # what leaves a second apart arrives a little less or more
    assert max(outcome.waits_s) <= LONGEST_S + outcome.away_s, outcome.text()


async def test_on_sqlite_the_board_keeps_up_though_the_process_is_killed() -> None:
    await check("sqlite", 1)


@pytest.mark.usefixtures("postgres_server")
async def test_of_two_processes_the_board_keeps_up_though_one_is_killed() -> None:
    await check("postgres", 2)
