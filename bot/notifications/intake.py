"""Events from Dialpad: believed, on disk with the work they cause, then delivered, whatever happens in between.

An event's row and its workflow are one transaction, and many of those share one commit. The workflow carries only the
row's key. Delivery is tried again with growing pauses, each try queued on disk like the first; what still fails is
parked with its content, so that it can be taken up once the mistake is found.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any, Final, Protocol

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.dialpad.events import Event, UnknownEvent, parse_event
from bot.dialpad.signed import open_envelope, parse_document
from bot.store.dbos_engine import Engine, Queue
from bot.store.hooks import Hook
from bot.store.keys import KeyProblem
from bot.store.store import Store

log = structlog.get_logger(__name__)

WORKFLOW: Final = "event"
AT_ONCE: Final = 32
"""So many are taken at each look at the queue: with four looks a second, 128 events a second at most."""
TRIES: Final = 12
"""With the pauses below a delivery is tried for about 25 minutes: longer than Slack's outages of minutes."""
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 300.0
RUN_WITHIN: Final = timedelta(minutes=5)
_ABANDONED_AFTER: Final = 2 * RUN_WITHIN
_DATABASE_WAIT_S: Final = 5.0


class Deliver(Protocol):
    """What happens with an event. Called again after an exception, and after a crash in the middle of it: whoever
    posts remembers what it has posted. Events of one call may be delivered side by side and out of order."""

    def __call__(self, event: Event, hook: Hook) -> Awaitable[None]: ...


def wait_before_try(tries: int) -> float:
    """Seconds after the ``tries``-th failure."""
    return float(min(FIRST_WAIT_S * 2 ** (tries - 1), LONGEST_WAIT_S))


class Intake:
    """Made before ``engine.launch()``, ``resume()`` after it, ``drain()`` before its ``shutdown()``."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        deliver: Deliver,
        *,
        poll_s: float = 0.25,
        pause: Callable[[int], float] = wait_before_try,
    ) -> None:
        """``poll_s``: how long an event waits at most for its delivery to begin. ``pause``: seconds after the n-th
        failure."""
        self._engine = engine
        self._store = store
        self._deliver = deliver
        self._pause = pause
        self._running: set[asyncio.Task[None]] = set()
        engine.add(WORKFLOW, self._workflow, Queue(WORKFLOW, AT_ONCE, poll_s))

    async def receive(self, hook: Hook, raw: bytes) -> bool:
        """Takes one delivery in: a request's body or a websocket's frame. False when it is a repeat.

        It is on disk when this returns. Raises EventRefused for what is not to be believed, and the database's errors.
        """
        return await self.accept(hook, open_envelope(raw, hook.secret))

    async def accept(self, hook: Hook, body: bytes) -> bool:
        """As ``receive``, for JSON that is known to be good."""
        event = parse_event(parse_document(body))
        if isinstance(event, UnknownEvent):
            log.info("unknown dialpad event", hook=hook.id, keys=sorted(event.document)[:20])
        new = await self._store.events.receive(
            event.key,
            hook_id=hook.id,
            kind=event.kind,
            body=body,
            timed=event.at is not None,
            also=partial(self._queue, tries=0),
        )
        log.debug("dialpad event", kind=event.kind, new=new)
        return new

    async def resume(self) -> None:
        """After launch: gives every event that waits a workflow if it has none, and takes over those that another
        process was delivering when it died for good."""
        workflows = {one.id.rpartition(":")[0]: one for one in await self._engine.unfinished(WORKFLOW)}
        now = self._store.now()
        abandoned = []
        for name, received_at in await self._store.events.waiting():
            workflow = workflows.get(f"{WORKFLOW}:{name}")
            if workflow is None:
                # Its first id may be taken by a workflow that ended without an end for the event.
                await self._store.database.write(
                    partial(self._queue, name=name, tries=0, suffix=f"r{int(now.timestamp())}")
                )
            elif workflow.executor not in {None, self._engine.executor} and now - received_at > _ABANDONED_AFTER:
                abandoned.append(workflow.id)
        await self._engine.take_over(abandoned)

    async def retry_parked(self, names: Collection[str] | None = None) -> int:
        """Takes up again what was set aside, these rows or all; how many events that is.

        Also in a process that delivers nothing (``engine.connect()``): the work is queued with the change, for
        whichever bot runs.
        """
        return await self._store.events.unpark(partial(self._queue, tries=0, suffix=_fresh("p")), names)

    async def drain(self, within_s: float = 5.0) -> None:
        """Waits for deliveries that are running; what does not end in time is cancelled, and runs at the next start."""
        if self._running:
            await asyncio.wait(self._running, timeout=within_s)
        for task in self._running:
            task.cancel()

    def _queue(self, connection: Connection, name: str, *, tries: int, delay_s: float = 0.0, suffix: str = "") -> None:
        workflow_id = f"{WORKFLOW}:{name}:{suffix}{tries}"
        self._engine.enqueue(connection, WORKFLOW, (name,), workflow_id=workflow_id, delay_s=delay_s)

    async def _workflow(self, name: str) -> None:
        await self._engine.on_bot_loop(self._attempt(name))

    async def _attempt(self, name: str) -> None:
        task = asyncio.ensure_future(self._attempt_until_stored(name))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await task

    async def _attempt_until_stored(self, name: str) -> None:
        while True:
            try:
                return await self._attempt_once(name)
            except (SQLAlchemyError, OSError) as error:
                log.warning("the database does not answer", error=type(error).__name__)
                await asyncio.sleep(_DATABASE_WAIT_S)

    async def _attempt_once(self, name: str) -> None:
        try:
            stored = await self._store.events.get(name)
            hook = await self._store.hooks.get(stored.hook_id) if stored is not None else None
        except KeyProblem:
            await self._park_unreadable(name)
            return
        if stored is None:
            return  # delivered or set aside just before a crash
        if hook is None:
            await self._store.events.done(name)  # nobody is notified through it any more
            return
        event = parse_event(parse_document(stored.body))
        try:
            async with asyncio.timeout(RUN_WITHIN.total_seconds()):
                await self._deliver(event, hook)
        except Exception as error:  # noqa: BLE001  # whatever it is, the event is tried again or set aside
            await self._after_failure(name, event.kind, stored.tries + 1, error)
            return
        await self._store.events.done(name)

    async def _park_unreadable(self, name: str) -> None:
        log.error("event parked", error="KeyProblem", hint="the key it was encrypted with is not here")
        await self._store.events.park(name, tries=0)

    async def _after_failure(self, name: str, kind: str, tries: int, error: Exception) -> None:
        what: dict[str, Any] = {"kind": kind, "tries": tries, "error": type(error).__name__}
        if tries >= TRIES:
            log.error("event parked", **what, where=_where(error))
            await self._store.events.park(name, tries=tries)
            return
        log.warning("event not delivered yet", **what)
        again = partial(self._queue, name=name, tries=tries, delay_s=self._pause(tries), suffix=_fresh("t"))
        await self._store.events.failed(name, tries=tries, also=again)


def _fresh(letter: str) -> str:
    """For a workflow's id: the same try of an event that was taken up again is not the one of before."""
    return f"{letter}{secrets.token_hex(4)}-"


def _where(error: Exception) -> str:
    """The line that raised: enough to find the mistake, without the message, which may quote the event."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
