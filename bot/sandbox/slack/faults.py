"""Injected faults: the next calls of a method fail in a given way."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Fault:
    """A fault to inject. ``status`` answers with an HTTP error, ``error`` with ``{"ok": false}``; ``body`` replaces
    the JSON, to break it. A slow fault sets ``entered`` when a request has arrived and lets it go on, as if nothing had
    been wrong, once ``release`` is set."""

    method: str
    error: str | None = None
    status: int | None = None
    retry_after: int = 1
    body: str | None = None
    times: int = 1
    slow: bool = False
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    release: asyncio.Event = field(default_factory=asyncio.Event)


class Faults:
    """Faults to inject, used up in the order they were added; ``*`` matches every method."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._slow: list[Fault] = []

    def add(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        retry_after: int = 1,
        body: str | None = None,
        times: int = 1,
        slow: bool = False,
    ) -> Fault:
        """Add a fault for the next ``times`` calls of this method."""
        fault = Fault(method, error, status, retry_after, body, times, slow)
        self._waiting.append(fault)
        if slow:
            self._slow.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults and let slow calls go on."""
        for fault in self._slow:
            fault.release.set()
        self._slow.clear()
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        for fault in self._waiting:
            if fault.method in {method, "*"}:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
