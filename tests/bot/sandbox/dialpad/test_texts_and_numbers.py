"""Texts, blocked numbers, contacts, and the company's own numbers."""

import base64
from typing import Any

import httpx
import pytest

from bot.sandbox.cast import ANA, BILLING, COMPANY_ID, NOOR, SAM, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.conftest import Events, error_of

JORDAN = "+14155550150"
AMARA = "+14155550151"
SPAM = "+14155550159"
Body = dict[str, Any]


async def test_a_text_goes_out_from_ones_own_number(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    answer = (await ana.post("sms", json={"to_numbers": [JORDAN], "text": "On its way"})).json()
    assert answer.pop("id").isdigit()
    assert answer == {
        "created_date": "2026-11-23T17:00:00",
        "device_type": "public_api",
        "direction": "outbound",
        "from_number": ANA.phone,
        "to_numbers": [JORDAN],
        "text": "On its way",
        "message_status": "pending",
        "contact_id": "6400000000000101",
        "target_id": str(ANA.dialpad_id),
        "target_type": "user",
        "user_id": str(ANA.dialpad_id),
    }
    assert sandbox.phone.snapshot()["threads"][JORDAN][-1]["text"] == "On its way"


async def test_a_text_can_be_sent_for_a_group_by_its_members(ana: httpx.AsyncClient) -> None:
    group = {"sender_group_id": SUPPORT.id, "sender_group_type": "callcenter"}
    answer = (await ana.post("sms", json={"to_numbers": [JORDAN], "text": "Hi", **group})).json()
    assert (answer["from_number"], answer["target_type"]) == (SUPPORT.phone, "callcenter")


async def test_from_number_goes_before_everything_else(ana: httpx.AsyncClient) -> None:
    group = {"sender_group_id": SUPPORT.id, "sender_group_type": "callcenter"}
    body = {"to_numbers": [JORDAN], "text": "Hi", "from_number": ANA.phone, **group}
    assert (await ana.post("sms", json=body)).json()["from_number"] == ANA.phone


@pytest.mark.parametrize(
    "sender",
    [
        {"user_id": SAM.dialpad_id},
        {"from_number": SAM.phone},
        {"from_number": BILLING.phone},
        {"sender_group_id": BILLING.id, "sender_group_type": "department"},
    ],
)
async def test_nobody_texts_as_somebody_else(ana: httpx.AsyncClient, sender: Body) -> None:
    assert (await ana.post("sms", json={"to_numbers": [JORDAN], "text": "Hi", **sender})).status_code == 403


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"text": "Hi"}, "to_numbers"),
        ({"to_numbers": [], "text": "Hi"}, "to_numbers"),
        ({"to_numbers": [JORDAN]}, "text"),
        ({"to_numbers": [JORDAN], "text": "  "}, "text"),
        ({"to_numbers": [JORDAN], "text": "x" * 1501}, "1500"),
        ({"to_numbers": ["415 555 0150"], "text": "Hi"}, "E.164"),
        ({"to_numbers": JORDAN, "text": "Hi"}, "to_numbers"),
        ({"to_numbers": [f"+1415555{number:04d}" for number in range(11)], "text": "Hi"}, "10"),
        ({"to_numbers": [JORDAN], "media": "not base64!"}, "base64"),
        ({"to_numbers": [JORDAN], "media": base64.b64encode(b"x" * 512_001).decode()}, "500 KiB"),
        ({"to_numbers": [JORDAN], "text": "Hi", "from_number": "+14155550109"}, "from_number"),
        ({"to_numbers": [JORDAN], "text": "Hi", "sender_group_id": SUPPORT.id}, "group"),
    ],
)
async def test_a_wrong_text_is_refused_and_not_sent(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, body: Body, named: str
) -> None:
    before = len(sandbox.state.messages)
    answer = await ana.post("sms", json=body)
    assert named in error_of(answer)["message"]
    assert (answer.status_code, len(sandbox.state.messages)) == (400, before)


async def test_a_local_number_can_be_inferred(ana: httpx.AsyncClient) -> None:
    body = {"to_numbers": ["(415) 555-0150"], "text": "Hi", "infer_country_code": True}
    assert (await ana.post("sms", json=body)).json()["to_numbers"] == [JORDAN]


