"""A runner and a failure callback that remember, and fail as often as they are told to."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.contract.later import TimedJob


class Runner:
    def __init__(self) -> None:
        self.ran: list[TimedJob] = []
        self.told: list[tuple[TimedJob, Exception]] = []
        self.errors: list[Exception] = []
        self.also: Callable[[TimedJob], Awaitable[None]] | None = None
        self._changed = asyncio.Condition()

    async def run(self, job: TimedJob) -> None:
        async with self._changed:
            self.ran.append(job)
            self._changed.notify_all()
        if self.also is not None:
            await self.also(job)
        if self.errors:
            raise self.errors.pop(0)

    async def failed(self, job: TimedJob, error: Exception) -> None:
        async with self._changed:
            self.told.append((job, error))
            self._changed.notify_all()

    async def until_ran(self, times: int) -> list[TimedJob]:
        await self._until(lambda: len(self.ran) >= times)
        return self.ran

    async def until_told(self, times: int) -> list[tuple[TimedJob, Exception]]:
        await self._until(lambda: len(self.told) >= times)
        return self.told

    async def _until(self, fact: Callable[[], bool]) -> None:
        async with asyncio.timeout(20), self._changed:
            await self._changed.wait_for(fact)
