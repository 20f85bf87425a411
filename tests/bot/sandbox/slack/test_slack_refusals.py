"""What the Web API refuses, and in which words."""

import asyncio
from typing import Any

import pytest

from tests.bot.sandbox.slack.stage import (
    ANA,
    GUS,
    LEADERSHIP,
    NOOR,
    SALES,
    SUPPORT,
    Json,
    Stage,
    home,
    modal,
    section,
)

CASES: list[tuple[str, Json, str]] = [
    ("chat.bogus", {}, "unknown_method"),
    ("chat.postMessage", {"text": "hi"}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "C0NOWHERE", "text": "hi"}, "channel_not_found"),
    ("chat.postMessage", {"channel": LEADERSHIP, "text": "hi"}, "channel_not_found"),
    ("chat.postMessage", {"channel": SALES, "text": "hi"}, "not_in_channel"),
    ("chat.postMessage", {"channel": SUPPORT}, "no_text"),
    ("chat.postMessage", {"channel": SUPPORT, "text": "hi", "blocks": [{"type": "bogus"}]}, "invalid_blocks"),
    ("chat.postMessage", {"channel": SUPPORT, "text": "hi", "blocks": "[{"}, "invalid_blocks_format"),
    ("chat.postMessage", {"channel": SUPPORT, "blocks": [section("x" * 3000)] * 5}, "msg_blocks_too_long"),
    ("chat.postMessage", {"channel": SUPPORT, "text": "hi", "thread_ts": "1.000001"}, "thread_not_found"),
    ("chat.postMessage", {"channel": SUPPORT, "text": "hi", "username": "Boss"}, "missing_scope"),
    (
        "chat.postMessage",
        {"channel": SUPPORT, "text": "hi", "metadata": {"event_type": "x"}},
        "invalid_metadata_schema",
    ),
    ("chat.postEphemeral", {"channel": SUPPORT, "user": GUS, "text": "hi"}, "user_not_in_channel"),
    ("chat.postEphemeral", {"channel": SUPPORT, "user": "U0NOBODY", "text": "hi"}, "user_not_found"),
    ("chat.postEphemeral", {"channel": SALES, "user": ANA, "text": "hi"}, "not_in_channel"),
    ("chat.update", {"channel": SUPPORT, "ts": "1.000001", "text": "hi"}, "message_not_found"),
    ("chat.delete", {"channel": SUPPORT, "ts": "1.000001"}, "message_not_found"),
    ("chat.getPermalink", {"channel": SUPPORT, "message_ts": "1.000001"}, "message_not_found"),
    ("reactions.add", {"channel": SUPPORT, "timestamp": "1.000001", "name": "eyes"}, "message_not_found"),
    ("conversations.info", {"channel": "C0NOWHERE"}, "channel_not_found"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": "U0NOBODY"}, "user_not_found"),
    ("conversations.open", {"users": "U0DIALPAD1"}, "cannot_dm_bot"),
    ("conversations.list", {"types": "mpim"}, "missing_scope"),
    ("conversations.list", {"cursor": "made-up"}, "invalid_cursor"),
    ("conversations.list", {"limit": "many"}, "invalid_arguments"),
    ("conversations.history", {"channel": SALES}, "not_in_channel"),
    ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
    ("users.lookupByEmail", {"email": "nobody@northlight.example"}, "users_not_found"),
    ("views.open", {"trigger_id": "1.2.made-up", "view": modal()}, "invalid_trigger_id"),
    ("views.open", {"view": modal()}, "invalid_arguments"),
    ("views.open", {"trigger_id": "1.2.made-up", "view": modal(submit=None)}, "invalid_arguments"),
    ("views.update", {"view": modal()}, "invalid_arguments"),
    ("views.update", {"view_id": "V0CLOSED", "view": modal()}, "not_found"),
    ("views.publish", {"user_id": "U0NOBODY", "view": home()}, "user_not_found"),
    ("views.publish", {"user_id": ANA, "view": modal()}, "invalid_arguments"),
    ("usergroups.users.list", {"usergroup": "S0NONE"}, "no_such_subteam"),
    ("files.info", {"file": "F0NONE"}, "file_not_found"),
    ("files.completeUploadExternal", {"files": [{"id": "F0NONE"}]}, "file_not_found"),
    ("oauth.v2.access", {"code": "made-up"}, "invalid_code"),
    ("bots.info", {"bot": "B0OTHER"}, "bot_not_found"),
    ("apps.connections.open", {}, "not_allowed_token_type"),
]


@pytest.mark.parametrize(
    ("method", "fields", "error"), CASES, ids=[f"{m}-{e}-{n}" for n, (m, _, e) in enumerate(CASES)]
)
async def test_refuses_in_slacks_words(stage: Stage, method: str, fields: Json, error: str) -> None:
    answer = await stage.call(method, **fields)
    assert (answer["ok"], answer.get("error")) == (False, error)


