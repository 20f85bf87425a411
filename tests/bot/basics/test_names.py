"""Names that strangers chose."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.basics.names import LONGEST, in_one_line, names_in_one_line, one_line, shown_name, without_turns

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


@pytest.mark.parametrize("ascii_only", [True, False])
def test_names_of_an_answer_are_in_one_line_and_all_else_is_as_it_came(ascii_only: bool) -> None:
    came = {"items": [{"display_name": HOSTILE, "job_title": "a\tb", "text": "two\nlines", "n": 1.5}], "name": "Zoë"}
    shown = {"display_name": one_line(HOSTILE), "job_title": "a b", "text": "two\nlines", "n": 1.5}
    read = json.loads(names_in_one_line(json.dumps(came, ensure_ascii=ascii_only).encode()))
    assert read == {"items": [shown], "name": "Zoë"}


@given(name=st.text(st.characters(codec="utf-8")), ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_no_name_comes_through_that_is_not_one_line(name: str, ascii_only: bool, indent: int | None) -> None:
    document = json.dumps({"name": name, "id": 5}, ensure_ascii=ascii_only, indent=indent)
    assert json.loads(names_in_one_line(document.encode())) == {"name": one_line(name), "id": 5}


@pytest.mark.parametrize("document", [b"", b"{", b'{"name": "a\\nb"', b"\xff\xfe", b"[" * 5_000])
def test_what_cannot_be_read_is_left_to_whoever_reads_it(document: bytes) -> None:
    assert names_in_one_line(document) == document


def test_an_answer_with_nothing_odd_in_it_is_not_touched() -> None:
    document = '{"name": "Søren \\u00c5ngstr\\u00f6m", "emails": ["a@b.example"]}'.encode()
    assert names_in_one_line(document) is document
