"""Who is let in, and how far."""

import httpx
import pytest

from bot.sandbox.cast import ANA, GUS, LEO, NOOR, PRIYA, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from tests.bot.sandbox.dialpad.conftest import Clock, Connect, error_of


async def test_a_seeded_token_works_as_that_person(ana: httpx.AsyncClient) -> None:
    assert (await ana.get("users/me")).json()["emails"] == [ANA.email]


async def test_the_company_key_is_nobody_in_particular(company: httpx.AsyncClient) -> None:
    assert error_of(await company.get("users/me"))["code"] == 400


async def test_the_company_key_may_do_what_admins_may(company: httpx.AsyncClient) -> None:
    assert (await company.get("company")).status_code == 200


@pytest.mark.parametrize("token", [None, "made-up", ""])
async def test_without_a_known_token_nothing_is_answered(connect: Connect, token: str | None) -> None:
    error = error_of(await connect(token).get("users/me"))
    assert (error["code"], error["errors"][0]["reason"]) == (401, "required")


async def test_a_token_in_the_address_is_not_taken(nobody: httpx.AsyncClient) -> None:
    assert (await nobody.get(f"users/me?apikey={ANA.token}")).status_code == 401


async def test_somebody_without_a_seat_has_no_token(sandbox: DialpadSandbox, connect: Connect) -> None:
    assert (await connect(GUS.token).get("users/me")).status_code == 401
    with pytest.raises(ValueError, match="no Dialpad seat"):
        sandbox.issue_token(GUS)


async def test_an_issued_token_expires_by_the_clock(sandbox: DialpadSandbox, connect: Connect, clock: Clock) -> None:
    issued = sandbox.issue_token(ANA)
    client = connect(issued["access_token"])
    assert (await client.get("users/me")).status_code == 200
    clock.forward(seconds=issued["expires_in"])
    assert error_of(await client.get("users/me"))["message"] == "Token has expired."


async def test_a_suspended_person_is_locked_out(ana: httpx.AsyncClient, priya: httpx.AsyncClient) -> None:
    await priya.patch(f"users/{ANA.dialpad_id}", json={"state": "suspended"})
    assert (await ana.get("users/me")).status_code == 401


async def test_an_agent_may_not_act_on_a_colleague(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    answer = await ana.patch(f"users/{NOOR.dialpad_id}/togglednd", json={"do_not_disturb": True})
    assert error_of(answer)["code"] == 403
    assert not sandbox.state.user(NOOR.dialpad_id or 0).do_not_disturb


async def test_a_supervisor_may_act_on_their_own_people(sam: httpx.AsyncClient) -> None:
    assert (await sam.patch(f"users/{NOOR.dialpad_id}/togglednd", json={"do_not_disturb": True})).status_code == 200


async def test_a_supervisor_may_not_act_on_other_peoples_people(sam: httpx.AsyncClient) -> None:
    assert (await sam.patch(f"users/{PRIYA.dialpad_id}/togglednd", json={"do_not_disturb": True})).status_code == 403


async def test_an_admin_may_act_on_everybody(priya: httpx.AsyncClient) -> None:
    assert (await priya.patch(f"users/{LEO.dialpad_id}/togglednd", json={"do_not_disturb": True})).status_code == 200


async def test_an_agent_may_see_who_is_who(ana: httpx.AsyncClient) -> None:
    assert (await ana.get(f"users/{NOOR.dialpad_id}")).status_code == 200


@pytest.mark.parametrize("path", ["company", "numbers", "call", "numbers/%2B14155550101"])
async def test_admin_operations_are_refused_to_agents(ana: httpx.AsyncClient, path: str) -> None:
    assert "company admin" in error_of(await ana.get(path))["message"]


async def test_a_missing_scope_is_named(sandbox: DialpadSandbox, connect: Connect) -> None:
    client = connect(sandbox.issue_token(PRIYA, scopes=["offline_access"])["access_token"])
    assert "calls:list" in error_of(await client.get("call"))["message"]


async def test_an_unknown_path_is_not_found(ana: httpx.AsyncClient) -> None:
    assert error_of(await ana.get("nothing/here"))["errors"][0]["reason"] == "notFound"


async def test_an_unknown_person_is_not_found(ana: httpx.AsyncClient) -> None:
    assert error_of(await ana.get("users/5100000000009999"))["code"] == 404


async def test_a_body_over_a_megabyte_is_too_large(ana: httpx.AsyncClient) -> None:
    assert (await ana.post("sms", json={"text": "x" * 1_100_000})).status_code == 413


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"{", "JSON"),
        (b"[]", "object"),
        (b"{}", "do_not_disturb"),
        (b'{"do_not_disturb": "yes"}', "do_not_disturb"),
        (b'{"do_not_disturb": 1}', "do_not_disturb"),
        (b'{"do_not_disturb": NaN}', "JSON"),
        (b'{"do_not_disturb": true, "dnd": true}', '"dnd"'),
        (b'{"do_not_disturb": true, "group_type": "room", "group_id": 1}', "group_type"),
        (b'{"do_not_disturb": true, "group_type": "office", "group_id": 1.5}', "group_id"),
        (b'{"do_not_disturb": true, "group_type": "office"}', "group"),
    ],
)
async def test_a_wrong_body_is_refused_and_changes_nothing(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, body: bytes, named: str
) -> None:
    answer = await ana.patch("users/me/togglednd", content=body)
    assert answer.status_code == 400
    assert named in error_of(answer)["message"]
    assert not sandbox.state.user(ANA.dialpad_id or 0).do_not_disturb


async def test_an_id_may_be_a_number_or_a_string_of_digits(ana: httpx.AsyncClient) -> None:
    for group_id in (SUPPORT.id, str(SUPPORT.id)):
        body = {"do_not_disturb": True, "group_type": "callcenter", "group_id": group_id}
        assert (await ana.patch("users/me/togglednd", json=body)).json()["group_id"] == str(SUPPORT.id)


async def test_every_request_is_remembered(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    await ana.patch("users/me/status?x=1", json={"status_message": "Lunch"})
    seen = sandbox.requests[-1]
    assert (seen.method, seen.path, seen.query) == ("PATCH", "/api/v2/users/me/status", {"x": "1"})
    assert (seen.body, seen.person, seen.status) == ({"status_message": "Lunch"}, ANA.email, 200)
