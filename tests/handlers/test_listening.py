"""Listening to voicemails and recordings, and links to them: with the asker's own rights, on request."""

import io
import wave
from dataclasses import replace
from typing import Any

import pytest

from bot.basics.errors import DialpadError, Unavailable, UserError
from bot.contract.reply import Answer, Attachment, Confirm
from bot.dialpad.events import CallEvent, parse_event
from bot.sandbox.cast import ANA, CUSTOMERS, LEO, PRIYA, SAM, SUPPORT, Person
from bot.sandbox.dialpad.ai import TALKS
from bot.sandbox.dialpad.model import Call, Recording
from tests.handlers.harness import World, buttons_of, key_of, words_of

JORDAN = CUSTOMERS[0]


class Heard:
    """Everything Dialpad tells of one call, kept as its card."""

    def __init__(self, world: World) -> None:
        self.events: list[CallEvent] = []
        world.sandbox.on_event(self.hear)

    def hear(self, kind: str, payload: dict[str, Any]) -> None:
        if kind == "call":
            event = parse_event(dict(payload))
            assert isinstance(event, CallEvent)
            self.events.append(event)


@pytest.fixture
def voicemail(world: World) -> Call:
    heard = Heard(world)
    rung = world.sandbox.phone.ring(JORDAN.phone, SUPPORT.phone)
    call = world.sandbox.phone.leave_voicemail(rung.id, "Please call me back.")
    world.notifications.put_call("c1", heard.events)
    return call


@pytest.fixture
def conversation(world: World) -> Call:
    """Answered by Ana on Support, which records by itself; the answer is her leg."""
    heard = Heard(world)
    rung = world.sandbox.phone.ring(JORDAN.phone, SUPPORT.phone)
    leg = world.sandbox.phone.answer(rung.id, ANA)
    world.clock.move(seconds=75)
    world.sandbox.phone.hang_up(rung.id)
    world.notifications.put_call("c1", heard.events)
    return leg


def told_without_ids(call: Call) -> CallEvent:
    """As to a connection that may not be told of recordings."""
    target = {"id": SUPPORT.id, "type": "call_center", "name": "Support"}
    event = parse_event({"call_id": call.id, "state": "transcription", "direction": "inbound", "target": target})
    assert isinstance(event, CallEvent)
    return event


async def press(world: World, person: Person, what: str, **more: str) -> Answer:
    return await world.submit(person, f"card.{what}", card="c1", **more)


async def listen(world: World, person: Person, **more: str) -> Attachment:
    answer = await press(world, person, "listen", **more)
    assert isinstance(answer, Attachment)
    return answer


def fetched(world: World) -> list[tuple[str, str | None]]:
    """Addresses of recordings that were asked for, with the token they were asked with."""
    asked = [one for one in world.sandbox.requests if not one.path.startswith("/api/")]
    return [(one.path, one.headers.get("authorization")) for one in asked]


async def test_a_voicemail_is_sent_to_the_asker_with_the_askers_own_token(world: World, voicemail: Call) -> None:
    sent = await listen(world, SAM)

    with wave.open(io.BytesIO(sent.content)) as sound:
        assert sound.getnframes() > 0
    assert sent.name == "voicemail-2026-11-23-1800.wav"
    assert "Voicemail from Jordan Lee, 3 s." in words_of(sent)
    assert "where only you can see it" in words_of(sent)
    assert fetched(world) == [(voicemail.recordings[0].path, f"Bearer {SAM.token}")]


async def test_a_recording_is_sent(world: World, conversation: Call) -> None:
    sent = await listen(world, ANA)

    assert sent.name.startswith("recording-")
    assert "Recording of the call with Jordan Lee, 1 min 15 s." in words_of(sent)


async def test_one_of_several_recordings_leads_to_the_others(world: World, conversation: Call) -> None:
    conversation.recordings.append(Recording(world.sandbox.state.new_id(), "callrecording", world.clock(), 9_000))
    heard = Heard(world)
    world.sandbox._switchboard._emit(conversation, "recording")
    world.notifications.put_call("c1", heard.events)

    first = await listen(world, ANA)
    assert "1 of 2" in words_of(first)
    assert first.card is not None
    (other,) = buttons_of(first.card)
    assert other.label == "Listen to 2"
    second = await listen(world, ANA, part=str(other.args["part"]))
    assert "2 of 2" in words_of(second)


async def test_who_does_not_belong_to_the_line_hears_nothing(world: World, voicemail: Call) -> None:
    world.connect(LEO)

    for what in ("listen", "share"):
        with pytest.raises(UserError, match="You do not belong to Support"):
            await press(world, LEO, what)
    assert fetched(world) == []


async def test_an_address_that_has_expired_is_looked_up_anew(world: World, conversation: Call) -> None:
    world.sandbox.faults.add(f"GET {conversation.recordings[0].path}", status=403, body="expired", times=1)

    assert (await listen(world, ANA)).content
    assert len(fetched(world)) == 2


async def test_a_recording_that_has_expired_for_good_says_so(world: World, conversation: Call) -> None:
    conversation.recordings[0].is_gone = True
    with pytest.raises(UserError, match="Dialpad does not let you listen to this recording"):
        await press(world, ANA, "listen")

    conversation.recordings.clear()
    with pytest.raises(UserError, match="it was deleted or has expired"):
        await press(world, ANA, "listen")


