"""What the durable queue does for whoever uses it. Backoff, giving up, and both ends are the contracts of its users:
``test_durable_later`` and ``tests/bot/notifications/test_intake``."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from bot.store.dbos_engine import Engine, Queue, Queued
from bot.store.durable_later import WORKFLOW as LATER
from bot.store.durable_queue import AlsoWrite, DurableQueue, Naming, UnfinishedRow, _label_after
from bot.store.store import Store

EVENTS = Naming("event", prefix="event:")
TIMED = Naming(LATER, with_attempt=True)
ROW = "h-7:call:1:missed:1700000000000"


class Notes:
    """A ``Work`` that always fails, and is tried again without end."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ran = 0
        self.left: list[UnfinishedRow] = []

    async def unfinished(self) -> Sequence[UnfinishedRow]:
        return self.left

    async def read(self, name: str, attempt: int) -> str | None:
        return name

    async def unreadable(self, name: str) -> None:
        raise AssertionError(name)

    async def run(self, item: str) -> None:
        self.ran += 1
        raise LookupError

    async def done(self, item: str) -> None:
        raise AssertionError(item)

    def wait_before_retry(self, item: str, error: Exception) -> float | None:
        return 60.0

    async def retry(self, item: str, error: Exception, also: AlsoWrite) -> None:
        await self._store.database.write(also)

    async def give_up(self, item: str, error: Exception) -> None:
        raise AssertionError(item)


@dataclass
class EngineOnPaper:
    """``Engine``, as far as the queue needs it: what is queued runs when the test says so."""

    queued: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    workflow: Callable[..., Awaitable[None]] | None = None
    current: str = ""

    def add(self, name: str, workflow: Callable[..., Awaitable[None]], queue: Queue) -> None:
        self.workflow = workflow

    def enqueue(
        self, connection: Connection, workflow: str, args: Sequence[Any], *, workflow_id: str, delay_s: float = 0.0
    ) -> None:
        self.queued.setdefault(workflow_id, tuple(args))

    def current_id(self) -> str:
        return self.current

    async def on_bot_loop(self, work: Coroutine[Any, Any, None]) -> None:
        await work

    async def unfinished(self, workflow: str) -> list[Queued]:
        """None: what was ``queued`` before has ended."""
        return []

    async def take_over(self, ids: Sequence[str]) -> None:
        assert not ids

    async def begin_now(self, ids: Sequence[str]) -> None:
        assert not ids

    async def run(self, workflow_id: str) -> None:
        assert self.workflow is not None
        self.current = workflow_id
        await self.workflow(*self.queued[workflow_id])


async def test_an_attempt_that_a_crash_repeats_queues_one_successor(sqlite_store: Store) -> None:
    paper, work = EngineOnPaper(), Notes(sqlite_store)
    queue = DurableQueue(cast(Engine, paper), sqlite_store.context, TIMED, work, at_once=1, poll_s=1.0)
    await sqlite_store.database.write(partial(queue.start, name="row"))

    await paper.run("row:1")
    await paper.run("row:1")
    await paper.run("row:2")

    assert paper.queued == {"row:1": ("row", 1), "row:2": ("row", 2), "row:3": ("row", 3)}
    assert work.ran == 3


class SlowNotes(Notes):
    """A ``Work`` that takes until ``go``, and then is done."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.began, self.go = asyncio.Event(), asyncio.Event()
        self.over = False

    async def read(self, name: str, attempt: int) -> str | None:
        return None if self.over else name

    async def run(self, item: str) -> None:
        self.ran += 1
        self.began.set()
        await self.go.wait()

    async def done(self, item: str) -> None:
        self.over = True


async def test_two_workflows_that_meet_at_a_row_do_its_work_once(sqlite_store: Store) -> None:
    paper, work = EngineOnPaper(), SlowNotes(sqlite_store)
    queue = DurableQueue(cast(Engine, paper), sqlite_store.context, EVENTS, work, at_once=2, poll_s=1.0)
    await sqlite_store.database.write(partial(queue.start, name=ROW))
    paper.queued[EVENTS.workflow_id(ROW, "r1-1")] = (ROW,)  # one that a crash left over

    both = asyncio.gather(*map(paper.run, paper.queued))
    await work.began.wait()
    work.go.set()
    await both

    assert len(paper.queued) == 2
    assert work.ran == 1


async def test_a_row_whose_ids_are_taken_is_tried_again_after_a_restart(sqlite_store: Store) -> None:
    ended = {"row:1": ("row", 1), "row:2": ("row", 2)}
    paper, work = EngineOnPaper(queued=dict(ended)), Notes(sqlite_store)
    work.left = [UnfinishedRow("row", sqlite_store.now())]
    queue = DurableQueue(cast(Engine, paper), sqlite_store.context, TIMED, work, at_once=1, poll_s=1.0)

    await queue.resume()
    (first,) = paper.queued.keys() - ended.keys()
    await paper.run(first)
    assert len(paper.queued.keys() - ended.keys()) == 2


@pytest.mark.parametrize(
    ("naming", "workflow_id", "row"),
    [
        (EVENTS, f"event:{ROW}:0", ROW),
        (EVENTS, f"event:{ROW}:t0a1b2c3d-3", ROW),
        (EVENTS, f"event:{ROW}:r17000000000", ROW),
        (TIMED, "k3x-Zq_9:1", "k3x-Zq_9"),
        (TIMED, "k3x-Zq_9:r1700000000", "k3x-Zq_9"),
    ],
)
def test_workflows_of_an_earlier_version_are_known_by_their_rows(naming: Naming, workflow_id: str, row: str) -> None:
    assert naming.row_name(workflow_id) == row


@pytest.mark.parametrize(
    ("label", "following"),
    [
        ("1", "2"),
        ("r1700000000-1", "r1700000000-2"),
        ("p0a1b2c3d-9", "p0a1b2c3d-10"),
        ("0", "1"),
        ("t0a1b2c3d-3", "t0a1b2c3d-4"),
        ("r1700000000", "r1700000000-2"),
    ],
)
def test_the_next_attempt_follows_from_the_one_before_also_of_an_earlier_version(label: str, following: str) -> None:
    assert _label_after(label) == following
