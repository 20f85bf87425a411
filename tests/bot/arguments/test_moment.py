from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arguments.moment import FURTHEST, Moment, NoMoment, is_moment, parse_moment
from bot.basics.errors import FieldError
from bot.sandbox.cast import ANA
from tests.handlers.harness import World

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
"""A Monday."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", "23 10:30"),
        ("30 min", "23 10:30"),
        ("90 minutes", "23 11:30"),
        ("1h", "23 11:00"),
        ("1h30", "23 11:30"),
        ("1h 30m", "23 11:30"),
        ("1 hour and 30 minutes", "23 11:30"),
        ("1.5h", "23 11:30"),
        ("2 hours", "23 12:00"),
        ("an hour", "23 11:00"),
        ("half an hour", "23 10:30"),
        ("2d", "25 10:00"),
        ("a week", "30 10:00"),
        ("for 30m", "23 10:30"),
        ("in 30m", "23 10:30"),
        ("15:00", "23 15:00"),
        ("until 15:00", "23 15:00"),
        ("15.30", "23 15:30"),
        ("3pm", "23 15:00"),
        ("3 pm", "23 15:00"),
        ("3:30 p.m.", "23 15:30"),
        ("12pm", "23 12:00"),
        ("noon", "23 12:00"),
        ("midnight", "24 00:00"),
        ("24:00", "24 00:00"),
        ("tomorrow midnight", "25 00:00"),
        ("tomorrow morning", "24 09:00"),
        ("17h30", "23 17:30"),
        ("until 17h30", "23 17:30"),
        ("06h30", "24 06:30"),
        ("12h30", "23 22:30"),
        ("tomorrow 8h30", "24 08:30"),
        ("tomorrow 8h", "24 08:00"),
        ("3 o'clock", "24 03:00"),
        ("12am", "24 00:00"),
        ("06:30", "24 06:30"),
        ("tomorrow", "24 09:00"),
        ("tomorrow 8:15", "24 08:15"),
        ("tomorrow at 5pm", "24 17:00"),
        ("tomorrow noon", "24 12:00"),
        ("Friday", "27 09:00"),
        ("until fri 14:00", "27 14:00"),
        ("monday", "30 09:00"),
        ("next week", "30 09:00"),
        ("end of day", "23 18:00"),
        ("EOD", "23 18:00"),
        ("2026-11-25", "25 09:00"),
        ("2026-11-25 16:30", "25 16:30"),
        ("2026-11-23T23:00:00+00:00", "23 15:00"),
        ("  30M  ", "23 10:30"),
        ("9am tomorrow", "24 09:00"),
        ("noon on friday", "27 12:00"),
        ("next monday", "30 09:00"),
        ("next monday at 8", "30 08:00"),
        ("tonight at 8", "23 20:00"),
        ("in 20", "23 10:20"),
        ("until 17", "23 17:00"),
        ("until 11", "23 11:00"),
        ("100", "23 11:40"),
    ],
)
def test_moments_as_people_write_them(text: str, expected: str) -> None:
    assert parse_moment(text, NOW, ZONE).astimezone(ZONE).strftime("%d %H:%M") == expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "I don't understand the time"),
        ("banana", "I don't understand the time"),
        ("25:00", "I don't understand the time"),
        ("13pm", "I don't understand the time"),
        ("99:99", "I don't understand the time"),
        ("30", "could be for 30 minutes or for 30 hours. Type 30m or 30h"),
        ("until 9", "could be until 9:00 PM today or until 9:00 AM tomorrow"),
        ("9:30", "could be until 9:30 PM today or until 9:30 AM tomorrow. Type 21:30 or tomorrow 09:30"),
        ("6:30", "could be until 6:30 PM today or until 6:30 AM tomorrow"),
        ("09:30", "has just passed. If you mean tomorrow, type: tomorrow 09:30"),
        ("next friday", "could be Friday 27 November or Friday 4 December"),
        ("0", "is no time"),
        ("today 9:00", "has already passed"),
        ("2026-11-01", "has already passed"),
        ("0m", "has already passed"),
        ("32 days", "The limit is 31 days"),
        ("99999 weeks", "The limit is 31 days"),
        ("2027-06-01", "The limit is 31 days"),
        ("9999-12-31", "The limit is 31 days"),
        ("٣٠m", "I don't understand the time"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_type(text: str, part: str) -> None:
    with pytest.raises(NoMoment, match=part.replace("(", r"\(")):
        parse_moment(text, NOW, ZONE)


def test_after_six_the_end_of_day_is_midnight() -> None:
    assert parse_moment("end of day", NOW.replace(hour=20), ZONE).astimezone(ZONE).hour == 0


def test_an_hour_stays_an_hour_when_the_clocks_go_back() -> None:
    before = datetime(2026, 11, 1, 0, 30, tzinfo=ZONE)
    assert parse_moment("2h", before, ZONE) - before.astimezone(UTC) == timedelta(hours=2)


SUMMER_TIME_ENDS = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
"""One o'clock in Los Angeles, for the first time that night."""


