"""``/api/{method}``: reads bodies and tokens as Slack does, then checks limits and scopes, runs the method, and
records the call."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.slack.core import Core, Token
from bot.sandbox.slack.faults import Fault, Faults
from bot.sandbox.slack.methods import METHODS, Method
from bot.sandbox.slack.methods.args import Args
from bot.sandbox.slack.rates import RateLimits
from bot.sandbox.slack.refusal import Refused
from bot.sandbox.slack.workspace import Json

_NOBODY = Token("app", "", ())


@dataclass(frozen=True)
class WebApiCall:
    """One Web API call as it came, without its token. JSON inside forms is decoded. ``error`` is None when it went
    well."""

    method: str
    args: Json
    error: str | None
    status: int
    at: float

    @property
    def ok(self) -> bool:
        return self.error is None


class WebApi:
    """The endpoint; ``calls`` remembers every call."""

    def __init__(self, core: Core, faults: Faults, *, enforce_limits: bool) -> None:
        self.calls: list[WebApiCall] = []
        self.enforce_limits = enforce_limits
        self._core = core
        self._faults = faults
        self._rates = RateLimits(core.timers)

    async def handle(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            fields = await read_fields(request)
        except ValueError:
            return self._answer(method, {}, Refused("invalid_json").build_answer())
        token = _read_token(request, fields)
        fault = self._faults.take(method)
        if fault is not None and fault.slow:
            fault.entered.set()
            await fault.release.wait()
            fault = None
        if fault is not None and (fault.status is not None or fault.body is not None):
            return self._break(method, fields, fault)
        if fault is not None:
            return self._answer(method, fields, Refused(fault.error or "internal_error").build_answer())
        wait = self._rates.check(method, str(fields.get("channel"))) if self.enforce_limits and method in METHODS else 0
        if wait:
            return self._limit(method, fields, wait)
        return self._run(method, fields, token)

    def _run(self, method: str, fields: Json, token: str | None) -> Response:
        known = METHODS.get(method)
        if known is None:
            return self._answer(method, fields, Refused("unknown_method", req_method=method).build_answer())
        try:
            holder = self._authorize(known, token)
            args = Args(fields, holder)
            args.need_scope(*known.scopes)
            self._need_team(known, args)
            answer = {"ok": True, **known.run(self._core, args)}
        except Refused as no:
            answer = no.build_answer()
            holder = self._core.tokens.get(token or "", _NOBODY)
        headers = {"x-oauth-scopes": ",".join(holder.scopes)}
        if known.scopes:
            headers["x-accepted-oauth-scopes"] = ",".join(known.scopes)
        return self._answer(method, fields, answer, headers)

    def _need_team(self, method: Method, args: Args) -> None:
        if not self._core.org_wide or not method.of_one_team:
            return
        if not args.text("team_id"):
            raise Refused("missing_argument")
        if self._core.lost and args.text("team_id") == self._core.space.team["id"]:
            raise Refused("team_access_not_granted")

    def _authorize(self, method: Method, token: str | None) -> Token:
        if not method.needs_token:
            return self._core.tokens.get(token or "", _NOBODY)
        if not token:
            raise Refused("not_authed")
        holder = self._core.tokens.get(token)
        if holder is None:
            raise Refused("invalid_auth")
        if holder.revoked:
            raise Refused("token_revoked")
        if holder.expires_at is not None and holder.expires_at <= self._core.timers.now():
            raise Refused("token_expired")
        if holder.kind == "app" and method is not METHODS["apps.connections.open"]:
            raise Refused("not_allowed_token_type")
        if (holder.kind == "config") is not method.makes_apps:
            raise Refused("not_allowed_token_type")
        return holder

    def _answer(self, method: str, fields: Json, answer: Json, headers: dict[str, str] | None = None) -> Response:
        self._record(method, fields, answer.get("error"), 200)
        return JSONResponse(answer, headers=headers)

    def _limit(self, method: str, fields: Json, wait: int) -> Response:
        self._record(method, fields, "ratelimited", 429)
        answer = {"ok": False, "error": "ratelimited"}
        return JSONResponse(answer, status_code=429, headers={"Retry-After": str(wait)})

    def _break(self, method: str, fields: Json, fault: Fault) -> Response:
        status = fault.status or 200
        error = fault.error or ("ratelimited" if status == 429 else "internal_error")
        self._record(method, fields, error, status)
        headers = {"Retry-After": str(fault.retry_after)} if status == 429 else {}
        if fault.body is not None:
            return Response(fault.body, status, headers, media_type="application/json")
        return JSONResponse({"ok": False, "error": error}, status, headers)

    def _record(self, method: str, fields: Json, error: str | None, status: int) -> None:
        shown = {key: _decoded(value) for key, value in fields.items() if key != "token"}
        self.calls.append(WebApiCall(method, shown, error, status, self._core.timers.now()))
        self._core.space.tell([], {})  # whoever waits in until() may be waiting for this call


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def read_fields(request: Request) -> Json:
    """Read query string, form and JSON body, the later over the earlier. Raises ValueError for broken JSON."""
    fields: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind == "application/json":
        body = await request.body()
        found = json.loads(body) if body else {}
        if not isinstance(found, dict):
            raise ValueError("not an object")
        return fields | found
    if kind == "multipart/form-data":
        form = await request.form()
        return fields | {key: value for key, value in form.items() if isinstance(value, str)}
    body = await request.body()
    return fields | dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))


def _read_token(request: Request, fields: Json) -> str | None:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and value:
        return value.strip()
    token = fields.get("token")
    return str(token) if token else None
