"""A process among the others: who leads, and when what somebody held is taken over."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.replicas import LOOK_EVERY_S, STEADY_LOOKS, Replicas
from bot.store.keys import generate_key, parse_keys
from bot.store.processes import ALIVE_FOR, Processes
from bot.store.store import Store
from tests.bot.two_replicas import Replica


@dataclass
class Bot:
    """What a process is asked to do. ``turn`` lets it look once."""

    processes: Processes
    now: float = 0.0
    taken_over: int = 0

    def __post_init__(self) -> None:
        self.turns = asyncio.Semaphore(0)
        self.looked = asyncio.Semaphore(0)
        self.replicas = Replicas(
            self.processes, take_over=self._take_over, look=self._look, sleep=self._sleep, clock=lambda: self.now
        )

    async def turn(self, looks: int = 1) -> None:
        for _ in range(looks):
            self.turns.release()
            await self.looked.acquire()
            self.now += LOOK_EVERY_S

    async def _take_over(self) -> None:
        self.taken_over += 1

    async def _look(self) -> None:
        pass

    async def _sleep(self, _seconds: float) -> None:
        self.looked.release()
        await self.turns.acquire()


@pytest.fixture
async def bots(pair: tuple[Replica, Replica]) -> AsyncIterator[tuple[Bot, Bot]]:
    made = [Bot(one.processes) for one in pair]
    for bot in made:
        await bot.replicas.begin()
        await bot.looked.acquire()
    yield made[0], made[1]
    for bot in made:
        await bot.replicas.leave()


async def test_who_leads_takes_over_once_everybody_had_time_to_say_that_they_live(bots: tuple[Bot, Bot]) -> None:
    first, second = bots
    assert (first.replicas.leads, second.replicas.leads) == (True, False)

    await first.turn(STEADY_LOOKS - 2)
    assert first.taken_over == 0
    await first.turn(3)
    await second.turn(STEADY_LOOKS + 1)

    assert (first.taken_over, second.taken_over) == (1, 0)


async def test_what_a_dead_process_held_is_taken_over(bots: tuple[Bot, Bot], pair: tuple[Replica, Replica]) -> None:
    first, second = bots
    await second.turn(STEADY_LOOKS)
    await pair[0].fall_silent(ALIVE_FOR.total_seconds() + 1)

    await second.turn()

    assert second.replicas.leads
    assert second.taken_over == 1
    await second.turn(3)
    assert second.taken_over == 1
    await first.turn()
    assert not first.replicas.leads


async def test_what_a_process_held_that_ended_in_order_is_taken_over_at_the_next_look(bots: tuple[Bot, Bot]) -> None:
    first, second = bots
    await first.replicas.retire()
    assert not first.replicas.leads
    await first.replicas.leave()

    await second.turn()

    assert second.taken_over == 1


async def test_who_cannot_look_leads_no_longer_than_the_others_wait(bots: tuple[Bot, Bot]) -> None:
    first, _ = bots
    assert first.replicas.leads
    first.now += ALIVE_FOR.total_seconds()
    assert not first.replicas.leads


async def test_only_the_leading_process_does_its_chores(bots: tuple[Bot, Bot]) -> None:
    done: list[str] = []

    async def chore() -> None:
        done.append("done")

    for bot in bots:
        await bot.replicas.led(chore)()
    assert done == ["done"]


async def test_alone_on_sqlite_it_takes_over_at_once(sqlite_url: str) -> None:
    store = await Store.open(sqlite_url, parse_keys(generate_key()))
    bot = Bot(store.processes)
    await bot.replicas.join()
    await bot.replicas.begin()
    assert bot.replicas.leads
    assert bot.taken_over == 1
    await bot.replicas.leave()
    await store.aclose()


async def test_a_process_ends_although_the_database_does_not_answer(sqlite_url: str) -> None:
    store = await Store.open(sqlite_url, parse_keys(generate_key()))
    bot = Bot(store.processes)
    await store.aclose()

    await bot.replicas.retire()
    await bot.replicas.leave()

    assert not bot.replicas.leads
