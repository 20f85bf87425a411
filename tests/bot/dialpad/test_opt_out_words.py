"""Which texts opt out, which opt in again, and which may be meant so."""

import pytest

from bot.dialpad.opt_out_words import STOP_WORDS, asks_to_start, asks_to_stop, may_ask_to_stop


@pytest.mark.parametrize("around", ["{}", " {}\n", "{}.", "{}!", "“{}”", "🛑 {}", "*{}*", "\u200b{}\u200e"])
@pytest.mark.parametrize("word", sorted(STOP_WORDS))
def test_a_stop_word_alone_opts_out_however_it_is_written(word: str, around: str) -> None:
    for said in (word, word.upper(), word.capitalize(), word.swapcase()):
        assert asks_to_stop(around.format(said))
        assert not may_ask_to_stop(around.format(said))


@pytest.mark.parametrize("said", ["Opt out", "OPT-OUT", "Stop all", "STOP  ALL", "ARRÊT", "sTOp", "ｓｔｏｐ"])
def test_other_spellings_of_a_stop_word_opt_out(said: str) -> None:
    assert asks_to_stop(said)


@pytest.mark.parametrize(
    "said", ["", "  ", "STOP please", "I will stop by at 5", "the end", "cancel my order", "stop 2", "10", "stopping"]
)
def test_a_longer_text_does_not_opt_out(said: str) -> None:
    assert not asks_to_stop(said)


@pytest.mark.parametrize("said", ["START", " start. ", "Unstop", "UNSTOP!", "opt in"])
def test_start_undoes_it(said: str) -> None:
    assert asks_to_start(said)
    assert not asks_to_stop(said)


@pytest.mark.parametrize("said", ["yes", "start over", "When do you start?", "stop"])
def test_nothing_else_undoes_it(said: str) -> None:
    assert not asks_to_start(said)


@pytest.mark.parametrize(
    "said", ["STOP please", "Stop texting me!", "Please stop", "pls unsubscribe me from this list", "I want to opt out"]
)
def test_what_may_be_meant_as_an_opt_out_is_known(said: str) -> None:
    assert may_ask_to_stop(said)


@pytest.mark.parametrize(
    "said",
    ["Which bus stop?", "I can stop by at five if that works for you", "the end", "cancel my order", "START", ""],
)
def test_an_everyday_text_is_not_taken_for_one(said: str) -> None:
    assert not may_ask_to_stop(said)
