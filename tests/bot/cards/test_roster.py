from datetime import UTC, datetime

from bot.cards.roster import read_roster, roster_card
from bot.contract.reply import Listing, Part, Prose
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


def quiet_in(group: str) -> dict[str, object]:
    return {"group_details": [{"group_id": group, "group_type": "callcenter", "do_not_disturb": True}]}


def shown(*users: User) -> Listing:
    return roster_card(read_roster("11", "Support", users, NOON), None, buttons=(), stale=False)


def plain(prose: Prose) -> str:
    def one(part: Part) -> str:
        return part if isinstance(part, str) else str(getattr(part, "text", part))

    return prose if isinstance(prose, str) else "".join(map(one, prose))


def test_do_not_disturb_counts_for_all_calls_and_for_this_call_center_only() -> None:
    users = [
        user("Ana", on_duty=True, do_not_disturb=True),
        user("Mei", on_duty=True, **quiet_in("11")),
        user("Noor", on_duty=True, **quiet_in("12")),
    ]
    rings = {agent.name: agent.rings for agent in read_roster("11", "Support", users, NOON).agents}

    assert rings == {"Ana": False, "Mei": False, "Noor": True}
    assert [agent.name for agent in read_roster("11", "Support", users, NOON).agents] == ["Noor", "Ana", "Mei"]


def test_whose_phone_does_not_ring_is_said() -> None:
    card = shown(user("Ana", on_duty=True, do_not_disturb=True, on_duty_status="available"), user("Sam", on_duty=True))

    assert plain(card.title) == "Support: 2 on duty, 1 phone does not ring"
    assert plain(card.rows[1].text) == "Ana is on duty, do not disturb: phone does not ring"
    assert plain(shown(user("Ana", on_duty=True, do_not_disturb=True)).title) == "Support: 1 on duty, no phone rings"


def test_a_suspended_account_is_not_on_duty_whatever_dialpad_says_of_it() -> None:
    (agent,) = read_roster("11", "Support", [user("Ana", on_duty=True, state="suspended")], NOON).agents

    assert (agent.on_duty, agent.deactivated) == (False, True)
    assert "deactivated in Dialpad" in plain(shown(user("Ana", on_duty=True, state="suspended")).rows[0].text)


def test_who_is_not_available_is_on_a_call() -> None:
    users = [user("Ana", on_duty=True, is_available=False), user("Sam", on_duty=True, on_duty_status="occupied")]

    assert all(agent.on_a_call for agent in read_roster("11", "Support", users, NOON).agents)
    assert "on a call" in plain(shown(*users).rows[0].text)


def test_all_addresses_of_a_person_are_read() -> None:
    (agent,) = read_roster(
        "11", "Support", [user("Ana", on_duty=True, emails=["a@x.example", "b@x.example"])], NOON
    ).agents

    assert agent.emails == ("a@x.example", "b@x.example")
