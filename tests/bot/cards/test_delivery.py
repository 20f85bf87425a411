"""Why a text did not arrive."""

import pytest

from bot.cards.delivery import why_not_delivered


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("", ""),
        ("no_route", "no carrier reaches the number"),
        ("opted_out", "they opted out of texts"),
        ("something_new", "Dialpad says “something new”"),
    ],
)
def test_a_reason_is_told_in_words_or_as_it_came(result: str, words: str) -> None:
    assert why_not_delivered(result) == words
