"""Rooms, desk phones, call routers, fax lines, emergency addresses, plans, and calls by an IVR."""

from typing import Any

import httpx
import pytest

from bot.sandbox.cast import BILLING, LEO, OFFICE, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.conftest import Clock, Events
from tests.bot.sandbox.dialpad.known import JORDAN, Known
from tests.bot.sandbox.dialpad.working import E911


@pytest.fixture
def known(sandbox: DialpadSandbox) -> Known:
    return Known(sandbox)


async def test_a_room_gets_numbers_reorders_them_and_gives_them_back(priya: httpx.AsyncClient, known: Known) -> None:
    path = f"rooms/{known.room}"
    old = (await priya.get(path)).json()["phone_numbers"][0]
    new = (await priya.post(f"{path}/assign_number", json={"primary": False})).json()
    assert (new["status"], new["target_type"]) == ("room", "room")
    swapped = (await priya.patch(path, json={"phone_numbers": [new["number"], old]})).json()
    assert swapped["phone_numbers"] == [new["number"], old]
    assert (await priya.patch(path, json={"phone_numbers": ["+14155550111"]})).status_code == 400
    await priya.patch(path, json={"phone_numbers": [old]})
    assert (await priya.get(f"numbers/{new['number']}")).json()["status"] == "available"
    taken = (await priya.post(f"{path}/unassign_number", json={"number": old})).json()
    assert taken["status"] == "available"
    assert (await priya.get(path)).json()["is_free"] is True


async def test_a_removed_room_leaves_nothing_behind(
    priya: httpx.AsyncClient, known: Known, sandbox: DialpadSandbox
) -> None:
    path, number = f"rooms/{known.room}", sandbox.state.rooms[known.room].phone_numbers[0]
    body = {"operator_id": known.room, "operator_type": "room"}
    added = (await priya.post(f"departments/{BILLING.id}/operators", json=body)).json()
    assert added["name"] == "Blue Room"
    operators = (await priya.get(f"departments/{BILLING.id}/operators")).json()
    assert [room["id"] for room in operators["rooms"]] == [str(known.room)]
    assert (await priya.post(f"departments/{BILLING.id}/operators", json=body)).status_code == 409
    assert (await priya.delete(path)).json()["state"] == "deleted"
    assert sandbox.state.numbers[number].target is None
    assert "rooms" not in (await priya.get(f"departments/{BILLING.id}/operators")).json()
    assert (await priya.get(f"{path}/deskphones")).status_code == 404


async def test_agents_see_rooms_and_do_not_change_them(ana: httpx.AsyncClient, known: Known) -> None:
    path = f"rooms/{known.room}"
    assert (await ana.get(path)).status_code == 200
    assert (await ana.patch(path, json={"name": "Mine"})).status_code == 403
    assert (await ana.delete(path)).status_code == 403
    assert (await ana.post("rooms", json={"name": "Mine", "office_id": OFFICE.id})).status_code == 403
    assert (await ana.delete(f"{path}/deskphones/{known.room_phone}")).status_code == 403


async def test_a_pin_for_calls_abroad_has_five_digits_and_an_end(priya: httpx.AsyncClient, clock: Clock) -> None:
    pin = (await priya.post("rooms/international_pin", json={"customer_ref": "Sam"})).json()
    assert len(pin["pin"]) == 5
    assert pin["expires_on"] > clock.time.isoformat()


async def test_a_desk_phone_belongs_to_its_owner_only(
    ana: httpx.AsyncClient, noor: httpx.AsyncClient, known: Known
) -> None:
    phone = (await ana.get("users/me/deskphones")).json()["items"][0]
    assert (phone["owner_type"], phone["owner_id"]) == ("user", str(known.ana))
    path = f"users/{known.ana}/deskphones/{phone['id']}"
    assert (await ana.get(path)).json() == phone
    assert (await noor.get(path)).status_code == 403
    assert (await ana.get(f"users/me/deskphones/{known.room_phone}")).status_code == 404
    assert (await ana.delete(path)).status_code == 200
    assert (await ana.get(path)).status_code == 404
    assert (await ana.get("users/me/deskphones")).json() == {}


async def test_a_router_sends_its_calls_to_its_default_target(
    priya: httpx.AsyncClient, known: Known, sandbox: DialpadSandbox, events: Events
) -> None:
    call = sandbox.phone.ring(JORDAN, "+14155550130")
    assert (call.target.id, call.internal_number, call.state) == (SUPPORT.id, "+14155550130", "ringing")
    body = {"default_target_id": known.room, "default_target_type": "room"}
    assert (await priya.patch(f"callrouters/{known.router}", json=body)).status_code == 200
    assert sandbox.phone.ring(JORDAN, "+14155550130").target.kind == "room"
    assert events[-1][1]["target"]["name"] == "Blue Room"


