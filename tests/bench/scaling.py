"""``python -m tests.bench.scaling``: what many workspaces need, simulated from the figures of the bench.

Cells of one Postgres and three processes each, with a third of the processes gone: a deployment, or a machine that
fails. A cell carries what is acknowledged and shown in time at the 99th percentile; how many cells it takes follows
from the peak, and from workspaces being of very different sizes.
"""

import argparse
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.figures import read_figures
from tests.bench.queueing import Cell, Costs, Outcome, Simulation

AVERAGE, PEAK = 720.0, 2_200.0
"""Events a second of 5,000 workspaces with 200,000 agents."""
WORKSPACES, AGENTS = 5_000, 200_000
COMMANDS_AN_AGENT: Final = 6
"""In a working day of eight hours; at the peak three times as many an hour."""
COMMIT_MS: Final = 2.0
"""A disk that keeps what it says it has written, or a replica in the same place."""
CALLS_OF_AN_EVENT: Final = 0.7
"""Requests to Slack that an event leads to: a call is three events, one message, and an update."""
ACK_MS, CARD_MS = 100.0, 1_000.0
RATES: Final = (50, 100, 150, 200, 300, 400, 500, 600, 700, 800, 1_000, 1_200, 1_500, 2_000)
LASTS_S: Final = 30.0
_SPARE: Final = 1
"""Processes of a cell that may be gone at the peak."""
_SEED: Final = 1
BEGIN, END = "<!-- simulated by python -m tests.bench.scaling -->", "<!-- end -->"


@dataclass(frozen=True)
class Carried:
    """What a cell does at a rate of events."""

    rate: float
    outcome: Outcome

    @property
    def in_time(self) -> bool:
        return self.outcome.ack_p99 <= ACK_MS and self.outcome.card_p99 <= CARD_MS


def read_costs(figures: Mapping[str, Any]) -> Costs:
    """Read the costs from the rows of the bench. Raises KeyError with what was not measured."""
    found = {row["what"]: row["ours"] for row in figures["rows"]}
    accept_ms = found["CPU of accepting an event at 10 connections"]
    whole_ms = found["CPU of an event on Postgres, in our processes"]
    return Costs(
        accept_ms=accept_ms,
        fold_ms=whole_ms + CALLS_OF_AN_EVENT * found["CPU of one Dialpad call"],
        command_ms=found["whole command: dnd on"],
        database_ms=found["CPU of an event on Postgres, in Postgres"],
        commit_ms=COMMIT_MS,
    )


def climb(cell: Cell, costs: Costs, *, lasts_s: float = LASTS_S, rates: Sequence[float] = RATES) -> list[Carried]:
    """Simulate rate by rate until one is too much, with commands in proportion."""
    found: list[Carried] = []
    for rate in rates:
        dice = random.Random(_SEED)  # noqa: S311  (arrivals)
        outcome = Simulation(cell, costs, dice).run(rate, commands_of(rate), lasts_s)
        found.append(Carried(rate, outcome))
        if not found[-1].in_time:
            break
    return found


def commands_of(events_s: float) -> float:
    """Commands a second beside so many events: both follow the hours of the day."""
    return events_s / AVERAGE * AGENTS * COMMANDS_AN_AGENT / (8 * 3600)


def knee(found: Sequence[Carried]) -> float:
    """The highest rate that is carried in time."""
    return max((one.rate for one in found if one.in_time), default=0.0)


def cells_for(peak: float, of_a_cell: float, workspaces: int = WORKSPACES) -> int:
    """How many cells carry a peak when each workspace is in one of them and no cell may have more than it carries.

    Sizes of workspaces are log-normal, the largest with hundreds of times the agents of the smallest; each goes to the
    cell that has the least.
    """
    dice = random.Random(_SEED)  # noqa: S311  (sizes)
    sizes = [dice.lognormvariate(0.0, 1.2) for _ in range(workspaces)]
    shares = sorted((peak * size / sum(sizes) for size in sizes), reverse=True)
    cells = max(1, -int(-peak // of_a_cell))
    while True:
        loads = [0.0] * cells
        for share in shares:
            loads[loads.index(min(loads))] += share
        if max(loads) <= of_a_cell or shares[0] > of_a_cell:
            return cells
        cells += 1


def simulated(costs: Costs) -> str:
    """The figures as they stand on the page."""
    whole, reduced = Cell(), Cell(processes=Cell().processes - _SPARE)
    one, all_there, with_less = (climb(cell, costs) for cell in (Cell(processes=1), whole, reduced))
    of_a_cell = knee(with_less)
    cells = cells_for(PEAK, of_a_cell) if of_a_cell else 0
    parts = (
        ("accepting an event", costs.accept_ms),
        ("folding and posting it", costs.fold_ms),
        ("a whole command", costs.command_ms),
        ("Postgres for each of them", costs.database_ms),
    )
    carried = (
        f"One process carries {knee(one):,.0f} events a second in time, a cell of {whole.processes} "
        f"{knee(all_there):,.0f}, and with {_SPARE} of them gone {of_a_cell:,.0f}."
    )
    needed = (
        f"{WORKSPACES:,} workspaces with {AGENTS:,} agents send {AVERAGE:,.0f} events a second on average and "
        f"{PEAK:,.0f} at the peak, with {commands_of(PEAK):,.0f} commands a second beside them. That needs "
        f"**{cells} cells**: {cells * whole.processes} processes, and {cells} Postgres servers with "
        f"{whole.database_cores} cores each, so that every cell has a process to spare at the peak."
    )
    lines = [
        f"CPU, from docs/performance.json: {', '.join(f'{name} {ms:.2f} ms' for name, ms in parts)}.",
        "",
        "| events a second to one cell | ack p99 | card p99 | a process is busy | Postgres is busy |",
        "|--:|--:|--:|--:|--:|",
        *map(_line, all_there),
        "",
        carried,
        "",
        needed,
        "",
    ]
    return "\n".join(lines)


def _line(one: Carried) -> str:
    found = one.outcome
    mark = "" if one.in_time else " (too late)"
    return (
        f"| {one.rate:,.0f}{mark} | {found.ack_p99:,.0f} ms | {found.card_p99:,.0f} ms | {found.busy:.0%} "
        f"| {found.database_busy:.0%} |"
    )


def write_page(page: Path, text: str) -> None:
    """Put the figures between the two marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate, print, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scaling", description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("docs/performance.json"), help="the figures of the bench")
    parser.add_argument("--write", type=Path, help="the page to put them in")
    given = parser.parse_args(arguments)
    try:
        text = simulated(read_costs(read_figures(given.json)))
    except KeyError as missing:
        sys.stderr.write(f"{given.json} has no row {missing}: measure it first, with python -m tests.bench --json\n")
        return 2
    sys.stdout.write(text)
    if given.write:
        write_page(given.write, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
