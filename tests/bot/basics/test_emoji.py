import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.emoji import with_emoji


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("thanks :smile:", "thanks 😄"),
        (":wave::skin-tone-3: hi", "👋🏼 hi"),
        (":guitar:", "🎸"),
        ("at 10:30:45", "at 10:30:45"),
        (":no_such_thing:", ":no_such_thing:"),
        ("a:b:c", "a:b:c"),
        (":comma:", ":comma:"),
    ],
)
def test_emoji_are_what_people_see(typed: str, seen: str) -> None:
    assert with_emoji(typed) == seen


@given(st.text(alphabet="abc:_ ", max_size=40))
def test_twice_is_as_once(text: str) -> None:
    assert with_emoji(with_emoji(text)) == with_emoji(text)
