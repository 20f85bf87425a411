import asyncio
from bisect import bisect_right
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.basics.errors import TooMany
from bot.basics.request_turns import TurnsInMemory
from bot.dialpad.action import Action
from bot.dialpad.actions.call import GetCall, PlaceCall
from bot.dialpad.actions.users import GetUser, RingUser
from bot.dialpad.pacer import LEAST_PATIENCE_S, REFRESH_EVERY, Pacer
from tests.bot.dialpad.wire import Time, run_virtually


def build_pacer(**options: Any) -> tuple[Pacer, Time]:
    time = Time()
    return Pacer(clock=time, sleep=time.sleep, **options), time


async def leave(pacer: Pacer, action: Action[Any], left: list[float], *, background: bool = False) -> bool:
    try:
        permit = await pacer.turn(action, background=background)
    except TooMany:
        return False
    assert permit.use()
    left.append(asyncio.get_running_loop().time())
    return True


def most_in_any(seconds: float, moments: list[float]) -> int:
    moments = sorted(moments)
    return max((bisect_right(moments, start + seconds) - i for i, start in enumerate(moments)), default=0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 3), st.booleans()), min_size=1, max_size=150))
def test_no_second_ever_holds_more_than_20_requests(arrivals: list[tuple[float, bool]]) -> None:
    left: list[float] = []

    async def main() -> None:
        pacer = Pacer(clock=asyncio.get_running_loop().time)

        async def one(at: float, background: bool) -> None:
            await asyncio.sleep(at)
            await leave(pacer, GetUser(), left, background=background)

        await asyncio.gather(*(one(at, background) for at, background in arrivals))

    run_virtually(main())
    assert most_in_any(1.0, left) <= 20


def test_what_is_known_already_is_asked_again_with_less_than_two_percent_and_holds_nobody_up() -> None:
    left: list[float] = []
    clicks: list[float] = []

    async def main() -> None:
        pacer = Pacer(clock=asyncio.get_running_loop().time)

        async def refresh() -> None:
            for _ in range(5):
                await pacer.turn(GetUser(), company="61", background=True, refresh=True)
                left.append(asyncio.get_running_loop().time())

        async def click() -> None:
            for _ in range(50):
                await pacer.turn(GetUser(), company="61")
                clicks.append(asyncio.get_running_loop().time())

        await asyncio.gather(refresh(), refresh(), click())

    run_virtually(main())
    assert len(left) == 10
    assert most_in_any(REFRESH_EVERY - 0.01, left) == 1
    assert 1 / REFRESH_EVERY < 0.02 * 20
    assert max(clicks) - min(clicks) < 3


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 150), min_size=1, max_size=60))
def test_no_minute_ever_holds_more_than_an_endpoint_allows(arrivals: list[float]) -> None:
    left: list[float] = []

    async def main() -> None:
        pacer = Pacer(clock=asyncio.get_running_loop().time)

        async def one(at: float) -> None:
            await asyncio.sleep(at)
            await leave(pacer, GetCall(id="1"), left)

        await asyncio.gather(*map(one, arrivals))

    run_virtually(main())
    assert most_in_any(60.0, left) <= 10


def test_background_work_reaches_the_rate_that_is_allowed() -> None:
    left: list[float] = []

    async def main() -> None:
        pacer = Pacer(clock=asyncio.get_running_loop().time)
        await asyncio.gather(*(leave(pacer, GetUser(), left, background=True) for _ in range(390)))

    run_virtually(main())
    assert 389 / (max(left) - min(left)) > 15


def test_an_idle_company_waits_for_nothing() -> None:
    left: list[float] = []

    async def main() -> None:
        pacer = Pacer(clock=asyncio.get_running_loop().time)
        await asyncio.gather(*(leave(pacer, GetUser(), left) for _ in range(20)))

    run_virtually(main())
    assert max(left) == min(left)


def test_a_click_behind_background_work_waits_for_moments() -> None:
    waited: list[float] = []

    async def main() -> None:
        now = asyncio.get_running_loop().time
        pacer = Pacer(clock=now)

        async def click(after_s: float) -> None:
            await asyncio.sleep(after_s)
            asked = now()
            await pacer.turn(GetUser())
            waited.append(now() - asked)

        work = [asyncio.create_task(leave(pacer, GetUser(), [], background=True)) for _ in range(100)]
        await asyncio.gather(*(click(0.3 + 0.4 * number) for number in range(10)), *work)

    run_virtually(main())
    assert max(waited) < 0.3


