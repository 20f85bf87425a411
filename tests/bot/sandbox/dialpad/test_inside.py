"""What people of the company do in their own Dialpad apps, played at the panel."""

from typing import Any

import httpx
import pytest

from bot.sandbox.cast import ANA, LEO, NOOR, SAM, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.model import Call, Message
from bot.sandbox.dialpad.refusals import Refusal
from bot.sandbox.dialpad.texting import deliver
from tests.bot.sandbox.dialpad.conftest import Clock, Events
from tests.bot.sandbox.dialpad.known import JORDAN

STRANGER = "+14155550153"


def told(events: Events, kind: str) -> list[dict[str, Any]]:
    return [payload for word, payload in events if word == kind]


def talk(sandbox: DialpadSandbox) -> Call:
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    sandbox.phone.answer(call.id, SAM)
    return call


def test_an_agent_goes_off_duty_with_a_reason(sandbox: DialpadSandbox, events: Events) -> None:
    sandbox.phone.inside.set_duty(ANA.dialpad_id or 0, on=False, reason="Break")
    (event,) = told(events, "agent_status")
    assert (event["on_duty_status"], event["on_duty_status_reason"]) == ("unavailable", "Break")


def test_who_comes_on_duty_is_rung_by_whoever_waits(sandbox: DialpadSandbox) -> None:
    for person in (ANA, SAM):
        sandbox.phone.inside.set_duty(person.dialpad_id or 0, on=False)
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    assert call.state == "queued"
    sandbox.phone.inside.set_duty(NOOR.dialpad_id or 0, on=True)
    (shown,) = sandbox.phone.snapshot()["live_calls"]
    assert shown["ringing"] == [str(NOOR.dialpad_id)]


def test_a_caller_is_put_on_hold_and_taken_back(sandbox: DialpadSandbox) -> None:
    call = talk(sandbox)
    sandbox.phone.inside.hold(call.id)
    assert "resume" in sandbox.phone.snapshot()["live_calls"][0]["can"]
    sandbox.phone.inside.resume(call.id)
    assert "hold" in sandbox.phone.snapshot()["live_calls"][0]["can"]
    with pytest.raises(Refusal, match="not on hold"):
        sandbox.phone.inside.resume(call.id)


def test_nobody_is_held_who_still_hears_it_ring(sandbox: DialpadSandbox) -> None:
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    with pytest.raises(Refusal, match="nobody talks"):
        sandbox.phone.inside.hold(call.id)


def test_a_transferred_caller_rings_at_somebody_else(sandbox: DialpadSandbox) -> None:
    call = talk(sandbox)
    sandbox.phone.inside.transfer(call.id, LEO.dialpad_id or 0)
    assert not call.is_live
    (shown,) = sandbox.phone.snapshot()["live_calls"]
    assert (shown["customer"]["phone"], shown["ringing"]) == (JORDAN, [str(LEO.dialpad_id)])


def test_nobody_is_given_a_caller_while_talking(sandbox: DialpadSandbox) -> None:
    call = talk(sandbox)
    with pytest.raises(Refusal, match="on a call"):
        sandbox.phone.inside.transfer(call.id, SAM.dialpad_id or 0)


def test_a_number_becomes_a_contact_and_then_changes(sandbox: DialpadSandbox, events: Events) -> None:
    sandbox.phone.inside.save_contact(STRANGER, "Rosa Diaz", "Diaz Foods")
    sandbox.phone.inside.save_contact(STRANGER, "Rosa Diaz", "Diaz & Sons")
    first, second = told(events, "contact")
    assert [one["event"] for one in (first, second)] == ["Created", "Updated"]
    assert first["contact"]["id"] == second["contact"]["id"]
    assert second["contact"]["company_name"] == "Diaz & Sons"


def test_a_line_rings_shorter_and_the_change_is_told(sandbox: DialpadSandbox, events: Events) -> None:
    sandbox.phone.inside.change_ring_time(SUPPORT.id)
    (event,) = told(events, "changelog")
    assert event["note"] == "Ring time of Support changed from 30 to 15 seconds"
    assert event["changed_by"]["name"] == "Priya Nair"
    assert next(line for line in sandbox.phone.snapshot()["lines"] if line["name"] == "Support")["ring_seconds"] == 15


def test_a_text_to_a_number_nobody_reaches_fails_and_is_not_seen_there(
    sandbox: DialpadSandbox, events: Events, clock: Clock
) -> None:
    sandbox.phone.set_reachable(STRANGER, on=False)
    target = sandbox.state.groups[SUPPORT.id].target
    deliver(sandbox.state, Message(1, "outbound", SUPPORT.phone, [STRANGER], "Hello", clock(), target))
    assert [one["message_status"] for one in told(events, "sms")] == ["pending", "failed"]
    assert told(events, "sms")[-1]["message_delivery_result"] == "no_route"
    assert STRANGER not in sandbox.phone.snapshot()["threads"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("duty", {"person_id": str(ANA.dialpad_id), "on": False, "reason": "Lunch"}),
        ("reachable", {"number": STRANGER, "on": False}),
        ("contact", {"number": STRANGER, "name": "Rosa Diaz"}),
        ("ring_time", {"line_id": str(SUPPORT.id)}),
    ],
)
async def test_the_panel_can_ask_for_it(sandbox: DialpadSandbox, path: str, body: dict[str, Any]) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://dialpad.test") as panel:
        answer = await panel.post(f"/phone/{path}", json=body)
    assert answer.status_code == 200


async def test_the_panel_holds_resumes_and_transfers(sandbox: DialpadSandbox) -> None:
    call = {"call_id": str(talk(sandbox).id)}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app), base_url="http://dialpad.test") as panel:
        for path, more in (("hold", {}), ("resume", {}), ("transfer", {"person_id": str(LEO.dialpad_id)})):
            answer = await panel.post(f"/phone/{path}", json={**call, **more})
            assert answer.status_code == 200, answer.text
