"""How a call ended, where the last event is not the one that says so."""

from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity.call_registers import fold
from bot.activity.calls import CallView, view_call
from bot.activity.digest import count
from bot.activity.news import NewsKind, happening_of, needs_somebody
from bot.activity.registers import State
from bot.dialpad.events import CallEvent
from tests.bot.activity.payloads import (
    ANA,
    SUPPORT,
    answered_group_call,
    at,
    call,
    callback_request,
    missed_group_call,
    passed_on,
    talk_that_goes_on,
    voicemail_after_talk,
    voicemail_call,
)

AFTERWARDS = (
    "recap_summary", "recap_outcome", "recap_purposes", "recap_action_items", "call_transcription", "recording",
    "admin_recording", "csat", "pcsat", "postcall",
)  # fmt: skip
TALKED = {"date_rang": at(1), "date_connected": at(9), "operator_call_id": 2}
LINK = "https://dialpad.example/secureblob/voicemail/1.mp3"


def view(events: list[CallEvent]) -> CallView:
    return view_call(reduce(fold, events, State()))


# Passed on after a talk


def test_a_voicemail_left_after_a_talk_wants_to_be_called_back() -> None:
    left = view(voicemail_after_talk())

    assert (left.phase, left.outcome, left.answered_by) == ("ended", "voicemail", ("Ana Ferreira",))
    assert needs_somebody(left)


@given(st.permutations(voicemail_after_talk()))
def test_in_whatever_order_a_voicemail_after_a_talk_comes(story: list[CallEvent]) -> None:
    assert view(story).outcome == "voicemail"


def test_the_greeting_that_takes_the_call_has_not_answered_it() -> None:
    """It sets ``date_connected`` as a person does."""
    story = [*voicemail_after_talk(), passed_on("voicemail", 60, date_connected=at(60))]

    assert (view(story).outcome, view(story).answered_by) == ("voicemail", ("Ana Ferreira",))


def test_a_caller_who_was_passed_on_and_gave_up_was_missed() -> None:
    gone = view([*talk_that_goes_on(), passed_on("hangup", 70, date_ended=at(70)),
                 call(1, "hangup", 70, **TALKED, date_ended=at(70))])  # fmt: skip

    assert gone.outcome == "missed"
    assert needs_somebody(gone)


def test_a_caller_whose_talk_and_wait_fell_into_one_moment_was_missed_all_the_same() -> None:
    at_once = {"date_rang": at(9), "date_connected": at(9), "date_ended": at(9)}
    passed: dict[str, Any] = {"transferred_from": ANA, "date_rang": at(9), "date_ended": at(9), "date_started": at(9)}
    story = [call(2, "hangup", 9, target=ANA, entry_point_call_id=1, **at_once),
             call(1, "hangup", 9, operator_call_id=2, **at_once), passed_on("hangup", 9, **passed)]  # fmt: skip

    assert view(story).outcome == "missed"


def test_a_caller_who_was_passed_on_and_answered_needs_nobody() -> None:
    sam = {"date_connected": at(45)}
    story = [*talk_that_goes_on(), passed_on("connected", 45, **sam), passed_on("hangup", 90, date_ended=at(90), **sam),
             call(1, "hangup", 90, **TALKED, date_ended=at(90))]  # fmt: skip

    assert (view(story).outcome, needs_somebody(view(story))) == ("answered", False)


def test_a_colleague_who_was_asked_and_did_not_answer_misses_nothing() -> None:
    """Ana stays on the line while Sam's phone rings."""
    story = [*talk_that_goes_on()[:4], passed_on("ringing", 20, date_rang=at(20)),
             passed_on("hangup", 30, date_rang=at(20), date_ended=at(30)),
             call(2, "hangup", 60, target=ANA, entry_point_call_id=1, date_connected=at(9), date_ended=at(60)),
             call(1, "hangup", 60, **TALKED, date_ended=at(60))]  # fmt: skip

    assert view(story).outcome == "answered"


def test_everybody_who_hangs_up_at_once_was_not_left_alone() -> None:
    story = [*talk_that_goes_on(), passed_on("hangup", 40.2, date_ended=at(40.2)),
             call(1, "hangup", 40.2, **TALKED, date_ended=at(40.2))]  # fmt: skip

    assert view(story).outcome == "answered"


def test_somebody_who_takes_the_call_off_the_greeting_has_answered_it() -> None:
    ana = {"target": ANA, "date_connected": at(25), "was_recorded": True}
    story = [
        call(1, "voicemail", 20, target=ANA),
        call(1, "connected", 25, **ana),
        call(1, "hangup", 60, date_ended=at(60), **ana),
    ]

    assert (view(story).outcome, view(story).has_voicemail) == ("answered", False)


def test_a_digest_counts_how_it_ended() -> None:
    counted = count(view(voicemail_after_talk()))

    assert counted is not None
    assert counted.ending == "voicemail"


def test_a_leg_that_names_itself_as_the_one_dialled_is_the_one_dialled() -> None:
    itself = [call(1, one.state, 1, entry_point_call_id=1, **TALKED) for one in answered_group_call()[:1]]

    assert view(itself).is_whole


# What comes only afterwards


