"""From a ringing phone at the embedded Dialpad to a delivery, over webhooks and over a websocket."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.basics.person import PersonKey
from bot.dialpad.events import CallEvent, SmsEvent
from bot.sandbox.cast import ANA, PRIYA, SUPPORT, TEAM_ID
from bot.sandbox.demo import Demo
from tests.bot.notifications.arriving import Recorder
from tests.flows.inside import PATIENT_S
from tests.flows.stage import quick_demo

CALLER = "+14155550150"
OWNER = PersonKey(TEAM_ID, str(PRIYA.slack_id))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(params=["webhook", "websocket"])
async def demo(request: pytest.FixtureRequest, recorder: Recorder) -> AsyncIterator[Demo]:
    over_socket = request.param == "websocket"
    async with quick_demo(deliver=recorder, event_socket=over_socket) as started:
        setup = await started.bot.hooks.ensure(OWNER)
        assert setup.hook.kind == request.param
        if over_socket:
            await started.dialpad.delivery.sockets.until_open()
        yield started


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def calls(recorder: Recorder) -> list[CallEvent]:
    return [event for event in recorder.delivered if isinstance(event, CallEvent)]


async def test_whoever_scrapes_sees_how_many_events_wait(demo: Demo, recorder: Recorder) -> None:
    begun, held = asyncio.Event(), asyncio.Event()

    async def hold(_: object) -> None:
        begun.set()
        await held.wait()

    recorder.also = hold
    demo.dialpad.phone.text(CALLER, str(ANA.phone), "Is my order on its way?")
    async with asyncio.timeout(PATIENT_S):
        await begun.wait()
    async with httpx.AsyncClient(trust_env=False) as prometheus:
        found = (await prometheus.get(f"{demo.url}/metrics")).text
    held.set()

    assert "chatops_events_waiting 1.0" in found
    assert "chatops_events_parked 0.0" in found


async def test_a_call_that_rings_and_is_missed_arrives(demo: Demo, recorder: Recorder) -> None:
    call = demo.dialpad.phone.ring(CALLER, str(ANA.phone))
    await recorder.until_delivered(2)
    demo.dialpad.phone.hang_up(call.id)
    await recorder.until_delivered(4)

    assert {event.external for event in calls(recorder)} == {CALLER}
    assert any(event.state in {"missed", "hangup"} and not event.answered for event in calls(recorder))


async def test_several_calls_at_once_arrive_apart(demo: Demo, recorder: Recorder) -> None:
    rung = {str(demo.dialpad.phone.ring(f"+141555501{number}", SUPPORT.phone).id) for number in (50, 51, 52)}
    async with asyncio.timeout(PATIENT_S):
        while not rung <= {leg for event in calls(recorder) for leg in event.legs}:
            await recorder.until_delivered(len(recorder.delivered) + 1)


async def test_a_text_arrives_with_its_words(demo: Demo, recorder: Recorder) -> None:
    demo.dialpad.phone.text(CALLER, str(ANA.phone), "Is my order on its way?")

    (event,) = await recorder.until_delivered(1)
    assert isinstance(event, SmsEvent)
    assert (event.customer, event.text) == (CALLER, "Is my order on its way?")


async def test_everything_twice_and_backwards_has_the_same_effect(demo: Demo, recorder: Recorder) -> None:
    demo.dialpad.delivery.copies = 4
    demo.dialpad.delivery.hold()
    call = demo.dialpad.phone.ring(CALLER, str(ANA.phone))
    demo.dialpad.phone.hang_up(call.id)
    demo.dialpad.delivery.release(order=reversed)
    await demo.dialpad.delivery.idle()
    await recorder.until_delivered(2)
    async with asyncio.timeout(PATIENT_S):
        while await demo.bot.store.events.waiting():  # noqa: ASYNC110  # the database is asked, it tells nobody
            await asyncio.sleep(0)

    keys = [event.key for event in recorder.delivered]
    assert len(keys) == len(set(keys))


async def test_nothing_of_a_text_lies_readable_on_disk(tmp_path: Path, recorder: Recorder) -> None:
    async with quick_demo(deliver=recorder, database=tmp_path / "bot.db") as demo:
        recorder.errors = [LookupError()] * 3  # so that it stays for a while
        await demo.bot.hooks.ensure(OWNER)
        demo.dialpad.phone.text(CALLER, str(ANA.phone), "Is my order on its way?")
        await recorder.until_tried(1)

        written = everything_in(tmp_path)
    assert b"my order" not in written
    assert b"4155550150" not in written
    assert json.dumps(CALLER).encode() not in written
