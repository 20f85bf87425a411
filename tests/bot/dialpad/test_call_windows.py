from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.dialpad.call_windows import LONGEST_WINDOW, windows

LONGEST = LONGEST_WINDOW // timedelta(milliseconds=1)


@given(after=st.integers(0, 10**13), span=st.integers(0, 400 * 24 * 3600 * 1000))
def test_every_moment_is_in_exactly_one_part_and_no_part_is_too_long(after: int, span: int) -> None:
    parts = list(windows(after, after + span))
    assert parts[0][1] == after + span
    assert parts[-1][0] == after
    assert all(last - first <= LONGEST for first, last in parts)
    assert all(newer[0] + 1 == older[1] for newer, older in pairwise(parts))  # both bounds are exclusive
