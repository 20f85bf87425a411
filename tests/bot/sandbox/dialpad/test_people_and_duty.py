"""Do not disturb, duty, status, caller id, devices: what people set about themselves."""

import httpx
import pytest

from bot.sandbox.cast import ANA, GUS, LEO, MEI, NOOR, OFFICE, PEOPLE, PRIYA, SALES, SAM, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.conftest import Clock, Events, error_of

ON_DUTY = {"on_duty": True}
OFF_DUTY = {"on_duty": False, "duty_status_reason": "Lunch"}


async def test_ids_are_strings_and_nothing_is_empty(ana: httpx.AsyncClient) -> None:
    user = (await ana.get("users/me")).json()
    assert user["id"] == str(ANA.dialpad_id)
    assert all(isinstance(group["group_id"], str) for group in user["group_details"])
    assert not [key for key, value in user.items() if value in (None, "", [], {})]
    assert "status_message" not in user
    assert user["is_admin"] is False


async def test_users_have_iso_times_without_a_zone(ana: httpx.AsyncClient) -> None:
    user = (await ana.get("users/me")).json()
    assert user["on_duty_started"] == "2026-11-23T13:50:00"


async def test_people_are_found_by_email_in_any_case(ana: httpx.AsyncClient) -> None:
    found = (await ana.get("users", params={"email": NOOR.email.upper()})).json()["items"]
    assert [user["display_name"] for user in found] == [NOOR.name]


async def test_an_empty_list_is_an_empty_object(ana: httpx.AsyncClient) -> None:
    assert (await ana.get("users", params={"email": GUS.email})).json() == {}


