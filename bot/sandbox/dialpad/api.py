"""The endpoint /api/v2: records the request, checks it in the order Dialpad does, runs its function, writes the
answer."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.sandbox.dialpad.access import TokenOwner, Tokens, is_admin
from bot.sandbox.dialpad.faults import Fault, Faults
from bot.sandbox.dialpad.limits import COMPANY, RateLimits
from bot.sandbox.dialpad.outbox import send_due
from bot.sandbox.dialpad.refusals import Refusal, bad_request, forbidden, not_found, too_large
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources import ALL_ROUTES
from bot.sandbox.dialpad.routes import Route, RouteTable
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.switchboard import Switchboard
from bot.sandbox.dialpad.wire import Answer, to_wire

LARGEST_REQUEST = 1024 * 1024
COMPANY_CALLER = "company"


@dataclass
class Received:
    """One request as it came in. ``person`` is the e-mail address of the token's owner, ``company`` for the company
    key, None when the token was invalid; ``body`` is parsed JSON or form fields, else the raw text."""

    method: str
    path: str
    query: dict[str, str]
    body: Any = None
    person: str | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


@cache
def _route_table() -> RouteTable:
    """Build the table of routes, the same for every sandbox of a process."""
    return RouteTable(ALL_ROUTES)


class Api:
    def __init__(
        self,
        state: State,
        tokens: Tokens,
        switchboard: Switchboard,
        faults: Faults,
        limits: RateLimits,
        requests: list[Received],
    ) -> None:
        self._state = state
        self._tokens = tokens
        self._switchboard = switchboard
        self._faults = faults
        self._limits = limits
        self._requests = requests
        self._table = _route_table()

    async def __call__(self, request: Request) -> Response:
        raw = await request.body()
        received = self._record(request, raw)
        fault = self._faults.take(received.method, received.path)
        if fault is not None and fault.kind == "slow":
            fault.entered.set()
            await fault.release.wait()
            fault = None
        if fault is not None and not fault.after_effect:
            response = render_fault(fault)
        else:
            response = self._handle(request, raw, received)
            if fault is not None:
                response = render_fault(fault)
        received.status = response.status_code
        return response

    def _record(self, request: Request, raw: bytes) -> Received:
        received = Received(
            method=request.method,
            path=request.url.path,
            query=dict(parse_qsl(request.url.query, keep_blank_values=True)),
            headers=dict(request.headers),
        )
        try:
            received.body = json.loads(raw) if raw else None
        except ValueError:
            received.body = raw.decode(errors="replace")
        with suppress(Refusal):
            received.person = self._name_of(self._tokens.caller(request.headers.get("authorization")))
        self._requests.append(received)
        return received

    def _handle(self, request: Request, raw: bytes, received: Received) -> Response:
        try:
            answer = self._answer(request, raw, received)
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        if request.method != "GET":
            self._state.changes.bump()
        return JSONResponse(to_wire(answer.body or {}), answer.status)

    def _answer(self, request: Request, raw: bytes, received: Received) -> Answer:
        if len(raw) > LARGEST_REQUEST:
            raise too_large()
        send_due(self._state)
        caller = self._tokens.caller(request.headers.get("authorization"))
        self._limits.take("company", COMPANY)
        raw_path: bytes = request.scope.get("raw_path") or request.url.path.encode()
        parts = [unquote(part) for part in raw_path.decode(errors="replace").partition("?")[0].split("/")[3:]]
        found = self._table.find(request.method, parts)
        if found is None:
            raise not_found("resource")
        route, path = found
        self._check_rights(route, caller)
        data = parse_json(raw)
        self._limits.take(f"{route.name}#{counted_apart(route, path, data)}", route.limit)
        return route.run(
            RequestContext(
                route_name=route.name,
                caller=caller,
                path=path,
                query=received.query,
                data=data,
                base_url=str(request.base_url).rstrip("/"),
                state=self._state,
                switchboard=self._switchboard,
            )
        )

    def _check_rights(self, route: Route, caller: TokenOwner) -> None:
        if route.admin and not is_admin(self._state, caller):
            raise forbidden("This requires a company admin API key.")
        if route.scope is not None and route.scope not in caller.scopes:
            raise forbidden(f"This requires the scope {route.scope}.")

    def _name_of(self, caller: TokenOwner) -> str:
        return COMPANY_CALLER if caller.user_id is None else self._state.users[caller.user_id].emails[0]


def counted_apart(route: Route, path: Mapping[str, str], data: Any) -> str:
    """Return what a limit "per something" counts by: the path's id, or the target in the body."""
    if route.limit.per == "target":
        return str(data.get("target_id", "")) if isinstance(data, dict) else ""
    return path.get("id", "") if route.limit.per == "id" else ""


def parse_json(raw: bytes) -> Any:
    """Parse JSON, None for no body. NaN and Infinity are refused, though Python's parser takes them."""
    if not raw.strip():
        return None

    def refuse(_: str) -> Any:
        raise ValueError

    try:
        return json.loads(raw, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise bad_request("the request body is not valid JSON") from None


def render_fault(fault: Fault) -> Response:
    if fault.kind == "down":
        return PlainTextResponse("upstream connect error", 503)
    if fault.kind == "broken_json":
        return Response('{"items": [{"id": "51000', media_type="application/json")
    body = fault.answer_body
    if isinstance(body, str):
        return PlainTextResponse(body, fault.status)
    return JSONResponse(body, fault.status)
