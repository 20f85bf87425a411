"""Recaps, who a waiting call is assigned to, and lists of outcomes."""

import httpx
import pytest

from bot.sandbox.cast import ANA, NOOR, OFFICE, SALES, SAM, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.ai import TALKS
from bot.sandbox.dialpad.model import Call
from tests.bot.sandbox.dialpad.conftest import error_of

JORDAN = "+14155550150"


@pytest.fixture
def queued(sandbox: DialpadSandbox) -> Call:
    """Jordan waits for Support, where nobody is on duty."""
    for user in sandbox.state.users.values():
        user.on_duty = False
    return sandbox.phone.ring(JORDAN, SUPPORT.phone)


async def test_a_recap_is_there_once_it_is_written(sam: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    leg = sandbox.phone.answer(call.id, ANA)
    sandbox.phone.hang_up(call.id)
    assert (await sam.get(f"call/{call.id}/ai_recap")).status_code == 404
    sandbox.ai.write(leg, TALKS[0])
    for one in (call, leg):
        recap = (await sam.get(f"call/{one.id}/ai_recap")).json()
        assert recap["summary"]["content"] == TALKS[0].summary
        assert [item["content"] for item in recap["action_items"]] == list(TALKS[0].action_items)
        assert recap["disposition"]["content"] == "Follow-up needed"


async def test_a_recap_comes_short_and_as_bullets(sam: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    call_id = next(call.id for call in sandbox.state.calls.values() if call.recap is not None)

    async def summary(wanted: str) -> str:
        said = await sam.get(f"call/{call_id}/ai_recap", params={"summary_format": wanted})
        return str(said.json()["summary"]["content"])

    assert (await summary("bullet")).count("- ") > 1
    assert len(await summary("short")) < len(await summary("medium"))


async def test_without_dialpad_ai_there_is_no_recap(sam: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    sandbox.state.has_ai = False
    call_id = next(call.id for call in sandbox.state.calls.values() if call.recap is not None)
    assert (await sam.get(f"call/{call_id}/ai_recap")).status_code == 403


async def test_an_assigned_call_rings_only_whom_it_is_assigned_to(
    sam: httpx.AsyncClient, sandbox: DialpadSandbox, queued: Call
) -> None:
    said = (await sam.post(f"call/{queued.id}/assign", json={"operator_ids": [NOOR.dialpad_id]})).json()
    assert (said["status"], said["assigned_operators"]["operator_ids"]) == ("success", [str(NOOR.dialpad_id)])
    for person in (ANA, NOOR):
        sandbox.state.users[person.dialpad_id or 0].on_duty = True
    sandbox._switchboard.reconsider_queue()
    legs = [call for call in sandbox.state.calls.values() if call.entry_point_call_id == queued.id]
    assert [leg.target.id for leg in legs] == [NOOR.dialpad_id]


async def test_a_repeat_changes_nothing_and_taking_back_frees_it(sam: httpx.AsyncClient, queued: Call) -> None:
    for _ in range(2):
        await sam.post(f"call/{queued.id}/assign", json={"operator_ids": [NOOR.dialpad_id]})
    assert (await sam.get(f"call/{queued.id}/assigned")).json()["count"] == "1"
    assert (await sam.post(f"call/{queued.id}/unassign", json={"operator_ids": [ANA.dialpad_id]})).json()[
        "status"
    ] == "error"
    assert (await sam.post(f"call/{queued.id}/unassign/all")).json()["operator_ids"] == [str(NOOR.dialpad_id)]
    assert "operator_ids" not in (await sam.get(f"call/{queued.id}/assigned")).json()


async def test_only_a_supervisor_assigns_one_operator_of_that_center(
    ana: httpx.AsyncClient, sam: httpx.AsyncClient, queued: Call
) -> None:
    one = {"operator_ids": [NOOR.dialpad_id]}
    assert (await ana.post(f"call/{queued.id}/assign", json=one)).status_code == 403
    both = {"operator_ids": [NOOR.dialpad_id, ANA.dialpad_id]}
    assert "one operator" in error_of(await sam.post(f"call/{queued.id}/assign", json=both))["message"]
    stranger = {"operator_ids": [SALES.members[0].dialpad_id]}
    assert (await sam.post(f"call/{queued.id}/assign", json=stranger)).json()["operators"][0]["status"] == "error"


async def test_a_call_that_is_not_waiting_cannot_be_assigned(sam: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    ringing = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    direct = sandbox.phone.ring(JORDAN, SAM.phone or "")
    one = {"operator_ids": [NOOR.dialpad_id]}
    assert (await sam.post(f"call/{ringing.id}/assign", json=one)).status_code == 409
    assert (await sam.post(f"call/{direct.id}/assign", json=one)).status_code == 400


async def test_outcomes_are_made_changed_and_deleted_by_admins(
    priya: httpx.AsyncClient, ana: httpx.AsyncClient
) -> None:
    body = {"name": "Sales", "office_id": OFFICE.id, "dispositions": {"Won": {"~usage": "outbound"}}}
    assert (await ana.post("dispositions", json=body)).status_code == 403
    made = (await priya.post("dispositions", json=body)).json()
    assert made["formatted_dispositions"] == [{"name": "Won", "usage": "outbound"}]
    target: dict[str, str | int] = {"target_type": "callcenter", "target_id": SALES.id}
    await priya.patch(f"dispositions/{made['id']}", json={"action": "add_target", **target})
    listed = (await ana.get("dispositions", params=target)).json()["items"]
    assert [one["name"] for one in listed] == ["Sales"]
    assert (await priya.delete(f"dispositions/{made['id']}")).json() == {}
    assert (await ana.get("dispositions", params=target)).json() == {}


@pytest.mark.parametrize(
    "outcomes", [{"Won": "yes"}, {"Won": {"~usage": "never"}}, {"Won": {"Big": {"Huge": {"~usage": "inbound"}}}}]
)
async def test_outcomes_that_mean_nothing_are_refused(priya: httpx.AsyncClient, outcomes: dict[str, object]) -> None:
    body = {"name": "Sales", "office_id": OFFICE.id, "dispositions": outcomes}
    assert (await priya.post("dispositions", json=body)).status_code == 400
