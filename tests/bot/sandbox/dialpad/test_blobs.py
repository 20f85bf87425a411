"""Recordings, voicemails and pictures: behind the bearer token, as the real Dialpad keeps them."""

import base64
import io
import wave

import httpx
import pytest

from bot.sandbox.cast import ANA, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.ai import TALKS
from bot.sandbox.dialpad.model import Call, Recording
from tests.bot.sandbox.dialpad.conftest import Clock, Connect, Events, error_of

JORDAN = "+14155550150"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30
HOST = "http://dialpad.test"


@pytest.fixture
def voicemail(sandbox: DialpadSandbox) -> Recording:
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    return sandbox.phone.leave_voicemail(call.id, "Please call me back.").recordings[0]


@pytest.fixture
def talk(sandbox: DialpadSandbox, clock: Clock) -> Call:
    """Ana's leg of a call that was recorded."""
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    leg = sandbox.phone.answer(call.id, ANA)
    clock.forward(seconds=12)
    sandbox.phone.hang_up(call.id)
    return leg


async def test_without_a_token_there_is_only_the_sign_in_page(nobody: httpx.AsyncClient, voicemail: Recording) -> None:
    answer = await nobody.get(f"{HOST}{voicemail.path}")

    assert answer.status_code == 302
    assert answer.headers["location"].startswith("https://dialpad.example/login")


async def test_whoever_may_see_the_call_hears_it(
    ana: httpx.AsyncClient, leo: httpx.AsyncClient, voicemail: Recording
) -> None:
    heard = await ana.get(f"{HOST}{voicemail.path}")
    with wave.open(io.BytesIO(heard.content)) as sound:
        assert round(1000 * sound.getnframes() / sound.getframerate()) == voicemail.duration_ms
    assert heard.headers["content-type"] == "audio/wav"

    assert error_of(await leo.get(f"{HOST}{voicemail.path}"))["code"] == 403


async def test_a_token_without_the_scope_hears_nothing(
    sandbox: DialpadSandbox, connect: Connect, voicemail: Recording
) -> None:
    token = sandbox.issue_token(ANA)["access_token"]

    refused = error_of(await connect(token).get(f"{HOST}{voicemail.path}"))
    assert refused["message"] == "This requires the scope recordings_export."


async def test_an_address_expires(ana: httpx.AsyncClient, voicemail: Recording) -> None:
    voicemail.is_gone = True

    assert error_of(await ana.get(f"{HOST}{voicemail.path}"))["code"] == 403


async def test_a_bad_token_and_an_unknown_recording_are_refused(connect: Connect, ana: httpx.AsyncClient) -> None:
    assert error_of(await connect("nonsense").get(f"{HOST}/r/1"))["code"] == 401
    assert error_of(await ana.get(f"{HOST}/r/1"))["code"] == 404


async def test_a_companys_recording_is_for_admins(
    ana: httpx.AsyncClient, priya: httpx.AsyncClient, sandbox: DialpadSandbox, talk: Call, clock: Clock
) -> None:
    of_company = Recording(sandbox.state.new_id(), "admincallrecording", clock(), 2_000)
    talk.recordings.append(of_company)

    assert (await ana.get(f"{HOST}{of_company.path}")).status_code == 403
    assert (await priya.get(f"{HOST}{of_company.path}")).status_code == 200


async def test_events_and_answers_name_the_addresses(
    ana: httpx.AsyncClient, events: Events, sandbox: DialpadSandbox, clock: Clock
) -> None:
    call = sandbox.phone.ring(JORDAN, SUPPORT.phone)
    leg = sandbox.phone.answer(call.id, ANA)
    sandbox.phone.hang_up(call.id)
    (recording,) = leg.recordings
    address = f"https://dialpad.example{recording.path}"

    (told,) = [payload for kind, payload in events if kind == "call" and payload["state"] == "recording"]
    assert told["recording_url"] == [address]
    assert told["recording_details"][0]["url"] == address
    assert (await ana.get(f"call/{leg.id}")).json()["recording_url"] == [address]


