"""Requests that run at a later time: a row each until it is done or given up, so that they survive a restart.

Nothing polls: this process sleeps until the earliest of them, and is woken when an earlier one is stored. An attempt
that fails is a row again, with a later moment, so a backoff survives a restart too, and any process can go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import structlog

from bot.basics.outages import Outage
from bot.basics.person import PersonKey
from bot.contract.later import Failed, Pending, Run, TimedJob, wait_before_retry
from bot.store.database import DATABASE_ERRORS
from bot.store.keys import KeyProblem
from bot.store.store import Store
from bot.store.timed_requests import DueRequest, TimedRequest

log = structlog.get_logger(__name__)
T = TypeVar("T")

AT_ONCE: Final = 8
"""Requests that one process works on together."""
RUN_WITHIN: Final = timedelta(minutes=5)
"""An attempt that takes longer has failed: each is only a few requests to Slack or Dialpad."""
LOOK_EVERY_S: Final = 60.0
"""The longest sleep, for a clock that is put forward."""
_TAKEN_BY_ANOTHER_S: Final = 0.05
_DATABASE_WAIT_S: Final = 5.0


class DurableLater:
    """The durable ``bot.contract.later.Later``. ``start`` and ``resume`` once the store is open, ``drain`` before it
    closes.

    A request runs once if it succeeds. If the process dies right after it, it runs again: requests set a state rather
    than change it by an amount.
    """

    def __init__(self, store: Store, run: Run, failed: Failed) -> None:
        self._store = store
        self._kept = store.kept
        self._run = run
        self._failed = failed
        self._woken = asyncio.Event()
        self._attempts: dict[str, asyncio.Task[None]] = {}
        self._looking = Outage("could not look for what was set for later", log)
        self._storing = Outage("the outcome of a timed request is not stored yet", log)
        self._running: asyncio.Task[None] | None = None

    async def at(
        self,
        when: datetime,
        key: str,
        route: str,
        args: Mapping[str, Any],
        person: PersonKey,
        place: Mapping[str, Any],
    ) -> None:
        await self._kept.put(key, person, when, route, args, place)
        self.look()

    async def cancel(self, key: str) -> bool:
        return await self._kept.cancel(key) is not None

    async def pending(self, person: PersonKey) -> list[Pending]:
        return [Pending(one.key, one.route, one.args, one.due_at) for one in await self._kept.of(person)]

    def start(self) -> None:
        """Begin to run what comes due."""
        self._running = asyncio.create_task(self._run_for_ever())

    def look(self) -> None:
        """Look at once for what is due."""
        self._woken.set()

    async def resume(self) -> None:
        """Run what processes were running that are no longer alive."""
        await self._kept.free_those_of_the_dead()
        self.look()

    async def drain(self, within_s: float = 5.0) -> None:
        """Begin nothing more and wait for what runs. What does not end in time is cancelled, and runs once more."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        if self._attempts:
            await asyncio.wait(self._attempts.values(), timeout=within_s)
        for attempt in (left := list(self._attempts.values())):
            attempt.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _run_for_ever(self) -> None:
        while True:
            self._woken.clear()
            try:
                wait_s = await self._begin_due()
                self._looking.over()
            except Exception as problem:  # noqa: BLE001  the database is away: the rows are there once it is back
                self._looking.failed(problem)
                wait_s = _DATABASE_WAIT_S
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()

    async def _begin_due(self) -> float:
        """Begin what is due, and return the seconds until the next look."""
        room = AT_ONCE - len(self._attempts)
        next_at = await self._kept.next_at(self._attempts) if room > 0 else None
        if next_at is None:
            return LOOK_EVERY_S
        now = self._store.now()
        if next_at > now:
            return min((next_at - now).total_seconds(), LOOK_EVERY_S)
        taken = await self._kept.take(now, room, self._attempts)
        for due in taken:
            self._attempts[due.id] = attempt = asyncio.create_task(self._attempt(due))
            attempt.add_done_callback(lambda _, name=due.id: self._ended(name))  # type: ignore[misc]  # mypy cannot infer the lambda
        return 0.0 if taken else _TAKEN_BY_ANOTHER_S

    def _ended(self, name: str) -> None:
        del self._attempts[name]
        self.look()

    async def _attempt(self, due: DueRequest) -> None:
        job = await self._until_stored(lambda: self._read(due))
        if job is None:
            return
        try:
            async with asyncio.timeout(RUN_WITHIN.total_seconds()):
                await self._run(job)
        except Exception as error:  # noqa: BLE001  whatever it is, the request is tried again or given up
            wait_s = wait_before_retry(error, job.attempt, job.when, self._store.now())
            if wait_s is not None:
                next_at = self._store.now() + timedelta(seconds=wait_s)
                await self._until_stored(lambda: self._kept.again(job.id, job.attempt + 1, next_at))
                return
            await self._give_up(job, error)
        await self._until_stored(lambda: self._kept.drop(job.id))

    async def _read(self, due: DueRequest) -> TimedJob | None:
        """Return what is to be run; None when it was cancelled meanwhile, or cannot be read and was given up."""
        try:
            request = await self._kept.get(due.id)
        except KeyProblem:
            log.warning("a waiting request cannot be read: its key is missing")
            if (request := await self._kept.unread(due.id)) is not None:
                await self._give_up(_build_job(request, 1), KeyProblem("its key is missing"))
                await self._kept.drop(due.id)
            return None
        return None if request is None else _build_job(request, due.attempt)

    async def _give_up(self, job: TimedJob, error: Exception) -> None:
        log.warning("later job given up", route=job.route, attempt=job.attempt, error=type(error).__name__)
        try:
            await self._failed(job, error)
        except Exception:  # the request is over either way
            log.exception("nobody could be told that a job was given up", route=job.route)

    async def _until_stored(self, work: Callable[[], Awaitable[T]]) -> T:
        """Read or write a row as soon as the database does it."""
        while True:
            try:
                done = await work()
            except DATABASE_ERRORS as error:
                self._storing.failed(error)
                await asyncio.sleep(_DATABASE_WAIT_S)
            else:
                self._storing.over()
                return done


def _build_job(request: TimedRequest, attempt: int) -> TimedJob:
    return TimedJob(
        id=request.id,
        key=request.key,
        person=request.person,
        route=request.route,
        args=request.args,
        place=request.place,
        when=request.due_at,
        attempt=attempt,
    )