async def test_media_alone_is_enough(ana: httpx.AsyncClient, events: Events) -> None:
    body = {"to_numbers": [JORDAN], "media": base64.b64encode(b"picture").decode()}
    assert (await ana.post("sms", json=body)).status_code == 200
    assert events[-1][1]["mms"] is True


async def test_the_company_key_must_say_who_sends(company: httpx.AsyncClient) -> None:
    body: Body = {"to_numbers": [JORDAN], "text": "Hi"}
    assert (await company.post("sms", json=body)).status_code == 400
    assert (await company.post("sms", json={**body, "user_id": str(SAM.dialpad_id)})).status_code == 200


async def test_who_wrote_stop_gets_no_more_texts_until_start(
    ana: httpx.AsyncClient, priya: httpx.AsyncClient, sandbox: DialpadSandbox
) -> None:
    body = {"to_numbers": [AMARA, JORDAN], "text": "Hi"}
    sandbox.phone.text(AMARA, SUPPORT.phone, " sTOp ")
    assert "opted out" in error_of(await ana.post("sms", json=body))["message"]
    path = f"company/{COMPANY_ID}/smsoptout"
    entries = (await priya.get(path, params={"opt_out_state": "opted_out"})).json()["items"]
    assert [(entry["external_endpoint"], entry["opt_out_state"]) for entry in entries] == [(AMARA, "opted_out")]
    sandbox.phone.text(AMARA, SUPPORT.phone, "START")
    assert (await ana.post("sms", json=body)).status_code == 200


async def test_opt_outs_need_their_state_and_the_own_company(priya: httpx.AsyncClient) -> None:
    assert (await priya.get(f"company/{COMPANY_ID}/smsoptout")).status_code == 400
    assert (await priya.get("company/6100000000000009/smsoptout?opt_out_state=opted_out")).status_code == 403


async def test_sms_events_have_numeric_ids_and_one_to_number_list(ana: httpx.AsyncClient, events: Events) -> None:
    await ana.post("sms", json={"to_numbers": [JORDAN], "text": "Hi"})
    sent, delivered = (payload for kind, payload in events if kind == "sms")
    assert isinstance(sent["id"], int)
    assert (sent["to_number"], sent["message_status"]) == ([JORDAN], "pending")
    assert (delivered["id"], delivered["message_status"]) == (sent["id"], "delivered")
    assert sent["target"]["phone_number"] == "(415) 555-0111"


async def test_a_text_to_a_group_names_its_admins(sandbox: DialpadSandbox, events: Events) -> None:
    sandbox.phone.text(JORDAN, SUPPORT.phone, "Hello?")
    payload = events[-1][1]
    assert [admin["id"] for admin in payload["admins"]] == [SAM.dialpad_id]
    assert (payload["direction"], payload["message_status"]) == ("inbound", "pending")


async def test_blocking_is_listed_checked_and_undone(ana: httpx.AsyncClient, noor: httpx.AsyncClient) -> None:
    answer = await ana.post("blockednumbers/add", json={"numbers": [AMARA]})
    assert (answer.status_code, answer.json()) == (200, {})
    assert {"number": AMARA} in (await noor.get("blockednumbers")).json()["items"]
    assert (await noor.get("blockednumbers/%2B14155550151")).json() == {"number": AMARA}
    await noor.post("blockednumbers/remove", json={"numbers": [AMARA]})
    assert (await ana.get("blockednumbers/%2B14155550151")).status_code == 404


async def test_a_plus_works_bare_in_a_path_too(ana: httpx.AsyncClient) -> None:
    assert (await ana.get(f"blockednumbers/{SPAM}")).json() == {"number": SPAM}


@pytest.mark.parametrize("numbers", [None, [], ["0150"], ["+1 415 555 0151"], [5], [SUPPORT.phone]])
async def test_what_is_no_number_outside_cannot_be_blocked(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, numbers: object
) -> None:
    assert (await ana.post("blockednumbers/add", json={"numbers": numbers})).status_code == 400
    assert list(sandbox.state.blocked) == [SPAM]


