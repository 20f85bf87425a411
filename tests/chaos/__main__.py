"""``python -m tests.chaos``: one run, or with ``--all`` the three that ``make chaos`` makes."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from tests.chaos.report import write_page
from tests.chaos.run import Outcome, Plan, run


def main() -> int:
    reading = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    reading.add_argument("--all", action="store_true", help="SQLite, Postgres, and Postgres with three processes")
    reading.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    reading.add_argument("--processes", type=int, default=1)
    reading.add_argument("--socket-mode", action="store_true", help="Slack over a websocket instead of HTTP")
    reading.add_argument("--events", type=int, default=600)
    reading.add_argument("--commands", type=int, default=60)
    reading.add_argument("--seconds", type=float, default=0.0, help="how long to take over them; 0: 12 events a second")
    reading.add_argument("--seed", type=int, default=1)
    reading.add_argument("--log", default="", help="keep what the processes logged in files that begin so")
    reading.add_argument("--write", default="", help="the page to write the figures into")
    given = reading.parse_args()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # each answer that is cut would be a traceback
    outcomes = []
    for plan in plans(given):
        outcomes.append(asyncio.run(_until_told_to_stop(plan)))
        sys.stdout.write(outcomes[-1].text())
        sys.stdout.flush()
    if given.write:
        write_page(Path(given.write), outcomes)
    return int(any(one.books.findings for one in outcomes))


async def _until_told_to_stop(plan: Plan) -> Outcome:
    """Run a plan; a SIGTERM ends it like Ctrl+C, so that no process and no disk of it stays behind."""
    running = asyncio.ensure_future(run(plan))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    return await running


def plans(given: argparse.Namespace) -> list[Plan]:
    """What to run. With ``--all`` events and commands are shared out."""
    stages = [(given.database, given.processes, given.socket_mode)]
    if given.all:
        stages = [("sqlite", 1, True), ("postgres", 1, False), ("postgres", 3, False)]
    return [
        Plan(
            database, processes, -(-given.events // len(stages)), -(-given.commands // len(stages)), given.seconds,
            given.seed + number, socket_mode, f"{given.log}{number}" if given.log else "",
        )
        for number, (database, processes, socket_mode) in enumerate(stages)
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
