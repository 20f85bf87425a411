"""A real process whose disk is full, whose Slack is silent: what it says of itself, and how much it writes about it."""

import asyncio
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.cast import ANA
from tests.crashes.test_stopped_politely import WAIT_S, Place, placed

LARGEST_LOG = 20_000


async def until(place: Place, what: Callable[[int, dict[str, Any]], bool]) -> None:
    """Asks ``/readyz`` until its status and its checks by name are as wanted."""
    said: Any = None
    try:
        async with asyncio.timeout(WAIT_S), httpx.AsyncClient(trust_env=False, timeout=WAIT_S) as client:
            while True:
                answer = await client.get(f"{place.address}/readyz")
                said = {check["name"]: check for check in answer.json()["checks"]}
                if what(answer.status_code, said):
                    return
    except TimeoutError:
        raise AssertionError(said) from None


def let_write(place: Place, most: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(place.bot.pid, resource.RLIMIT_FSIZE, (most, hard))


@pytest.mark.parametrize("over_http", [True, False])
async def test_a_full_disk_is_said_at_once_and_until_it_is_over(tmp_path: Path, over_http: bool) -> None:
    async with placed(tmp_path, over_http=over_http) as place:
        await until(place, lambda status, _: status == 200)
        let_write(place, 0)
        await until(
            place, lambda status, checks: status == 503 and "takes no writes" in checks["database"].get("said", "")
        )
        ana = place.slack.person(str(ANA.slack_id))
        for _ in range(20):
            await ana.command("#support", "/dp dnd on")
        assert not place.ana_is_silent

        let_write(place, resource.RLIM_INFINITY)
        await until(place, lambda status, _: status == 200)
        await ana.command("#support", "/dp dnd on")
        await place.slack.workspace.until(lambda: place.ana_is_silent, WAIT_S)
        code, said = await place.stop(signal.SIGTERM)

    assert code == 0, said
    assert len(said) < LARGEST_LOG
    assert said.count("delivery not received") == 2  # when it began, and when it was over
    assert "Traceback" not in said
