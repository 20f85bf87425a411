"""A sandbox with a clock that stands still, and one HTTP client per person."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.cast import ANA, LEO, NOOR, PRIYA, SAM
from bot.sandbox.dialpad import COMPANY_KEY, DialpadSandbox, OAuthApp

REDIRECT = "http://localhost:3000/connect/callback"
APP = OAuthApp("northlight", "app-secret", (REDIRECT,), ("offline_access", "calls:list"))


class Clock:
    """Time that moves only when a test says so."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **parts: float) -> None:
        self.time += timedelta(**parts)

    @property
    def ms(self) -> int:
        return round(self.time.timestamp() * 1000)


Events = list[tuple[str, dict[str, Any]]]
Connect = Callable[[str | None], httpx.AsyncClient]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> DialpadSandbox:
    return DialpadSandbox(oauth_app=APP, now=clock)


@pytest.fixture
def events(sandbox: DialpadSandbox) -> Events:
    """Every event from now on, as (kind, payload)."""
    heard: Events = []
    sandbox.on_event(lambda kind, payload: heard.append((kind, payload)))
    return heard


@pytest.fixture
async def connect(sandbox: DialpadSandbox) -> AsyncIterator[Connect]:
    """Makes a client that carries a bearer token, or none."""
    clients: list[httpx.AsyncClient] = []

    def build(token: str | None) -> httpx.AsyncClient:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        transport = httpx.ASGITransport(sandbox.app)
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://dialpad.test/api/v2/", headers=headers))
        return clients[-1]

    yield build
    for client in clients:
        await client.aclose()


@pytest.fixture
def ana(connect: Connect) -> httpx.AsyncClient:
    return connect(ANA.token)


@pytest.fixture
def sam(connect: Connect) -> httpx.AsyncClient:
    return connect(SAM.token)


@pytest.fixture
def priya(connect: Connect) -> httpx.AsyncClient:
    return connect(PRIYA.token)


@pytest.fixture
def noor(connect: Connect) -> httpx.AsyncClient:
    return connect(NOOR.token)


@pytest.fixture
def leo(connect: Connect) -> httpx.AsyncClient:
    return connect(LEO.token)


@pytest.fixture
def company(connect: Connect) -> httpx.AsyncClient:
    return connect(COMPANY_KEY)


@pytest.fixture
def nobody(connect: Connect) -> httpx.AsyncClient:
    return connect(None)


def error_of(response: httpx.Response) -> dict[str, Any]:
    """The inside of Dialpad's error body, after checking that its parts agree."""
    error: dict[str, Any] = response.json()["error"]
    assert error["code"] == response.status_code
    assert error["errors"][0]["message"] == error["message"]
    return error
