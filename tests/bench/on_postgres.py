"""Events to their cards by several processes on one Postgres: ``python -m tests.bench.on_postgres URL KEYS HOOK``.

Each process takes in events of its own, folds and posts them. What one event costs the processes and what it costs
Postgres is measured; how many a second that makes depends on the cores there are, and these are shared by all of them.
"""

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any, Final

from bot.basics.company import CompanyKey
from bot.basics.logs import set_up_logging
from bot.replicas import Replicas
from bot.store.keys import generate_key, parse_keys
from bot.store.store import Store
from tests.bench.accepting import STEPS, build_events
from tests.bench.counting import Counter
from tests.bench.event_servers import OWNER
from tests.bench.folding import Load, folding, show_old_cards, subscribe
from tests.bench.proc import cpu_of_children
from tests.bench.rows import LEAST, Goal, Row
from tests.bench.servers import CHECKOUT
from tests.postgres import NoPostgres, start_postgres

PROCESSES: Final = 4
_LOOK_S: Final = 0.5
"""Seldom, since looking costs what is measured."""
TOGETHER: Final = 480
"""Events that one process has in hand at a time."""


async def _prepare(url: str, keys: str, load: Load) -> str:
    """Return the id of the hook that the events come through."""
    store = await Store.open(url, parse_keys(keys))
    await store.migrate()
    await subscribe(store, "61", load.subscriptions)
    await show_old_cards(store, load.old_cards)
    hook = await store.hooks.create(OWNER, CompanyKey(OWNER.team_id, "61"), "webhook")
    await store.aclose()
    return hook.id


async def work(url: str, keys: str, hook_id: str) -> None:
    """Be one of the processes: for each line of stdin, a number, take in the events of so many calls and print what
    that took."""
    set_up_logging("json", level=logging.WARNING)
    counter = Counter()
    store = await Store.open(url, parse_keys(keys))
    replicas = Replicas(store.processes, take_over=_nothing, look=_look_at_nothing)
    await replicas.join()
    hook = await store.hooks.get(hook_id)
    assert hook is not None
    async with folding(store, hook) as line:
        await replicas.begin()
        _say({})
        while calls := await asyncio.to_thread(sys.stdin.readline):
            events, before, began = build_events(int(calls), hook.secret), counter.now(), time.perf_counter()
            for first in range(0, len(events), TOGETHER):
                await asyncio.gather(*(line.intake.receive(hook, one) for one in events[first : first + TOGETHER]))
                await line.intake.settle()
            while any(await store.postings.next_due()):  # noqa: ASYNC110  the database tells nobody
                await asyncio.sleep(_LOOK_S)
            _say({"seconds": time.perf_counter() - began, **counter.now().since(before).as_json()})
    await replicas.retire()
    await replicas.leave()
    await store.aclose()


def _say(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


async def _nothing() -> None:
    """Nothing is taken over here."""


async def _look_at_nothing() -> None:
    """Nor listened to."""


def measure(*, quick: bool) -> list[Row]:
    """No rows where there is no Postgres."""
    try:
        return list(_measure(calls=5 if quick else 400, processes=2 if quick else PROCESSES))
    except NoPostgres as reason:
        sys.stderr.write(f"without Postgres: {reason}\n")
        return []


def _measure(*, calls: int, processes: int) -> Iterator[Row]:
    keys = generate_key()
    with start_postgres(survives_kills=True) as server, ExitStack() as stack:
        assert server.process is not None
        url = server.create()
        hook_id = asyncio.run(_prepare(url, keys, Load()))
        command = [sys.executable, "-m", "tests.bench.on_postgres", url, keys, hook_id]
        children = [_start(command, stack) for _ in range(processes)]
        for one in children:
            _hear(one)
        _all_take(children, max(1, calls // 10))  # it warms up
        before = cpu_of_children(server.process.pid)
        found = _all_take(children, calls)
        database_s = cpu_of_children(server.process.pid) - before
    events = calls * len(STEPS) * processes
    ours_ms = sum(one["cpu_s"] for one in found) * 1000 / events
    database_ms = database_s * 1000 / events
    rate = events / max(one["seconds"] for one in found)
    per_core = 1000 / (ours_ms + database_ms)
    each = {what: sum(one[what] for one in found) / events for what in ("statements", "commits")}
    cores = os.cpu_count() or 1
    yield Row("postgres", f"events a second, {processes} processes, all on {cores} cores", "a second", rate,
              goal=Goal(500, LEAST, "ours"), more={"cores that 500 a second need": 500 / per_core})  # fmt: skip
    yield Row("postgres", "CPU of an event on Postgres, in our processes", "ms", ours_ms, goal=Goal(4, of="ours"),
              more=each)  # fmt: skip
    yield Row("postgres", "CPU of an event on Postgres, in Postgres", "ms", database_ms)


def _start(command: Sequence[str], stack: ExitStack) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    process = stack.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=CHECKOUT))
    assert process.stdin is not None
    stack.callback(process.stdin.close)
    return process


def _hear(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def _all_take(children: "Sequence[subprocess.Popen[str]]", calls: int) -> list[dict[str, Any]]:
    for one in children:
        assert one.stdin is not None
        one.stdin.write(f"{calls}\n")
        one.stdin.flush()
    return [_hear(one) for one in children]


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:]))
