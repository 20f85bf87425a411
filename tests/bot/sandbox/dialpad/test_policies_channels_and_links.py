"""Access policies, app settings, channels, coaching teams, meetings, custom IVRs and share links."""

from typing import Any

import httpx
import pytest

from bot.sandbox.cast import ANA, BILLING, PRIYA, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.resources.appsettings import SETTINGS
from tests.bot.sandbox.dialpad.conftest import Connect
from tests.bot.sandbox.dialpad.known import Known
from tests.bot.sandbox.dialpad.working import MP3


@pytest.fixture
def known(sandbox: DialpadSandbox) -> Known:
    return Known(sandbox)


async def test_a_policy_is_given_for_a_target_and_taken_back(priya: httpx.AsyncClient, known: Known) -> None:
    path = f"accesscontrolpolicies/{known.policy}"
    body = {"user_id": known.ana, "target_id": known.sales}
    given = (await priya.post(f"{path}/assign", json=body)).json()
    assert given["policy_targets"] == [{"target_id": str(known.sales), "target_type": "callcenter"}]
    assert (await priya.post(f"{path}/assign", json=body)).status_code == 409
    listed = (await priya.get(f"{path}/assignments")).json()["items"]
    assert [one["user"]["id"] for one in listed] == [str(known.sam), str(known.ana)]
    left = (await priya.post(f"{path}/unassign", json=body)).json()
    assert "policy_targets" not in left
    assert (await priya.post(f"{path}/unassign", json=body)).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({}, 400), ({"target_id": 7}, 404), ({"target_type": "company"}, 400), ({"user_id": 7}, 404)],
)
async def test_a_policy_for_call_centers_needs_one(
    wrong: dict[str, Any], status: int, priya: httpx.AsyncClient, known: Known
) -> None:
    body = {"user_id": known.ana, **wrong}
    assert (await priya.post(f"accesscontrolpolicies/{known.policy}/assign", json=body)).status_code == status


async def test_a_company_policy_needs_no_target(priya: httpx.AsyncClient, known: Known) -> None:
    path = f"accesscontrolpolicies/{known.company_policy}/assign"
    given = (await priya.post(path, json={"user_id": known.ana})).json()
    assert given["policy_targets"][0]["target_type"] == "company"


async def test_a_deleted_policy_comes_back_without_its_assignments(priya: httpx.AsyncClient, known: Known) -> None:
    path = f"accesscontrolpolicies/{known.policy}"
    assert (await priya.delete(path)).json()["state"] == "deleted"
    assert (await priya.patch(path, json={"name": "Other"})).status_code == 404
    assert (await priya.patch(path, json={"state": "active"})).json()["state"] == "active"
    assert (await priya.get(f"{path}/assignments")).json() == {}


async def test_a_policy_is_owned_by_a_company_admin(priya: httpx.AsyncClient, known: Known) -> None:
    body = {"name": "Mine", "owner_id": known.ana, "permission_sets": ["csat_surveys_write"]}
    assert (await priya.post("accesscontrolpolicies", json=body)).status_code == 400


async def test_app_settings_of_a_target_go_before_the_companys(priya: httpx.AsyncClient, known: Known) -> None:
    content = {"enabled": False, "is_preferred_service": True, "settings": {"sms_logging_enabled": False}}
    target: dict[str, str | int] = {"target_type": "callcenter", "target_id": known.support}
    known.state.documents.add(SETTINGS, {**content, **target})
    assert (await priya.get("app/settings")).json()["settings"]["sms_logging_enabled"] is True
    own = (await priya.get("app/settings", params=target)).json()
    assert (own["enabled"], own["settings"]["sms_logging_enabled"]) == (False, False)
    assert own["settings"]["call_logging_enabled"] is True
    assert (await priya.get("app/settings", params={"target_type": "user"})).status_code == 400
    assert (await priya.get("app/settings", params={"target_type": "user", "target_id": 7})).status_code == 404


async def test_a_private_channel_is_hidden_from_others(ana: httpx.AsyncClient, sam: httpx.AsyncClient) -> None:
    seen = [channel["name"] for channel in (await sam.get("channels")).json()["items"]]
    assert seen == ["general", "deliveries", "leads"]
    assert [channel["name"] for channel in (await ana.get("channels")).json()["items"]] == seen[:2]


async def test_people_come_and_go_in_a_channel(
    sam: httpx.AsyncClient, ana: httpx.AsyncClient, leo: httpx.AsyncClient, known: Known
) -> None:
    path = f"channels/{known.channel}/members"
    mei = next(user.id for user in known.state.users.values() if user.first_name == "Mei")
    assert (await ana.post(path, json={"user_id": mei})).status_code == 403
    assert (await sam.post(path, json={"user_id": mei})).json()["name"] == "Mei Tanaka"
    assert (await sam.post(path, json={"user_id": mei})).status_code == 409
    assert (await leo.request("DELETE", path, json={"user_id": known.leo})).status_code == 200
    assert (await sam.request("DELETE", path, json={"user_id": known.leo})).status_code == 404
    names = [member["name"] for member in (await ana.get(path)).json()["items"]]
    assert "Mei Tanaka" in names
    assert "Léo Marchetti" not in names
    assert (await ana.delete(f"channels/{known.channel}")).status_code == 403


async def test_a_channel_is_made_for_oneself_unless_by_the_company(
    ana: httpx.AsyncClient, company: httpx.AsyncClient, known: Known
) -> None:
    body = {"name": "fleet", "description": "Trucks", "privacy_type": "private"}
    assert (await company.post("channels", json=body)).status_code == 400
    assert (await ana.post("channels", json={**body, "user_id": known.sam})).status_code == 400
    made = (await ana.post("channels", json=body)).json()
    assert (await ana.get(f"channels/{made['id']}/members")).json()["items"][0]["id"] == str(known.ana)


