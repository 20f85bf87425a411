"""What Linux says about a process: CPU, wake-ups, memory, open files."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Use:
    """``cpu_s`` of all threads that are alive; ``wakeups``: how often one of them went to sleep and was woken."""

    cpu_s: float
    wakeups: int
    memory_mb: float
    files: int
    threads: int


def look(pid: int) -> Use:
    """Raises OSError when there is no such process."""
    here = Path(f"/proc/{pid}")
    cpu_ns = wakeups = threads = 0
    for thread in _threads(here):
        with contextlib.suppress(OSError):  # it has just ended
            cpu_ns += int((thread / "schedstat").read_text().split()[0])
            status = (thread / "status").read_text()
            wakeups += int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
            threads += 1
    return Use(cpu_ns / 1e9, wakeups, _memory_mb(here), len(os.listdir(here / "fd")), threads)


def _threads(process: Path) -> Iterator[Path]:
    for name in os.listdir(process / "task"):
        yield process / "task" / name


def _memory_mb(process: Path) -> float:
    """What it has to itself, and its share of what it shares with others."""
    for line in (process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise OSError("no Pss")


def cpu_of_children(pid: int) -> float:
    """CPU seconds of all processes that this one started, and of those that they started."""
    spent = 0.0
    for one in _descendants(pid):
        with contextlib.suppress(OSError):
            spent += look(one).cpu_s
    return spent


def _descendants(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):
        for thread in _threads(Path(f"/proc/{pid}")):
            for child in (thread / "children").read_text().split():
                found += [int(child), *_descendants(int(child))]
    return found