@pytest.mark.parametrize("state", AFTERWARDS)
def test_what_comes_only_afterwards_ends_the_call(state: str) -> None:
    alone = view([call(1, state, 160, **TALKED, date_ended=None)])
    lost_hangup = view([*answered_group_call()[:-3], call(1, state, 160, **TALKED)])

    assert (alone.phase, alone.outcome) == ("ended", "answered")
    assert (lost_hangup.phase, lost_hangup.outcome) == ("ended", "answered")


@pytest.mark.parametrize("state", ["connected", "hold", "dispositions", "recap_summary"])
def test_the_date_of_the_end_ends_the_call(state: str) -> None:
    assert view([call(1, state, 160, **TALKED, date_ended=at(80))]).phase == "ended"


@pytest.mark.parametrize("state", ["calling", "ringing", "preanswer"])
def test_a_call_that_rings_has_not_ended_whatever_its_dates_say(state: str) -> None:
    ringing = [call(1, state, 1, direction="outbound", date_ended=at(1.4))]

    assert view(ringing).phase != "ended"


def test_a_recording_of_the_first_part_does_not_end_what_goes_on() -> None:
    story = [*answered_group_call()[:7], call(1, "recording", 20, **TALKED), call(1, "connected", 25, **TALKED)]

    assert view(story).phase == "talking"


def test_the_recap_of_the_first_talk_does_not_end_the_second() -> None:
    first = {"target": ANA, "entry_point_call_id": 1, "date_connected": at(9), "date_ended": at(39)}
    second = passed_on("connected", 45, date_connected=at(45))
    story = [*talk_that_goes_on(), second, call(2, "recap_summary", 160, **first)]

    assert view(story).phase == "talking"


def test_the_recap_of_an_agents_leg_ends_a_call_whose_own_hangup_was_lost() -> None:
    ana = {"target": ANA, "entry_point_call_id": 1, "entry_point_target": SUPPORT, "date_connected": at(9)}
    story = [*answered_group_call()[:-2], call(2, "recap_summary", 160, **ana, recap_summary="Two boxes.")]

    assert view(answered_group_call()[:-2]).phase == "talking"
    assert (view(story).phase, view(story).outcome) == ("ended", "answered")


@given(st.permutations(answered_group_call()[:-2]))
def test_a_lost_hangup_is_made_up_for_in_any_order(story: list[CallEvent]) -> None:
    assert view([call(1, "recap_summary", 160, **TALKED), *story]).phase == "ended"


# Greeting and voicemail


@pytest.mark.parametrize("said", [{}, {"voicemail_link": LINK}, {"voicemail_link": LINK, "was_recorded": False}])
def test_who_only_heard_the_greeting_left_no_voicemail(said: dict[str, Any]) -> None:
    rang = {"date_rang": at(1)}
    story = [call(1, "ringing", 1, **rang), call(1, "voicemail", 20, **rang, **said),
             call(1, "hangup", 24, date_ended=at(24), **rang, **said)]  # fmt: skip
    gone = view(story)

    assert (gone.outcome, gone.has_voicemail, gone.reached_greeting, gone.recordings) == ("missed", False, True, ())
    assert NewsKind.VOICEMAIL not in happening_of(gone).kinds
    assert not view(story[:2]).has_voicemail


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("voicemail", {"voicemail_recording_id": 55}),
        ("hangup", {"voicemail_recording_id": 55, "date_ended": at(40)}),
        ("hangup", {"was_recorded": True, "date_ended": at(40)}),
        ("hangup", {"transcription_text": "Please call me.", "date_ended": at(40)}),
        ("hangup", {"recording_details": [{"id": "5", "recording_type": "voicemail"}], "date_ended": at(40)}),
        ("voicemail_uploaded", {"voicemail_link": LINK}),
        ("voicemail_uploaded", {}),
        ("transcription", {}),
    ],
)
def test_what_says_that_there_is_a_voicemail(state: str, said: dict[str, Any]) -> None:
    story = [*voicemail_call()[:2], call(1, state, 40, date_rang=at(1), **said)]

    assert view(story).has_voicemail


def test_a_recorded_talk_is_no_voicemail() -> None:
    talk = [*answered_group_call(), call(1, "recording", 200, **TALKED, was_recorded=True, date_ended=at(39))]

    assert (view(talk).has_voicemail, view(talk).outcome) == (False, "answered")


# Callbacks and blocked callers


def test_a_caller_whom_dialpad_calls_back_is_asked_about_by_nobody() -> None:
    hangup = [call(1, "hangup", 30, date_ended=at(30), date_rang=None, callback_requested=True)]

    for story in (callback_request(), hangup):
        assert NewsKind.CALLBACK in happening_of(view(story)).kinds
        assert not needs_somebody(view(story))


def test_a_blocked_caller_stays_blocked_when_they_hang_up() -> None:
    story = [call(1, "blocked", 1), call(1, "hangup", 2, date_ended=at(2), date_rang=None)]

    for events in (story, story[::-1]):
        assert view(events).outcome == "blocked"
        assert happening_of(view(events)).kinds == frozenset()
        assert count(view(events)) is None


def test_dialpad_is_asked_for_what_is_blocked_wherever_calls_are() -> None:
    kinds = (NewsKind.RINGING, NewsKind.MISSED, NewsKind.ABANDONED)

    assert all("blocked" in kind.row.states for kind in kinds)


def test_a_plain_missed_call_is_one_still() -> None:
    assert (view(missed_group_call()).outcome, view(missed_group_call()).reached_greeting) == ("missed", False)
