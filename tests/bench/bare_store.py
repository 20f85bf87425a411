"""The least that keeps what was acknowledged: SQLite, synced at each commit, written in groups."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from tests.bench.counting import Counter

_Job = tuple[str, Sequence[Any], "asyncio.Future[None]"]


class BareStore:
    """Runs statements in one thread; what arrives while a commit is under way shares the next."""

    def __init__(self, file: Path, tables: str, counter: Counter) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._counter = counter
        threading.Thread(target=self._run, args=(file, tables), daemon=True).start()

    async def write(self, statement: str, *values: Any) -> None:
        """It is on disk when this returns."""
        written: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put((statement, values, written))
        await written

    def _run(self, file: Path, tables: str) -> None:
        rows = sqlite3.connect(file, isolation_level=None)
        rows.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {tables}")
        while True:
            jobs = [self._jobs.get()]
            while not self._jobs.empty():
                jobs.append(self._jobs.get())
            rows.execute("BEGIN IMMEDIATE")
            for statement, together in groupby(jobs, key=lambda job: job[0]):
                rows.executemany(statement, [values for _, values, _ in together])
                self._counter.statements += 1
            rows.execute("COMMIT")
            self._counter.commits += 1
            self._loop.call_soon_threadsafe(_all_written, [written for _, _, written in jobs])


def _all_written(waiting: list["asyncio.Future[None]"]) -> None:
    for written in waiting:
        written.set_result(None)
