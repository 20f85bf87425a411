import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.activity.call_registers import fold
from bot.activity.calls import view_call
from bot.activity.digest import (
    LONGEST_DAY,
    Audience,
    Counted,
    Digest,
    about_texts,
    busiest,
    count,
    counts,
    from_json,
    silences,
    spread,
    tally,
    to_json,
)
from bot.activity.digest_times import DigestPeriod
from bot.activity.news import NewsKind, happening_of
from bot.activity.registers import State
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filters import InternalFilter, LongerFilter, NumberFilter, PlaceFilter, QuietHoursFilter
from bot.activity.subscriptions.subscription import Subscription
from bot.activity.texts import arrivals, read_conversation, view_conversation
from bot.basics.person import PersonKey
from bot.dialpad.events import CallEvent
from tests.bot.activity.payloads import ANA, answered_group_call, at, call, missed_group_call, text, voicemail_call

PACIFIC = ZoneInfo("America/Los_Angeles")
SUBSCRIPTION = Subscription(
    "w1", PersonKey("T1", "U1"), "C1", kinds=frozenset({NewsKind.DAILY}), zone="America/Los_Angeles"
)
NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
DAY = DigestPeriod(NewsKind.DAILY, NOON - timedelta(hours=12), NOON + timedelta(hours=12))

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis adds the zone
calls = st.builds(
    Counted,
    moments,
    st.sampled_from(["answered", "missed", "voicemail", "abandoned"]),
    st.none() | st.floats(0, 3600),
    st.none() | st.floats(0, 3600),
)


def counted(events: list[CallEvent]) -> Counted | None:
    return count(view_call(reduce(fold, events, State())))


def after(hours: float, ending: str = "answered", **more: object) -> Counted:
    return Counted(DAY.begin + timedelta(hours=hours), ending, **more)  # type: ignore[arg-type]  # words of a test


def test_an_answered_call_counts_with_its_wait_and_its_talk() -> None:
    assert counted(answered_group_call()) == Counted(
        datetime.fromtimestamp(at(0) / 1000, UTC), "answered", waited_s=9.0, talked_s=30.0
    )


@pytest.mark.parametrize(
    ("events", "ending"),
    [
        (missed_group_call(), "missed"),
        (voicemail_call(), "voicemail"),
        ([call(1, "calling", 0), call(1, "hangup", 3, date_ended=at(3))], "abandoned"),
    ],
)
def test_a_call_that_nobody_answered_counts_by_how_it_ended(events: list[CallEvent], ending: str) -> None:
    one = counted(events)

    assert one is not None
    assert (one.ending, one.waited_s) == (ending, None)


def test_a_call_that_goes_on_is_answered_as_soon_as_somebody_talks() -> None:
    story = answered_group_call()

    assert counted(story[:3]) is None
    talking = counted(story[:7])
    assert talking is not None
    assert talking.ending == "answered"


@pytest.mark.parametrize(
    "event",
    [
        call(1, "hangup", 9, direction="outbound", date_ended=at(9)),
        call(1, "blocked", 0),
        call(1, "ringing", 1, date_rang=at(1)),
    ],
    ids=["ours", "blocked", "ringing"],
)
def test_what_is_no_call_to_us_is_not_counted(event: CallEvent) -> None:
    assert counted([event]) is None


def test_a_call_without_dates_counts_when_it_was_heard_of() -> None:
    event = call(1, "missed", 7, date_started=None)

    one = counted([event])
    assert one is not None
    assert one.at == datetime.fromtimestamp(at(7) / 1000, UTC)


@pytest.mark.parametrize(
    ("subscription", "counts_it"),
    [
        (SUBSCRIPTION, True),
        (replace(SUBSCRIPTION, kinds=frozenset({NewsKind.WEEKLY, NewsKind.RECAP}), paused=True), True),
        (replace(SUBSCRIPTION, included=(QuietHoursFilter(DailyHours(0, 1439)),)), True),
        (replace(SUBSCRIPTION, included=(PlaceFilter("callcenter:11", "Support"),)), True),
        (replace(SUBSCRIPTION, included=(PlaceFilter("callcenter:12", "Sales"),)), False),
        (replace(SUBSCRIPTION, excluded=(InternalFilter(False),)), False),
        (replace(SUBSCRIPTION, included=(LongerFilter(60),)), False),
    ],
)
def test_the_filters_decide_what_counts(subscription: Subscription, counts_it: bool) -> None:
    happening = happening_of(view_call(reduce(fold, missed_group_call(), State())))

    assert counts(subscription, happening) is counts_it


def test_calls_among_colleagues_can_be_left_out() -> None:
    inside = happening_of(view_call(reduce(fold, [call(1, "missed", 7, contact={**ANA, "type": "user"})], State())))

    assert inside.internal
    assert not counts(replace(SUBSCRIPTION, included=(InternalFilter(False),)), inside)


