from bot.slack.transport.duplicates import Duplicates
from tests.bot.slack.fakes import Clock


def test_a_key_is_new_once() -> None:
    seen = Duplicates(Clock().seconds)

    assert [seen.add("a"), seen.add("a"), seen.add("b")] == [True, False, True]


def test_a_key_is_remembered_for_more_than_ten_minutes() -> None:
    clock = Clock()
    seen = Duplicates(clock.seconds)
    seen.add("a")
    clock.forward(14 * 60)

    assert "a" in seen


def test_a_key_is_forgotten_in_the_end() -> None:
    clock = Clock()
    seen = Duplicates(clock.seconds)
    seen.add("a")
    clock.forward(16 * 60)

    assert seen.add("a")


def test_memory_is_bounded() -> None:
    seen = Duplicates(Clock().seconds, at_most=10)
    for number in range(100):
        seen.add(str(number))

    assert "0" not in seen
    assert "99" in seen


def test_a_forgotten_key_is_new_again() -> None:
    seen = Duplicates(Clock().seconds)
    seen.add("a")
    seen.forget("a")

    assert seen.add("a")
