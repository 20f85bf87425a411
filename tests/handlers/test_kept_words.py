"""Words that Dialpad's document does not know: an object that has one is edited from its form, and keeps it."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from bot.basics.errors import ChatopsError, UserError
from bot.catalogue.answers import route_of
from bot.catalogue.running import prefill
from bot.contract.argument import MORE
from bot.contract.reply import Answer, Confirm
from bot.dialpad.action import Action
from bot.dialpad.actions import by_slug
from bot.sandbox.cast import PRIYA, SUPPORT
from bot.sandbox.slack.inputs import state_values
from bot.slack.blockkit.forms import build_form, read_form
from tests.handlers.harness import World, routes

CALL_CENTER = by_slug("DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID")
CALLS = by_slug("DIALPAD_UPDATE_CALL_SUBSCRIPTION_BY_ID")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    made.connect(PRIYA)
    yield made
    await made.aclose()


def send_calls_to(world: World, word: str) -> None:
    part = {"action": word, "try_dial_operators": True}
    settings = world.sandbox.state.groups[SUPPORT.id].settings
    settings["routing_options"] = {"open": dict(part), "closed": dict(part)}


async def submit(world: World, action: type[Action[Any]], args: dict[str, str], **changed: Any) -> Answer:
    """Open the form filled from Dialpad, as Slack shows it, and send it back with ``changed``."""
    route = routes().by_id[route_of(action)]
    filled = {**await prefill(world.ctx(PRIYA), action, args), MORE: "1"}
    view = await build_form(world.ctx(PRIYA), route, filled)
    view["state"] = {"values": state_values([one for one in view["blocks"] if one["type"] == "input"], {})}
    world.sandbox.requests.clear()
    return await world.submit(PRIYA, route.id, **{**read_form(route, view), **changed})


def sent(world: World) -> Any:
    (one,) = [one for one in world.sandbox.requests if one.method == "PATCH"]
    return one.body


async def test_a_call_center_routed_to_an_ai_agent_is_edited_and_keeps_it(world: World) -> None:
    send_calls_to(world, "ai_agent")
    await submit(world, CALL_CENTER, {"id": str(SUPPORT.id)}, ring_seconds="22")
    assert sent(world) == {"ring_seconds": 22}


async def test_what_nobody_knows_yet_stays_beside_what_is_changed(world: World) -> None:
    send_calls_to(world, "hologram")
    dialled = {"routing_options.open.try_dial_operators": "off"}
    with suppress(ChatopsError):  # the embedded Dialpad knows the documented words only; what it was asked counts here
        await submit(world, CALL_CENTER, {"id": str(SUPPORT.id)}, **dialled)
    routing = sent(world)["routing_options"]
    assert (routing["open"]["action"], routing["open"]["try_dial_operators"]) == ("hologram", False)
    assert routing["closed"]["action"] == "hologram"


async def test_a_word_that_does_not_stand_there_is_still_refused(world: World) -> None:
    typed = {f"routing_options.{when}.{name}": value for when in ("open", "closed")
             for name, value in (("action", "voicemial"), ("try_dial_operators", "on"))}  # fmt: skip
    with pytest.raises(UserError, match="voicemail"):
        await submit(world, CALL_CENTER, {"id": str(SUPPORT.id)}, **typed)
    assert not [one for one in world.sandbox.requests if one.method == "PATCH"]


async def test_unknown_call_states_of_a_subscription_are_kept(world: World) -> None:
    content = {"endpoint_id": None, "enabled": True, "call_states": ["missed", "hologram"], "group_calls_only": False}
    made = world.sandbox.state.documents.add("call subscription", content)
    confirm = await submit(world, CALLS, {"id": str(made["id"])}, call_states=["missed", "hangup", "hologram"])
    assert isinstance(confirm, Confirm)
    with suppress(ChatopsError):  # as above
        await world.agree(PRIYA, confirm)
    assert sent(world)["call_states"] == ["hangup", "missed", "hologram"]
