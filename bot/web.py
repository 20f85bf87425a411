"""Every address this bot answers."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.basics.metrics import Metrics

Check = Callable[[], Awaitable[str | None]]
"""None when all is well, else a sentence for whoever runs the bot."""

LARGEST_BODY: Final = 1_500_000
"""Bytes. Slack's views are at most 250 kB, form-encoded perhaps three times that."""


def build_web(
    *,
    slack_events: Callable[[Request], Awaitable[Response]] | None,
    others: Sequence[BaseRoute],
    ready: Sequence[Check],
    metrics: Metrics,
    look: Callable[[], Awaitable[None]] | None = None,
) -> Starlette:
    """The ASGI app. ``others`` are the connecting pages and, with a Slack OAuth app, the install pages. ``look`` brings
    up to date what is counted only when somebody asks for the metrics."""

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
    return Starlette(routes=routes)
