"""Requests of several processes wait for their turns in one book, however long the way there takes."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.basics.errors import TooMany
from bot.basics.request_turns import Limit, Turn
from bot.dialpad.action import Action
from bot.dialpad.actions.users import GetUser, RingUser
from bot.dialpad.shared_pacer import SharedPacer
from tests.bot.dialpad.test_pacer import most_in_any
from tests.bot.dialpad.wire import run_virtually

SECOND = 1_000_000


class Book:
    """The table in memory; the answer takes up to ``late_s`` to come back."""

    def __init__(self, late_s: float = 0.0, seed: int = 0) -> None:
        self.taken: dict[str, list[int]] = {}
        self.given_back = 0
        self.refused = 0
        self._late_s = late_s
        self._random = random.Random(seed)  # noqa: S311  no secret

    async def take(self, limits: Sequence[Limit], *, within_s: float) -> Turn:
        now = int(asyncio.get_running_loop().time() * SECOND)
        free = [taken[-one.calls] + int(one.span_s * SECOND) for one in limits
                if len(taken := self.taken.get(one.key, [])) >= one.calls]  # fmt: skip
        at = max([now, *free])
        turn = Turn((at - now) / SECOND, at if at - now <= within_s * SECOND else None)
        if turn.moment is not None:
            for one in limits:
                self.taken.setdefault(one.key, []).append(at)
        else:
            self.refused += 1
        await asyncio.sleep(self._random.uniform(0, self._late_s))
        return turn

    async def give_back(self, limits: Sequence[Limit], moment: int) -> None:
        self.given_back += 1
        for one in limits:
            self.taken[one.key].remove(moment)


def pacers(book: Book, count: int = 3) -> list[SharedPacer]:
    return [SharedPacer(book, clock=asyncio.get_running_loop().time) for _ in range(count)]


async def leave(pacer: SharedPacer, action: Action[Any], left: list[float], *, background: bool = False) -> None:
    try:
        await pacer.turn(action, background=background)
    except TooMany:
        return
    left.append(asyncio.get_running_loop().time())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 3), st.booleans()), min_size=1, max_size=150), st.integers(0, 100))
def test_no_second_ever_holds_more_than_20_requests_of_all_processes(
    arrivals: list[tuple[float, bool]], seed: int
) -> None:
    left: list[float] = []

    async def main() -> None:
        several = pacers(Book(0.1, seed))

        async def one(number: int, at: float, background: bool) -> None:
            await asyncio.sleep(at)
            await leave(several[number % 3], GetUser(), left, background=background)

        await asyncio.gather(*(one(number, *arrival) for number, arrival in enumerate(arrivals)))

    run_virtually(main())
    assert most_in_any(1.0, left) <= 20


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

        async def go(pacer: SharedPacer, name: str, *, background: bool) -> None:
            await pacer.turn(GetUser(), background=background)
            order.append(name)

        await here.turn(GetUser())
        behind = [asyncio.create_task(go(here, "background", background=True)) for _ in range(3)]
        while book.refused < 3:  # noqa: ASYNC110  # the book tells nobody
            await asyncio.sleep(0)
        clicks = [asyncio.create_task(go(there, "click", background=False)) for _ in range(3)]
        await asyncio.gather(*behind, *clicks)

    run_virtually(main())
    assert order[:3] == ["click"] * 3


def test_a_turn_of_an_endpoint_is_given_back_when_the_company_is_too_busy() -> None:
    book = Book()

    async def main() -> None:
        book.taken["company every"] = [int((asyncio.get_running_loop().time() + 60) * SECOND)]
        with pytest.raises(TooMany):
            await pacers(book)[0].turn(RingUser(id="1"), company="company")

    run_virtually(main())
    assert book.given_back == 1
