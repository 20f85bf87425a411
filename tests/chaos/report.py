"""Writes what was measured into docs/reliability.md, between two marks; the words around it are written by hand."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.run import Outcome

BEGIN = "<!-- measured by make chaos -->"
END = "<!-- end -->"


def write_page(page: Path, outcomes: Sequence[Outcome]) -> None:
    """Put the figures of these runs in place of those that are there."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{measured(outcomes)}{END}{after}", encoding="utf-8")


def measured(outcomes: Sequence[Outcome]) -> str:
    day = datetime.now(UTC).date()
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    seeds = ", ".join(str(one.plan.seed) for one in outcomes)
    lines = [f"Measured on {day} on a machine with {machine}; seeds {seeds}.", ""]
    lines += _table("", [_name(one) for one in outcomes], [one.rows() for one in outcomes])
    kinds = list(dict.fromkeys(name for one in outcomes for name in one.troubles))
    times = [[(kind, str(one.troubles.get(kind, "–"))) for kind in kinds] for one in outcomes]
    lines += ["", "How often there was which trouble:", ""]
    lines += _table("", [_name(one) for one in outcomes], times)
    found = [f"- {_name(one)}: {finding}" for one in outcomes for finding in one.books.findings]
    lines += ["", *(["What was not as promised:", "", *found] if found else ["Every promise was kept."]), ""]
    return "\n".join(lines)


def _name(outcome: Outcome) -> str:
    plan = outcome.plan
    database = "SQLite" if plan.database == "sqlite" else "Postgres"
    processes = "1 process" if plan.processes == 1 else f"{plan.processes} processes"
    return f"{database}, {processes}, {'Socket Mode' if plan.socket_mode else 'HTTP'}"


def _table(corner: str, heads: Sequence[str], columns: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
    rows = [f"| {' | '.join([corner, *heads])} |", f"|---|{'--:|' * len(heads)}"]
    for number, (name, _) in enumerate(columns[0]):
        rows.append(f"| {' | '.join([name, *(column[number][1] for column in columns)])} |")
    return rows
