"""The web app with every address this bot serves."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.basics.metrics import Metrics

Check = Callable[[], Awaitable[str | None]]
"""A readiness check: None when all is well, else a sentence for the operator of the bot."""

LARGEST_BODY: Final = 1_500_000
"""Most bytes of a request's body. Slack's views are at most 250 kB, form-encoded perhaps three times that."""


ANSWERED_WITHIN_S: Final = 5
"""Seconds requests get to finish at shutdown; Slack gives up after 3."""
STOPPED_BY: Final = (signal.SIGTERM, signal.SIGINT)


def build_web(
    *,
    slack_events: Callable[[Request], Awaitable[Response]] | None,
    others: Sequence[BaseRoute],
    ready: Sequence[Check],
    metrics: Metrics,
    look: Callable[[], Awaitable[None]] | None = None,
) -> Starlette:
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
    return Starlette(routes=routes)


async def serve(app: Starlette, host: str, port: int) -> None:
    """Serve ``app`` until SIGTERM or SIGINT; returns when the requests under way are answered.

    A second signal does not wait for them.
    """
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=ANSWERED_WITHIN_S
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    for name in STOPPED_BY:
        loop.add_signal_handler(name, server.stop)
    try:
        await server.serve()
    finally:
        for name in STOPPED_BY:
            loop.remove_signal_handler(name)


class _Server(uvicorn.Server):
    """A uvicorn server that leaves signals to ``serve``: uvicorn raises them again at its end, so nothing after it
    would run."""

    def stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
