"""Injected faults: the next calls of a method fail in a given way."""

from dataclasses import dataclass


@dataclass
class Fault:
    """A fault to inject. ``status`` answers with an HTTP error, ``error`` with ``{"ok": false}``; ``body`` replaces
    the JSON, to break it."""

    method: str
    error: str | None = None
    status: int | None = None
    retry_after: int = 1
    body: str | None = None
    times: int = 1


class Faults:
    """Faults to inject, used up in the order they were added; ``*`` matches every method."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(
        self,
        method: str,
        *,
        error: str | None = None,
        status: int | None = None,
        retry_after: int = 1,
        body: str | None = None,
        times: int = 1,
    ) -> None:
        self._waiting.append(Fault(method, error, status, retry_after, body, times))

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str) -> Fault | None:
        for fault in self._waiting:
            if fault.method in {method, "*"}:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
