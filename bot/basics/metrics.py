"""The metrics at ``/metrics``, for Prometheus. Labels are routes, slugs and outcomes: never a person, a number or a
text."""

import math
from collections.abc import Iterable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary

from bot.basics.spans import Spans

ACKNOWLEDGED_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Histogram buckets in seconds; Slack gives up at 3."""


class Metrics:
    """A bot's metrics, in a registry of their own, so that several bots can run in one process."""

    def __init__(self, spans: Spans | None = None) -> None:
        """``spans`` hears of the same requests."""
        self.registry = CollectorRegistry()
        self.spans = spans or Spans()
        self._acknowledged = Histogram(
            "chatops_acknowledged_seconds",
            "From a Slack request's arrival at the dispatcher to its acknowledgement, by kind",
            ["kind"],
            buckets=ACKNOWLEDGED_S,
            registry=self.registry,
        )
        self._handled = Counter(
            "chatops_handled_total",
            "Requests handled, by route and outcome",
            ["route", "outcome"],
            registry=self.registry,
        )
        self._dialpad = Counter(
            "chatops_dialpad_actions_total", "Actions sent to Dialpad, by slug", ["slug"], registry=self.registry
        )

        self._slack = self._took("chatops_slack_seconds", "method", "Slack's Web API")
        self._dialpad_took = self._took("chatops_dialpad_seconds", "slug", "Dialpad")
        self._database = self._gauge("chatops_database_seconds", "How long the database took for a look at its queues")
        self._silent = self._gauge("chatops_slack_socket_silent_seconds", "How long Slack's socket has been silent")

        self._waiting = self._gauge("chatops_events_waiting", "Events from Dialpad that are not delivered yet")
        self._parked = self._gauge("chatops_events_parked", "Events that could not be delivered and are set aside")
        self._oldest = self._gauge(
            "chatops_events_oldest_waiting_seconds", "How long the oldest of those waiting waits"
        )
        self._checks = Gauge(
            "chatops_check_ok", "Whether a check of /readyz is content", ["check"], registry=self.registry
        )
        self._ready = self._gauge("chatops_ready", "Whether /readyz says ready")
        self._late = Gauge(
            "chatops_oldest_late_seconds",
            "How long the oldest of each kind has been due: post, escalation, timed, asked",
            ["kind"],
            registry=self.registry,
        )
        self._free = self._gauge("chatops_disk_free_bytes", "Free bytes where a SQLite database is")

    def _took(self, name: str, label: str, whom: str) -> Summary:
        what = f"Requests to {whom} and how long they took, by {label} and answer: ok, a status, or none"
        return Summary(name, what, [label, "answer"], registry=self.registry)

    def _gauge(self, name: str, what: str) -> Gauge:
        gauge = Gauge(name, what, registry=self.registry)
        gauge.set(math.nan)  # not known yet
        return gauge

    def acknowledged(self, kind: str, seconds: float) -> None:
        """Count a request of Slack's that was acknowledged, and how long that took."""
        self._acknowledged.labels(kind).observe(seconds)

    def handled(self, route: str, outcome: str, slugs: Iterable[str]) -> None:
        """Count a request that ended; ``slugs`` are the actions it sent to Dialpad."""
        self._handled.labels(route, outcome).inc()
        self.spans.handled(route, outcome)
        for slug in slugs:
            self._dialpad.labels(slug).inc()

    def slack_answered(self, method: str, status: int | None, seconds: float) -> None:
        """Count a request to Slack's Web API; ``status`` is None when there was no answer."""
        self._slack.labels(method, _answer(status)).observe(seconds)
        self.spans.slack_answered(method, status, seconds)

    def dialpad_answered(self, slug: str, status: int | None, seconds: float) -> None:
        """Count a request to Dialpad; ``status`` is None when there was no answer."""
        self._dialpad_took.labels(slug, _answer(status)).observe(seconds)
        self.spans.dialpad_answered(slug, status, seconds)

    def database(self, seconds: float) -> None:
        """Set how long the database took; NaN when it did not answer."""
        self._database.set(seconds)

    def socket(self, silent_s: float) -> None:
        """Set how long nothing has come over Slack's socket; NaN when there is none, and over HTTP."""
        self._silent.set(silent_s)

    def events(self, waiting: float, parked: float, oldest_s: float) -> None:
        """Set how many events from Dialpad wait or are set aside, and how long the oldest has waited; NaN when not
        known."""
        self._waiting.set(waiting)
        self._parked.set(parked)
        self._oldest.set(oldest_s)

    def checks(self, standings: Mapping[str, bool], *, ready: bool) -> None:
        """Set what the checks of ``/readyz`` found, by name."""
        self._ready.set(ready)
        for name, ok in standings.items():
            self._checks.labels(name).set(ok)

    def late(self, ages_s: Mapping[str, float]) -> None:
        """Set how long the oldest of each kind of work has been due; NaN when not known."""
        for kind, seconds in ages_s.items():
            self._late.labels(kind).set(seconds)

    def disk(self, free: float) -> None:
        """Set how many bytes are free; NaN when not known, as with Postgres."""
        self._free.set(free)


def _answer(status: int | None) -> str:
    if status is None:
        return "none"
    return "ok" if 200 <= status < 300 else str(status)
