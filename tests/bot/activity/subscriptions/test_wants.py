from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity.call_registers import fold, read_call
from bot.activity.calls import view_call
from bot.activity.news import News, NewsKind, happening_of
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filter import Filter
from bot.activity.subscriptions.filters import (
    CountryFilter,
    HoursFilter,
    InternalFilter,
    LabelFilter,
    LineHoursFilter,
    LongerFilter,
    NumberFilter,
    PlaceFilter,
    QueueFilter,
    QuietHoursFilter,
    arranged,
)
from bot.activity.subscriptions.stored import from_json, to_json
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription, quiet_until, switched, wants
from bot.activity.subscriptions.words import in_words
from bot.basics.person import PersonKey
from tests.bot.activity.payloads import ANA, at, call

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
"""Noon at Northlight."""
SUBSCRIPTION = Subscription("w1", PersonKey("T1", "U1"), "C1", zone="America/Los_Angeles")
MISSED = News(
    frozenset({NewsKind.MISSED, NewsKind.ENDED}),
    NOON,
    frozenset({"callcenter:11", "user:101"}),
    "+14155550150",
    seconds=20.0,
)

spans = st.builds(DailyHours, st.integers(0, 1439), st.integers(0, 1439), st.just(()))
days = st.lists(st.integers(0, 6), unique=True).map(sorted).map(tuple)
one_filter = (
    st.sampled_from(["callcenter:11", "office:1", "user:101"]).map(lambda place: PlaceFilter(place, f"The {place}"))
    | st.builds(NumberFilter, st.sampled_from(["+1", "+1415", "+49"]))
    | st.builds(LabelFilter, st.sampled_from(["spam", "vip"]))
    | st.builds(InternalFilter, st.booleans())
    | st.builds(LongerFilter, st.integers(0, 100))
    | st.builds(LineHoursFilter, st.sampled_from(["open", "closed"]))
    | st.builds(HoursFilter, st.builds(DailyHours, st.integers(0, 1439), st.integers(0, 1439), days))
    | st.builds(QuietHoursFilter, spans)
    | st.builds(QueueFilter, st.integers(0, 9))
)
filters = st.lists(one_filter, max_size=6).map(arranged)
subscriptions = st.builds(
    Subscription,
    st.just("w"),
    st.just(PersonKey("T", "U")),
    st.just("C"),
    st.frozensets(st.sampled_from(NewsKind)),
    filters,
    filters,
    st.sampled_from(["UTC", "America/Los_Angeles", "Nowhere/At all", "../x"]),
    st.builds(EscalationPolicy, st.integers(0, 60), st.integers(0, 60), st.booleans(), st.text(max_size=3)),
    st.booleans(),
    keep=st.sampled_from(["", "S0ONCALL1"]),
    topic=st.booleans(),
)
moments = st.integers(0, 200 * 365 * 86_400).map(lambda second: datetime.fromtimestamp(second, UTC))
happenings = st.builds(
    News,
    st.frozensets(st.sampled_from(NewsKind)),
    moments,
    st.frozensets(st.sampled_from(["callcenter:11", "office:1", "user:101"])),
    st.sampled_from(["", "+14155550150", "+4930123456"]),
    st.frozensets(st.sampled_from(["spam", "vip"])),
    st.booleans(),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.integers(0, 99),
    st.sampled_from([None, True, False]),
)


@given(subscriptions, happenings, moments)
def test_there_is_always_an_answer(subscription: Subscription, happening: News, now: datetime) -> None:
    assert wants(subscription, happening) in {True, False}
    assert (quiet_until(subscription, now) or now) >= now


@given(subscriptions, happenings)
def test_a_paused_subscription_wants_nothing(subscription: Subscription, happening: News) -> None:
    assert not wants(replace(subscription, paused=True), happening)


@given(subscriptions, happenings, filters)
def test_leaving_more_out_never_adds_anything(
    subscription: Subscription, happening: News, excluded: tuple[Filter, ...]
) -> None:
    if not wants(replace(subscription, excluded=()), happening):
        assert not wants(replace(subscription, excluded=excluded), happening)


@given(subscriptions)
def test_a_subscription_survives_being_stored(subscription: Subscription) -> None:
    assert (
        from_json(
            subscription.id, subscription.owner, subscription.channel, to_json(subscription), paused=subscription.paused
        )
        == subscription
    )


@given(subscriptions)
def test_every_filter_can_be_said(subscription: Subscription) -> None:
    assert in_words(subscription)


