"""``Later`` in memory, on a clock that the test moves. Passes the same contract tests as the durable one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.basics.person import PersonKey
from bot.contract.later import Failed, Pending, Run, TimedJob, wait_before_retry


@dataclass(frozen=True)
class _Waiting:
    job: TimedJob
    next_at: datetime


class FakeLater:
    """``run`` and ``failed`` may be set after making it; without them, jobs that came due are only in ``ran``."""

    def __init__(self, run: Run | None = None, failed: Failed | None = None) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.run = run
        self.failed = failed
        self.ran: list[TimedJob] = []
        self._waiting: dict[str, _Waiting] = {}
        self._happening: str | None = None
        self._count = 0

    async def at(
        self,
        when: datetime,
        key: str,
        route: str,
        args: Mapping[str, Any],
        person: PersonKey,
        place: Mapping[str, Any],
    ) -> None:
        if when.tzinfo is None:
            raise TypeError("a moment without a time zone")
        self._count += 1
        kept_args, kept_place = json.loads(json.dumps(dict(args))), json.loads(json.dumps(dict(place)))
        job = TimedJob(f"job-{self._count}", key, person, route, kept_args, kept_place, when, attempt=1)
        self._waiting[key] = _Waiting(job, when)

    async def cancel(self, key: str) -> bool:
        return self._waiting.pop(key, None) is not None

    async def pending(self, person: PersonKey) -> list[Pending]:
        kept = [one.job for one in self._waiting.values() if one.job.id != self._happening]
        mine = [job for job in kept if job.person == person]
        return [Pending(job.key, job.route, job.args, job.when) for job in sorted(mine, key=lambda job: job.when)]

    async def pass_(self, **amount: float) -> None:
        """Moves the clock and runs what comes due on the way, in order."""
        end = self.now + timedelta(**amount)
        while due := [one for one in self._waiting.values() if one.next_at <= end]:
            first = min(due, key=lambda one: one.next_at)
            self.now = max(self.now, first.next_at)
            await self._attempt(first.job)
        self.now = end

    async def _attempt(self, job: TimedJob) -> None:
        self.ran.append(job)
        self._happening = job.id
        try:
            await self._do(job)
        finally:
            self._happening = None

    async def _do(self, job: TimedJob) -> None:
        try:
            if self.run is not None:
                await self.run(job)
        except Exception as error:  # noqa: BLE001  # as the real one: whatever it is, the request ends or waits again
            wait_s = wait_before_retry(error, job.attempt, job.when, self.now)
            if wait_s is not None:
                again = replace(job, attempt=job.attempt + 1)
                await self._unless_replaced(job, _Waiting(again, self.now + timedelta(seconds=wait_s)))
                return
            if self.failed is not None:
                await self.failed(job, error)
        await self._unless_replaced(job, None)

    async def _unless_replaced(self, job: TimedJob, then: _Waiting | None) -> None:
        waiting = self._waiting.get(job.key)
        if waiting is None or waiting.job.id != job.id:
            return
        if then is None:
            del self._waiting[job.key]
        else:
            self._waiting[job.key] = then
