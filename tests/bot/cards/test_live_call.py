from datetime import UTC, datetime
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity.call_registers import fold
from bot.activity.calls import CallView, view_call
from bot.activity.registers import State
from bot.activity.texts import keep_picture, read_conversation, read_text, view_conversation, view_text
from bot.cards.conversation import conversation_card, text_reply
from bot.cards.live_call import Caller, CardStatus, bundle, call_content, call_line
from bot.contract.reply import Card, Part, Prose
from bot.dialpad.events import CallEvent
from bot.sandbox.slack.blockkit.documents import check_message_blocks
from bot.slack.blockkit.blocks import Reader
from bot.slack.blockkit.render import render_message
from tests.bot.activity.payloads import (
    answered_group_call,
    at,
    call,
    callback_request,
    missed_group_call,
    text,
    voicemail_after_talk,
    voicemail_call,
)

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
OPEN = CardStatus("c1", "w1")


def view(events: list[CallEvent]) -> CallView:
    return view_call(reduce(fold, events, State()))


def plain(prose: Prose) -> str:
    return prose if isinstance(prose, str) else "".join(map(_part, prose))


def _part(part: Part) -> str:
    return part if isinstance(part, str) else str(getattr(part, "text", getattr(part, "e164", part)))


def content(events: list[CallEvent], known: Caller | None = None, standing: CardStatus = OPEN) -> Card:
    return call_content(view(events), known, standing)[0]


def labels(card: Card) -> list[str]:
    return [button.label for button in card.buttons]


def facts(card: Card) -> dict[str, str]:
    return {fact.label: plain(fact.value) for fact in card.facts}


def test_a_missed_call_says_who_which_line_and_how_long_they_waited() -> None:
    card = content(missed_group_call(), Caller("Jordan Lee", "Contact at Lee Roasters", is_contact=True))

    assert plain(card.title) == "🔴 Missed call from Jordan Lee +14155550150 to Support"
    assert facts(card)["Waited"] == "20 s"
    assert facts(card)["Who"] == "Contact at Lee Roasters"


def test_what_can_be_done_with_a_missed_call_stands_on_it() -> None:
    wanted = ["Claim", "Mark handled", "Call back", "Text", "Block", "Save contact", "Label", "More", "⚙️"]
    assert labels(content(missed_group_call())) == wanted


def test_a_known_contact_is_not_saved_again_and_a_colleague_not_blocked() -> None:
    assert "Save contact" not in labels(content(missed_group_call(), Caller("J", "", is_contact=True)))
    assert "Block" not in labels(content(missed_group_call(), Caller("J", "", is_ours=True)))


def test_a_name_that_came_with_the_call_is_said_to_be_a_guess() -> None:
    assert "not in the contacts" in facts(content(missed_group_call()))["Who"]


def test_a_hidden_number_can_be_claimed_and_not_called() -> None:
    card = content([call(1, "hangup", 9, external_number="blocked", contact={}, date_rang=at(1), date_ended=at(9))])

    assert "a hidden number" in plain(card.title)
    assert labels(card) == ["Claim", "Mark handled", "More", "⚙️"]


def test_after_the_claim_there_is_a_stamp_instead_of_the_button() -> None:
    standing = CardStatus("c1", "w1", claimed_by="U1", claimed_at=NOW)
    card, stamp = call_content(view(missed_group_call()), None, standing)

    assert "Claim" not in labels(card)
    assert plain(stamp).startswith("Claimed by ")


def test_what_is_handled_can_only_be_looked_at() -> None:
    standing = CardStatus("c1", "w1", handled_by="U1", handled_at=NOW)

    assert labels(content(missed_group_call(), standing=standing)) == ["More", "⚙️"]


def test_an_answered_call_needs_nobody_and_has_its_recap() -> None:
    card = content(answered_group_call())

    assert "Claim" not in labels(card)
    assert facts(card)["State"] == "Answered by Ana Ferreira"
    assert plain(card.text) == "Recap: Wants two boxes."


