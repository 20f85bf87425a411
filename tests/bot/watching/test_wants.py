from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.person import PersonKey
from bot.watching.happening import Happening, Kind
from bot.watching.watch import Filters, Policy, Span, Watch, from_json, in_words, to_json, wants

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
"""Noon at Northlight."""
WATCH = Watch("w1", PersonKey("T1", "U1"), "C1", zone="America/Los_Angeles")
MISSED = Happening(
    frozenset({Kind.MISSED, Kind.ENDED}), NOON, frozenset({"callcenter:11", "user:101"}), "+14155550150", seconds=20.0
)

spans = st.builds(Span, st.integers(0, 1439), st.integers(0, 1439))
places = st.dictionaries(st.sampled_from(["callcenter:11", "office:1", "user:101"]), st.text(max_size=5), max_size=2)
filters = st.builds(
    Filters,
    places,
    st.lists(st.sampled_from(["+1", "+1415", "+49"]), max_size=2).map(tuple),
    st.lists(st.sampled_from(["spam", "vip"]), max_size=2).map(tuple),
    st.sampled_from([None, True, False]),
)
watches = st.builds(
    Watch,
    st.just("w"),
    st.just(PersonKey("T", "U")),
    st.just("C"),
    st.frozensets(st.sampled_from(Kind)),
    filters,
    filters,
    st.integers(0, 100),
    st.none() | spans,
    st.none() | spans,
    st.integers(0, 9),
    st.sampled_from(["UTC", "America/Los_Angeles", "Nowhere/At all", "../x"]),
    st.builds(Policy, st.integers(0, 60), st.integers(0, 60), st.booleans(), st.text(max_size=3)),
    st.booleans(),
)
moments = st.integers(0, 200 * 365 * 86_400).map(lambda second: datetime.fromtimestamp(second, UTC))
happenings = st.builds(
    Happening,
    st.frozensets(st.sampled_from(Kind)),
    moments,
    st.frozensets(st.sampled_from(["callcenter:11", "office:1", "user:101"])),
    st.sampled_from(["", "+14155550150", "+4930123456"]),
    st.frozensets(st.sampled_from(["spam", "vip"])),
    st.booleans(),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.integers(0, 99),
)


@given(watches, happenings, moments)
def test_there_is_always_an_answer(watch: Watch, happening: Happening, now: datetime) -> None:
    assert wants(watch, happening, now) in {True, False}


@given(watches, happenings, moments)
def test_a_paused_subscription_wants_nothing(watch: Watch, happening: Happening, now: datetime) -> None:
    assert not wants(replace(watch, paused=True), happening, now)


@given(watches, happenings, moments, filters)
def test_leaving_more_out_never_adds_anything(watch: Watch, happening: Happening, now: datetime, but: Filters) -> None:
    if not wants(replace(watch, but=Filters()), happening, now):
        assert not wants(replace(watch, but=but), happening, now)


@given(watches)
def test_a_subscription_survives_being_stored(watch: Watch) -> None:
    assert from_json(watch.id, watch.owner, watch.channel, to_json(watch), paused=watch.paused) == watch


@given(watches)
def test_every_filter_can_be_said(watch: Watch) -> None:
    assert in_words(watch)


def test_the_default_is_quiet() -> None:
    assert WATCH.kinds == {Kind.MISSED, Kind.VOICEMAIL, Kind.SMS}
    assert wants(WATCH, MISSED, NOON)
    assert not wants(WATCH, replace(MISSED, kinds=frozenset({Kind.RINGING, Kind.ANSWERED, Kind.ENDED})), NOON)


@pytest.mark.parametrize(
    ("only", "wanted"),
    [
        (Filters(places={"callcenter:11": "Support"}), True),
        (Filters(places={"callcenter:12": "Sales"}), False),
        (Filters(places={"callcenter:12": "Sales", "user:101": "Ana"}), True),
        (Filters(numbers=("+1415",)), True),
        (Filters(numbers=("+1510",)), False),
        (Filters(labels=("vip",)), False),
        (Filters(internal=False), True),
        (Filters(internal=True), False),
    ],
)
def test_only_lets_through_what_fits_every_kind_of_filter(only: Filters, wanted: bool) -> None:
    assert wants(replace(WATCH, only=only), MISSED, NOON) is wanted


@pytest.mark.parametrize(
    ("but", "wanted"),
    [
        (Filters(places={"user:101": "Ana"}), False),
        (Filters(places={"callcenter:12": "Sales"}), True),
        (Filters(numbers=("+1415",)), False),
        (Filters(labels=("spam",)), True),
        (Filters(internal=False), False),
        (Filters(internal=True), True),
    ],
)
def test_except_takes_out_what_fits_any_filter(but: Filters, wanted: bool) -> None:
    assert wants(replace(WATCH, but=but), MISSED, NOON) is wanted


def test_labels_are_compared_as_the_call_carries_them() -> None:
    spam = replace(MISSED, labels=frozenset({"spam"}))

    assert not wants(replace(WATCH, but=Filters(labels=("spam",))), spam, NOON)
    assert wants(replace(WATCH, only=Filters(labels=("spam",))), spam, NOON)


@pytest.mark.parametrize(("seconds", "wanted"), [(19.9, False), (20.0, True), (None, True)])
def test_a_length_counts_once_it_is_known(seconds: float | None, wanted: bool) -> None:
    assert wants(replace(WATCH, longer=20), replace(MISSED, seconds=seconds), NOON) is wanted


@pytest.mark.parametrize(
    ("hour", "hours", "wanted"),
    [
        (8, Span(480, 1080), True),
        (7, Span(480, 1080), False),
        (18, Span(480, 1080), False),
        (23, Span(1320, 420), True),
        (3, Span(1320, 420), True),
        (12, Span(1320, 420), False),
    ],
)
def test_opening_hours_are_those_of_the_subscriptions_zone(hour: int, hours: Span, wanted: bool) -> None:
    local = datetime(2026, 11, 23, hour, 0, tzinfo=ZoneInfo("America/Los_Angeles"))

    assert wants(replace(WATCH, hours=hours), replace(MISSED, at=local.astimezone(UTC)), NOON) is wanted


def test_quiet_hours_go_by_now_and_not_by_the_call() -> None:
    quiet = replace(WATCH, quiet=Span(1320, 420))

    assert wants(quiet, replace(MISSED, at=NOON - timedelta(hours=10)), NOON)
    assert not wants(quiet, MISSED, NOON + timedelta(hours=11))


@pytest.mark.parametrize(("waiting", "wanted"), [(3, False), (4, True), (None, False)])
def test_a_queue_is_news_when_more_wait_than_allowed(waiting: int | None, wanted: bool) -> None:
    queue = Happening(frozenset({Kind.QUEUE}), NOON, waiting=waiting)

    assert wants(replace(WATCH, kinds=frozenset({Kind.QUEUE}), queue=3), queue, NOON) is wanted


def test_a_changed_setting_belongs_to_no_line() -> None:
    watch = replace(WATCH, kinds=frozenset({Kind.SETTING}), only=Filters(places={"callcenter:11": "Support"}))

    assert wants(watch, Happening(frozenset({Kind.SETTING}), NOON), NOON)


def test_the_effective_filter_is_one_sentence() -> None:
    watch = replace(
        WATCH,
        only=Filters(places={"callcenter:11": "Support"}),
        but=Filters(labels=("spam",)),
        quiet=Span(1320, 420),
        longer=10,
    )

    assert in_words(watch) == (
        "missed calls, voicemails and texts for Support, except label spam, of 10 s or more, quiet from 22:00 to 07:00"
    )
