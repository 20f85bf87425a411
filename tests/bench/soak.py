"""``python -m tests.bench.soak``: whether the bot is after 20 minutes at 50 requests a second as it was at their start.

The bot is a process of its own, Slack and Dialpad are in this one. What grows is named: memory with the kinds of
objects there are more of, tasks, open files, threads, and what people wait for.
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from bot.basics.company import CompanyKey
from bot.basics.logs import set_up_logging
from bot.notifications.webhook import PATH
from bot.sandbox.cast import ANA, PRIYA, SAM
from bot.store.hooks import Hook
from bot.store.store import Store, read_keyring
from tests.bench.accepting import build_events
from tests.bench.event_servers import OWNER
from tests.bench.folding import subscribe
from tests.bench.proc import Use, look
from tests.bench.rows import Goal, Row, quantile
from tests.bench.servers import CHECKOUT
from tests.bench.soaked import ALIVE_PATH
from tests.bench.stage import Stage, process, staged
from tests.crashes.test_stopped_politely import until_ready
from tests.flows.hands import find_button

RATE: Final = 50
MIX: Final = "event event event command event press event event event command"
"""In turn."""
TYPED: Final = ("", "whoami", "dnd on", "duty", "help")
PEOPLE: Final = (ANA, SAM, PRIYA)
CHANNEL: Final = "#support"
SUPPORT_CHANNEL: Final = "C0SUPPORT"
SUBSCRIBED, PLACES = 10, 200
"""Lines somebody subscribed to, of those that calls come in on."""
WINDOWS: Final = 10
START: Final = 1
"""The window that the last one is compared with: in the first, everything is read and made for the first time."""
MOST_GROWTH, MOST_LATER = 1.05, 1.25
_NAMED: Final = 6


@dataclass
class Window:
    """A tenth of the run: how long each acknowledgement took in ms, what failed, and how the process stood at its
    end."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    failed: int = 0
    use: Use | None = None
    tasks: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)


class Feeding:
    """What people and phones do."""

    def __init__(self, stage: Stage, hook: Hook) -> None:
        self.window = Window()
        self._stage = stage
        self._address = f"{stage.settings.base_url}{PATH}/{hook.id}"
        self._events = _build_all(hook)
        self._people = cycle(PEOPLE)
        self._typed = cycle(TYPED)
        self._http = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=20))
        self._running: set[asyncio.Task[None]] = set()
        self._ways: Mapping[str, Callable[[], Awaitable[bool]]] = {
            "event": self._deliver, "command": self._type, "press": self._press,
        }  # fmt: skip

    async def run(self, seconds: float, rate: float) -> Window:
        """Feed for so long, on time whatever the bot does, and return what was seen."""
        self.window = Window()
        began, kinds = time.monotonic(), cycle(MIX.split())
        for number in range(int(seconds * rate)):
            ahead_s = number / rate - (time.monotonic() - began)
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            task = asyncio.create_task(self._time(next(kinds), self.window))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return self.window

    async def end(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._running)
        await self._http.aclose()

    async def _time(self, kind: str, window: Window) -> None:
        began = time.perf_counter()
        done = await self._ways[kind]()
        window.waits.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
        window.failed += not done

    async def _deliver(self) -> bool:
        answer = await self._http.post(self._address, content=next(self._events))
        return answer.status_code == 200

    async def _type(self) -> bool:
        person = self._stage.slack.person(str(next(self._people).slack_id))
        return bool((await person.command(CHANNEL, self._stage.settings.typed(next(self._typed)).strip())).get("ok"))

    async def _press(self) -> bool:
        person = self._stage.slack.person(str(ANA.slack_id))
        for answer in reversed(person.ephemerals(CHANNEL)):
            try:
                button, block_id = find_button(answer, "Duty")
            except AssertionError:
                continue
            pressed = await person.press(answer, button["action_id"], button.get("value"), block_id=block_id)
            return bool(pressed.get("ok"))
        return await self._type()

    def forget(self) -> None:
        """Forget what Slack and Dialpad remember of what was asked: they are not what is measured."""
        self._stage.asked.clear()
        self._stage.slack.calls.clear()
        self._stage.dialpad.requests.clear()
        self._stage.dialpad.delivery.attempts.clear()
        for answers in self._stage.slack._core.space.ephemerals.values():
            del answers[:-50]


def _build_all(hook: Hook) -> Iterator[bytes]:
    while True:
        yield from build_events(10, hook.secret, PLACES)


