"""Intake of Dialpad events: verified, stored, then delivered in batches despite failures.

An event is a row before Dialpad is answered. What has arrived while a batch was being delivered is the next batch: its
cards, its postings and that it is done are one transaction, so a batch that a crash cuts off is delivered again as a
whole, by this process or by whoever takes over. What still fails after many tries is parked with its content, so that
it can be retried once the mistake is found.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

import structlog

from bot.basics.company import CompanyKey
from bot.basics.outages import Outage
from bot.basics.spans import Spans
from bot.dialpad.events import Event, UnknownEvent, parse_event
from bot.dialpad.signed import open_envelope, parse_document
from bot.notifications.personal_notices import EVENTS_PARKED, tell_person
from bot.store.database import DATABASE_ERRORS, Transaction, is_away
from bot.store.events import Taken
from bot.store.hooks import Hook
from bot.store.keys import KeyProblem
from bot.store.store import Store

log = structlog.get_logger(__name__)

BATCH: Final = 32
"""Events that are delivered together: few enough that whoever waits for the same database waits for moments."""
GATHER_S: Final = 0.03
"""How long the first event of a batch waits for others: a batch costs little more than one event."""
MOST_IN_MEMORY: Final = 1000
"""Events that wait in this process's memory; more of them wait on disk, for whichever process gets to them."""
LOOK_EVERY_S: Final = 30.0
"""How long an event that nobody was told of waits at most: one that another process gave back or set free."""
AT_ONCE: Final = 32
"""Follow-ups that run together."""
FOLLOW_UP_WITHIN: Final = timedelta(minutes=5)
"""A follow-up that takes longer has failed: each is only a few requests to Slack or Dialpad."""
TRIES: Final = 12
"""With the pauses below a delivery is tried for about 25 minutes: longer than Slack's outages of minutes."""
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 300.0
_DATABASE_WAIT_S: Final = 5.0


@dataclass(frozen=True)
class Arrived:
    """An event to deliver. ``name`` is its row's key, ``tries`` the number of earlier failures."""

    name: str
    event: Event
    hook: Hook
    tries: int = 0


@dataclass(frozen=True)
class FollowUp:
    """What is left to do for an event once its cards are stored, and waits for Slack or Dialpad. Run again after an
    exception or a crash."""

    arrived: Arrived
    run: Callable[[], Awaitable[None]]


class Deliver(Protocol):
    """Delivers events. Events of one call may come together, out of order, and more than once."""

    def fold(self, connection: Transaction, batch: Sequence[Arrived]) -> Sequence[FollowUp]:
        """Store what the events cause, within the transaction that marks them as done."""

    def stored(self) -> None:
        """Called when a batch is stored, or what is to be said about it."""


def wait_before_try(tries: int) -> float:
    """Return the seconds to wait after the ``tries``-th failure."""
    return float(min(FIRST_WAIT_S * 2 ** (tries - 1), LONGEST_WAIT_S))


