import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import structlog

from bot.dialpad.events import CallEvent, UnknownEvent
from bot.dialpad.signed import EventRefused
from bot.notifications.intake import TRIES, wait_before_try
from bot.store.keys import generate_key, parse_keys
from tests.bot.notifications.arriving import Arrival, Recorder, arrival, plain
from tests.payloads import payload

ONE_CALL = (
    "call queued",
    "call ringing",
    "call answered by an agent",
    "call answered at the call center",
    "call ended",
)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(params=["sqlite"])
async def here(request: pytest.FixtureRequest, recorder: Recorder) -> AsyncIterator[Arrival]:
    async with arrival(request.getfixturevalue(f"{request.param}_url"), recorder) as made:
        yield made


# What is kept of events is the store's contract (``test_events``), and what outlives a crash is
# ``test_receiving_and_crashing``: both run on Postgres too. Here only what is done there within one transaction.
on_postgres_too = pytest.mark.parametrize(
    "here", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@on_postgres_too
async def test_an_event_is_delivered_as_it_came(here: Arrival) -> None:
    assert await here.arrives(payload("voicemail transcribed"))

    (event,) = await here.recorder.until_delivered(1)
    assert isinstance(event, CallEvent)
    assert event.document == payload("voicemail transcribed")


async def test_delivered_means_forgotten_but_for_the_key(here: Arrival) -> None:
    await here.arrives(payload("call missed"))
    await here.recorder.until_delivered(1)
    await here.until_idle()

    assert not await here.arrives(payload("call missed"))


@on_postgres_too
async def test_the_same_event_four_times_among_its_neighbours_has_one_effect(here: Arrival) -> None:
    deliveries = [payload(name) for name in ONE_CALL] * 4
    random.Random(7).shuffle(deliveries)  # noqa: S311  # a test's disorder, the same each time

    new = await asyncio.gather(*(here.arrives(one) for one in deliveries))
    await here.recorder.until_delivered(len(ONE_CALL))
    await here.until_idle()

    assert new.count(True) == len(ONE_CALL)
    assert len(here.recorder.delivered) == len(ONE_CALL)


async def test_ids_written_as_strings_make_no_second_event(here: Arrival) -> None:
    document = payload("call missed")
    as_text = {**document, "call_id": str(document["call_id"])}

    assert [await here.arrives(document), await here.arrives(as_text)] == [True, False]


async def test_events_out_of_order_can_be_put_in_order(here: Arrival) -> None:
    for name in reversed(ONE_CALL):
        await here.arrives(payload(name))
    delivered = await here.recorder.until_delivered(len(ONE_CALL))

    in_order = sorted(delivered, key=lambda event: event.at or datetime.max.replace(tzinfo=UTC))
    assert [event.document for event in in_order] == [payload(name) for name in ONE_CALL]


async def test_many_at_once_are_all_there(here: Arrival) -> None:
    await asyncio.gather(*(here.arrives(payload("call missed", call_id=n)) for n in range(1, 201)))
    await here.recorder.until_delivered(200)

    assert len({event.key for event in here.recorder.delivered}) == 200


async def test_an_unknown_event_is_delivered_as_such_and_logged_by_its_keys(here: Arrival) -> None:
    with structlog.testing.capture_logs() as logs:
        await here.arrives(payload("something new"))
        (event,) = await here.recorder.until_delivered(1)

    assert isinstance(event, UnknownEvent)
    assert [one["keys"] for one in logs if one["event"] == "unknown dialpad event"] == [["event_timestamp", "weather"]]


async def test_what_is_refused_leaves_nothing(here: Arrival) -> None:
    with pytest.raises(EventRefused):
        await here.intake.receive(here.hook, plain(payload("call missed")))

    assert await here.store.events.waiting() == []


@on_postgres_too
async def test_a_delivery_that_fails_is_tried_again(here: Arrival) -> None:
    here.recorder.errors = [ConnectionError(), LookupError()]
    await here.arrives(payload("call missed"))

    await here.recorder.until_delivered(1)
    assert here.recorder.tried == 3


async def test_an_event_that_never_works_is_parked_and_logged_without_its_content(here: Arrival) -> None:
    here.recorder.errors = [ValueError("+14155550150 wanted something")] * TRIES
    with structlog.testing.capture_logs() as logs:
        await here.arrives(payload("call missed"))
        await here.recorder.until_tried(TRIES)
        await here.until_idle()

    parked = [one for one in logs if one["event"] == "event parked"]
    assert [(one["tries"], one["error"]) for one in parked] == [(TRIES, "ValueError")]
    assert "4155550150" not in repr(logs)


async def test_a_parked_event_holds_up_no_other(here: Arrival) -> None:
    async def poison(event: object) -> None:
        if isinstance(event, CallEvent) and event.call_id == "666":
            raise ValueError

    here.recorder.also = poison
    await here.arrives(payload("call missed", call_id=666))
    await here.arrives(payload("call missed"))

    assert len(await here.recorder.until_delivered(1)) == 1


async def test_a_parked_event_can_be_taken_up_again(here: Arrival) -> None:
    here.recorder.errors = [ValueError()] * TRIES
    await here.arrives(payload("call missed"))
    await here.recorder.until_tried(TRIES)
    await here.until_idle()

    assert await here.retry_parked() == 1
    assert len(await here.recorder.until_delivered(1)) == 1


async def test_a_parked_event_is_taken_up_as_often_as_somebody_asks(here: Arrival) -> None:
    here.recorder.errors = [ValueError()] * (TRIES + 2 * TRIES)
    await here.arrives(payload("call missed"))
    for retries in (1, 2):
        await here.recorder.until_tried(TRIES * retries)
        await here.until_idle()
        assert await here.retry_parked() == 1
    await here.recorder.until_tried(TRIES * 3)
    await here.until_idle()

    assert await here.retry_parked() == 1
    assert len(await here.recorder.until_delivered(1)) == 1


async def test_what_comes_through_a_hook_that_was_removed_goes_nowhere(here: Arrival) -> None:
    await here.store.hooks.remove(here.hook.id)
    await here.arrives(payload("call missed"))
    await here.until_idle()

    assert here.recorder.tried == 0


async def test_an_event_that_nobody_holds_is_delivered_at_the_next_start(sqlite_url: str, recorder: Recorder) -> None:
    keys = parse_keys(generate_key())
    async with arrival(sqlite_url, recorder, keys) as before:
        await before.intake.drain()
        await before.arrives(payload("call missed"))

    async with arrival(sqlite_url, recorder, keys):
        assert len(await recorder.until_delivered(1)) == 1


async def test_what_was_being_delivered_at_a_shutdown_is_delivered_after_it(
    sqlite_url: str, recorder: Recorder
) -> None:
    keys = parse_keys(generate_key())
    entered = asyncio.Event()

    async def hang(_: object) -> None:
        entered.set()
        await asyncio.Event().wait()

    recorder.also = hang
    async with arrival(sqlite_url, recorder, keys) as before:
        await before.arrives(payload("call missed"))
        await entered.wait()
        await before.intake.drain(within_s=0)

    recorder.also = None
    async with arrival(sqlite_url, recorder, keys):
        assert len(await recorder.until_delivered(1)) == 1


def test_the_pauses_outlast_an_outage_of_ten_minutes() -> None:
    assert 600 < sum(wait_before_try(tries) for tries in range(1, TRIES)) < 3600
