"""What one process was doing when it ended is done or explained by another one, and nothing is done twice."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.cards.announcement import MARK
from bot.sandbox.cast import ANA, PRIYA, SAM, SUPPORT
from bot.sandbox.dialpad.refusals import Refusal
from bot.sandbox.slack.person import Person
from bot.store.keys import parse_keys
from bot.store.store import Store
from tests.crashes.several import WAIT_S, Several, several
from tests.flows.hands import find_button, labels, said, save_preview

pytestmark = pytest.mark.postgres

TAKEN_OVER_WITHIN_S = 15.0


@pytest.fixture
async def place(tmp_path: Path, postgres_url: str) -> AsyncIterator[Several]:
    async with several(tmp_path, postgres_url) as made:
        yield made


async def until(holds: Callable[[], bool], within_s: float = WAIT_S, *, else_: Callable[[], str] = str) -> None:
    try:
        async with asyncio.timeout(within_s):
            while not holds():  # noqa: ASYNC110  # another process does it and tells nobody here
                await asyncio.sleep(0)
    except TimeoutError:
        raise AssertionError(else_()) from None


def told_ana(place: Several) -> str:
    return str([one["text"] for one in place.slack.person(str(ANA.slack_id)).ephemerals("#support")])


async def test_a_command_that_was_being_done_when_its_process_was_killed_is_explained_by_another(
    place: Several,
) -> None:
    busy = await place.start()
    slow = place.dialpad.faults.add("PATCH /api/v2/users", kind="slow")
    await place.slack.person(str(ANA.slack_id)).command("#support", "/dp dnd on")
    await slow.entered.wait()
    await place.start()

    await place.kill(busy)

    await until(
        lambda: "may or may not have happened" in told_ana(place), TAKEN_OVER_WITHIN_S, else_=lambda: told_ana(place)
    )
    slow.release.set()


async def test_every_call_is_shown_once_however_the_processes_end(place: Several, postgres_url: str) -> None:
    first, second = await place.start(), await place.start()
    priya = place.slack.person(str(PRIYA.slack_id))
    await priya.command("#support", '/dp notify ringing missed for "Support"')
    await save_preview(priya, "#support")

    rung = ring(place, 12)
    await place.kill(first)
    third = await place.start()
    rung += ring(place, 12)
    await place.kill(second, signal.SIGTERM)
    rung += ring(place, 12)
    await place.dialpad.delivery.idle()

    assert place.settings.encryption_keys is not None
    store = await Store.open(postgres_url, parse_keys(place.settings.encryption_keys.get_secret_value()))
    async with asyncio.timeout(WAIT_S):
        while await store.events.waiting() or any(await store.postings.next_due()):  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0)
    await store.aclose()
    assert third.process.returncode is None
    assert shown(place) == rung


def ring(place: Several, count: int) -> int:
    for _ in range(count):
        before = len(place.dialpad.state.calls)  # another customer each time: one who calls again is on one card
        call = place.dialpad.phone.ring(f"+1415556{before:04d}", SUPPORT.phone)
        with suppress(Refusal):  # nobody is free any more, and the call has ended
            place.dialpad.phone.hang_up(call.id)
    return count


def shown(place: Several) -> int:
    """How many calls are shown in the channel: cards of one, and rows of several."""
    app = place.slack.workspace.app["user_id"]
    messages = [one for one in place.slack.person(str(PRIYA.slack_id)).messages("#support") if one.get("user") == app]
    cards = [one for one in messages if not one["text"].startswith(MARK.strip())]
    return sum(str(message["blocks"]).count("card.show") or 1 for message in cards)


@pytest.mark.parametrize("victim", [0, 1])
async def test_who_is_handed_something_is_asked_once_whichever_process_is_killed(place: Several, victim: int) -> None:
    processes = [await place.start(), await place.start()]
    priya, ana, sam = (place.slack.person(str(one.slack_id)) for one in (PRIYA, ANA, SAM))
    await priya.command("#support", '/dp notify missed for "Support"')
    await save_preview(priya, "#support")
    ring(place, 1)

    await click(ana, await ana.until(lambda: newest(ana, "#support", "Claim")), "Claim")
    claimed = await ana.until(lambda: newest(ana, "#support", "Give back"))
    await click(ana, claimed, "Hand to…")
    form = await ana.until(lambda: ana.modal if ana.modal and "Ask them" in str(ana.modal) else None)
    (field,) = [one["element"]["action_id"] for one in form["blocks"] if one.get("block_id") == "to"]
    found = await ana.options(form, field, SAM.name)
    slow = place.slack.faults.add("chat.postMessage", slow=True)
    await ana.submit(form, {"to": found["options"][0]})
    await slow.entered.wait()
    await place.kill(processes[victim])
    slow.release.set()

    asked = await sam.until(lambda: newest(sam, "app", "Accept"))
    await click(sam, asked, "Accept")
    await ana.until(lambda: f"Claimed by* <@{SAM.slack_id}>" in said(newest(ana, "#support", "Give back") or {}))
    assert len([one for one in sam.messages("app") if "asks you to take this over" in said(one)]) == 1


def newest(person: Person, channel: str, label: str) -> dict[str, Any] | None:
    """The newest message with this button."""
    return next((one for one in reversed(person.messages(channel)) if label in labels(one)), None)


async def click(person: Person, message: dict[str, Any], label: str) -> None:
    element, block_id = find_button(message, label)
    value = element.get("value")
    if element["type"] == "overflow":
        value = next(one["value"] for one in element["options"] if one["text"]["text"] == label)
    await person.press(message, element["action_id"], value, block_id=block_id)


@pytest.mark.parametrize("others", [0, 3], ids=["a quiet machine", "a busy machine"])
async def test_two_processes_together_keep_to_what_dialpad_allows(place: Several, others: int) -> None:
    for _ in range(2):
        await place.start()
    ana = place.slack.person(str(ANA.slack_id))
    place.slack.delivery.ack_seconds = WAIT_S  # however slow the machine is, this is about Dialpad
    asked = len(place.dialpad.requests)

    async with busy_with(others):
        await asyncio.gather(*(ana.command("#support", "/dp whoami") for _ in range(60)))
        await until(lambda: len([one for one in ana.ephemerals("#support") if "a moment" not in one["text"]]) >= 60)

    statuses = [one.status for one in place.dialpad.requests[asked:]]
    assert len(statuses) >= 20
    assert 429 not in statuses


@asynccontextmanager
async def busy_with(count: int) -> AsyncIterator[None]:
    """So many other programs want all of a processor each."""
    others = [await asyncio.create_subprocess_exec(sys.executable, "-c", "while True: pass") for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            await other.wait()