async def _prepare(stage: Stage) -> Hook:
    """Return the hook that the events come through, in the company of those who subscribed."""
    settings = stage.settings
    assert settings.encryption_keys is not None
    keys = read_keyring(settings.database_url, settings.encryption_keys.get_secret_value())
    store = await Store.open(settings.database_url, keys)
    company = str(stage.dialpad.state.company_id)
    await subscribe(store, company, SUBSCRIBED, channel=SUPPORT_CHANNEL)
    hook = await store.hooks.create(OWNER, CompanyKey(OWNER.team_id, company), "webhook")
    await store.aclose()
    return hook


async def soak(minutes: float, rate: float) -> list[Window]:
    """Run for so long and return ten windows."""
    async with AsyncExitStack() as closing:
        folder = Path(closing.enter_context(TemporaryDirectory(prefix="chatops-soak-")))
        stage = await closing.enter_async_context(staged(folder))
        hook = await _prepare(stage)
        command = (sys.executable, "-m", "tests.bench.soaked")
        bot = await closing.enter_async_context(process(stage, *command, cwd=CHECKOUT, PYTHONPATH=str(CHECKOUT)))
        await until_ready(stage.settings.base_url)
        feeding, windows = Feeding(stage, hook), []
        for _ in range(WINDOWS):
            window = await feeding.run(minutes * 60 / WINDOWS, rate)
            window.use, alive = look(bot.pid), await _alive(stage)
            window.tasks, window.kinds = alive["tasks"], alive["kinds"]
            feeding.forget()
            windows.append(window)
        await feeding.end()
        return windows


async def _alive(stage: Stage) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        found: dict[str, Any] = (await client.get(f"{stage.settings.base_url}{ALIVE_PATH}")).json()
        return found


def rows_of(windows: Sequence[Window], minutes: float, rate: float) -> list[Row]:
    """The last window beside the second one."""
    start, end = windows[START], windows[-1]
    assert start.use is not None
    assert end.use is not None
    during = f"{minutes:g} minutes at {rate:g} requests a second"
    kinds = {name: count - start.kinds.get(name, 0) for name, count in end.kinds.items()}
    grown = sorted(kinds.items(), key=lambda one: -one[1])[:_NAMED]
    rows = [
        Row(
            "soak", f"memory after {during}", "MB", end.use.memory_mb, start.use.memory_mb, Goal(MOST_GROWTH),
            ratio=end.use.memory_mb / start.use.memory_mb, floor_is=AT_FIRST,
            more={f"more {name}": count for name, count in grown if count > 0},
        )
    ]  # fmt: skip
    for kind in sorted(end.waits.keys() & start.waits.keys()):
        p99, first = (quantile(window.waits[kind], 0.99) for window in (end, start))
        rows.append(
            Row(
                "soak", f"p99 of the acknowledgement of a{'n' * (kind[0] in 'aeiou')} {kind}", "ms", p99, first,
                Goal(MOST_LATER), ratio=p99 / first, floor_is=AT_FIRST,
                more={"p50, ms": quantile(end.waits[kind], 0.5), "p50 at first, ms": quantile(start.waits[kind], 0.5)},
            )
        )  # fmt: skip
    counts = {
        "tasks": (end.tasks, start.tasks),
        "open files": (end.use.files, start.use.files),
        "threads": (end.use.threads, start.use.threads),
    }
    rows += [
        Row("soak", name, "", ours, floor, Goal(MOST_LATER), ratio=ours / floor, floor_is=AT_FIRST)
        for name, (ours, floor) in counts.items()
    ]
    failed = sum(window.failed for window in windows)
    return [*rows, Row("soak", "requests that were not acknowledged", "", failed, goal=Goal(0, of="ours"))]


AT_FIRST: Final = "the second tenth of the run"


def measure(*, quick: bool) -> list[Row]:
    """Twenty minutes, or a few seconds."""
    return run(0.1 if quick else 20.0, RATE)


def run(minutes: float, rate: float) -> list[Row]:
    """Soak for so long."""
    return rows_of(asyncio.run(soak(minutes, rate)), minutes, rate)


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, print, and put the rows among the figures of the bench. Exit status 1 when something grows."""
    from tests.bench.figures import keep, say_missed, show, write_page  # noqa: PLC0415  (which list all rows)

    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=RATE, help="requests a second")
    parser.add_argument("--json", type=Path, help="put the figures in here")
    parser.add_argument("--write", type=Path, help="write the page here, from all that is in the JSON file")
    given = parser.parse_args(arguments)
    set_up_logging("json", level=logging.WARNING)
    rows = run(given.minutes, given.rate)
    show("soak", rows, given.minutes * 60)
    keep("soak", rows, given.json)
    if given.write and given.json:
        write_page(given.write, given.json)
    return int(say_missed(rows))


if __name__ == "__main__":
    sys.exit(main())
