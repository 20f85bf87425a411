"""The web app with every address this bot serves."""

from collections.abc import Awaitable, Callable, Sequence

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.basics.metrics import Metrics
from bot.door import AsgiApp, Door

Check = Callable[[], Awaitable[str | None]]
"""A readiness check: None when all is well, else a sentence for the operator of the bot."""


def build_web(
    *,
    slack_events: Callable[[Request], Awaitable[Response]] | None,
    others: Sequence[BaseRoute],
    ready: Sequence[Check],
    metrics: Metrics,
    look: Callable[[], Awaitable[None]] | None = None,
    https: bool = False,
) -> AsgiApp:
    """Build the ASGI app. ``others`` are the connecting pages and, with a Slack OAuth app, the install pages. ``look``
    updates what is counted only when the metrics are read."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        problems = [problem for check in ready if (problem := await check())]
        return PlainTextResponse("\n".join(problems) or "ready", status_code=503 if problems else 200)

    async def metrics_page(_: Request) -> Response:
        if look is not None:
            await look()
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    routes: list[BaseRoute] = [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics_page),
        *others,
    ]
    if slack_events is not None:
        routes.insert(0, Route("/slack/events", slack_events, methods=["POST"]))
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False  # the redirect would go to whatever the Host header says
    return Door(app, https=https)
