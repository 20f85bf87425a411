"""A cell, simulated: a few processes of the bot on one Postgres, and events and commands that arrive by chance.

A process does one thing at a time. What somebody waits for, accepting an event or answering a command, goes before
folding; what waits to be folded is taken in batches, and while Postgres writes a batch its process accepts others.
"""

import heapq
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from tests.bench.rows import quantile

BATCH: Final = 32
"""As in bot/notifications/intake.py."""


@dataclass(frozen=True)
class Costs:
    """Milliseconds of CPU. ``commit_ms``: how long Postgres takes to put a transaction on disk, whatever is in it."""

    accept_ms: float
    fold_ms: float
    command_ms: float
    database_ms: float
    commit_ms: float


@dataclass(frozen=True)
class Cell:
    """``processes`` have a core each; Postgres has ``database_cores``."""

    processes: int = 3
    database_cores: int = 4


@dataclass(frozen=True)
class Outcome:
    """What was waited, in ms: ``ack`` by Dialpad and Slack, ``card`` from an event's arrival until it is folded. How
    busy a process and the database were, as shares; ``left``: events that were not folded at the end."""

    ack_p50: float
    ack_p99: float
    card_p50: float
    card_p99: float
    busy: float
    database_busy: float
    left: int


@dataclass
class _Process:
    urgent: deque[tuple[float, str]] = field(default_factory=deque)
    to_fold: deque[float] = field(default_factory=deque)
    running: bool = False
    folding: bool = False
    busy_ms: float = 0.0


class Simulation:
    """One run of one cell."""

    def __init__(self, cell: Cell, costs: Costs, dice: random.Random) -> None:
        self._costs = costs
        self._dice = dice
        self._processes = [_Process() for _ in range(cell.processes)]
        self._cores = [0.0] * cell.database_cores
        self._database_ms = 0.0
        self._steps: list[tuple[float, int, str, _Process, Sequence[float]]] = []
        self._order = count()
        self._acks: list[float] = []
        self._cards: list[float] = []

    def run(self, events_s: float, commands_s: float, seconds: float) -> Outcome:
        """Let so many events and commands a second arrive for so long."""
        for kind, rate in (("event", events_s), ("command", commands_s)):
            at = self._next(rate)
            while at < seconds * 1000:
                self._at(at, kind, self._dice.choice(self._processes))
                at += self._next(rate)
        while self._steps:
            now, _, step, process, came = heapq.heappop(self._steps)
            self._take(step, now, process, came)
            if now < seconds * 1000:
                self._work(process, now)
        return self._outcome(seconds * 1000)

    def _outcome(self, spent_ms: float) -> Outcome:
        acks, cards = self._acks or [0.0], self._cards or [0.0]
        return Outcome(
            ack_p50=quantile(acks, 0.5),
            ack_p99=quantile(acks, 0.99),
            card_p50=quantile(cards, 0.5),
            card_p99=quantile(cards, 0.99),
            busy=sum(one.busy_ms for one in self._processes) / len(self._processes) / spent_ms,
            database_busy=self._database_ms / len(self._cores) / spent_ms,
            left=sum(len(one.to_fold) + len(one.urgent) for one in self._processes),
        )

    def _take(self, step: str, now: float, process: _Process, came: Sequence[float]) -> None:
        match step:
            case "event" | "command":
                process.urgent.append((now, step))
            case "free":
                process.running = False
            case "accepted" | "answered":
                self._acks += [now - one for one in came]
                process.to_fold.extend(came if step == "accepted" else ())
            case "computed":
                process.running = False
                self._at(self._write(now, len(came)), "folded", process, came)
            case _:
                process.folding = False
                self._cards += [now - one for one in came]

    def _next(self, rate: float) -> float:
        return self._dice.expovariate(rate / 1000) if rate else float("inf")

    def _at(self, moment: float, step: str, process: _Process, came: Sequence[float] = ()) -> None:
        heapq.heappush(self._steps, (moment, next(self._order), step, process, came))

    def _work(self, process: _Process, now: float) -> None:
        """Begin what is next, if nothing is being done."""
        if process.running:
            return
        if process.urgent:
            came, kind = process.urgent.popleft()
            is_event = kind == "event"
            took = self._costs.accept_ms if is_event else self._costs.command_ms
            done = self._write(now + took, 1 if is_event else 2)
            # The answer waits for the disk; the process does not.
            self._at(now + took, "free", process)
            self._at(done, "accepted" if is_event else "answered", process, (came,))
        elif process.to_fold and not process.folding:
            batch = [process.to_fold.popleft() for _ in range(min(BATCH, len(process.to_fold)))]
            took, process.folding = self._costs.fold_ms * len(batch), True
            self._at(now + took, "computed", process, batch)
        else:
            return
        process.running = True
        process.busy_ms += took

    def _write(self, now: float, rows: int) -> float:
        """When the database has written so much on its next free core, and it is on disk."""
        took = self._costs.database_ms * rows
        self._database_ms += took
        begins = max(now, heapq.heappop(self._cores))
        heapq.heappush(self._cores, begins + took)
        return begins + took + self._costs.commit_ms
