"""OpenTelemetry from the whole bot to a receiver on loopback: what a trace shows, and what never leaves."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.cast import ANA, PEOPLE, PRIYA
from bot.sandbox.serving import listen, serving
from tests.flows.channel import miss_a_call, shown
from tests.flows.hands import Hands
from tests.flows.stage import quick_demo

TEXT = "Meet behind the harbour"


@asynccontextmanager
async def receiver(taken: dict[str, list[bytes]]) -> AsyncIterator[str]:
    """Where telemetry is sent, by path."""

    async def take(request: Request) -> Response:
        taken.setdefault(request.url.path, []).append(await request.body())
        return Response(b"", media_type="application/x-protobuf")

    bound = listen(0)
    async with serving(Starlette(routes=[Route("/{path:path}", take, methods=["POST"])]), bound):
        yield f"http://localhost:{bound.getsockname()[1]}"


async def test_a_morning_is_traced_and_nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2", reason="no extra otel")
    taken: dict[str, list[bytes]] = {}
    async with receiver(taken) as url:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        monkeypatch.setenv("NO_PROXY", "localhost")
        async with quick_demo() as demo:
            ana = Hands(demo, ANA)
            await Hands(demo, PRIYA).subscribe('missed for "Support"')
            await ana.type("/dp dnd on for 30m")
            await ana.type(f"/dp sms +1 415 555 0150 {TEXT}")
            miss_a_call(demo)
            await shown(ana, "Missed call")
    spans = list(_spans(proto, taken["/v1/traces"]))
    by_id = {one.span_id: one for one in spans}
    names = {one.name for one in spans}

    (asked,) = [one for one in spans if one.name.startswith("typed dnd")]
    assert "PATCH /api/v2/users/{id}/togglednd" in {one.name for one in spans if by_id.get(one.parent_span_id) is asked}
    assert "POST /api/chat.postMessage" in names
    assert any(name.startswith("fold ") for name in names)
    assert taken["/v1/metrics"]
    sent = b"".join(body for bodies in taken.values() for body in bodies).decode("utf-8", "replace")
    assert TEXT not in sent
    assert [one.name for one in PEOPLE if one.name in sent] == []
    assert re.findall(r"\+1\d{6,}|xox[abp]-|\(\d{3}\) 555", sent) == []


def _spans(proto: Any, bodies: list[bytes]) -> Any:
    for body in bodies:
        for resource in proto.ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                yield from scope.spans