async def test_a_call_without_a_token_is_not_authed(stage: Stage) -> None:
    answer = (await stage.http.post("/api/auth.test")).json()
    assert answer == {"ok": False, "error": "not_authed"}


async def test_a_made_up_token_is_invalid(stage: Stage) -> None:
    assert (await stage.call("auth.test", token="xoxb-other"))["error"] == "invalid_auth"


async def test_a_revoked_token_stays_revoked(stage: Stage) -> None:
    assert (await stage.call("auth.revoke"))["revoked"] is True
    assert (await stage.call("auth.test"))["error"] == "token_revoked"


async def test_an_archived_channel_takes_no_messages(stage: Stage) -> None:
    stage.slack.workspace.channels[SUPPORT].is_archived = True
    assert (await stage.call("chat.postMessage", channel=SUPPORT, text="hi"))["error"] == "is_archived"


async def test_a_persons_message_cannot_be_updated_by_the_app(stage: Stage) -> None:
    message = await stage.ana.say(SUPPORT, "mine")
    answer = await stage.call("chat.update", channel=SUPPORT, ts=message["ts"], text="no")
    assert answer["error"] == "cant_update_message"


async def test_a_missing_scope_names_what_is_needed_and_what_there_is() -> None:
    stage = Stage(scopes=["chat:write", "commands"])
    answer = await stage.call("users.info", user=ANA)
    await stage.aclose()
    assert answer == {"ok": False, "error": "missing_scope", "needed": "users:read", "provided": "chat:write,commands"}


async def test_email_addresses_need_their_own_scope() -> None:
    stage = Stage(scopes=["users:read"])
    user = (await stage.call("users.info", user=ANA))["user"]
    await stage.aclose()
    assert "email" not in user["profile"]


async def test_a_reaction_is_added_once(stage: Stage) -> None:
    ts = (await stage.call("chat.postMessage", channel=SUPPORT, text="hi"))["ts"]
    fields = {"channel": SUPPORT, "timestamp": ts, "name": "eyes"}
    assert (await stage.call("reactions.add", **fields))["ok"] is True
    assert (await stage.call("reactions.add", **fields))["error"] == "already_reacted"
    assert (await stage.call("reactions.remove", **fields))["ok"] is True
    assert (await stage.call("reactions.remove", **fields))["error"] == "no_reaction"


async def test_a_user_group_is_never_emptied(stage: Stage) -> None:
    group = (await stage.call("usergroups.create", name="On duty", handle="on-duty"))["usergroup"]["id"]
    filled = await stage.call("usergroups.users.update", usergroup=group, users=f"{ANA},{NOOR}")
    assert filled["usergroup"]["user_count"] == 2
    assert (await stage.call("usergroups.users.update", usergroup=group, users=""))["error"] == "no_users_provided"
    assert (await stage.call("usergroups.users.list", usergroup=group))["users"] == [ANA, NOOR]


async def test_broken_json_is_invalid_json(stage: Stage) -> None:
    headers = {"authorization": "Bearer xoxb-sandbox", "content-type": "application/json"}
    answer = await stage.http.post("/api/chat.postMessage", content=b"{", headers=headers)
    assert answer.json()["error"] == "invalid_json"


async def test_forms_carry_blocks_as_text_and_the_token_as_a_field(stage: Stage) -> None:
    form: dict[str, Any] = {
        "token": "xoxb-sandbox",
        "channel": SUPPORT,
        "text": "hi",
        "blocks": '[{"type": "divider"}]',
    }
    answer = (await stage.http.post("/api/chat.postMessage", data=form)).json()
    assert answer["message"]["blocks"][0]["type"] == "divider"
    assert "token" not in stage.slack.calls[-1].args


async def test_ordered_trouble_comes_as_often_as_ordered(stage: Stage) -> None:
    stage.slack.faults.add("auth.test", error="internal_error")
    stage.slack.faults.add("auth.test", status=429, retry_after=7)
    headers = {"authorization": "Bearer xoxb-sandbox"}
    answers = [await stage.http.post("/api/auth.test", headers=headers) for _ in range(3)]
    assert [one.json().get("error") for one in answers] == ["internal_error", "ratelimited", None]
    assert answers[1].headers["retry-after"] == "7"
    assert [one.status for one in stage.slack.calls] == [200, 429, 200]


async def test_a_slow_call_waits_for_its_release_and_is_then_answered_like_any_other(stage: Stage) -> None:
    slow = stage.slack.faults.add("auth.test", slow=True)
    headers = {"authorization": "Bearer xoxb-sandbox"}
    call = asyncio.create_task(stage.http.post("/api/auth.test", headers=headers))
    await slow.entered.wait()
    assert not call.done()
    stage.slack.faults.clear()
    assert (await call).json()["ok"] is True