async def test_a_request_that_comes_too_late_takes_another_turn() -> None:
    pacer, time = build_pacer()
    permit = await pacer.turn(GetUser())
    time.now += LEAST_PATIENCE_S + 0.01

    assert not permit.use()
    await permit.renew()
    assert permit.use()


async def test_a_request_that_is_sent_again_takes_another_turn() -> None:
    pacer, time = build_pacer(calls=1, span_s=1.0)
    permit = await pacer.turn(GetUser())
    assert permit.use()

    assert not permit.use()
    await permit.renew()
    assert permit.use()
    assert sum(time.slept) >= 1.0


async def test_a_request_that_is_always_late_is_refused_in_the_end() -> None:
    pacer, time = build_pacer()
    permit = await pacer.turn(GetUser())
    for _ in range(2):
        time.now += 1.0
        await permit.renew()
    time.now += 1.0
    with pytest.raises(TooMany):
        await permit.renew()


async def test_a_slow_machine_gets_more_time_for_each_turn() -> None:
    pacer, time = build_pacer()
    permit = await pacer.turn(GetUser())
    for _ in range(2):
        time.now += LEAST_PATIENCE_S * 2
        await permit.renew()
    time.now += LEAST_PATIENCE_S * 2
    assert permit.use()


async def test_a_clock_that_is_set_back_keeps_nobody_waiting() -> None:
    pacer, time = build_pacer()
    for _ in range(20):
        await pacer.turn(GetUser())
    time.now -= 900.0
    await pacer.turn(GetUser())
    assert time.slept == []


def test_a_click_goes_before_background_work_that_was_there_first() -> None:
    order: list[str] = []

    async def main() -> None:
        pacer = Pacer(clock=asyncio.get_running_loop().time)

        async def one(name: str, background: bool) -> None:
            await pacer.turn(GetUser(), background=background)
            order.append(name)

        work = [asyncio.create_task(one(f"work {n}", True)) for n in range(10)]
        await asyncio.sleep(0.01)
        await asyncio.gather(one("click", False), *work)

    run_virtually(main())
    assert order.index("click") <= 4


async def test_five_calls_may_be_placed_at_once() -> None:
    pacer, time = build_pacer()
    for _ in range(5):
        await pacer.turn(PlaceCall(user_id="1", phone_number="+14155550150"))
    assert time.now < 1000.5


async def test_a_sixth_call_is_refused_with_the_time_to_wait() -> None:
    pacer, _ = build_pacer()
    action = PlaceCall(user_id="1", phone_number="+14155550150")
    for _ in range(5):
        await pacer.turn(action)
    with pytest.raises(TooMany) as refused:
        await pacer.turn(action)
    assert 55 < (refused.value.retry_after or 0) <= 66


async def test_a_limit_per_person_leaves_other_people_alone() -> None:
    pacer, time = build_pacer()
    for _ in range(5):
        await pacer.turn(RingUser(id="1"))
    await pacer.turn(RingUser(id="2"))
    assert sum(time.slept) < 1


async def test_companies_do_not_wait_for_each_other() -> None:
    pacer, time = build_pacer()
    await pacer.turn(GetUser(), company="a")
    await pacer.turn(GetUser(), company="b")
    assert time.slept == []


async def test_a_click_that_would_wait_too_long_is_refused_at_once() -> None:
    pacer, time = build_pacer(calls=1, span_s=10.0)
    await pacer.turn(GetUser())
    with pytest.raises(TooMany):
        await pacer.turn(GetUser())
    assert time.slept == []


async def test_a_refused_turn_does_not_count() -> None:
    pacer, time = build_pacer(calls=1, span_s=10.0)
    action = GetCall(id="1")
    await pacer.turn(action)
    for _ in range(20):
        with pytest.raises(TooMany):
            await pacer.turn(action)
    await pacer.turn(action, background=True)
    assert sum(time.slept) <= 11


async def test_buckets_nobody_uses_any_more_are_forgotten() -> None:
    pacer, time = build_pacer()
    for number in range(2000):
        await pacer.turn(RingUser(id=str(number)), company=str(number))
        time.now += 1
    assert len(cast(TurnsInMemory, pacer._book)._taken) < 1500
