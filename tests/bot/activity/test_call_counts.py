from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.activity.call_counts import CallEnding, CountedCall, by_days, by_hour, by_person, count_calls

ENDINGS: list[CallEnding] = ["answered", "missed", "voicemail", "abandoned", "reached", "not reached"]
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)

CALLS = st.lists(
    st.builds(
        CountedCall,
        at=st.integers(0, 72).map(lambda hours: NOON + timedelta(hours=hours)),
        ending=st.sampled_from(ENDINGS),
        waited_s=st.none() | st.floats(0, 500),
        talked_s=st.none() | st.floats(0, 500),
        by=st.sampled_from(["", "Ana", "Sam"]),
    )
)


@given(CALLS)
def test_every_call_is_counted_once(calls: list[CountedCall]) -> None:
    count = count_calls(calls)
    assert count.came_in + count.made == len(calls)
    assert sum(count.by_wait()) == len(count.waits)
    assert sum(map(sum, by_hour(calls))) == count.came_in
    days = [(date(2026, 11, 25) + timedelta(days=number),) * 2 for number in range(4)]
    assert sum(map(sum, by_days(calls, days))) == count.came_in
    taken = [one for one in calls if one.by and one.ending in {"answered", "reached", "not reached"}]
    assert sum(one.answered + one.made for _, one in by_person(calls)) == len(taken)


def test_waits_are_those_of_answered_calls_alone() -> None:
    count = count_calls([CountedCall(NOON, "answered", 12.0, 60.0), CountedCall(NOON, "missed", 40.0)])
    assert count.median_wait_s == 12.0
    assert count.answered_within(20) == 1
    assert count.by_wait() == (0, 1, 0, 0, 0, 0)
