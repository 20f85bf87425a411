"""Client-side rate limiting: requests leave at a rate that never gets a 429.

Two kinds of limit, because they fail differently:

* The company's 20 requests a second are spaced evenly (GCRA without a burst). At 19.5 a second no window of one
  second holds more than 20; at exactly 20 the network's jitter alone produced refusals when it was measured.
* An endpoint's "5 per minute" must let five people call at once, so each keeps the times of its last requests.

Clicks reserve their slot at once and know how long they will wait. Background work takes a slot only when one is free
at this moment, so it always stands behind every click.
"""

import asyncio
import time
from bisect import insort
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

from bot.basics.errors import TooMany
from bot.dialpad.action import Action, Rate, wire_name

PER_SECOND: Final = 19.5
"""Dialpad allows 20 a second per company."""

INTERACTIVE_LIMIT: Final = 2.5
"""Seconds an interactive request may wait for its slot. Slack's forms must be answered in 3."""

BACKGROUND_LIMIT: Final = 120.0
"""Seconds a background request may wait for its slot."""

_SLACK: Final = 0.5
_SWEEP_EVERY: Final = 256
_COVERED_PER_SECOND: Final = 20.0


@dataclass
class _Spacing:
    """Even spacing: one slot every ``interval`` seconds."""

    interval: float
    free_at: float = float("-inf")

    def earliest(self, now: float) -> float:
        return max(now, self.free_at)

    def take(self, at: float) -> None:
        self.free_at = at + self.interval

    def idle_since(self, then: float) -> bool:
        return self.free_at <= then


@dataclass
class _Window:
    """A sliding window: at most ``calls`` in any ``span`` seconds, in bursts of any speed."""

    calls: int
    span: float
    taken: list[float] = field(default_factory=list)

    def earliest(self, now: float) -> float:
        self._forget(now)
        if len(self.taken) < self.calls:
            return now
        return max(now, self.taken[-self.calls] + self.span)

    def take(self, at: float) -> None:
        insort(self.taken, at)

    def give_back(self, at: float) -> None:
        if at in self.taken:
            self.taken.remove(at)

    def idle_since(self, then: float) -> bool:
        return not self.taken or self.taken[-1] + self.span <= then

    def _forget(self, now: float) -> None:
        keep = next((i for i, at in enumerate(self.taken) if at > now - self.span), len(self.taken))
        del self.taken[:keep]


class Pacer:
    """Makes requests wait for their turn. Keys are companies; all unknown companies share one, which errs on the
    slow side."""

    def __init__(
        self,
        *,
        per_second: float = PER_SECOND,
        interactive_limit: float = INTERACTIVE_LIMIT,
        background_limit: float = BACKGROUND_LIMIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interval = 1 / per_second
        self._interactive_limit = interactive_limit
        self._background_limit = background_limit
        self._clock = clock
        self._sleep = sleep
        self._spacings: dict[str, _Spacing] = {}
        self._windows: dict[tuple[str, ...], _Window] = {}
        self._turns = 0

    async def turn(self, action: Action[Any], *, company: str = "", background: bool = False) -> None:
        """Wait until ``action`` may leave. Raises ``TooMany`` at once when that is too far away to wait for."""
        self._turns += 1
        if self._turns % _SWEEP_EVERY == 0:
            self._forget_idle()
        windows = list(self._windows_of(action, company))
        spacing = self._spacing(company)
        if background:
            await self._when_free(spacing, windows)
        else:
            await self._reserved(spacing, windows)

    async def _reserved(self, spacing: _Spacing, windows: list[_Window]) -> None:
        started = now = self._clock()
        slot = max([now, *(window.earliest(now) for window in windows)])
        self._refuse_beyond(self._interactive_limit, max(slot, spacing.earliest(now)) - now)
        for window in windows:
            window.take(slot)
        try:
            if slot > now:
                await self._sleep(slot - now)
                now = self._clock()
            at = spacing.earliest(now)
            self._refuse_beyond(self._interactive_limit - (now - started), at - now)
            spacing.take(at)
            if at > now:
                await self._sleep(at - now)
        except BaseException:  # refused or cancelled: nothing leaves, so the endpoint's turn is free again
            for window in windows:
                window.give_back(slot)
            raise

    async def _when_free(self, spacing: _Spacing, windows: list[_Window]) -> None:
        started = now = self._clock()
        while (at := max([spacing.earliest(now), *(window.earliest(now) for window in windows)])) > now:
            self._refuse_beyond(self._background_limit - (now - started), at - now)
            await self._sleep(at - now)
            now = self._clock()
        spacing.take(now)
        for window in windows:
            window.take(now)

    def _refuse_beyond(self, limit: float, wait: float) -> None:
        if wait > limit:
            raise TooMany(status=None, reason="paced", retry_after=float(ceil(wait)))

    def _spacing(self, company: str) -> _Spacing:
        return self._spacings.setdefault(company, _Spacing(self._interval))

    def _windows_of(self, action: Action[Any], company: str) -> Iterator[_Window]:
        for key, calls, span in limits_of(action, company):
            yield self._windows.setdefault(key, _Window(calls, span))

    def _forget_idle(self) -> None:
        """Drop the windows that have been idle for longer than the longest wait: nobody can be waiting on them."""
        then = self._clock() - max(self._background_limit, self._interactive_limit)
        self._spacings = {key: spacing for key, spacing in self._spacings.items() if not spacing.idle_since(then)}
        self._windows = {key: window for key, window in self._windows.items() if not window.idle_since(then)}


def limits_of(action: Action[Any], company: str) -> Iterator[tuple[tuple[str, ...], int, float]]:
    """Yield key, number of calls and span in seconds of each limit of ``action`` beside the company's own. A span is
    longer than Dialpad's by the most an interactive request can be late for its slot."""
    for rate in action.rates:
        if rate.per is None and rate.calls / rate.seconds >= _COVERED_PER_SECOND:
            continue  # 1200 a minute is never reached at the company's own pace
        key = (company, action.slug, str(rate.seconds), _value_of(action, rate))
        yield key, rate.calls, rate.seconds + INTERACTIVE_LIMIT + _SLACK


def _value_of(action: Action[Any], rate: Rate) -> str:
    if rate.per is None:
        return ""
    for name, info in type(action).model_fields.items():
        if wire_name(name, info) == rate.per:
            return str(getattr(action, name))
    raise LookupError(f"{action.slug} has no parameter {rate.per}")
