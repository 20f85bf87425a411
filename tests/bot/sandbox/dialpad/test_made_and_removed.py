"""The life of every kind of thing that the API can make: made, read, listed, changed, removed, gone."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from bot.sandbox.cast import OFFICE, PRIYA, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.known import Known
from tests.bot.sandbox.dialpad.working import API_ACTIONS


@dataclass(frozen=True)
class Life:
    """``change`` names the verb of the update, what is sent, and what the thing shows afterwards (the same by default).

    ``again`` is the status of making the very same thing once more; ``listed`` False is for what has no list.
    """

    path: str
    change: tuple[str, dict[str, Any]] | None
    again: int = 200
    listed: bool = True
    shows: dict[str, Any] = field(default_factory=dict)


LIVES = (
    Life("/accesscontrolpolicies", ("PATCH", {"name": "Planners"}), again=409),
    Life("/callcenters", ("PATCH", {"name": "Refunds", "ring_seconds": 45}), 409, shows={"ring_seconds": "45"}),
    Life("/callreviewsharelink", ("PUT", {"privacy": "public"}), listed=False),
    Life("/callrouters", ("PATCH", {"enabled": False, "name": "Dawn"})),
    Life("/channels", None, again=409),
    Life("/contacts", ("PATCH", {"job_title": "Buyer"})),
    Life("/departments", ("PATCH", {"auto_call_recording": True}), again=409),
    Life("/recordingsharelink", ("PUT", {"privacy": "company"}), listed=False),
    Life("/rooms", ("PATCH", {"name": "Cellar"})),
    Life("/subscriptions/call", ("PATCH", {"enabled": False})),
    Life("/users", ("PATCH", {"job_title": "Buyer"}), again=409),
    Life("/webhooks", ("PATCH", {"hook_url": "https://bot.example/other"})),
)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.path)
async def test_a_thing_is_made_read_listed_changed_and_removed(
    life: Life, sandbox: DialpadSandbox, company: httpx.AsyncClient
) -> None:
    path = life.path.strip("/")
    body = API_ACTIONS[f"POST {life.path}"](Known(sandbox)).body
    made = (await company.post(path, json=body)).json()
    one = f"{path}/{made['id']}"
    assert (await company.get(one)).json() == made
    assert (await company.post(path, json=body)).status_code == life.again
    if life.listed:
        assert made in (await company.get(path)).json()["items"]
    if life.change is not None:
        verb, changes = life.change
        changed = (await company.request(verb, one, json=changes)).json()
        assert changed == {**made, **changes, **life.shows}
        assert (await company.get(one)).json() == changed
    assert (await company.delete(one)).status_code == 200
    assert (await company.get(one)).status_code == 404
    assert (await company.delete(one)).status_code == 404
    if life.listed:
        listed = (await company.get(path)).json().get("items", [])
        assert made["id"] not in [other["id"] for other in listed]


async def test_a_scheduled_report_lives_and_says_everything_again_when_changed(
    sandbox: DialpadSandbox, company: httpx.AsyncClient
) -> None:
    body = API_ACTIONS["POST /schedulereports"](Known(sandbox)).body
    made = (await company.post("schedulereports", json=body)).json()
    assert made["webhook"]["hook_url"] == "https://bot.example/hook"
    path = f"schedulereports/{made['id']}"
    assert (await company.patch(path, json={"name": "Dusk"})).status_code == 400
    changed = (await company.patch(path, json={**body, "name": "Dusk"})).json()
    assert changed == {**made, "name": "Dusk"}
    assert changed in (await company.get("schedulereports")).json()["items"]
    assert (await company.delete(path)).json() == changed
    assert (await company.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"at": 24}, 400),
        ({"frequency": "daily", "on_day": 1}, 400),
        ({"frequency": "monthly", "on_day": 31}, 400),
        ({"endpoint_id": 7}, 404),
        ({"target_id": 7}, 400),
        ({"target_id": 7, "target_type": "user"}, 404),
        ({"timezone": "Mars/Olympus"}, 400),
        ({"colour": "red"}, 400),
    ],
)
async def test_a_wrong_report_is_refused(
    wrong: dict[str, Any], status: int, sandbox: DialpadSandbox, company: httpx.AsyncClient
) -> None:
    body = API_ACTIONS["POST /schedulereports"](Known(sandbox)).body
    assert (await company.post("schedulereports", json={**body, **wrong})).status_code == status


async def test_an_office_is_made_with_its_plan_and_address(
    sandbox: DialpadSandbox, priya: httpx.AsyncClient, ana: httpx.AsyncClient
) -> None:
    number = Known(sandbox).free_number
    body = {
        **API_ACTIONS["POST /offices"](Known(sandbox)).body,
        "mainline_number": number,
        "use_same_address": True,
    }
    assert (await ana.post("offices", json=body)).status_code == 403
    made = (await priya.post("offices", json=body)).json()
    office = made["office"]
    assert (office["is_primary_office"], office["phone_numbers"]) == (False, [number])
    assert made["plan"]["talk_lines"] == "5"
    path = f"offices/{office['id']}"
    assert (await priya.get(path)).json() == office
    assert (await priya.get(f"{path}/e911")).json()["city"] == "San Francisco"
    assert (await priya.get(f"{path}/plan")).json() == made["plan"]
    assert (await priya.post("offices", json=body)).status_code == 409
    assert int(office["id"]) in sandbox.state.users[PRIYA.dialpad_id or 0].admin_office_ids


@pytest.mark.parametrize(
    "wrong",
    [{"country": "XX"}, {"currency": "CHF"}, {"plan_period": "weekly"}, {"billing_address": None}, {"invoiced": "no"}],
)
async def test_a_wrong_office_is_refused(
    wrong: dict[str, Any], sandbox: DialpadSandbox, priya: httpx.AsyncClient
) -> None:
    body = {**API_ACTIONS["POST /offices"](Known(sandbox)).body, **wrong}
    assert (await priya.post("offices", json=body)).status_code == 400


async def test_settings_not_sent_stay_as_they_are(priya: httpx.AsyncClient) -> None:
    path = f"callcenters/{SUPPORT.id}"
    before = (await priya.get(path)).json()
    after = (await priya.patch(path, json={"hold_queue": {"max_hold_count": 12}, "saturday_hours": []})).json()
    assert after["hold_queue"] == {**before["hold_queue"], "max_hold_count": "12"}
    assert {**after, "hold_queue": None} == {**before, "hold_queue": None}


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"ring_seconds": 9}, 400),
        ({"ring_seconds": 46}, 400),
        ({"monday_hours": ["08:00"]}, 400),
        ({"monday_hours": ["18:00", "08:00"]}, 400),
        ({"monday_hours": ["8", "18"]}, 400),
        ({"monday_hours": ["08:00", "12:00", "14:00", "18:00"]}, 200),
        ({"hold_queue": {"max_hold_seconds": 29}}, 400),
        ({"hold_queue": {"allow_queuing": True}}, 400),
        ({"hold_queue": {"queue_escape_dtmf": "**"}}, 400),
        ({"routing_options": {"open": {"action": "voicemail", "try_dial_operators": True}}}, 400),
        ({"name": "x" * 101}, 400),
        ({"name": "Sales"}, 409),
        ({"name": "Support"}, 200),
        ({"office_id": OFFICE.id}, 400),
    ],
)
async def test_settings_of_a_call_center_keep_within_bounds(
    settings: dict[str, Any], status: int, priya: httpx.AsyncClient
) -> None:
    assert (await priya.patch(f"callcenters/{SUPPORT.id}", json=settings)).status_code == status


@pytest.mark.parametrize(("target", "status"), [((SUPPORT.id, "callcenter"), 200), ((7, "department"), 404)])
async def test_routing_goes_only_to_what_exists(target: tuple[int, str], status: int, priya: httpx.AsyncClient) -> None:
    part = {"action": "bridge_target", "try_dial_operators": False}
    part |= {"action_target_id": target[0], "action_target_type": target[1]}
    options = {"open": part, "closed": {"action": "voicemail", "try_dial_operators": False}}
    answer = await priya.patch(f"callcenters/{SUPPORT.id}", json={"routing_options": options})
    assert answer.status_code == status


async def test_a_removed_call_center_gives_its_numbers_and_people_back(
    sandbox: DialpadSandbox, priya: httpx.AsyncClient
) -> None:
    known = Known(sandbox)
    router = sandbox.state.routers[known.router]
    path = f"callcenters/{SUPPORT.id}"
    assert (await priya.delete(path)).status_code == 409
    router.default_target = sandbox.state.users[known.sam].target
    live = known.live_call
    assert (await priya.delete(path)).json()["state"] == "deleted"
    assert not sandbox.state.calls[live].is_live
    assert sandbox.state.numbers[SUPPORT.phone].target is None
    assert known.support not in [group.id for group in sandbox.state.groups_of(known.ana)]
    assert (await priya.get(f"call/{live}")).json()["entry_point_target"]["name"] == "Support"
    assert str(known.support) not in [line["id"] for line in sandbox.phone.snapshot()["lines"]]


async def test_a_new_call_center_works_once_it_has_a_number_and_people(
    sandbox: DialpadSandbox, priya: httpx.AsyncClient
) -> None:
    known = Known(sandbox)
    made = (await priya.post("callcenters", json={"name": "Returns", "office_id": known.office})).json()
    body = {"target_id": made["id"], "target_type": "callcenter"}
    number = (await priya.post("numbers/assign", json=body)).json()["number"]
    await priya.post(f"callcenters/{made['id']}/operators", json={"user_id": known.leo})
    call = sandbox.phone.ring("+14155550150", number)
    assert sandbox.phone.answer(call.id, known.leo).entry_point == call.target
