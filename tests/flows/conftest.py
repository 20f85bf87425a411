"""The whole product but the browser: the real bot between the two sandboxes, over either transport."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, NOOR, PRIYA, SAM
from bot.sandbox.demo import Demo
from tests.flows.browser import Browser
from tests.flows.hands import Hands
from tests.flows.stage import OneDemo, freshen, office_hours, quick_demo


@pytest_asyncio.fixture(params=["socket mode", "http"], scope="module", loop_scope="module")
async def running(request: pytest.FixtureRequest) -> AsyncIterator[Demo]:
    """Everything running, once over Socket Mode and once over signed HTTP for all tests of a module."""
    async with quick_demo(over_http=request.param == "http", clock=office_hours()) as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_demo() -> AsyncIterator[OneDemo]:
    """For modules whose tests are about more than the way from Slack: over Socket Mode only."""
    made = OneDemo()
    yield made
    await made.aclose()


@pytest.fixture
def provoked() -> set[str]:
    """Slack's errors that a test causes on purpose: it adds their codes."""
    return set()


@pytest_asyncio.fixture(loop_scope="module")
async def demo(running: Demo, provoked: set[str]) -> AsyncIterator[Demo]:
    """As if just started. At the end Slack must have accepted every call the bot made, but for what was provoked."""
    await freshen(running)
    yield running
    await running.bot.dispatcher.idle()
    refused = [call for call in running.slack.calls if call.error not in {None, *provoked}]
    assert not refused, refused


@pytest.fixture
def impatient(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot says soon that it is working on it: for tests that hold Dialpad back."""
    for name in ("line", "modal", "submit"):
        monkeypatch.setattr(demo.bot.dispatcher.patience, name, 0.3)


@pytest.fixture
def ana(demo: Demo) -> Hands:
    """An agent, connected."""
    return Hands(demo, ANA)


@pytest.fixture
def sam(demo: Demo) -> Hands:
    """A supervisor, connected."""
    return Hands(demo, SAM)


@pytest.fixture
def noor(demo: Demo) -> Hands:
    """An agent who is not connected yet."""
    return Hands(demo, NOOR)


@pytest.fixture
def priya(demo: Demo) -> Hands:
    """A company admin, connected."""
    return Hands(demo, PRIYA)


@pytest_asyncio.fixture(loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A browser of the person who connects."""
    async with Browser() as opened:
        yield opened
