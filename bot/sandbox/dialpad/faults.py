"""Injected faults: what a test or the demo wants to go wrong with the next matching requests."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import error_body

FaultKind = Literal["status", "down", "slow", "broken_json"]

MESSAGES = {
    400: "Bad Request",
    401: "Invalid token.",
    402: "This plan does not include it.",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "rate_limit_exceeded",
    500: "Internal Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}


@dataclass
class Fault:
    """A fault to inject. ``after_effect`` lets the request do its work first, so that only the answer is lost.

    A slow fault sets ``entered`` when a request has arrived and lets it go on once ``release`` is set.
    """

    match: str
    kind: FaultKind
    status: int
    body: Json | str | None
    times: int | None
    after_effect: bool
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)
    hits: int = 0

    def applies_to(self, method: str, path: str) -> bool:
        wanted_method, _, wanted_path = self.match.rpartition(" ")
        if wanted_method not in ("", "*", method):
            return False
        return wanted_path == "*" or path.startswith(wanted_path)

    @property
    def answer_body(self) -> Json | str:
        if self.body is not None:
            return self.body
        return error_body(self.status, MESSAGES.get(self.status, "Error"))


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(
        self,
        match: str,
        *,
        kind: FaultKind = "status",
        status: int = 500,
        body: Json | str | None = None,
        times: int | None = 1,
        after_effect: bool = False,
    ) -> Fault:
        """Add a fault. ``match`` is ``METHOD /path/prefix``, ``/path/prefix`` for any method, or ``*``.

        ``times`` None means until cleared.

        Kinds: ``status`` answers with ``status`` and ``body`` (Dialpad's shape by default), ``down`` is a 503 in plain
        text as a load balancer gives it, ``slow`` waits for the fault's ``release``, ``broken_json`` is a 200 whose
        JSON stops in the middle.
        """
        fault = Fault(match, kind, 503 if kind == "down" else status, body, times, after_effect)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults and let slow requests go on."""
        for fault in self._faults:
            fault.release.set()
        self._faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the first fault for this request and count it as used."""
        for fault in self._faults:
            if fault.applies_to(method, path) and (fault.times is None or fault.hits < fault.times):
                fault.hits += 1
                return fault
        return None
