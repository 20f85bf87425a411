"""Open work follows from the facts, in whichever order they became known."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.activity.histories import MOST_FACTS, Act, CallFact, Deed, History, TextFact, from_json, to_json
from bot.activity.items import Item, item_with, items_of, may

SUPPORT, BILLING, ANA_LINE, SAM_LINE = "callcenter:1", "callcenter:2", "user:11", "user:12"
ANA, SAM = "U0ANA0001", "U0SAM0001"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
JORDAN = "+14155550150"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def missed(minutes: float, *, line: str = SUPPORT, card: str = "", **rest: Any) -> CallFact:
    card = card or f"missed{minutes}{line}"
    return CallFact(card, line, inbound=True, began=at(minutes), outcome="missed", needs=True, places=(line,), **rest)


def answered(minutes: float, *, line: str = SUPPORT, who: str = "Ana") -> CallFact:
    spoke = at(minutes + 0.1)
    return CallFact(
        f"in{minutes}", line, inbound=True, began=at(minutes), outcome="answered", spoke=spoke, people=(who,)
    )


def called_back(
    minutes: float, *, line: str = ANA_LINE, who: str = "Ana", spoke: bool = True, leg: str = ""
) -> CallFact:
    return CallFact(
        f"out{minutes}", line, inbound=False, began=at(minutes), outcome="answered" if spoke else "not answered",
        spoke=at(minutes + 0.2) if spoke else None, people=("Ana",), places=(line,), talked_s=120.0 if spoke else None,
        legs=(leg,) if leg else (),
    )  # fmt: skip


def text(minutes: float, *, line: str = SUPPORT, inbound: bool = True, **rest: Any) -> TextFact:
    return TextFact(f"text{minutes}{inbound}{line}", "talk", line, inbound=inbound, at=at(minutes), **rest)


def act(minutes: float, by: str, what: Deed, **rest: Any) -> Act:
    return Act(at(minutes), by, what, rest.pop("line", SUPPORT), **rest)


Fact = CallFact | TextFact | Act


def history(*facts: Fact) -> History:
    def add(known: History, fact: Fact) -> History:
        match fact:
            case CallFact():
                return known.with_call(fact)
            case TextFact():
                return known.with_text(fact)
            case _:
                return known.with_act(fact)

    return reduce(add, facts, History(JORDAN))


def item(*facts: Fact, line: str = SUPPORT) -> Item:
    return items_of(history(*facts))[line][-1]


def open_lines(known: History) -> list[str]:
    return [line for line, some in items_of(known).items() if not some[-1].is_settled]


# What opens and what settles


def test_a_missed_call_waits_and_a_call_back_that_connected_settles_it() -> None:
    assert item(missed(0)).asks(at(1))
    settled = item(missed(0), called_back(5))
    assert settled.is_settled
    assert settled.settled is not None
    assert (settled.settled.what, settled.settled.who, settled.settled.seconds) == ("was called back", ("Ana",), 120.0)


def test_a_call_back_that_was_not_answered_is_a_try() -> None:
    tried = item(missed(0), called_back(5, spoke=False))
    assert tried.asks(at(6))
    assert [step.what for step in tried.steps] == ["called", "tried to call"]


def test_a_later_answered_call_settles_the_earlier_ones_and_an_earlier_one_does_not() -> None:
    assert item(missed(0), missed(1), answered(2)).is_settled
    assert item(answered(0), missed(1)).asks(at(2))


def test_an_answered_call_alone_is_no_work() -> None:
    assert items_of(history(answered(0))) == {}


def test_four_calls_are_one_item() -> None:
    one = item(*(missed(minute) for minute in range(4)))
    assert (one.calls, one.since, one.last, len(one.cards)) == (4, at(0), at(3), 4)


def test_what_comes_after_it_was_settled_is_a_new_item() -> None:
    old, new = items_of(history(missed(0), called_back(1), missed(10)))[SUPPORT]
    assert old.is_settled
    assert new.asks(at(11))
    assert new.since == at(10)


def test_a_caller_who_gave_up_after_something_was_settled_waits() -> None:
    queued = missed(0, ended=at(10))
    assert item(missed(-5), act(5, ANA, "done"), queued).asks(at(11))
    assert item(missed(-5), called_back(5), queued).asks(at(11))
    assert item(text(-5), text(5, inbound=False), queued).asks(at(11))
    assert item(missed(-5), act(5, ANA, "done"), queued, act(11, ANA, "done")).is_settled


def test_what_settled_an_item_stays_with_the_newest_one_that_a_card_is_about() -> None:
    found = items_of(history(text(2), text(5, inbound=False), missed(0, ended=at(10)), text(12)))
    newest = item_with(found, "talk")
    assert newest is not None
    assert newest.asks(at(13))


def test_a_talk_settles_what_came_while_it_rang() -> None:
    assert item(missed(-5), replace(answered(0), spoke=at(10)), text(5)).is_settled
    assert item(missed(-5), replace(answered(0), spoke=at(10)), text(11)).asks(at(12))


def test_an_automatic_reply_to_a_call_comes_when_that_is_over() -> None:
    reply = text(2.3, inbound=False, automatic=True)
    assert item(missed(0, ended=at(2)), reply).state == "open"


def test_a_call_of_an_earlier_version_counts_from_when_it_began() -> None:
    assert item(missed(0), act(1, ANA, "done")).is_settled


def test_an_answered_text_settles_a_text_and_asks_a_caller_to_get_in_touch() -> None:
    assert item(text(0), text(1, inbound=False)).is_settled
    waiting = item(missed(0), text(1, inbound=False))
    assert waiting.state == "waiting"
    assert not waiting.asks(at(2))
    assert item(missed(0), text(1, inbound=False), text(2)).asks(at(3))


def test_an_answer_that_did_not_arrive_settles_nothing() -> None:
    assert item(text(0), text(1, inbound=False, failed=True)).asks(at(2))


def test_an_automatic_reply_settles_nothing() -> None:
    assert item(text(0), text(0.1, inbound=False, automatic=True)).asks(at(1))
    assert item(text(0), text(5, inbound=False, automatic=True)).is_settled, "nobody's name, but not at once"


def test_an_automatic_reply_that_somebody_sent_with_the_bot_is_theirs() -> None:
    mine = text(0.1, inbound=False, automatic=True)
    settled = item(text(0), mine, act(0.1, SAM, "texted", line="", to=mine.id))
    assert settled.settled is not None
    assert settled.settled.by == SAM


@pytest.mark.parametrize("settling", ["blocked", "done"])
def test_blocking_and_done_settle(settling: Deed) -> None:
    assert item(missed(0), act(1, SAM, settling, line="" if settling == "blocked" else SUPPORT)).is_settled


def test_a_label_that_the_team_chose_settles_and_any_other_does_not() -> None:
    assert item(replace(missed(0), labels=("Spam",))).is_settled
    assert item(missed(0), act(1, SAM, "labeled", words="vip, Spam")).is_settled
    assert item(replace(missed(0), labels=("vip",))).asks(at(1))
    assert item(missed(0), act(1, SAM, "labeled", words="vip")).asks(at(1))


def test_asking_for_no_more_texts_is_no_work() -> None:
    assert items_of(history(text(0, opts_out=True))) == {}
    assert item(text(0), text(1, opts_out=True)).is_settled


def test_a_callback_that_dialpad_makes_asks_nobody() -> None:
    queued = replace(missed(0), needs=False, callback=True, outcome="abandoned")
    assert not item(queued).asks(at(1))
    assert not item(queued).is_settled


def test_of_two_calls_in_one_millisecond_the_one_with_the_greater_number_is_the_later_one() -> None:
    first, second = replace(missed(0), legs=("99",)), replace(answered(0), spoke=at(0), legs=("100",))
    assert item(second, first).is_settled
    assert item(replace(first, legs=("101",)), second).asks(at(1))


# Whose a call back is


def test_a_call_back_settles_the_line_whose_calls_rang_there() -> None:
    known = history(
        missed(0, line=BILLING), replace(missed(1), places=(SUPPORT, ANA_LINE)), called_back(5, line=ANA_LINE)
    )
    assert open_lines(known) == [BILLING]


def test_a_call_back_from_a_groups_line_settles_no_other_groups_item() -> None:
    assert item(missed(0), called_back(5, line=BILLING)).asks(at(6))


def test_a_call_back_from_a_card_settles_that_cards_line() -> None:
    known = history(
        missed(0, line=BILLING), missed(1), act(4, SAM, "called", line=BILLING, to="leg"),
        called_back(5, line=SAM_LINE, leg="leg"),
    )  # fmt: skip
    items = items_of(known)
    assert open_lines(known) == [SUPPORT]
    settled = items[BILLING][-1].settled
    assert settled is not None
    assert settled.by == SAM


def test_a_text_sent_with_the_bot_counts_before_dialpad_tells_of_it() -> None:
    assert item(text(0), act(1, SAM, "texted", line="", to="unheard")).is_settled


# Owning


def test_an_item_has_one_owner_until_it_is_settled() -> None:
    claimed = item(missed(0), act(1, ANA, "claimed"), missed(2))
    assert (claimed.state, claimed.owner) == ("claimed", ANA)
    assert item(missed(0), act(1, ANA, "claimed"), called_back(2)).owner == ""
    assert item(missed(0), act(1, ANA, "claimed"), called_back(2), missed(3)).owner == ""


def test_handing_over_asks_first() -> None:
    asked = (missed(0), act(1, ANA, "claimed"), act(2, ANA, "handed", to=SAM))
    assert (item(*asked).owner, item(*asked).asked) == (ANA, SAM)
    assert item(*asked, act(3, SAM, "accepted")).owner == SAM
    assert item(*asked, act(3, SAM, "declined")).owner == ANA
    assert may(item(*asked), "accepted", SAM)
    assert not may(item(*asked), "accepted", "U0LEO0001")


def test_who_may_do_what() -> None:
    free, claimed = item(missed(0)), item(missed(0), act(1, ANA, "claimed"))
    assert may(free, "claimed", SAM)
    assert may(free, "done", SAM)
    for deed in ("claimed", "released", "done", "snoozed", "handed", "taken over"):
        assert not may(claimed, deed, SAM)
    assert may(claimed, "taken over", SAM, over=True)
    assert may(claimed, "done", SAM, over=True)
    settled = item(missed(0), act(1, ANA, "done"))
    assert may(settled, "reopened", SAM)
    assert not may(settled, "claimed", SAM)
    assert not may(free, "reopened", SAM)


def test_what_is_put_off_asks_nobody_until_then_or_until_they_call() -> None:
    put_off = (missed(0), act(1, ANA, "snoozed", until=at(60)))
    assert not item(*put_off).asks(at(59))
    assert item(*put_off).asks(at(60))
    assert item(*put_off, missed(10)).asks(at(11))
    waiting = (missed(0), act(1, ANA, "waits"))
    assert not item(*waiting).asks(at(1000))
    assert item(*waiting, text(10)).asks(at(11))


def test_what_was_settled_by_mistake_is_opened_again() -> None:
    back = item(missed(0), act(1, ANA, "done"), act(2, SAM, "reopened"))
    assert back.asks(at(3))
    assert back.calls == 1


# In any order

_facts = st.lists(
    st.one_of(
        st.builds(missed, st.integers(0, 50), line=st.sampled_from([SUPPORT, BILLING])),
        st.builds(answered, st.integers(0, 50), line=st.sampled_from([SUPPORT, BILLING])),
        st.builds(called_back, st.integers(0, 50), spoke=st.booleans(), line=st.sampled_from([ANA_LINE, SUPPORT])),
        st.builds(text, st.integers(0, 50), inbound=st.booleans(), line=st.sampled_from([SUPPORT, BILLING])),
        st.builds(
            act, st.integers(0, 50), st.sampled_from([ANA, SAM]),
            st.sampled_from(["claimed", "released", "done", "reopened", "waits", "noted"]),
        ),
    ),
    max_size=12,
)  # fmt: skip


@given(_facts, st.randoms())
def test_the_order_in_which_facts_become_known_makes_no_difference(facts: list[Fact], chance: Any) -> None:
    named = list({repr(fact.card if isinstance(fact, CallFact) else fact): fact for fact in facts}.values())
    shuffled = [*named, *named[:3]]
    chance.shuffle(shuffled)
    assert items_of(history(*shuffled)) == items_of(history(*named))


@given(_facts)
def test_a_line_has_at_most_one_open_item_which_has_at_most_one_owner(facts: list[Fact]) -> None:
    for some in items_of(history(*facts)).values():
        assert all(one.is_settled for one in some[:-1])
        assert not any(one.is_settled and (one.owner or one.asks(at(100))) for one in some)
        assert all((one.state == "claimed") <= bool(one.owner) for one in some)


@given(_facts)
def test_a_history_is_read_as_it_was_written(facts: list[Fact]) -> None:
    assert from_json(to_json(history(*facts))) == history(*facts)


def test_the_oldest_facts_go_first() -> None:
    long = history(*(missed(minute) for minute in range(MOST_FACTS + 10))).kept()
    assert len(long.calls) == MOST_FACTS
    assert min(one.began for one in long.calls) == at(10)


def test_a_text_that_failed_is_noted_where_it_was_sent_from() -> None:
    sales = "callcenter:2"
    facts = (missed(0), missed(5, line=sales), act(6, ANA, "texted", to="text7False" + ANA_LINE, line=SUPPORT))
    failed = text(7, line=ANA_LINE, inbound=False, failed=True, rank=4)
    found = items_of(history(*facts, failed))

    assert [step.what for step in found[SUPPORT][-1].steps] == ["called", "could not be texted"]
    assert [step.what for step in found[sales][-1].steps] == ["called"]
