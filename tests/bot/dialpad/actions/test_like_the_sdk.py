"""Our requests are the ones that Dialpad's own SDK, ``python-dialpad``, sends for the same arguments.

Each SDK method is found by the request line in its source, then called over a transport that keeps what it gets.
Two things the SDK does are not done here, and are undone before comparing:

* It leaves reserved characters in paths as they are: ``/numbers/+14155550142``. We send ``%2B``.
* It sends arguments that were left out as empty ones: ``?cursor=``. We leave them out.
"""

import ast
import inspect
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints
from urllib.parse import unquote

import httpx
import pytest
from dialpad import AsyncDialpadClient, async_resources
from pydantic import TypeAdapter

from bot.dialpad.action import Action
from tests.bot.dialpad.actions.arguments import NUMBER, Case, cases_before
from tests.each import every_older_action, for_each

CASES = cases_before()


@dataclass(frozen=True)
class Sent:
    """One request, as compared."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any


def request_lines(resource: type[Any]) -> dict[tuple[str, str], str]:
    """``("GET", "/api/v2/users/{id}") -> "get"`` for all methods of an SDK resource."""
    found = {}
    (tree,) = ast.parse(inspect.getsource(resource)).body
    assert isinstance(tree, ast.ClassDef)
    for method in tree.body:
        if not isinstance(method, ast.AsyncFunctionDef):
            continue
        for node in ast.walk(method):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                words = {word.arg: word.value for word in node.keywords}
                if "sub_path" in words:
                    found[ast.literal_eval(words["method"]), template(words["sub_path"])] = method.name
    return found


def template(path: ast.expr) -> str:
    if isinstance(path, ast.JoinedStr):
        return "".join(
            "{" + ast.unparse(part.value) + "}" if isinstance(part, ast.FormattedValue) else ast.literal_eval(part)
            for part in path.values
        )
    return str(ast.literal_eval(path))


@cache
def sdk_methods() -> dict[tuple[str, str], tuple[str, str]]:
    """Request line → (resource of the client, its method)."""
    found = {}
    for name, prop in inspect.getmembers(AsyncDialpadClient, lambda member: isinstance(member, property)):
        resource = get_type_hints(prop.fget, vars(async_resources)).get("return")
        if isinstance(resource, type):
            for line, method in request_lines(resource).items():
                found[line] = (name, method)
    return found


class Recorder(httpx.AsyncBaseTransport):
    """Answers everything with an empty object and keeps what was asked."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        return httpx.Response(200, json={})


class Sdk:
    """One client for all requests: making one takes longer than a hundred of them."""

    def __init__(self, client: AsyncDialpadClient) -> None:
        self._client = client
        self._recorder = Recorder()
        self._client._session = httpx.AsyncClient(transport=self._recorder)

    async def send(self, case: Case) -> Sent:
        self._recorder.requests.clear()
        resource, name = sdk_methods()[case.action.request.method, case.action.request.path]
        method = getattr(getattr(self._client, resource), name)
        body = dict(case.arguments)
        named = {key: body.pop(key) for key in inspect.signature(method).parameters if key in body}
        if "request_body" in inspect.signature(method).parameters:
            named["request_body"] = as_the_sdk_types_it(method, body)
        else:
            assert not body
        called = method(**named)
        if inspect.isasyncgen(called):
            assert [item async for item in called] == []
        else:
            await called
        (request,) = self._recorder.requests
        query = {key: request.url.params.get_list(key) for key in request.url.params}
        return Sent(
            request.method,
            unquote(request.url.raw_path.decode().partition("?")[0]),
            {key: values for key, values in query.items() if values != [""]},
            json.loads(request.content) if request.content else None,
        )


@pytest.fixture
async def sdk() -> AsyncIterator[Sdk]:
    client = AsyncDialpadClient("token", base_url="http://dialpad.invalid")
    await client._session.aclose()
    made = Sdk(client)
    yield made
    await client._session.aclose()


def as_the_sdk_types_it(method: Any, body: dict[str, Any]) -> Any:
    """``body`` read through the SDK's type for it: what that type does not know is refused."""
    wanted = inspect.signature(method).parameters["request_body"].annotation
    return TypeAdapter(wanted).validate_python(body, strict=True, extra="forbid")


def send_by_us(case: Case) -> Sent:
    ours = case.action.model_validate(case.arguments).build_request()
    query = {key: value if isinstance(value, list) else [value] for key, value in ours.query.items()}
    return Sent(ours.method, unquote(ours.path), query, None if ours.body is None else dict(ours.body))


@every_older_action
def test_the_sdk_has_a_method_for_every_action(action: type[Action[Any]]) -> None:
    assert (action.request.method, action.request.path) in sdk_methods()


@for_each("case", CASES)
async def test_the_request_is_the_one_the_sdk_sends(case: Case, sdk: Sdk) -> None:
    assert send_by_us(case) == await sdk.send(case)


def test_a_plus_in_a_path_is_encoded() -> None:
    paths = [
        case.action.model_validate(case.arguments).build_request().path
        for case in CASES
        if NUMBER in map(str, case.arguments.values())
    ]
    numbers = [path for path in paths if "%2B14155550142" in path]
    assert len(numbers) >= 8
    assert not [path for path in paths if "+" in path]


@for_each("case", CASES)
def test_a_path_has_as_many_parts_as_its_pattern(case: Case) -> None:
    request = case.action.model_validate(case.arguments).build_request()
    assert request.path.count("/") == case.action.request.path.count("/")
    assert request.path.isascii()
