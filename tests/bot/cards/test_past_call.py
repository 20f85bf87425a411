from typing import Any

import pytest

from bot.activity.past_calls import past_call, past_calls
from bot.cards.past_call import call_card, call_row
from bot.contract.reply import Link
from bot.dialpad.actions.call import Call
from tests.handlers.harness import plain, words_of

START = 1_795_000_000_000


def leg(call_id: int, **more: Any) -> Call:
    return Call.model_validate(
        {
            "call_id": call_id,
            "direction": "inbound",
            "state": "hangup",
            "date_started": START,
            "date_ended": START + 60_000,
            "external_number": "+14155550150",
            "target": {"type": "call_center", "name": "Support"},
            **more,
        }
    )


GROUP = leg(1, operator_call_id=2, date_connected=START + 20_000, duration=40_000.0)
AGENT = leg(
    2, entry_point_call_id=1, date_connected=START + 20_000, duration=39_000.0, target={"type": "user", "name": "Ana"}
)


def test_legs_that_share_an_id_are_one_call() -> None:
    (call,) = past_calls([AGENT, GROUP])
    assert call.view.call_id == GROUP.call_id
    assert call.view.answered_by == ("Ana",)
    assert call.view.line == "Support"


def test_a_leg_that_ties_two_others_together_joins_them() -> None:
    legs = [leg(1), leg(3, master_call_id=4), leg(5, entry_point_call_id=1, master_call_id=4)]
    assert [sorted(call.view.legs) for call in past_calls(legs)] == [["1", "3", "5"]]


def test_calls_without_a_common_id_stay_apart_and_in_order() -> None:
    assert [call.view.call_id for call in past_calls([leg(9), leg(7), leg(8)])] == ["9", "7", "8"]


@pytest.mark.parametrize(
    ("legs", "outcome"),
    [
        ([GROUP, AGENT], "answered"),
        ([leg(1, date_rang=START)], "missed"),
        ([leg(1, state="missed")], "missed"),
        ([leg(1)], "abandoned"),
        ([leg(1, date_rang=START, date_connected=START, operator_call_id=None)], "missed"),
        ([leg(1, voicemail_share_link="https://x.example/v")], "voicemail"),
        ([leg(1, transcription_text="Hello")], "voicemail"),
        ([leg(1, direction="outbound", date_connected=START)], "answered"),
        ([leg(1, direction="outbound")], "not answered"),
        ([leg(1, state="connected", date_ended=None)], ""),
        ([leg(1, state="hangup", date_ended=None, date_rang=START)], "missed"),
    ],
)
def test_what_became_of_a_call(legs: list[Call], outcome: str) -> None:
    (call,) = past_calls(legs)
    assert call.view.outcome == outcome


def test_a_hidden_number_is_called_hidden_and_offers_nothing_to_dial() -> None:
    call = past_call(leg(1, external_number="blocked", contact={"name": "", "phone": None}))
    assert plain(call_row(call.view, {}).text).startswith("Hidden number called Support")
    assert call_card(call, {}, can_block=True).buttons == ()


def test_a_contact_that_is_only_a_number_is_no_name() -> None:
    call = past_call(leg(1, date_rang=START, contact={"name": "(415) 555-0150"}))
    assert plain(call_row(call.view, {}).text) == "+14155550150 called Support, missed"


def test_waiting_and_talking_are_told() -> None:
    (call,) = past_calls([GROUP, AGENT])
    words = words_of(call_card(call, {"+14155550150": "Jordan Lee"}, can_block=True))
    assert words.startswith("Call from Jordan Lee +14155550150\nResult: Answered\nLine: Support\nWho: Ana")
    assert "Waited: 20 s\nTalked: 40 s" in words


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://x.example/r", "https://", "not a link", "https://[x"])
def test_only_good_web_addresses_become_links(link: str) -> None:
    card = call_card(past_call(leg(1, was_recorded=True, call_recording_share_links=[link])), {}, can_block=True)
    assert not any(isinstance(part, Link) for fact in card.facts for part in fact.value)


def test_a_share_link_becomes_a_link() -> None:
    link = "https://dialpad.example/shared/call/abc"
    card = call_card(past_call(leg(1, was_recorded=True, call_recording_share_links=[link])), {}, can_block=True)
    assert (Link(link, "Listen"),) in [fact.value for fact in card.facts]


def test_a_call_without_any_field_is_still_shown() -> None:
    assert words_of(call_card(past_call(Call()), {}, can_block=True))
    assert plain(call_row(past_call(Call()).view, {}).text)


def test_calls_without_an_id_are_not_taken_for_one_another() -> None:
    assert len(past_calls([Call(), Call(), leg(1)])) == 3


def test_somebody_who_hung_up_before_it_rang_anywhere_is_told_as_on_a_live_card() -> None:
    assert plain(call_row(past_call(leg(1)).view, {}).text).endswith("Support, hung up before it rang anywhere")


def test_a_page_for_listening_is_shown_and_not_kept() -> None:
    call = past_call(leg(1, voicemail_share_link="https://dialpad.example/shared/voicemail/abc"))
    assert "abc" not in repr(call)
    assert "Left a voicemail" in words_of(call_card(call, {}, can_block=True))
    assert any(isinstance(part, Link) for fact in call_card(call, {}, can_block=True).facts for part in fact.value)
