"""The bot as it is run: from its start to the first acknowledgement, and what it uses while nothing happens."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.acknowledging import READ
from tests.bench.load import ask, build_command
from tests.bench.proc import Use, look
from tests.bench.rows import Goal, Row, middle
from tests.bench.servers import CHECKOUT, CHILDREN
from tests.bench.stage import Stage, staged
from tests.crashes.test_stopped_politely import free_port

RUN: Final = ("-m", "bot", "run")
BARE: Final = "bare Bolt"
_LOOK_S: Final = 0.005
SETTLE_S: Final = 130.0
"""What a start does is over by then: Home tabs are drawn once for each version, from half a minute after its first
start on, and what processes that were killed had begun is looked after."""
_READY_WITHIN_S: Final = 60.0
OURS, FLOOR = "ours", "floor"


@asynccontextmanager
async def _started(command: Sequence[str], environment: dict[str, str], port: int) -> AsyncIterator[tuple[int, float]]:
    """A process, and the seconds until it acknowledged the first command; it is killed when the block ends."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=CHECKOUT, env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_READY_WITHIN_S):
            await _until_acknowledged(port, environment["SLACK_SIGNING_SECRET"])
        yield process.pid, time.perf_counter() - began
    finally:
        process.kill()
        await process.wait()


async def _until_acknowledged(port: int, secret: str) -> None:
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection("localhost", port)
            await ask(reader, writer, build_command(READ, int(time.time()), secret=secret))
            writer.close()
            await writer.wait_closed()
            return
        await asyncio.sleep(_LOOK_S)


async def _watch(pid: int, settle_s: float, seconds: float) -> tuple[Use, float, float]:
    """How a process stands after ``settle_s``; CPU seconds and wake-ups of a minute in which nothing happens."""
    await asyncio.sleep(settle_s)
    before = look(pid)
    await asyncio.sleep(seconds)
    after = look(pid)
    share = 60 / seconds
    return after, (after.cpu_s - before.cpu_s) * share, (after.wakeups - before.wakeups) * share


async def _run(
    *, starts: int, settle_s: float, seconds: float
) -> dict[str, tuple[list[float], float, Use, float, float]]:
    with TemporaryDirectory(prefix="chatops-bench-") as name:
        async with staged(Path(name)) as stage:
            return {which: await _look_at(which, stage, starts, settle_s, seconds) for which in (FLOOR, OURS)}


async def _look_at(
    which: str, stage: Stage, starts: int, settle_s: float, seconds: float
) -> tuple[list[float], float, Use, float, float]:
    port = stage.settings.port if which == OURS else free_port()
    command = RUN if which == OURS else ("-m", CHILDREN, "floor", str(port))
    secret = stage.environment["SLACK_SIGNING_SECRET"]
    environment = os.environ | stage.environment | {"PYTHONPATH": str(CHECKOUT), "BENCH_SECRET": secret}
    took, cpu = [], 0.0
    for number in range(starts):
        async with _started(command, environment, port) as (pid, waited_s):
            took.append(waited_s)
            cpu = look(pid).cpu_s
            if number == starts - 1:
                return took, cpu, *await _watch(pid, settle_s, seconds)
    raise AssertionError("it was started at least once")


def measure(*, quick: bool) -> list[Row]:
    """Start, memory and idle CPU, of the bot over HTTP and of bare Bolt."""
    found = asyncio.run(
        _run(starts=1 if quick else 4, settle_s=1.0 if quick else SETTLE_S, seconds=1.0 if quick else 60.0)
    )
    (bare_took, bare_cpu, bare, bare_idle, bare_wakeups), (took, cpu, ours, idle, wakeups) = found[FLOOR], found[OURS]
    return [
        Row("process", "start to first acknowledgement", "s", min(took), min(bare_took), Goal(1.5, of="ours"),
            None, min(took) / min(bare_took), BARE, {"median, s": middle(took)}),
        Row("process", "CPU of starting", "s", cpu, bare_cpu, None, None, cpu / bare_cpu, BARE),
        Row("process", "memory when idle", "MB", ours.memory_mb, bare.memory_mb, Goal(120, of="ours"), None,
            ours.memory_mb / bare.memory_mb, BARE, {"threads": ours.threads, "open files": ours.files}),
        Row("process", "CPU when idle", "s a minute", idle, bare_idle, Goal(0.2, of="ours"), floor_is=BARE),
        Row("process", "wake-ups when idle", "a minute", wakeups, bare_wakeups, Goal(120, of="ours"), floor_is=BARE),
    ]  # fmt: skip
