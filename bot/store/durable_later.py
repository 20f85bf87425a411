"""Requests that run at a later time, on the durable queue: sealed in the store until they are done or given up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import structlog

from bot.basics.person import PersonKey
from bot.contract.later import Failed, Pending, Run, TimedJob, wait_before_retry
from bot.store.dbos_engine import Engine
from bot.store.durable_queue import AlsoWrite, DurableQueue, Naming, UnfinishedRow
from bot.store.keys import KeyProblem
from bot.store.store import Store
from bot.store.timed_requests import TimedRequest

log = structlog.get_logger(__name__)

WORKFLOW: Final = "later"
AT_ONCE: Final = 8
LATER_POLL_S: Final = 1.0


class DurableLater:
    """The durable ``bot.contract.later.Later``. ``DurableQueue`` says when it is made, resumed and drained.

    A request runs once if it succeeds. If the process dies right after it, it runs again: requests set a state rather
    than change it by an amount.
    """

    def __init__(self, engine: Engine, store: Store, run: Run, failed: Failed, *, poll_s: float = LATER_POLL_S) -> None:
        self._store = store
        naming = Naming(WORKFLOW, with_attempt=True)
        work = _TimedWork(store, run, failed)
        self._queue = DurableQueue(engine, store.context, naming, work, at_once=AT_ONCE, poll_s=poll_s)

    async def at(
        self,
        when: datetime,
        key: str,
        route: str,
        args: Mapping[str, Any],
        person: PersonKey,
        place: Mapping[str, Any],
    ) -> None:
        delay_s = (when - self._store.now()).total_seconds()
        await self._store.kept.put(
            key, person, when, route, args, place, also=partial(self._queue.start, delay_s=delay_s)
        )

    async def cancel(self, key: str) -> bool:
        return await self._store.kept.cancel(key) is not None

    async def pending(self, person: PersonKey) -> list[Pending]:
        # What happens right now waits no more, though its row is there until it has been told.
        happening = self._queue.happening
        kept = await self._store.kept.of(person)
        if not self._store.processes.alone and any(one.due_at <= self._store.now() for one in kept):
            happening |= await self._queue.happening_elsewhere()
            kept = await self._store.kept.of(person)  # what has ended since is neither happening nor kept
        happening |= self._queue.happening
        return [Pending(one.key, one.route, one.args, one.due_at) for one in kept if one.id not in happening]

    async def resume(self, living: Collection[str] = ()) -> None:
        """Resume requests that no living process runs. Called after launch, and after the clock was put forward."""
        await self._queue.resume(living, begin_overdue=True)

    async def drain(self, within_s: float = 5.0) -> None:
        await self._queue.drain(within_s)


class _TimedWork:
    """Timed requests as ``bot.store.durable_queue.Work``."""

    def __init__(self, store: Store, run: Run, failed: Failed) -> None:
        self._store = store
        self._kept = store.kept
        self._run = run
        self._failed = failed

    async def unfinished(self) -> Sequence[UnfinishedRow]:
        return [UnfinishedRow(one.id, one.due_at) for one in await self._kept.waiting()]

    async def read(self, name: str, attempt: int) -> TimedJob | None:
        request = await self._kept.get(name)
        return None if request is None else _build_job(request, attempt)

    async def unreadable(self, name: str) -> None:
        log.warning("a waiting request cannot be read: its key is missing")
        request = await self._kept.unread(name)
        if request is not None:
            await self.give_up(_build_job(request, 1), KeyProblem("its key is missing"))

    async def run(self, job: TimedJob) -> None:
        await self._run(job)

    async def done(self, job: TimedJob) -> None:
        await self._kept.drop(job.id)

    def wait_before_retry(self, job: TimedJob, error: Exception) -> float | None:
        return wait_before_retry(error, job.attempt, job.when, self._store.now())

    async def retry(self, job: TimedJob, error: Exception, also: AlsoWrite) -> None:
        await self._store.database.write(also)

    async def give_up(self, job: TimedJob, error: Exception) -> None:
        log.warning("later job given up", route=job.route, attempt=job.attempt, error=type(error).__name__)
        try:
            await self._failed(job, error)
        except Exception:  # the request is over either way
            log.exception("nobody could be told that a job was given up", route=job.route)
        await self._kept.drop(job.id)


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
