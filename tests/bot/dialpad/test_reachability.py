import contextlib

import httpx
import pytest

from bot.basics.errors import DialpadError
from bot.dialpad.actions.users import GetUser
from bot.dialpad.client import DialpadClient
from bot.dialpad.reachability import UNREACHABLE_AFTER, Reachability


def test_one_failure_is_not_an_outage() -> None:
    reach = Reachability(lambda: 0.0)
    reach.failed()

    assert reach.problem is None


def test_failures_in_a_row_are_said_with_how_long_until_an_answer() -> None:
    now = [100.0]
    reach = Reachability(lambda: now[0])
    for _ in range(UNREACHABLE_AFTER):
        reach.failed()
        now[0] += 20

    assert reach.problem == "Dialpad has not answered for 60 seconds (3 requests)."
    reach.answered()
    assert reach.problem is None


@pytest.mark.parametrize(("status", "down"), [(200, False), (401, False), (429, False), (500, True), (503, True)])
async def test_a_refusal_is_an_answer_and_a_broken_server_is_none(status: int, down: bool) -> None:
    async def no_wait(_: float) -> None:
        return None

    transport = httpx.MockTransport(lambda _: httpx.Response(status, json={}))
    client = DialpadClient("https://dialpad.example", transport=transport, sleep=no_wait)
    for _ in range(UNREACHABLE_AFTER):
        with contextlib.suppress(DialpadError):
            await client.send(GetUser(id="me"), token="made-up")
    await client.aclose()

    assert (client.reachability.problem is not None) is down
