"""A board through 500 changes a minute, with processes killed in between: ``python -m tests.crashes.rush``.

The changes are real calls at the embedded Dialpad, which come in through the real intake of real processes. What is
measured is seen from outside: the edits that the embedded Slack was asked for, and when it first showed a board that
knows of a change.
"""

import argparse
import asyncio
import logging
import os
import platform
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from signal import SIGKILL, SIGTERM
from statistics import median
from typing import Final

from bot.sandbox.cast import ANA, PRIYA, SAM, SUPPORT
from bot.sandbox.dialpad.refusals import Refusal
from bot.sandbox.slack.person import Person
from tests.chaos.feeding import number_of
from tests.chaos.stage import Database, Stage, staged
from tests.flows.hands import said

BEGIN: Final = "<!-- measured by make rush -->"
END: Final = "<!-- end -->"
UP_WITHIN_S: Final = 90.0
SHOWN_WITHIN_S: Final = 90.0
DELIVERED_WITHIN_S: Final = 16.0
_COUNTED: Final = re.compile(r"([\d,]+) calls?\*?, ([\d,]+) answered")


@dataclass(frozen=True)
class Rush:
    """What to play. ``kills``: how many processes are killed, evenly spread over the time."""

    database: Database
    processes: int
    changes: int = 500
    seconds: float = 60.0
    kills: int = 2


@dataclass
class RushOutcome:
    """What was seen. ``waits_s``: from each change to the first board that shows it. ``away_s``: how long there was no
    process at all, the longest of all kills."""

    plan: Rush
    changes: int = 0
    took_s: float = 0.0
    edits: list[float] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    away_s: float = 0.0
    expected: tuple[int, int] = (0, 0)
    last: str = ""
    is_clean: bool = False
    check: str = ""

    @property
    def closest_s(self) -> float:
        return min((after - before for before, after in pairwise(self.edits)), default=float("inf"))

    def most_within(self, seconds: float) -> int:
        """Return the most edits that arrived within any so many seconds."""
        return max((sum(1 for other in self.edits if one <= other < one + seconds) for one in self.edits), default=0)

    @property
    def is_right(self) -> bool:
        """Whether the board says at last what there was, and that nothing goes on."""
        return _counted(self.last) == self.expected and "going on" not in self.last and "ringing" not in self.last

    def rows(self) -> list[tuple[str, str]]:
        return [
            ("changes", f"{self.changes} in {self.took_s:.0f} s"),
            ("edits of the board", f"{len(self.edits)}"),
            ("most edits in a minute", f"{self.most_within(60)}"),
            ("most edits in five seconds", f"{self.most_within(5)}"),
            ("shortest time between two edits, as they arrived", f"{self.closest_s:.2f} s"),
            ("from a change to a board that shows it, median", f"{median(self.waits_s):.1f} s"),
            ("the longest", f"{max(self.waits_s):.1f} s"),
            ("processes killed", f"{self.plan.kills}"),
            ("longest time without any process", f"{self.away_s:.1f} s"),
            ("last state right", "yes" if self.is_right else "NO"),
            ("`db check`", "clean" if self.is_clean else "NOT CLEAN"),
        ]

    def text(self) -> str:
        lines = [_name(self.plan), *(f"  {name:<48}{value}" for name, value in self.rows())]
        wrong = [] if self.is_right else [f"  expected {self.expected}; the board says: {self.last}"]
        return "\n".join([*lines, *wrong, *([] if self.is_clean else [self.check])]) + "\n"


