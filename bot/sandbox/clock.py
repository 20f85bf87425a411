"""The demo's clock: real time, plus the time skipped on the phone panel."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SandboxClock:
    """A clock shared by everything in the demo, so that after ``forward`` all of them agree on what is due.

    ``on_forward`` lists the callbacks to run after time was skipped.
    """

    def __init__(self, real: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.on_forward: list[Callable[[], None]] = []
        self._real = real
        self._ahead = timedelta(0)
        self._waiting: dict[asyncio.TimerHandle, tuple[datetime, Callable[[], None]]] = {}

    def now(self) -> datetime:
        return self._real() + self._ahead

    def unix(self) -> float:
        return self.now().timestamp()

    def later(self, seconds: float, run: Callable[[], None]) -> None:
        """Run something in so many seconds of this clock, inside the running loop, unless the loop ends before."""

        def ring() -> None:
            del self._waiting[handle]
            run()

        handle = asyncio.get_running_loop().call_later(seconds, ring)
        self._waiting[handle] = (self.now() + timedelta(seconds=seconds), run)

    def forward(self, span: timedelta) -> None:
        """Skip time. What was due meanwhile runs in its order, each at its own moment."""
        end = self.now() + span
        while due := [(moment, handle) for handle, (moment, _) in self._waiting.items() if moment <= end]:
            moment, handle = min(due, key=lambda one: one[0])
            self._set(moment)
            handle.cancel()
            self._waiting.pop(handle)[1]()
        self._set(end)
        for tell in self.on_forward:
            tell()

    def _set(self, moment: datetime) -> None:
        self._ahead = max(self._ahead, moment - self._real())
