"""The pace of posts: never more than Slack takes, and nobody waits because of somebody else."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.slack.clock import Timers
from bot.sandbox.slack.rates import RateLimits
from bot.slack.api.pace import MethodPlace, SlackMethod, SlackPace, build_pace

POST, UPDATE = SlackMethod.POST, SlackMethod.UPDATE
LONGEST_WAY_S = 1.0


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Calling:
    """A pace by a clock of its own. ``calls``: how many of so many calls may leave now."""

    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.pace: SlackPace = build_pace(None, self.clock)

    async def calls(self, method: SlackMethod, count: int = 1, *, channel: str = "C1", team: str = "T1") -> int:
        return sum([await self.pace.take(MethodPlace(team, channel, method)) for _ in range(count)])


@pytest.fixture
def calling() -> Calling:
    return Calling()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 0.5), st.integers(0, 7), st.sampled_from([POST, UPDATE]), st.floats(0, 1)),
             min_size=100, max_size=600),
)  # fmt: skip
def test_slack_refuses_nothing_that_was_let_through(wanted: list[tuple[float, int, SlackMethod, float]]) -> None:
    calling = Calling()
    left: list[tuple[float, str, SlackMethod]] = []

    async def main() -> None:
        for pause_s, channel, method, way in wanted:
            calling.clock.now += pause_s
            if await calling.calls(method, channel=f"C{channel}"):
                left.append((calling.clock.now + way * LONGEST_WAY_S, f"C{channel}", method))

    asyncio.run(main())
    arriving = Clock()
    slack = RateLimits(Timers(arriving))
    for at, channel, method in sorted(left):
        arriving.now = at
        assert slack.check(method, channel) == 0


async def test_a_channel_gets_a_short_burst_and_then_one_message_a_second(calling: Calling) -> None:
    assert await calling.calls(POST, 10) == 3
    calling.clock.now += 1
    assert await calling.calls(POST, 10) == 1


async def test_boards_of_a_channel_change_a_second_apart_and_cards_need_not_wait_for_them(calling: Calling) -> None:
    here, there = MethodPlace("T1", "C1", UPDATE), MethodPlace("T1", "C2", UPDATE)
    assert (await calling.pace.take_for_board(here), await calling.pace.take_for_board(there)) == (0, 0)
    calling.clock.now += 0.25

    assert await calling.pace.take_for_board(here) == pytest.approx(0.75)
    assert await calling.calls(UPDATE, 2) == 2
    calling.clock.now += 0.75
    assert await calling.pace.take_for_board(here) == 0


async def test_a_busy_channel_leaves_messages_and_changes_to_the_others(calling: Calling) -> None:
    for _ in range(120):
        await calling.calls(UPDATE, 5, channel="C1")
        await calling.calls(POST, 5, channel="C1")
        calling.clock.now += 1
    assert await calling.calls(POST, channel="C2") == 1
    waited = 0
    while not await calling.calls(UPDATE, channel="C2"):
        await calling.calls(UPDATE, 5, channel="C1")
        calling.clock.now += 1
        waited += 1
    assert waited <= 2


async def test_a_busy_workspace_delays_no_other(calling: Calling) -> None:
    for number in range(300):
        await calling.calls(UPDATE, channel=f"C{number}")
        await calling.calls(POST, channel=f"C{number}")
    assert await calling.calls(POST, channel="C999") == 0
    assert await calling.calls(POST, team="T2") == 1
    assert await calling.calls(UPDATE, team="T2") == 1


async def test_a_429_holds_its_workspace_and_method_for_as_long_as_slack_says(calling: Calling) -> None:
    calling.pace.hold(MethodPlace("T1", "C1", UPDATE), 30.0)

    assert await calling.calls(UPDATE, channel="C2") == 0
    assert await calling.calls(POST, channel="C1") == 1
    assert await calling.calls(UPDATE, team="T2") == 1
    calling.clock.now += 30
    assert await calling.calls(UPDATE, channel="C2") == 1


async def test_a_429_to_a_message_holds_its_channel_and_a_second_ones_the_workspace(calling: Calling) -> None:
    calling.pace.hold(MethodPlace("T1", "C1", POST), 30.0)
    assert (await calling.calls(POST, channel="C1"), await calling.calls(POST, channel="C2")) == (0, 1)

    calling.pace.hold(MethodPlace("T1", "C2", POST), 30.0)
    assert (await calling.calls(POST, channel="C3"), await calling.calls(POST, team="T2")) == (0, 1)


async def test_a_clock_that_is_set_back_holds_nothing_for_ever(calling: Calling) -> None:
    calling.pace.hold(MethodPlace("T1", "C1", UPDATE), 30.0)
    await calling.calls(POST, 10)
    calling.clock.now -= 7200

    assert await calling.calls(UPDATE) == 1
    assert await calling.calls(POST) == 1
