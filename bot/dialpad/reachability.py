"""Whether Dialpad answers, as far as the requests tell that are made anyway."""

import time
from collections.abc import Callable
from typing import Final

UNREACHABLE_AFTER: Final = 3
"""Failures in a row, over all requests: one that failed was tried as often by itself."""


class Reachability:
    """Notes how requests to Dialpad end. ``clock`` returns seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._since = 0.0

    def answered(self) -> None:
        """Note an answer, whatever it says: a refusal is one too."""
        self._failures = 0

    def failed(self) -> None:
        """Note that Dialpad could not be reached, did not answer, or said that it is down."""
        if not self._failures:
            self._since = self._clock()
        self._failures += 1

    @property
    def problem(self) -> str | None:
        """Describe what is wrong, for the operator of the bot; None while Dialpad answers."""
        if self._failures < UNREACHABLE_AFTER:
            return None
        return f"Dialpad has not answered for {int(self._clock() - self._since)} seconds ({self._failures} requests)."
