"""All actions: there is a route, it works, it answers as documented, and it takes every documented parameter."""

import re
from copy import deepcopy
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from bot.dialpad.actions import ALL
from bot.sandbox.cast import ANA
from bot.sandbox.dialpad import COMPANY_KEY, DialpadSandbox, request_context
from bot.sandbox.dialpad.fields import Body
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources import ALL_ROUTES
from bot.sandbox.dialpad.routes import API
from tests.bot.dialpad.actions.test_like_the_newer_document import described
from tests.bot.sandbox.dialpad.answer_schemas import faults_in_answer
from tests.bot.sandbox.dialpad.conftest import APP, Clock, Connect
from tests.bot.sandbox.dialpad.dialpad_documents import action_or_skip, find_actions, spec_or_skip
from tests.bot.sandbox.dialpad.known import Known
from tests.bot.sandbox.dialpad.working import ALL_ACTIONS, API_ACTIONS, OAUTH, Given, full_path
from tests.each import for_each
from tests.newer_document import newer_operations, operations

ROUTES = {(route.method, f"{API}{route.path}"): route for route in ALL_ROUTES}


def test_the_table_names_exactly_the_actions() -> None:
    ours = {(action.request.method, action.request.path) for action in ALL}
    assert {full_path(action) for action in ALL_ACTIONS} == ours


def test_the_first_192_are_the_listed_ones() -> None:
    older = {full_path(action) for action in ALL_ACTIONS} - {tuple(key.split()) for key in newer_operations()}
    assert len(older) == 192
    listed = {(action["method"], action["path"]) for action in find_actions()}
    if not listed:
        pytest.skip("no list of actions: set DIALPAD_DOCUMENTS to the folder with actions.json")
    assert older == listed


@for_each("action", API_ACTIONS)
def test_the_sandbox_has_a_route_for(action: str) -> None:
    assert full_path(action) in ROUTES


async def send(client: httpx.AsyncClient, action: str, given: Given) -> httpx.Response:
    method, path = full_path(action)
    for name, value in given.path.items():
        path = path.replace(f"{{{name}}}", str(value).replace("+", "%2B"))
    body = {} if given.body is None else {"json": given.body}
    query = {name: str(value).lower() if isinstance(value, bool) else value for name, value in given.query.items()}
    return await client.request(method, f"http://dialpad.test{path}", params=query, **body)


class Fresh:
    """A sandbox that nothing has happened in, and whoever the token is of."""

    def __init__(self, clock: Clock, token: str | None) -> None:
        self.sandbox = DialpadSandbox(oauth_app=APP, now=clock)
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    async def send(self, action: str) -> httpx.Response:
        return await self.send_given(action, API_ACTIONS[action](Known(self.sandbox)))

    async def send_given(self, action: str, given: Given) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.sandbox.app), headers=self._headers) as client:
            return await send(client, action, given)


@for_each("action", API_ACTIONS)
async def test_a_working_request_is_answered_as_documented(action: str, clock: Clock) -> None:
    answer = await Fresh(clock, COMPANY_KEY).send(action)
    assert answer.status_code == 200, answer.text
    if not is_newer(action):
        spec_or_skip()
    assert faults_in_answer(*full_path(action), answer.json()) == []


@for_each("action", API_ACTIONS)
async def test_without_a_token_there_is_no_answer(action: str, clock: Clock) -> None:
    assert (await Fresh(clock, None).send(action)).status_code == 401


@pytest.mark.parametrize("action", OAUTH)
async def test_an_oauth_request_works(action: str, sandbox: DialpadSandbox, connect: Connect) -> None:
    sandbox.oauth_app = APP
    client = connect(sandbox.issue_token(ANA)["access_token"])
    answer = await send(client, action, OAUTH[action](Known(sandbox)))
    assert answer.status_code == (200 if action.endswith("token") else 204), answer.text


@for_each("action", [action for action in API_ACTIONS if ROUTES[full_path(action)].admin])
async def test_an_agent_cannot_do_what_needs_a_company_admin_key(action: str, clock: Clock) -> None:
    assert (await Fresh(clock, ANA.token).send(action)).status_code == 403


