"""The web app with every address this bot serves."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from bot.basics.metrics import Metrics
from bot.basics.settings import Settings
from bot.door import AsgiApp, AsgiReceive, AsgiSend, Door
from bot.readiness import Readiness, is_ready

_FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


@dataclass(frozen=True)
class Insiders:
    """Who may see the metrics and what is wrong: whoever has the token; without a token whoever asks from this machine,
    as long as the bot has no public address, where a proxy on this machine asks for everybody; and whoever reaches
    ``port``, which is theirs."""

    token: str = ""
    is_public: bool = False
    port: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Insiders":
        """Read the token, and whether browsers reach the bot from elsewhere."""
        token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
        return cls(token, not _is_loopback(urlsplit(settings.base_url).hostname or ""), settings.metrics_port)

    def include(self, request: Request) -> bool:
        """Tell whether whoever asks is one of them."""
        if self.came_by_their_port(request.scope):
            return True
        if self.token:
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            same = hmac.compare_digest(given.strip().encode(), self.token.encode())
            return scheme.lower() == "bearer" and same
        near = request.client is not None and _is_loopback(request.client.host)
        named = _is_loopback(urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
        return near and named and not self.is_public and not any(name in request.headers for name in _FORWARDED)

    def came_by_their_port(self, scope: Scope) -> bool:
        """Tell whether a request came by the port that is theirs alone."""
        return self.port is not None and (scope.get("server") or ("", None))[1] == self.port

    def refuse(self) -> Response:
        """Answer whoever is none of them."""
        if self.token:
            return PlainTextResponse("METRICS_TOKEN is needed.", 401, {"www-authenticate": "Bearer"})
        return PlainTextResponse("Set METRICS_TOKEN, and send it as a bearer token.", 403)


def build_web(
    *,
    slack_events: Callable[[Request], Awaitable[Response]] | None,
    others: Sequence[BaseRoute],
    readiness: Readiness,
    metrics: Metrics,
    insiders: Insiders,
    look: Callable[[], Awaitable[None]] | None = None,
    https: bool = False,
) -> AsgiApp:
    """Build the ASGI app. ``others`` are the connecting pages and, with a Slack OAuth app, the install pages. ``look``
    updates what is counted only when the metrics are read."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        found = await readiness.look()
        ready = is_ready(found)
        status = 200 if ready else 503
        if not insiders.include(request):
            return PlainTextResponse("ready" if ready else "not ready", status)
        return JSONResponse({"ready": ready, "checks": [standing.as_json() for standing in found]}, status)

    async def metrics_page(request: Request) -> Response:
        if not insiders.include(request):
            return insiders.refuse()
        found = await readiness.look()
        metrics.checks({standing.name: standing.trouble is None for standing in found}, ready=is_ready(found))
        if look is not None:
            await look()
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    watched = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics_page)]
    first = [Route("/slack/events", _AsApp(slack_events), methods=["POST"])] if slack_events is not None else []
    door = Door(_app([*first, *watched, *others]), https=https)
    if insiders.port is None:
        return door
    inside = Door(_app(watched), https=False)

    async def by_port(scope: Scope, receive: AsgiReceive, send: AsgiSend) -> None:
        await (inside if insiders.came_by_their_port(scope) else door)(scope, receive, send)

    return by_port


def _app(routes: Sequence[BaseRoute]) -> AsgiApp:
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False  # the redirect would go to whatever the Host header says
    return _Straight([one for one in routes if isinstance(one, Route) and one.app is one.endpoint], app)


class _AsApp:
    """An endpoint as an ASGI app of its own."""

    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer
        self.__qualname__ = getattr(answer, "__qualname__", "")

    async def __call__(self, scope: Scope, receive: AsgiReceive, send: AsgiSend) -> None:
        answer = await self._answer(Request(scope, receive, send))
        await answer(scope, receive, send)


class _Straight:
    """Hands what Slack and Dialpad deliver straight to its route, which is an ASGI app itself: to pass through
    Starlette's layers costs as much as to check a signature. Everything else passes through them."""

    def __init__(self, routes: Sequence[Route], others: AsgiApp) -> None:
        self._routes = routes
        self._others = others

    async def __call__(self, scope: Scope, receive: AsgiReceive, send: AsgiSend) -> None:
        for route in self._routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                try:
                    await route.app(scope, receive, send)
                except HTTPException as refused:  # by the door, while the body was read
                    said = PlainTextResponse(refused.detail, refused.status_code, refused.headers)
                    await said(scope, receive, send)
                return
        await self._others(scope, receive, send)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
