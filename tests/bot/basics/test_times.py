from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.times import (
    DAY,
    WEEKDAYS,
    WHOLE_WEEKDAYS,
    UnclearTime,
    clock,
    distance,
    elapsed,
    how_long,
    lasting,
    later,
    on_clock,
    parse_clock,
    parse_hours,
    parse_weekdays,
    read_clock,
    read_span,
    read_weekday,
)

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CLOCKS_GO_BACK = date(2026, 11, 1)
CLOCKS_GO_FORWARD = date(2026, 3, 8)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8", 480),
        ("08", 480),
        ("8h", 480),
        ("8:30", 510),
        ("8.30", 510),
        ("8h30", 510),
        ("17h30", 1050),
        ("15:00h", 900),
        ("3pm", 900),
        ("3 PM", 900),
        ("3p", 900),
        ("3:30 p.m.", 930),
        ("12am", 0),
        ("12pm", 720),
        ("noon", 720),
        ("midday", 720),
        ("3 o'clock", 180),
        ("3 o’clock", 180),
        (" 8:30 ", 510),
    ],
)
def test_a_clock_time_is_read_as_people_write_it(text: str, minutes: int) -> None:
    assert read_clock(text) == minutes


@pytest.mark.parametrize("text", ["", "25", "25:00", "24:01", "8:60", "8:3", "13pm", "0am", "eight", "٣:٠٠", "8-9"])
def test_what_is_no_clock_time_is_refused_with_an_example(text: str) -> None:
    assert read_clock(text) is None
    with pytest.raises(UnclearTime, match=r"^I don't understand the time “.*”\. Type something like 17:00\.$"):
        parse_clock(text)


@pytest.mark.parametrize("text", ["24:00", "24", "midnight"])
def test_midnight_is_the_end_of_the_day_only_where_an_end_is_meant(text: str) -> None:
    assert (read_clock(text), read_clock(text, end=True)) == (0, DAY)


@pytest.mark.parametrize(("text", "reads"), [("8", False), ("8h", False), ("8:00", True), ("8am", True)])
def test_an_hour_alone_is_a_time_only_where_it_may_be(text: str, reads: bool) -> None:
    assert (read_clock(text, hour_alone=False) is not None) is reads


@given(st.integers(0, DAY))
def test_a_clock_time_is_written_such_that_it_reads_as_the_same(minutes: int) -> None:
    assert read_clock(clock(minutes), end=True) == minutes


def test_a_time_of_day_is_written_as_its_minutes_are() -> None:
    assert clock(time(8, 5)) == clock(8 * 60 + 5) == "08:05"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("8-18", (480, 1080)),
        ("8:30 – 17h30", (510, 1050)),
        ("9 to 5pm", (540, 1020)),
        ("noon until midnight", (720, 1440)),
        ("22-7", (1320, 420)),
        ("0-24", (0, 1440)),
    ],
)
def test_hours_are_two_clock_times(text: str, ends: tuple[int, int]) -> None:
    assert parse_hours(text) == ends


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8", "I don't understand the hours “8”. Type something like 8-18."),
        ("8-9-10", "I don't understand the hours “8-9-10”. Type something like 8-18."),
        ("8-25:00", "I don't understand the time “25:00”. Type something like 8-18."),
        ("x-9", "I don't understand the time “x”. Type something like 8-18."),
    ],
)
def test_what_is_wrong_with_hours_is_said(text: str, said: str) -> None:
    with pytest.raises(UnclearTime) as refused:
        parse_hours(text)
    assert str(refused.value) == said


@pytest.mark.parametrize("day", range(7))
def test_a_weekday_is_read_by_three_letters_or_more(day: int) -> None:
    for length in range(3, len(WHOLE_WEEKDAYS[day]) + 1):
        assert read_weekday(WHOLE_WEEKDAYS[day][:length].upper()) == day
    assert read_weekday(WEEKDAYS[day]) == day


