from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.activity.roster import (
    Agent,
    Obstacle,
    Roster,
    compare,
    from_json,
    is_the_same,
    not_reached,
    reach_of,
    to_json,
)

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


def agent(**more: object) -> Agent:
    return replace(Agent("1", "Ana", "ana@x.example", on_duty=True), **more)  # type: ignore[arg-type]  # by name


def test_somebody_on_duty_who_is_free_can_be_asked() -> None:
    found = reach_of(agent(), "U1")

    assert (found.can_be_asked, found.may_be_pinged, found.words) == (True, True, "Ana")


@pytest.mark.parametrize(
    ("how", "slack_id", "why", "pinged"),
    [
        ({"do_not_disturb": True}, "U1", Obstacle.DO_NOT_DISTURB, False),
        ({"on_a_call": True}, "U1", Obstacle.ON_A_CALL, True),
        ({"on_duty": False}, "U1", Obstacle.OFF_DUTY, False),
        ({"on_duty": False, "deactivated": True}, "U1", Obstacle.DEACTIVATED, False),
        ({}, None, Obstacle.NOT_IN_SLACK, False),
        ({"do_not_disturb": True, "on_a_call": True}, "U1", Obstacle.DO_NOT_DISTURB, False),
        ({"do_not_disturb": True}, "", Obstacle.NOT_IN_SLACK, False),
    ],
)
def test_why_somebody_cannot_be_asked(
    how: dict[str, object], slack_id: str | None, why: Obstacle, pinged: bool
) -> None:
    found = reach_of(agent(**how), slack_id)

    assert (found.obstacle, found.may_be_pinged) == (why, pinged)
    assert found.words == f"Ana ({why.value})"


def test_who_was_not_reached_is_named_with_the_reason() -> None:
    reaches = [reach_of(agent(), "U1"), reach_of(agent(name="Sam", do_not_disturb=True), "U2"),
               reach_of(agent(name="Mei"), None), reach_of(agent(name="Noor", on_duty=False), "U3")]  # fmt: skip

    assert not_reached(reaches) == "Sam (do not disturb), Mei (not in Slack)"


def test_do_not_disturb_is_no_handover_and_changes_who_can_be_reached() -> None:
    quiet = Roster("11", "Support", NOON, (agent(do_not_disturb=True),))
    before = Roster("11", "Support", NOON, (agent(),))

    assert not compare(before, quiet)
    assert not is_the_same(before, quiet)
    assert is_the_same(None, quiet)
    assert is_the_same(before, Roster("11", "Support", NOON, (agent(on_a_call=True, status="occupied"),)))


def test_all_their_addresses_are_known() -> None:
    assert agent(other_emails=("a@y.example", "", "ana@x.example")).emails == ("ana@x.example", "a@y.example")


def test_what_is_new_of_an_operator_is_stored_and_read_again() -> None:
    before = Roster("11", "Support", NOON, (agent(other_emails=("a@y.example",), do_not_disturb=True, on_a_call=True),))

    assert from_json("11", NOON, to_json(before)) == before
