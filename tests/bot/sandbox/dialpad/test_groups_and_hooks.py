"""Operators, skills, callbacks, and where events are sent."""

import httpx
import pytest

from bot.sandbox.cast import ANA, BILLING, LEO, NOOR, OFFICE, PRIYA, SALES, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.resources import ALL_ROUTES
from bot.sandbox.dialpad.routes import RouteTable
from tests.bot.sandbox.dialpad.conftest import Connect

AMARA = "+14155550151"


async def test_an_operator_joins_and_leaves_a_call_center(sam: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    path, body = f"callcenters/{SUPPORT.id}/operators", {"user_id": LEO.dialpad_id}
    assert (await sam.post(path, json=body)).json()["name"] == LEO.name
    assert (await sam.post(path, json=body)).status_code == 409
    assert LEO.dialpad_id in sandbox.state.groups[SUPPORT.id].operators
    assert (await sam.request("DELETE", path, json=body)).status_code == 200
    assert (await sam.request("DELETE", path, json=body)).status_code == 404


async def test_only_leads_and_admins_say_who_works_in_a_group(ana: httpx.AsyncClient, sam: httpx.AsyncClient) -> None:
    body = {"user_id": NOOR.dialpad_id}
    assert (await ana.post(f"callcenters/{SALES.id}/operators", json=body)).status_code == 403
    assert (await sam.post(f"callcenters/{SALES.id}/operators", json=body)).status_code == 403


async def test_a_lead_can_become_an_operator_of_a_department(priya: httpx.AsyncClient) -> None:
    body = {"operator_id": PRIYA.dialpad_id, "operator_type": "user", "role": "admin"}
    assert (await priya.post(f"departments/{BILLING.id}/operators", json=body)).status_code == 200


async def test_skills_are_read_and_set_within_bounds(sam: httpx.AsyncClient) -> None:
    path = f"callcenters/{SUPPORT.id}/operators/{ANA.dialpad_id}/skill"
    assert (await sam.get(path)).json()["skill_level"] == "100"
    assert (await sam.patch(path, json={"skill_level": 40})).json()["skill_level"] == "40"
    assert (await sam.patch(path, json={"skill_level": 101})).status_code == 400


async def test_a_callback_waits_in_the_queue(ana: httpx.AsyncClient) -> None:
    body = {"call_center_id": SUPPORT.id, "phone_number": AMARA}
    assert (await ana.post("callback/validate", json=body)).json() == {"success": True}
    assert (await ana.post("callback", json=body)).json() == {"position": "1"}
    assert (await ana.post("callback", json=body)).status_code == 409
    assert (await ana.post("callback/validate", json=body)).json() == {"success": False}


async def test_a_webhook_gives_its_secret_back_and_can_rotate_it(priya: httpx.AsyncClient) -> None:
    body = {"hook_url": "https://bot.example/dialpad/events/1", "secret": "one"}
    made = (await priya.post("webhooks", json=body)).json()
    assert made["signature"] == {"algo": "HS256", "type": "jwt", "secret": "one"}
    changed = (await priya.patch(f"webhooks/{made['id']}", json={"secret": "two"})).json()
    assert changed["signature"]["secret"] == "two"
    assert (await priya.get("webhooks")).json()["items"] == [changed]
    await priya.delete(f"webhooks/{made['id']}")
    assert (await priya.get(f"webhooks/{made['id']}")).status_code == 404


@pytest.mark.parametrize("url", ["", "bot.example/hook", "ftp://bot.example"])
async def test_a_webhook_needs_a_web_address(priya: httpx.AsyncClient, url: str) -> None:
    assert (await priya.post("webhooks", json={"hook_url": url})).status_code == 400


async def test_a_websocket_gets_a_new_address_each_time(priya: httpx.AsyncClient) -> None:
    made = (await priya.post("websockets", json={})).json()
    again = (await priya.get(f"websockets/{made['id']}")).json()
    assert made["websocket_url"].startswith("ws://dialpad.test/events/")
    assert made["websocket_url"] != again["websocket_url"]


@pytest.mark.parametrize(
    ("word", "body"),
    [
        ("call", {"call_states": ["missed"], "target_type": "callcenter", "target_id": str(SUPPORT.id)}),
        ("sms", {"direction": "inbound"}),
        ("agent_status", {"agent_type": "callcenter"}),
        ("contact", {"contact_type": "shared"}),
        ("changelog", {}),
    ],
)
async def test_a_subscription_names_its_endpoint_whole(
    priya: httpx.AsyncClient, word: str, body: dict[str, object]
) -> None:
    hook = (await priya.post("webhooks", json={"hook_url": "https://bot.example/hook"})).json()
    made = (await priya.post(f"subscriptions/{word}", json={**body, "endpoint_id": hook["id"]})).json()
    assert made == {"id": made["id"], "enabled": True, "webhook": hook, **body}
    required = {key: value for key, value in body.items() if key == "contact_type"}
    off = (await priya.patch(f"subscriptions/{word}/{made['id']}", json={**required, "enabled": False})).json()
    assert off["enabled"] is False
    assert (await priya.get(f"subscriptions/{word}")).json()["items"] == [off]
    assert (await priya.delete(f"subscriptions/{word}/{made['id']}")).json() == off
    assert (await priya.get(f"subscriptions/{word}/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("word", "body", "status"),
    [
        ("call", {"call_states": ["transferred"]}, 400),
        ("call", {"target_id": 1}, 400),
        ("call", {"endpoint_id": 7}, 404),
        ("sms", {}, 400),
        ("agent_status", {"agent_type": "office"}, 400),
    ],
)
async def test_a_wrong_subscription_is_refused(
    priya: httpx.AsyncClient, word: str, body: dict[str, object], status: int
) -> None:
    assert (await priya.post(f"subscriptions/{word}", json=body)).status_code == status


async def test_agents_cannot_subscribe_to_the_whole_company(ana: httpx.AsyncClient) -> None:
    assert (await ana.post("subscriptions/agent_status", json={"agent_type": "callcenter"})).status_code == 403


async def test_the_change_log_needs_its_scope(sandbox: DialpadSandbox, connect: Connect) -> None:
    client = connect(sandbox.issue_token(PRIYA, scopes=["calls:list"])["access_token"])
    assert (await client.get("subscriptions/changelog")).status_code == 403


async def test_a_screen_pop_names_the_device(priya: httpx.AsyncClient) -> None:
    path = f"users/{ANA.dialpad_id}/screenpop"
    assert (await priya.post(path, json={"screen_pop_uri": "https://crm.example/7"})).json()["device"][
        "type"
    ] == "native"
    assert (await priya.post(path, json={"screen_pop_uri": "crm"})).status_code == 400


def test_two_routes_for_one_path_are_refused() -> None:
    with pytest.raises(ValueError, match="two routes"):
        RouteTable([*ALL_ROUTES, ALL_ROUTES[0]])


async def test_a_number_from_the_pool_is_given_and_taken_back(priya: httpx.AsyncClient) -> None:
    path = f"users/{NOOR.dialpad_id}"
    given = (await priya.post(f"{path}/assign_number", json={"area_code": "415", "primary": False})).json()
    assert (given["target_id"], given["status"]) == (str(NOOR.dialpad_id), "user")
    assert (await priya.get(path)).json()["phone_numbers"] == [NOOR.phone, given["number"]]
    assert (await priya.post(f"{path}/assign_number", json={"number": given["number"]})).status_code == 409
    taken = (await priya.post(f"{path}/unassign_number", json={"number": given["number"]})).json()
    assert taken["status"] == "available"


async def test_numbers_are_swapped_and_released(priya: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    body = {"target": {"target_type": "callcenter", "target_id": SALES.id}, "swap_details": {"type": "auto"}}
    new = (await priya.post("numbers/swap", json=body)).json()["number"]
    assert sandbox.state.groups[SALES.id].phone_numbers == [new]
    assert (await priya.delete(f"numbers/{SALES.phone}?release=true")).json()["deleted"] is True
    assert (await priya.get(f"numbers/{SALES.phone}")).status_code == 404


async def test_agents_do_not_give_numbers_away(ana: httpx.AsyncClient) -> None:
    assert (await ana.post("users/me/assign_number", json={})).status_code == 403


async def test_a_user_is_made_and_removed(priya: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    body = {"email": "robin@northlight.example", "office_id": str(OFFICE.id), "auto_assign": True}
    made = (await priya.post("users", json=body)).json()
    assert made["phone_numbers"]
    assert (await priya.post("users", json=body)).status_code == 409
    assert (await priya.delete(f"users/{made['id']}")).json()["state"] == "deleted"
    assert (await priya.get(f"users/{made['id']}")).status_code == 404
    assert sandbox.state.target_of_number(made["phone_numbers"][0]) is None
