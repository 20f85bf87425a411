"""Signed HTTP: what arrives, what a real Bolt app makes of it, and what happens when nothing answers."""

from typing import Any

import httpx
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.serving import listen, serving
from tests.bot.sandbox.slack.stage import SUPPORT, Silence, Stage, modal


async def test_requests_carry_a_signature_that_slack_sdk_accepts(stage: Stage) -> None:
    await stage.ana.command(SUPPORT, "/dp dnd on")
    received = stage.app.last
    verifier = SignatureVerifier("sandbox-signing-secret")
    assert verifier.is_valid_request(received.raw, received.headers)
    assert not SignatureVerifier("another").is_valid_request(received.raw, received.headers)
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"


async def test_a_request_url_is_verified_by_its_challenge(stage: Stage) -> None:
    stage.app.answers = [JSONResponse({"challenge": "sandbox-challenge"}), JSONResponse({})]
    assert await stage.slack.delivery.verify_url() is True
    assert await stage.slack.delivery.verify_url() is False


async def test_an_error_status_fails_a_command_at_once(stage: Stage) -> None:
    stage.app.answers = [Response(status_code=500)]
    assert (await stage.ana.command(SUPPORT, "/dp"))["error"] == "dispatch_failed"


async def test_an_event_comes_again_at_once_after_a_minute_and_after_five(stage: Stage) -> None:
    stage.app.answers = [Response(status_code=500) for _ in range(4)]
    await stage.ana.say("app", "hello")
    await stage.app.until(2)
    for count, seconds in ((3, 60.0), (4, 300.0)):
        await until_asleep(stage, seconds)
        stage.advance(seconds)
        await stage.app.until(count)
    received = stage.app.received
    assert [one.headers.get("x-slack-retry-num") for one in received] == [None, "1", "2", "3"]
    assert {one.headers.get("x-slack-retry-reason") for one in received[1:]} == {"http_error"}
    assert len({one.payload["event_id"] for one in received}) == 1


async def until_asleep(stage: Stage, seconds: float) -> None:
    """Wait until the retry has begun to wait for this long."""
    due = stage.clock.moment + seconds
    await stage.ana.until(lambda: due in stage.slack.timers.waiting)


async def test_an_event_nobody_acknowledges_comes_again(stage: Stage) -> None:
    stage.app.answers = [Silence()]
    await stage.ana.say("app", "hello")
    await stage.app.until(1)
    stage.advance(3.1)
    again = (await stage.app.until(2))[1]
    assert (again.headers["x-slack-retry-num"], again.headers["x-slack-retry-reason"]) == ("1", "http_timeout")


async def test_an_app_can_decline_retries(stage: Stage) -> None:
    stage.app.answers = [Response(status_code=500, headers={"x-slack-no-retry": "1"})]
    await stage.ana.say("app", "hello")
    await stage.app.until(1)
    await stage.ana.command(SUPPORT, "/dp")
    assert [one.type for one in stage.app.received] == ["event_callback", "command"]


async def test_an_uninstalled_app_hears_of_it_and_loses_its_token(stage: Stage) -> None:
    stage.slack.uninstall()
    events = [one.payload["event"]["type"] for one in await stage.app.until(2)]
    assert sorted(events) == ["app_uninstalled", "tokens_revoked"]
    assert (await stage.call("auth.test"))["error"] == "token_revoked"


def build_bolt(api: str) -> Starlette:
    """A stock Bolt app over HTTP; ``api`` is where it finds the Web API."""
    client = AsyncWebClient(token="xoxb-sandbox", base_url=api)
    app = AsyncApp(client=client, signing_secret="sandbox-signing-secret", process_before_response=True)

    @app.command("/dp")
    async def dp(ack: Any, body: Any, client: Any) -> None:
        await ack(f"heard {body['text']}")
        await client.views_open(trigger_id=body["trigger_id"], view=modal())

    @app.view("sms.form")
    async def sms(ack: Any) -> None:
        await ack(response_action="errors", errors={"name": "Nobody is called that."})

    @app.action("again")
    async def again(ack: Any) -> None:
        await ack()

    @app.event("app_mention")
    async def mentioned(event: Any, client: Any) -> None:
        await client.chat_postMessage(channel=event["channel"], text="You called?", thread_ts=event["ts"])

    @app.event("message")
    async def message() -> None:
        """Subscribed, of no interest here."""

    handler = AsyncSlackRequestHandler(app)
    return Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])


async def test_a_stock_bolt_app_lives_here(stage: Stage) -> None:
    bound = listen(0)
    bolt = build_bolt(f"http://127.0.0.1:{bound.getsockname()[1]}/api/")
    stage.slack.deliver_to("http://bot.test/slack/events", transport=httpx.ASGITransport(bolt))
    async with serving(stage.slack.app, bound):
        assert await stage.ana.command(SUPPORT, "/dp dnd on") == {"ok": True}
        assert [one["text"] for one in stage.ana.ephemerals()] == ["heard dnd on"]
        view = stage.ana.modal
        assert view is not None
        assert await stage.ana.press(view, "again") == {"ok": True}
        refused = await stage.ana.submit(view, {"name": "Nobody"})
        assert refused["errors"] == {"name": "Nobody is called that."}
        await stage.ana.say(SUPPORT, "@Dialpad are you there?")
        replies = await stage.ana.until(
            lambda: [one for one in stage.ana.messages(SUPPORT) if one["user"] == "U0DIALPAD1"]
        )
    assert replies[0]["text"] == "You called?"
