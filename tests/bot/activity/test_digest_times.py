from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.activity.digest_times import CLOCKS, DigestPeriod, due_periods, next_due, one_before, period_so_far
from bot.activity.news import News, NewsKind
from bot.activity.subscriptions.subscription import Subscription, wants
from bot.activity.subscriptions.words import in_words
from bot.basics.person import PersonKey

PACIFIC = ZoneInfo("America/Los_Angeles")
DAILY = Subscription("w1", PersonKey("T1", "U1"), "C1", kinds=frozenset({NewsKind.DAILY}), zone="America/Los_Angeles")
WEEKLY = replace(DAILY, kinds=frozenset({NewsKind.WEEKLY}))
BOTH = replace(DAILY, kinds=frozenset({NewsKind.DAILY, NewsKind.WEEKLY, NewsKind.MISSED}))

zones = st.sampled_from(
    [
        "UTC",
        "America/Los_Angeles",
        "Europe/Berlin",
        "Africa/Cairo",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Nowhere/x",
    ]
)
subscriptions = st.builds(
    lambda kinds, at, day, zone: replace(DAILY, kinds=kinds, digest_at=at, digest_day=day, zone=zone),
    st.frozensets(st.sampled_from([NewsKind.DAILY, NewsKind.WEEKLY]), min_size=1),
    st.integers(0, 1439),
    st.integers(0, 6),
    zones,
)
moments = st.integers(0, 70 * 365 * 86_400).map(lambda second: datetime.fromtimestamp(second, UTC))
UNHURRIED = settings(deadline=None)  # the first look at a zone reads a file


def local(day: int, hour: int = 0, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PACIFIC).astimezone(UTC)


def test_a_daily_digest_comes_at_its_time_and_is_about_the_day_before() -> None:
    assert next_due(DAILY, local(23, 7)) == local(23, 8)
    assert next_due(DAILY, local(23, 8)) == local(24, 8)
    assert due_periods(DAILY, local(23, 8), local(23, 8, 1)) == [DigestPeriod(NewsKind.DAILY, local(22), local(23))]


def test_a_weekly_digest_comes_on_monday_and_is_about_the_week_before() -> None:
    assert next_due(WEEKLY, local(18, 12)) == local(23, 8)
    assert due_periods(WEEKLY, local(23, 8), local(23, 8)) == [DigestPeriod(NewsKind.WEEKLY, local(16), local(23))]


def test_a_weekly_digest_may_come_on_another_day_and_is_about_the_seven_days_before() -> None:
    on_fridays = replace(WEEKLY, digest_day=4)
    assert next_due(on_fridays, local(18, 12)) == local(20, 8)
    assert due_periods(on_fridays, local(20, 8), local(20, 8)) == [DigestPeriod(NewsKind.WEEKLY, local(13), local(20))]


def test_both_come_when_both_are_due() -> None:
    assert [one.kind for one in due_periods(BOTH, local(23, 8), local(23, 8))] == [NewsKind.DAILY, NewsKind.WEEKLY]
    assert [one.kind for one in due_periods(BOTH, local(24, 8), local(24, 8))] == [NewsKind.DAILY]


@pytest.mark.parametrize(("hours", "count"), [(11.9, 1), (12, 0)])
def test_a_daily_digest_is_left_out_when_it_is_half_a_day_late(hours: float, count: int) -> None:
    assert len(due_periods(DAILY, local(23, 8), local(23, 8) + timedelta(hours=hours))) == count


@pytest.mark.parametrize(("hours", "count"), [(47.9, 1), (48, 0)])
def test_a_weekly_digest_is_left_out_when_it_is_two_days_late(hours: float, count: int) -> None:
    assert len(due_periods(WEEKLY, local(23, 8), local(23, 8) + timedelta(hours=hours))) == count


def test_of_days_that_were_slept_through_only_the_last_is_told() -> None:
    assert due_periods(DAILY, local(20, 8), local(23, 9)) == [DigestPeriod(NewsKind.DAILY, local(22), local(23))]


def test_what_is_done_is_not_due_again() -> None:
    assert due_periods(DAILY, local(24, 8), local(23, 9)) == []


@pytest.mark.parametrize(
    "subscription", [replace(DAILY, paused=True), replace(DAILY, kinds=frozenset({NewsKind.MISSED}))]
)
def test_without_a_digest_nothing_is_due(subscription: Subscription) -> None:
    assert next_due(subscription, local(23)) is None


@pytest.mark.parametrize(("day", "month", "hours"), [(8, 3, 23), (1, 11, 25), (2, 11, 24)])
def test_a_day_is_as_long_as_the_clock_makes_it(day: int, month: int, hours: int) -> None:
    after = local(day, 8, month=month) + timedelta(days=1)
    (period,) = due_periods(DAILY, after - timedelta(hours=2), after)

    assert period.days(PACIFIC) == (date(2026, month, day), date(2026, month, day))
    assert period.end - period.begin == timedelta(hours=hours)


def test_a_time_that_the_clock_skips_is_still_due_once_that_day() -> None:
    skipped = replace(DAILY, digest_at=150)  # 02:30 on 8 March does not exist

    due = next_due(skipped, local(8, 0, month=3))
    assert due == local(8, 3, 30, month=3)
    assert next_due(skipped, due) == local(9, 2, 30, month=3)


def test_what_is_told_so_far_ends_now() -> None:
    now = local(25, 15)

    assert period_so_far(DAILY, NewsKind.DAILY, now) == DigestPeriod(NewsKind.DAILY, local(25), now, so_far=True)
    assert period_so_far(DAILY, NewsKind.WEEKLY, now) == DigestPeriod(NewsKind.WEEKLY, local(23), now, so_far=True)


@UNHURRIED
@given(subscriptions, moments)
def test_every_digest_is_about_whole_days_that_are_over(subscription: Subscription, now: datetime) -> None:
    due = next_due(subscription, now)
    assert due is not None
    assert now < due <= now + timedelta(days=8)
    for period in due_periods(subscription, due, due):
        begin, end = period.begin.astimezone(subscription.clock), period.end.astimezone(subscription.clock)
        assert end.date() - begin.date() == timedelta(days=CLOCKS[period.kind].days)
        assert period.end <= due


@UNHURRIED
@given(subscriptions, moments)
def test_one_period_follows_the_other_without_a_hole(subscription: Subscription, now: datetime) -> None:
    for period in due_periods(subscription, now - timedelta(days=8), now):
        before = one_before(period, subscription.clock)

        assert before.end == period.begin
        assert before.begin < before.end


@UNHURRIED
@given(subscriptions, moments, st.floats(0, 30))
def test_what_is_due_is_never_too_late(subscription: Subscription, now: datetime, days: float) -> None:
    for period in due_periods(subscription, now - timedelta(days=days), now):
        assert now - period.end < CLOCKS[period.kind].latest + timedelta(days=1, hours=1)


@given(
    st.frozensets(
        st.sampled_from([kind for kind in NewsKind if kind not in {NewsKind.DAILY, NewsKind.WEEKLY}]), min_size=1
    )
)
def test_no_event_is_a_digest(kinds: frozenset[NewsKind]) -> None:
    assert not wants(replace(BOTH, kinds=frozenset({NewsKind.DAILY, NewsKind.WEEKLY})), News(kinds, local(23)))


def test_a_digest_says_when_it_comes() -> None:
    assert in_words(replace(BOTH, digest_at=17 * 60)) == (
        "missed calls, a daily digest at 5:00 PM and a weekly digest on Monday at 5:00 PM on every line, "
        "in Los Angeles time"
    )
