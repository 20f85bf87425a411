"""Names that strangers chose."""

import pytest

from bot.basics.names import LONGEST, in_one_line, one_line, shown_name, without_turns

HOSTILE = "Jordan\n✅ *Claimed by Sam*\u202e+14155550150"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Jordan Lee", "Jordan Lee"),
        (HOSTILE, "Jordan ✅ *Claimed by Sam*+14155550150"),
        ("Jordan\r\n\u2028\u2029\x0b\x85Lee\t", "Jordan Lee"),
        ("\u2066Jordan\u2069 \u200fLee\ufeff", "Jordan Lee"),
        ("Søren Ångström-Ōé", "Søren Ångström-Ōé"),
        ("سارة", "سارة"),
        ("नमस्ते क्\u200dष", "नमस्ते क्\u200dष"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("", ""),
        ("\u202e", ""),
    ],
)
def test_a_name_is_one_line_of_visible_characters(name: str, shown: str) -> None:
    assert one_line(name) == shown


def test_a_long_name_is_cut_where_there_is_little_room() -> None:
    assert len(shown_name("x" * 5_000)) == LONGEST
    assert one_line("x" * 5_000) == "x" * 5_000


def test_only_what_turns_text_round_is_taken_from_a_text() -> None:
    assert without_turns("one\ntwo\u202e") == "one\ntwo"


def test_all_of_a_stored_value_is_in_one_line() -> None:
    assert in_one_line({"a\nb": ["c\nd", {"e": "f\ng"}, 1, None]}) == {"a b": ["c d", {"e": "f g"}, 1, None]}
