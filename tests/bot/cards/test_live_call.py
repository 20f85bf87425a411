from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity.call_registers import fold
from bot.activity.calls import CallView, view_call
from bot.activity.histories import Act, Deed, History, call_fact
from bot.activity.items import item_with, items_of
from bot.activity.registers import State
from bot.activity.texts import keep_picture, read_conversation, read_text, view_conversation, view_text
from bot.cards.conversation import conversation_card, text_reply
from bot.cards.live_call import Caller, bundle, call_content, call_line, hearing, tidy
from bot.cards.open_work import CardStatus
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
LATER = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TALK = CardStatus("t1", NOW, subscription="w1")


def status(events: list[CallEvent], *acts: Act, now: datetime = NOW) -> CardStatus:
    """How the open work of this call stands, after what people did about it."""
    fact = call_fact("c1", view(events))
    known = History("+14155550150") if fact is None else History("+14155550150").with_call(fact)
    items = items_of(reduce(History.with_act, acts, known))
    return CardStatus("c1", now, item_with(items, "c1"), "w1")


def did(what: Deed, **rest: Any) -> Act:
    return Act(NOW, "U1", what, **rest)


def view(events: list[CallEvent]) -> CallView:
    return view_call(reduce(fold, events, State()))


def plain(prose: Prose) -> str:
    return prose if isinstance(prose, str) else "".join(map(_part, prose))


def _part(part: Part) -> str:
    return part if isinstance(part, str) else str(getattr(part, "text", getattr(part, "e164", part)))


def content(events: list[CallEvent], known: Caller | None = None, *acts: Act) -> Card:
    return call_content(view(events), known, status(events, *acts))


def labels(card: Card) -> list[str]:
    """The labels of the buttons, and after "|" of what is in the menu."""
    return [*(button.label for button in card.buttons), "|", *(button.label for button in card.menu)]


KNOWN = Caller("Jordan Lee", "Contact at Lee Roasters", is_contact=True)


def test_a_missed_call_says_in_two_lines_who_which_line_and_how_long_they_waited() -> None:
    card = content(missed_group_call(), KNOWN)

    assert plain(card.title).startswith("🔴 Missed call · Jordan Lee +14155550150 · Support · ")
    assert plain(card.note) == "waited 20 s · Contact at Lee Roasters"
    assert (card.facts, card.text) == ((), ())


def test_three_buttons_fit_the_state_and_the_rest_is_in_the_menu() -> None:
    assert labels(content(missed_group_call())) == [
        "Claim", "Call back", "Text", "|", "Done", "Put off…", "Hand to…", "Block", "More…",
    ]  # fmt: skip
    assert labels(content(missed_group_call(), None, did("claimed"))) == [
        "Done", "Call back", "Text", "|", "Give back", "Hand to…", "Put off…", "Take over", "More…",
    ]  # fmt: skip
    assert labels(content(missed_group_call(), None, did("waits"))) == [
        "Done", "Call back", "Text", "|", "Claim", "Open again", "Hand to…", "Block", "More…",
    ]  # fmt: skip
    assert labels(content(missed_group_call(), None, did("done"))) == [
        "|", "Reopen", "Call back", "Text", "More…",
    ]  # fmt: skip


def test_a_colleague_cannot_be_blocked_and_a_contact_is_not_saved_again() -> None:
    assert "Block" not in labels(content(missed_group_call(), Caller("J", "", is_ours=True)))
    offered = [one.label for one in tidy(view(missed_group_call()), Caller("J", "", is_contact=True), "c1")]
    assert offered == ["Block", "Label"]


def test_a_name_that_came_with_the_call_is_said_to_be_a_guess() -> None:
    assert "not in the contacts" in plain(content(missed_group_call()).note)


def test_a_hidden_number_can_be_claimed_and_not_called() -> None:
    card = content([call(1, "hangup", 9, external_number="blocked", contact={}, date_rang=at(1), date_ended=at(9))])

    assert "a hidden number" in plain(card.title)
    assert labels(card) == ["Claim", "|", "Done", "Put off…", "Hand to…", "More…"]


def test_open_claimed_waiting_and_settled_differ_in_words_and_shape() -> None:
    acts: list[tuple[Act, ...]] = [
        (),
        (did("claimed"),),
        (did("waits"),),
        (did("snoozed", until=LATER),),
        (did("done"),),
    ]
    heads = [plain(content(missed_group_call(), None, *some).title).split(" · ")[0] for some in acts]

    assert [head.split(" ")[0] for head in heads] == ["🔴", "🙋", "⏳", "💤", "✅"]
    assert [head.split(" ")[1] for head in heads] == ["Missed", "Claimed", "Waiting", "Put", "Done"]


def test_what_is_settled_is_one_line_that_says_how() -> None:
    card = content(voicemail_call(), KNOWN, did("done"))

    assert plain(card.title).startswith("✅ Done by ")
    assert "Jordan Lee · Support" in plain(card.title)
    assert (card.text, card.note, card.buttons) == ((), "", ())
    assert labels(card) == ["|", "Reopen", "Listen", "Call back", "Text", "More…"]


def test_what_is_shown_further_down_is_one_line_without_buttons() -> None:
    card = call_content(view(missed_group_call()), KNOWN, replace(status(missed_group_call()), elsewhere=True))

    assert plain(card.title).endswith("they called again, see below")
    assert labels(card) == ["|"]


def test_an_answered_call_needs_nobody_and_has_its_recap() -> None:
    card = content(answered_group_call())

    assert labels(card) == ["|", "AI recap", "Call back", "Text", "Label", "More…"]
    assert plain(card.title).startswith("✅ Answered by Ana Ferreira · ")
    assert plain(card.text) == "Recap: Wants two boxes."


