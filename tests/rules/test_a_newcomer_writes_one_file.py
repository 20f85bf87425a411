"""A verb is one file in handlers/ and an action one class: shown on a copy of the code with just those files added."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

import handlers
from bot.dialpad.actions import ALL

pytestmark = pytest.mark.process

CHECKOUT: Final = Path(__file__).parents[2]

VERB: Final = '''"""``lunch``: say that it is time."""

from typing import Annotated

from bot.contract.argument import Text
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Reply
from bot.contract.routing import Router

router = Router()


@router.command(
    "lunch", usage="[place]", summary="Call everybody to lunch", examples=("lunch",), title="Lunch", short=True
)
async def lunch(ctx: Ctx, place: Annotated[str, Text("Place", hint="Where everybody meets.")] = "") -> Answer:
    """The answer is for the asker alone."""
    return Reply(f"Enjoy it. {place}".strip())
'''

ACTION: Final = '''"""Greeting cards."""

from pydantic import Field

from bot.dialpad.action import POST, Action, Done, Risk, UserId


class Greeting(Action[Done]):
    """What greetings have in common. Without a slug it is no action."""

    risk = Risk.OUTWARD


class SendGreeting(Greeting):
    """Send a greeting card to a person."""

    slug = "DIALPAD_SEND_GREETING_CARD"
    name = "Send a greeting card"
    request = POST("/api/v2/greetings/{id}")

    id: UserId = Field(title="Person")
    verse: str = Field(title="Verse", description="What stands inside.", max_length=200)
'''

RESOURCE: Final = '''"""/greetings: cards for people."""

from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


def send(ctx: RequestContext) -> Answer:
    return Answer({})


ROUTES = (Route("POST", "/greetings/{id}", send),)
'''

LOOK: Final = """
import asyncio, json, sys
from pathlib import Path
from types import SimpleNamespace

from typer.testing import CliRunner

from bot.__main__ import app
from bot.app import build_routes
from bot.basics.settings import Settings
from bot.catalogue.search import find
from bot.contract.context import Where
from bot.dialpad.actions import ALL
from bot.sandbox.dialpad.resources import ALL_ROUTES
from bot.sandbox.dialpad.routes import RouteTable
from bot.slack.blockkit.forms import build_form
from handlers.help import help_


def printed(*words):
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, (words, done.output, done.exception)
    return done.stdout


table = build_routes()
ctx = SimpleNamespace(deps=SimpleNamespace(routes=table, settings=Settings(_env_file=None)))
printed("docs", "made")
json.dump(
    {
        "routes": list(table.by_id),
        "help": repr(asyncio.run(help_(ctx))),
        "verb form": asyncio.run(build_form(ctx, table.by_word["lunch"], {}, where=Where())),
        "manifest": printed("manifest", "--command", "/dp"),
        "commands page": Path("made/commands.md").read_text(encoding="utf-8"),
        "actions page": Path("made/actions.md").read_text(encoding="utf-8"),
        "actions": [action.slug for action in ALL],
        "found": [action.slug for action in find("greeting card", 3)],
        "action form": json.loads(printed("form", "DIALPAD_SEND_GREETING_CARD")),
        "dry run": json.loads(
            printed("call", "SEND_GREETING_CARD", "--data", '{"id": "5100", "verse": "Hello"}', "--dry-run")
        ),
        "sandbox": RouteTable(ALL_ROUTES).find("POST", ["greetings", "5100"]) is not None,
    },
    sys.stdout,
)
"""

Seen = dict[str, Any]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What a copy of the code shows that differs from it by three files, in a process of its own."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in ("bot", "handlers"):
        shutil.copytree(CHECKOUT / folder, copy / folder)
    (copy / "handlers" / "lunch.py").write_text(VERB, encoding="utf-8")
    (copy / "bot" / "dialpad" / "actions" / "greetings.py").write_text(ACTION, encoding="utf-8")
    (copy / "bot" / "sandbox" / "dialpad" / "resources" / "greetings.py").write_text(RESOURCE, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", LOOK], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: Seen = json.loads(done.stdout)
    return found


def test_a_verb_is_routed(seen: Seen) -> None:
    assert "lunch.lunch" in seen["routes"]


def test_a_verb_is_in_help(seen: Seen) -> None:
    assert ", lunch" in seen["help"]


def test_a_verb_has_a_form(seen: Seen) -> None:
    assert seen["verb form"]["callback_id"] == "lunch.lunch"
    assert "Where everybody meets." in json.dumps(seen["verb form"])


def test_a_short_verb_has_its_own_slash_command(seen: Seen) -> None:
    assert "command: /dp-lunch" in seen["manifest"]


def test_a_verb_is_in_the_docs(seen: Seen) -> None:
    assert "## lunch\n\nCall everybody to lunch. `/dp lunch [place]`" in seen["commands page"]


def test_an_action_is_listed_once_and_its_parent_is_not(seen: Seen) -> None:
    assert seen["actions"].count("DIALPAD_SEND_GREETING_CARD") == 1
    assert len(seen["actions"]) == len(ALL) + 1


def test_an_action_is_asked_for_and_confirmed(seen: Seen) -> None:
    assert {name for name in seen["routes"] if "greeting" in name} == {
        "run.dialpad_send_greeting_card",
        "run_now.dialpad_send_greeting_card",
        "run_sure.dialpad_send_greeting_card",
    }


def test_an_action_is_found_by_its_words(seen: Seen) -> None:
    assert seen["found"][0] == "DIALPAD_SEND_GREETING_CARD"


def test_an_action_has_a_form(seen: Seen) -> None:
    assert "What stands inside." in json.dumps(seen["action form"])


def test_an_action_is_in_the_docs(seen: Seen) -> None:
    assert "### Send a greeting card" in seen["actions page"]
    assert f"{len(ALL) + 1} actions" in seen["actions page"]


def test_an_action_can_be_tried_in_a_terminal(seen: Seen) -> None:
    assert seen["dry run"] == {
        "method": "POST", "path": "/api/v2/greetings/5100", "query": {}, "body": {"verse": "Hello"},
    }  # fmt: skip


def test_a_resource_of_the_embedded_dialpad_is_served(seen: Seen) -> None:
    assert seen["sandbox"]


def test_every_word_in_the_order_of_help_is_a_file() -> None:
    files = {path.stem for path in (CHECKOUT / "handlers").glob("*.py")}

    assert set(handlers.IN_HELP) <= files
