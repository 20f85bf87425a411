"""What one process carries: events at a steady rate, as Dialpad sends them whether or not we keep up, until it cannot.

The knee is the highest rate at which all was acknowledged in time and posted about as soon as it was sent. Whoever
sends shares the machine with it.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.bench.accepting import build_requests
from tests.bench.load import ask, spent
from tests.bench.rows import Row, quantile
from tests.bench.servers import running

RATES: Final = (50, 100, 200, 300, 400, 500, 600, 800)
LASTS_S: Final = 6.0
IN_TIME_MS: Final = 100.0
BEHIND_S: Final = 1.0
CONNECTIONS: Final = 50


@dataclass(frozen=True)
class Step:
    """What happened at a rate. ``behind_s``: from the last event that was sent until all cards were posted."""

    rate: float
    p50: float
    p99: float
    cpu: float
    behind_s: float

    @property
    def carried(self) -> bool:
        return self.p99 <= IN_TIME_MS and self.behind_s <= BEHIND_S


async def _step(port: int, rate: float, lasts_s: float) -> Step:
    requests = build_requests()
    events = [next(requests) for _ in range(int(rate * lasts_s))]
    pauses, waits = random.Random(rate), list[float]()  # noqa: S311  (arrivals)
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    before, began, due, sending = await spent(port), time.perf_counter(), 0.0, set[asyncio.Task[None]]()

    async def send(event: bytes, at: float) -> None:
        reader, writer = await free.get()
        await ask(reader, writer, event)
        free.put_nowait((reader, writer))
        waits.append((time.perf_counter() - at) * 1000)

    for event in events:
        due += pauses.expovariate(rate)
        await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
        sending.add(asyncio.create_task(send(event, began + due)))
    took_s = time.perf_counter() - began
    await asyncio.gather(*sending)
    used = (await spent(port)).since(before)
    while not free.empty():
        (await free.get())[1].close()
    behind_s = time.perf_counter() - began - took_s
    return Step(rate, quantile(waits, 0.5), quantile(waits, 0.99), used.cpu_s / (took_s + behind_s), behind_s)


def measure(*, quick: bool) -> list[Row]:
    """Rate by rate, until two were too much."""
    rates, lasts_s = ((50,), 0.5) if quick else (RATES, LASTS_S)
    return list(_rows(asyncio.run(_climb(rates, lasts_s))))


async def _climb(rates: tuple[int, ...], lasts_s: float) -> list[Step]:
    steps: list[Step] = []
    with running("posting") as ports:
        await _step(ports["posting"], rates[0], lasts_s / 2)  # it warms up
        for rate in rates:
            steps.append(await _step(ports["posting"], rate, lasts_s))
            if len(steps) > 1 and not (steps[-1].carried or steps[-2].carried):
                break
    return steps


def _rows(steps: list[Step]) -> Iterator[Row]:
    carried = [step.rate for step in steps if step.carried]
    yield Row("knee", "events a second that one process carries to their cards", "a second", max(carried, default=0.0))
    for step in steps:
        yield Row(
            "knee", f"acknowledgement at {step.rate:.0f} events a second, p99", "ms", step.p99,
            more={"p50, ms": step.p50, "of a core": step.cpu, "s until all cards were posted": step.behind_s},
        )  # fmt: skip