def test_who_hung_up_at_the_greeting_left_nothing_to_listen_to() -> None:
    link = {"voicemail_link": "https://dialpad.example/secureblob/voicemail/1.mp3", "date_rang": at(1)}
    greeted = call(1, "voicemail", 20, **link)
    card = content([greeted, call(1, "hangup", 24, date_ended=at(24), **link)])

    assert facts(content([greeted]))["State"] == "At the voicemail greeting"
    assert facts(card)["State"] == "Missed, hung up at the greeting"
    assert plain(card.title).startswith("🔴 Missed call")
    assert not {"Listen"} & {*labels(content([greeted])), *labels(card)}


def test_a_voicemail_after_a_talk_says_who_talked_and_can_be_claimed() -> None:
    card = content(voicemail_after_talk())

    assert plain(card.title).startswith("📬 Voicemail")
    assert facts(card)["State"] == "Left a voicemail, after talking to Ana Ferreira"
    assert {"Claim", "Listen", "Call back"} <= set(labels(card))


def test_a_callback_says_so_on_the_card_and_in_a_list_of_several() -> None:
    card = content(callback_request())

    assert facts(card)["State"] == "Asked for a callback, which Dialpad makes"
    assert not {"Claim", "Call back"} & set(labels(card))
    assert "Callback request" in plain(call_line(view(callback_request()), None, OPEN).text)


def test_no_card_carries_a_link_that_opens_without_signing_in() -> None:
    story = [
        *voicemail_call(),
        call(1, "hangup", 50, company_call_review_share_link="https://dialpad.example/shared/x"),
    ]

    assert "https://" not in repr(content(story))


@given(st.permutations(answered_group_call()), st.text(max_size=4_000), st.sampled_from(["", "U0ANA0001"]))
def test_every_card_fits_slack(story: list[CallEvent], said: str, claimer: str) -> None:
    state = State()
    standing = CardStatus("c1", "w1", claimed_by=claimer or None, claimed_at=NOW if claimer else None)
    story = [*story, call(1, "transcription", 200, transcription_text=said, contact={"name": said[:300]})]
    for event in story:
        state = fold(state, event)
    card, stamp = call_content(view_call(state), None, standing)

    check_message_blocks(render_message(card, Reader(), stamp=stamp).blocks)


def test_a_bundle_of_many_fits_slack() -> None:
    rows = [call_line(view(missed_group_call()), Caller("N" * 200, ""), OPEN) for _ in range(20)]

    check_message_blocks(render_message(bundle(rows, "w1"), Reader()).blocks)


@pytest.mark.parametrize("body", ["Is it *ready*?", "sTOp", "", "x" * 1500, "<!channel> _a_ `b`"])
def test_texts_fit_slack_and_stay_letter_for_letter(body: str) -> None:
    event = text(1, body)
    talk = view_conversation(read_conversation(event))
    reply = text_reply(view_text(read_text(event)), talk, None)

    check_message_blocks(render_message(reply, Reader()).blocks)
    check_message_blocks(render_message(conversation_card(talk, None, "w1"), Reader()).blocks)
    assert body in plain(reply.text)


def test_after_stop_there_is_no_reply_button() -> None:
    talk = view_conversation(read_conversation(text(1, "STOP")))

    assert labels(conversation_card(talk, None, "w1")) == ["Call", "⚙️"]


def test_a_voicemail_can_be_listened_to_from_its_card() -> None:
    assert labels(content(voicemail_call()))[:3] == ["Claim", "Mark handled", "Listen"]
    assert "Listen" not in labels(content(voicemail_call()[:3]))


def test_a_recording_is_offered_when_it_is_ready_and_not_before() -> None:
    ended = call(1, "hangup", 50, was_recorded=True, date_connected=at(5), operator_call_id=2)
    ready = call(1, "recording", 60, recording_url=["https://dialpad.example/r/11"])

    assert "Listen" not in labels(content([ended]))
    assert "Recording" not in facts(content([ended]))
    assert facts(content([ended, ready]))["Recording"] == "Ready"
    assert labels(content([ended, ready]))[0] == "Listen"


