"""How fast Slack is acknowledged: what only reads beside bare Bolt, what changes something beside the least to keep it.

The floor of a change is Bolt with a row on disk before each acknowledgement and one after its work, in group commits.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from tests.bench.load import Burst, Subject, build_command, build_press, build_submission, take_turns
from tests.bench.rows import Goal, Row, middle, paired, quantile, spread
from tests.bench.servers import running

READ, CHANGE = "look", "change"
"""What is typed: a command that only reads, and one that changes something."""
ROUTE: Final = "ours.change"
FLOOR, AGAIN, FEW, MANY, STOCK = "floor", "floor again", "ours-10", "ours-250", "stock"
DURABLE, DURABLE_AGAIN = "durable-floor", "durable-floor again"
BARE: Final = "bare Bolt, ASGI adapter, process_before_response"
KEPT: Final = "bare Bolt with an inbox row and a group commit before, and one after"
COMMAND, PRESS, FORM = "command", "press of a button", "form of 50 kB"
_BUILDERS: Final[Mapping[str, Callable[[int], bytes]]] = {
    COMMAND: partial(build_command, CHANGE),
    PRESS: partial(build_press, ROUTE),
    FORM: partial(build_submission, ROUTE),
}
_ASKED: Final = ((COMMAND, 1), (COMMAND, 10), (COMMAND, 50), (PRESS, 10), (FORM, 10))
"""What, and over how many connections."""
Found = Mapping[str, Sequence[Burst]]


def measure_reads(*, quick: bool) -> list[Row]:
    """A command that changes nothing."""
    rounds, requests = (1, 20) if quick else (8, 300)
    with running(FLOOR, FEW, MANY, STOCK, AGAIN) as ports:
        subjects = [
            Subject(name, port, partial(build_command, READ), share=0.2 if name == STOCK else 1.0)
            for name, port in ports.items()
        ]
        one = asyncio.run(take_turns(subjects, rounds=rounds, requests=requests, settle=True))
        ten = asyncio.run(take_turns(subjects, rounds=rounds, requests=requests, connections=10))
    return [*_read_rows(one), _cpu_row("read", "CPU of a read at 10 connections", ten, (FLOOR, FEW, AGAIN), BARE, 1.25)]


def _read_rows(found: Found) -> Iterator[Row]:
    p50 = {name: [quantile(one.waits, 0.5) for one in bursts] for name, bursts in found.items()}
    noise = spread(p50[AGAIN], p50[FLOOR])
    tail = quantile([wait for one in found[FEW] for wait in one.waits], 0.99)
    yield Row(
        "read", "acknowledge a read, p50 at 1 connection", "ms", middle(p50[FEW]), middle(p50[FLOOR]), Goal(1.25),
        noise, paired(p50[FEW], p50[FLOOR]), BARE, {"p99, ms": tail},
    )  # fmt: skip
    yield Row(
        "read", "the same with 250 routes instead of 10", "ms", middle(p50[MANY]), middle(p50[FEW]), Goal(1.1),
        noise, paired(p50[MANY], p50[FEW]), "ours with 10 routes",
    )  # fmt: skip
    yield Row(
        "read", "stock Bolt, as its documentation shows it", "ms", middle(p50[STOCK]), middle(p50[FEW]), None,
        noise, paired(p50[STOCK], p50[FEW]), "ours with 10 routes",
    )  # fmt: skip


def measure_changes(*, quick: bool) -> list[Row]:
    """A command that changes something, a button and a large form."""
    rows: list[Row] = []
    with running(DURABLE, FEW, DURABLE_AGAIN) as ports:
        for what, connections in _ASKED:
            subjects = [Subject(name, port, _BUILDERS[what]) for name, port in ports.items()]
            found = asyncio.run(
                take_turns(subjects, rounds=1 if quick else 5, requests=50 if quick else 300, connections=connections)
            )
            told = f"CPU of a change by {what} at {connections} connection{'s' if connections > 1 else ''}"
            rows.append(_cpu_row("change", told, found, (DURABLE, FEW, DURABLE_AGAIN), KEPT, 1.5))
            if what == COMMAND and connections > 1:
                rows += _count_rows(found, connections)
        alone = asyncio.run(
            take_turns(
                [Subject(name, port, _BUILDERS[COMMAND]) for name, port in ports.items()],
                rounds=1, requests=20 if quick else 100, settle=True,
            )
        )  # fmt: skip
        rows += _count_rows(alone, 1)
    return rows


def _cpu_row(name: str, what: str, found: Found, names: tuple[str, str, str], floor_is: str, goal: float) -> Row:
    floor, ours, again = ([one.cpu_ms for one in found[subject]] for subject in names)
    return Row(
        name, what, "ms", middle(ours), middle(floor), Goal(goal), spread(again, floor), paired(ours, floor), floor_is
    )


def _count_rows(found: Found, connections: int) -> Iterator[Row]:
    for what in ("syncs", "commits"):
        ours, floor = ([one.each(what) for one in found[name]] for name in (FEW, DURABLE))
        counted, bare = [one for one in ours if one is not None], [one for one in floor if one is not None]
        if counted and bare:
            goal = Goal(2.1 if connections == 1 else 1, of="ours") if what == "syncs" else None
            told = f"{what} of a change by command, {connections} at once"
            yield Row("change", told, "each", middle(counted), middle(bare), goal, floor_is=KEPT)
