"""This process among the others on one database: it says that it lives, and takes over from those that died.

One of them leads: it does what only one may do, and goes through what the dead have left. On SQLite the one process
leads from its start.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.basics.outages import Outage
from bot.store.processes import ALIVE_FOR, Processes, Roll

LOOK_EVERY_S: Final = 0.8
"""How soon what a process held that ended in order is noticed. A process that pauses for ten seconds said at most so
long before that it lives: together that is less than ``ALIVE_FOR``."""
LOOKS_A_CHANGE: Final = 4
"""Every so many looks this process asks whether what was free or held elsewhere has changed."""
STEADY_LOOKS: Final = 4
"""After so many looks in a row the others have had time to say that they live: when the database comes back, everybody
has been silent."""
_LEADING: Final = "leading"

TakeOver = Callable[[], Awaitable[None]]
"""Takes over what processes held that are no longer alive. It may be called again."""
log = structlog.get_logger(__name__)


class Replicas:
    """The life of one process. ``join`` before it takes anything in, ``begin`` once it can do work, ``retire`` before
    it stops, ``leave`` when it works on nothing any more. ``look`` is called now and then: what was free or held
    elsewhere may have changed."""

    def __init__(
        self,
        processes: Processes,
        *,
        take_over: TakeOver,
        look: Callable[[], Awaitable[None]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._processes = processes
        self._take_over = take_over
        self._look = look
        self._sleep = sleep
        self._clock = clock
        self._running: asyncio.Task[None] | None = None
        self._led_at = float("-inf")
        self._has_begun = False
        self._retired = False
        self._looks = 0
        self._begins_to_lead = asyncio.Event()

    @property
    def leads(self) -> bool:
        """Tell whether this process is the one that does what only one may do. Not when it could not look for as long
        as the others would wait for it."""
        return self._clock() - self._led_at < ALIVE_FOR.total_seconds()

    def led(self, chore: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """Make a chore one that only the leading process does."""

        async def run() -> None:
            if self.leads:
                await chore()

        return run

    async def until_leading(self) -> None:
        """Wait until this process leads."""
        while not self.leads:
            self._begins_to_lead.clear()
            await self._begins_to_lead.wait()

    async def join(self) -> None:
        """Become one of those who are alive."""
        await self._processes.join()

    async def begin(self) -> None:
        """Take over what was left, at once where this process is alone, else as soon as it is known what is left."""
        if self._processes.alone:
            self._led_at = float("inf")
            self._begins_to_lead.set()
            await self._take_over()
            return
        self._running = asyncio.create_task(self._run_for_ever())

    async def retire(self) -> None:
        """Lead no longer and look after nobody, but stay alive until ``leave``."""
        self._retired = True
        self._led_at = float("-inf")
        await self._if_it_can(self._processes.release(_LEADING))

    async def leave(self) -> None:
        """Say that this process has ended: another one goes on with what it could not finish."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self._if_it_can(self._processes.leave())

    @staticmethod
    async def _if_it_can(goodbye: Awaitable[None]) -> None:
        try:
            await goodbye
        except Exception as problem:  # noqa: BLE001  silence tells the others as well, a little later
            log.warning("the others could not be told that this process ends", error=type(problem).__name__)

    async def _run_for_ever(self) -> None:
        looking = Outage("cannot tell who is alive", log)
        while True:
            try:
                await self._once()
                looking.over()
            except Exception as problem:  # noqa: BLE001  the database is away: everything waits, also this
                self._looks = 0
                looking.failed(problem)
            await self._sleep(LOOK_EVERY_S)

    async def _once(self) -> None:
        self._looks += 1
        if self._retired:
            await self._processes.beat()
            return
        began = self._clock()
        roll = await self._processes.roll(_LEADING)
        self._led_at = began if roll.leads else float("-inf")
        if roll.leads:
            self._begins_to_lead.set()
        if not roll.leads:
            self._has_begun = False
        elif self._knows_enough(roll):
            await self._take_over()
            await self._processes.forget(roll.left | roll.silent)
            self._has_begun = self._looks >= STEADY_LOOKS
        if self._looks % LOOKS_A_CHANGE == 1:
            await self._look()

    def _knows_enough(self, roll: Roll) -> bool:
        if roll.left and not roll.silent:
            return True
        return self._looks >= STEADY_LOOKS and bool(roll.silent or roll.left or not self._has_begun)