def test_fridays_are_a_day_only_where_every_week_is_meant() -> None:
    assert read_weekday("Fridays") is None
    assert read_weekday("Fridays", every_week=True) == 4


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", (0,)),
        ("Mondays", (0,)),
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("fri to mon", (4, 5, 6, 0)),
        ("weekdays", (0, 1, 2, 3, 4)),
        ("weekend", (5, 6)),
    ],
)
def test_weekdays_are_one_or_several(text: str, days: tuple[int, ...]) -> None:
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("text", ["", "mo", "mon-xyz", "mon-tue-wed", "8"])
def test_what_is_no_weekday_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UnclearTime, match=r"^I don't understand the weekday “.*”\. Type something like mon-fri\.$"):
        parse_weekdays(text)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30m", 30),
        ("1h30", 90),
        ("1 h 30", 90),
        ("12h30", 750),
        ("1.5h", 90),
        ("2 hours and 15 minutes", 135),
        ("half an hour", 30),
        ("a week", 7 * DAY),
    ],
)
def test_a_span_is_read_as_people_write_it(text: str, minutes: int) -> None:
    assert read_span(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "17h30", "08h30", "h", "1x", "8:30", "30", "1h " * 30])
def test_what_is_no_span_is_none(text: str) -> None:
    assert read_span(text) is None


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in (parse_clock, parse_hours, parse_weekdays):
        try:
            assert parse(text) is not None
        except UnclearTime as problem:
            assert str(problem)  # noqa: PT017  either outcome is right; which one is not known beforehand
    span = read_span(text)
    assert span is None or span >= timedelta(0)


@pytest.mark.parametrize("start", range(0, 180, 15))
def test_a_span_later_is_as_long_as_that_when_the_clocks_go_back(start: int) -> None:
    moment = (datetime(2026, 11, 1, 7, 0, tzinfo=UTC) + timedelta(minutes=start)).astimezone(LOS_ANGELES)
    after = later(moment, timedelta(minutes=30))
    assert elapsed(moment, after) == timedelta(minutes=30)
    assert elapsed(after, later(after, -timedelta(minutes=30))) == -timedelta(minutes=30)
    assert after.tzinfo is LOS_ANGELES


def test_a_clock_time_that_comes_twice_is_the_first_unless_only_the_second_is_to_come() -> None:
    first = on_clock(CLOCKS_GO_BACK, 90, LOS_ANGELES)
    second = on_clock(CLOCKS_GO_BACK, 90, LOS_ANGELES, after=first)
    assert first.astimezone(UTC) == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert elapsed(first, second) == timedelta(hours=1)
    assert elapsed(first, on_clock(CLOCKS_GO_BACK, 90, LOS_ANGELES, after=second)) == timedelta(0)


def test_a_clock_time_that_is_jumped_over_is_moved_on() -> None:
    assert clock(on_clock(CLOCKS_GO_FORWARD, 150, LOS_ANGELES).time()) == "03:30"


def test_the_end_of_a_day_is_the_next_midnight() -> None:
    assert on_clock(date(2026, 11, 23), DAY, UTC) == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_distance_is_counted_across_the_change_of_the_clocks() -> None:
    before = on_clock(CLOCKS_GO_BACK, 30, LOS_ANGELES)
    assert distance(on_clock(CLOCKS_GO_BACK, 150, LOS_ANGELES), before) == "3 h"


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (None, ""),
        (0, ""),
        (12_000, "12 s"),
        (60_000, "1 min"),
        (200_000, "3 min 20 s"),
        (3_600_000, "1 h"),
        (3_900_000.03, "1 h 5 min"),
    ],
)
def test_lengths_are_told_in_two_units_at_most(ms: float | None, words: str) -> None:
    assert lasting(ms) == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(5, "5 min"), (60, "1 hour"), (90, "90 min"), (120, "2 hours"), (150, "150 min")]
)
def test_a_time_that_was_set_is_told_as_it_was_set(minutes: int, words: str) -> None:
    assert how_long(minutes) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=20), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_distances_are_told_roughly(span: timedelta, words: str) -> None:
    assert distance(NOW + span, NOW) == words
