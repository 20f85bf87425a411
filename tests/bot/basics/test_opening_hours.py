"""When a line is open, and until when somebody is to be answered by that."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.opening_hours import AnswerTimes, OpeningHours, answer_times, from_json, in_zone, read_hours, to_json
from bot.basics.times import WHOLE_WEEKDAYS

ZONE = "America/Los_Angeles"
OFFICE = OpeningHours(ZONE, (((480, 1080),),) * 5 + ((), ()))
"""Monday to Friday from 8 to 18."""


def local(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, fold=fold, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)  # type: ignore[arg-type, misc]  # year, month, day, hour and minute, in this order


def after(hours: OpeningHours, since: datetime, minutes: int) -> str:
    found = hours.after(since, timedelta(minutes=minutes))
    return "never" if found is None else f"{found.astimezone(ZoneInfo(hours.zone)):%a %H:%M}"


def test_no_time_passes_outside_the_hours() -> None:
    assert after(OFFICE, local(2026, 11, 24, 10, 0), 15) == "Tue 10:15"
    assert after(OFFICE, local(2026, 11, 24, 17, 50), 15) == "Wed 08:05"
    assert after(OFFICE, local(2026, 11, 24, 6, 0), 15) == "Tue 08:15"
    assert after(OFFICE, local(2026, 11, 24, 18, 0), 15) == "Wed 08:15"
    assert after(OFFICE, local(2026, 11, 27, 17, 59), 15) == "Mon 08:14"
    assert after(OFFICE, local(2026, 11, 28, 12, 0), 600) == "Mon 18:00"


def test_a_day_with_a_break_is_two_stretches() -> None:
    hours = OpeningHours(ZONE, (((480, 720), (840, 1080)),) * 7)

    assert after(hours, local(2026, 11, 24, 11, 50), 15) == "Tue 14:05"
    assert after(hours, local(2026, 11, 24, 12, 30), 15) == "Tue 14:15"


def test_a_line_that_never_opens_has_no_time_and_one_that_never_closes_all_of_it() -> None:
    assert after(OpeningHours(ZONE, ((),) * 7), local(2026, 11, 24, 11, 50), 15) == "never"
    assert after(OpeningHours(ZONE), local(2026, 11, 28, 23, 50), 15) == "Sun 00:05"
    assert answer_times(local(2026, 11, 24, 0, 0), 15, OpeningHours(ZONE, ((),) * 7)) is None


def test_hours_are_by_the_clock_on_the_wall_through_both_changes_of_it() -> None:
    night = OpeningHours(ZONE, (((60, 240),),) * 7)  # from 1 to 4
    skipped = OpeningHours(ZONE, (((150, 240),),) * 7)  # from 2:30, which is not there in March

    assert night.after(local(2026, 3, 8, 0, 0), timedelta(hours=2)) == local(2026, 3, 8, 4, 0)
    assert night.after(local(2026, 11, 1, 0, 0), timedelta(hours=4)) == local(2026, 11, 1, 4, 0)
    assert skipped.after(local(2026, 3, 8, 0, 0), timedelta(minutes=15)) == local(2026, 3, 8, 3, 15)
    assert OFFICE.after(local(2026, 3, 6, 17, 50), timedelta(minutes=20)) == local(2026, 3, 9, 8, 10)
    assert OFFICE.after(local(2026, 10, 30, 17, 50), timedelta(minutes=20)) == local(2026, 11, 2, 8, 10)


def test_a_warning_comes_when_a_third_of_the_time_is_left() -> None:
    times = answer_times(local(2026, 11, 24, 17, 50), 15, OFFICE)

    assert times == AnswerTimes(local(2026, 11, 25, 8, 5), local(2026, 11, 24, 18, 0))
    assert times.next_change(local(2026, 11, 24, 17, 50)) == times.warn_at
    assert times.next_change(times.warn_at) == times.by
    assert times.next_change(times.by) is None


def described(**said: Any) -> dict[str, Any]:
    days = {f"{day.casefold()}_hours": ["08:00", "18:00"] for day in WHOLE_WEEKDAYS[:5]}
    return {"timezone": ZONE, "hours_on": True, **days, "saturday_hours": [], "sunday_hours": [], **said}


def test_dialpads_description_is_read() -> None:
    assert read_hours(described()) == OFFICE
    assert read_hours(described(hours_on=False)) == OpeningHours(ZONE)
    assert read_hours(described(hours_on=None)) == OFFICE  # an office has no such switch
    split = read_hours(described(monday_hours=["08:00", "12:00", "14:00", "00:00"]))
    assert split is not None and split.days is not None and split.days[0] == ((480, 720), (840, 1440))  # noqa: PT018
    assert read_hours({"id": "1", "name": "Support"}) is None
    assert read_hours({"hours_on": True}) == OpeningHours("", ((),) * 7)  # Dialpad leaves out what is empty


@pytest.mark.parametrize("odd", [None, ["08:00"], ["soon", "18:00"], ["18:00", "08:00"], [8, 18, None, "x"], "always"])
def test_what_cannot_be_read_of_a_day_is_no_time(odd: Any) -> None:
    found = read_hours(described(monday_hours=odd, tuesday_hours=["09:00", "10:00", "09:30", "11:00"]))
    assert found is not None
    assert found.days is not None
    assert found.days[1] == ((540, 660),)
    assert found.after(local(2026, 11, 24, 9, 0), timedelta(minutes=15)) == local(2026, 11, 24, 9, 15)


def test_hours_without_a_zone_are_by_the_subscriptions() -> None:
    assert in_zone(read_hours(described(timezone=None)), ZONE) == OFFICE
    assert in_zone(OFFICE, "UTC") == OFFICE
    assert in_zone(None, ZONE) is None
    assert OpeningHours("Mars/Olympus", OFFICE.days).after(local(2026, 11, 24, 0, 0), timedelta(minutes=1)) is not None


_spans = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(
    lambda found: tuple(zip(sorted(found)[::2], sorted(found)[1::2], strict=False))
)


@given(
    st.tuples(*[_spans] * 7),
    st.integers(0, 525_600),
    st.integers(1, 300),
    st.sampled_from([ZONE, "Europe/Berlin", "Australia/Lord_Howe", "UTC"]),
)
def test_as_many_open_minutes_pass_as_were_asked_for(days: Any, start: int, minutes: int, zone: str) -> None:
    hours, since = OpeningHours(zone, days), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    assert from_json(to_json(hours)) == hours
    until = hours.after(since, timedelta(minutes=minutes))
    if until is None:
        return
    clock = ZoneInfo(zone)

    def is_open(moment: datetime) -> bool:
        wall = moment.astimezone(clock)
        now = wall.hour * 60 + wall.minute
        return any(begin <= now < end for begin, end in days[wall.weekday()])

    count = int((until - since) / timedelta(minutes=1))
    passed = sum(is_open(since + timedelta(minutes=one)) for one in range(min(count, 30_000)))
    changes = {(since + timedelta(hours=one)).astimezone(clock).utcoffset() for one in range(count // 60 + 2)}
    if len(changes) == 1 and count < 30_000:  # spans that end within a repeated hour are taken as one
        assert passed == minutes
