"""Calls, seen from the API and played from the panel."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bot.sandbox.cast import ANA, BILLING, LEO, NOOR, OFFICE, PRIYA, SALES, SAM, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.phone_routes import stream_versions
from tests.bot.sandbox.dialpad.conftest import Clock, Events, error_of

JORDAN = "+14155550150"
SPAM = "+14155550159"
ANAS_NUMBER = ANA.phone or ""


def words(events: Events, call_id: int) -> list[str]:
    return [payload["state"] for kind, payload in events if kind == "call" and payload["call_id"] == call_id]


async def test_the_call_list_has_a_believable_past(priya: httpx.AsyncClient) -> None:
    first = (await priya.get("call")).json()["items"]
    starts = [int(call["date_started"]) for call in first]
    assert len(first) >= 40
    assert starts == sorted(starts, reverse=True)
    assert {call["state"] for call in first} == {"hangup"}
    assert any("transcription_text" in call for call in first)
    assert any(call.get("labels") for call in first)


async def test_a_call_has_string_times_float_durations_and_no_empties(priya: httpx.AsyncClient) -> None:
    missed = (await priya.get("call")).json()["items"][0]
    assert missed["call_id"].isdigit()
    assert missed["date_started"].isdigit()
    assert isinstance(missed["total_duration"], float)
    assert missed["duration"] == 0.0
    assert not {"date_connected", "labels", "proxy_target", "recording_url"} & missed.keys()


async def test_the_call_list_is_bounded_by_time(priya: httpx.AsyncClient, clock: Clock) -> None:
    after, before = clock.ms - 60 * 60_000, clock.ms - 30 * 60_000
    bounds = {"started_after": after, "started_before": before}
    calls = (await priya.get("call", params=bounds)).json()["items"]
    assert calls
    assert all(after < int(call["date_started"]) < before for call in calls)


async def test_the_call_list_is_filtered_by_target(priya: httpx.AsyncClient) -> None:
    target: dict[str, str | int] = {"target_type": "callcenter", "target_id": SALES.id}
    calls = (await priya.get("call", params=target)).json()["items"]
    assert {call["target"]["id"] for call in calls} == {str(SALES.id)}
    assert (await priya.get("call", params={"target_id": SALES.id})).status_code == 400


async def test_the_call_list_comes_in_pages_that_new_calls_do_not_shift(
    priya: httpx.AsyncClient, sandbox: DialpadSandbox
) -> None:
    whole = [call["call_id"] for call in (await priya.get("call")).json()["items"]]
    sandbox.state.page_size = 20
    page = (await priya.get("call")).json()
    seen = [call["call_id"] for call in page["items"]]
    sandbox.phone.hang_up(sandbox.phone.ring(JORDAN, ANAS_NUMBER).id)
    while "cursor" in page:
        page = (await priya.get("call", params={"cursor": page["cursor"]})).json()
        seen += [call["call_id"] for call in page.get("items", [])]
    assert seen[: len(whole)] == whole


async def test_a_live_call_is_not_in_the_list(priya: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    call = sandbox.phone.ring(JORDAN, ANAS_NUMBER)
    newest = (await priya.get("call", params={"limit": 1})).json()["items"][0]
    assert newest["call_id"] != str(call.id)
    sandbox.phone.hang_up(call.id)
    newest = (await priya.get("call", params={"limit": 1})).json()["items"][0]
    assert newest["call_id"] == str(call.id)


async def test_a_line_rings_everybody_on_duty(sandbox: DialpadSandbox) -> None:
    sandbox.phone.ring(JORDAN, SUPPORT.phone)
    (live,) = sandbox.phone.snapshot()["live_calls"]
    assert set(live["ringing"]) == {str(ANA.dialpad_id), str(SAM.dialpad_id)}
    assert live["can"] == ["hang_up", "answer", "decline", "leave_voicemail"]


async def test_an_answered_line_has_two_legs_that_name_each_other(
    priya: httpx.AsyncClient, sandbox: DialpadSandbox, clock: Clock
) -> None:
    entry = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    clock.forward(seconds=5)
    leg = sandbox.phone.answer(entry.id, ANA)
    clock.forward(seconds=90)
    sandbox.phone.hang_up(entry.id)
    of_group = (await priya.get(f"call/{entry.id}")).json()
    of_agent = (await priya.get(f"call/{leg.id}")).json()
    assert of_group["operator_call_id"] == of_agent["call_id"]
    assert of_agent["entry_point_call_id"] == of_group["call_id"]
    assert (of_agent["duration"], of_agent["total_duration"]) == (90_000.0, 95_000.0)
    assert of_agent["was_recorded"] is True


async def test_events_tell_the_life_of_a_call(sandbox: DialpadSandbox, events: Events) -> None:
    entry = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    leg = sandbox.phone.answer(entry.id, ANA)
    sandbox.phone.hang_up(leg.id)
    assert words(events, entry.id) == ["calling", "ringing", "connected", "hangup"]
    assert words(events, leg.id) == ["ringing", "connected", "hangup", "recording"]
    last = next(payload for kind, payload in reversed(events) if kind == "call")
    assert last["date_ended"] is not None
    assert isinstance(last["call_id"], int)
    assert last["target"]["type"] == "call_center"


async def test_a_call_nobody_answers_is_missed(sandbox: DialpadSandbox, events: Events) -> None:
    call = sandbox.phone.ring(JORDAN, ANAS_NUMBER)
    sandbox.phone.hang_up(call.id)
    assert words(events, call.id) == ["calling", "ringing", "missed", "hangup"]
    assert sandbox.phone.snapshot()["recent_calls"][0]["outcome"] == "missed"


async def test_dnd_sends_callers_to_voicemail(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    await ana.patch("users/me/togglednd", json={"do_not_disturb": True})
    assert sandbox.phone.ring(JORDAN, ANAS_NUMBER).state == "voicemail"


async def test_dnd_for_a_group_keeps_only_that_group_quiet(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    body = {"do_not_disturb": True, "group_type": "callcenter", "group_id": SUPPORT.id}
    await ana.patch("users/me/togglednd", json=body)
    sandbox.phone.ring(JORDAN, SUPPORT.phone)
    assert sandbox.phone.snapshot()["live_calls"][0]["ringing"] == [str(SAM.dialpad_id)]
    assert sandbox.phone.ring(JORDAN, ANAS_NUMBER).state == "ringing"


async def test_without_anybody_on_duty_callers_wait_until_somebody_comes(
    sam: httpx.AsyncClient, sandbox: DialpadSandbox
) -> None:
    for person in (ANA, SAM):
        await sam.patch(f"callcenters/operators/{person.dialpad_id}/dutystatus", json={"on_duty": False})
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    assert call.state == "queued"
    await sam.patch(f"callcenters/operators/{NOOR.dialpad_id}/dutystatus", json={"on_duty": True})
    assert call.state == "ringing"
    assert sandbox.phone.snapshot()["live_calls"][0]["ringing"] == [str(NOOR.dialpad_id)]


async def test_who_gives_up_waiting_abandoned_the_call(sam: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    for person in (ANA, SAM):
        await sam.patch(f"callcenters/operators/{person.dialpad_id}/dutystatus", json={"on_duty": False})
    sandbox.phone.hang_up(sandbox.phone.ring(JORDAN, SUPPORT.phone).id)
    assert sandbox.phone.snapshot()["recent_calls"][0]["outcome"] == "abandoned"


async def test_blocked_callers_do_not_get_through(sandbox: DialpadSandbox, events: Events) -> None:
    call = sandbox.phone.ring(SPAM, SUPPORT.phone)
    assert (call.state, sandbox.phone.live, words(events, call.id)) == ("blocked", [], ["blocked"])


async def test_the_texts_of_blocked_people_are_dropped(sandbox: DialpadSandbox, events: Events) -> None:
    assert sandbox.phone.text(SPAM, SUPPORT.phone, "You won!") is None
    assert events == []


async def test_a_voicemail_lands_in_the_list_with_its_transcript(
    priya: httpx.AsyncClient, sandbox: DialpadSandbox, events: Events
) -> None:
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    sandbox.phone.leave_voicemail(call.id, "Please call me back.")
    newest = next(item for item in (await priya.get("call")).json()["items"] if item["call_id"] == str(call.id))
    assert newest["transcription_text"] == "Please call me back."
    assert newest["recording_details"][0]["recording_type"] == "voicemail"
    assert words(events, call.id)[-4:] == ["voicemail", "hangup", "voicemail_uploaded", "transcription"]


async def test_whoever_speaks_after_the_greeting_is_not_cut_off_when_the_phones_have_rung_long_enough() -> None:
    later: list[tuple[float, Callable[[], None]]] = []
    sandbox = DialpadSandbox(later=lambda seconds, do: later.append((seconds, do)))
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    sandbox.phone.reach_greeting(call.id)
    for _, give_up in later:
        give_up()
    (live,) = sandbox.phone.snapshot()["live_calls"]
    assert (live["state"], live["ringing"]) == ("voicemail", [])
    sandbox.phone.leave_voicemail(call.id, "Please call me back.")
    assert sandbox.phone.snapshot()["recent_calls"][0]["outcome"] == "voicemail"


async def test_when_all_decline_the_caller_hears_the_greeting(sandbox: DialpadSandbox) -> None:
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    sandbox.phone.decline(call.id, ANA)
    assert call.state == "ringing"
    sandbox.phone.decline(call.id, SAM)
    assert call.state == "voicemail"


async def test_the_bot_calls_and_the_customer_picks_up(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, events: Events
) -> None:
    body = {"user_id": ANA.dialpad_id, "phone_number": JORDAN, "custom_data": "from Slack"}
    call_id = int((await ana.post("call", json=body)).json()["call_id"])
    (live,) = sandbox.phone.snapshot()["live_calls"]
    assert (live["id"], live["can"]) == (str(call_id), ["hang_up", "pick_up"])
    sandbox.phone.pick_up(call_id)
    assert (await ana.get("users/me")).json()["on_duty_status"] == "busy"
    answer = await ana.put(f"call/{call_id}/actions/hangup")
    assert (answer.status_code, answer.json()) == (200, {})
    assert words(events, call_id) == ["calling", "ringing", "connected", "hangup"]
    assert (await ana.get(f"call/{call_id}")).json()["custom_data"] == "from Slack"


async def test_customers_can_pick_up_by_themselves(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    sandbox.phone.auto_answer = True
    call_id = (await ana.post("call", json={"user_id": ANA.dialpad_id, "phone_number": JORDAN})).json()["call_id"]
    assert (await ana.get(f"call/{call_id}")).json()["state"] == "connected"


async def test_a_second_call_at_once_is_a_conflict_unless_it_is_a_consult(ana: httpx.AsyncClient) -> None:
    body: dict[str, Any] = {"user_id": ANA.dialpad_id, "phone_number": JORDAN}
    assert (await ana.post("call", json=body)).status_code == 200
    assert error_of(await ana.post("call", json=body))["message"] == "unable to create call"
    assert (await ana.post("call", json={**body, "is_consult": True})).status_code == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"phone_number": "pizza"}, 400),
        ({"phone_number": None}, 400),
        ({"user_id": SAM.dialpad_id}, 403),
        ({"user_id": 5100000000009999}, 404),
        ({"device_id": "1"}, 404),
        ({"group_type": "department", "group_id": BILLING.id}, 403),
        ({"outbound_caller_id": SAM.phone}, 400),
    ],
)
async def test_a_wrong_call_is_refused(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, change: dict[str, Any], status: int
) -> None:
    body = {"user_id": ANA.dialpad_id, "phone_number": JORDAN, **change}
    assert (await ana.post("call", json=body)).status_code == status
    assert sandbox.phone.live == []


async def test_initiate_call_names_the_device_and_no_call(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    answer = (await ana.post("users/me/initiate_call", json={"phone_number": JORDAN})).json()
    assert list(answer) == ["device"]
    assert len(sandbox.phone.live) == 1


async def test_hanging_up_twice_is_a_conflict(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    call = sandbox.phone.ring(JORDAN, ANAS_NUMBER)
    assert (await ana.put(f"call/{call.id}/actions/hangup")).status_code == 200
    assert (await ana.put(f"call/{call.id}/actions/hangup")).status_code == 409


async def test_an_agent_cannot_hang_up_a_colleagues_call(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    call = sandbox.phone.ring(JORDAN, LEO.phone or "")
    assert (await ana.put(f"call/{call.id}/actions/hangup")).status_code == 403
    assert (await ana.get(f"call/{call.id}")).status_code == 403


async def test_labels_replace_all_others_and_become_known(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    call = sandbox.phone.ring(JORDAN, ANAS_NUMBER)
    await ana.put(f"call/{call.id}/labels", json={"labels": ["Order", "Beans"]})
    answer = (await ana.put(f"call/{call.id}/labels", json={"labels": ["Beans"]})).json()
    assert answer["labels"] == ["Beans"]
    assert "Beans" in (await ana.get("calllabels")).json()["labels"]
    assert len((await ana.get("calllabels", params={"limit": 2})).json()["labels"]) == 2


async def test_a_transfer_rings_the_new_person(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    call = sandbox.phone.ring(JORDAN, ANAS_NUMBER)
    to = {"target_type": "user", "target_id": str(LEO.dialpad_id)}
    assert (await ana.post(f"call/{call.id}/transfer", json={"to": to})).status_code == 409
    sandbox.phone.answer(call.id, ANA)
    answer = (await ana.post(f"call/{call.id}/transfer", json={"to": to})).json()
    assert answer == {"call_id": str(call.id), "transferred_to_number": LEO.phone}
    (new,) = sandbox.phone.live
    assert (new.target.id, new.is_transferred, new.state) == (LEO.dialpad_id, True, "ringing")


async def test_a_transfer_to_an_operator_rings_that_one_of_the_group(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox
) -> None:
    call = sandbox.phone.ring(JORDAN, ANAS_NUMBER)
    sandbox.phone.answer(call.id, ANA)
    path = f"call/{call.id}/transfer"
    beside = {"target_type": "callcenter", "target_id": SALES.id, "operator_id": LEO.dialpad_id}
    assert (await ana.post(path, json={"to": beside})).status_code == 400
    outside = {"target_id": SALES.id, "operator_id": SAM.dialpad_id}
    assert (await ana.post(path, json={"to": outside})).status_code == 404
    to = {"target_id": SALES.id, "operator_id": LEO.dialpad_id}
    assert (await ana.post(path, json={"to": to})).status_code == 200
    (new,) = sandbox.phone.live
    assert (new.target.id, new.state) == (LEO.dialpad_id, "ringing")


@pytest.mark.parametrize("to", [{}, {"number": JORDAN, "call_id": 1}, {"target_type": "user"}, {"number": "pizza"}])
async def test_a_transfer_needs_exactly_one_destination(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, to: dict[str, Any]
) -> None:
    call = sandbox.phone.ring(JORDAN, ANAS_NUMBER)
    sandbox.phone.answer(call.id, ANA)
    assert (await ana.post(f"call/{call.id}/transfer", json={"to": to})).status_code == 400
    assert call.is_live


async def test_a_parked_call_can_be_taken_by_somebody_else(
    ana: httpx.AsyncClient, noor: httpx.AsyncClient, sandbox: DialpadSandbox
) -> None:
    entry = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    sandbox.phone.answer(entry.id, ANA)
    assert (await noor.post(f"call/{entry.id}/unpark", json={"user_id": NOOR.dialpad_id})).status_code == 409
    await ana.post(f"call/{entry.id}/transfer", json={"transfer_state": "parked"})
    answer = (await noor.post(f"call/{entry.id}/unpark", json={"user_id": NOOR.dialpad_id})).json()
    assert sandbox.state.call(int(answer["call_id"])).target.id == NOOR.dialpad_id
    assert sandbox.phone.snapshot()["live_calls"][0]["talking"] == [str(NOOR.dialpad_id)]


async def test_a_participant_is_called_too(ana: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    call = sandbox.phone.ring(JORDAN, ANAS_NUMBER)
    sandbox.phone.answer(call.id, ANA)
    body = {"participant": {"number": "+14155550152"}}
    answer = (await ana.post(f"call/{call.id}/participants/add", json=body)).json()
    assert sandbox.state.call(int(answer["call_id"])).master_call_id == call.id
    sandbox.phone.hang_up(call.id)
    assert sandbox.phone.live == []


async def test_a_transcript_has_lines_or_no_lines_at_all(priya: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    with_lines = next(call for call in sandbox.state.calls.values() if call.transcript)
    lines = (await priya.get(f"transcripts/{with_lines.id}")).json()["lines"]
    assert {"content", "name", "time", "type"} <= lines[0].keys()
    assert lines[1]["user_id"].isdigit()
    silent = sandbox.phone.ring(JORDAN, OFFICE.phone)
    assert (await priya.get(f"transcripts/{silent.id}")).json() == {"call_id": str(silent.id)}
    assert (await priya.get(f"transcripts/{silent.id}/url")).json()["url"].startswith("https://")


async def test_the_panel_plays_over_http_with_json_only(nobody: httpx.AsyncClient, sandbox: DialpadSandbox) -> None:
    ring = {"caller": JORDAN, "to": SUPPORT.phone}
    call_id = (await nobody.post("http://dialpad.test/phone/ring", json=ring)).json()["call_id"]
    picked = {"call_id": call_id, "person_id": str(ANA.dialpad_id)}
    assert (await nobody.post("http://dialpad.test/phone/answer", json=picked)).json()["state"] == "connected"
    assert (await nobody.post("http://dialpad.test/phone/answer", json=picked)).status_code == 409
    assert (await nobody.post("http://dialpad.test/phone/ring", content=b"{}")).status_code == 400
    seen = (await nobody.get("http://dialpad.test/phone/state")).json()
    assert seen["live_calls"][0]["talking"] == [str(ANA.dialpad_id)]
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("ring", {"caller": JORDAN, "to": "+14155550109"}),
        ("ring", {"caller": "me", "to": SUPPORT.phone}),
        ("text", {"sender": JORDAN, "to": SUPPORT.phone, "text": " "}),
        ("voicemail", {"call_id": 1}),
    ],
)
async def test_the_panel_is_told_what_cannot_be(nobody: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    assert (await nobody.post(f"http://dialpad.test/phone/{path}", json=body)).status_code == 400


async def test_pages_on_loopback_may_use_the_panel_and_others_may_not(nobody: httpx.AsyncClient) -> None:
    for origin, allowed in (("http://localhost:3000", True), ("https://evil.example", False)):
        answer = await nobody.get("http://dialpad.test/phone/state", headers={"Origin": origin})
        assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


async def test_the_panel_hears_of_every_change(sandbox: DialpadSandbox, ana: httpx.AsyncClient) -> None:
    stream = stream_versions(sandbox.state)
    first = await anext(stream)
    await ana.patch("users/me/status", json={"status_message": "Hello"})
    assert await anext(stream) != first
    sandbox.close()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_an_admin_who_only_leads_a_line_is_not_rung(sandbox: DialpadSandbox) -> None:
    sandbox.phone.ring(JORDAN, BILLING.phone)
    assert str(PRIYA.dialpad_id) not in sandbox.phone.snapshot()["live_calls"][0]["ringing"]
