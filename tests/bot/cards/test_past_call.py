from typing import Any

import pytest

from bot.cards.past_call import PastCall, call_card, call_row, join_legs
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
    (talk,) = join_legs([AGENT, GROUP])
    assert talk.entry is GROUP
    assert talk.people == ("Ana",)
    assert talk.line == "Support"


def test_a_leg_that_ties_two_others_together_joins_them() -> None:
    legs = [leg(1), leg(3, master_call_id=4), leg(5, entry_point_call_id=1, master_call_id=4)]
    assert [sorted(one.call_id or "" for one in talk.legs) for talk in join_legs(legs)] == [["1", "3", "5"]]


def test_calls_without_a_common_id_stay_apart_and_in_order() -> None:
    assert [talk.entry.call_id for talk in join_legs([leg(9), leg(7), leg(8)])] == ["9", "7", "8"]


@pytest.mark.parametrize(
    ("legs", "outcome"),
    [
        ([GROUP, AGENT], "answered"),
        ([leg(1)], "missed"),
        ([leg(1, date_connected=START, operator_call_id=None)], "missed"),
        ([leg(1, voicemail_share_link="https://x.example/v")], "voicemail"),
        ([leg(1, transcription_text="Hello")], "voicemail"),
        ([leg(1, direction="outbound", date_connected=START)], "answered"),
        ([leg(1, direction="outbound")], "not answered"),
        ([leg(1, state="connected", date_ended=None)], "going on"),
        ([leg(1, state="hangup", date_ended=None)], "missed"),
    ],
)
def test_what_became_of_a_call(legs: list[Call], outcome: str) -> None:
    assert PastCall(tuple(legs)).outcome == outcome


def test_a_hidden_number_is_called_hidden_and_offers_nothing_to_dial() -> None:
    talk = PastCall((leg(1, external_number="blocked", contact={"name": "", "phone": None}),))
    assert plain(call_row(talk, {}).text).startswith("Hidden number called Support")
    assert call_card(talk, {}, can_block=True).buttons == ()


def test_a_contact_that_is_only_a_number_is_no_name() -> None:
    talk = PastCall((leg(1, contact={"name": "(415) 555-0150"}),))
    assert plain(call_row(talk, {}).text) == "+14155550150 called Support, missed"


def test_waiting_and_talking_are_told() -> None:
    words = words_of(call_card(PastCall((GROUP, AGENT)), {"+14155550150": "Jordan Lee"}, can_block=True))
    assert words.startswith("Call from Jordan Lee +14155550150\nResult: Answered\nLine: Support\nWho: Ana")
    assert "Waited: 20 s\nTalked: 40 s" in words


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://x.example/r", "https://", "not a link", "https://[x"])
def test_only_good_web_addresses_become_links(link: str) -> None:
    card = call_card(PastCall((leg(1, was_recorded=True, call_recording_share_links=[link]),)), {}, can_block=True)
    assert not any(isinstance(part, Link) for fact in card.facts for part in fact.value)


def test_a_share_link_becomes_a_link() -> None:
    link = "https://dialpad.example/shared/call/abc"
    card = call_card(PastCall((leg(1, was_recorded=True, call_recording_share_links=[link]),)), {}, can_block=True)
    assert (Link(link, "Listen"),) in [fact.value for fact in card.facts]


def test_a_call_without_any_field_is_still_shown() -> None:
    assert words_of(call_card(PastCall((Call(),)), {}, can_block=True))
    assert plain(call_row(PastCall((Call(),)), {}).text)