@pytest.mark.parametrize("minute", range(0, 120, 10))
@pytest.mark.parametrize("span", [1, 20, 30, 60, 90])
def test_a_span_leads_ahead_in_both_of_the_hours_that_the_clocks_show_twice(minute: int, span: int) -> None:
    now = SUMMER_TIME_ENDS + timedelta(minutes=minute)
    for written in (now, now.astimezone(ZONE)):
        assert parse_moment(f"for {span}m", written, ZONE) - now == timedelta(minutes=span)


@pytest.mark.parametrize(
    ("minute", "text", "later"),
    [
        (10, "1:30", 20),
        (40, "1:30", 50),
        (70, "1:30", 20),
        (10, "2:00", 110),
        (70, "2:00", 50),
        (40, "today 1:30", 50),
    ],
)
def test_a_time_that_the_clocks_show_twice_is_the_next_one(minute: int, text: str, later: int) -> None:
    now = SUMMER_TIME_ENDS + timedelta(minutes=minute)
    assert parse_moment(text, now.astimezone(ZONE), ZONE) - now == timedelta(minutes=later)


def test_in_the_second_of_two_hours_a_time_of_both_has_passed() -> None:
    now = (SUMMER_TIME_ENDS + timedelta(minutes=100)).astimezone(ZONE)
    with pytest.raises(NoMoment, match="until 1:30 PM today or until 1:30 AM tomorrow"):
        parse_moment("1:30", now, ZONE)


def test_a_time_the_clocks_jump_over_is_moved_on() -> None:
    before = datetime(2026, 3, 7, 20, 0, tzinfo=ZONE)
    assert parse_moment("tomorrow 2:30", before, ZONE).astimezone(ZONE).strftime("%H:%M") == "03:30"


@given(st.text(max_size=200))
def test_hostile_text_is_a_moment_to_come_or_a_sentence(text: str) -> None:
    try:
        moment = parse_moment(text, NOW, ZONE)
    except NoMoment as problem:
        assert str(problem)  # noqa: PT017  either outcome is right; which one is not known beforehand
    else:
        assert timedelta(0) < moment - NOW <= FURTHEST


PIECES = st.lists(
    st.sampled_from(["for", "until", "9", ":", "30", "h", "m", " ", "pm", "tomorrow", "2026-", "1e9", "²"])
)


@given(PIECES.map("".join))
def test_nearly_right_text_is_a_moment_to_come_or_a_sentence(text: str) -> None:
    try:
        moment = parse_moment(text, NOW, ZONE)
    except NoMoment as problem:
        assert str(problem)  # noqa: PT017  as above
    else:
        assert timedelta(0) < moment - NOW <= FURTHEST


@given(st.text())
def test_fits_answers_for_any_text(text: str) -> None:
    assert Moment("Until").fits(text) in {True, False}
    assert is_moment(text) in {True, False}


@pytest.mark.parametrize("text", ["I am back", "lunch", "now", "the weekend"])
def test_words_that_are_no_moment_do_not_fit(text: str) -> None:
    assert not Moment("Until").fits(text)


async def test_the_type_ahead_says_what_the_typed_text_means(world: World) -> None:
    options = await Moment("Until").suggest(world.ctx(ANA), "15:30")
    assert [(option.text, option.value) for option in options] == [("Until 3:30 PM (in 5 h 30 min)", "15:30")]


async def test_an_empty_type_ahead_offers_the_usual_spans(world: World) -> None:
    options = await Moment("Until").suggest(world.ctx(ANA), "")
    assert [option.text for option in options][:2] == ["Until 10:30 AM (in 30 min)", "Until 11:00 AM (in 1 h)"]
    assert options[-1].text == "Until tomorrow 9:00 AM (in 23 h)"


async def test_what_is_picked_is_read_by_the_same_rule(world: World) -> None:
    for option in await Moment("Until").suggest(world.ctx(ANA), ""):
        assert await Moment("Until").parse(world.ctx(ANA), "until", option.value) > world.clock()


async def test_a_type_ahead_of_nonsense_is_empty(world: World) -> None:
    assert await Moment("Until").suggest(world.ctx(ANA), "xyzzy" * 50) == []


async def test_a_filled_in_value_is_shown_by_its_meaning(world: World) -> None:
    assert (await Moment("Until").describe(world.ctx(ANA), "30m")).text == "Until 10:30 AM (in 30 min)"


async def test_a_wrong_one_is_told_at_its_field(world: World) -> None:
    with pytest.raises(FieldError) as caught:
        await Moment("Until").parse(world.ctx(ANA), "until", "banana")
    assert caught.value.field == "until"
