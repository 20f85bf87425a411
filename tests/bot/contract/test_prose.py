import pytest

from bot.contract.prose import from_ms, how_long, lasting, listed, plural, prose
from bot.contract.reply import Bold
from tests.handlers.harness import plain


def test_pieces_become_one_sentence() -> None:
    assert prose("a", (" b", Bold("c")), "", Bold("d")) == ("a", " b", Bold("c"), Bold("d"))


@pytest.mark.parametrize(
    ("items", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_read_as_people_write_them(items: list[str], words: str) -> None:
    assert plain(listed(items)) == words


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (None, ""),
        (0, ""),
        (12_000, "12 s"),
        (60_000, "1 min"),
        (200_000, "3 min 20 s"),
        (3_600_000, "1 h"),
        (3_900_000.03, "1 h 5 min"),
    ],
)
def test_lengths_are_told_in_two_units_at_most(ms: float | None, words: str) -> None:
    assert lasting(ms) == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(5, "5 min"), (60, "1 hour"), (90, "90 min"), (120, "2 hours"), (150, "150 min")]
)
def test_a_time_that_was_set_is_told_as_it_was_set(minutes: int, words: str) -> None:
    assert how_long(minutes) == words


@pytest.mark.parametrize("ms", [None, 10**30, float("inf")])
def test_impossible_moments_are_none(ms: float | None) -> None:
    assert from_ms(ms) is None


def test_one_and_many() -> None:
    assert [plural(1, "call"), plural(2, "call"), plural(2, "SMS", "SMS")] == ["1 call", "2 calls", "2 SMS"]