async def test_people_come_in_pages(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    sandbox.state.page_size = 4
    first = (await ana.get("users")).json()
    second = (await ana.get("users", params={"cursor": first["cursor"]})).json()
    assert (len(first["items"]), len(second["items"])) == (4, 2)
    assert "cursor" not in second
    seen = {user["id"] for user in first["items"] + second["items"]}
    assert seen == {str(person.dialpad_id) for person in PEOPLE if person.dialpad_id}


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WyJHRVQgL2FwaS92Mi9jYWxsIiwgIjEiXQ"])
async def test_a_foreign_cursor_is_refused(ana: httpx.AsyncClient, cursor: str) -> None:
    assert error_of(await ana.get("users", params={"cursor": cursor}))["message"] == "invalid cursor"


async def test_states_and_admins_can_be_filtered(priya: httpx.AsyncClient) -> None:
    await priya.patch(f"users/{LEO.dialpad_id}", json={"state": "suspended"})
    suspended = (await priya.get("users", params={"state": "suspended"})).json()["items"]
    admins = (await priya.get("users", params={"company_admin": "true"})).json()["items"]
    assert [user["first_name"] for user in suspended + admins] == [LEO.first_name, PRIYA.first_name]
    assert (await priya.get("users", params={"state": "gone"})).status_code == 400


async def test_dnd_goes_on_and_off(ana: httpx.AsyncClient) -> None:
    for on in (True, False):
        assert (await ana.patch("users/me/togglednd", json={"do_not_disturb": on})).json() == {
            "do_not_disturb": on,
            "id": str(ANA.dialpad_id),
        }
        assert (await ana.get("users/me")).json()["do_not_disturb"] is on


async def test_dnd_for_one_group_leaves_the_rest(ana: httpx.AsyncClient) -> None:
    body = {"do_not_disturb": True, "group_type": "callcenter", "group_id": SUPPORT.id}
    await ana.patch("users/me/togglednd", json=body)
    user = (await ana.get("users/me")).json()
    quiet = {group["group_id"]: group["do_not_disturb"] for group in user["group_details"]}
    assert user["do_not_disturb"] is False
    assert quiet == {str(OFFICE.id): False, str(SUPPORT.id): True, str(SALES.id): False}


async def test_dnd_for_a_group_one_is_not_in_is_refused(noor: httpx.AsyncClient) -> None:
    body = {"do_not_disturb": True, "group_type": "callcenter", "group_id": SALES.id}
    assert (await noor.patch("users/me/togglednd", json=body)).status_code == 400


async def test_duty_off_carries_its_reason_and_milliseconds(ana: httpx.AsyncClient, clock: Clock) -> None:
    answer = (await ana.patch(f"callcenters/operators/{ANA.dialpad_id}/dutystatus", json=OFF_DUTY)).json()
    assert answer == {
        "user_id": str(ANA.dialpad_id),
        "on_duty": False,
        "on_duty_status": "unavailable",
        "duty_status_reason": "Lunch",
        "duty_status_started": str(clock.ms),
    }
    assert (await ana.get("callcenters/operators/me/dutystatus")).json() == answer


async def test_duty_on_is_told_as_an_agent_status_event(noor: httpx.AsyncClient, events: Events) -> None:
    await noor.patch("callcenters/operators/me/dutystatus", json=ON_DUTY)
    kind, payload = events[-1]
    assert (kind, payload["on_duty_status"]) == ("agent_status", "available")
    assert payload["target"]["id"] == NOOR.dialpad_id
    assert payload["call_center_ids"] == [str(SUPPORT.id)]


async def test_somebody_in_no_call_center_has_no_duty(priya: httpx.AsyncClient) -> None:
    assert (await priya.patch("callcenters/operators/me/dutystatus", json=ON_DUTY)).status_code == 409


async def test_a_call_center_tells_who_is_on_duty(ana: httpx.AsyncClient) -> None:
    users = (await ana.get(f"callcenters/{SUPPORT.id}/operators")).json()["users"]
    assert {user["display_name"] for user in users} == {ANA.name, SAM.name, NOOR.name, MEI.name}
    assert {user["display_name"] for user in users if user["is_on_duty"]} == {ANA.name, SAM.name}


async def test_the_status_of_a_call_center_counts(
    ana: httpx.AsyncClient, noor: httpx.AsyncClient, sandbox: DialpadSandbox, clock: Clock
) -> None:
    await ana.patch("users/me/togglednd", json={"do_not_disturb": True})
    sandbox.phone.ring("+14155550150", SUPPORT.phone)
    clock.forward(seconds=42)
    status = (await noor.get(f"callcenters/{SUPPORT.id}/status")).json()
    assert status == {
        "availability": {"status": "open", "name": "Open"},
        "capacity": "1",
        "on_duty_operators": "2",
        "pending": "1",
        "longest_call_wait_time": "42",
    }


async def test_call_centers_are_found_by_a_part_of_the_name(ana: httpx.AsyncClient) -> None:
    found = (await ana.get("callcenters", params={"name_search": "upp"})).json()["items"]
    assert [(group["name"], group["id"]) for group in found] == [("Support", str(SUPPORT.id))]


async def test_a_department_is_no_call_center(ana: httpx.AsyncClient) -> None:
    assert (await ana.get(f"departments/{SUPPORT.id}")).status_code == 404


async def test_an_office_knows_its_reasons_for_being_off_duty(ana: httpx.AsyncClient) -> None:
    answer = (await ana.get(f"offices/{OFFICE.id}/offdutystatuses")).json()
    assert answer["id"] == str(OFFICE.id)
    assert "Lunch" in answer["off_duty_statuses"]


@pytest.mark.parametrize("path", ["offices", f"offices/{OFFICE.id}/callcenters", f"offices/{OFFICE.id}/departments"])
async def test_the_office_lists_what_is_in_it(ana: httpx.AsyncClient, path: str) -> None:
    assert (await ana.get(path)).json()["items"]


async def test_a_status_message_ends_after_its_seconds(ana: httpx.AsyncClient, clock: Clock) -> None:
    body = {"status_message": "Back at two", "expiration": 3600}
    answer = (await ana.patch("users/me/status", json=body)).json()
    assert answer == {"id": str(ANA.dialpad_id), "status_message": "Back at two", "expiration": "3600"}
    assert (await ana.get("users/me")).json()["status_message"] == "Back at two"
    clock.forward(seconds=3600)
    assert "status_message" not in (await ana.get("users/me")).json()


async def test_an_expiration_may_be_a_moment_too(ana: httpx.AsyncClient, clock: Clock) -> None:
    for unit in (1000, 1):
        expiration = (clock.ms // 1000 + 60) * unit
        await ana.patch("users/me/status", json={"status_message": "Brb", "expiration": expiration})
        assert (await ana.get("users/me")).json()["status_message"] == "Brb"
        clock.forward(seconds=60)
        assert "status_message" not in (await ana.get("users/me")).json()


async def test_an_empty_status_clears_it(ana: httpx.AsyncClient) -> None:
    await ana.patch("users/me/status", json={"status_message": "Busy"})
    await ana.patch("users/me/status", json={"status_message": ""})
    assert "status_message" not in (await ana.get("users/me")).json()


async def test_an_agent_may_change_only_harmless_fields(ana: httpx.AsyncClient) -> None:
    assert (await ana.patch("users/me", json={"job_title": "Support lead"})).json()["job_title"] == "Support lead"
    assert (await ana.patch("users/me", json={"is_super_admin": True})).status_code == 403


async def test_the_caller_id_must_be_a_number_one_may_show(ana: httpx.AsyncClient) -> None:
    assert (await ana.post("users/me/caller_id", json={"caller_id": SUPPORT.phone})).json()[
        "caller_id"
    ] == SUPPORT.phone
    assert (await ana.post("users/me/caller_id", json={"caller_id": "blocked"})).json()["caller_id"] == "blocked"
    assert (await ana.post("users/me/caller_id", json={"caller_id": SAM.phone})).status_code == 400


async def test_personas_are_oneself_and_ones_groups(ana: httpx.AsyncClient) -> None:
    items = (await ana.get("users/me/personas")).json()["items"]
    assert [(item["type"], item["caller_id"]) for item in items] == [
        ("user", ANA.phone),
        ("office", OFFICE.phone),
        ("callcenter", SUPPORT.phone),
        ("callcenter", SALES.phone),
    ]


async def test_devices_are_listed_for_their_owner_only(ana: httpx.AsyncClient) -> None:
    devices = (await ana.get("userdevices", params={"user_id": "me"})).json()["items"]
    assert {device["type"] for device in devices} == {"native", "iphone"}
    assert (await ana.get("userdevices", params={"user_id": SAM.dialpad_id})).status_code == 403


async def test_recording_needs_an_active_call(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    assert (await ana.patch("users/me/activecall", json={"is_recording": True})).status_code == 404
    call = sandbox.phone.ring("+14155550150", ANA.phone or "")
    sandbox.phone.answer(call.id, ANA)
    answer = (await ana.patch("users/me/activecall", json={"is_recording": True})).json()
    assert answer == {"id": str(call.id), "call_state": "connected", "is_recording": True}
    sandbox.phone.hang_up(call.id)
    assert (await ana.get(f"call/{call.id}")).json()["was_recorded"] is True
