"""Whether it was Dialpad that took an agent off duty."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations

import pytest

from bot.activity.registers import State, fragment, join
from bot.activity.taken_off import changed_here, gone_off, missed, taken_off

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def off(seconds: float, reason: str = "") -> State:
    at = after(seconds)
    return fragment(int(at.timestamp() * 1000), 0, {"on": False}) | gone_off(at, reason)


MISSED = missed(NOON, "Support", "callcenter:5")


@pytest.mark.parametrize(
    ("parts", "is_dialpads"),
    [
        ((MISSED, off(1)), True),
        ((MISSED, off(1, "Off Duty")), True),
        ((off(1),), False),
        ((MISSED, off(40)), False),
        ((MISSED, off(1, "Lunch")), False),
        ((off(1, "missed_call"),), True),
        ((off(1, "Declined a call"),), True),
        ((MISSED, changed_here(after(0.5)), off(1)), False),
        ((changed_here(after(-300)), MISSED, off(1)), True),
        ((MISSED,), False),
    ],
)
def test_what_tells_that_it_was_dialpad(parts: tuple[State, ...], is_dialpads: bool) -> None:
    for order in permutations(parts):
        assert (taken_off(reduce(join, order, State())) is not None) is is_dialpads


def test_the_line_whose_call_it_was_is_known() -> None:
    found = taken_off(join(MISSED, off(2)))
    assert found is not None
    assert (found.line, found.place, found.at) == ("Support", "callcenter:5", after(2))


def test_who_is_back_on_duty_is_not_off() -> None:
    back = fragment(int(after(9).timestamp() * 1000), 0, {"on": True})
    assert taken_off(join(join(MISSED, off(1)), back)) is None
