"""Rate limits by the clock, and trouble on demand."""

import asyncio

import httpx
import pytest

from bot.sandbox.cast import ANA
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.conftest import Clock, error_of


async def test_the_company_gets_twenty_requests_a_second(ana: httpx.AsyncClient, clock: Clock) -> None:
    answers = [(await ana.get("users/me")).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    clock.forward(seconds=1)
    assert (await ana.get("users/me")).status_code == 200


async def test_a_429_has_no_retry_after_and_says_rate_limit_exceeded(ana: httpx.AsyncClient) -> None:
    for _ in range(20):
        await ana.get("users/me")
    refused = await ana.get("users/me")
    assert "rate_limit_exceeded" in error_of(refused)["message"]
    assert "retry-after" not in refused.headers


async def test_one_call_can_be_read_ten_times_a_minute(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, clock: Clock
) -> None:
    call = sandbox.phone.ring("+14155550150", ANA.phone or "")
    answers = []
    for _ in range(11):
        answers.append((await ana.get(f"call/{call.id}")).status_code)
        clock.forward(seconds=2)
    assert answers == [200] * 10 + [429]
    clock.forward(seconds=60)
    assert (await ana.get(f"call/{call.id}")).status_code == 200


async def test_five_calls_a_minute_can_be_started(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, clock: Clock
) -> None:
    body = {"user_id": ANA.dialpad_id, "phone_number": "+14155550150"}
    answers = []
    for _ in range(6):
        answer = await ana.post("call", json=body)
        answers.append(answer.status_code)
        if answer.status_code == 200:
            sandbox.phone.hang_up(int(answer.json()["call_id"]))
        clock.forward(seconds=1)
    assert answers == [200] * 5 + [429]


async def test_limits_can_be_switched_off() -> None:
    sandbox = DialpadSandbox(enforce_limits=False)
    headers = {"Authorization": f"Bearer {ANA.token}"}
    transport = httpx.ASGITransport(sandbox.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dialpad.test", headers=headers) as client:
        assert {(await client.get("/api/v2/users/me")).status_code for _ in range(30)} == {200}


@pytest.mark.parametrize("status", [401, 403, 404, 409, 429, 500])
async def test_a_fault_answers_once_in_dialpads_shape(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, status: int
) -> None:
    sandbox.faults.add("PATCH /api/v2/users", status=status)
    body = {"do_not_disturb": True}
    assert error_of(await ana.patch("users/me/togglednd", json=body))["code"] == status
    assert not sandbox.state.user(ANA.dialpad_id or 0).do_not_disturb
    assert (await ana.patch("users/me/togglednd", json=body)).status_code == 200


async def test_a_fault_leaves_other_requests_alone(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    sandbox.faults.add("PATCH /api/v2/users", status=500, times=None)
    assert (await ana.get("users/me")).status_code == 200


async def test_a_fault_can_lose_only_the_answer(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    sandbox.faults.add("POST /api/v2/sms", status=500, after_effect=True)
    before = len(sandbox.state.messages)
    answer = await ana.post("sms", json={"to_numbers": ["+14155550150"], "text": "Hi"})
    assert (answer.status_code, len(sandbox.state.messages)) == (500, before + 1)


async def test_down_is_a_503_that_is_no_json(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    sandbox.faults.add("*", kind="down")
    answer = await ana.get("users/me")
    assert (answer.status_code, answer.text[:1]) == (503, "u")


async def test_broken_json_stops_in_the_middle(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    sandbox.faults.add("GET /api/v2/users", kind="broken_json")
    with pytest.raises(ValueError, match="Unterminated"):
        (await ana.get("users/me")).json()


async def test_a_slow_request_waits_until_it_is_let_go(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    fault = sandbox.faults.add("GET /api/v2/users", kind="slow")
    request = asyncio.create_task(ana.get("users/me"))
    await fault.entered.wait()
    assert not request.done()
    fault.release.set()
    assert (await request).status_code == 200


async def test_the_token_endpoint_can_have_faults_too(nobody: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    sandbox.faults.add("POST /oauth2/token", status=400, body={"error": "invalid_grant"})
    answer = await nobody.post("http://dialpad.test/oauth2/token", data={"grant_type": "refresh_token"})
    assert answer.json() == {"error": "invalid_grant"}
