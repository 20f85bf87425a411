"""A supervisor's hour costs no more lines, presses and choices than it is known to."""

import pytest

from tests.flows.stage import office_hours, quick_demo
from tests.hour.__main__ import text
from tests.hour.play import Hour
from tests.hour.things import THINGS

MOST_IN_ALL = 32
"""Lines, presses and choices of all twenty."""


@pytest.mark.demo
async def test_twenty_things_cost_no_more_than_they_did() -> None:
    async with quick_demo(clock=office_hours()) as demo:
        hour = Hour.of(demo)
        await hour.play(THINGS)
    assert len(hour.costs) == 20
    dearer = [f"{thing.title}: {cost.effort} instead of {thing.most}" for thing, cost in hour.costs
              if any(one > most for one, most in zip(cost.effort, thing.most, strict=True))]  # fmt: skip
    assert not dearer, text(hour.costs)
    assert sum(sum(cost.effort) for _, cost in hour.costs) <= MOST_IN_ALL, text(hour.costs)