async def test_before_dialpad_has_it_there_is_nothing_to_hear(world: World, voicemail: Call) -> None:
    voicemail.recordings.clear()
    world.notifications.put_call("c1", [told_without_ids(voicemail)])

    with pytest.raises(UserError, match="or not yet: it takes a few minutes"):
        await press(world, ANA, "listen")


async def test_what_the_event_did_not_name_is_looked_up(world: World, voicemail: Call) -> None:
    world.notifications.put_call("c1", [told_without_ids(voicemail)])

    assert (await listen(world, ANA)).name.startswith("voicemail")


async def test_a_connection_without_the_permission_says_which(world: World, voicemail: Call) -> None:
    token = world.sandbox.issue_token(ANA, scopes=("offline_access",))["access_token"]
    key = key_of(ANA)
    link = world.dialpad_connections.dialpad_connections[key]
    world.dialpad_connections.dialpad_connections[key] = replace(link, access_token=type(link.access_token)(token))

    with pytest.raises(UserError, match="lacks the permission recordings_export"):
        await press(world, ANA, "listen")


async def test_a_recording_for_admins_only_says_so(world: World, conversation: Call) -> None:
    conversation.recordings[:] = [Recording(world.sandbox.state.new_id(), "admincallrecording", world.clock(), 9_000)]
    heard = Heard(world)
    world.sandbox._switchboard._emit(conversation, "admin_recording")
    world.notifications.put_call("c1", heard.events)

    with pytest.raises(UserError, match="A supervisor of the line or an admin can"):
        await press(world, ANA, "listen")
    assert (await listen(world, PRIYA)).content


async def test_a_recording_that_is_too_large_is_not_sent(
    world: World, voicemail: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cards.recordings.LARGEST", 100)

    with pytest.raises(UserError, match="larger than"):
        await press(world, ANA, "listen")


async def test_a_page_instead_of_the_sound_is_not_sent(world: World, voicemail: Call) -> None:
    path = voicemail.recordings[0].path
    world.sandbox.faults.add(f"GET {path}", status=200, body="<html>Sign in</html>")

    with pytest.raises(UserError, match="Dialpad did not send the recording"):
        await press(world, ANA, "listen")


async def test_when_dialpad_is_down_nothing_is_claimed(world: World, voicemail: Call) -> None:
    world.sandbox.faults.add("GET /secureblob/", kind="down")

    with pytest.raises(Unavailable):
        await press(world, ANA, "listen")


# Links


async def test_nothing_is_made_before_it_was_said_who_can_open_it(world: World, voicemail: Call) -> None:
    offer = await press(world, ANA, "share")

    assert isinstance(offer, Confirm)
    assert "Who can open it: Anyone at your company who has the link. Nobody outside." in words_of(offer)
    assert [one for one in world.sandbox.requests if "sharelink" in one.path] == []


async def test_a_link_to_a_voicemail_is_for_the_company(world: World, voicemail: Call) -> None:
    made = await world.agree(ANA, await press(world, ANA, "share"))

    (asked,) = [one for one in world.sandbox.requests if one.path.endswith("/recordingsharelink")]
    assert asked.body == {
        "recording_id": str(voicemail.recordings[0].id), "recording_type": "voicemail", "privacy": "company",
    }  # fmt: skip
    assert "http://dialpad.example/shared/recording/" in words_of(made)


async def test_a_link_to_a_call_is_for_the_company(world: World, conversation: Call) -> None:
    made = await world.agree(ANA, await press(world, ANA, "share"))

    (asked,) = [one for one in world.sandbox.requests if one.path.endswith("/callreviewsharelink")]
    assert asked.body == {"call_id": conversation.id, "privacy": "company"}
    assert "http://dialpad.example/shared/call/" in words_of(made)


async def test_a_link_that_anybody_could_open_is_not_shown(world: World, conversation: Call) -> None:
    public = {"id": "1", "access_link": "http://dialpad.example/shared/call/x", "privacy": "public"}
    world.sandbox.faults.add("POST /api/v2/callreviewsharelink", status=200, body=public)

    with pytest.raises(UserError, match="open to anyone, so it is not shown"):
        await world.agree(ANA, await press(world, ANA, "share"))


async def test_a_refused_link_is_an_error_of_dialpads(world: World, conversation: Call) -> None:
    world.sandbox.faults.add("POST /api/v2/callreviewsharelink", status=403)

    with pytest.raises(DialpadError):
        await world.agree(ANA, await press(world, ANA, "share"))


async def test_a_call_without_anything_to_hear_is_not_shared(world: World, voicemail: Call) -> None:
    target = {"id": SUPPORT.id, "type": "call_center", "name": "Support"}
    event = parse_event({"call_id": 1, "state": "hangup", "direction": "inbound", "target": target})
    assert isinstance(event, CallEvent)
    world.notifications.put_call("c1", [event])

    with pytest.raises(UserError, match="no recording of this call"):
        await press(world, ANA, "share")


async def test_more_offers_what_there_is_to_hear_and_to_share(world: World, conversation: Call) -> None:
    labels = [one.label for one in buttons_of(await press(world, ANA, "more"))]
    assert labels[:3] == ["Listen", "AI recap", "Share link…"]
    assert "Transcript" not in labels

    heard = Heard(world)
    world.sandbox.ai.write(conversation, TALKS[0])
    world.notifications.put_call("c1", heard.events)
    after = await press(world, ANA, "more")
    assert [one.label for one in buttons_of(after)][:4] == ["Listen", "Transcript", "AI recap", "Share link…"]
    assert "• Text the tracking number" in words_of(after)
    assert "could you text me" in words_of(await world.press(ANA, after, "Transcript"))
