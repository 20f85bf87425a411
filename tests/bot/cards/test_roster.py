from datetime import UTC, datetime

from bot.cards.roster import read_roster
from bot.dialpad.actions.people import User

NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def user(name: str, *, on_duty: bool | None, **more: object) -> User:
    return User.model_validate({"id": name, "display_name": name, "is_on_duty": on_duty, **more})


def test_who_is_on_duty_comes_first_then_by_name() -> None:
    users = [user(name, on_duty=name in {"mei", "Ana"}) for name in ("Zoe", "mei", "Leo", "Ana")]
    assert [agent.name for agent in read_roster("11", "Support", users, NOON).agents] == ["Ana", "mei", "Leo", "Zoe"]


def test_each_tells_since_when_and_off_duty_why() -> None:
    users = [
        user("Ana", on_duty=True, on_duty_started="2026-11-23T17:00:00", on_duty_status="Occupied"),
        user("Noor", on_duty=False, duty_status_started="2026-11-23T18:00:00", duty_status_reason="Lunch"),
        user("Zoe", on_duty=None),
    ]
    ana, noor, zoe = read_roster("11", "Support", users, NOON).agents
    assert (ana.status, ana.reason, ana.since and ana.since.hour) == ("occupied", "", 17)
    assert (noor.status, noor.reason, noor.since and noor.since.hour) == ("", "Lunch", 18)
    assert (zoe.on_duty, zoe.since) == (False, None)
