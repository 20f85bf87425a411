"""What a process has spent so far: CPU, transactions, statements, and syncs of its disk."""

import ctypes
import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine

SYNCS: Final = Path(__file__).with_name("syncs.c")
"""Counts syncs in a process that it is loaded into; elsewhere there are none to be seen."""


@dataclass(frozen=True)
class Spent:
    """``cpu_s`` of all threads; ``syncs`` is -1 where nobody counts them."""

    cpu_s: float = 0.0
    commits: int = 0
    statements: int = 0
    syncs: int = 0

    def since(self, before: "Spent") -> "Spent":
        """What was spent after ``before``."""
        unknown = -1 in (self.syncs, before.syncs)
        return Spent(
            self.cpu_s - before.cpu_s,
            self.commits - before.commits,
            self.statements - before.statements,
            -1 if unknown else self.syncs - before.syncs,
        )

    def as_json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


class Counter:
    """Counts what goes through SQLAlchemy, also that of libraries; others add to ``commits`` themselves."""

    def __init__(self) -> None:
        self.commits = self.statements = 0
        event.listen(Engine, "commit", self._committed)
        event.listen(Engine, "before_cursor_execute", self._executed)
        libc = ctypes.CDLL(None)
        self._syncs = libc.syncs_so_far if hasattr(libc, "syncs_so_far") else None
        if self._syncs is not None:
            self._syncs.restype = ctypes.c_long

    def now(self) -> Spent:
        syncs = -1 if self._syncs is None else int(self._syncs())
        return Spent(time.process_time(), self.commits, self.statements, syncs)

    def close(self) -> None:
        event.remove(Engine, "commit", self._committed)
        event.remove(Engine, "before_cursor_execute", self._executed)

    def _committed(self, _connection: Any) -> None:
        self.commits += 1

    def _executed(self, *_: Any) -> None:
        self.statements += 1
