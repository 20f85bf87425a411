"""Outages in the log: a line when one begins, a line when it is over, and a count for what is between."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

_FROM_OUTSIDE: Final = frozenset({"aiohttp", "httpx", "psycopg", "slack_sdk", "sqlalchemy", "sqlite3"})
"""Whose errors say that something does not answer. Any other is a mistake of ours, and its traceback is wanted."""


@dataclass
class _Run:
    """Failures of one type in a row."""

    since: float
    count: int = 1


class Outage:
    """One kind of failure that repeats while its cause lasts. ``what`` is logged as the event, with ``, over`` at its
    end; ``log`` is the logger of whoever tries."""

    def __init__(self, what: str, log: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._log = log
        self._clock = clock
        self._running: dict[str, _Run] = {}

    def failed(self, error: BaseException, **more: Any) -> None:
        """Log the first failure of a type, and count the others. ``more`` goes into the line."""
        kind = type(error).__name__
        run = self._running.get(kind)
        if run is not None:
            run.count += 1
            return
        self._running[kind] = _Run(self._clock())
        trace = None if _is_from_outside(error) else error
        self._log.warning(self._what, error=kind, **more, **({} if trace is None else {"exc_info": trace}))

    def over(self) -> None:
        """Log the end of what failed, if anything did."""
        if not self._running:
            return
        now = self._clock()
        for kind, run in self._running.items():
            seconds = round(now - run.since, 1)
            self._log.warning(f"{self._what}, over", error=kind, failures=run.count, seconds=seconds)
        self._running.clear()


def _is_from_outside(error: BaseException) -> bool:
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _FROM_OUTSIDE
