from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arguments.period import NoPeriod, Since, parse_period
from bot.sandbox.cast import ANA
from tests.handlers.harness import World

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZONE)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "after", "before", "words"),
    [
        ("today", "25 00:00", None, "today"),
        ("yesterday", "24 00:00", "25 00:00", "yesterday"),
        ("this week", "23 00:00", None, "this week"),
        ("last week", "16 00:00", "23 00:00", "last week"),
        ("this month", "01 00:00", None, "this month"),
        ("last 7 days", "18 10:00", None, "in the last 7 days"),
        ("past 2 hours", "25 08:00", None, "in the last 2 hours"),
        ("last hour", "25 09:00", None, "in the last hour"),
        ("3 days ago", "22 10:00", None, "in the last 3 days"),
        ("2h", "25 08:00", None, "in the last 2 hours"),
        ("monday", "23 00:00", None, "since Monday"),
        ("wed", "25 00:00", None, "since Wednesday"),
        ("9:00", "25 09:00", None, "since 9:00"),
        ("17h30", "24 17:30", None, "since 17h30"),
        ("3pm", "24 15:00", None, "since 3pm"),
        ("noon", "24 12:00", None, "since noon"),
        ("tues", "24 00:00", None, "since Tuesday"),
        ("last 1h 30m", "25 08:30", None, "in the last 1h 30m"),
        ("1h30", "25 08:30", None, "in the last 1h30"),
        ("since 2026-11-20", "20 00:00", None, "since 20 November"),
    ],
)
def test_periods_as_people_write_them(text: str, after: str, before: str | None, words: str) -> None:
    period = parse_period(text, NOW, ZONE)
    assert period.after.astimezone(ZONE).strftime("%d %H:%M") == after
    assert (period.before and period.before.astimezone(ZONE).strftime("%d %H:%M")) == before
    assert period.words == words


@pytest.mark.parametrize("minute", range(0, 120, 10))
def test_a_span_leads_back_in_both_of_the_hours_that_the_clocks_show_twice(minute: int) -> None:
    now = datetime(2026, 11, 1, 8, minute % 60, tzinfo=UTC) + timedelta(hours=minute // 60)
    assert now - parse_period("last 90 minutes", now.astimezone(ZONE), ZONE).after == timedelta(minutes=90)


@pytest.mark.parametrize("text", ["9", "1-2", "evening"])
def test_what_may_mean_anything_is_no_period(text: str) -> None:
    assert not Since("When").fits(text)


@pytest.mark.parametrize("text", ["", "banana", "2026-13-45", "25:99", "²days"])
def test_what_is_no_period_is_said(text: str) -> None:
    with pytest.raises(NoPeriod, match="I don't understand the time"):
        parse_period(text, NOW, ZONE)


@pytest.mark.parametrize("text", ["last 9999 days", "2020-01-01", "900 weeks"])
def test_what_is_too_long_ago_is_said(text: str) -> None:
    with pytest.raises(NoPeriod, match="more than a year"):
        parse_period(text, NOW, ZONE)


def test_a_day_to_come_is_refused() -> None:
    with pytest.raises(NoPeriod, match="in the future"):
        parse_period("2027-01-01", NOW, ZONE)


@given(st.text(max_size=200))
def test_hostile_text_is_a_period_of_the_past_or_a_sentence(text: str) -> None:
    try:
        period = parse_period(text, NOW, ZONE)
    except NoPeriod as problem:
        assert str(problem)  # noqa: PT017  either outcome is right; which one is not known beforehand
    else:
        assert period.after <= NOW


@given(st.text())
def test_fits_answers_for_any_text(text: str) -> None:
    assert Since("When").fits(text) in {True, False}


@given(st.sampled_from(["today", "yesterday", "last 7 days", "monday", "2026-11-20", "3h"]))
def test_what_was_read_can_be_read_again(text: str) -> None:
    first = parse_period(text, NOW, ZONE)
    assert parse_period(first.raw, NOW, ZONE) == first


async def test_the_type_ahead_offers_the_usual_ones_and_what_is_typed(world: World) -> None:
    since = Since("When")
    assert (await since.suggest(world.ctx(ANA), ""))[0].text == "Today"
    assert [option.value for option in await since.suggest(world.ctx(ANA), "last 3 days")] == ["last 3 days"]
    assert await since.suggest(world.ctx(ANA), "xyzzy") == []