async def test_a_coach_takes_on_a_trainee(sam: httpx.AsyncClient, ana: httpx.AsyncClient, known: Known) -> None:
    path, body = f"coachingteams/{known.team}/members", {"member_id": str(known.leo), "role": "trainee"}
    assert (await ana.post(path, json=body)).status_code == 403
    added = (await sam.post(path, json=body)).json()
    assert (added["id"], added["role"]) == (str(known.leo), "trainee")
    assert (await sam.post(path, json=body)).status_code == 409
    roles = {member["first_name"]: member["role"] for member in (await sam.get(path)).json()["items"]}
    assert roles == {"Sam": "coach", "Noor": "trainee", "Mei": "trainee", "Léo": "trainee"}
    assert (await sam.post(path, json={**body, "member_id": "nobody"})).status_code == 400
    assert (await sam.get("coachingteams/7/members")).status_code == 404


async def test_meetings_need_their_scope_and_are_filtered_by_room(
    sandbox: DialpadSandbox, connect: Connect, priya: httpx.AsyncClient, known: Known
) -> None:
    without = connect(sandbox.issue_token(PRIYA, scopes=["calls:list"])["access_token"])
    assert (await without.get("conference/meetings")).status_code == 403
    assert (await without.get("conference/rooms")).status_code == 403
    rooms = (await priya.get("conference/rooms")).json()["items"]
    assert rooms[0]["id"] == str(known.meeting_room)
    meetings = (await priya.get("conference/meetings")).json()["items"]
    mine = (await priya.get("conference/meetings", params={"room_id": rooms[0]["id"]})).json()["items"]
    assert (len(meetings), [meeting["title"] for meeting in mine]) == (3, ["Support morning round", "Holiday shifts"])
    assert (await priya.get("conference/meetings", params={"room_id": "7"})).status_code == 404


async def test_a_custom_ivr_is_uploaded_chosen_renamed_and_removed(sam: httpx.AsyncClient, known: Known) -> None:
    listing = f"customivrs?target_type=callcenter&target_id={SUPPORT.id}"
    path = f"customivrs/callcenter/{SUPPORT.id}/GREETING"
    body = {"file": MP3, "ivr_type": "GREETING", "target_id": SUPPORT.id, "target_type": "callcenter", "name": "New"}
    made = (await sam.post("customivrs", json=body)).json()
    assert made["selected"] is True
    chosen = (await sam.patch(path, json={"ivr_id": known.greeting})).json()
    assert [ivr["selected"] for ivr in chosen["ivrs"]] == [False, True, False]
    await sam.patch(f"customivrs/{made['id']}", json={"name": "Newer"})
    greetings = (await sam.get(listing)).json()["items"][0]
    assert (greetings["ivr_type"], greetings["ivrs"][2]["name"]) == ("GREETING", "Newer")
    assert (await sam.request("DELETE", path, json={"ivr_id": made["id"]})).json()["id"] == made["id"]
    assert (await sam.request("DELETE", path, json={"ivr_id": made["id"]})).status_code == 404
    assert (await sam.patch(f"customivrs/{made['id']}", json={"name": "x"})).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"file": "no base64!"}, 400),
        ({"file": ""}, 400),
        ({"ivr_type": "SONG"}, 400),
        ({"target_id": 7}, 404),
        ({"name": "x" * 101}, 400),
        ({"target_type": "department", "target_id": BILLING.id}, 403),
    ],
)
async def test_a_wrong_ivr_is_refused(wrong: dict[str, Any], status: int, sam: httpx.AsyncClient) -> None:
    body = {"file": MP3, "ivr_type": "CLOSED", "target_id": SUPPORT.id, "target_type": "callcenter", **wrong}
    assert (await sam.post("customivrs", json=body)).status_code == status


async def test_a_call_has_one_review_link_which_others_cannot_open_up(
    ana: httpx.AsyncClient, sam: httpx.AsyncClient, leo: httpx.AsyncClient, known: Known
) -> None:
    body = {"call_id": str(known.past_call.id)}
    made = (await ana.post("callreviewsharelink", json=body)).json()
    assert made["privacy"] == "company"
    assert (await sam.post("callreviewsharelink", json=body)).json() == made
    assert (await sam.post("callreviewsharelink", json={**body, "privacy": "public"})).status_code == 403
    path = f"callreviewsharelink/{made['id']}"
    assert (await sam.put(path, json={"privacy": "public"})).status_code == 403
    assert (await ana.put(path, json={"privacy": "public"})).json()["privacy"] == "public"
    assert (await leo.get(path)).status_code == 403
    assert (await ana.put(path, json={"privacy": "owner"})).status_code == 400
    assert (await ana.post("callreviewsharelink", json={})).status_code == 400
    assert (await ana.get("callreviewsharelink/abc")).status_code == 404


async def test_a_recording_is_shared_by_its_own_id_and_not_the_calls(ana: httpx.AsyncClient, known: Known) -> None:
    call = known.past_call
    recording = call.recordings[0]
    body = {"recording_id": str(recording.id), "recording_type": "callrecording"}
    made = (await ana.post("recordingsharelink", json=body)).json()
    assert (made["privacy"], made["call_id"], made["item_id"]) == ("owner", str(call.id), str(recording.id))
    assert made["created_by_id"] == str(ANA.dialpad_id)
    assert (await ana.post("recordingsharelink", json={**body, "recording_id": str(call.id)})).status_code == 404
    assert (await ana.post("recordingsharelink", json={**body, "recording_type": "voicemail"})).status_code == 404
