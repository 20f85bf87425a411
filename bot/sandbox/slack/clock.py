"""Waiting by an injectable clock: real seconds in the demo, ``tick()`` after moving a fake clock in tests."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Timers:
    """Timers of the embedded Slack. ``now`` gives unix seconds; ``on_sleep`` is called when a wait begins."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.on_sleep: Callable[[], None] = lambda: None
        self._sleepers: dict[asyncio.Future[None], float] = {}

    async def sleep(self, seconds: float) -> None:
        """Return when the clock has moved on by ``seconds``."""
        if seconds <= 0:
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due = self._sleepers[sleeper] = self.now() + seconds
        self.on_sleep()
        try:
            while not sleeper.done():
                # An injected clock may stand still while the loop's moves on: then check again later.
                await asyncio.wait({sleeper}, timeout=max(due - self.now(), 0.01))
                self.tick()
        finally:
            self._sleepers.pop(sleeper, None)

    async def within(self, seconds: float, task: "asyncio.Future[T]") -> T:
        """Return the task's result; TimeoutError, and the task cancelled, when the clock passes ``seconds`` first."""
        timer = asyncio.ensure_future(self.sleep(seconds))
        racing: list[asyncio.Future[Any]] = [timer, task]
        try:
            await asyncio.wait(racing, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            task.cancel()
            raise TimeoutError
        finally:
            timer.cancel()

    def tick(self) -> None:
        """Resume every sleeper that is due. Call it after moving an injected clock."""
        moment = self.now()
        for sleeper, due in list(self._sleepers.items()):
            if due <= moment and not sleeper.done():
                sleeper.set_result(None)

    @property
    def waiting(self) -> tuple[float, ...]:
        """Return when each sleeper is due, soonest first; for tests that wait until something has begun to wait."""
        return tuple(sorted(self._sleepers.values()))


class Tasks:
    """Background work that is finished or cancelled before the sandbox goes away."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Any) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def aclose(self) -> None:
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