def test_the_default_is_quiet() -> None:
    assert SUBSCRIPTION.kinds == {NewsKind.MISSED, NewsKind.VOICEMAIL, NewsKind.SMS}
    assert wants(SUBSCRIPTION, MISSED)
    assert not wants(
        SUBSCRIPTION, replace(MISSED, kinds=frozenset({NewsKind.RINGING, NewsKind.ANSWERED, NewsKind.ENDED}))
    )


@pytest.mark.parametrize(
    ("included", "wanted"),
    [
        ((PlaceFilter("callcenter:11", "Support"),), True),
        ((PlaceFilter("callcenter:12", "Sales"),), False),
        ((PlaceFilter("callcenter:12", "Sales"), PlaceFilter("user:101", "Ana")), True),
        ((NumberFilter("+1415"),), True),
        ((NumberFilter("+1510"),), False),
        ((LabelFilter("vip"),), False),
        ((InternalFilter(False),), True),
        ((InternalFilter(True),), False),
    ],
)
def test_only_lets_through_what_fits_every_kind_of_filter(included: tuple[Filter, ...], wanted: bool) -> None:
    assert wants(replace(SUBSCRIPTION, included=included), MISSED) is wanted


@pytest.mark.parametrize(
    ("excluded", "wanted"),
    [
        ((PlaceFilter("user:101", "Ana"),), False),
        ((PlaceFilter("callcenter:12", "Sales"),), True),
        ((NumberFilter("+1415"),), False),
        ((LabelFilter("spam"),), True),
        ((InternalFilter(False),), False),
        ((InternalFilter(True),), True),
    ],
)
def test_except_takes_out_what_fits_any_filter(excluded: tuple[Filter, ...], wanted: bool) -> None:
    assert wants(replace(SUBSCRIPTION, excluded=excluded), MISSED) is wanted


def test_labels_are_compared_as_the_call_carries_them() -> None:
    spam = replace(MISSED, labels=frozenset({"spam"}))

    assert not wants(replace(SUBSCRIPTION, excluded=(LabelFilter("spam"),)), spam)
    assert wants(replace(SUBSCRIPTION, included=(LabelFilter("spam"),)), spam)


@pytest.mark.parametrize(("seconds", "wanted"), [(19.9, False), (20.0, True), (None, True)])
def test_a_length_counts_once_it_is_known(seconds: float | None, wanted: bool) -> None:
    assert wants(replace(SUBSCRIPTION, included=(LongerFilter(20),)), replace(MISSED, seconds=seconds)) is wanted


@pytest.mark.parametrize(
    ("hour", "hours", "wanted"),
    [
        (8, DailyHours(480, 1080), True),
        (7, DailyHours(480, 1080), False),
        (18, DailyHours(480, 1080), False),
        (23, DailyHours(1320, 420), True),
        (3, DailyHours(1320, 420), True),
        (12, DailyHours(1320, 420), False),
    ],
)
def test_hours_are_those_of_the_subscriptions_zone(hour: int, hours: DailyHours, wanted: bool) -> None:
    moment = local(2026, 11, 23, hour, 0).astimezone(UTC)

    assert wants(replace(SUBSCRIPTION, included=(HoursFilter(hours),)), replace(MISSED, at=moment)) is wanted


def test_what_comes_in_quiet_hours_is_wanted_all_the_same() -> None:
    assert wants(replace(SUBSCRIPTION, included=(QuietHoursFilter(DailyHours(0, 1439)),)), MISSED)


def local(*moment: int, fold: int = 0, zone: str = "America/Los_Angeles") -> datetime:
    year, month, day, hour, minute = moment
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone), fold=fold)


@pytest.mark.parametrize(
    ("now", "quiet", "until"),
    [
        (local(2026, 11, 23, 21, 59), DailyHours(1320, 420), None),
        (local(2026, 11, 23, 22, 0), DailyHours(1320, 420), local(2026, 11, 24, 7, 0)),
        (local(2026, 11, 24, 3, 0), DailyHours(1320, 420), local(2026, 11, 24, 7, 0)),
        (local(2026, 11, 24, 7, 0), DailyHours(1320, 420), None),
        (local(2026, 11, 24, 12, 30), DailyHours(720, 780), local(2026, 11, 24, 13, 0)),
        (local(2026, 11, 24, 23, 0), DailyHours(1320, 0), local(2026, 11, 25, 0, 0)),
    ],
)
def test_quiet_hours_end_by_the_clock_of_the_subscription(
    now: datetime, quiet: DailyHours, until: datetime | None
) -> None:
    assert quiet_until(replace(SUBSCRIPTION, included=(QuietHoursFilter(quiet),)), now.astimezone(UTC)) == (
        until and until.astimezone(UTC)
    )


