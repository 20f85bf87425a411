"""Socket Mode over a real loopback port, with slack_bolt's own aiohttp client on the other side."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.sandbox.serving import listen, serving
from bot.sandbox.slack import SlackSandbox
from tests.bot.sandbox.slack.stage import ANA, MANIFEST, SUPPORT, Clock, Json, actions, button, modal


@contextlib.asynccontextmanager
async def running(clock: Clock | None = None) -> AsyncIterator[SlackSandbox]:
    bound = listen(0)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    slack = SlackSandbox(manifest=MANIFEST, base_url=url, now=clock or time.time)
    async with serving(slack.app, bound):
        yield slack
        await slack.aclose()


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    async with running() as made:
        yield made


async def open_socket(slack: SlackSandbox) -> ClientConnection:
    """One connection that is acknowledged by hand; its hello has been read."""
    client = AsyncWebClient(base_url=f"{slack.base_url}/api/")
    url = str((await client.apps_connections_open(app_token="xapp-sandbox"))["url"])
    socket = await connect(url)
    assert json.loads(await socket.recv())["type"] == "hello"
    return socket


def build_bolt(slack: SlackSandbox) -> AsyncApp:
    client = AsyncWebClient(token="xoxb-sandbox", base_url=f"{slack.base_url}/api/")
    app = AsyncApp(client=client, process_before_response=True)

    @app.command("/dp")
    async def dp(ack: Any, body: Any, client: Any, respond: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        await ack(f"heard {body['text']}")
        await respond("and answered")

    @app.view("sms.form")
    async def sms(ack: Any, view: Any) -> None:
        await ack(response_action="errors", errors={"name": f"{view['state']['values']['name']['typed']['value']}?"})

    @app.event("message")
    async def message(event: Any, client: Any) -> None:
        await client.chat_postMessage(channel=event["channel"], text="You wrote", blocks=[actions(button())])

    @app.action("again")
    async def again(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Pressed", replace_original=True)

    return app


@contextlib.asynccontextmanager
async def connected(slack: SlackSandbox) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(build_bolt(slack), "xapp-sandbox")
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it bare
    await slack.sockets.until_connected()
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it bare
        await handler.client.aiohttp_client_session.close()


async def test_a_stock_bolt_app_answers_commands_modals_and_messages(slack: SlackSandbox) -> None:
    ana = slack.person(ANA)
    async with connected(slack):
        assert await ana.command(SUPPORT, "/dp dnd on") == {"ok": True}
        texts = await ana.until(
            lambda: sorted(one["text"] for one in ana.ephemerals()) if len(ana.ephemerals()) > 1 else []
        )
        assert texts == ["and answered", "heard dnd on"]
        assert (await ana.submit(ana.modal, {"name": "Ana"}))["errors"] == {"name": "Ana?"}
        await ana.say("app", "hello")
        card = await ana.until(lambda: [one for one in ana.messages("app") if one["text"] == "You wrote"])
        assert await ana.press(card[0], "again") == {"ok": True}
        await ana.until(lambda: any(one["text"] == "Pressed" for one in ana.messages("app")))


async def test_the_app_comes_back_when_it_is_asked_to_refresh(slack: SlackSandbox) -> None:
    ana = slack.person(ANA)
    async with connected(slack):
        first = slack.sockets.connections[0].number
        await slack.sockets.disconnect()
        await slack.sockets.until_connected()
        assert slack.sockets.connections[-1].number > first
        assert (await ana.command(SUPPORT, "/dp"))["ok"] is True


async def test_nobody_connected_is_a_failed_dispatch(slack: SlackSandbox) -> None:
    assert (await slack.person(ANA).command(SUPPORT, "/dp"))["error"] == "dispatch_failed"


async def test_each_envelope_goes_to_one_connection_and_waits_for_its_own_acknowledgement(slack: SlackSandbox) -> None:
    first, second = await open_socket(slack), await open_socket(slack)
    await slack.sockets.until_connected(2)
    ana = slack.person(ANA)
    commands = [asyncio.create_task(ana.command(SUPPORT, f"/dp {number}")) for number in range(2)]
    envelopes = [json.loads(await one.recv()) for one in (first, second)]
    assert {one["payload"]["text"] for one in envelopes} == {"0", "1"}
    assert all(one["type"] == "slash_commands" and one["accepts_response_payload"] for one in envelopes)
    for socket, envelope in zip((first, second), envelopes, strict=True):
        await socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "ok"}}))
    assert [(await one)["ok"] for one in commands] == [True, True]
    for socket in (first, second):
        await socket.close()


async def test_an_unacknowledged_event_comes_again_with_its_attempt() -> None:
    clock = Clock()
    async with running(clock) as slack:
        socket = await open_socket(slack)
        await slack.person(ANA).say("app", "hello")
        first = json.loads(await socket.recv())
        clock.moment += 3.1
        slack.tick()
        again = json.loads(await socket.recv())
        await socket.send(json.dumps({"envelope_id": again["envelope_id"]}))
        await socket.close()
    assert (first["retry_attempt"], again["retry_attempt"], again["retry_reason"]) == (0, 1, "timeout")
    assert first["payload"]["event_id"] == again["payload"]["event_id"]


async def test_a_deaf_connection_times_out_commands() -> None:
    clock = Clock()
    async with running(clock) as slack:
        socket = await open_socket(slack)
        slack.sockets.deaf = True
        task = asyncio.create_task(slack.person(ANA).command(SUPPORT, "/dp"))
        await slack.person(ANA).until(lambda: [due for due in slack.timers.waiting if due - clock.moment < 4])
        clock.moment += 3.1
        slack.tick()
        assert (await task)["error"] == "operation_timeout"
        await socket.close()


async def test_a_ticket_opens_one_connection(slack: SlackSandbox) -> None:
    client = AsyncWebClient(base_url=f"{slack.base_url}/api/")
    url = str((await client.apps_connections_open(app_token="xapp-sandbox"))["url"])
    async with connect(url) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        with pytest.raises((InvalidStatus, ConnectionClosed)):
            async with connect(url) as second:
                await second.recv()


async def test_an_eleventh_connection_is_turned_away(slack: SlackSandbox) -> None:
    slack.enforce_limits = False
    sockets = [await open_socket(slack) for _ in range(10)]
    client = AsyncWebClient(base_url=f"{slack.base_url}/api/")
    url = str((await client.apps_connections_open(app_token="xapp-sandbox"))["url"])
    async with connect(url) as eleventh:
        refused: Json = json.loads(await eleventh.recv())
    assert (refused["type"], refused["reason"]) == ("disconnect", "too_many_websockets")
    for socket in sockets:
        await socket.close()
