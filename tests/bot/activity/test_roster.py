from datetime import UTC, datetime

from bot.activity.roster import Agent, Roster, compare, from_json, to_json

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def roster(*on_duty: str, off_duty: tuple[str, ...] = ()) -> Roster:
    agents = [Agent(name, name, f"{name}@x.example", on_duty=name in on_duty) for name in (*on_duty, *off_duty)]
    return Roster("11", "Support", NOON, tuple(agents))


def names(agents: tuple[Agent, ...]) -> list[str]:
    return [agent.name for agent in agents]


def test_a_handover_is_who_came_and_who_left() -> None:
    change = compare(roster("Ana", "Sam", off_duty=("Mei",)), roster("Sam", "Mei", off_duty=("Ana",)))
    assert (names(change.came), names(change.left)) == (["Mei"], ["Ana"])


def test_who_answers_no_more_has_left_and_somebody_new_has_come() -> None:
    change = compare(roster("Ana"), roster("Leo"))
    assert (names(change.came), names(change.left)) == (["Leo"], ["Ana"])


def test_nothing_is_a_handover_at_the_first_look_or_when_nobody_came_or_left() -> None:
    assert not compare(None, roster("Ana"))
    assert not compare(roster("Ana", off_duty=("Mei",)), roster("Ana"))


def test_it_is_stored_and_read_again() -> None:
    before = roster("Ana", off_duty=("Mei",))
    assert from_json("11", NOON, to_json(before)) == before
