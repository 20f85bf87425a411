"""Two subscriptions of one channel, against the rule that posts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.activity.news import DIGESTS, OF_NO_LINE, News, NewsKind
from bot.activity.subscriptions.daily_hours import DailyHours
from bot.activity.subscriptions.filters import (
    CountryFilter,
    HoursFilter,
    InternalFilter,
    LabelFilter,
    LineHoursFilter,
    NumberFilter,
    PlaceFilter,
    QuietHoursFilter,
    arranged,
)
from bot.activity.subscriptions.overlap import changed_settings, find_overlaps, find_same, joined
from bot.activity.subscriptions.subscription import EscalationPolicy, Subscription, wants
from bot.basics.person import PersonKey

SUPPORT, SALES = PlaceFilter("callcenter:1", "Support"), PlaceFilter("callcenter:2", "Sales")
ONE = Subscription("one", PersonKey("T1", "U1"), "C1", kinds=frozenset({NewsKind.MISSED}), included=(SUPPORT,))
OTHER = replace(ONE, id="other", owner=PersonKey("T1", "U2"))
MIDNIGHT = datetime(2026, 3, 9, tzinfo=UTC)

HOURS = [DailyHours(480, 1080), DailyHours(1080, 480), DailyHours(0, 720, (0, 1)), DailyHours(1320, 60, (1,))]

kinds = st.frozensets(st.sampled_from([NewsKind.MISSED, NewsKind.ANSWERED, NewsKind.SMS, NewsKind.CONTACT]), min_size=1)
conditions = (
    st.sampled_from([SUPPORT, SALES])
    | st.builds(LabelFilter, st.sampled_from(["vip", "spam"]))
    | st.builds(NumberFilter, st.sampled_from(["+1", "+1415", "+49"]))
    | st.builds(CountryFilter, st.sampled_from(["US", "DE"]))
    | st.builds(InternalFilter, st.booleans())
    | st.builds(LineHoursFilter, st.sampled_from(["open", "closed"]))
    | st.builds(HoursFilter, st.sampled_from(HOURS))
)
subscriptions = st.builds(
    lambda chosen, included, excluded: replace(
        ONE, kinds=chosen, included=arranged(included), excluded=arranged(excluded)
    ),
    kinds,
    st.lists(conditions, max_size=4),
    st.lists(conditions, max_size=2),
)
news = st.builds(
    News,
    kinds,
    st.integers(0, 7 * 24 * 4).map(lambda quarters: MIDNIGHT + timedelta(minutes=15 * quarters)),
    st.sampled_from([frozenset(), frozenset({"callcenter:1"}), frozenset({"callcenter:1", "callcenter:2"})]),
    st.sampled_from(["+14155550150", "+4930901820", "+13125550150"]),
    st.frozensets(st.sampled_from(["vip", "spam"])),
    st.booleans(),
    line_open=st.sampled_from([True, False]),
).map(lambda one: replace(one, places=frozenset()) if one.kinds <= OF_NO_LINE else one)


@settings(max_examples=400)
@given(subscriptions, subscriptions.map(lambda one: replace(one, id="other")), news)
def test_what_both_want_is_an_overlap_and_what_one_wants_whole_is_wanted_by_it(
    one: Subscription, other: Subscription, happening: News
) -> None:
    overlaps = find_overlaps(one, [other])
    both_want = wants(one, happening) and wants(other, happening) and one.kinds & other.kinds & happening.kinds
    if both_want and len(happening.places) < 2:  # a call through two lines may be wanted once for each of them
        assert overlaps
    if overlaps and overlaps[0].whole and wants(one, happening):
        assert wants(other, happening)


@settings(max_examples=400)
@given(subscriptions, subscriptions.map(lambda one: replace(one, id="other")), news)
def test_what_is_joined_wants_what_either_wants_and_nothing_more(
    one: Subscription, other: Subscription, happening: News
) -> None:
    both = joined(other, one)
    if both is not None:
        assert both.id == other.id
        assert wants(both, happening) == (wants(one, happening) or wants(other, happening))


@given(subscriptions)
def test_a_subscription_is_the_same_whoever_set_it_up(one: Subscription) -> None:
    theirs = replace(one, id="other", owner=PersonKey("T1", "U2"), paused=True, problem="is_archived")

    assert find_same(one, [theirs]) is theirs
    assert find_same(one, [one, replace(theirs, channel="C2")]) is None
    assert changed_settings(one, theirs) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"kinds": frozenset({NewsKind.SMS})}, ["events"]),
        ({"included": (SALES,)}, ["lines"]),
        ({"included": (SUPPORT, InternalFilter(internal=True))}, ["filters"]),
        ({"excluded": (LabelFilter("spam"),)}, ["exceptions"]),
        ({"policy": EscalationPolicy(claim=5)}, ["escalation"]),
        ({"keep": "S1", "topic": True}, ["user group", "topic"]),
        ({"zone": "Europe/Berlin"}, []),
        ({"kinds": frozenset({NewsKind.MISSED, NewsKind.DAILY}), "zone": "Europe/Berlin"}, ["events"]),
        ({"included": (PlaceFilter("callcenter:1", "Support, renamed"),)}, []),
        ({"policy": EscalationPolicy(supervisor="U9")}, []),
    ],
)
def test_what_differs_is_named(change: dict[str, object], named: list[str]) -> None:
    assert changed_settings(ONE, replace(ONE, **change)) == named  # type: ignore[arg-type]  # each field with its type


def test_hours_of_two_clocks_may_meet() -> None:
    day, night = (HoursFilter(DailyHours(480, 1080)), HoursFilter(DailyHours(1080, 480)))
    one, other = replace(ONE, included=(SUPPORT, day)), replace(OTHER, included=(SUPPORT, night))

    assert find_overlaps(one, [other]) == []
    assert len(find_overlaps(one, [replace(other, zone="Asia/Tokyo")])) == 1


def test_two_digests_of_the_same_lines_overlap_and_of_others_do_not() -> None:
    daily = replace(ONE, kinds=DIGESTS)

    assert len(find_overlaps(daily, [replace(OTHER, kinds=DIGESTS)])) == 1
    assert find_overlaps(daily, [replace(OTHER, kinds=DIGESTS, included=(SALES,))]) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(OTHER, kinds=frozenset({NewsKind.SMS}), included=(SALES,)),
        replace(OTHER, included=(SUPPORT, InternalFilter(internal=True))),
        replace(OTHER, included=(SUPPORT, QuietHoursFilter(DailyHours(1320, 420)))),
        replace(OTHER, policy=EscalationPolicy(claim=10)),
        replace(OTHER, keep="S2"),
    ],
)
def test_what_one_cannot_say_for_both_is_not_joined(other: Subscription) -> None:
    new = replace(ONE, policy=EscalationPolicy(claim=5), keep="S1")

    assert joined(other, new) is None


def test_escalation_is_added_to_one_without() -> None:
    both = joined(replace(OTHER, kinds=frozenset({NewsKind.VOICEMAIL})), replace(ONE, policy=EscalationPolicy(claim=5)))

    assert both is not None
    assert both.kinds == {NewsKind.MISSED, NewsKind.VOICEMAIL}
    assert both.policy.claim == 5