def test_a_night_in_which_the_clocks_change_is_an_hour_longer_or_shorter() -> None:
    quiet = replace(SUBSCRIPTION, included=(QuietHoursFilter(DailyHours(1320, 420)),))

    for evening, hours in ((local(2026, 10, 31, 22, 0), 10), (local(2026, 3, 7, 22, 0), 8)):
        assert quiet_until(quiet, evening.astimezone(UTC)) == evening.astimezone(UTC) + timedelta(hours=hours)


def test_quiet_hours_that_end_when_the_clocks_skip_end_with_the_skip() -> None:
    quiet = replace(SUBSCRIPTION, included=(QuietHoursFilter(DailyHours(1320, 150)),))

    assert quiet_until(quiet, local(2026, 3, 8, 1, 0).astimezone(UTC)) == local(2026, 3, 8, 3, 0).astimezone(UTC)


def test_quiet_hours_in_an_hour_that_comes_twice_end_after_it() -> None:
    quiet = replace(SUBSCRIPTION, included=(QuietHoursFilter(DailyHours(0, 90)),))
    second = local(2026, 11, 1, 1, 15, fold=1)

    assert quiet_until(quiet, second.astimezone(UTC)) == second.astimezone(UTC) + timedelta(minutes=15)


@given(
    spans.filter(lambda span: span.begin != span.end),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis adds the zone
    st.sampled_from(["UTC", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata", "Europe/Berlin"]),
)
def test_quiet_hours_hold_until_they_end(quiet: DailyHours, now: datetime, zone: str) -> None:
    subscription = replace(SUBSCRIPTION, included=(QuietHoursFilter(quiet),), zone=zone)
    until = quiet_until(subscription, now)

    assert (until is not None) == quiet.holds(now.astimezone(ZoneInfo(zone)))
    if until is not None:
        assert now < until <= now + timedelta(days=1, hours=1)
        assert quiet_until(subscription, until) is None
        assert quiet_until(subscription, until - timedelta(minutes=1)) == until


@pytest.mark.parametrize(
    ("status", "line_hours", "wanted"),
    [
        ("open", "open", True),
        ("Open", "open", True),
        ("closed", "open", False),
        ("holiday", "open", False),
        ("open", "closed", False),
        ("after_hours", "closed", True),
        ("open", None, True),
        ("closed", None, True),
        (None, "open", True),
        (None, "closed", True),
        ("", "open", True),
        ({"status": "open"}, "closed", True),
    ],
)
def test_the_lines_own_hours_are_as_dialpad_tells(
    status: Any, line_hours: Literal["open", "closed"] | None, wanted: bool
) -> None:
    event = call(1, "hangup", 20, date_rang=at(1), date_ended=at(20), target_availability_status=status)
    happening = happening_of(view_call(read_call(event)))

    included = (LineHoursFilter(line_hours),) if line_hours else ()
    assert wants(replace(SUBSCRIPTION, included=included), happening) is wanted


def test_a_call_of_a_closed_line_stays_one_when_it_rings_at_somebody() -> None:
    entry = call(1, "hangup", 20, date_rang=at(1), date_ended=at(20), target_availability_status="closed")
    leg = call(2, "missed", 20, date_ended=at(20), target=ANA, entry_point_call_id=1, target_availability_status="open")

    assert view_call(fold(read_call(leg), entry)).line_open is False


@pytest.mark.parametrize(
    ("day", "hour", "wanted"),
    [(22, 23, True), (23, 3, True), (27, 23, True), (28, 3, True), (28, 23, False), (22, 3, False), (25, 12, False)],
)
def test_a_night_belongs_to_the_weekday_on_which_it_began(day: int, hour: int, wanted: bool) -> None:
    nights = DailyHours(1320, 420, (6, 0, 1, 2, 3, 4))  # 22 November 2026 is a Sunday
    moment = local(2026, 11, day, hour, 0).astimezone(UTC)

    assert wants(replace(SUBSCRIPTION, included=(HoursFilter(nights),)), replace(MISSED, at=moment)) is wanted


def test_turning_the_last_event_off_pauses_and_the_next_on_resumes() -> None:
    one = replace(SUBSCRIPTION, kinds=frozenset({NewsKind.SMS}))

    off = switched(one, NewsKind.SMS, on=False)
    assert (off.kinds, off.paused) == (frozenset(), True)
    assert switched(off, NewsKind.RECAP, on=True) == replace(one, kinds=frozenset({NewsKind.RECAP}))


def test_a_switch_leaves_a_pause_alone() -> None:
    assert switched(replace(SUBSCRIPTION, paused=True), NewsKind.RECAP, on=True).paused
    assert switched(replace(SUBSCRIPTION, paused=True), NewsKind.SMS, on=False).paused


@pytest.mark.parametrize(("waiting", "wanted"), [(3, False), (4, True), (None, False)])
def test_a_queue_is_news_when_more_wait_than_allowed(waiting: int | None, wanted: bool) -> None:
    queue = News(frozenset({NewsKind.QUEUE}), NOON, waiting=waiting)

    assert wants(replace(SUBSCRIPTION, kinds=frozenset({NewsKind.QUEUE}), included=(QueueFilter(3),)), queue) is wanted


def test_a_changed_setting_belongs_to_no_line() -> None:
    subscription = replace(
        SUBSCRIPTION, kinds=frozenset({NewsKind.SETTING}), included=(PlaceFilter("callcenter:11", "Support"),)
    )

    assert wants(subscription, News(frozenset({NewsKind.SETTING}), NOON))


def test_the_effective_filter_is_one_sentence() -> None:
    subscription = replace(
        SUBSCRIPTION,
        included=(PlaceFilter("callcenter:11", "Support"), LongerFilter(10), QuietHoursFilter(DailyHours(1320, 420))),
        excluded=(LabelFilter("spam"),),
    )

    assert in_words(subscription) == (
        "missed calls, voicemails and texts for Support, except label spam, of 10 s or more, "
        "quiet from 10:00 PM to 7:00 AM, in Los Angeles time"
    )


def test_alternatives_are_said_apart_from_what_has_to_match_too() -> None:
    included = (LabelFilter("vip"), LabelFilter("gold"), InternalFilter(False))

    assert in_words(replace(SUBSCRIPTION, included=included)).endswith(
        "on every line, only label vip or label gold, only calls from outside"
    )


@pytest.mark.parametrize(
    ("included", "said"),
    [
        ([LineHoursFilter("open")], "while the line is open"),
        ([LineHoursFilter("closed")], "while the line is closed"),
        (
            [HoursFilter(DailyHours(480, 1080, (0, 4)))],
            "on Mon and Fri between 8:00 AM and 6:00 PM, in Los Angeles time",
        ),
        ([HoursFilter(DailyHours(0, 1440, (5, 6)))], "on Sat and Sun, in Los Angeles time"),
        (
            [LineHoursFilter("open"), HoursFilter(DailyHours(480, 1080))],
            "while the line is open, between 8:00 AM and 6:00 PM, in Los Angeles time",
        ),
    ],
)
def test_hours_are_said_and_in_a_channel_whose_they_are(included: list[Filter], said: str) -> None:
    assert in_words(replace(SUBSCRIPTION, included=tuple(included))).endswith(f"on every line, {said}")


@pytest.mark.parametrize("channel", [SUBSCRIPTION.channel, "U1"])
def test_the_time_of_a_digest_is_told_with_its_zone(channel: str) -> None:
    daily = replace(SUBSCRIPTION, kinds=frozenset({NewsKind.DAILY}), channel=channel)

    assert in_words(daily) == "a daily digest at 8:00 AM on every line, in Los Angeles time"


def test_what_is_not_known_is_neither_left_out_nor_excluded() -> None:
    unknown = replace(MISSED, line_open=None)

    assert wants(replace(SUBSCRIPTION, included=(LineHoursFilter("open"),)), unknown)
    assert wants(replace(SUBSCRIPTION, excluded=(LineHoursFilter("open"),)), unknown)
    assert not wants(replace(SUBSCRIPTION, excluded=(LineHoursFilter("open"),)), replace(MISSED, line_open=True))


def test_hours_can_be_taken_out() -> None:
    lunch = replace(SUBSCRIPTION, excluded=(HoursFilter(DailyHours(720, 780)),))

    assert not wants(lunch, MISSED)
    assert wants(lunch, replace(MISSED, at=NOON + timedelta(hours=1)))


@pytest.mark.parametrize(
    ("number", "country"),
    [("+14155550150", "US"), ("+16135550150", "CA"), ("+18765550150", "JM"), ("+4930123456", "DE"), ("", "")],
)
def test_a_number_is_from_one_country(number: str, country: str) -> None:
    news = replace(MISSED, number=number)

    for code in ("US", "CA", "JM", "DE"):
        assert wants(replace(SUBSCRIPTION, included=(CountryFilter(code),)), news) is (code == country)
        assert wants(replace(SUBSCRIPTION, excluded=(CountryFilter(code),)), news) is (code != country)


def test_countries_are_said() -> None:
    assert in_words(replace(SUBSCRIPTION, included=(CountryFilter("CA"), CountryFilter("GB")))).endswith(
        "on every line, only numbers from CA or numbers from GB"
    )
