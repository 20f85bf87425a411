"""Dialpad's own client, pointed at the sandbox, understands every answer."""

import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from dialpad.async_client import AsyncDialpadClient

from bot.sandbox.cast import ANA
from bot.sandbox.dialpad import COMPANY_KEY, DialpadSandbox
from bot.sandbox.serving import listen, serving
from tests.bot.sandbox.dialpad.answer_schemas import faults_in_answer
from tests.bot.sandbox.dialpad.conftest import APP, Clock
from tests.bot.sandbox.dialpad.dialpad_documents import find_spec
from tests.bot.sandbox.dialpad.known import Known
from tests.bot.sandbox.dialpad.working import ALL_ACTIONS, full_path
from tests.each import for_each
from tests.newer_document import newer_operations

OLDER = [action for action in ALL_ACTIONS if " ".join(full_path(action)) not in newer_operations()]
"""Those that the client knows."""
BEYOND = {("POST", "/api/v2/numbers/swap"), ("PATCH", "/api/v2/oauth_apps/{id}/toggle")}
"""What the client has and the list of 192 actions has not."""


@dataclass(frozen=True)
class Method:
    resource: str
    name: str
    verb: str
    path: str
    parameters: tuple[str, ...]


class Recorder(AsyncDialpadClient):
    """Sends nothing and notes what a method would have sent."""

    def __init__(self) -> None:
        super().__init__("none", base_url="http://dialpad.test")
        self.sent: dict[str, Any] = {}

    async def request(self, method: str = "GET", sub_path: str | None = None, *_: Any, **__: Any) -> dict[str, Any]:
        self.sent = {"method": method, "sub_path": sub_path}
        return {}

    async def iter_request(
        self, method: str = "GET", sub_path: str | None = None, *_: Any, **__: Any
    ) -> AsyncIterator[dict[str, Any]]:
        yield await self.request(method, sub_path)


async def use_up(result: Any) -> Any:
    """What a method gives: an answer, or the items of all pages."""
    return [item async for item in result] if inspect.isasyncgen(result) else await result


def resources_of(client: AsyncDialpadClient) -> Iterator[tuple[str, Any]]:
    for name in dir(type(client)):
        resource = getattr(client, name)
        if type(resource).__module__.startswith("dialpad.async_resources"):
            yield name, resource


async def find_methods() -> list[Method]:
    """Each method is called with its parameters' own names, so that it shows its path as a template."""
    recorder, found = Recorder(), []
    for resource_name, resource in resources_of(recorder):
        for name, method in inspect.getmembers(resource, inspect.ismethod):
            if not name.startswith("_"):
                parameters = tuple(inspect.signature(method).parameters)
                await use_up(method(**{parameter: f"{{{parameter}}}" for parameter in parameters}))
                found.append(
                    Method(resource_name, name, recorder.sent["method"], recorder.sent["sub_path"], parameters)
                )
    return found


Methods = dict[tuple[str, str], Method]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def methods() -> Methods:
    return {(method.verb, method.path): method for method in await find_methods()}


@pytest.fixture(scope="module")
def client() -> AsyncDialpadClient:
    """Making one takes longer than a hundred requests. Its session is another for each."""
    return AsyncDialpadClient("", base_url="http://dialpad.test")


@asynccontextmanager
async def connected(client: AsyncDialpadClient, sandbox: DialpadSandbox, token: str) -> AsyncIterator[None]:
    """The client talks to the app itself."""
    client._token = token
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.app)) as client._session:
        yield


def test_the_client_has_a_method_for_each_action_and_two_more(methods: Methods) -> None:
    assert set(methods) - BEYOND == {full_path(action) for action in OLDER}


@for_each("action", OLDER)
async def test_the_client_gets_a_well_formed_answer(
    action: str, client: AsyncDialpadClient, methods: Methods, clock: Clock
) -> None:
    sandbox = DialpadSandbox(oauth_app=APP, now=clock)
    token = COMPANY_KEY if "/oauth2/" not in action else sandbox.issue_token(ANA)["access_token"]
    given = ALL_ACTIONS[action](Known(sandbox))
    arguments = {**given.path, **given.query}
    method = methods[full_path(action)]
    if "request_body" in method.parameters:
        arguments["request_body"] = given.body
    async with connected(client, sandbox, token):
        answer = await use_up(getattr(getattr(client, method.resource), method.name)(**arguments))
    if find_spec() is not None and full_path(action)[1].startswith("/api/"):
        whole = {"items": answer} if isinstance(answer, list) else answer
        assert faults_in_answer(*full_path(action), whole) == []


async def test_the_client_walks_through_all_pages_over_loopback(sandbox: DialpadSandbox) -> None:
    sandbox.state.page_size = 2
    bound = listen(0)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    client = AsyncDialpadClient(COMPANY_KEY, base_url=url)
    async with serving(sandbox.app, bound), client._session:
        names = [channel["name"] async for channel in client.channels.list()]
    assert names == ["general", "deliveries", "leads"]
