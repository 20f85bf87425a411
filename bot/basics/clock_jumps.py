"""Notices when the clock of the machine is set back: what is due "in two seconds" would be due in an hour."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

NOTICED_FROM: Final = timedelta(seconds=2)
"""Less is how a clock is kept right."""


class ClockJumps:
    """Compares the clock with one that is never set. ``monotonic`` is in seconds."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._monotonic = monotonic
        self._was_at, self._at_tick = now(), monotonic()

    def went_back(self) -> datetime | None:
        """Return what time it would be if the clock had not been set back since the last call; None if it was not."""
        now, tick = self._now(), self._monotonic()
        expected = self._was_at + timedelta(seconds=tick - self._at_tick)
        self._was_at, self._at_tick = now, tick
        return expected if expected - now >= NOTICED_FROM else None
