from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity.board import (
    AMBER_WAIT,
    RED_WAIT,
    SEEN_FOR,
    BoardCall,
    BoardLevel,
    BoardView,
    SeenBy,
    busy_agents,
    waiting_since,
)
from bot.activity.roster import Agent

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 26, tzinfo=UTC)
ANA = Agent("1", "Ana", "ana@example.com", on_duty=True)
SAM = Agent("2", "Sam", "sam@example.com", on_duty=False)
VIEW = BoardView("Support", "callcenter:5", NOON, (ANA, SAM), NOON)


def waits(*seconds: float) -> BoardView:
    return replace(VIEW, waiting=tuple(sorted(NOON - timedelta(seconds=one) for one in seconds)))


@pytest.mark.parametrize(
    ("view", "level", "said"),
    [
        (VIEW, BoardLevel.GOOD, []),
        (waits(59), BoardLevel.GOOD, []),
        (waits(60), BoardLevel.AMBER, ["somebody waits over 1 min"]),
        (waits(180, 5), BoardLevel.RED, ["somebody waits over 3 min"]),
        (waits(5, 6, 7), BoardLevel.RED, ["3 callers wait"]),
        (replace(VIEW, agents=(SAM,)), BoardLevel.RED, ["nobody is on duty"]),
        (replace(VIEW, agents=(replace(ANA, do_not_disturb=True),)), BoardLevel.RED, ["nobody's phone rings"]),
        (replace(VIEW, agents=(replace(ANA, on_a_call=True),)), BoardLevel.AMBER, ["nobody is free"]),
        (replace(VIEW, agents=(replace(ANA, status="wrapup"),)), BoardLevel.AMBER, ["nobody is free"]),
        (replace(VIEW, agents=(), roster_at=None), BoardLevel.GOOD, []),
        (
            replace(waits(200), agents=(replace(ANA, on_a_call=True),)),
            BoardLevel.RED,
            ["somebody waits over 3 min", "nobody is free"],
        ),
    ],
)
def test_how_a_board_stands(view: BoardView, level: BoardLevel, said: list[str]) -> None:
    assert view.level is level
    assert [text for _, text in view.troubles] == said


def test_that_somebody_has_seen_it_holds_for_a_while_and_only_while_something_is_wrong() -> None:
    seen = SeenBy("U1", NOON - timedelta(minutes=5))
    assert replace(waits(70), seen=seen).is_seen == seen
    assert replace(VIEW, seen=seen).is_seen is None
    assert replace(waits(70), seen=SeenBy("U1", NOON - SEEN_FOR)).is_seen is None


@given(st.lists(st.integers(0, 400), max_size=4), st.none() | st.integers(0, 40))
def test_it_looks_the_same_until_the_next_change(seconds: list[int], seen_min: int | None) -> None:
    seen = None if seen_min is None else SeenBy("U1", NOON - timedelta(minutes=seen_min))
    view = replace(waits(*seconds), seen=seen)
    change = view.next_change(MIDNIGHT)
    assert NOON < change <= MIDNIGHT
    just_before = replace(view, now=max(NOON, change - timedelta(seconds=1)))
    assert (just_before.troubles, just_before.is_seen) == (view.troubles, view.is_seen)
    assert change - NOON in {AMBER_WAIT - view.longest, RED_WAIT - view.longest, MIDNIGHT - NOON} or seen is not None


def test_who_waits_and_who_talks_is_told_by_the_calls() -> None:
    places = frozenset({"callcenter:5", "user:1"})
    waiting = BoardCall("1", places, "waiting", NOON, NOON, True, (), None)
    later = replace(waiting, id="2", since=NOON + timedelta(seconds=3))
    talking = replace(waiting, id="3", phase="talking", takers=("Ana",))
    outgoing = replace(waiting, id="4", inbound=False)
    assert waiting_since([later, waiting, talking, outgoing]) == (NOON, later.since)
    assert [one.on_a_call for one in busy_agents((ANA, SAM), [talking])] == [True, False]
    namesake = replace(talking, places=frozenset({"user:9"}))
    assert not busy_agents((ANA,), [namesake])[0].on_a_call
