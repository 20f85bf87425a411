"""What was measured, kept in a JSON file and shown as a page: rows that are not measured this time stay."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench.groups import GROUPS
from tests.bench.page import describe_machine, render_page, render_table
from tests.bench.rows import Row, read_row


def show(name: str, rows: Sequence[Row], seconds: float) -> None:
    """Print the rows of a group, and how long they took."""
    Console(width=150).print(render_table(f"{GROUPS[name].means} ({seconds:.0f} s)", rows))


def say_missed(rows: Sequence[Row]) -> bool:
    """Print what is not as it should be, and tell whether there was anything."""
    missed = [row for row in rows if row.met is False]
    for row in missed:
        Console(width=150).print(f"NOT MET  {row.what}: {row.said}")
    return bool(missed)


def keep(name: str, rows: Sequence[Row], file: Path | None) -> None:
    """Put the rows of a group in place of those that are in the file."""
    if file is None:
        return
    known = read_figures(file)
    others = [one for one in known["rows"] if one["name"] != name]
    found = {"machine": describe_machine(), "rows": [*others, *(row.as_json() for row in rows)]}
    file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def read_figures(file: Path) -> dict[str, Any]:
    """``machine`` and ``rows``; none when there is no such file."""
    known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {"machine": {}, "rows": [], **known}


def write_page(page: Path, file: Path) -> None:
    """Write the page from all that is in the file."""
    order = list(GROUPS)
    known = read_figures(file)
    rows = sorted(map(read_row, known["rows"]), key=lambda row: order.index(row.name))
    page.write_text(render_page(known["machine"], rows), encoding="utf-8")