def test_texts_count_when_they_came() -> None:
    state: State = {}
    for event in (text(1, "Hi", 0), text(2, "Hello?", 90), text(3, "Yes", 99, direction="outbound")):
        state |= read_conversation(event)

    times = arrivals(state)
    assert [int(one.timestamp() * 1000) for one in times] == [at(0), at(90)]
    assert counts(
        replace(SUBSCRIPTION, included=(PlaceFilter("callcenter:11", "S"),)),
        about_texts(view_conversation(state), times[0]),
    )
    assert not counts(
        replace(SUBSCRIPTION, included=(NumberFilter("+49"),)), about_texts(view_conversation(state), times[0])
    )


def test_an_empty_day_has_no_median() -> None:
    empty = tally([], PACIFIC)

    assert (empty.calls, empty.median_wait_s, empty.average_talk_s) == (0, None, None)
    assert busiest(empty.hours) is None


def test_one_call_is_its_own_median() -> None:
    one = tally([after(9.5, waited_s=12.0, talked_s=60.0)], PACIFIC)

    assert (one.calls, one.waits, one.median_wait_s, one.average_talk_s) == (1, 1, 12.0, 60.0)
    assert one.hours[9] == (1, 0)
    assert one.days[0] == (1, 0)
    assert busiest(one.hours) is None


def test_a_days_calls_add_up() -> None:
    day = tally(
        [
            after(9, waited_s=4.0),
            after(9.9, waited_s=20.0),
            after(9.2, waited_s=6.0),
            after(10, "missed"),
            after(10, "voicemail"),
            after(23.9, "abandoned"),
        ],
        PACIFIC,
        texts=2,
    )

    assert (day.calls, day.answered, day.missed, day.voicemails, day.abandoned) == (6, 3, 2, 1, 1)
    assert (day.median_wait_s, day.texts) == (6.0, 2)
    assert (day.hours[9], day.hours[10], day.hours[23]) == ((3, 0), (0, 2), (0, 1))
    assert busiest(day.hours) == 9


def test_an_hour_that_the_clock_shows_twice_is_one() -> None:
    first = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)  # 01:30 in summer time

    assert tally([Counted(first, "answered"), Counted(first + timedelta(hours=1), "missed")], PACIFIC).hours[1] == (
        1,
        1,
    )


@settings(deadline=None)
@given(st.lists(calls, max_size=40))
def test_every_call_is_in_one_hour_and_one_day(some: list[Counted]) -> None:
    one = tally(some, PACIFIC)

    assert sum(map(sum, one.hours)) == sum(map(sum, one.days)) == one.calls == len(some)
    assert sum(pair[0] for pair in one.hours) == one.answered


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=24, max_size=24))
def test_the_hours_of_a_chart_hold_every_call_and_fit(hours: list[tuple[int, int]]) -> None:
    slots = spread(hours)

    assert 1 <= len(slots) <= LONGEST_DAY
    assert sum(sum(pair) for *_, pair in slots) == sum(map(sum, hours))
    assert all(one[1] == other[0] for one, other in pairwise(slots))


def test_a_short_day_is_shown_with_the_hours_around_it() -> None:
    hours = [(0, 0)] * 24
    hours[23] = (1, 0)

    assert [begin for begin, *_ in spread(hours)] == [18, 19, 20, 21, 22, 23]


def stretch(begin: float, end: float) -> tuple[datetime, datetime]:
    return DAY.begin + timedelta(hours=begin), DAY.begin + timedelta(hours=end)


def ear(*gaps: tuple[float, float], since: float = -48, until: float = 24) -> Audience:
    begin, end = stretch(since, until)
    return Audience(begin, end, tuple(stretch(*one) for one in gaps))


@pytest.mark.parametrize(
    ("ears", "silent"),
    [
        ([ear()], []),
        ([], [(0, 24)]),
        ([ear((9, 10), (9.5, 11), (15, 16))], [(9, 11), (15, 16)]),
        ([ear((-3, 1), (23, 30))], [(0, 1), (23, 24)]),
        ([ear((9, 11)), ear((10, 12))], [(10, 11)]),
        ([ear((9, 10)), ear()], []),
        ([ear(since=14)], [(0, 14)]),
        ([ear(until=20)], [(20, 24)]),
        ([ear(since=14), ear(until=15)], []),
    ],
)
def test_it_was_silent_when_no_ear_heard(ears: list[Audience], silent: list[tuple[float, float]]) -> None:
    assert silences(DAY, ears) == tuple(stretch(*one) for one in silent)


@settings(deadline=None)
@given(st.lists(calls, max_size=9), st.lists(calls, max_size=9), st.booleans())
def test_a_digest_survives_being_kept(some: list[Counted], others: list[Counted], compared: bool) -> None:
    digest = Digest(
        DAY,
        zone="America/Los_Angeles",
        lines="for Support",
        conditions=("only calls from outside",),
        tally=tally(some, PACIFIC, 3),
        before=tally(others, PACIFIC) if compared else None,
        silences=(stretch(9, 10),),
    )

    assert from_json(json.loads(json.dumps(to_json(digest)))) == digest
