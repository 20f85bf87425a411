import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.cast import ANA, SALES, SUPPORT
from bot.sandbox.dialpad import DialpadSandbox
from bot.sandbox.dialpad.delivery import PAUSES_S

CALLER = "+14155550150"


class Bot:
    """Takes events, and answers what it is told to."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.statuses: list[int] = []
        self.app = Starlette(routes=[Route("/hook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]


@pytest.fixture
def bot(sandbox: DialpadSandbox) -> Bot:
    made = Bot()
    sandbox.delivery.transport = httpx.ASGITransport(made.app)
    return made


@pytest.fixture
async def slept(sandbox: DialpadSandbox) -> AsyncIterator[list[float]]:
    """Nobody waits between tries; how long they would have."""
    pauses: list[float] = []

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    sandbox.delivery._sleep = note
    yield pauses
    await sandbox.delivery.aclose()


async def hook(admin: httpx.AsyncClient, **more: Any) -> int:
    made = await admin.post("webhooks", json={"hook_url": "http://bot.test/hook", **more})
    return int(made.json()["id"])


async def subscribe(admin: httpx.AsyncClient, kind: str, endpoint_id: int, **more: Any) -> None:
    made = await admin.post(f"subscriptions/{kind}", json={"endpoint_id": endpoint_id, "enabled": True, **more})
    assert made.status_code == 200, made.text


async def test_a_webhook_alone_delivers_nothing(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    await hook(priya)
    sandbox.phone.ring(CALLER, SUPPORT.phone)
    await sandbox.delivery.idle()

    assert bot.bodies == []


async def test_with_a_secret_the_whole_body_is_a_jwt(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    await subscribe(priya, "call", await hook(priya, secret="of-the-hook"), call_states=["ringing"])
    sandbox.phone.ring(CALLER, str(ANA.phone))
    await sandbox.delivery.idle()

    header, claims, signature = bot.bodies[0].split(b".")
    wanted = hmac.digest(b"of-the-hook", header + b"." + claims, hashlib.sha256)
    assert base64.urlsafe_b64decode(signature + b"=") == wanted
    assert json.loads(base64.urlsafe_b64decode(claims + b"=="))["external_number"] == CALLER


async def test_states_are_filtered(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    await subscribe(priya, "call", await hook(priya), call_states=["ringing"])
    sandbox.phone.ring(CALLER, SUPPORT.phone)
    await sandbox.delivery.idle()

    assert {event["state"] for event in bot.events} == {"ringing"}


async def test_one_line_can_be_had_alone(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    await subscribe(priya, "call", await hook(priya), target_type="callcenter", target_id=SUPPORT.id)
    sandbox.phone.ring(CALLER, SALES.phone)
    await sandbox.delivery.idle()
    assert bot.bodies == []

    sandbox.phone.ring(CALLER, SUPPORT.phone)
    await sandbox.delivery.idle()
    assert bot.bodies != []


async def test_what_is_turned_off_sends_nothing(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    await subscribe(priya, "call", await hook(priya), enabled=False)
    sandbox.phone.ring(CALLER, SUPPORT.phone)
    await sandbox.delivery.idle()

    assert bot.bodies == []


@pytest.mark.parametrize(("status", "count"), [(True, 2), (False, 1)])
async def test_news_of_a_texts_delivery_come_only_when_asked_for(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float], status: bool, count: int
) -> None:
    await subscribe(priya, "sms", await hook(priya), direction="all", status=status)
    await priya.post("sms", json={"to_numbers": [CALLER], "text": "On its way.", "user_id": ANA.dialpad_id})
    await sandbox.delivery.idle()

    assert len(bot.events) == count


async def test_texts_are_filtered_by_direction(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    await subscribe(priya, "sms", await hook(priya), direction="outbound")
    sandbox.phone.text(CALLER, str(ANA.phone), "Hello?")
    await sandbox.delivery.idle()

    assert bot.bodies == []


async def test_trouble_of_the_bot_is_tried_again_after_growing_pauses(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    bot.statuses = [503, 500, 502]
    await subscribe(priya, "call", await hook(priya), call_states=["calling"])
    sandbox.phone.ring(CALLER, str(ANA.phone))
    await sandbox.delivery.idle()

    assert (len(bot.bodies), tuple(slept)) == (4, PAUSES_S["call"])
    assert len(set(bot.bodies)) == 1


async def test_after_the_last_try_it_is_lost(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    bot.statuses = [503] * 9
    await subscribe(priya, "call", await hook(priya), call_states=["calling"])
    sandbox.phone.ring(CALLER, str(ANA.phone))
    await sandbox.delivery.idle()

    assert len(bot.bodies) == 4


@pytest.mark.parametrize("status", [400, 401, 404, 413, 429])
async def test_a_refusal_is_final(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float], status: int
) -> None:
    bot.statuses = [status]
    await subscribe(priya, "call", await hook(priya), call_states=["calling"])
    sandbox.phone.ring(CALLER, str(ANA.phone))
    await sandbox.delivery.idle()

    assert len(bot.bodies) == 1


async def test_nobody_there_means_two_quick_tries(
    sandbox: DialpadSandbox, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    sandbox.delivery.transport = httpx.MockTransport(refuse)
    await subscribe(priya, "call", await hook(priya), call_states=["calling"])
    sandbox.phone.ring(CALLER, str(ANA.phone))
    await sandbox.delivery.idle()

    assert [attempt.status for attempt in sandbox.delivery.attempts] == [0, 0]


async def test_everything_can_come_twice_and_in_another_order(
    sandbox: DialpadSandbox, bot: Bot, priya: httpx.AsyncClient, slept: list[float]
) -> None:
    await subscribe(priya, "call", await hook(priya), call_states=["all"])
    sandbox.delivery.copies = 2
    sandbox.delivery.hold()
    sandbox.phone.ring(CALLER, str(ANA.phone))
    assert bot.bodies == []

    sandbox.delivery.release(order=reversed)
    await sandbox.delivery.idle()
    assert [event["state"] for event in bot.events] == ["ringing", "ringing", "calling", "calling"]
