"""Client-side rate limiting: requests leave at a rate that never gets a 429.

Dialpad's limits are taken as sliding windows: a company's 20 requests may leave at once when none did in the second
before, and an endpoint's "5 per minute" lets five people call at once. The turns are in a book (``TurnBook``): in
memory for a process that is alone, in the database for several.

What is granted and what arrives differ, so two bounds are kept:

* A turn is used within its patience or not at all. The check is the last thing before the request is written, after
  the connection is open (``bot.dialpad.client``); one that comes too late takes another turn, with more patience.
* The way to Dialpad may take up to ``WAY_DIFFERS_S`` longer for one request than for another; for requests of several
  processes up to ``WAYS_DIFFER_S``.

Clicks reserve their turn at once and know how long they will wait. Background work takes a turn only when one is free
at this moment, leaves some of the burst alone and is spaced evenly, so it always stands behind every click.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final
from weakref import WeakValueDictionary

from bot.basics.errors import TooMany
from bot.basics.request_turns import Limit, TurnBook, TurnsInMemory, Window
from bot.dialpad.action import Action, Rate, wire_name

COMPANY_CALLS: Final = 20
"""Dialpad allows 20 requests a second per company."""
WAY_DIFFERS_S: Final = 0.1
"""By how much the way from our socket to Dialpad's count may differ between two requests of a second."""
WAYS_DIFFER_S: Final = 0.25
"""The same for requests of several processes, which may be on several machines."""
LEAST_PATIENCE_S: Final = 0.05
"""How long a turn is good for while all is quiet. A longer patience costs turns: the next 20 begin after its end."""
MOST_PATIENCE_S: Final = 1.5
_CALMER: Final = 0.95
"""What a turn that was used in time leaves of the patience."""

CLICKS_SPARED: Final = 2
"""Turns of the burst that background work leaves to clicks."""
BACKGROUND_CALLS: Final = 4
BACKGROUND_SPAN_S: Final = 0.2
"""Background work takes at most so many turns in so many seconds: what is evenly spaced becomes free evenly, so that a
click behind it waits for moments."""

INTERACTIVE_LIMIT: Final = 2.5
"""Seconds an interactive request may wait for its turn. Slack's forms must be answered in 3."""

BACKGROUND_LIMIT: Final = 120.0
"""Seconds a background request may wait for its turn."""

_SLACK: Final = MOST_PATIENCE_S + WAYS_DIFFER_S

REFRESH_EVERY: Final = 3.0
"""Seconds between two requests for what is known already, such as pages of a list: under 2% of what Dialpad allows."""

_COVERED_PER_SECOND: Final = 20.0


@dataclass(frozen=True)
class _Taken:
    """A turn in the book. ``good_until`` by our own clock, erring on the early side."""

    limits: Sequence[Limit]
    end: int
    good_until: float


class Permit:
    """One request's permission to leave now. Made by ``Pacer.turn``."""

    def __init__(self, pacer: "Pacer", every: Window, own: Sequence[Limit], background: bool) -> None:
        self._pacer = pacer
        self._every = every
        self._own = own
        self._background = background
        self._queue = (every.key, background)
        self._last_wait_until = pacer.clock() + (BACKGROUND_LIMIT if background else INTERACTIVE_LIMIT)
        self._turn: _Taken | None = None
        self._own_turn: _Taken | None = None
        self._used = False

    def use(self) -> bool:
        """Say that the request leaves now. False when it must not: it came too late, or has left once already; then
        ``renew`` waits for another turn."""
        if self._used or self._turn is None or self._pacer.clock() > self._turn.good_until:
            return False
        self._used = True
        self._pacer.was_in_time()
        return True

    async def renew(self) -> None:
        """Wait for another turn. Raises ``TooMany`` when that is too far away to wait for."""
        if self._used:
            self._used, self._turn, self._own_turn = False, None, None
        elif self._turn is not None:
            self._pacer.was_too_late(self._pacer.clock() - self._turn.good_until)
            late, self._turn = self._turn, None
            await self._pacer.give_back(late)
        await self.wait()

    async def wait(self) -> None:
        """Wait for the first turn."""
        try:
            await (self._when_free() if self._background else self._reserved())
        except BaseException:  # refused or cancelled: nothing leaves, so the endpoint's turn is free again
            for taken in filter(None, (self._turn, self._own_turn)):
                await asyncio.shield(self._pacer.give_back(taken))
            raise

    async def _reserved(self) -> None:
        """The endpoint's turn first: while one waits for it, others may leave. Its span has room for all the waiting
        that may follow."""
        if self._own and self._own_turn is None:
            self._own_turn, wait_s = await self._reserve(self._own)
            await self._pacer.pause(wait_s)
        self._turn, wait_s = await self._reserve([self._every])
        await self._pacer.pause(wait_s)

    async def _reserve(self, limits: Sequence[Limit]) -> tuple[_Taken, float]:
        taken, wait_s = await self._pacer.take(limits, within_s=self._left_s, queue=self._queue)
        if taken is None:
            raise _too_many(wait_s)
        return taken, wait_s

    async def _when_free(self) -> None:
        """Only a turn that is free now: so it always stands behind every click."""
        company = Window(f"{self._every.key} in the background", BACKGROUND_CALLS, BACKGROUND_SPAN_S)
        every = Window(
            self._every.key, self._every.calls, self._every.span_s, min(CLICKS_SPARED, self._every.calls - 1)
        )
        while True:
            self._turn, wait_s = await self._pacer.take([every, company, *self._own], within_s=0.0, queue=self._queue)
            if self._turn is not None:
                return
            if wait_s > self._left_s:
                raise _too_many(wait_s)
            await self._pacer.pause(wait_s)

    @property
    def _left_s(self) -> float:
        return self._last_wait_until - self._pacer.clock()


