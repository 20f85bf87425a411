"""Opt-outs are kept for a company, and the newest word of a number counts, in whichever order they come."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from bot.activity.registers import State
from bot.activity.text_facts import text_told
from bot.activity.texts import read_conversation
from bot.basics.company import CompanyKey
from bot.dialpad.events import SmsEvent, parse_event
from bot.store.absorbing import CardPart
from bot.store.opt_outs import OptOutWord
from bot.store.store import Store

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
OURS, THEIRS = CompanyKey("T0NORTHLT", "6100"), CompanyKey("T0NORTHLT", "6200")
JORDAN, AMARA = "+14155550150", "+14155550151"
STOP = OptOutWord(JORDAN, NOON, opted_out=True, line="+14155550101")
START = OptOutWord(JORDAN, NOON + timedelta(minutes=5), opted_out=False, line="+14155550102")
AGAIN = OptOutWord(JORDAN, NOON + timedelta(minutes=9), opted_out=True)


async def test_a_stop_holds_for_the_whole_company_and_for_no_other(store: Store) -> None:
    await store.opt_outs.add(OURS, STOP)
    assert await store.opt_outs.among(OURS, [JORDAN, AMARA]) == {JORDAN: True}
    assert await store.opt_outs.among(THEIRS, [JORDAN]) == {}
    assert await store.opt_outs.among(OURS, []) == {}


@pytest.mark.parametrize("words", list(permutations([STOP, START, AGAIN])))
async def test_the_newest_word_counts_in_any_order(store: Store, words: tuple[OptOutWord, ...]) -> None:
    for word in words:
        await store.opt_outs.add(OURS, word)
    assert await store.opt_outs.among(OURS, [JORDAN]) == {JORDAN: True}


async def test_start_undoes_a_stop_to_any_line_and_a_late_stop_does_not_come_back(store: Store) -> None:
    await store.opt_outs.add(OURS, STOP)
    await store.opt_outs.add(OURS, START)
    await store.opt_outs.add(OURS, STOP)
    assert await store.opt_outs.among(OURS, [JORDAN]) == {JORDAN: False}


async def test_several_words_in_one_batch_are_one(store: Store) -> None:
    await store.database.write(lambda connection: store.opt_outs.note(connection, OURS, [AGAIN, STOP, START]))
    assert await store.opt_outs.among(OURS, [JORDAN]) == {JORDAN: True}


async def test_what_is_shown_of_a_number_is_drawn_anew_when_its_word_changes_and_only_then(store: Store) -> None:
    event = parse_event({"id": 1, "direction": "inbound", "from_number": JORDAN, "to_number": ["+14155550101"],
                         "event_timestamp": int(NOON.timestamp() * 1000), "text": "Hi", "message_status": "pending",
                         "target": {"id": 5, "type": "call_center", "name": "Support"}})  # fmt: skip
    assert isinstance(event, SmsEvent)
    part = CardPart(
        "talk",
        ("talk:1",),
        State(read_conversation(event)),
        lambda *_: [],
        telling=lambda card, *_: text_told(card, event),
    )
    await store.database.write(lambda connection: store.cards.absorbing.absorb(connection, OURS, [part]))

    async def version() -> int:
        card = await store.cards.named(OURS, "talk:1")
        assert card is not None
        return card.version

    before = await version()
    await store.opt_outs.add(OURS, STOP)
    changed = await version()
    await store.opt_outs.add(OURS, STOP)
    assert (changed, await version()) == (before + 1, before + 1)
    await store.opt_outs.add(OURS, START)
    assert await version() == before + 2
