"""Which labels settle a call, and for which calls a choice counts."""

from bot.activity.items import items_of
from bot.activity.settling import USUAL, SettlingLabels, from_json, to_json
from tests.bot.activity.test_items import SAM, SUPPORT, act, at, history, missed


def test_spam_settles_where_nobody_chose() -> None:
    assert SettlingLabels().now == USUAL == {"spam"}
    assert items_of(history(missed(0, labels=("Spam",))))[SUPPORT][-1].is_settled


def test_what_was_chosen_settles_calls_before_and_after_and_in_any_case() -> None:
    chosen = SettlingLabels().chosen(["Junk", " spam"], SAM, at(10))
    facts = history(missed(0, labels=("JUNK",)), missed(20, line="callcenter:2", labels=("junk",)))

    assert chosen.now == {"junk", "spam"}
    assert chosen.by == SAM
    assert all(some[-1].is_settled for some in items_of(facts, chosen).values())
    assert not any(some[-1].is_settled for some in items_of(facts).values())


def test_what_is_taken_off_still_settles_what_came_before() -> None:
    chosen = SettlingLabels().chosen(["junk"], SAM, at(10)).chosen([], SAM, at(20))
    calls = {minutes: missed(minutes, line=f"callcenter:{minutes}", labels=("junk",)) for minutes in (0, 15, 25)}
    found = items_of(history(*calls.values()), chosen)

    assert [found[f"callcenter:{minutes}"][-1].is_settled for minutes in calls] == [True, True, False]
    assert chosen.now == frozenset()
    spam = history(missed(5, labels=("spam",)))
    assert items_of(spam, chosen)[SUPPORT][-1].is_settled  # spam was the usual one until then


def test_a_label_given_here_settles_by_what_was_chosen() -> None:
    chosen = SettlingLabels().chosen(["wrong number"], SAM, at(1))
    labeled = history(missed(0), act(2, SAM, "labeled", words="VIP, Wrong Number"))

    assert items_of(labeled, chosen)[SUPPORT][-1].is_settled
    assert not items_of(labeled)[SUPPORT][-1].is_settled


def test_it_is_stored_and_read_as_it_was() -> None:
    chosen = SettlingLabels().chosen(["junk"], SAM, at(10)).chosen([], SAM, at(20))

    assert from_json(to_json(chosen)) == chosen
