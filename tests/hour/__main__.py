"""``python -m tests.hour``: a supervisor's hour in the demo as it is, and what it took."""

import argparse
import asyncio
import logging
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.basics.logs import set_up_logging
from bot.sandbox.demo import running_demo
from tests.flows.stage import office_hours
from tests.hour.play import Cost, Hour, Thing
from tests.hour.things import THINGS

BEGIN: Final = "<!-- measured by make hour -->"
END: Final = "<!-- end -->"


async def play() -> list[tuple[Thing, Cost]]:
    """Play it with the bot's own waits, none of them shortened."""
    async with running_demo(clock=office_hours()) as demo:
        hour = Hour.of(demo)
        await hour.play(THINGS)
        return hour.costs


def rows(costs: Sequence[tuple[Thing, Cost]]) -> list[tuple[str, ...]]:
    """Return a row for each thing, and one for all."""
    made = [
        (thing.title, str(cost.lines), str(cost.presses), str(cost.choices), f"{cost.seconds:.1f}")
        for thing, cost in costs
    ]
    of_all = [cost for _, cost in costs]
    lines, presses, choices = (sum(one.effort[place] for one in of_all) for place in range(3))
    return [*made, ("All", str(lines), str(presses), str(choices), f"{sum(one.seconds for one in of_all):.1f}")]


HEAD: Final = ("", "lines typed", "presses", "choices", "seconds")


def text(costs: Sequence[tuple[Thing, Cost]]) -> str:
    width = max(len(thing.title) for thing, _ in costs)
    lines = [f"{one[0]:<{width}}  " + "  ".join(f"{cell:>11}" for cell in one[1:]) for one in (HEAD, *rows(costs))]
    return "\n".join(lines) + "\n"


def write_page(page: Path, costs: Sequence[tuple[Thing, Cost]], load: float) -> None:
    """Put these figures in place of those that are there. ``load``: how many programs ran beside it."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    beside = f"Its load was {load:.1f} when this began: seconds are longer on a busy machine, the rest is the same."
    lines = [f"Played on {datetime.now(UTC).date()} on a machine with {machine}. {beside}", ""]
    lines += [f"| {' | '.join(HEAD)} |", "|---|--:|--:|--:|--:|", *(f"| {' | '.join(one)} |" for one in rows(costs))]
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


def main() -> int:
    reading = argparse.ArgumentParser(prog="python -m tests.hour", description=__doc__)
    reading.add_argument("--write", default="", help="the page to write the figures into")
    given = reading.parse_args()
    set_up_logging("console", level=logging.CRITICAL)
    load = os.getloadavg()[0]
    costs = asyncio.run(play())
    sys.stdout.write(text(costs))
    if given.write:
        write_page(Path(given.write), costs, load)
    return int(any(one > most for thing, cost in costs for one, most in zip(cost.effort, thing.most, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