class Pacer:
    """Makes requests wait for their turn among those of all who share the book. Keys are companies; all unknown
    companies share one, which errs on the slow side."""

    def __init__(
        self,
        book: TurnBook | None = None,
        *,
        calls: int = COMPANY_CALLS,
        span_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.clock = clock
        self._book = book or TurnsInMemory(clock)
        self._calls = calls
        self._span_s = span_s or 1.0 + (WAY_DIFFERS_S if book is None else WAYS_DIFFER_S)
        self._sleep = sleep
        self._patience_s = LEAST_PATIENCE_S
        self._asking: WeakValueDictionary[tuple[str, bool], asyncio.Lock] = WeakValueDictionary()

    async def turn(
        self, action: Action[Any], *, company: str = "", background: bool = False, refresh: bool = False
    ) -> Permit:
        """Wait until ``action`` may leave. Raises ``TooMany`` at once when that is too far away to wait for."""
        every = Window(f"{company} every", self._calls, self._span_s)
        own = [
            Window(" ".join(key), calls, span_s) for key, calls, span_s in limits_of(action, company, refresh=refresh)
        ]
        permit = Permit(self, every, own, background)
        await permit.wait()
        return permit

    async def take(
        self, limits: Sequence[Limit], *, within_s: float, queue: tuple[str, bool]
    ) -> tuple[_Taken | None, float]:
        """Take a turn from the book; it and the seconds until it begins. In a queue one asks at a time: who waits for
        the book behind others of this process would take that for lateness."""
        async with self._asking.setdefault(queue, asyncio.Lock()):
            asked, patience_s = self.clock(), self._patience_s
            turn = await self._book.take(limits, within_s=within_s, good_for_s=patience_s)
        if turn.end is None:
            return None, turn.wait_s
        return _Taken(limits, turn.end, asked + turn.wait_s + patience_s), turn.wait_s

    async def give_back(self, taken: _Taken) -> None:
        await self._book.give_back(taken.limits, taken.end)

    async def pause(self, wait_s: float) -> None:
        if wait_s > 0:
            await self._sleep(wait_s)

    def was_in_time(self) -> None:
        self._patience_s = max(LEAST_PATIENCE_S, self._patience_s * _CALMER)

    def was_too_late(self, by_s: float) -> None:
        """Be as patient as would have been enough, and half as long again: on a slow machine others are as late."""
        enough_s = 1.5 * (self._patience_s + max(0.0, by_s))
        self._patience_s = min(MOST_PATIENCE_S, max(self._patience_s, enough_s))


def _too_many(wait_s: float) -> TooMany:
    return TooMany(status=None, reason="paced", retry_after=float(ceil(wait_s)))


def limits_of(
    action: Action[Any], company: str, *, refresh: bool = False
) -> Iterator[tuple[tuple[str, ...], int, float]]:
    """Yield key, number of calls and span in seconds of each limit of ``action`` beside the company's own. A span is
    longer than Dialpad's by the most an interactive request can be late for its turn."""
    if refresh:
        yield (company, "refresh"), 1, REFRESH_EVERY
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