class _Line:
    """What waits in memory, company by company, so that a busy one delays no other."""

    def __init__(self) -> None:
        self._of: OrderedDict[CompanyKey, deque[Arrived]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def names(self) -> set[str]:
        return {one.name for waiting in self._of.values() for one in waiting}

    def add(self, arrived: Arrived) -> None:
        self._of.setdefault(arrived.hook.company, deque()).append(arrived)
        self._count += 1

    def take(self, most: int) -> list[Arrived]:
        """Take the next ones, each company's share in turn."""
        taken: list[Arrived] = []
        while self._of and len(taken) < most:
            share = max(1, (most - len(taken)) // len(self._of))
            company, waiting = self._of.popitem(last=False)
            taken += [waiting.popleft() for _ in range(min(share, len(waiting)))]
            if waiting:
                self._of[company] = waiting
        self._count -= len(taken)
        return taken

    def put_back(self, batch: Sequence[Arrived]) -> None:
        """Put what was taken in front again."""
        for arrived in reversed(batch):
            self._of.setdefault(arrived.hook.company, deque()).appendleft(arrived)
        self._count += len(batch)


class Intake:
    """The line of received events. ``start()`` once the store is open, ``drain()`` before it closes."""

    def __init__(
        self,
        store: Store,
        deliver: Deliver,
        *,
        pause: Callable[[int], float] = wait_before_try,
        spans: Spans | None = None,
    ) -> None:
        """Create the line. ``pause``: seconds after the n-th failure. ``spans`` hears of each event that was folded."""
        self._store = store
        self._events = store.events
        self._deliver = deliver
        self._pause = pause
        self._spans = spans or Spans()
        self._line = _Line()
        self._woken = asyncio.Event()
        self._look_now = True
        self._database = Outage("the database does not answer", log)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._following: dict[asyncio.Task[None], Arrived] = {}
        self._ending = False
        self._folding = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._running: asyncio.Task[None] | None = None

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
        held = self._running is not None and len(self._line) < MOST_IN_MEMORY
        name = await self._events.receive(
            event.key, hook_id=hook.id, kind=event.kind, body=body, timed=event.at is not None, held=held
        )
        if name is None:
            return False
        if held:
            self._add(Arrived(name, event, hook))
        else:
            self._look_now = True
        self._woken.set()
        return True

    def start(self) -> None:
        """Begin to deliver, with what earlier processes left."""
        self._running = asyncio.create_task(self._run_for_ever())

    def look(self) -> None:
        """Look at once for what nobody alive holds."""
        self._look_now = True
        self._woken.set()

    def _add(self, arrived: Arrived) -> None:
        self._line.add(arrived)
        self._idle.clear()

    def _note_idle(self) -> None:
        if not self._line and not self._folding and not self._following:
            self._idle.set()

    async def settle(self) -> None:
        """Return when nothing waits in memory and no follow-up is under way."""
        await self._idle.wait()

    async def drain(self, within_s: float = 5.0) -> None:
        """Deliver what waits in memory; what is not done in time is delivered by others, or after the next start."""
        if self._running is None:
            return
        self._ending = True
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self.settle()
        for task in (under_way := {self._running, *self._following}):
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        self._running = None

    async def _run_for_ever(self) -> None:
        while True:
            self._woken.clear()
            batch: list[Arrived] = []
            try:
                if self._look_now and not self._ending:
                    self._look_now = False  # before: whoever asks for a look meanwhile gets another
                    if await self._take_free():
                        self._look_now = True
                self._folding = bool(self._line)
                if 0 < len(self._line) < BATCH and not self._ending:
                    await asyncio.sleep(GATHER_S)
                batch = self._line.take(BATCH)
                if batch:
                    await self._fold(batch)
                self._database.over()
            except Exception as error:  # noqa: BLE001  the line goes on, whatever it is: what was taken is still stored
                self._line.put_back(batch)
                self._database.failed(error)
                await self._wait(_DATABASE_WAIT_S)
                self._look_now = True
                continue
            finally:
                self._folding = False
            self._note_idle()
            if not self._line and not self._look_now and not await self._wait(LOOK_EVERY_S):
                self._look_now = True

    async def _wait(self, within_s: float) -> bool:
        """Wait until there is something to do. False when there was nothing for so long."""
        try:
            async with asyncio.timeout(within_s):
                await self._woken.wait()
        except TimeoutError:
            return False
        return True

    async def _take_free(self) -> bool:
        """Take what nobody alive holds. True when there may be more."""
        if len(self._line) >= MOST_IN_MEMORY:
            return True
        free, held = await self._events.look(MOST_IN_MEMORY)
        forgotten = held and held - self._line.names - {one.name for one in self._following.values()}
        if not forgotten and not free:
            return False
        taken = await self._events.take(MOST_IN_MEMORY - len(self._line), forgotten)
        hooks: dict[str, Hook | None] = {}
        for one in taken:
            try:
                if one.hook_id not in hooks:
                    hooks[one.hook_id] = await self._store.hooks.get(one.hook_id)
                hook = hooks[one.hook_id]
                if hook is None:
                    await self._events.done([one.key])  # nobody is notified through it any more
                else:
                    self._add(Arrived(one.key, self._read(one), hook, one.tries))
            except DATABASE_ERRORS:
                raise
            except Exception as error:  # noqa: BLE001  what cannot be read holds up no other
                await self._unreadable(one, error)
        return bool(taken)

    def _read(self, taken: Taken) -> Event:
        return parse_event(parse_document(self._events.open(taken)))

    async def _unreadable(self, taken: Taken, error: Exception) -> None:
        hint = "the key it was encrypted with is not here" if isinstance(error, KeyProblem) else _where(error)
        log.error("event parked", error=type(error).__name__, hint=hint)
        await self._events.park(taken.key, tries=0)
        await self._tell(taken.hook_id)

    async def _fold(self, batch: Sequence[Arrived]) -> None:
        """Deliver a batch. Raises the database's errors while it is away."""

        def change(connection: Transaction) -> Sequence[FollowUp]:
            waiting = self._events.still_waiting(connection, [one.name for one in batch])
            # Nobody is notified any more through a hook that is gone.
            left = self._deliver.fold(connection, [one for one in batch if waiting.get(one.name)])
            self._events.settle(connection, waiting.keys() - {one.arrived.name for one in left})
            return left

        began = time.monotonic()
        try:
            left = await self._store.database.write(change)
        except Exception as error:
            if is_away(error):
                raise
            if len(batch) > 1:
                for one in batch:  # the others are not held up by the one that fails
                    await self._fold([one])
            else:
                self._spans.folded(batch[0].event.kind, time.monotonic() - began, 1, type(error).__name__)
                await self._failed(batch[0], error)
            return
        for one in batch:
            self._spans.folded(one.event.kind, time.monotonic() - began, len(batch), "")
        self._deliver.stored()
        for follow_up in left:
            task = asyncio.create_task(self._follow_up(follow_up))
            self._following[task] = follow_up.arrived
            task.add_done_callback(self._followed)

    def _followed(self, done: asyncio.Task[None]) -> None:
        del self._following[done]
        self._note_idle()

    async def _follow_up(self, left: FollowUp) -> None:
        arrived = left.arrived
        async with self._room:
            try:
                async with asyncio.timeout(FOLLOW_UP_WITHIN.total_seconds()):
                    await left.run()
                await self._events.done([arrived.name])
            except Exception as error:  # noqa: BLE001  whatever it is, the event is delivered again or parked
                try:
                    await self._failed(arrived, error)
                except DATABASE_ERRORS as away:
                    self._database.failed(away)
                    self._add(arrived)
                    self._woken.set()

    async def _failed(self, arrived: Arrived, error: Exception) -> None:
        tries = arrived.tries + 1
        lost = isinstance(error, KeyProblem)
        if lost or tries >= TRIES:
            where = {"hint": "the key it was encrypted with is not here"} if lost else {"where": _where(error)}
            log.error("event parked", **_describe(arrived, error), **where)
            await self._events.park(arrived.name, tries=tries)
            await self._tell(arrived.hook.id)
            return
        log.warning("event not delivered yet", **_describe(arrived, error))
        wait_s = self._pause(tries)
        await self._events.failed(arrived.name, tries=tries, wait_s=wait_s)
        asyncio.get_running_loop().call_later(wait_s, self.look)

    async def _tell(self, hook_id: str) -> None:
        """Tell whoever receives through the hook that something is set aside, once a day."""
        try:
            hook = await self._store.hooks.get(hook_id)
        except KeyProblem:
            return
        if hook is not None:
            day = f"{self._store.now():%Y%m%d}"
            await tell_person(self._store, hook.owner, f"parked:{hook.id}:{day}", EVENTS_PARKED)
            self._deliver.stored()


def _describe(arrived: Arrived, error: Exception) -> dict[str, Any]:
    """Return what is stored of an error: not its message, which may quote the event."""
    return {"kind": arrived.event.kind, "tries": arrived.tries + 1, "error": type(error).__name__}


def _where(error: Exception) -> str:
    """Return the line that raised: enough to find the mistake, without the message, which may quote the event."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
