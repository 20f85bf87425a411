"""Rows as a table for a terminal, and as docs/performance.md."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich.table import Table

from tests.bench.groups import GROUPS
from tests.bench.rows import Row, say_number

HEADINGS: Final = ("", "ours", "floor", "ratio", "noise", "goal", "")
INTRODUCTION: Final = """# What it costs

Written by `make bench`, never by hand. Each table has ours beside the **floor**: the least program that does the same,
measured in turn with ours in the same run. **Ratio** is ours to the floor, the median over the rounds; **noise** is the
ratio of two equal floors, so a ratio that differs from its goal by less says nothing. Counts are the same on every
machine, CPU and ratios nearly so; times mean something only on a machine with nothing else to do. What many workspaces
need is in [scaling.md](scaling.md).
"""


def describe_machine() -> dict[str, str]:
    """What it was measured on."""
    return {
        "day": f"{datetime.now(UTC).date()}",
        "cores": str(os.cpu_count()),
        "kind": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def cells(row: Row) -> tuple[str, ...]:
    """What the table shows of a row."""
    floor = "" if row.floor is None else say_number(row.floor)
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
    noise = "" if row.noise is None else f"{row.noise:.2f}x"
    goal = row.goal.text(row.unit) if row.goal else ""
    met = {True: "met", False: "**not met**", None: ""}[row.met]
    return (row.what, f"{say_number(row.ours)} {row.unit}", floor, ratio, noise, goal, met)


def render_table(title: str, rows: Sequence[Row]) -> Table:
    """For a terminal."""
    table = Table(title=title, title_justify="left")
    for number, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="right" if 0 < number < len(HEADINGS) - 1 else "left")
    for row in rows:
        table.add_row(*(one.replace("**", "") for one in cells(row)))
        for line in details(row):
            table.add_row(f"  {line}")
    return table


def details(row: Row) -> Iterator[str]:
    """What else was counted."""
    if row.more:
        yield ", ".join(f"{name} {say_number(value)}" for name, value in row.more.items() if value is not None)


def render_page(machine: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """The whole of docs/performance.md."""
    met, judged = sum(row.met is True for row in rows), sum(row.met is not None for row in rows)
    on = f"{machine['cores']} cores, {machine['kind']}, Python {machine['python']}"
    lines = [INTRODUCTION, f"Measured on {machine['day']} with {on}: {met} of {judged} goals met.", ""]
    for name, group in GROUPS.items():
        own = [row for row in rows if row.name == name]
        if own:
            lines += [f"## {group.means}", "", *_table(own), *_floors(own), *_more(own)]
    return "\n".join(lines)


def _table(rows: Sequence[Row]) -> list[str]:
    lines = [f"| {' | '.join(HEADINGS)} |", "|---|--:|--:|--:|--:|--:|---|"]
    return [*lines, *(f"| {' | '.join(cells(row))} |" for row in rows), ""]


def _floors(rows: Sequence[Row]) -> list[str]:
    named = dict.fromkeys(row.floor_is for row in rows if row.floor_is)
    return [f"Floor: {'; '.join(named)}.", ""] if named else []


def _more(rows: Sequence[Row]) -> list[str]:
    lines = [f"- {row.what}: {line}" for row in rows for line in details(row)]
    return [*lines, ""] if lines else []
