"""OpenTelemetry, where it is installed (the extra ``otel``) and the standard ``OTEL_*`` variables say where to send.

Traces: one span for each request from Slack, for each request to Slack and to Dialpad within it, and for each event of
Dialpad's that is folded. Metrics: how long requests to both took, and everything that ``/metrics`` has. Names and
attributes follow the semantic conventions where there are some; none holds a number, a name, a text or a token.
"""

import asyncio
import math
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import structlog
from prometheus_client import CollectorRegistry

from bot.basics.errors import ChatopsError
from bot.basics.spans import Spans
from bot.dialpad.actions import by_slug

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider, Observation
    from opentelemetry.trace import TracerProvider

# ruff: noqa: PLC0415
# Imported where it is used: most bots do without it.

_log = structlog.get_logger(__name__)

NAME: Final = "dialpad-chatops"
_ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""As the semantic conventions have them for ``http.client.request.duration``."""
LOOK_EVERY_S: Final = 30.0
ENDS_WITHIN_S: Final = 5.0
"""What is not sent by then is dropped: a bot that stops must not wait for whoever watches it."""


class TelemetryMissing(ChatopsError):
    """It is switched on and not installed; the message says what to do."""


def wanted(environ: Mapping[str, str]) -> frozenset[str]:
    """Return which of ``traces`` and ``metrics`` are to be sent, by the standard variables."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return frozenset()
    return frozenset(
        signal
        for signal in ("traces", "metrics")
        if (environ.get(_ENDPOINT) or environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT"))
        and environ.get(f"OTEL_{signal.upper()}_EXPORTER", "otlp").strip().lower() != "none"
    )


def build_telemetry(environ: Mapping[str, str], *, slack_url: str, dialpad_url: str) -> "Telemetry | None":
    """Build what sends; None when nothing is to be sent. Raises TelemetryMissing."""
    signals = wanted(environ)
    if not signals:
        return None
    try:
        traces = _build_tracer_provider(environ) if "traces" in signals else None
        meters = _build_meter_provider(environ) if "metrics" in signals else None
    except ImportError:
        raise TelemetryMissing(
            f"{_ENDPOINT} is set, but OpenTelemetry is not installed. Install dialpad-chatops[otel], or unset it."
        ) from None
    return Telemetry(traces, meters, slack_host=_host(slack_url), dialpad_host=_host(dialpad_url))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _resource(environ: Mapping[str, str]) -> Any:
    from opentelemetry.sdk.resources import Resource

    own = {"service.version": version(NAME)}
    if not environ.get("OTEL_SERVICE_NAME") and "service.name=" not in environ.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        own["service.name"] = NAME
    return Resource.create(own)


def _build_tracer_provider(environ: Mapping[str, str]) -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=_resource(environ), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _build_meter_provider(environ: Mapping[str, str]) -> Any:
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    reader = PeriodicExportingMetricReader(OTLPMetricExporter())
    return MeterProvider([reader], resource=_resource(environ), shutdown_on_exit=False)


class Telemetry(Spans):
    """Sends what it hears of. ``aclose`` when the bot has stopped."""

    def __init__(
        self,
        traces: "TracerProvider | None",
        meters: "MeterProvider | None",
        *,
        slack_host: str,
        dialpad_host: str,
    ) -> None:
        from opentelemetry.metrics import NoOpMeterProvider
        from opentelemetry.trace import NoOpTracerProvider

        self._providers: list[Any] = [one for one in (traces, meters) if one is not None]
        self._tracer = (traces or NoOpTracerProvider()).get_tracer(NAME, version(NAME))
        self._meter = (meters or NoOpMeterProvider()).get_meter(NAME, version(NAME))
        self._took = self._meter.create_histogram(
            "http.client.request.duration", "s", "Requests to Slack's Web API and to Dialpad",
            explicit_bucket_boundaries_advisory=BUCKETS_S,
        )  # fmt: skip
        self._slack_host = slack_host
        self._dialpad_host = dialpad_host

    @contextmanager
    def request(self, origin: str, route: str) -> Iterator[None]:
        from opentelemetry.trace import SpanKind

        with self._tracer.start_as_current_span(
            f"{origin} {route}".strip(), kind=SpanKind.SERVER,
            attributes={"chatops.origin": origin, "chatops.route": route},
            record_exception=False, set_status_on_exception=False,  # an error's message may quote somebody
        ):  # fmt: skip
            yield

    def handled(self, route: str, outcome: str) -> None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes({"chatops.route": route, "chatops.outcome": outcome})

    def slack_answered(self, method: str, status: int | None, seconds: float) -> None:
        path = "" if method == "other" else f"/api/{method}"
        self._called(("POST", path, self._slack_host), {}, status, seconds)

    def dialpad_answered(self, slug: str, status: int | None, seconds: float) -> None:
        verb, path = _endpoint(slug)
        self._called((verb, path, self._dialpad_host), {"chatops.action": slug}, status, seconds)

    def folded(self, kind: str, seconds: float, together: int, problem: str) -> None:
        from opentelemetry.trace import SpanKind

        attributes = {
            "messaging.system": "dialpad", "messaging.operation.name": "fold", "messaging.operation.type": "process",
            "messaging.destination.name": kind, "messaging.batch.message_count": together,
        }  # fmt: skip
        self._past(f"fold {kind}", SpanKind.CONSUMER, attributes, seconds, problem)

    def _called(self, what: tuple[str, str, str], more: Mapping[str, str], status: int | None, seconds: float) -> None:
        from opentelemetry.trace import SpanKind

        method, path, host = what
        problem = "no_answer" if status is None else str(status) if status >= 400 else ""
        attributes: dict[str, str | int] = {"http.request.method": method, "server.address": host}
        attributes |= {"url.template": path} if path else {}
        attributes |= {} if status is None else {"http.response.status_code": status}
        self._took.record(seconds, {**attributes, **({"error.type": problem} if problem else {})})
        self._past(f"{method} {path}".strip(), SpanKind.CLIENT, {**attributes, **more}, seconds, problem)

    def _past(self, name: str, kind: Any, attributes: Mapping[str, Any], seconds: float, problem: str) -> None:
        """Make a span of what is over; it belongs to the request that is under way, if one is."""
        from opentelemetry.trace import StatusCode

        end = time.time_ns()
        began = end - max(0, int(seconds * 1e9))
        span = self._tracer.start_span(name, kind=kind, attributes=dict(attributes), start_time=began)
        if problem:
            span.set_attribute("error.type", problem)
            span.set_status(StatusCode.ERROR)
        span.end(end)

    def _bridge(self, registry: CollectorRegistry) -> None:
        for family in registry.collect():
            about = family.documentation
            if family.type == "gauge":
                told = partial(_observe, registry, family.name)
                self._meter.create_observable_gauge(family.name, [told], description=about)
                continue
            for end in ("_total",) if family.type == "counter" else ("_count", "_sum"):
                told = partial(_observe, registry, family.name + end)
                name = family.name + end.removesuffix("_total")
                self._meter.create_observable_counter(name, [told], description=about)

    @asynccontextmanager
    async def exporting(self, registry: CollectorRegistry, look: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """Send what is counted in a registry as well, by the names it has there. ``look`` counts what is counted only
        when somebody reads it."""
        self._bridge(registry)
        looking = asyncio.create_task(_look_again_and_again(look))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def aclose(self) -> None:
        """Send what is left, if that is possible soon."""
        ending = threading.Thread(target=self._shut_down, daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, ENDS_WITHIN_S)

    def _shut_down(self) -> None:
        for provider in self._providers:
            try:
                provider.shutdown()
            except Exception as error:  # noqa: BLE001  there is nobody left to send to
                _log.info("telemetry not sent", error=type(error).__name__)


async def _look_again_and_again(look: Callable[[], Awaitable[None]]) -> None:
    while True:
        with suppress(Exception):  # the log has it, and what is not known is not sent
            await look()
        await asyncio.sleep(LOOK_EVERY_S)


@cache
def _endpoint(slug: str) -> tuple[str, str]:
    """Return an action's HTTP method and its path with the fields' names in it."""
    try:
        request = by_slug(slug).request
    except LookupError:
        return "POST", ""
    return request.method, request.path


def _observe(registry: CollectorRegistry, name: str, _: object) -> "Iterable[Observation]":
    """Yield what is known of the samples with this name."""
    from opentelemetry.metrics import Observation

    for family in registry.collect():
        for sample in family.samples:
            if sample.name == name and not math.isnan(sample.value):
                yield Observation(sample.value, sample.labels)
