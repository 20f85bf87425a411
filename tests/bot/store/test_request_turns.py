"""The turns of requests to Dialpad that several processes take from one table."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.basics.request_turns import Window
from tests.bot.two_replicas import Replica

EVERY = Window("company every", 1, 1 / 18)
RINGS = Window("company ring 1", 5, 60.0)
FAR_S = 600.0


async def test_processes_that_ask_at_once_never_take_the_same_turn(pair: tuple[Replica, Replica]) -> None:
    asked = [pair[number % 2].store.request_turns.take([EVERY], within_s=FAR_S, good_for_s=0.0) for number in range(40)]
    moments = sorted(turn.end or 0 for turn in await asyncio.gather(*asked))

    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert min(gaps) >= int(EVERY.span_s * 1_000_000)


async def test_a_window_takes_a_burst_and_then_waits(pair: tuple[Replica, Replica]) -> None:
    turns = [
        await pair[number % 2].store.request_turns.take([RINGS], within_s=FAR_S, good_for_s=0.0) for number in range(6)
    ]

    assert [turn.wait_s for turn in turns[:5]] == [0.0] * 5
    assert turns[5].wait_s == pytest.approx(60.0, abs=30.0)


async def test_what_comes_too_late_takes_no_turn(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    for _ in range(5):
        await one.store.request_turns.take([RINGS], within_s=0.0, good_for_s=0.0)
    for _ in range(3):
        assert (await other.store.request_turns.take([EVERY, RINGS], within_s=2.0, good_for_s=0.0)).end is None

    assert (await one.store.request_turns.take([EVERY], within_s=0.0, good_for_s=0.0)).end is not None


async def test_a_turn_that_is_given_back_is_free_for_the_other(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    turns = [await one.store.request_turns.take([RINGS], within_s=0.0, good_for_s=0.0) for _ in range(5)]
    assert (await other.store.request_turns.take([RINGS], within_s=0.0, good_for_s=0.0)).end is None

    await one.store.request_turns.give_back([RINGS], turns[-1].end or 0)

    assert (await other.store.request_turns.take([RINGS], within_s=0.0, good_for_s=0.0)).end is not None


async def test_companies_do_not_wait_for_each_other(pair: tuple[Replica, Replica]) -> None:
    one, _ = pair
    await one.store.request_turns.take([EVERY], within_s=0.0, good_for_s=0.0)
    assert (
        await one.store.request_turns.take([Window("another every", 1, 60.0)], within_s=0.0, good_for_s=0.0)
    ).wait_s == 0.0


async def test_the_next_turn_begins_after_the_last_moment_at_which_the_one_before_may_be_used(
    pair: tuple[Replica, Replica],
) -> None:
    one, other = pair
    await one.store.request_turns.take([EVERY], within_s=0.0, good_for_s=3.0)
    assert (await other.store.request_turns.take([EVERY], within_s=FAR_S, good_for_s=0.0)).wait_s > 2.0


async def test_a_turn_that_is_given_back_frees_nothing_that_was_used(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    for _ in range(5):
        await one.store.request_turns.take([RINGS], within_s=0.0, good_for_s=0.0)
    later = await one.store.request_turns.take([RINGS], within_s=FAR_S, good_for_s=0.0)

    await one.store.request_turns.give_back([RINGS], later.end or 0)

    assert (await other.store.request_turns.take([RINGS], within_s=0.0, good_for_s=0.0)).end is None


async def test_what_is_left_to_others_is_left(pair: tuple[Replica, Replica]) -> None:
    one, other = pair
    modest = replace(RINGS, spare=2)
    taken = [await one.store.request_turns.take([modest], within_s=0.0, good_for_s=0.0) for _ in range(4)]

    assert [turn.end is not None for turn in taken] == [True, True, True, False]
    assert (await other.store.request_turns.take([RINGS], within_s=0.0, good_for_s=0.0)).end is not None
