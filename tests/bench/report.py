"""From latencies to a table and a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from rich.table import Table

SLOWEST_OVER_FLOOR: Final = 1.25
LEAST_UNDER_STOCK: Final = 20.0

FLOOR: Final = "floor"
AGAIN: Final = "floor again"
STOCK: Final = "stock Bolt"
FEW: Final = "ours, 10 ids"
MANY: Final = "ours, 250 ids"

Round = Mapping[str, Sequence[float]]
"""Row name to milliseconds; everything in one round was measured within the same second or two."""


@dataclass(frozen=True)
class Row:
    """One line. The ratios are medians over the rounds, so that a slow second weighs on both sides or on neither."""

    name: str
    p50: float
    p99: float
    to_floor: float
    under_stock: float
    by_round: tuple[float, ...]
    """This row's p50 over the floor's, round by round."""


def quantile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def ratios(rounds: Sequence[Round], name: str, over: str) -> tuple[float, ...]:
    """The p50 of ``name`` divided by the p50 of ``over``, round by round."""
    return tuple(median(one[name]) / median(one[over]) for one in rounds)


def read_rows(rounds: Sequence[Round]) -> list[Row]:
    """One row for each name, in the order of the first round."""
    rows = []
    for name in rounds[0]:
        everything = [value for one in rounds for value in one[name]]
        by_round = ratios(rounds, name, FLOOR)
        stock = median(ratios(rounds, STOCK, name))
        rows.append(Row(name, median(everything), quantile(everything, 0.99), median(by_round), stock, by_round))
    return rows


def find_faults(rounds: Sequence[Round]) -> list[str]:
    """What is slower than promised, one sentence each."""
    faults = []
    for name in (FEW, MANY):
        to_floor = median(ratios(rounds, name, FLOOR))
        under_stock = median(ratios(rounds, STOCK, name))
        if to_floor > SLOWEST_OVER_FLOOR:
            faults.append(f"{name}: {to_floor:.2f} x the floor, at most {SLOWEST_OVER_FLOOR} is allowed")
        if under_stock < LEAST_UNDER_STOCK:
            faults.append(f"{name}: {under_stock:.1f} x faster than stock Bolt, at least {LEAST_UNDER_STOCK:.0f} asked")
    spread = max(max(ratio, 1 / ratio) for ratio in ratios(rounds, AGAIN, FLOOR))
    growth = median(ratios(rounds, MANY, FEW))
    if growth > spread:
        faults.append(f"250 ids take {growth:.2f} x as long as 10; two equal servers differ by {spread:.2f} x")
    return faults


def render(title: str, rows: Sequence[Row]) -> Table:
    """For a terminal."""
    table = Table(title=title, title_justify="left")
    table.add_column("Acknowledged by")
    for heading in ("p50 ms", "p99 ms", "x floor", "faster than stock", "x floor, round by round"):
        table.add_column(heading, justify="right")
    for row in rows:
        each = " ".join(f"{ratio:.2f}" for ratio in row.by_round)
        faster = f"{row.under_stock:.1f} x"
        table.add_row(row.name, f"{row.p50:.2f}", f"{row.p99:.2f}", f"{row.to_floor:.2f}", faster, each)
    return table
