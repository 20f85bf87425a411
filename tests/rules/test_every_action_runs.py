"""For all actions, through the real bot between both sandboxes: an answer or a clear refusal, not before a yes."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
import pytest_asyncio

from bot.catalogue.confirmations import NAMED_AGAIN
from bot.catalogue.sentences import SENTENCES
from bot.dialpad.action import Action, Risk
from bot.dialpad.actions import ALL
from bot.dialpad.actions.oauth2 import RUN_AS
from bot.sandbox.cast import PRIYA, SAM, TEAM_ID
from bot.sandbox.demo import Demo
from bot.slack.blockkit.forms import unpack_metadata
from tests.flows.channel import NORTHLIGHT
from tests.flows.hands import Hands
from tests.flows.stage import freshen, quick_demo
from tests.rules.every_action import changes_at_dialpad, typed, words_in

ASKING: Final = tuple(
    action for action in ALL if action.risk in {Risk.OUTWARD, Risk.DESTRUCTIVE} and action not in RUN_AS
)
every_action = pytest.mark.parametrize("action", ALL, ids=[action.slug for action in ALL])
asking_action = pytest.mark.parametrize("action", ASKING, ids=[action.slug for action in ASKING])
pytestmark = [pytest.mark.demo, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Demo]:
    async with quick_demo() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def demo(running: Demo) -> AsyncIterator[Demo]:
    await freshen(running)
    yield running
    await running.bot.dispatcher.idle()
    refused = [call for call in running.slack.calls if call.error is not None]
    assert not refused, refused


@pytest.fixture
def priya(demo: Demo) -> Hands:
    return Hands(demo, PRIYA)


async def to_confirmation(hands: Hands, action: type[Action[Any]]) -> dict[str, Any]:
    """Type it, and the name again where that is asked for; the modal that waits for a yes."""
    await hands.type(await typed(hands, action))
    if action.slug in NAMED_AGAIN:
        name = re.search(r"type its name: \*(.+?)\*", words_in((await hands.modal())["blocks"]))
        assert name, words_in((await hands.modal())["blocks"])
        await hands.submit({"typed": name[1]})
    modal = await hands.modal()
    assert modal["callback_id"] == "confirm", words_in(modal["blocks"])
    return modal


@every_action
async def test_it_runs_and_is_written_down(priya: Hands, action: type[Action[Any]]) -> None:
    if action in ASKING:
        await to_confirmation(priya, action)
        priya.person._core.space.ephemerals.clear()
        await priya.submit()
        said = priya.person.ephemerals("#support")
        shown = words_in(said[-1]["blocks"] if said else (await priya.modal())["blocks"])
    else:
        answer = await priya.type(await typed(priya, action))
        shown = words_in(answer.get("blocks") or (priya.person.modal or {}).get("blocks"))
    assert shown.strip()
    assert "on our side" not in shown, shown
    assert "could not be read" not in shown, shown
    entries = await priya.demo.bot.store.audit.recent(NORTHLIGHT, person=priya.key, limit=10)
    assert action in RUN_AS or action.slug in {entry.action for entry in entries}, (shown, entries)


@asking_action
async def test_nothing_happens_before_the_yes(priya: Hands, action: type[Action[Any]]) -> None:
    modal = await to_confirmation(priya, action)
    assert not changes_at_dialpad(priya)
    asks = SENTENCES[action.slug].asks
    begins = {one.split()[0] for one in ((asks,) if isinstance(asks, str) else asks)}
    assert any(f"{word} " in words_in(modal["blocks"]).partition("*What*")[2] for word in begins)


@asking_action
async def test_a_yes_counts_once_in_time_and_from_the_one_who_was_asked(
    priya: Hands, action: type[Action[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    modal = await to_confirmation(priya, action)
    _, kept = unpack_metadata(modal)
    await say_yes(priya, modal, SAM.slack_id)
    assert not changes_at_dialpad(priya), "somebody else agreed"
    confirmations = priya.demo.bot.store.confirmations
    context = confirmations._context
    late = replace(context, now=lambda: context.now() + timedelta(minutes=11))
    with monkeypatch.context() as patched:
        patched.setattr(confirmations, "_context", late)
        await say_yes(priya, modal, PRIYA.slack_id)
    assert not changes_at_dialpad(priya), "agreed too late"
    await say_yes(priya, modal, PRIYA.slack_id)
    once = len(changes_at_dialpad(priya))
    await say_yes(priya, modal, PRIYA.slack_id)
    assert len(changes_at_dialpad(priya)) == once, "agreed twice"
    assert kept["c"]


_views = iter(range(10**9))


async def say_yes(hands: Hands, modal: dict[str, Any], slack_id: str | None) -> None:
    """The submit of a confirmation as Slack delivers it, whoever it is from and however often."""
    view = {**modal, "id": f"VYES{next(_views)}", "state": {"values": {}}}
    await hands.demo.bot.dispatcher.receive(
        {"type": "view_submission", "team": {"id": TEAM_ID}, "user": {"id": slack_id, "team_id": TEAM_ID}, "view": view}
    )
    await hands.demo.bot.dispatcher.idle()
