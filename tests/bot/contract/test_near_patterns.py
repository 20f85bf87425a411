"""A mistyped word of a whole line with something in between is put right; names and texts in it are not touched."""

from typing import Final

import pytest

from bot.app import build_routes
from bot.contract.near_patterns import near_patterns

TABLE: Final = build_routes()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("put sam of duty", "put sam off duty"),
        ("take noor of duty until 3pm", "take noor off duty until 3pm"),
        ("put leo on dutty", "put leo on duty"),
        ("wwhat is sam's number", "what is sam's number"),
        ("how mmany calls did support get yesterday", "how many calls did support get yesterday"),
        ("whats jordan nunber", "whats jordan number"),
        ("shlot amara a quick text we are closed", "shoot amara a quick text we are closed"),
        ("let jordan kgow that we are closed", "let jordan know that we are closed"),
    ],
)
def test_the_line_with_the_word_put_right_is_found(typed: str, meant: str) -> None:
    assert meant in near_patterns(TABLE, typed)


@pytest.mark.parametrize("typed", ["put sam of duty", "noor of duty", "take noor oft duty", "bring sam offf duty"])
def test_the_opposite_of_what_was_typed_is_never_found(typed: str) -> None:
    found = near_patterns(TABLE, typed)
    assert found
    assert not any(" on duty" in line for line in found)


@pytest.mark.parametrize(
    "typed", ["put duti off duty", "let lett know that we open", "give jordan a text saying kgow your limits"]
)
def test_a_name_and_a_text_stay_as_they_were_typed(typed: str) -> None:
    assert near_patterns(TABLE, typed) == []


def test_a_long_line_is_not_looked_through() -> None:
    assert near_patterns(TABLE, "put sam of duty " + "because " * 100) == []
