"""The request URL: what is verified, read, refused, and what a repeat does."""

import hmac
import json
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.routing import Route

from tests.bot.slack import verbs
from tests.bot.slack.conftest import SECRET, Bot

FORM = "application/x-www-form-urlencoded"


class Slack:
    """Signs as Slack does, and can be told to sign badly."""

    def __init__(self, bot: Bot) -> None:
        app = Starlette(routes=[Route("/slack/events", bot.http.events, methods=["POST"])])
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")

    async def post(
        self,
        body: str | bytes,
        *,
        content_type: str = FORM,
        timestamp: str | None = None,
        secret: str = SECRET,
        signature: str | None = None,
    ) -> httpx.Response:
        raw = body.encode() if isinstance(body, str) else body
        at = timestamp if timestamp is not None else str(int(time.time()))
        digest = hmac.new(secret.encode(), b"v0:" + at.encode() + b":" + raw, sha256).hexdigest()
        headers = {
            "content-type": content_type,
            "x-slack-request-timestamp": at,
            "x-slack-signature": signature if signature is not None else f"v0={digest}",
        }
        return await self.client.post("/slack/events", content=raw, headers=headers)


@pytest.fixture
def slack(http_bot: Bot) -> Slack:
    return Slack(http_bot)


def command(text: str, trigger: str = "1.2.3") -> str:
    return urlencode(
        {
            "command": "/dp",
            "text": text,
            "user_id": "U0ANA0001",
            "team_id": "T0NORTHLT",
            "channel_id": "C0SUPPORT",
            "trigger_id": trigger,
        }
    )


def mention(text: str, event_id: str = "Ev1") -> str:
    event = {"type": "app_mention", "user": "U0ANA0001", "channel": "C0SUPPORT", "text": f"<@U0DIALPAD1> {text}"}
    body = {"type": "event_callback", "event_id": event_id, "team_id": "T0NORTHLT", "event": event}
    return json.dumps(body)


async def test_a_forged_signature_gets_401(slack: Slack) -> None:
    assert (await slack.post(command("dnd on"), secret="wrong")).status_code == 401
    assert (await slack.post(command("dnd on"), signature="")).status_code == 401
    assert (await slack.post(command("dnd on"), signature="v0=" + "0" * 64)).status_code == 401
    assert verbs.happened == []


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_signature_five_minutes_off_gets_401(slack: Slack, seconds: int) -> None:
    answer = await slack.post(command("dnd on"), timestamp=str(int(time.time()) + seconds))

    assert answer.status_code == 401


@pytest.mark.parametrize("timestamp", ["", "soon", "1e9", "-5", "١٢٣", "9" * 400])
async def test_a_timestamp_that_is_no_number_is_refused_before_anything_is_computed(
    slack: Slack, timestamp: str
) -> None:
    headers = [(b"x-slack-request-timestamp", timestamp.encode()), (b"x-slack-signature", b"v0=1")]
    answer = await slack.client.post("/slack/events", content=b"x", headers=headers)

    assert answer.status_code == 400


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "null", "[" * 100_000])
async def test_a_signed_body_that_is_no_object_gets_400(slack: Slack, body: str) -> None:
    assert (await slack.post(body, content_type="application/json")).status_code == 400


async def test_a_form_whose_payload_is_no_json_gets_400(slack: Slack) -> None:
    assert (await slack.post("payload=%7B")).status_code == 400


async def test_a_body_that_is_no_text_gets_400(slack: Slack) -> None:
    assert (await slack.post(b"payload=\xff\xfe")).status_code in {200, 400}


async def test_another_content_type_gets_415(slack: Slack) -> None:
    assert (await slack.post("<xml/>", content_type="text/xml")).status_code == 415


async def test_an_empty_object_is_acknowledged(slack: Slack) -> None:
    assert (await slack.post("{}", content_type="application/json")).status_code == 200


async def test_url_verification_gives_the_challenge_back(slack: Slack) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"})

    assert (await slack.post(body, content_type="application/json")).text == "abc"


async def test_the_certificate_check_is_answered_without_a_signature(slack: Slack) -> None:
    answer = await slack.client.post("/slack/events", content=b"ssl_check=1&token=x", headers={"content-type": FORM})

    assert (answer.status_code, answer.text) == (200, "")


async def test_a_command_whose_text_is_payload_runs(slack: Slack, http_bot: Bot) -> None:
    assert (await slack.post(command("echo payload"))).status_code == 200
    await http_bot.idle()

    assert verbs.happened == [("echo", "payload")]


