"""``python -m tests.bench``: how fast Slack is acknowledged, beside stock Bolt and a bare Bolt floor.

Times say little on a machine that others use too. So all servers run at once, each is asked in turn, forwards and
then backwards, and what counts is the ratio within a round. The floor runs twice: how far those two lie apart is what
the machine makes of nothing. One row is there for information: a command that changes something and so is on disk
before it is acknowledged.
"""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rich.console import Console

from tests.bench.load import measure
from tests.bench.report import AGAIN, FEW, FLOOR, MANY, STOCK, Round, find_faults, read_rows, render
from tests.bench.servers import CHILDREN

CHECKOUT = Path(__file__).parents[2]

CHANGES = "ours, on disk first"
READ, CHANGE = "look", "change"
"""What is typed: a command that only reads, and one that changes something."""


@dataclass(frozen=True)
class Subject:
    """One row of the table: which server is asked for what."""

    name: str
    server: str
    text: str = READ
    share: float = 1.0
    """Of the requests of a round; stock Bolt is slow, and a few are enough to see that."""


SUBJECTS = (
    Subject(FLOOR, "floor"),
    Subject(FEW, "ours-10"),
    Subject(MANY, "ours-250"),
    Subject(STOCK, "stock", share=0.2),
    Subject(CHANGES, "ours-10", CHANGE, share=0.5),
    Subject(AGAIN, "floor again"),
)


@contextmanager
def running(names: Iterable[str]) -> Iterator[dict[str, int]]:
    """Servers, each in its own process; gives their ports by name."""
    with ExitStack() as stack:
        outputs = {name: _start(name, stack) for name in names}
        yield {name: _read_port(name, output) for name, output in outputs.items()}


def _start(name: str, stack: ExitStack) -> IO[str]:
    command = [sys.executable, "-m", CHILDREN, name.removesuffix(" again")]
    pipe = subprocess.PIPE
    process = stack.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=CHECKOUT))
    assert process.stdin is not None
    assert process.stdout is not None
    stack.callback(process.stdin.close)  # which ends it; leaving the process's own context waits for that
    return process.stdout


def _read_port(name: str, output: IO[str]) -> int:
    port = output.readline()
    if not port:
        raise SystemExit(f"The server {name!r} did not start.")
    return int(port)


async def collect(ports: dict[str, int], *, rounds: int, requests: int, connections: int) -> list[Round]:
    """Ask every subject once per round, in turn and then in reverse turn. The first round warms up and is dropped."""
    found: list[Round] = []
    for number in range(rounds + 1):
        order = SUBJECTS if number % 2 else tuple(reversed(SUBJECTS))
        times = {}
        for subject in order:
            wanted = max(connections, int(requests * subject.share))
            times[subject.name] = await measure(
                ports[subject.server],
                subject.text,
                requests=wanted,
                connections=connections,
                settle=connections == 1,
            )
        found.append({subject.name: times[subject.name] for subject in SUBJECTS})
    return found[1:]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, judge. Exit status 1 when something is slower than promised."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--requests", type=int, default=300, help="in a round, to each server")
    chosen = parser.parse_args(arguments)
    console = Console(width=140)
    with running({subject.server for subject in SUBJECTS}) as ports:
        one = asyncio.run(collect(ports, rounds=chosen.rounds, requests=chosen.requests, connections=1))
        console.print(
            render(
                "A signed slash command, one connection; each leaves when the work of the one before has ended",
                read_rows(one),
            )
        )
        ten = asyncio.run(collect(ports, rounds=chosen.rounds, requests=chosen.requests, connections=10))
        console.print(
            render(
                "The same over ten connections at once, without waiting for any work (for information)", read_rows(ten)
            )
        )
    faults = find_faults(one)
    for fault in faults:
        console.print(f"TOO SLOW  {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
