from datetime import timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity.call_registers import fold, names_of, read_call
from bot.activity.calls import CallView, view_call
from bot.activity.news import NewsKind, happening_of, needs_somebody
from bot.activity.registers import State, from_json, join, to_json
from bot.dialpad.events import CallEvent
from tests.bot.activity.payloads import (
    ANA,
    SUPPORT,
    T0,
    answered_group_call,
    at,
    call,
    callback_request,
    customer,
    missed_group_call,
    voicemail_call,
)

STORIES = (missed_group_call(), answered_group_call(), voicemail_call(), callback_request())


def folded(events: list[CallEvent]) -> State:
    return reduce(fold, events, State())


def view(events: list[CallEvent]) -> CallView:
    return view_call(folded(events))


@given(st.data())
def test_the_same_events_in_any_order_and_any_number_of_times_make_the_same_card(data: st.DataObject) -> None:
    story = data.draw(st.sampled_from(STORIES))
    shuffled = data.draw(st.permutations(story))
    repeated = data.draw(st.lists(st.sampled_from(story), max_size=8))

    assert folded([*shuffled, *repeated]) == folded(story)


@given(st.data())
def test_parts_that_were_folded_apart_join_to_the_whole(data: st.DataObject) -> None:
    story = data.draw(st.sampled_from(STORIES))
    mine = data.draw(st.lists(st.booleans(), min_size=len(story), max_size=len(story)))
    one = folded([event for event, here in zip(story, mine, strict=True) if here])
    other = folded([event for event, here in zip(story, mine, strict=True) if not here])

    assert join(one, other) == join(other, one) == folded(story)


@given(st.permutations(answered_group_call()))
def test_every_beginning_of_a_story_can_be_shown(story: list[CallEvent]) -> None:
    state = State()
    for event in story:
        state = fold(state, event)
        happening_of(view_call(state))


def test_a_state_survives_being_stored() -> None:
    state = folded(answered_group_call())

    assert from_json(to_json(state)) == state


@pytest.mark.parametrize("story", STORIES)
def test_an_event_that_came_again_changes_nothing(story: list[CallEvent]) -> None:
    state = folded(story)

    assert all(fold(state, event) == state for event in story)


def test_the_legs_of_one_call_are_joined_by_all_their_ids() -> None:
    names = [names_of(event) for event in answered_group_call()]

    assert all(one & {"call:1"} for one in names)


LONE_LEG = {"target": ANA}
"""An agent's leg that does not say where it came from."""


@pytest.mark.parametrize("junk", [0, 9, 5314000000000640])
def test_an_id_of_an_agents_leg_that_is_none_joins_no_two_callers(junk: int) -> None:
    one, other = (
        call(number, "hangup", 9, operator_call_id=junk, external_number=customer(number)) for number in (1, 2)
    )
    leg = call(junk, "hangup", 9, external_number=customer(3), **LONE_LEG)

    assert not names_of(one) & names_of(other)
    assert not names_of(one) & names_of(leg)


@pytest.mark.parametrize(
    ("changes", "joined"),
    [
        ({}, True),
        ({"date_started": T0 + 2 * 3_600_000}, True),
        ({"date_started": T0 + 20 * 3_600_000}, False),
        ({"external_number": customer(5)}, False),
        ({"external_number": None}, False),
        ({"target": SUPPORT}, False),
    ],
)
def test_a_leg_that_is_named_as_the_agents_counts_where_it_agrees(changes: dict[str, Any], joined: bool) -> None:
    names = names_of(call(1, "hangup", 9, operator_call_id=2))

    assert bool(names & names_of(call(2, "hangup", 9, **LONE_LEG | changes))) is joined


def test_while_it_rings_nothing_has_become_of_it() -> None:
    ringing = view(missed_group_call()[:4])

    assert (ringing.phase, ringing.outcome, ringing.line) == ("ringing", "", "Support")
    assert ringing.people == ("Ana Ferreira", "Sam Okafor")


def test_a_call_whose_agents_all_missed_it_is_missed_once_its_own_leg_ends() -> None:
    story = missed_group_call()

    assert view(story[:-2]).phase == "ringing"
    assert view(story).outcome == "missed"
    assert view(story).waited == timedelta(seconds=20)


def test_a_leg_that_somebody_else_answered_misses_nothing() -> None:
    ended = view(answered_group_call())

    assert (ended.outcome, ended.answered_by) == ("answered", ("Ana Ferreira",))
    assert (ended.waited, ended.talked) == (timedelta(seconds=9), timedelta(seconds=30))
    assert NewsKind.MISSED not in happening_of(ended).kinds


def test_the_recap_comes_after_the_end() -> None:
    story = answered_group_call()

    assert NewsKind.RECAP not in happening_of(view(story[:-1])).kinds
    assert NewsKind.RECAP in happening_of(view(story)).kinds
    assert view(story).recap == "Wants two boxes."


def test_a_voicemail_is_one_once_it_was_left_and_is_a_missed_call_too() -> None:
    story = voicemail_call()

    assert happening_of(view(story[:3])).kinds == {NewsKind.RINGING, NewsKind.MISSED, NewsKind.ENDED}
    assert happening_of(view(story)).kinds >= {NewsKind.VOICEMAIL, NewsKind.MISSED}
    assert view(story).transcript == "Please call me back."


def test_a_caller_who_hangs_up_in_the_queue_has_abandoned() -> None:
    gone = view([call(1, "queued", 1, date_queued=at(1)), call(1, "hangup", 9, date_ended=at(9))])

    assert gone.outcome == "abandoned"


def test_an_older_event_than_the_one_shown_changes_nothing() -> None:
    state = folded([call(1, "hangup", 9, labels=["vip"], date_ended=at(9), date_rang=at(1))])

    assert view_call(fold(state, call(1, "ringing", 1, labels=[], date_rang=at(1)))).labels == ("vip",)


def test_a_label_that_was_taken_off_is_gone() -> None:
    state = folded([call(1, "ringing", 1, labels=["vip"]), call(1, "dispositions", 9, labels=[])])

    assert view_call(state).labels == ()


def test_a_hidden_number_is_no_number() -> None:
    assert view([call(1, "ringing", 1, external_number="blocked")]).number == ""


def test_a_blocked_caller_is_nobodys_news() -> None:
    assert happening_of(view([call(1, "blocked", 1)])).kinds == frozenset()


def test_an_event_without_a_time_is_older_than_any_other() -> None:
    late = call(1, "hangup", 1, event_timestamp=None)

    assert read_call(late)["at"][0] == 0


def test_a_caller_who_asked_to_be_called_back_needs_nobody() -> None:
    story = view(callback_request())

    assert happening_of(story).kinds >= {NewsKind.CALLBACK, NewsKind.ABANDONED}
    assert not needs_somebody(story)


def test_a_caller_who_hung_up_without_asking_needs_somebody() -> None:
    story = view([*callback_request()[:2], call(1, "hangup", 30, date_ended=at(30), callback_requested=False)])

    assert NewsKind.CALLBACK not in happening_of(story).kinds
    assert needs_somebody(story)
