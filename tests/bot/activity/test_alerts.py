"""Alerts of a line: raised once, over once, put off, and counted."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.activity.alerts import (
    WRONG,
    AlertChange,
    AlertRule,
    AlertState,
    Judged,
    Thresholds,
    from_json,
    judge,
    snoozed,
    to_json,
    what_is_wrong,
)
from bot.activity.board import BoardView
from bot.activity.call_counts import CountedCall, count_calls
from bot.activity.roster import Agent

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
ANA = Agent("1", "Ana Ferreira", "ana@x.example", on_duty=True)
OFF = Agent("2", "Sam Okafor", "sam@x.example", on_duty=False, since=NOON - timedelta(minutes=50))


def view(second: float, waiting: int = 0, agents: tuple[Agent, ...] = (ANA,)) -> BoardView:
    now = NOON + timedelta(seconds=second)
    since = tuple(now - timedelta(seconds=5) for _ in range(waiting))
    return BoardView("Support", "callcenter:5", now, agents, now, since, midnight=NOON - timedelta(hours=12))


def play(moments: dict[float, int], chosen: Thresholds | None = None) -> tuple[list[tuple[float, str]], Judged]:
    """What changes while so many wait at each second."""
    states, said = Judged(), list[tuple[float, str]]()
    for second, waiting in moments.items():
        states = judge(chosen or Thresholds(), view(second, waiting), states.states)
        said += [(second, f"{one.rule.value} {one.what}") for one in states.changes]
    return said, states


def test_it_is_raised_once_and_over_a_minute_after_all_is_well() -> None:
    moments: dict[float, int] = {float(second): 3 if second < 300 else 0 for second in range(0, 420, 5)}
    said, _ = play(moments)
    assert said == [(10, "waiting raised"), (360, "waiting over")]


def test_what_flaps_is_one_alert_however_often_it_changes() -> None:
    said, after = play({second: 3 if second % 2 else 0 for second in range(500)})
    assert [what for _, what in said] == ["waiting raised"]
    assert after.states[AlertRule.WAITING].episode == 1


def test_a_moment_is_no_alert() -> None:
    said, _ = play({0: 5, 5: 5, 8: 0, 100: 0})
    assert said == []


def test_it_says_how_long_it_lasted_and_how_often_it_was() -> None:
    states, changes = Judged(), list[AlertChange]()
    for second in range(0, 1_000, 5):
        waits = 3 if second % 300 < 100 else 0
        states = judge(Thresholds(), view(second, waits), states.states)
        changes += states.changes
    assert [one.times for one in changes if one.what == "raised"] == [1, 2, 3, 4]
    assert {one.lasted for one in changes if one.what == "over"} == {timedelta(seconds=90)}


def test_the_count_forgets_what_is_a_day_old() -> None:
    before = {AlertRule.WAITING: AlertState(episode=9, times=(NOON - timedelta(hours=25), NOON - timedelta(hours=1)))}
    states = judge(Thresholds(), view(0, 3), before)
    states = judge(Thresholds(), view(20, 3), states.states)
    (raised,) = states.changes
    assert (raised.episode, raised.times) == (10, 2)


def test_while_it_is_snoozed_nobody_is_told_and_then_again_if_it_still_is_so() -> None:
    states = judge(Thresholds(), view(0, 3), {})
    states = judge(Thresholds(), view(10, 3), states.states)
    put_off = {AlertRule.WAITING: snoozed(states.states[AlertRule.WAITING], NOON + timedelta(minutes=15))}
    quiet = judge(Thresholds(), view(600, 3), put_off)
    assert quiet.changes == ()
    again = judge(Thresholds(), view(901, 3), quiet.states)
    assert [(one.what, one.episode) for one in again.changes] == [("raised", 2)]


def test_what_ends_while_it_is_snoozed_is_over() -> None:
    states = judge(Thresholds(), view(10, 3), judge(Thresholds(), view(0, 3), {}).states)
    put_off = {AlertRule.WAITING: snoozed(states.states[AlertRule.WAITING], NOON + timedelta(minutes=15))}
    well = judge(Thresholds(), view(20), put_off)
    assert [one.what for one in judge(Thresholds(), view(90), well.states).changes] == ["over"]


@pytest.mark.parametrize(
    ("chosen", "shown", "said"),
    [
        (Thresholds(), view(0, 3), {AlertRule.WAITING: "3 callers wait"}),
        (Thresholds(waiting=1), view(0, 1), {AlertRule.WAITING: "1 caller waits"}),
        (Thresholds(), view(0, agents=(OFF,)), {AlertRule.NOBODY: "nobody is on duty"}),
        (Thresholds(nobody=False), view(0, agents=(OFF,)), {}),
        (Thresholds(off=45), view(0, agents=(ANA, OFF)), {AlertRule.OFF: "Sam Okafor off duty for 45 min"}),
        (Thresholds(off=60), view(0, agents=(ANA, OFF)), {}),
    ],
)
def test_what_is_wrong_is_said_in_words(chosen: Thresholds, shown: BoardView, said: dict[AlertRule, str]) -> None:
    wrong = what_is_wrong(chosen, shown)
    assert {rule: one.words(rule) for rule, one in wrong.items()} == said
    assert all(WRONG.load(WRONG.dump(one)) == one for one in wrong.values())


def test_answer_times_say_something_from_ten_calls_on() -> None:
    def day(count: int) -> BoardView:
        calls = [CountedCall(NOON, "answered", waited_s=40.0 if one % 2 else 5.0) for one in range(count)]
        return BoardView("Support", "callcenter:5", NOON, (ANA,), NOON, today=count_calls(calls))

    chosen = Thresholds(answers=80)
    assert what_is_wrong(chosen, day(9)) == {}
    wrong = what_is_wrong(chosen, day(10))[AlertRule.ANSWERS]
    assert wrong.words(AlertRule.ANSWERS) == "only 50% of today's calls were answered within 20 s"


def test_nobody_is_missed_before_dialpad_was_ever_asked() -> None:
    unasked = BoardView("Support", "callcenter:5", NOON)
    assert what_is_wrong(Thresholds(), unasked) == {}


def test_it_is_stored_and_read_again() -> None:
    _, after = play({0: 3, 10: 3})
    assert from_json(to_json(after.states)) == after.states
    assert from_json({"of a later version": {}}) == {}
