"""Rate limiting for several processes at once: they take their turns from one book."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from math import ceil
from typing import Any, Final

from bot.basics.errors import TooMany
from bot.basics.request_turns import Limit, TurnBook
from bot.dialpad.action import Action
from bot.dialpad.pacer import BACKGROUND_LIMIT, INTERACTIVE_LIMIT, limits_of

PER_SECOND: Final = 18.0
"""Dialpad allows 20 a second per company. The way from the book to Dialpad takes longer at one time than at another:
at this rate, even 100 ms of difference put no more than 20 into a second."""


class SharedPacer:
    """Makes requests wait for their turn among those of all processes, as ``bot.dialpad.pacer.Pacer`` does for one."""

    def __init__(
        self,
        book: TurnBook,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._book = book
        self._clock = clock
        self._sleep = sleep

    async def turn(self, action: Action[Any], *, company: str = "", background: bool = False) -> None:
        """Wait until ``action`` may leave. Raises ``TooMany`` at once when that is too far away to wait for."""
        every = Limit(f"{company} every", 1, 1 / PER_SECOND)
        own = [Limit(" ".join(key), calls, span_s) for key, calls, span_s in limits_of(action, company)]
        if background:
            await self._when_free([every, *own])
        else:
            await self._reserved(every, own)

    async def _reserved(self, every: Limit, own: Sequence[Limit]) -> None:
        """The endpoint's turn first: while one waits for it, others may leave."""
        started = self._clock()
        moment = await self._reserve(own, INTERACTIVE_LIMIT) if own else None
        try:
            await self._reserve([every], INTERACTIVE_LIMIT - (self._clock() - started))
        except BaseException:  # refused or cancelled: nothing leaves, so the endpoint's turn is free again
            if moment is not None:
                await asyncio.shield(self._book.give_back(own, moment))
            raise

    async def _reserve(self, limits: Sequence[Limit], within_s: float) -> int:
        turn = await self._book.take(limits, within_s=within_s)
        if turn.moment is None:
            raise TooMany(status=None, reason="paced", retry_after=float(ceil(turn.wait_s)))
        if turn.wait_s > 0:
            await self._sleep(turn.wait_s)
        return turn.moment

    async def _when_free(self, limits: Sequence[Limit]) -> None:
        """Only a turn that is free now: so it always stands behind every click."""
        started = self._clock()
        while (turn := await self._book.take(limits, within_s=0.0)).moment is None:
            if turn.wait_s > BACKGROUND_LIMIT - (self._clock() - started):
                raise TooMany(status=None, reason="paced", retry_after=float(ceil(turn.wait_s)))
            await self._sleep(turn.wait_s)
