from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arguments.days import DaySpan, NoDays, parse_days

TODAY = date(2026, 11, 29)
"""A Sunday."""


@pytest.mark.parametrize(
    ("text", "first", "last", "words", "before"),
    [
        ("today", "11-29", "11-29", "today", "11-28..11-28"),
        ("Yesterday", "11-28", "11-28", "yesterday", "11-27..11-27"),
        ("this week", "11-23", "11-29", "this week", "11-16..11-22"),
        ("last week", "11-16", "11-22", "last week", "11-09..11-15"),
        ("last 7 days", "11-22", "11-28", "last 7 days", "11-15..11-21"),
        ("past 2 weeks", "11-15", "11-28", "last 2 weeks", "11-01..11-14"),
        ("last month", "10-01", "10-31", "last month", "09-01..09-30"),
        ("this month", "11-01", "11-29", "this month", "10-01..10-29"),
        ("monday", "11-23", "11-23", "on Monday", "11-22..11-22"),
        ("since monday", "11-23", "11-29", "since Monday", "11-16..11-22"),
        ("october", "10-01", "10-31", "in October", "09-01..09-30"),
        ("in feb", "02-01", "02-28", "in February", "01-01..01-31"),
        ("1–15 Nov", "11-01", "11-15", "1 to 15 November", "10-01..10-15"),
        ("1-15 nov", "11-01", "11-15", "1 to 15 November", "10-01..10-15"),
        ("Nov 1-15", "11-01", "11-15", "1 to 15 November", "10-01..10-15"),
        ("28 oct to 3 nov", "10-28", "11-03", "28 October to 3 November", "10-21..10-27"),
        ("from 3rd nov until today", "11-03", "11-29", "3 to 29 November", "10-07..11-02"),
        ("2026-11-01 to 2026-11-15", "11-01", "11-15", "1 to 15 November", "10-01..10-15"),
        ("2026-11-03", "11-03", "11-03", "Tuesday 3 November", "11-02..11-02"),
        ("march 3rd", "03-03", "03-03", "Tuesday 3 March", "03-02..03-02"),
    ],
)
def test_days_as_people_write_them(text: str, first: str, last: str, words: str, before: str) -> None:
    span = parse_days(text, TODAY)
    assert (f"{span.first:%m-%d}", f"{span.last:%m-%d}", span.words) == (first, last, words)
    earlier = span.before()
    assert f"{earlier.first:%m-%d}..{earlier.last:%m-%d}" == before


def test_a_month_that_is_still_to_come_is_last_years() -> None:
    assert parse_days("december", TODAY).first == date(2025, 12, 1)
    assert parse_days("20 dec - 5 jan", TODAY) == DaySpan(
        date(2025, 12, 20), date(2026, 1, 5), "20 December 2025 to 5 January"
    )


@pytest.mark.parametrize("text", ["soon", "31 feb", "15-1 nov", "", "1 – 2 – 3 nov", "last 0 days", "x" * 80])
def test_what_is_no_days_says_what_to_type(text: str) -> None:
    with pytest.raises(NoDays, match="1–15 Nov") as refused:
        parse_days(text, TODAY)
    assert not refused.value.meant


@pytest.mark.parametrize("text", ["2027-01-01", "last 400 days", "1 november 2025"])
def test_days_out_of_reach_are_refused_as_days(text: str) -> None:
    with pytest.raises(NoDays) as refused:
        parse_days(text, TODAY)
    assert refused.value.meant


@given(st.integers(0, 366), st.integers(0, 366), st.integers(0, 1500))
def test_what_is_carried_is_read_as_the_same_days(back: int, length: int, later: int) -> None:
    first = TODAY - timedelta(days=back)
    last = min(TODAY, first + timedelta(days=length))
    for text in (f"{first}..{last}", f"{first.day} {first:%b} {first.year}"):
        span = parse_days(text, TODAY)
        assert parse_days(span.raw, TODAY) == span
    span = parse_days(f"{first}..{last}", TODAY)
    assert (span.first, span.last) == (first, last)
    assert span.before().last == first - timedelta(days=1) or span.before().last < first


def test_today_that_was_carried_past_midnight_is_its_date() -> None:
    carried = parse_days("today", TODAY).raw
    assert carried == "2026-11-29..2026-11-29 today"
    assert parse_days(carried, TODAY).words == "today"
    assert parse_days(carried, TODAY + timedelta(days=1)).words == "Sunday 29 November"