async def test_the_same_signed_request_again_does_nothing_and_gets_200(slack: Slack, http_bot: Bot) -> None:
    at = str(int(time.time()))
    answers = [await slack.post(command("dnd on"), timestamp=at) for _ in range(3)]
    await http_bot.idle()

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert verbs.happened == [("dnd", True)]


async def test_an_event_slack_sends_again_runs_once(slack: Slack, http_bot: Bot) -> None:
    for _ in range(3):
        assert (await slack.post(mention("echo hi"), content_type="application/json")).status_code == 200
        http_bot.clock.forward(200)
    await http_bot.idle()

    assert verbs.happened == [("echo", "hi")]


async def test_another_event_with_the_same_words_runs_too(slack: Slack, http_bot: Bot) -> None:
    for event_id in ("Ev1", "Ev2"):
        await slack.post(mention("echo hi", event_id), content_type="application/json")
    await http_bot.idle()

    assert len(verbs.happened) == 2


async def test_what_could_not_be_kept_is_not_acknowledged_and_runs_when_it_comes_again(
    slack: Slack, http_bot: Bot
) -> None:
    http_bot.inbox.broken = True
    assert (await slack.post(mention("dnd on"), content_type="application/json")).status_code == 503
    assert verbs.happened == []

    http_bot.inbox.broken = False
    assert (await slack.post(mention("dnd on"), content_type="application/json")).status_code == 200
    await http_bot.idle()

    assert verbs.happened == [("dnd", True)]


async def test_a_command_that_could_not_be_kept_says_so(slack: Slack, http_bot: Bot) -> None:
    http_bot.inbox.broken = True

    answer = await slack.post(command("dnd on"))

    assert answer.status_code == 200
    assert "nothing was done" in answer.text


async def test_what_changes_something_is_kept_before_it_is_acknowledged(slack: Slack, http_bot: Bot) -> None:
    await slack.post(command("dnd on"))

    assert list(http_bot.inbox.rows) == ["trigger:1.2.3"]


async def test_what_only_reads_is_not_kept(slack: Slack, http_bot: Bot) -> None:
    await slack.post(command("calls"))

    assert http_bot.inbox.rows == {}


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "gone.button", "value": "{}"}]},
        {"type": "block_actions"},
        {"type": "view_submission", "user": {"id": "U1"}, "view": {"id": "V1", "callback_id": "gone.form"}},
        {"type": "view_closed", "user": {"id": "U1"}, "view": {"id": "V1"}},
        {"type": "block_suggestion", "user": {"id": "U1"}, "action_id": "gone.form.field"},
        {"type": "shortcut", "user": {"id": "U1"}, "callback_id": "gone"},
        {"type": "message_action", "user": {"id": "U1"}, "callback_id": "gone", "message": {"text": None}},
        {"type": "workflow_step_edit", "user": {"id": "U1"}},
        {"type": "something_new"},
    ],
)
async def test_every_kind_of_payload_is_acknowledged_known_or_not(slack: Slack, payload: dict[str, Any]) -> None:
    assert (await slack.post(urlencode({"payload": json.dumps(payload)}))).status_code == 200


# What is not Slack's is not read


class Upload:
    """A request whose body has no end. ``sent`` counts the bytes that were taken."""

    def __init__(self, bot: Bot) -> None:
        self.app = Starlette(routes=[Route("/slack/events", bot.http.events, methods=["POST"])])
        self.sent = 0
        self.status = 0

    async def send(self, headers: dict[str, str]) -> int:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": "/slack/events", "headers": raw, "query_string": b""}

        async def receive() -> dict[str, Any]:
            self.sent += 65_536
            assert self.sent < 100_000_000, "it is read without end"
            return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

        async def answer(message: Any) -> None:
            self.status = message.get("status", self.status)

        await self.app(scope, receive, answer)
        return self.status


NOW = str(int(time.time()))


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"content-length": "100000000"}, {"x-slack-request-timestamp": NOW},
        {"x-slack-request-timestamp": NOW, "x-slack-signature": "v0=1"},
        {"x-slack-request-timestamp": NOW, "x-slack-signature": "v1=" + "0" * 64},
        {"x-slack-request-timestamp": NOW, "x-slack-signature": "v0=" + "Z" * 64},
        {"x-slack-request-timestamp": "1", "x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-request-timestamp": "soon", "x-slack-signature": "v0=" + "0" * 64},
    ],
)  # fmt: skip
async def test_a_body_without_a_signature_that_could_be_slacks_is_not_read(
    http_bot: Bot, headers: dict[str, str]
) -> None:
    upload = Upload(http_bot)

    assert await upload.send(headers) in {400, 401}
    assert upload.sent == 0


