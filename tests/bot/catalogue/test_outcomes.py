"""Lists of call outcomes: what is written reads as the same, and what means nothing is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.facts import leaves
from bot.catalogue.outcomes import EXAMPLE, read_outcomes, shown_outcomes, write_outcomes

ALWAYS = {"~usage": "everything"}


def test_lines_are_outcomes_and_a_dash_puts_one_below_the_one_above() -> None:
    assert read_outcomes(EXAMPLE) == {
        "Resolved": ALWAYS,
        "Follow-up needed": {**ALWAYS, "Callback": ALWAYS},
        "Left a voicemail": {"~usage": "outbound"},
    }


@pytest.mark.parametrize(
    ("line", "name", "usage"),
    [
        ("Won (incoming)", "Won", "inbound"),
        ("Won (Out)", "Won", "outbound"),
        ("Won (again)", "Won (again)", "everything"),
        ("Won (a) (inbound)", "Won (a)", "inbound"),
    ],
)
def test_brackets_say_when_it_is_offered_unless_they_are_part_of_the_name(line: str, name: str, usage: str) -> None:
    assert read_outcomes(line) == {name: {"~usage": usage}}


@pytest.mark.parametrize("text", ["- Callback", "(inbound)", "~usage", "Resolved\n-"])
def test_lines_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"line|name"):
        read_outcomes(text)


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12)
USAGES = st.sampled_from(["everything", "inbound", "outbound"])
LEAVES = USAGES.map(lambda usage: {"~usage": usage})


@given(st.dictionaries(NAMES, st.tuples(USAGES, st.dictionaries(NAMES, LEAVES, max_size=3)), max_size=4))
def test_what_is_written_out_reads_as_the_same(given: dict[str, tuple[str, dict[str, dict[str, str]]]]) -> None:
    outcomes = {name: {"~usage": usage, **below} for name, (usage, below) in given.items()}
    assert read_outcomes(write_outcomes(outcomes)) == outcomes


def test_an_answer_shows_them_once_as_they_are_written() -> None:
    answer = {"name": "Sales", "dispositions": read_outcomes(EXAMPLE), "formatted_dispositions": [{"name": "Resolved"}]}
    assert [one.path for one in leaves(answer)] == [("name",), ("dispositions",)]
    assert shown_outcomes(read_outcomes(EXAMPLE)) == EXAMPLE
    assert shown_outcomes({"Resolved": 1}) == "Resolved"