async def test_a_picture_is_for_the_people_of_its_line(
    sandbox: DialpadSandbox, events: Events, ana: httpx.AsyncClient, leo: httpx.AsyncClient, nobody: httpx.AsyncClient
) -> None:
    sandbox.phone.text(JORDAN, SUPPORT.phone, "Look", PNG)
    (told,) = [payload for kind, payload in events if kind == "sms"]
    path = str(told["mms_url"]).removeprefix("https://dialpad.example")

    assert (told["mms"], told["text"]) == (True, "Look")
    assert (await ana.get(HOST + path)).content == PNG
    assert (await leo.get(HOST + path)).status_code == 403
    assert (await nobody.get(HOST + path)).status_code == 302


async def test_a_picture_without_words_is_named_in_the_text(sandbox: DialpadSandbox, events: Events) -> None:
    sandbox.phone.text(JORDAN, SUPPORT.phone, "", PNG)
    (told,) = [payload for kind, payload in events if kind == "sms"]

    assert told["text"] == told["text_content"] == told["mms_url"]


async def test_the_panel_sends_a_picture_and_sees_it(sandbox: DialpadSandbox, nobody: httpx.AsyncClient) -> None:
    body = {"sender": JORDAN, "to": SUPPORT.phone, "text": "", "picture": base64.b64encode(PNG).decode()}
    assert (await nobody.post(f"{HOST}/phone/text", json=body)).status_code == 200
    shown = (await nobody.get(f"{HOST}/phone/state")).json()["threads"][JORDAN][-1]

    seen = await nobody.get(f"{HOST}/phone/picture/{shown['picture']}")
    assert (seen.content, seen.headers["content-type"]) == (PNG, "image/png")
    assert (await nobody.get(f"{HOST}/phone/picture/1")).status_code == 404


@pytest.mark.parametrize("picture", ["no base64!", base64.b64encode(b"x" * 5_000_001).decode()])
async def test_the_panel_refuses_what_no_phone_sends(nobody: httpx.AsyncClient, picture: str) -> None:
    body = {"sender": JORDAN, "to": SUPPORT.phone, "text": "Look", "picture": picture}

    assert "picture:" in error_of(await nobody.post(f"{HOST}/phone/text", json=body))["message"]


async def test_a_picture_of_ours_is_told_about_too(ana: httpx.AsyncClient, events: Events) -> None:
    body = {"to_numbers": [JORDAN], "text": "Here", "media": base64.b64encode(PNG).decode()}
    assert (await ana.post("sms", json=body)).status_code == 200

    told = [payload for kind, payload in events if kind == "sms"]
    assert [(one["mms"], one["message_status"]) for one in told] == [(True, "pending"), (True, "delivered")]


async def test_a_share_link_leads_to_a_page_that_says_for_whom_it_is(
    ana: httpx.AsyncClient, nobody: httpx.AsyncClient, voicemail: Recording
) -> None:
    body = {"recording_id": str(voicemail.id), "recording_type": "voicemail", "privacy": "company"}
    link = (await ana.post("recordingsharelink", json=body)).json()["access_link"]
    page = await nobody.get(link.replace("https://dialpad.example", HOST))

    assert "Everybody at Northlight Supply can open this." in page.text
    assert "<audio" in page.text
    assert (await nobody.get(f"{HOST}/shared/recording/nonsense")).status_code == 404


async def test_a_talk_is_summed_up_event_by_event(
    ana: httpx.AsyncClient, sandbox: DialpadSandbox, talk: Call, events: Events
) -> None:
    sandbox.ai.write(talk, TALKS[0])

    told = [payload for kind, payload in events if kind == "call"]
    assert [one["state"] for one in told] == [
        "call_transcription", "recap_summary", "recap_outcome", "recap_purposes", "recap_action_items",
    ]  # fmt: skip
    assert told[-1]["recap_action_items"] == list(TALKS[0].action_items)
    lines = (await ana.get(f"transcripts/{talk.id}")).json()["lines"]
    assert [line["name"] for line in lines] == ["Jordan Lee", "Ana Ferreira", "Jordan Lee"]
