"""What operators are told of requests to Slack: the method, how it was answered, and how long that took."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.basics.metrics import Metrics
from bot.sandbox.serving import listen, serving
from bot.slack.api.web_client import open_session


@dataclass
class Heard:
    """Remembers what it was told."""

    requests: list[tuple[str, int | None]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def __call__(self, method: str, status: int | None, seconds: float) -> None:
        self.requests.append((method, status))
        self.seconds.append(seconds)


async def answer(request: Request) -> Response:
    return JSONResponse({"ok": True}, int(request.query_params.get("status", "200")))


@pytest.fixture
async def url() -> AsyncIterator[str]:
    bound = listen(0)
    routes = [Route("/api/{method}", answer, methods=["POST"]), Route("/response/{secret}", answer, methods=["POST"])]
    async with serving(Starlette(routes=routes), bound):
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


async def test_each_request_is_told_with_its_method_and_status(url: str) -> None:
    heard = Heard()
    async with open_session(heard) as session:
        await session.post(f"{url}/api/chat.postMessage")
        await session.post(f"{url}/api/chat.update?status=429")
        await session.post(f"{url}/response/made-up-secret")

    assert heard.requests == [("chat.postMessage", 200), ("chat.update", 429), ("other", 200)]
    assert all(0 <= one < 60 for one in heard.seconds)


async def test_a_request_without_an_answer_is_told_too() -> None:
    heard = Heard()
    async with open_session(heard) as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.post("http://127.0.0.1:1/api/chat.postMessage")

    assert heard.requests == [("chat.postMessage", None)]


async def test_the_metrics_count_them_by_answer(url: str) -> None:
    metrics = Metrics()
    async with open_session(metrics.slack_answered) as session:
        await session.post(f"{url}/api/chat.postMessage")
        await session.post(f"{url}/api/chat.postMessage?status=500")

    for answered in ("ok", "500"):
        labels = {"method": "chat.postMessage", "answer": answered}
        assert metrics.registry.get_sample_value("chatops_slack_seconds_count", labels) == 1
