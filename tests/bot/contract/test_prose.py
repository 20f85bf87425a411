import pytest

from bot.contract.prose import from_ms, listed, plural, prose
from bot.contract.reply import Bold
from tests.handlers.harness import plain


def test_pieces_become_one_sentence() -> None:
    assert prose("a", (" b", Bold("c")), "", Bold("d")) == ("a", " b", Bold("c"), Bold("d"))


@pytest.mark.parametrize(
    ("items", "words"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_read_as_people_write_them(items: list[str], words: str) -> None:
    assert plain(listed(items)) == words


@pytest.mark.parametrize("ms", [None, 10**30, float("inf")])
def test_impossible_moments_are_none(ms: float | None) -> None:
    assert from_ms(ms) is None


def test_one_and_many() -> None:
    assert [plural(1, "call"), plural(2, "call"), plural(2, "SMS", "SMS")] == ["1 call", "2 calls", "2 SMS"]
