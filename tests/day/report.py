"""What a day came to, in figures: for a terminal, and for docs/reliability.md."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from bot.basics.logs import set_up_logging
from tests.bench.page import describe_machine
from tests.bench.rows import quantile
from tests.day.expected import CLAIM_S
from tests.day.habits import fill
from tests.day.play import Outcome, Plan, play

BEGIN: Final = "<!-- measured by make day -->"
END: Final = "<!-- end -->"
FOUND: Final = {
    "alarm": "alarms that were not needed",
    "not asked": "asked for too late, or never",
    "unknown": "open without anybody knowing",
    "button": "buttons that did not do what they say",
}
"""What a day may find wrong, by kind."""


@dataclass(frozen=True)
class DayFigures:
    """A day in figures, for the process that writes the page. ``words``: for a terminal."""

    seed: int
    rows: list[tuple[str, str]]
    words: str
    is_flawless: bool


def play_one(plan: Plan) -> DayFigures:
    """Play a day in this process."""
    set_up_logging("console", level=logging.CRITICAL)
    outcome = asyncio.run(play(plan, fill))
    return DayFigures(outcome.day.plan.seed, rows(outcome), text(outcome), not outcome.day.findings)


def rows(outcome: Outcome) -> list[tuple[str, str]]:
    """What happened, what was shown, and what was wrong."""
    day, items = outcome.day, outcome.items
    answers = outcome.answers
    within = sum(one <= CLAIM_S for one in answers)
    happened = day.happened
    posts, updates = outcome.posts["channel"], outcome.updates["channel"]
    alarms = " / ".join(str(day.alarms[one]) for one in ("asked", "reminded", "freed"))
    compared = f"{happened['times the list was compared']} / {happened['handovers']} / {happened['digests']}"
    return [
        ("calls, of which answered at once", f"{happened['calls']} / {happened['calls that were answered']}"),
        ("texts from customers", str(happened["texts of customers"])),
        ("items that began", str(items)),
        ("still open in the evening", str(len(day.open()))),
        ("asked for help / reminded / taken back", alarms),
        *((words, str(len(outcome.found(kind)))) for kind, words in FOUND.items()),
        ("messages in the channel, for each item", f"{posts / items:.1f}"),
        ("changes of messages in the channel, for each item", f"{updates / items:.1f}"),
        ("direct messages", str(outcome.posts["direct"])),
        ("answered after, median", f"{median(answers) / 60:.1f} min"),
        ("answered after, nine of ten", f"{quantile(answers, 0.9) / 60:.1f} min"),
        ("answered within 15 min", f"{within} of {len(answers)}"),
        ("lists / handovers / digests that were compared", compared),
    ]


def text(outcome: Outcome) -> str:
    """For a terminal, with all that happened."""
    width = max(len(name) for name, _ in rows(outcome))
    lines = [f"Seed {outcome.day.plan.seed}, {outcome.took_s:.0f} s, of which {outcome.cpu_s:.0f} s CPU."]
    lines += [f"  {name:<{width}}  {figure}" for name, figure in rows(outcome)]
    lines += ["  What happened: " + ", ".join(f"{name} {count}" for name, count in outcome.day.happened.most_common())]
    lines += [f"  {kind}: {one}" for kind, found in outcome.day.findings.items() for one in found]
    return "\n".join(lines) + "\n"


def write_page(page: Path, days: Sequence[DayFigures]) -> None:
    """Put the figures of these days in place of those that are there."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{_measured(days)}{END}{after}", encoding="utf-8")


def _measured(days: Sequence[DayFigures]) -> str:
    machine = describe_machine()
    heads = " | ".join(f"seed {one.seed}" for one in days)
    lines = [f"Played on {machine['day']} with Python {machine['python']}.", "", f"|  | {heads} |"]
    lines.append(f"|---|{'--:|' * len(days)}")
    for number, (name, _) in enumerate(days[0].rows):
        lines.append(f"| {name} | {' | '.join(one.rows[number][1] for one in days)} |")
    return "\n".join([*lines, ""])
