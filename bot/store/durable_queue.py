"""Durable work: done, tried again or given up, even across crashes; a row of the store, and a DBOS workflow per
attempt.

The workflow carries only the row's name, and both are written in one transaction. An attempt that fails queues the next
one in the same way, so a backoff survives a restart too, costs no thread and no memory meanwhile, and with several
replicas any of them can go on.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Generic, Protocol, TypeAlias, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.basics.outages import Outage
from bot.store.dbos_engine import Engine, Queue
from bot.store.keys import KeyProblem
from bot.store.schema import StoreContext

log = structlog.get_logger(__name__)

RUN_WITHIN: Final = timedelta(minutes=5)
"""An attempt that takes longer has failed: each is only a few requests to Slack or Dialpad."""
_DATABASE_WAIT_S: Final = 5.0

Item = TypeVar("Item")
AlsoWrite: TypeAlias = Callable[[Connection], None]
"""Writes more in the same transaction."""


@dataclass(frozen=True)
class UnfinishedRow:
    """The part of a row that can be read without its key. ``due_at`` is when its work was, or is, to begin."""

    name: str
    due_at: datetime


class Work(Protocol[Item]):
    """One queue's rows and how they are worked on. Everything but ``run`` may raise the database's exceptions: the
    attempt is then made again once it answers."""

    async def unfinished(self) -> Sequence[UnfinishedRow]:
        """Return every row that needs a workflow."""

    async def read(self, name: str, attempt: int) -> Item | None:
        """Read a row, None when nothing is left to do. Raises KeyProblem."""

    async def unreadable(self, name: str) -> None:
        """Handle a row whose key is not available."""

    async def run(self, item: Item) -> None:
        """Do the work. Runs once if it succeeds, once more if the process dies before ``done`` is written."""

    async def done(self, item: Item) -> None:
        """Mark the row as done."""

    def wait_before_retry(self, item: Item, error: Exception) -> float | None:
        """Return the seconds until the next attempt, None to give up."""

    async def retry(self, item: Item, error: Exception, also: AlsoWrite) -> None:
        """Record the failure; ``also`` queues the next attempt."""

    async def give_up(self, item: Item, error: Exception) -> None:
        """Mark the row as given up: it no longer waits, though it was not done."""


@dataclass(frozen=True)
class Naming:
    """How workflows are named. Names must not change: databases hold workflows of earlier versions.

    ``workflow`` is its name and its queue's. Ids are ``<prefix><row's name>:<label>``. ``with_attempt``: whether the
    attempt's number is the workflow's second argument; otherwise the row counts.
    """

    workflow: str
    prefix: str = ""
    with_attempt: bool = False

    def workflow_id(self, name: str, label: str) -> str:
        return f"{self.prefix}{name}:{label}"

    def row_name(self, workflow_id: str) -> str:
        return workflow_id.removeprefix(self.prefix).rpartition(":")[0]

    def args(self, name: str, attempt: int) -> tuple[str | int, ...]:
        return (name, attempt) if self.with_attempt else (name,)


class DurableQueue(Generic[Item]):
    """A queue of stored rows. Made before ``engine.launch()``, ``resume()`` after it, ``drain()`` before its
    ``shutdown()``.

    ``start`` is called in the transaction that writes the row.
    """

    def __init__(
        self, engine: Engine, context: StoreContext, naming: Naming, work: Work[Item], *, at_once: int, poll_s: float
    ) -> None:
        """Set the queue up. ``at_once``: how many rows one process works on together. ``poll_s``: the longest a row
        waits for its work to begin."""
        self._engine = engine
        self._context = context
        self._naming = naming
        self._work = work
        self._tasks: set[asyncio.Task[None]] = set()
        self._database = Outage("the database does not answer", log)
        self._happening: dict[str, asyncio.Event] = {}
        engine.add(naming.workflow, self._workflow, Queue(naming.workflow, at_once, poll_s))

    @property
    def happening(self) -> frozenset[str]:
        """Return the names of the rows that this process works on right now."""
        return frozenset(self._happening)

    async def happening_elsewhere(self) -> frozenset[str]:
        """Return the names of the rows that other processes work on right now."""
        found = await self._engine.unfinished(self._naming.workflow)
        theirs = [one.id for one in found if one.executor not in {None, self._engine.executor}]
        return frozenset(map(self._naming.row_name, theirs))

    def start(self, connection: Connection, name: str, *, delay_s: float = 0.0) -> None:
        """Queue the first attempt at a new row."""
        self._queue(connection, name, "1", delay_s=delay_s)

    async def resume(self, living: Collection[str] = (), *, begin_overdue: bool = False) -> None:
        """Give every unfinished row a workflow if it has none, and take over those of processes that are not among the
        ``living``. Called after launch, by one process at a time. ``begin_overdue``: start what is due at once,
        whatever its delay."""
        workflows = {self._naming.row_name(one.id): one for one in await self._engine.unfinished(self._naming.workflow)}
        now = self._context.now()
        abandoned, overdue = [], []
        for row in await self._work.unfinished():
            workflow = workflows.get(row.name)
            late = now - row.due_at
            if workflow is None:
                # Its first id may be taken by a workflow that ended without settling the row.
                label, delay_s = f"r{int(now.timestamp())}-1", -late.total_seconds()
                await self._context.database.write(partial(self._queue, name=row.name, label=label, delay_s=delay_s))
            elif workflow.delayed:
                if begin_overdue and late >= timedelta(0):
                    overdue.append(workflow.id)
            elif workflow.executor not in {None, self._engine.executor, *living}:
                abandoned.append(workflow.id)
        await self._engine.take_over(abandoned)
        await self._engine.begin_now(overdue)

    async def drain(self, within_s: float = 5.0) -> None:
        """Wait for running work; what does not end in time is cancelled, and runs at the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)
        for task in self._tasks:
            task.cancel()

    def _queue(self, connection: Connection, name: str, label: str, *, attempt: int = 1, delay_s: float = 0.0) -> None:
        self._engine.enqueue(
            connection,
            self._naming.workflow,
            self._naming.args(name, attempt),
            workflow_id=self._naming.workflow_id(name, label),
            delay_s=max(0.0, delay_s),
        )

    async def _workflow(self, name: str, attempt: int = 1) -> None:
        label = self._engine.current_id().rpartition(":")[2]
        await self._engine.on_bot_loop(self._attempt(name, attempt, label))

    async def _attempt(self, name: str, attempt: int, label: str) -> None:
        task = asyncio.ensure_future(self._attempt_until_stored(name, attempt, label))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await task

    async def _attempt_until_stored(self, name: str, attempt: int, label: str) -> None:
        while True:
            try:
                await self._attempt_once(name, attempt, label)
            except (SQLAlchemyError, OSError) as error:
                self._database.failed(error, queue=self._naming.workflow)
                await asyncio.sleep(_DATABASE_WAIT_S)
            else:
                self._database.over()
                return

    async def _attempt_once(self, name: str, attempt: int, label: str) -> None:
        # A workflow that a crash left over may meet the one that was started again: the second sees what the first did.
        while (under_way := self._happening.get(name)) is not None:
            await under_way.wait()
        ended = self._happening[name] = asyncio.Event()
        try:
            item = await self._work.read(name, attempt)
            if item is not None:
                await self._do(item, partial(self._queue, name=name, label=_label_after(label), attempt=attempt + 1))
        except KeyProblem:
            await self._work.unreadable(name)
        finally:
            del self._happening[name]
            ended.set()

    async def _do(self, item: Item, next_attempt: Callable[..., None]) -> None:
        try:
            async with asyncio.timeout(RUN_WITHIN.total_seconds()):
                await self._work.run(item)
        except Exception as error:  # noqa: BLE001  # whatever it is, the row is tried again or given up
            wait_s = self._work.wait_before_retry(item, error)
            if wait_s is None:
                await self._work.give_up(item, error)
            else:
                await self._work.retry(item, error, partial(next_attempt, delay_s=wait_s))
            return
        await self._work.done(item)


def _label_after(label: str) -> str:
    """Derive the next attempt's label from this one's: an attempt that a crash repeats queues no second successor."""
    begin, dash, number = label.rpartition("-")
    return f"{begin}{dash}{int(number) + 1}" if number.isdecimal() else f"{label}-2"