def test_who_hung_up_at_the_greeting_left_nothing_to_listen_to() -> None:
    link = {"voicemail_link": "https://dialpad.example/secureblob/voicemail/1.mp3", "date_rang": at(1)}
    greeted = call(1, "voicemail", 20, **link)
    card = content([greeted, call(1, "hangup", 24, date_ended=at(24), **link)])

    assert plain(content([greeted]).title).startswith("📞 At the voicemail greeting · ")
    assert plain(card.title).startswith("🔴 Missed call, hung up at the greeting · ")
    assert not {"Listen"} & {*labels(content([greeted])), *labels(card)}


def test_a_voicemail_after_a_talk_says_who_talked_and_can_be_claimed() -> None:
    card = content(voicemail_after_talk())

    assert plain(card.title).startswith("📬 Voicemail, after talking to Ana Ferreira · ")
    assert {"Claim", "Listen", "Call back"} <= set(labels(card))


def test_a_callback_says_so_on_the_card_and_in_a_list_of_several() -> None:
    card = content(callback_request())

    assert not {"Claim", "Call back"} & set(labels(card))
    row = call_line(view(callback_request()), None, status(callback_request()))
    assert "Asked for a callback, which Dialpad makes" in plain(row.text)


def test_no_card_carries_a_link_that_opens_without_signing_in() -> None:
    story = [
        *voicemail_call(),
        call(1, "hangup", 50, company_call_review_share_link="https://dialpad.example/shared/x"),
    ]

    assert "https://" not in repr(content(story))


@given(st.permutations(answered_group_call()), st.text(max_size=4_000), st.sampled_from(["", "U0ANA0001"]))
def test_every_card_fits_slack(story: list[CallEvent], said: str, claimer: str) -> None:
    state = State()
    story = [*story, call(1, "transcription", 200, transcription_text=said, contact={"name": said[:300]})]
    for event in story:
        state = fold(state, event)
    acts = (Act(NOW, claimer, "claimed"),) if claimer else ()
    card = call_content(view_call(state), None, status(story, *acts))

    check_message_blocks(render_message(card, Reader()).blocks)


def test_a_bundle_of_many_fits_slack() -> None:
    rows = [call_line(view(missed_group_call()), Caller("N" * 200, ""), status(missed_group_call())) for _ in range(20)]

    check_message_blocks(render_message(bundle(rows, "w1"), Reader()).blocks)


@pytest.mark.parametrize("body", ["Is it *ready*?", "sTOp", "", "x" * 1500, "<!channel> _a_ `b`"])
def test_texts_fit_slack_and_stay_letter_for_letter(body: str) -> None:
    event = text(1, body)
    talk = view_conversation(read_conversation(event))
    reply = text_reply(view_text(read_text(event)), talk, None)

    check_message_blocks(render_message(reply, Reader()).blocks)
    check_message_blocks(render_message(conversation_card(talk, None, TALK), Reader()).blocks)
    assert body in plain(reply.text)


def test_after_stop_there_is_no_reply_button() -> None:
    talk = view_conversation(read_conversation(text(1, "STOP")))

    assert labels(conversation_card(talk, None, replace(TALK, opted_out=True))) == [
        "Call",
        "|",
        "Notification settings",
    ]


def test_a_voicemail_can_be_listened_to_from_its_card() -> None:
    assert labels(content(voicemail_call()))[:3] == ["Claim", "Listen", "Call back"]
    assert "Listen" not in labels(content(voicemail_call()[:3]))


def test_a_recording_is_offered_when_it_is_ready_and_not_before() -> None:
    ended = call(1, "hangup", 50, was_recorded=True, date_connected=at(5), operator_call_id=2)
    ready = call(1, "recording", 60, recording_url=["https://dialpad.example/r/11"])

    assert "Listen" not in labels(content([ended]))
    assert "recording" not in plain(content([ended]).note)
    assert "recording ready" in plain(content([ended, ready]).note)
    assert labels(content([ended, ready]))[1] == "Listen"


def test_a_transcript_is_offered_when_it_can_be_read_and_not_before() -> None:
    talk = answered_group_call()
    ready = [*talk, call(2, "call_transcription", 150)]

    assert "Transcript" not in [one.label for one in hearing(view(talk), "c1")]
    assert "Transcript" in [one.label for one in hearing(view(ready), "c1")]


def test_a_recap_says_what_is_to_be_done() -> None:
    later = call(1, "recap_action_items", 170, recap_action_items=["Send two boxes", "Call back"])
    about = call(1, "recap_purposes", 171, recap_purposes=["Order"], recap_outcome="Resolved")
    card = content([*answered_group_call(), later, about])

    said = "About: Order; Resolved\nRecap: Wants two boxes.\nTo do:\n• Send two boxes\n• Call back"
    assert plain(card.text) == said


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

    said = "📲 Asked for a callback, which Dialpad makes · Jordan Lee +14155550150 · Support"
    assert plain(card.title).startswith(said)


def test_nobody_is_asked_to_call_back_whom_dialpad_calls_back() -> None:
    assert not {"Claim", "Call back"} & set(labels(content(callback_request())))


def test_a_caller_who_was_reached_after_all_is_an_answered_call() -> None:
    talk = {"operator_call_id": 2, "date_connected": at(90), "callback_requested": True}
    card = content([*callback_request(), call(1, "hangup", 120, date_ended=at(120), **talk)])

    assert plain(card.title).startswith("✅ Answered")
