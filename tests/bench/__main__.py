"""``python -m tests.bench``: what everything costs, beside floors of the same run, and whether the goals are met.

Counts come first, since they are the same on every machine; then CPU of one unit; then ratios to a floor that was
measured in turn with it, with two equal floors beside for what the machine makes of nothing. Times are shown, and mean
something only on a machine with nothing else to do.
"""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench.groups import GROUPS
from tests.bench.page import describe_machine, render_page, render_table
from tests.bench.rows import Row, read_row


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write. Exit status 1 when a goal is not met."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="ROW[,ROW]", help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="see that everything runs; the figures say nothing")
    parser.add_argument("--json", type=Path, help="write the figures here; rows that are there and not measured stay")
    parser.add_argument("--write", type=Path, help="write the page here, from all that is in the JSON file")
    given = parser.parse_args(arguments)
    chosen = given.only.split(",") if given.only else list(GROUPS)
    if unknown := set(chosen) - set(GROUPS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}: use {', '.join(GROUPS)}")
    console = Console(width=150)
    found = _read(given.json)
    measured: list[Row] = []
    for name in chosen:
        began = time.monotonic()
        rows = GROUPS[name].measure(quick=given.quick)
        measured += rows
        found["rows"] = [one for one in found["rows"] if one["name"] != name] + [one.as_json() for one in rows]
        console.print(render_table(f"{GROUPS[name].means} ({time.monotonic() - began:.0f} s)", rows))
        found["machine"] = describe_machine()
        if given.json:
            given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if given.write:
        order = list(GROUPS)
        rows = sorted(map(read_row, found["rows"]), key=lambda row: order.index(row.name))
        given.write.write_text(render_page(found["machine"], rows), encoding="utf-8")
    missed = [row for row in measured if row.met is False]
    for row in missed:
        console.print(f"NOT MET  {row.what}: {row.said}")
    return int(bool(missed))


def _read(file: Path | None) -> dict[str, Any]:
    empty: dict[str, Any] = {"machine": {}, "rows": []}
    if file is None or not file.exists():
        return empty
    known: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return {**empty, **known}


if __name__ == "__main__":
    sys.exit(main())
