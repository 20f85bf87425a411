"""Requests of several processes wait for their turns in one book, however long the way there takes."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.basics.errors import TooMany
from bot.basics.request_turns import Limit, Turn, TurnsInMemory, Window
from bot.dialpad.action import Action
from bot.dialpad.actions.users import GetUser, RingUser
from bot.dialpad.pacer import WAYS_DIFFER_S, Pacer
from tests.bot.dialpad.test_pacer import most_in_any
from tests.bot.dialpad.wire import run_virtually


class Book(TurnsInMemory):
    """The table in memory; the answer takes up to ``late_s`` to come back."""

    def __init__(self, late_s: float = 0.0, seed: int = 0) -> None:
        super().__init__(asyncio.get_running_loop().time)
        self.given_back = 0
        self.refused = 0
        self._late_s = late_s
        self._random = random.Random(seed)  # noqa: S311  no secret

    async def take(self, limits: Sequence[Limit], *, within_s: float, good_for_s: float) -> Turn:
        turn = await super().take(limits, within_s=within_s, good_for_s=good_for_s)
        self.refused += turn.end is None
        await asyncio.sleep(self._random.uniform(0, self._late_s))
        return turn

    async def give_back(self, limits: Sequence[Limit], end: int) -> None:
        self.given_back += 1
        await super().give_back(limits, end)


def pacers(book: Book, count: int = 3) -> list[Pacer]:
    return [Pacer(book, clock=asyncio.get_running_loop().time) for _ in range(count)]


async def leave(pacer: Pacer, action: Action[Any], left: list[float], *, background: bool = False) -> None:
    await leave_late(pacer, action, left, lambda: 0.0, background=background)


async def leave_late(
    pacer: Pacer, action: Action[Any], left: list[float], late_s: Callable[[], float], *, background: bool = False
) -> None:
    """Send a request: from turn to check, and from there to Dialpad, it takes so long."""
    try:
        permit = await pacer.turn(action, background=background)
        await asyncio.sleep(late_s())
        while not permit.use():
            await permit.renew()
            await asyncio.sleep(late_s())
    except TooMany:
        return
    left.append(asyncio.get_running_loop().time())


Late = st.sampled_from([0.0, 0.02, 0.1, 0.3, 0.9])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 3), st.booleans()), min_size=1, max_size=150), Late, Late, st.integers(0, 100))
def test_no_second_ever_holds_more_than_20_requests_of_all_processes(
    arrivals: list[tuple[float, bool]], book_late_s: float, loop_late_s: float, seed: int
) -> None:
    arrived: list[float] = []
    drawn = random.Random(seed)  # noqa: S311  no secret

    async def main() -> None:
        several = pacers(Book(book_late_s, seed))

        async def one(number: int, at: float, background: bool) -> None:
            left: list[float] = []
            await asyncio.sleep(at)
            await leave_late(
                several[number % 3], GetUser(), left, lambda: drawn.uniform(0, loop_late_s), background=background
            )
            arrived.extend(moment + drawn.uniform(0, WAYS_DIFFER_S) for moment in left)

        await asyncio.gather(*(one(number, *arrival) for number, arrival in enumerate(arrivals)))

    run_virtually(main())
    assert most_in_any(1.0, arrived) <= 20


@pytest.mark.parametrize("late_s", [0.0, 0.2, 0.4])
def test_late_or_not_all_that_is_asked_leaves(late_s: float) -> None:
    left: list[float] = []

    async def main() -> None:
        several = pacers(Book(late_s))
        asked = (leave_late(several[number % 3], GetUser(), left, lambda: late_s) for number in range(20))
        await asyncio.gather(*asked)

    run_virtually(main())
    assert len(left) == 20


def test_an_endpoint_takes_no_more_of_all_processes_than_of_one() -> None:
    left: list[float] = []

    async def main() -> None:
        several = pacers(Book())
        await asyncio.gather(*(leave(several[number % 3], RingUser(id="1"), left) for number in range(12)))

    run_virtually(main())
    assert len(left) == 5


def test_clicks_go_before_background_work_of_another_process() -> None:
    order: list[str] = []

    async def main() -> None:
        book = Book()
        here, there, _ = pacers(book)

        async def go(pacer: Pacer, name: str, *, background: bool) -> None:
            await pacer.turn(GetUser(), background=background)
            order.append(name)

        for _ in range(20):
            await here.turn(GetUser())
        behind = [asyncio.create_task(go(here, "background", background=True)) for _ in range(3)]
        while book.refused < 3:  # noqa: ASYNC110  # the book tells nobody
            await asyncio.sleep(0)
        clicks = [asyncio.create_task(go(there, "click", background=False)) for _ in range(3)]
        await asyncio.gather(*behind, *clicks)

    run_virtually(main())
    assert order[:3] == ["click"] * 3


def test_a_turn_of_an_endpoint_is_given_back_when_the_company_is_too_busy() -> None:
    async def main() -> None:
        book = Book()
        await book.take([Window("company every", 1, 60.0)], within_s=0.0, good_for_s=0.0)
        slow = Pacer(book, calls=1, span_s=60.0, clock=asyncio.get_running_loop().time)
        with pytest.raises(TooMany):
            await slow.turn(RingUser(id="1"), company="company")
        assert book.given_back == 1

    run_virtually(main())
