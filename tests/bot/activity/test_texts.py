from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity.news import NewsKind
from bot.activity.registers import State, join
from bot.activity.texts import (
    happening_of,
    keep_picture,
    name_of_conversation,
    pictures_to_fetch,
    read_conversation,
    read_text,
    view_conversation,
    view_text,
)
from bot.dialpad.events import SmsEvent
from tests.bot.activity.payloads import text

OUT: dict[str, Any] = {
    "direction": "outbound",
    "from_number": "+14155550101",
    "to_number": ["+14155550150"],
}
CONVERSATION = [
    text(1, "Is it ready?", 0),
    text(2, "Soon", 10, **OUT),
    text(2, "Soon", 12, message_status="delivered", **OUT),
    text(3, "sTOp", 20),
]


def conversation_of(events: list[SmsEvent]) -> State:
    return reduce(join, map(read_conversation, events), State())


@given(st.permutations(CONVERSATION))
def test_a_conversation_is_the_same_in_any_order(events: list[SmsEvent]) -> None:
    assert conversation_of(events) == conversation_of(CONVERSATION)


def test_both_directions_are_one_conversation() -> None:
    assert {name_of_conversation(event) for event in CONVERSATION} == {"talk:+14155550101|+14155550150"}


def test_texts_are_counted_once_however_often_they_are_told_about() -> None:
    view = view_conversation(conversation_of([*CONVERSATION, *CONVERSATION]))

    assert (view.received, view.sent, view.contact) == (2, 1, "Jordan Lee")


def test_stop_holds_until_it_is_taken_back() -> None:
    assert view_conversation(conversation_of(CONVERSATION)).stopped
    assert not view_conversation(conversation_of([*CONVERSATION, text(4, "START", 30)])).stopped


def test_the_state_of_delivery_goes_forward() -> None:
    read = [read_text(event) for event in CONVERSATION[1:3]]

    assert view_text(join(read[1], read[0])).status == "delivered"


def test_a_text_that_did_not_arrive_is_news_of_its_own() -> None:
    failed = view_text(read_text(text(5, "Hello", message_status="undelivered", **OUT)))

    assert happening_of(failed, view_conversation(conversation_of(CONVERSATION))).kinds == {NewsKind.FAILED_SMS}


def test_our_own_text_that_arrived_is_no_news() -> None:
    assert (
        happening_of(view_text(read_text(CONVERSATION[2])), view_conversation(conversation_of(CONVERSATION))).kinds
        == frozenset()
    )


PICTURE = "https://dialpad.example/mms/1"


def test_the_address_of_a_picture_is_not_among_the_words() -> None:
    both = text(6, PICTURE, mms=True, mms_url=PICTURE, text_content="Look at this")
    named_in_the_text = text(6, f"Look at this {PICTURE}", mms=True)

    for event in (both, named_in_the_text):
        view = view_text(read_text(event))
        assert (view.text, view.media, view.has_media) == ("Look at this", (PICTURE,), True)


def test_an_address_in_a_text_without_pictures_stays_where_it_is() -> None:
    view = view_text(read_text(text(6, f"See {PICTURE}")))

    assert (view.text, view.media, view.has_media) == (f"See {PICTURE}", (), False)


@pytest.mark.parametrize(
    "words",
    [
        "look (https://example.com/o/5), ok?",
        "https://example.com/o/5 is mine",
        "mine:\nhttps://example.com/o/5",
        "see https://notdialpad.test/5",
    ],
)
def test_a_link_that_the_customer_wrote_beside_a_picture_stays(words: str) -> None:
    event = text(6, words, mms=True, mms_url=None)

    assert (event.words, event.media) == (words, ())


def test_dialpads_own_address_in_the_words_is_the_picture() -> None:
    event = text(6, "look https://app.dialpad.com/mms/7 https://example.com/o/5", mms=True, mms_url=None)

    assert event.media == ("https://app.dialpad.com/mms/7",)
    assert "https://example.com/o/5" in (event.words or "")


def test_a_picture_that_is_in_slack_is_fetched_no_more() -> None:
    event = text(6, PICTURE, mms=True, mms_url=[PICTURE, f"{PICTURE}2"])
    state = join(read_text(event), keep_picture(PICTURE, "F1"))

    assert pictures_to_fetch(state) == (f"{PICTURE}2",)
    assert view_text(join(state, read_text(event))).pictures == ("F1",)
