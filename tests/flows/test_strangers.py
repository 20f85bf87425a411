"""Whatever somebody sends who is nobody: no answer of ours is a 5xx, and no line in the log a traceback."""

import random
from typing import Final

import httpx
import pytest
import structlog

from tests.flows.stage import quick_demo

PATHS: Final = (
    "/", "/healthz", "/readyz", "/metrics", "/slack/events", "/slack/install", "/slack/oauth_redirect", "/connect",
    "/connect/callback", "/connect/x", "/connect/%00", "/connect/" + "x" * 5_000, "/connect/%ff%fe", "/connect/../../x",
    "/dialpad/events/x", "/dialpad/events/%00", "/dialpad/events/%F0%9F", "/dialpad/events/" + "9" * 3_000,
)  # fmt: skip
ODD: Final = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"{",
    b"[]",
    b"null",
    b"{}",
    b"x" * 100_000,
    b"ssl_check=1",
    b"payload={}",
    b"{" * 50_000,
)
HEADERS: Final[tuple[dict[str, str], ...]] = (
    {}, {"content-type": "application/json"}, {"content-type": "application/x-www-form-urlencoded"},
    {"content-type": "multipart/form-data"}, {"cookie": "dialpad_connect=\xff; =; ;;"}, {"host": "[::1"},
    {"host": ""}, {"authorization": "Bearer"}, {"x-slack-request-timestamp": "9" * 400, "x-slack-signature": "v0="},
    {"origin": "null", "referer": "\xfe"}, {"content-type": "\xe4"}, {"range": "bytes=0-"},
    {"transfer-encoding": "gzip"}, {"content-encoding": "gzip"},
)  # fmt: skip
QUERIES: Final = (
    "",
    "?state=%00&code=%00",
    "?state=x&code=x",
    "?error=x",
    "?state=" + "y" * 4_000,
    "?%ff=%fe&&=",
    "?code=1&code=2",
)


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_a_stranger_sends_is_a_mistake_of_ours(seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311  nothing secret
    with structlog.testing.capture_logs() as logs:
        async with quick_demo(over_http=True) as demo:
            transport = httpx.ASGITransport(demo.bot.web)
            async with httpx.AsyncClient(transport=transport, base_url="http://chatops.test") as client:
                for _ in range(400):
                    raw = {name.encode(): one.encode("latin-1") for name, one in pick.choice(HEADERS).items()}
                    method = pick.choice(("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "X" * 40))
                    url, body = pick.choice(PATHS) + pick.choice(QUERIES), pick.choice(ODD)
                    answer = await client.request(method, url, content=body, headers=raw)
                    assert answer.status_code < 500, (method, url, raw, body[:20], answer.text)

    assert [line for line in logs if line.get("exc_info")] == []
