from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arguments.regularly import Regularly, parse_regularly
from bot.basics.times import UnclearTime

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("monday at 9", "every Monday at 9:00 AM"),
        ("every Monday 9am", "every Monday at 9:00 AM"),
        ("fridays at 17:30", "every Friday at 5:30 PM"),
        ("weekday at 8:30", "every weekday at 8:30 AM"),
        ("day", "every day at 9:00 AM"),
        ("daily at noon", "every day at 12:00 PM"),
        ("week", "every Monday at 9:00 AM"),
    ],
)
def test_times_as_people_write_them(text: str, words: str) -> None:
    regularly = parse_regularly(text)
    assert regularly.words == words
    assert parse_regularly(regularly.raw) == regularly
    assert parse_regularly(regularly.words) == regularly


@pytest.mark.parametrize("text", ["", "now and then", "monday at 25", "at 9", "9@100", "01@9999"])
def test_what_is_no_such_time_says_what_to_type(text: str) -> None:
    with pytest.raises(UnclearTime, match="every monday at 9"):
        parse_regularly(text)


def test_the_clock_on_the_wall_decides_through_a_change_of_the_clocks() -> None:
    sunday = Regularly((6,), 2 * 60 + 30)  # on 28 March 2027 the clocks jump over half past two
    before = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert sunday.after(before, BERLIN) == datetime(2027, 3, 28, 3, 30, tzinfo=BERLIN)
    autumn = datetime(2026, 10, 25, 0, 31, tzinfo=UTC)  # half past two for the first time; it comes once more
    assert sunday.after(autumn, BERLIN) == datetime(2026, 11, 1, 2, 30, tzinfo=BERLIN)


@given(
    st.sets(st.integers(0, 6), min_size=1), st.integers(0, 24 * 60 - 1),
    st.integers(0, 700 * 24 * 60),
)  # fmt: skip
def test_the_next_time_is_after_now_and_within_eight_days(weekdays: set[int], at: int, minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = Regularly(tuple(sorted(weekdays)), at).after(now, BERLIN)
    assert timedelta(0) < found.astimezone(UTC) - now <= timedelta(days=8)
    assert found.astimezone(BERLIN).weekday() in weekdays
