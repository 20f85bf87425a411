"""``python -m tests.day``: days of a busy line, each by its seed and in a process of its own, and what they came to."""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.day.play import Plan
from tests.day.report import play_one, write_page


def main() -> int:
    reading = argparse.ArgumentParser(prog="python -m tests.day", description=__doc__)
    reading.add_argument("--seeds", default="1", help="one or several, separated by commas")
    reading.add_argument("--calls", type=int, default=300)
    reading.add_argument("--texts", type=int, default=120)
    reading.add_argument("--hours", type=float, default=10, help="how long the day is")
    reading.add_argument("--write", default="", help="the page to write the figures into")
    given = reading.parse_args()
    plans = [Plan(int(seed), given.calls, given.texts, given.hours) for seed in given.seeds.split(",")]
    days = []
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as processes:
        for day in processes.map(play_one, plans):
            sys.stdout.write(day.words)
            sys.stdout.flush()
            days.append(day)
    if given.write:
        write_page(Path(given.write), days)
    return int(not all(one.is_flawless for one in days))


if __name__ == "__main__":
    sys.exit(main())
