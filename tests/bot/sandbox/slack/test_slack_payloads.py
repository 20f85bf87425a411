"""What the embedded Slack sends, held against the shapes of Slack's own types where those are at hand."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.bot.sandbox.slack.stage import (
    ANA,
    SUPPORT,
    Json,
    Stage,
    actions,
    button,
    home,
    modal,
    option,
    section,
)

REFERENCE = Path(__file__).parents[5] / "shared" / "slack" / "check_traffic.py"


@pytest.fixture(scope="module")
def shapes() -> ModuleType:
    if not REFERENCE.exists():
        pytest.skip("the schemas of Slack's types are not beside this checkout")
    spec = importlib.util.spec_from_file_location("check_traffic", REFERENCE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def without_nulls(payload: Json) -> Json:
    """Slack sends ``enterprise: null``; its published types leave the field out instead."""
    return {key: value for key, value in payload.items() if key != "enterprise"}


async def test_a_command(stage: Stage, shapes: ModuleType) -> None:
    await stage.ana.command(SUPPORT, "/dp dnd on")
    assert shapes.errors("SlashCommand", stage.app.last.payload) == []


async def test_a_button_in_a_message(stage: Stage, shapes: ModuleType) -> None:
    pick = {"type": "static_select", "action_id": "pick", "options": [option("one")]}
    more = {"type": "overflow", "action_id": "more", "options": [option("one")]}
    await stage.call("chat.postMessage", channel=SUPPORT, text="x", blocks=[section(), actions(button(), pick, more)])
    message = stage.ana.messages(SUPPORT)[0]
    for action_id, value, schema in (
        ("again", None, "ButtonAction"),
        ("pick", "one", "StaticSelectAction"),
        ("more", "one", "OverflowAction"),
    ):
        await stage.ana.press(message, action_id, value)
        payload = without_nulls(stage.app.last.payload)
        assert shapes.errors("BlockAction", payload) == []
        assert shapes.errors(schema, payload["actions"][0]) == []


async def test_a_button_in_a_modal(stage: Stage, shapes: ModuleType) -> None:
    view = await stage.open()
    await stage.ana.press(view, "again")
    payload = without_nulls(stage.app.last.payload)
    assert shapes.errors("ViewOutput", payload["view"]) == []
    # Slack gives no response_url inside views, though the type of all block_actions requires one.
    assert shapes.errors("BlockAction", {**payload, "response_url": ""}) == []


async def test_a_submitted_and_a_closed_view(stage: Stage, shapes: ModuleType) -> None:
    view = await stage.open(notify_on_close=True)
    stage.app.answers = [{"response_action": "errors", "errors": {"name": "no"}}]
    await stage.ana.submit(view, {"name": "Ana"})
    assert shapes.errors("ViewSubmitAction", _published(stage.app.last.payload)) == []
    await stage.ana.close(view)
    assert shapes.errors("ViewClosedAction", _published(stage.app.last.payload)) == []


def _published(payload: Json) -> Json:
    """``user.username`` is sent beside ``user.name`` and missing from the types of views."""
    user = {key: value for key, value in payload["user"].items() if key != "username"}
    return {**without_nulls(payload), "user": user}


async def test_shortcuts(stage: Stage, shapes: ModuleType) -> None:
    await stage.ana.shortcut("run.open")
    sent = without_nulls(stage.app.last.payload)
    assert {"callback_id", "trigger_id", "action_ts", "token", "team", "user"} <= set(sent)
    message = await stage.ana.say(SUPPORT, "+1 415 555 0150")
    await stage.ana.message_shortcut("sms.message", SUPPORT, message["ts"])
    assert [
        one
        for one in shapes.errors("MessageShortcut", without_nulls(stage.app.last.payload))
        if "api_app_id" not in one
    ] == []


async def test_events(stage: Stage, shapes: ModuleType) -> None:
    await stage.ana.open_home()
    await stage.ana.say(SUPPORT, "@Dialpad hello")
    await stage.app.until(3)
    for kind, schema in (
        ("app_home_opened", "AppHomeOpenedEvent"),
        ("app_mention", "AppMentionEvent"),
        ("message", "GenericMessageEvent"),
    ):
        (received,) = stage.app.events(kind)
        assert shapes.errors(schema, received.payload["event"]) == []


async def test_answers_of_the_web_api(stage: Stage, shapes: ModuleType) -> None:
    answers = {
        "AuthTestResponse": await stage.call("auth.test"),
        "ChatPostMessageResponse": await stage.call("chat.postMessage", channel=SUPPORT, text="hi", blocks=[section()]),
        "ViewsOpenResponse": await stage.call("views.open", trigger_id=await stage.trigger(), view=modal()),
        "UsersInfoResponse": await stage.call("users.info", user=ANA),
        "UsersListResponse": await stage.call("users.list"),
        "ConversationsInfoResponse": await stage.call("conversations.info", channel=SUPPORT),
    }
    for field in ("close", "previous_view_id", "state"):
        # Generated from one recorded answer: null fields count as absent and an empty state has no ``values``.
        del answers["ViewsOpenResponse"]["view"][field]
    found = {name: shapes.errors(name, answer) for name, answer in answers.items()}
    assert {name: errors for name, errors in found.items() if errors} == {}


async def test_payloads_never_carry_what_only_the_page_needs(stage: Stage) -> None:
    await stage.call("views.publish", user_id=ANA, view=home(actions(button())))
    view = await stage.open()
    await stage.ana.press(view, "again")
    assert not {"errors", "error"} & set(stage.app.last.payload["view"])
    assert stage.app.last.payload["enterprise"] is None
    assert re.fullmatch(r"\d+\.\d{12}\.[0-9a-f]{32}", stage.app.last.payload["trigger_id"])
