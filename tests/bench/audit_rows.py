"""A command with many audit rows beside one with few."""

import asyncio
from functools import partial
from typing import Final

from tests.bench.acknowledging import CHANGE
from tests.bench.load import Subject, build_command, take_turns
from tests.bench.rows import Goal, Row, middle, paired, spread
from tests.bench.servers import running

FEW, MANY, AGAIN = "audited-10", "audited-1000000", "audited-10 again"
QUICK: Final = "audited-1000"


def measure(*, quick: bool) -> list[Row]:
    """CPU of a command that changes something and so is noted."""
    much = QUICK if quick else MANY
    with running(FEW, much, AGAIN) as ports:
        subjects = [Subject(name, port, partial(build_command, CHANGE)) for name, port in ports.items()]
        found = asyncio.run(
            take_turns(subjects, rounds=1 if quick else 6, requests=50 if quick else 300, connections=10)
        )
    few, many, again = ([one.cpu_ms for one in found[name]] for name in (FEW, much, AGAIN))
    what = f"CPU of a command with {int(much.partition('-')[2]):,} audit rows against 10"
    noise, ratio = spread(again, few), paired(many, few)
    return [Row("audit", what, "ms", middle(many), middle(few), Goal(1.1), noise, ratio, "the same with 10")]