# Signed, and odd

PAYLOADS: list[dict[str, Any]] = [
    {
        "type": "block_actions", "user": {"id": "U0ANA0001", "team_id": "T0NORTHLT"}, "team": {"id": "T0NORTHLT"},
        "channel": {"id": "C0SUPPORT"}, "container": {"channel_id": "C0SUPPORT", "message_ts": "1.1"},
        "message": {"ts": "1.1", "thread_ts": "1.0", "text": "x", "blocks": [{"type": "section"}]},
        "actions": [{"action_id": "dnd.dnd", "value": "{}", "selected_option": {"value": "x"}}],
        "trigger_id": "9.9", "response_url": "https://hooks.example/x", "enterprise": None,
        "is_enterprise_install": False,
    },
    {
        "type": "view_submission", "user": {"id": "U0ANA0001"}, "team": {"id": "T0NORTHLT"}, "trigger_id": "8.8",
        "view": {
            "id": "V1", "hash": "1.h", "type": "modal", "callback_id": "dnd.dnd", "private_metadata": "{}",
            "blocks": [{"block_id": "on", "element": {"action_id": "x"}}],
            "state": {"values": {"on": {"dnd.dnd:on": {"type": "plain_text_input", "value": "yes"}}}},
        },
    },
    {
        "type": "block_suggestion", "user": {"id": "U0ANA0001"}, "action_id": "dnd.dnd:on", "value": "a",
        "view": {"id": "V1", "callback_id": "dnd.dnd", "state": {"values": {}}},
    },
    {
        "type": "message_action", "user": {"id": "U0ANA0001"}, "callback_id": "gone", "channel": {"id": "C1"},
        "message": {"text": "", "ts": "1.1", "blocks": [{"text": {"text": "x"}}], "attachments": [{"text": "y"}]},
    },
    {
        "type": "event_callback", "team_id": "T0NORTHLT", "event_id": "Ev9", "event_time": 1,
        "is_ext_shared_channel": True,
        "authorizations": [{"team_id": "T0NORTHLT", "enterprise_id": None, "is_enterprise_install": False}],
        "event": {
            "type": "app_mention", "user": "U0ANA0001", "channel": "C0SUPPORT", "text": "<@U0DIALPAD1> calls",
            "ts": "1.1", "thread_ts": "1.0", "team": "T0NORTHLT", "item": {"channel": "C1"},
        },
    },
    {
        "type": "event_callback", "team_id": "T0NORTHLT", "event_id": "Ev8", "event_time": 1,
        "event": {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}},
    },
]  # fmt: skip
ODD: list[Any] = [7, "\ud83d", [], [7], [None], {"id": 7}, {"x": {"y": 7}}]


def odd_ones(node: Any, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The payload once for each of its fields and each odd value in its place."""
    for key in list(node) if isinstance(node, dict) else range(len(node)):
        kept = node[key]
        for odd in ODD:
            node[key] = odd
            yield root
        node[key] = kept
        if isinstance(kept, dict | list):
            yield from odd_ones(kept, root)


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
async def test_a_signed_payload_is_taken_or_refused_whatever_is_in_it(slack: Slack, http_bot: Bot, number: int) -> None:
    payload: dict[str, Any] = json.loads(json.dumps(PAYLOADS[number]))
    with structlog.testing.capture_logs() as logs:
        for one in odd_ones(payload, payload):
            answer = await slack.post(json.dumps(one), content_type="application/json")
            assert answer.status_code in {200, 400}, (answer.status_code, one)
        await http_bot.idle()

    assert "delivery not received" not in {line["event"] for line in logs}


async def test_a_refused_payload_is_one_line_in_the_log(slack: Slack) -> None:
    with structlog.testing.capture_logs() as logs:
        answer = await slack.post(json.dumps(PAYLOADS[0] | {"user": 7}), content_type="application/json")

    assert answer.status_code == 400
    assert [(line["log_level"], line["odd_field"]) for line in logs] == [("warning", "user")]


async def test_a_payload_nested_without_end_gets_400(slack: Slack) -> None:
    deep = '{"type":"message_action","user":{"id":"U1"},"message":{"blocks":' + "[" * 900 + "]" * 900 + "}}"

    assert (await slack.post(deep, content_type="application/json")).status_code == 400