async def test_a_removed_router_frees_its_numbers(
    priya: httpx.AsyncClient, known: Known, sandbox: DialpadSandbox
) -> None:
    path = f"callrouters/{known.router}"
    given = (await priya.post(f"{path}/assign_number", json={"area_code": "415"})).json()
    assert given["status"] == "call_router"
    assert (await priya.delete(path)).json() == {}
    assert sandbox.state.target_of_number(given["number"]) is None
    assert (await priya.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"routing_url": "routing.example"}, 400),
        ({"default_target_type": "callrouter"}, 400),
        ({"default_target_id": 7}, 404),
        ({"office_id": 7}, 404),
    ],
)
async def test_a_wrong_router_is_refused(
    wrong: dict[str, Any], status: int, priya: httpx.AsyncClient, ana: httpx.AsyncClient
) -> None:
    body = {
        "name": "Nights",
        "office_id": OFFICE.id,
        "routing_url": "https://routing.example/nights",
        "default_target_id": SUPPORT.id,
        "default_target_type": "callcenter",
    }
    assert (await ana.post("callrouters", json=body)).status_code == 403
    assert (await priya.post("callrouters", json={**body, **wrong})).status_code == status


@pytest.mark.parametrize(
    "line", [{"type": "reserved", "number": "+14155550104"}, {"type": "search", "area_code": "415"}]
)
async def test_a_fax_line_takes_a_number_out_of_the_pool(priya: httpx.AsyncClient, line: dict[str, str]) -> None:
    body = {"line": line, "target": {"target_id": BILLING.id, "target_type": "department"}}
    made = (await priya.post("faxline", json=body)).json()
    assert (made["target_id"], made["number"]) == (str(BILLING.id), "+14155550104")
    assert (await priya.get(f"numbers/{made['number']}")).status_code == 404
    assert (await priya.post("faxline", json=body)).status_code == 409


async def test_toll_free_fax_lines_run_out(priya: httpx.AsyncClient, known: Known) -> None:
    statuses = []
    for user_id in (known.ana, known.sam, known.noor):
        body = {"line": {"type": "tollfree"}, "target": {"target_id": user_id, "target_type": "user"}}
        statuses.append((await priya.post("faxline", json=body)).status_code)
    assert statuses == [200, 200, 409]


async def test_somebody_without_an_emergency_address_has_the_offices(
    ana: httpx.AsyncClient, priya: httpx.AsyncClient, noor: httpx.AsyncClient, known: Known
) -> None:
    assert (await ana.get("users/me/e911")).json()["address"] == "480 Harbor Street"
    assert (await ana.put("users/me/e911", json=E911)).json() == E911
    assert (await noor.put(f"users/{known.ana}/e911", json=E911)).status_code == 403
    assert (await ana.put(f"offices/{OFFICE.id}/e911", json=E911)).status_code == 403
    assert (await ana.put("users/me/e911", json={**E911, "zip": ""})).status_code == 400
    body = {**E911, "address": "9 Quay", "update_all": True}
    assert (await priya.put(f"offices/{OFFICE.id}/e911", json=body)).json()["address"] == "9 Quay"
    assert (await ana.get("users/me/e911")).json()["address"] == "9 Quay"


async def test_licenses_are_used_up_by_people_and_rooms(priya: httpx.AsyncClient, ana: httpx.AsyncClient) -> None:
    path = f"offices/{OFFICE.id}/available_licenses"
    before = (await priya.get(path)).json()
    assert before["room_lines"] == "1"
    assert int(before["contact_center_lines"]) > 0
    room = (await priya.post("rooms", json={"name": "Attic", "office_id": OFFICE.id})).json()
    await priya.post(f"rooms/{room['id']}/assign_number", json={})
    assert (await priya.get(path)).json()["room_lines"] == "0"
    assert (await ana.get(path)).status_code == 403
    assert (await ana.get(f"offices/{OFFICE.id}/plan")).status_code == 403


async def test_an_ivr_calls_somebody_for_its_group(
    sam: httpx.AsyncClient, ana: httpx.AsyncClient, events: Events, sandbox: DialpadSandbox
) -> None:
    body = {"target_id": SUPPORT.id, "target_type": "callcenter", "phone_number": JORDAN, "custom_data": "survey"}
    assert (await ana.post("call/initiate_ivr_call", json=body)).status_code == 403
    call_id = (await sam.post("call/initiate_ivr_call", json=body)).json()["call_id"]
    sandbox.phone.pick_up(int(call_id))
    last = events[-1][1]
    assert (last["call_id"], last["state"], last["custom_data"]) == (int(call_id), "connected", "survey")
    assert (last["target"]["name"], last["internal_number"]) == ("Support", SUPPORT.phone)
    assert (await sam.post("call/initiate_ivr_call", json={**body, "phone_number": LEO.phone})).status_code == 400


async def test_ivr_calls_are_limited_for_each_group_by_itself(priya: httpx.AsyncClient) -> None:
    body = {"target_id": SUPPORT.id, "target_type": "callcenter", "phone_number": JORDAN}
    statuses = [(await priya.post("call/initiate_ivr_call", json=body)).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    other = {**body, "target_id": BILLING.id, "target_type": "department"}
    assert (await priya.post("call/initiate_ivr_call", json=other)).status_code == 200