async def test_contacts_are_made_changed_and_deleted(ana: httpx.AsyncClient, events: Events) -> None:
    body = {"first_name": "Robin", "last_name": "Vale", "phones": ["+14155550155"]}
    made = (await ana.post("contacts", json=body)).json()
    assert (made["type"], made["display_name"], made["primary_phone"]) == ("shared", "Robin Vale", "+14155550155")
    changed = (await ana.patch(f"contacts/{made['id']}", json={"company_name": "Vale & Co"})).json()
    assert (changed["company_name"], changed["phones"]) == ("Vale & Co", ["+14155550155"])
    assert (await ana.delete(f"contacts/{made['id']}")).status_code == 200
    assert (await ana.get(f"contacts/{made['id']}")).status_code == 404
    assert [payload["event"] for _, payload in events] == ["Created", "Updated", "Deleted"]


async def test_a_uid_makes_or_replaces_one_contact(ana: httpx.AsyncClient) -> None:
    body = {"uid": "crm-7", "first_name": "Robin", "last_name": "Vale"}
    first = (await ana.put("contacts", json={**body, "company_name": "Vale"})).json()
    second = (await ana.put("contacts", json=body)).json()
    assert first["id"] == second["id"]
    assert "company_name" not in second


async def test_a_local_contact_is_its_owners_alone(ana: httpx.AsyncClient, noor: httpx.AsyncClient) -> None:
    body = {"first_name": "Robin", "last_name": "Vale", "owner_id": str(ANA.dialpad_id)}
    made = (await ana.post("contacts", json=body)).json()
    assert (made["type"], made["owner_id"]) == ("local", str(ANA.dialpad_id))
    assert (await noor.get(f"contacts/{made['id']}")).status_code == 404
    assert made not in (await ana.get("contacts")).json()["items"]
    assert (await ana.get("contacts", params={"owner_id": "me"})).json()["items"] == [made]
    assert made in (await ana.get("contacts", params={"include_local": "true"})).json()["items"]


async def test_a_contact_for_somebody_else_is_refused(noor: httpx.AsyncClient) -> None:
    body = {"first_name": "Robin", "last_name": "Vale", "owner_id": str(ANA.dialpad_id)}
    assert (await noor.post("contacts", json=body)).status_code == 403


@pytest.mark.parametrize("body", [{"first_name": "Robin"}, {"first_name": "R", "last_name": "V", "phones": ["12"]}])
async def test_a_half_contact_is_refused(ana: httpx.AsyncClient, body: Body) -> None:
    assert (await ana.post("contacts", json=body)).status_code == 400


async def test_the_company_has_at_least_twelve_numbers(priya: httpx.AsyncClient) -> None:
    items = (await priya.get("numbers")).json()["items"]
    assert len(items) >= 12
    assert {item["status"] for item in items} == {
        "available",
        "call_center",
        "call_router",
        "department",
        "office",
        "room",
        "user",
    }


async def test_a_number_tells_whose_it_is(priya: httpx.AsyncClient) -> None:
    item = (await priya.get("numbers/%2B14155550114")).json()
    assert (item["target_type"], item["target_id"], item["status"]) == ("user", str(NOOR.dialpad_id), "user")
    assert (await priya.get("numbers/%2B14155550199")).status_code == 404


async def test_numbers_are_formatted_both_ways(ana: httpx.AsyncClient) -> None:
    expected = {
        "e164_number": "+14155550150",
        "local_number": "(415) 555-0150",
        "country_code": "US",
        "area_code": "(415)",
    }
    local = await ana.post("numbers/format", params={"number": "415 555 0150", "country_code": "us"})
    e164 = await ana.post("numbers/format", params={"number": JORDAN})
    assert local.json() == expected
    assert e164.json() == expected


@pytest.mark.parametrize("query", [{}, {"number": "415 555 0150"}, {"number": "pizza", "country_code": "US"}])
async def test_what_cannot_be_read_as_a_number_is_refused(ana: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await ana.post("numbers/format", params=query)).status_code == 400