def test_a_transcript_is_offered_when_it_can_be_read_and_not_before() -> None:
    talk = answered_group_call()

    assert "Transcript" not in labels(content(talk))
    assert "Transcript" in labels(content([*talk, call(2, "call_transcription", 150)]))


def test_what_was_handled_can_still_be_listened_to() -> None:
    handled = CardStatus("c1", "w1", handled_by="U1", handled_at=NOW)

    assert labels(content(voicemail_call(), standing=handled)) == ["Listen", "More", "⚙️"]


def test_a_recap_says_what_is_to_be_done() -> None:
    later = call(1, "recap_action_items", 170, recap_action_items=["Send two boxes", "Call back"])
    about = call(1, "recap_purposes", 171, recap_purposes=["Order"], recap_outcome="Resolved")
    card = content([*answered_group_call(), later, about])

    assert plain(card.text) == "Recap: Wants two boxes.\nTo do:\n• Send two boxes\n• Call back"
    assert (facts(card)["About"], facts(card)["Outcome"]) == ("Order", "Resolved")


def test_a_long_recap_is_cut_and_fits() -> None:
    card = content([*answered_group_call(), call(1, "recap_summary", 999, recap_summary="word " * 2000)])
    message = render_message(card, Reader())

    check_message_blocks(message.blocks)
    assert len(plain(card.text)) < 1_600


PICTURE = "https://dialpad.example/mms/1"


def test_a_text_says_where_its_picture_is_until_it_is_shown() -> None:
    event = text(1, "Look", mms=True, mms_url=PICTURE)
    waiting, known = read_text(event), keep_picture(PICTURE, "F0PICTURE")
    talk = view_conversation(read_conversation(event))

    before = text_reply(view_text(waiting), talk, None)
    after = text_reply(view_text({**waiting, **known}), talk, None)
    assert plain(before.text) == "Jordan Lee: Look\nA picture came with it: see it in Dialpad."
    assert plain(after.text) == "Jordan Lee: Look"
    assert [(one.file, one.alt) for one in after.pictures] == [("F0PICTURE", "Picture from Jordan Lee")]


def test_a_picture_without_words_is_said_to_be_one() -> None:
    event = text(1, PICTURE, mms=True, mms_url=PICTURE)
    shown = view_text({**read_text(event), **keep_picture(PICTURE, "F0PICTURE")})

    assert (
        plain(text_reply(shown, view_conversation(read_conversation(event)), None).text) == "Jordan Lee sent 1 picture."
    )


def test_the_address_of_a_picture_is_in_no_message() -> None:
    event = text(1, f"Look {PICTURE}", mms=True, mms_url=[PICTURE, f"{PICTURE}0"])
    talk = view_conversation(read_conversation(event))
    some = view_text({**read_text(event), **keep_picture(PICTURE, "F0PICTURE")})

    for shown in (view_text(read_text(event)), some):
        assert "mms" not in str(render_message(text_reply(shown, talk, None), Reader()))


def test_a_caller_who_asked_to_be_called_back_is_shown_as_that() -> None:
    card = content(callback_request(), Caller("Jordan Lee", "Contact", is_contact=True))

    assert plain(card.title) == "📲 Callback request from Jordan Lee +14155550150 to Support"
    assert facts(card)["State"] == "Asked for a callback, which Dialpad makes"


def test_nobody_is_asked_to_call_back_whom_dialpad_calls_back() -> None:
    assert not {"Claim", "Mark handled", "Call back"} & set(labels(content(callback_request())))


def test_a_caller_who_was_reached_after_all_is_an_answered_call() -> None:
    talk = {"operator_call_id": 2, "date_connected": at(90), "callback_requested": True}
    card = content([*callback_request(), call(1, "hangup", 120, date_ended=at(120), **talk)])

    assert plain(card.title).startswith("✅ Call from")