@for_each("action", API_ACTIONS)
def test_admin_flag_scope_and_rate_limit_are_the_documented_ones(action: str) -> None:
    route = ROUTES[full_path(action)]
    if is_newer(action):
        facts = operations()[" ".join(full_path(action))]
        assert ([route.scope] if route.scope else []) == facts["scopes"]
        assert route.admin == facts["admin"]
        assert (route.limit.count, route.limit.seconds) in {(count, 60) for count in facts["rates"]}
        return
    documented = action_or_skip(*full_path(action))
    assert route.admin == documented["company_admin_key"]
    assert ([route.scope] if route.scope else []) == documented["scopes"]
    if full_path(action) != ROUTERS_MORE_OFTEN:
        assert (route.limit.count, route.limit.seconds) in read_limits(documented["rate_limit"])


ROUTERS_MORE_OFTEN = ("PATCH", "/api/v2/callrouters/{id}")
"""Once in five minutes by the list, as often as anything by the newer document."""


def is_newer(action: str) -> bool:
    return " ".join(full_path(action)) in newer_operations()


def read_limits(text: str) -> set[tuple[int, int]]:
    """Every limit a text names, as (count, seconds): an SMS has one for each tier."""
    seconds = {"minute": 60, "hour": 3600}
    found = re.findall(r"(\d+)(?: \(?[^)\d]*\)?)? per (\d*) ?(minute|hour)", text.replace(",", ""))
    return {(int(count), int(times or 1) * seconds[unit]) for count, times, unit in found}


def body_parameters(action: str) -> list[dict[str, Any]]:
    return [one for one in parameters_of(action) if one["in"] == "body"]


def parameters_of(action: str) -> list[dict[str, Any]]:
    """Those of the newer document, which has all of the list's; a skip would hide that the list is not here."""
    ours = next(one for one in ALL if (one.request.method, one.request.path) == full_path(action))
    return [
        {"json_path": path, "name": path, "in": place, "enum": words, "type": kind}
        for path, (place, _, words, kind) in described(ours).items()
    ]


def example_of(parameter: dict[str, Any]) -> list[Any]:
    """Values of the documented type; for an enum all of them."""
    choices = parameter.get("enum_spec") or parameter["enum"]
    by_type = {"string": "x", "integer": 20, "boolean": True, "object": {}, "object[]": [], "integer[]": [20]}
    if choices:
        return [[choice] for choice in choices] if parameter["type"].endswith("[]") else list(choices)
    return [["x"] if parameter["type"] == "string[]" else by_type[parameter["type"]]]


def put(body: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        body = body.setdefault(name, {})
    body[last] = value


class Listener:
    """Stands in for the body parser and notes which given fields it did not take, and which values."""

    def __init__(self) -> None:
        self.models: list[type[Body]] = []

    def __call__(self, model: type[Body], data: Any) -> Body:
        self.models.append(model)
        return model.model_validate(data)

    def complaints(self, data: Any, path: str) -> list[str]:
        found = []
        for model in self.models:
            try:
                model.model_validate(data)
            except ValidationError as error:
                found += [
                    f"{path}: {one['msg']}"
                    for one in error.errors()
                    if ".".join(str(part) for part in one["loc"] if isinstance(part, str)).startswith(path)
                    and one["type"] in ("extra_forbidden", "literal_error")
                ]
        return found


@for_each("action", API_ACTIONS)
async def test_every_documented_body_parameter_and_choice_is_taken(
    action: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = body_parameters(action)
    listener = Listener()
    monkeypatch.setattr(request_context, "parse_body", listener)
    company = Fresh(clock, COMPANY_KEY)
    given = API_ACTIONS[action](Known(company.sandbox))
    await company.send_given(action, given)
    assert bool(listener.models) or not parameters
    for parameter in parameters:
        for value in example_of(parameter):
            body = deepcopy(given.body or {})
            put(body, parameter["json_path"], value)
            assert listener.complaints(body, parameter["json_path"]) == []


@for_each("action", API_ACTIONS)
async def test_every_documented_query_parameter_is_read(
    action: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    documented = {one["name"] for one in parameters_of(action) if one["in"] == "query"}
    read: set[str] = set()
    plain = RequestContext.query_text

    def note(ctx: RequestContext, name: str) -> str | None:
        read.add(name)
        return plain(ctx, name)

    with monkeypatch.context() as patched:
        patched.setattr(RequestContext, "query_text", note)
        await Fresh(clock, COMPANY_KEY).send(action)
    assert documented - read == set()
