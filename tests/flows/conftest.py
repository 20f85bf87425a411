"""The whole product but the browser: the real bot between the two sandboxes, over either transport."""

from collections.abc import AsyncIterator
from types import ModuleType

import pytest
import pytest_asyncio

from bot.sandbox.cast import ANA, NOOR, PRIYA, SAM
from bot.sandbox.demo import Demo
from tests.flows.browser import Browser
from tests.flows.hands import Hands
from tests.flows.one_process import reason
from tests.flows.stage import TWO, ChangeWait, OneDemo, freshen, inside, office_hours, quick_demo


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of what runs over either transport, what was chosen for two processes, and nothing that needs one."""
    chosen = config.getoption("--two-processes")
    if not chosen:
        return
    items[:] = [one for one in items if transport(one) in {None, chosen}]
    for item in items:
        if isinstance(item, pytest.Function) and (why := reason(item.path.name, item.originalname)):
            item.add_marker(pytest.mark.skip(reason=why))


def transport(item: pytest.Item) -> str | None:
    called = getattr(item, "callspec", None)
    return None if called is None else called.params.get("running")


@pytest.fixture(scope="session", autouse=True)
def as_two_processes(request: pytest.FixtureRequest) -> None:
    """Each demo is one of two processes from now on, where that was chosen."""
    if chosen := request.config.getoption("--two-processes"):
        TWO.lending, TWO.over_http = request.getfixturevalue("lending"), chosen == "http"


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


@pytest_asyncio.fixture(loop_scope="module")
async def impatient(demo: Demo) -> None:
    """The bot says soon that it is working on it: for tests that hold Dialpad back."""
    await inside(demo).be_patient(line=0.3, modal=0.3, submit=0.3)


@pytest_asyncio.fixture(loop_scope="module")
async def waits(demo: Demo) -> AsyncIterator[ChangeWait]:
    """Changes one of the bot's own waits until the test is over: ``await waits(module, name, seconds)``."""
    before: list[tuple[ModuleType, str, float]] = []

    async def change(module: ModuleType, name: str, seconds: float) -> None:
        before.append((module, name, await inside(demo).change(module.__name__, name, seconds)))

    yield change
    for module, name, seconds in reversed(before):
        await inside(demo).change(module.__name__, name, seconds)


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
