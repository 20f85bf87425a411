"""When something is sent, and what the spans and figures are called."""

# ruff: noqa: PLC0415
# OpenTelemetry is imported where it is there.

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from bot.basics.metrics import Metrics
from bot.telemetry import Telemetry, TelemetryMissing, build_telemetry, wanted

THERE = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}


@pytest.mark.parametrize(
    ("environ", "signals"),
    [
        ({}, set()),
        (THERE, {"traces", "metrics"}),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4318/v1/traces"}, {"traces"}),
        (THERE | {"OTEL_METRICS_EXPORTER": "none"}, {"traces"}),
        (THERE | {"OTEL_SDK_DISABLED": "true"}, set()),
    ],
)
def test_it_is_off_unless_the_standard_variables_say_where_to_send(
    environ: Mapping[str, str], signals: set[str]
) -> None:
    assert wanted(environ) == signals


def test_nothing_is_built_where_nothing_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)

    assert build_telemetry({}, slack_url="https://slack.com/api/", dialpad_url="https://dialpad.com") is None


def test_what_is_wanted_and_not_installed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("trace_exporter", "metric_exporter"):
        monkeypatch.setitem(sys.modules, f"opentelemetry.exporter.otlp.proto.http.{name}", None)

    with pytest.raises(TelemetryMissing, match=r"dialpad-chatops\[otel\]"):
        build_telemetry(THERE, slack_url="https://slack.com/api/", dialpad_url="https://dialpad.com")


@pytest.fixture
def sdk() -> Any:
    return pytest.importorskip("opentelemetry.sdk", reason="the extra otel is not installed")


@pytest.fixture
def heard(sdk: Any) -> tuple[Telemetry, Any, Any]:
    """What sends, and what it has sent: spans and figures."""
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans, reader, provider = InMemorySpanExporter(), InMemoryMetricReader(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    made = Telemetry(provider, MeterProvider([reader]), slack_host="slack.com", dialpad_host="dialpad.com")
    return made, spans, reader


def test_requests_to_slack_and_dialpad_belong_to_what_they_are_made_for(heard: tuple[Telemetry, Any, Any]) -> None:
    telemetry, spans, _ = heard
    with telemetry.request("typed", "dnd.dnd"):
        telemetry.dialpad_answered("DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS", 200, 0.2)
        telemetry.slack_answered("chat.postEphemeral", 429, 0.1)
        telemetry.slack_answered("other", None, 10.0)
        telemetry.handled("dnd.dnd", "done")

    told = {one.name: one for one in spans.get_finished_spans()}
    asked = told["typed dnd.dnd"]
    assert dict(asked.attributes) == {
        "chatops.origin": "typed", "chatops.route": "dnd.dnd", "chatops.outcome": "done",
    }  # fmt: skip
    assert {one.parent.span_id for one in told.values() if one is not asked} == {asked.context.span_id}
    dialpad = told["PATCH /api/v2/users/{id}/togglednd"]
    assert dict(dialpad.attributes) == {
        "http.request.method": "PATCH", "server.address": "dialpad.com", "http.response.status_code": 200,
        "url.template": "/api/v2/users/{id}/togglednd", "chatops.action": "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS",
    }  # fmt: skip
    assert 0.19 < (dialpad.end_time - dialpad.start_time) / 1e9 < 0.21
    assert told["POST /api/chat.postEphemeral"].attributes["error.type"] == "429"
    assert told["POST"].attributes["error.type"] == "no_answer"
    assert [told[name].status.is_ok for name in ("POST", dialpad.name)] == [False, True]


def test_an_event_that_is_folded_is_a_span_of_its_own(heard: tuple[Telemetry, Any, Any]) -> None:
    telemetry, spans, _ = heard
    telemetry.folded("call", 0.01, 3, "")
    telemetry.folded("sms", 0.01, 1, "ValueError")

    fine, failed = spans.get_finished_spans()
    assert (fine.name, fine.parent, fine.attributes["messaging.batch.message_count"]) == ("fold call", None, 3)
    assert (failed.status.is_ok, failed.attributes["error.type"]) == (False, "ValueError")


def test_an_error_leaves_its_words_out(heard: tuple[Telemetry, Any, Any]) -> None:
    telemetry, spans, _ = heard
    with pytest.raises(ValueError, match="555"), telemetry.request("typed", "sms.sms"):
        raise ValueError("+1 415 555 0150")

    (told,) = spans.get_finished_spans()
    assert "555" not in told.to_json()


async def test_what_metrics_count_is_sent_as_well(heard: tuple[Telemetry, Any, Any]) -> None:
    telemetry, _, reader = heard
    metrics = Metrics(telemetry)

    async def look() -> None:
        metrics.events(7, 0, 1.5)

    metrics.handled("dnd.dnd", "done", ["DIALPAD_LIST_USERS"])
    metrics.dialpad_answered("DIALPAD_LIST_USERS", 200, 0.3)
    async with telemetry.exporting(metrics.registry, look):
        figures = {one.name: one.data.data_points for one in await _read(reader, "chatops_events_waiting")}

    assert figures["chatops_events_waiting"][0].value == 7
    assert figures["chatops_handled"][0].value == 1
    assert dict(figures["chatops_handled"][0].attributes) == {"route": "dnd.dnd", "outcome": "done"}
    assert figures["chatops_dialpad_seconds_count"][0].value == 1
    assert figures["http.client.request.duration"][0].sum == pytest.approx(0.3)
    assert "chatops_disk_free_bytes" not in figures  # not known


async def _read(reader: Any, name: str) -> list[Any]:
    """What is sent, once this is known."""
    async with asyncio.timeout(10):
        while True:
            (resource,) = reader.get_metrics_data().resource_metrics
            found = [one for scope in resource.scope_metrics for one in scope.metrics if one.data.data_points]
            if name in {one.name for one in found}:
                return found
            await asyncio.sleep(0)
