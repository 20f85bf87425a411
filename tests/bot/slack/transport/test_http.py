"""The request URL: what is verified, read, refused, and what a repeat does."""

import hmac
import json
import time
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
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


async def test_another_content_type_gets_400(slack: Slack) -> None:
    assert (await slack.post("<xml/>", content_type="text/xml")).status_code == 400


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