@dataclass
class _Play:
    """The calls that were played: when each change happened, and how many calls had ended when the next one had."""

    stage: Stage
    changes: list[tuple[float, int]] = field(default_factory=list)
    ended: int = 0
    answered: int = 0

    async def run(self, plan: Rush) -> None:
        """Ring, answer and hang up in turn, so that two talk at a time; every seventh call is given up."""
        phone, before, began = self.stage.dialpad.phone, 0, time.monotonic()
        for number in range(plan.changes // 3):
            call = phone.ring(number_of(number), SUPPORT.phone)
            await self._happened(plan, began)
            if number % 7 == 6:
                phone.hang_up(call.id)
                self.ended += 1
                await self._happened(plan, began)
                continue
            with suppress(Refusal):
                phone.answer(call.id, ANA if number % 2 else SAM)
                self.answered += 1
            await self._happened(plan, began)
            if before:
                phone.hang_up(before)
                self.ended += 1
                await self._happened(plan, began)
            before = call.id
        phone.hang_up(before)
        self.ended += 1
        await self._happened(plan, began)

    async def _happened(self, plan: Rush, began: float) -> None:
        self.changes.append((time.monotonic(), self.ended))
        await asyncio.sleep(max(0.0, began + len(self.changes) * plan.seconds / plan.changes - time.monotonic()))


async def rush(plan: Rush) -> RushOutcome:
    """Play it."""
    outcome = RushOutcome(plan)
    async with staged(plan.database, seed=1, socket_mode=False, small_disk=False) as stage:
        for _ in range(plan.processes):
            await stage.start()
        priya = stage.slack.person(str(PRIYA.slack_id))
        await _put_up(priya)
        seen: list[tuple[float, int]] = []
        watching = asyncio.create_task(_watch(priya, seen))
        play, since, began = _Play(stage), stage.slack.timers.now(), time.monotonic()
        killing = asyncio.create_task(_kill(stage, plan, outcome))
        await play.run(plan)
        outcome.took_s = time.monotonic() - began
        await killing
        with suppress(TimeoutError):
            async with asyncio.timeout(DELIVERED_WITHIN_S):
                await stage.dialpad.delivery.idle()
        outcome.expected, outcome.changes = (play.ended, play.answered), len(play.changes)
        with suppress(TimeoutError):
            await priya.until(lambda: _is_over(board_of(priya), outcome.expected), SHOWN_WITHIN_S)
        watching.cancel()
        _note(priya, seen)  # the last edit wakes the watcher and this play at once, and the watcher may come second
        outcome.last = board_of(priya)
        outcome.edits = [
            one.at for one in stage.slack.calls if one.method == "chat.update" and one.ok and one.at >= since
        ]
        outcome.waits_s = _waits(play, seen)
        for replica in list(stage.replicas):
            await stage.end(replica, SIGTERM)
        outcome.is_clean, outcome.check = await stage.check_database()
    return outcome


async def _put_up(person: Person) -> None:
    await person.command("#support", "/dp board Support")
    title = ""
    while not title.startswith("Save"):
        await person.until(lambda: person.modal is not None and _title(person) != title, UP_WITHIN_S)  # noqa: B023
        title = _title(person)
        assert person.modal is not None
        await person.submit(person.modal)
    await person.until(lambda: "queue" in board_of(person), UP_WITHIN_S)


def _title(person: Person) -> str:
    return str(person.modal["title"]["text"]) if person.modal is not None else ""


def board_of(person: Person) -> str:
    """What the newest board in the channel says, "" before there is one."""
    return next((said(one) for one in reversed(person.messages("#support")) if "Open work" in str(one)), "")


async def _watch(person: Person, seen: list[tuple[float, int]]) -> None:
    """Note when the board first said that so many calls had ended."""
    while True:
        most = seen[-1][1] if seen else 0
        await person.until(lambda: _counted(board_of(person))[0] > most, 24 * 3600)  # noqa: B023
        _note(person, seen)


def _note(person: Person, seen: list[tuple[float, int]]) -> None:
    count = _counted(board_of(person))[0]
    if count > (seen[-1][1] if seen else 0):
        seen.append((time.monotonic(), count))


def _counted(board: str) -> tuple[int, int]:
    found = _COUNTED.search(board)
    return (int(found[1].replace(",", "")), int(found[2].replace(",", ""))) if found else (0, 0)


def _is_over(board: str, expected: tuple[int, int]) -> bool:
    return _counted(board) == expected and "going on" not in board and "ringing" not in board


async def _kill(stage: Stage, plan: Rush, outcome: RushOutcome) -> None:
    """Kill a process now and then, and start another one, as a supervisor of processes does."""
    for _ in range(plan.kills):
        await asyncio.sleep(plan.seconds / (plan.kills + 1))
        at = time.monotonic()
        await stage.end(stage.replicas[0], SIGKILL)
        alone = not stage.replicas
        await stage.start()
        if alone:
            outcome.away_s = max(outcome.away_s, time.monotonic() - at)


def _waits(play: _Play, seen: Sequence[tuple[float, int]]) -> list[float]:
    """Return for each change how long it took until a board knew of it: of the next call that ended, at the latest."""
    waits = []
    for number, (at, ended) in enumerate(play.changes):
        before = play.changes[number - 1][1] if number else 0
        needed = ended if ended > before else ended + 1
        shown = next((moment for moment, count in seen if count >= min(needed, play.ended)), float("inf"))
        waits.append(shown - at)
    return waits


def _name(plan: Rush) -> str:
    database = "SQLite" if plan.database == "sqlite" else "Postgres"
    return f"{database}, {'1 process' if plan.processes == 1 else f'{plan.processes} processes'}"


def write_page(page: Path, outcomes: Sequence[RushOutcome]) -> None:
    """Put these figures in place of those that are there."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    lines = [f"Measured on {datetime.now(UTC).date()} on a machine with {machine}.", ""]
    lines += [f"| | {' | '.join(_name(one.plan) for one in outcomes)} |", f"|---|{'--:|' * len(outcomes)}"]
    for number, (name, _) in enumerate(outcomes[0].rows()):
        lines.append(f"| {name} | {' | '.join(one.rows()[number][1] for one in outcomes)} |")
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


def main() -> int:
    reading = argparse.ArgumentParser(prog="python -m tests.crashes.rush", description=__doc__)
    reading.add_argument("--changes", type=int, default=500)
    reading.add_argument("--seconds", type=float, default=60.0)
    reading.add_argument("--write", default="", help="the page to write the figures into")
    given = reading.parse_args()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    outcomes = []
    plans: tuple[tuple[Database, int], ...] = (("sqlite", 1), ("postgres", 2))
    for database, processes in plans:
        outcomes.append(asyncio.run(rush(Rush(database, processes, given.changes, given.seconds))))
        sys.stdout.write(outcomes[-1].text())
        sys.stdout.flush()
    if given.write:
        write_page(Path(given.write), outcomes)
    return int(not all(one.is_right and one.is_clean for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
