"""``Later`` on DBOS: the request lies sealed in the store, a delayed workflow carries only its id.

A waiting request costs no thread and no memory: it is a row with a time. Request and workflow are written in one
transaction. An attempt that must be repeated queues the next one the same way, so a backoff survives a restart too,
and with several replicas any of them goes on.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.basics.person import PersonKey
from bot.contract.later import Failed, Pending, Run, TimedJob, wait_before_retry
from bot.store.dbos_engine import Engine, Queue
from bot.store.keys import KeyProblem
from bot.store.store import Store
from bot.store.timed_requests import TimedRequest

WORKFLOW = "later"
AT_ONCE = 8
POLL_S = 1.0
RUN_WITHIN = timedelta(minutes=5)
"""A job that takes longer is given up; a form's worth of Dialpad requests takes seconds."""
_ABANDONED_AFTER = 2 * RUN_WITHIN
_DATABASE_WAIT_S = 5.0


class DurableLater:
    """See ``bot.contract.later.Later``. Made before ``engine.launch()``, ``resume()`` after it, ``drain()`` before its
    ``shutdown()``.

    A job runs once if it succeeds. If the process dies between its end and the next line here, it runs again: jobs set
    a state rather than change it by an amount.
    """

    def __init__(self, engine: Engine, store: Store, run: Run, failed: Failed, *, poll_s: float = POLL_S) -> None:
        self._engine = engine
        self._store = store
        self._run = run
        self._failed = failed
        self._running: set[asyncio.Task[None]] = set()
        self._happening: set[str] = set()
        engine.add(WORKFLOW, self._workflow, Queue(WORKFLOW, AT_ONCE, poll_s))

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
            key, person, when, route, args, place, also=partial(self._queue, attempt=1, delay_s=delay_s)
        )

    async def cancel(self, key: str) -> bool:
        return await self._store.kept.cancel(key) is not None

    async def pending(self, person: PersonKey) -> list[Pending]:
        # What happens right now waits no more, though its row is there until it has been told.
        happening = set(self._happening)
        kept = await self._store.kept.of(person)
        happening |= self._happening
        return [Pending(one.key, one.route, one.args, one.due_at) for one in kept if one.id not in happening]

    async def resume(self) -> None:
        """After launch, and after the clock was put forward: gives every request that waits a workflow if it has none,
        lets none wait longer than it should, and takes over those that another process was running when it died for
        good."""
        workflows = {one.id.partition(":")[0]: one for one in await self._engine.unfinished(WORKFLOW)}
        now = self._store.now()
        abandoned, overdue = [], []
        for waiting in await self._store.kept.waiting():
            workflow = workflows.get(waiting.id)
            late = now - waiting.due_at
            if workflow is None:
                delay_s = -late.total_seconds()
                await self._store.database.write(
                    # Its first id may be taken by a workflow that ended without an end for the request.
                    partial(self._queue, name=waiting.id, attempt=1, delay_s=delay_s, suffix=f"r{int(now.timestamp())}")
                )
            elif workflow.delayed:
                if late >= timedelta(0):
                    overdue.append(workflow.id)
            elif workflow.executor not in {None, self._engine.executor} and late > _ABANDONED_AFTER:
                abandoned.append(workflow.id)
        await self._engine.take_over(abandoned)
        await self._engine.begin_now(overdue)

    async def drain(self, within_s: float = 5.0) -> None:
        """Waits for jobs that are running; what does not end in time is cancelled, and runs at the next start."""
        if self._running:
            await asyncio.wait(self._running, timeout=within_s)
        for task in self._running:
            task.cancel()

    def _queue(self, connection: Connection, name: str, *, attempt: int, delay_s: float, suffix: str = "") -> None:
        self._engine.enqueue(
            connection, WORKFLOW, (name, attempt), workflow_id=f"{name}:{suffix or attempt}", delay_s=max(0.0, delay_s)
        )

    async def _workflow(self, name: str, attempt: int) -> None:
        await self._engine.on_bot_loop(self._attempt(name, attempt))

    async def _attempt(self, name: str, attempt: int) -> None:
        task = asyncio.ensure_future(self._attempt_until_stored(name, attempt))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await task

    async def _attempt_until_stored(self, name: str, attempt: int) -> None:
        while True:
            try:
                return await self._attempt_once(name, attempt)
            except (SQLAlchemyError, OSError) as error:
                structlog.get_logger(__name__).warning("the database does not answer", error=type(error).__name__)
                await asyncio.sleep(_DATABASE_WAIT_S)

    async def _attempt_once(self, name: str, attempt: int) -> None:
        try:
            request = await self._store.kept.get(name)
        except KeyProblem:
            structlog.get_logger(__name__).warning("a waiting request cannot be read: its key is missing")
            return
        if request is None:
            return  # replaced, cancelled, or done just before a crash
        self._happening.add(name)
        try:
            await self._do(_build_job(request, attempt))
        finally:
            self._happening.discard(name)

    async def _do(self, job: TimedJob) -> None:
        try:
            async with asyncio.timeout(RUN_WITHIN.total_seconds()):
                await self._run(job)
        except Exception as error:  # noqa: BLE001  # whatever it is, the request must end or be tried again
            wait_s = wait_before_retry(error, job.attempt, job.when, self._store.now())
            if wait_s is not None:
                again = partial(self._queue, name=job.id, attempt=job.attempt + 1, delay_s=wait_s)
                await self._store.database.write(again)
                return
            await self._give_up(job, error)
        await self._store.kept.drop(job.id)

    async def _give_up(self, job: TimedJob, error: Exception) -> None:
        log = structlog.get_logger(__name__)
        log.warning("later job given up", route=job.route, attempt=job.attempt, error=type(error).__name__)
        try:
            await self._failed(job, error)
        except Exception:  # the job is over either way
            log.exception("nobody could be told that a job was given up", route=job.route)


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
