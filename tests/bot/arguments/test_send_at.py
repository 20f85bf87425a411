"""When a text is sent: by the asker's clock through both changes of the clocks, never sooner than Dialpad takes it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arguments.moment import parse_moment
from bot.arguments.send_at import AT_LEAST, SendAt, earliest, in_words

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  they get one
def test_the_nearest_time_is_a_full_five_minutes_that_dialpad_takes(now: datetime) -> None:
    nearest = earliest(now)
    assert nearest.minute % 5 == nearest.second == nearest.microsecond == 0
    assert AT_LEAST + timedelta(minutes=2) <= nearest - now <= AT_LEAST + timedelta(minutes=7)


@pytest.mark.parametrize(
    ("now", "typed", "at"),
    [
        # The clocks go forward at two in the morning of 8 March, and back on 1 November.
        ("2026-03-07T20:00-08:00", "tomorrow 9:00", "2026-03-08T09:00-07:00"),
        ("2026-03-07T20:00-08:00", "in 12h", "2026-03-08T09:00-07:00"),
        ("2026-10-31T20:00-07:00", "tomorrow 9:00", "2026-11-01T09:00-08:00"),
        ("2026-10-31T20:00-07:00", "in 12h", "2026-11-01T07:00-08:00"),
    ],
)
def test_a_time_is_the_askers_through_both_changes_of_the_clocks(now: str, typed: str, at: str) -> None:
    found = parse_moment(typed, datetime.fromisoformat(now), LOS_ANGELES)
    assert found == datetime.fromisoformat(at)


def test_a_button_says_the_time_by_the_askers_clock() -> None:
    now = datetime(2026, 3, 7, 20, tzinfo=LOS_ANGELES)
    said = [in_words(now + timedelta(hours=hours), now, LOS_ANGELES) for hours in (1, 13, 50)]
    assert said[0] == "Today at 9:00 PM"
    assert said[1].startswith("Tomorrow at ")
    assert said[2].startswith("Monday 9 March at ")


@pytest.mark.parametrize(
    ("typed", "is_slip", "is_sure"),
    [
        ("", False, True),
        ("at 5pm:", False, True),
        ("tomorrow:", False, False),
        ("ah 5pm:", True, False),
        ("at 5pm", False, False),
    ],
)
def test_what_may_be_the_texts_beginning_is_not_sure(typed: str, is_slip: bool, is_sure: bool) -> None:
    assert SendAt(datetime(2026, 3, 7, tzinfo=UTC), typed, is_slip).is_sure is is_sure
