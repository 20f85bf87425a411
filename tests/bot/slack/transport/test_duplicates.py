from bot.slack.transport.duplicates import Duplicates
from tests.bot.slack.fakes import Clock


def test_a_key_is_new_once() -> None:
    duplicates = Duplicates(Clock().seconds)

    assert [duplicates.add("a"), duplicates.add("a"), duplicates.add("b")] == [True, False, True]


def test_a_key_is_remembered_for_more_than_ten_minutes() -> None:
    clock = Clock()
    duplicates = Duplicates(clock.seconds)
    duplicates.add("a")
    clock.forward(14 * 60)

    assert "a" in duplicates


def test_a_key_is_forgotten_in_the_end() -> None:
    clock = Clock()
    duplicates = Duplicates(clock.seconds)
    duplicates.add("a")
    clock.forward(16 * 60)

    assert duplicates.add("a")


def test_memory_is_bounded() -> None:
    duplicates = Duplicates(Clock().seconds, at_most=10)
    for number in range(100):
        duplicates.add(str(number))

    assert "0" not in duplicates
    assert "99" in duplicates


def test_a_forgotten_key_is_new_again() -> None:
    duplicates = Duplicates(Clock().seconds)
    duplicates.add("a")
    duplicates.forget("a")

    assert duplicates.add("a")
