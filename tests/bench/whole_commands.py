"""A whole command, from Slack's request to the answer that is shown, beside nothing but its guarantees and HTTP calls.

The calls are those that the bot was seen to make: the floor is bare Bolt that makes the same ones, Dialpad's with httpx
and Slack's with aiohttp, and keeps what changes something on disk before and after.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.sandbox.cast import ANA
from tests.bench.counting import Spent
from tests.bench.load import spent
from tests.bench.rows import Goal, Row, middle, paired, spread
from tests.bench.servers import CHECKOUT, CHILDREN
from tests.bench.slack_floors import CALLS, SECRET_NAME
from tests.bench.stage import Asked, Stage, process, staged

FLOOR, AGAIN, OURS = "whole-floor", "whole-floor again", "bot"
COMMANDS: Final = ("dnd on", "dnd off", "calls", "who Jordan Lee")
CHANGES: Final = COMMANDS[:2]
"""Those that are on disk before they are acknowledged."""
BARE: Final = "bare Bolt that makes the same HTTP calls, and for a change two group commits"


async def _say(stage: Stage, port: int, text: str, times: int) -> Spent:
    """Type a command so often, one after the other, and return what the process at this port spent on each."""
    ana = stage.slack.person(str(ANA.slack_id))
    stage.slack.deliver_to(f"http://localhost:{port}/slack/events")
    before = await spent(port)
    for _ in range(times):
        await ana.command("#support", stage.settings.typed(text))
        await spent(port)
    after = (await spent(port)).since(before)
    return Spent(after.cpu_s / times, after.commits, after.statements, after.syncs)


async def _watch(stage: Stage, port: int) -> dict[str, list[Asked]]:
    """What the bot asks of Slack and Dialpad for each command, once everything is known that it remembers."""
    found = {}
    for _ in range(2):
        for text in COMMANDS:
            stage.asked.clear()
            await _say(stage, port, text, 1)
            found[text] = list(stage.asked)
    return found


@asynccontextmanager
async def _started(stage: Stage, name: str, **changed: str) -> AsyncIterator[int]:
    command = (sys.executable, "-m", CHILDREN, name.removesuffix(" again"))
    async with process(stage, *command, cwd=CHECKOUT, PYTHONPATH=str(CHECKOUT), **changed) as child:
        assert child.stdout is not None
        yield int(await child.stdout.readline())


async def _compare(*, rounds: int, times: int) -> tuple[dict[str, dict[str, list[float]]], dict[str, list[Asked]]]:
    async with AsyncExitStack() as closing:
        folder = Path(closing.enter_context(TemporaryDirectory(prefix="chatops-bench-")))
        stage = await closing.enter_async_context(staged(folder))
        ports = {OURS: await closing.enter_async_context(_started(stage, OURS))}
        calls = await _watch(stage, ports[OURS])
        told = {CALLS: json.dumps({text: [asdict(one) for one in made] for text, made in calls.items()})}
        told[SECRET_NAME] = stage.environment["SLACK_SIGNING_SECRET"]
        for name in (FLOOR, AGAIN):
            ports[name] = await closing.enter_async_context(_started(stage, name, OUTSIDE=stage.address, **told))
        found: dict[str, dict[str, list[float]]] = {text: {name: [] for name in ports} for text in COMMANDS}
        for number in range(rounds + 1):
            for name in ports if number % 2 else reversed(ports):
                for text in COMMANDS:
                    found[text][name].append((await _say(stage, ports[name], text, times)).cpu_s * 1000)
        for by_name in found.values():
            for values in by_name.values():
                del values[0]  # it warms up
        return found, calls


def measure(*, quick: bool) -> list[Row]:
    """CPU of a whole command in the bot's process."""
    found, calls = asyncio.run(_compare(rounds=1 if quick else 5, times=2 if quick else 25))
    return [_row(text, found[text], calls[text]) for text in COMMANDS]


def _row(text: str, found: dict[str, list[float]], calls: Sequence[Asked]) -> Row:
    floor, ours, again = found[FLOOR], found[OURS], found[AGAIN]
    kinds = [f"{one.method} {one.path.partition('?')[0]}" for one in calls]
    slack = sum(not one.startswith(("GET /api/v2", "PATCH /api/v2", "POST /api/v2")) for one in kinds)
    return Row(
        "whole", f"whole command: {text}", "ms", middle(ours), middle(floor), Goal(1.5), spread(again, floor),
        paired(ours, floor), BARE, {"calls to Dialpad": len(kinds) - slack, "calls to Slack": slack},
    )  # fmt: skip
