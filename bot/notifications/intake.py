"""Intake of Dialpad events: verified, stored together with the work they cause, then delivered despite failures.

An event's row and its workflow are one transaction, and many of those share one commit. What still fails after many
tries is parked with its content, so that it can be retried once the mistake is found.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from bot.dialpad.events import Event, UnknownEvent, parse_event
from bot.dialpad.signed import open_envelope, parse_document
from bot.notifications.personal_notices import EVENTS_PARKED, tell_person
from bot.store.dbos_engine import Engine
from bot.store.durable_queue import AlsoWrite, DurableQueue, Naming, UnfinishedRow
from bot.store.hooks import Hook
from bot.store.keys import KeyProblem
from bot.store.store import Store

log = structlog.get_logger(__name__)

WORKFLOW: Final = "event"
AT_ONCE: Final = 32
"""How many are taken each time the queue is polled: with four polls a second, 128 events a second at most."""
TRIES: Final = 12
"""With the pauses below a delivery is tried for about 25 minutes: longer than Slack's outages of minutes."""
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 300.0


class Deliver(Protocol):
    """Delivers one event. Called again after an exception, and after a crash in the middle of it, so it has to remember
    what it has posted. Events of one call may be delivered concurrently and out of order."""

    def __call__(self, event: Event, hook: Hook) -> Awaitable[None]: ...


def wait_before_try(tries: int) -> float:
    """Return the seconds to wait after the ``tries``-th failure."""
    return float(min(FIRST_WAIT_S * 2 ** (tries - 1), LONGEST_WAIT_S))


class Intake:
    """The queue of received events. ``DurableQueue`` says when it is made, resumed and drained."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        deliver: Deliver,
        *,
        poll_s: float = 0.25,
        pause: Callable[[int], float] = wait_before_try,
    ) -> None:
        """Create the queue. ``poll_s``: how long an event waits at most for its delivery to begin. ``pause``: seconds
        after the n-th failure."""
        self._store = store
        naming = Naming(WORKFLOW, prefix=f"{WORKFLOW}:")
        work = _Delivering(store, deliver, pause)
        self._queue = DurableQueue(engine, store.context, naming, work, at_once=AT_ONCE, poll_s=poll_s)

    async def receive(self, hook: Hook, raw: bytes) -> bool:
        """Take in one delivery: a request's body or a websocket's frame. False when it is a repeat.

        It is stored when this returns. Raises EventRefused for what fails verification, and the database's errors.
        """
        return await self.accept(hook, open_envelope(raw, hook.secret))

    async def accept(self, hook: Hook, body: bytes) -> bool:
        """Store an event like ``receive``, from JSON that is verified already."""
        event = parse_event(parse_document(body))
        if isinstance(event, UnknownEvent):
            log.info("unknown dialpad event", hook=hook.id, keys=sorted(event.document)[:20])
        new = await self._store.events.receive(
            event.key,
            hook_id=hook.id,
            kind=event.kind,
            body=body,
            timed=event.at is not None,
            also=self._queue.start,
        )
        log.debug("dialpad event", kind=event.kind, new=new)
        return new

    async def resume(self, living: Collection[str] = ()) -> None:
        """Resume deliveries that no living process works on. Called after launch."""
        await self._queue.resume(living)

    async def retry_parked(self, names: Collection[str] | None = None) -> int:
        """Retry parked events, these rows or all; return how many there are.

        Also in a process that delivers nothing (``engine.connect()``): the work is queued with the change, for the bot
        that runs.
        """
        return await self._store.events.unpark(self._queue.start_again, names)

    async def drain(self, within_s: float = 5.0) -> None:
        await self._queue.drain(within_s)


@dataclass(frozen=True)
class _Arrived:
    """An event to deliver. ``name`` is the row's key, ``tries`` the number of earlier failures."""

    name: str
    event: Event
    hook: Hook
    tries: int


class _Delivering:
    """``bot.store.durable_queue.Work`` for events."""

    def __init__(self, store: Store, deliver: Deliver, pause: Callable[[int], float]) -> None:
        self._store = store
        self._events = store.events
        self._hooks = store.hooks
        self._deliver = deliver
        self._pause = pause

    async def unfinished(self) -> Sequence[UnfinishedRow]:
        return [UnfinishedRow(name, received_at) for name, received_at in await self._events.waiting()]

    async def read(self, name: str, attempt: int) -> _Arrived | None:
        stored = await self._events.get(name)
        if stored is None:
            return None  # delivered or parked just before a crash
        hook = await self._hooks.get(stored.hook_id)
        if hook is None:
            await self._events.done(name)  # nobody is notified through it any more
            return None
        return _Arrived(name, parse_event(parse_document(stored.body)), hook, stored.tries)

    async def unreadable(self, name: str) -> None:
        log.error("event parked", error="KeyProblem", hint="the key it was encrypted with is not here")
        await self._events.park(name, tries=0)
        await self._tell(name.partition(":")[0])

    async def run(self, arrived: _Arrived) -> None:
        await self._deliver(arrived.event, arrived.hook)

    async def done(self, arrived: _Arrived) -> None:
        await self._events.done(arrived.name)

    def wait_before_retry(self, arrived: _Arrived, error: Exception) -> float | None:
        tries = arrived.tries + 1
        return None if tries >= TRIES else self._pause(tries)

    async def retry(self, arrived: _Arrived, error: Exception, also: AlsoWrite) -> None:
        log.warning("event not delivered yet", **_describe(arrived, error))
        await self._events.failed(arrived.name, tries=arrived.tries + 1, also=also)

    async def give_up(self, arrived: _Arrived, error: Exception) -> None:
        log.error("event parked", **_describe(arrived, error), where=_where(error))
        await self._events.park(arrived.name, tries=arrived.tries + 1)
        await self._tell(arrived.hook.id)

    async def _tell(self, hook_id: str) -> None:
        """Tell whoever receives through the hook that something is set aside, once a day."""
        try:
            hook = await self._hooks.get(hook_id)
        except KeyProblem:
            return
        if hook is not None:
            day = f"{self._store.now():%Y%m%d}"
            await tell_person(self._store, hook.owner, f"parked:{hook.id}:{day}", EVENTS_PARKED)


def _describe(arrived: _Arrived, error: Exception) -> dict[str, Any]:
    """Return what is stored of an error: not its message, which may quote the event."""
    return {"kind": arrived.event.kind, "tries": arrived.tries + 1, "error": type(error).__name__}


def _where(error: Exception) -> str:
    """Return the line that raised: enough to find the mistake, without the message, which may quote the event."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
