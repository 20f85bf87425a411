"""What a request to Dialpad costs beside bare httpx: one call, and ten thousand people in pages."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import httpx

from bot.dialpad.actions.users import GetUser, ListUsers
from bot.dialpad.client import DialpadClient
from tests.bench.dialpad_server import PEOPLE, USERS
from tests.bench.passing import Passing
from tests.bench.rows import Goal, Row, middle, paired, spread
from tests.bench.servers import running

TOKEN: Final = "bench-token"
FLOOR, AGAIN, OURS = "floor", "floor again", "ours"
BARE: Final = "bare httpx"
_Way = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class _Took:
    """Milliseconds of CPU of this process, and by the clock."""

    cpu: float
    wall: float


_Found = dict[str, list[_Took]]


async def _take_turns(ways: dict[str, _Way], rounds: int) -> _Found:
    """Go each way, in turn; the first round warms up."""
    found: _Found = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name in ways if number % 2 else reversed(ways):
            began, at = time.process_time(), time.perf_counter()
            await ways[name]()
            found[name].append(_Took((time.process_time() - began) * 1000, (time.perf_counter() - at) * 1000))
    return {name: values[1:] for name, values in found.items()}


async def _compare(port: int, *, rounds: int, calls: int) -> tuple[_Found, _Found]:
    address = f"http://127.0.0.1:{port}"
    passing = Passing()
    ours = DialpadClient(address, clock=passing, sleep=passing.sleep)
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, trust_env=False) as bare:

        async def ask_bare() -> None:
            for _ in range(calls):
                (await bare.get(f"{USERS}/1")).raise_for_status().json()

        async def ask_ours() -> None:
            for _ in range(calls):
                await ours.send(GetUser(id="1"), token=TOKEN)

        async def list_bare() -> None:
            cursor, count = "0", 0
            while cursor:
                page = (await bare.get(USERS, params={"cursor": cursor})).raise_for_status().json()
                cursor, count = page.get("cursor", ""), count + len(page["items"])
            assert count == PEOPLE

        async def list_ours() -> None:
            count = 0
            async for page in ours.pages(ListUsers(), token=TOKEN):
                count += len(page.items)
            assert count == PEOPLE

        try:
            one = await _take_turns({FLOOR: ask_bare, OURS: ask_ours, AGAIN: ask_bare}, rounds)
            return one, await _take_turns({FLOOR: list_bare, OURS: list_ours, AGAIN: list_bare}, rounds)
        finally:
            await ours.aclose()


def measure(*, quick: bool) -> list[Row]:
    """CPU of the asking side; what Dialpad allows in a second is not waited for."""
    rounds, calls = (1, 20) if quick else (6, 300)
    with running("dialpad") as ports:
        one, people = asyncio.run(_compare(ports["dialpad"], rounds=rounds, calls=calls))
    return [
        _row("CPU of one Dialpad call", one, calls, 1.0),
        _row("CPU of 10,000 people in pages", people, 1, 1.15),
    ]


def _row(what: str, found: _Found, calls: int, goal: float) -> Row:
    floor, ours, again = ([one.cpu / calls for one in found[name]] for name in (FLOOR, OURS, AGAIN))
    in_time = paired([one.wall for one in found[OURS]], [one.wall for one in found[FLOOR]])
    return Row(
        "dialpad", what, "ms", middle(ours), middle(floor), Goal(goal), spread(again, floor), paired(ours, floor),
        BARE, {"in time, of the floor": in_time},
    )  # fmt: skip
