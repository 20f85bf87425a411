"""The table of the kinds of news: what its rows say agrees with what they are about."""

from collections import Counter
from typing import get_args

import pytest

from bot.activity.news import CALL_STATES, FLAGS, ROWS, NewsKind
from bot.cards.notice import NOTICES
from bot.dialpad import event_kinds
from bot.dialpad.actions.subscriptions import CallState
from bot.dialpad.event_kinds import EVENT_KINDS
from bot.dialpad.events import CallEvent

EACH_KIND = pytest.mark.parametrize("kind", list(NewsKind))


def test_every_kind_has_one_row() -> None:
    assert set(ROWS) == set(NewsKind)


def test_a_typed_word_means_one_kind_only() -> None:
    typed = Counter(word for kind in NewsKind for word in (kind.value, *kind.row.aliases))

    assert [word for word, times in typed.items() if times > 1] == []


def test_no_two_kinds_have_the_same_words() -> None:
    assert len({kind.row.words for kind in NewsKind}) == len(NewsKind)


def test_no_two_switches_are_in_the_same_place() -> None:
    places = [kind.row.own.place for kind in NewsKind if kind.row.own]

    assert len(set(places)) == len(places)


@EACH_KIND
def test_what_a_kind_needs_of_dialpad_is_subscribed_to(kind: NewsKind) -> None:
    assert kind.row.subscription in {"", *(one.word for one in EVENT_KINDS), event_kinds.CHANNEL}


def test_dialpad_is_asked_for_no_events_that_are_no_news() -> None:
    needed = {kind.row.subscription for kind in NewsKind}

    assert {one.word for one in EVENT_KINDS} - needed == {"local_contact"}  # contacts take two subscriptions


def test_every_state_that_a_kind_needs_is_subscribed_to() -> None:
    assert set(get_args(CallState)) >= CALL_STATES
    assert set(event_kinds.CALL_STATES) == CALL_STATES


def test_what_is_kept_of_a_calls_event_is_something_events_have() -> None:
    assert set(FLAGS) <= set(CallEvent.model_fields)


@EACH_KIND
def test_what_is_told_once_has_a_look(kind: NewsKind) -> None:
    assert (kind.row.card == "notice") == (kind in {*NOTICES, NewsKind.HANDOVER})


@EACH_KIND
def test_a_kind_is_found_out_by_what_shows_it(kind: NewsKind) -> None:
    row = kind.row

    assert (row.of_call is not None) == (row.card == "call")
    assert (row.of_text is not None) == (row.card == "conversation")
    assert (row.clock is not None) == (row.card == "digest")
