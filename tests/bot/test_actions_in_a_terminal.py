"""``actions``, ``call`` and ``form``, as another program runs them, against the embedded Dialpad."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.dialpad.actions import ALL
from bot.sandbox.cast import PRIYA, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.serving import listen, serving
from bot.sandbox.slack.blockkit.documents import check_view
from tests.bot.dialpad.actions.test_rules import ADDED_SINCE
from tests.bot.sandbox.dialpad.dialpad_documents import FOLDER
from tests.each import every_action
from tests.newer_document import facts_of, is_newer

LIST = "DIALPAD_RETRIEVE_CALL_CENTERS_INFORMATION"
AS_THEY_WERE = "c0ff5744005dd7f58feab5b09dc131d70bfb793d2ee948fce79e5d60fb91f1a2"
"""Digest of slugs, places and parameters of the first 192 actions; it never changes."""
UPDATE = "DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Terminal:
    url: str
    dialpad: DialpadSandbox

    async def run(self, *words: str, key: str = PRIYA.token) -> Ran:
        environment = {**os.environ, "DIALPAD_API_KEY": key, "DIALPAD_BASE_URL": self.url}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        return Ran(process.returncode or 0, out.decode(), err.decode())


@pytest.fixture
async def terminal() -> AsyncIterator[Terminal]:
    bound = listen(0)
    dialpad = DialpadSandbox()
    async with serving(dialpad.app, bound):
        yield Terminal(f"http://localhost:{bound.getsockname()[1]}", dialpad)
    dialpad.close()


def in_process(*words: str) -> Ran:
    result = CliRunner().invoke(app, list(words))
    return Ran(result.exit_code, result.stdout, result.stderr)


def test_actions_are_listed_for_other_programs() -> None:
    listed = in_process("actions", "--json").answer
    assert len(listed) == len(ALL)
    first = listed[0]
    names = {
        "slug", "name", "group", "summary", "method", "path", "risk", "company_admin_key", "rate_limit", "needs",
        "params",
    }  # fmt: skip
    assert set(first) == names
    update = next(one for one in listed if one["slug"] == UPDATE)
    paths = {param["json_path"]: param for param in update["params"]}
    assert paths["hold_queue.max_hold_count"] == {
        "name": "max_hold_count", "in": "body", "json_path": "hold_queue.max_hold_count", "type": "integer",
        "required": False, "enum": [],
    }  # fmt: skip
    assert paths["id"]["in"] == "path"
    assert paths["id"]["required"]


def test_the_first_192_are_listed_as_they_always_were() -> None:
    """But for what the newer document adds to them. Other tools are written against this."""
    listed = {one["slug"]: one for one in in_process("actions", "--json").answer}
    older = sorted((action for action in ALL if not is_newer(action)), key=lambda action: action.slug)
    kept = []
    for action in older:
        one = listed[action.slug]
        words = facts_of(action).get("newer_words", {})
        params = [
            {**param, "enum": [w for w in param["enum"] if w not in words.get(param["json_path"], {}).get("newer", ())]}
            for param in one["params"]
            if param["json_path"] not in ADDED_SINCE
        ]
        facts = {name: one[name] for name in ("slug", "group", "method", "path", "risk", "company_admin_key")}
        kept.append({**facts, "params": params})
    assert len(kept) == 192
    assert sha256(json.dumps(kept).encode()).hexdigest() == AS_THEY_WERE


def test_what_needs_a_feature_of_the_account_says_so() -> None:
    listed = {one["slug"]: one for one in in_process("actions", "--json").answer}
    assert listed["DIALPAD_RETRIEVE_SUBSCRIPTION_CHANGE_LOG"]["needs"] == "the scope “change_log”"
    assert listed[UPDATE]["needs"] is None


def test_actions_are_listed_for_people() -> None:
    assert "List call centers" in in_process("actions").out


def test_a_dry_run_prints_the_request_and_sends_nothing() -> None:
    ran = in_process("call", UPDATE, "--data", '{"id": 5, "hold_queue": {"max_hold_count": 10}}', "--dry-run")
    assert ran.code == 0
    assert ran.answer == {
        "method": "PATCH", "path": "/api/v2/callcenters/5", "query": {}, "body": {"hold_queue": {"max_hold_count": 10}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("call", UPDATE, "--data", "nonsense", "--dry-run"), "not JSON"),
        (("call", UPDATE, "--data", "[]", "--dry-run"), "one JSON object"),
        (("call", UPDATE, "--data", "{}", "--dry-run"), "id"),
        (("call", UPDATE, "--data", '{"id": 5, "hold_queue": {"max_hold_count": "ten"}}', "--dry-run"), "whole number"),
        (("call", UPDATE, "--data", '{"id": 5, "bogus": 1}', "--dry-run"), "bogus"),
        (("call", "DIALPAD_LIST_USER", "--dry-run"), "DIALPAD_LIST_USERS"),
        (("form", "DIALPAD_NOTHING"), "no action"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(words: tuple[str, ...], said: str) -> None:
    ran = in_process(*words)
    assert ran.code == 2
    assert said in ran.err
    assert not ran.out


@every_action
def test_every_form_is_a_modal(action: type[Any]) -> None:
    ran = in_process("form", action.slug)
    assert ran.code == 0
    check_view(ran.answer, "modal")


async def test_a_call_prints_dialpads_answer_as_json(terminal: Terminal) -> None:
    ran = await terminal.run("call", LIST)
    assert ran.code == 0
    assert {item["name"] for item in ran.answer["items"]} == {"Support", "Sales"}


async def test_all_pages_come_with_progress_on_stderr(terminal: Terminal) -> None:
    ran = await terminal.run("call", "DIALPAD_RETRIEVE_NUMBERS_VIA_API_V2", "--all")
    assert ran.code == 0
    assert len(ran.answer["items"]) > 10
    assert "items" in ran.err


async def test_a_change_arrives(terminal: Terminal) -> None:
    ran = await terminal.run("call", UPDATE, "--data", json.dumps({"id": SUPPORT.id, "ring_seconds": 22}))
    assert ran.code == 0
    assert ran.answer["ring_seconds"] == 22


async def test_a_websocket_yields_its_address_and_a_list_does_not(terminal: Terminal) -> None:
    made = await terminal.run("call", "DIALPAD_POST_WEBSOCKET_CONNECTION_SECRET")
    listed = await terminal.run("call", "DIALPAD_RETRIEVE_WEBSOCKET_CONNECTION")

    assert made.answer["websocket_url"].startswith("ws://")
    assert {one["websocket_url"] for one in listed.answer["items"]} == {"**********"}


async def test_a_refusal_is_exit_3(terminal: Terminal) -> None:
    ran = await terminal.run("call", "DIALPAD_RETRIEVE_CALL_CENTER_BY_ID", "--data", '{"id": 5}')
    assert ran.code == 3
    assert "Dialpad cannot find this" in ran.err
    assert not ran.out


async def test_a_wrong_key_is_exit_3_and_is_not_printed(terminal: Terminal) -> None:
    ran = await terminal.run("call", LIST, key="wrong-key-123")
    assert ran.code == 3
    assert "wrong-key-123" not in ran.err + ran.out
    assert "DIALPAD_API_KEY" in ran.err


async def test_ids_in_answers_are_text_as_dialpad_sends_them(terminal: Terminal) -> None:
    ran = await terminal.run("call", LIST)
    assert [type(one["id"]) for one in ran.answer["items"]] == [str] * len(ran.answer["items"])


async def test_without_a_key_it_says_what_to_set(terminal: Terminal) -> None:
    ran = await terminal.run("call", LIST, key="")
    assert ran.code == 2
    assert "DIALPAD_API_KEY" in ran.err


def test_the_list_has_the_parameters_that_other_tools_know() -> None:
    facts = FOLDER / "actions.json"
    if not facts.exists():
        pytest.skip("the list of Dialpad's documented parameters is not beside this checkout")
    known = json.loads(facts.read_text())
    listed = {one["slug"]: one for one in json.loads(CliRunner().invoke(app, ["actions", "--json"]).stdout)}
    assert len(known) == 192
    for action in known:
        params = {
            one["json_path"]: one for one in listed[action["slug"]]["params"] if one["json_path"] not in ADDED_SINCE
        }
        assert {path: (one["in"], one["type"]) for path, one in params.items()} == {
            one["json_path"]: (one["in"], one["type"]) for one in action["params"]
        }, action["slug"]
