"""``python -m tests.bench``: what everything costs, beside floors of the same run, and whether the goals are met.

Counts come first, since they are the same on every machine; then CPU of one unit; then ratios to a floor that was
measured in turn with it, with two equal floors beside for what the machine makes of nothing. Times are shown, and mean
something only on a machine with nothing else to do.
"""

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bot.basics.logs import set_up_logging
from tests.bench.figures import keep, say_missed, show, write_page
from tests.bench.groups import GROUPS
from tests.bench.rows import Row


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print and write. Exit status 1 when a goal is not met."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="ROW[,ROW]", help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="see that everything runs; the figures say nothing")
    parser.add_argument("--json", type=Path, help="write the figures here; rows that are there and not measured stay")
    parser.add_argument("--write", type=Path, help="write the page here, from all that is in the JSON file")
    given = parser.parse_args(arguments)
    chosen = given.only.split(",") if given.only else [name for name, group in GROUPS.items() if not group.by_itself]
    if unknown := set(chosen) - set(GROUPS):
        parser.error(f"there is no row {', '.join(sorted(unknown))}: use {', '.join(GROUPS)}")
    if given.write and not given.json:
        parser.error("--write needs --json: the page is written from that file")
    set_up_logging("json", level=logging.WARNING)
    measured: list[Row] = []
    for name in chosen:
        began = time.monotonic()
        rows = GROUPS[name].measure(quick=given.quick)
        measured += rows
        show(name, rows, time.monotonic() - began)
        keep(name, rows, given.json)
    if given.write:
        write_page(given.write, given.json)
    return int(say_missed(measured))


if __name__ == "__main__":
    sys.exit(main())
