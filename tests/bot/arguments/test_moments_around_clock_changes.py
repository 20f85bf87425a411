"""Moments by the asker's clock, on days when the clocks of their zone are changed, and on all others."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.arguments.moment import NoMoment, parse_moment
from bot.basics.times import elapsed, read_clock

ZONES = (
    "America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu",
    "Africa/Casablanca", "Pacific/Chatham", "UTC",
)  # fmt: skip
SPANS = {
    "30m": 30, "for 45 minutes": 45, "in 20": 20, "1h": 60, "1h30": 90, "an hour and a half": 90,
    "half an hour": 30, "a couple of hours": 120, "2 hours and 15 minutes": 135, "3 days": 3 * 24 * 60,
}  # fmt: skip
CLOCKS = ("until 17h30", "15:00", "3pm", "half past 5 pm", "quarter to 6 pm", "noon", "at 09:30", "2:30 am", "1730")
CHANGES = (
    datetime(2026, 3, 8, 10, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, tzinfo=UTC),
)  # fmt: skip
"""Around which the clocks of some of these zones are changed, forward and back."""


def moments(seed: int) -> list[datetime]:
    """Moments within two days of a change, to the second, and some of all year."""
    random_ = random.Random(seed)  # noqa: S311  the same moments every time
    near = [change + timedelta(seconds=random_.randrange(-172_800, 172_800)) for change in CHANGES for _ in range(12)]
    return [
        *near,
        *(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=random_.randrange(525_600)) for _ in range(20)),
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_a_span_is_as_long_as_it_says(zone: str) -> None:
    where = ZoneInfo(zone)
    for now in moments(1):
        for typed, minutes in SPANS.items():
            found = parse_moment(typed, now, where)
            assert elapsed(now, found) == timedelta(minutes=minutes), (typed, now, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_a_time_of_day_is_what_the_clock_on_the_wall_will_show(zone: str) -> None:
    where = ZoneInfo(zone)
    for now in moments(2):
        for typed in CLOCKS:
            try:
                found = parse_moment(typed, now, where)
            except NoMoment:
                continue  # it has just passed, or can be two moments: asked, not guessed
            assert timedelta(0) < elapsed(now, found) <= timedelta(hours=25), (typed, now, zone)
            said = typed.removeprefix("until ").removeprefix("at ")
            minutes = 17 * 60 + 30 if said in {"1730", "17h30"} else read_clock(said)
            local = found.astimezone(where)
            skipped = local.hour * 60 + local.minute - (minutes or 0)
            assert skipped in {0, 30, 60}, (typed, now, zone, local)  # moved on where the clocks jump over it


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_the_one_of_the_askers_calendar(zone: str) -> None:
    where = ZoneInfo(zone)
    for now in moments(3):
        today = now.astimezone(where).date()
        for typed, days in {"tomorrow": 1, "9am tomorrow": 1, "day after tomorrow at noon": 2, "tmrw": 1}.items():
            assert parse_moment(typed, now, where).astimezone(where).date() == today + timedelta(days=days)
        monday = parse_moment("next monday", now, where).astimezone(where).date() if today.weekday() == 6 else None
        assert monday is None or monday == today + timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
def test_each_choice_that_is_offered_means_what_it_says(zone: str) -> None:
    where = ZoneInfo(zone)
    for now in moments(4):
        for typed in ("until 5", "30", "5", "half past 8", "9:00", "until 12"):
            try:
                parse_moment(typed, now, where)
            except NoMoment as problem:
                for meant in problem.meant:
                    found = parse_moment(meant.value, now, where)
                    assert elapsed(now, found) > timedelta(0), (typed, meant, now, zone)
