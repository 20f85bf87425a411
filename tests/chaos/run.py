"""One run: feed, trouble, calm, and what the books say."""

import asyncio
import random
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from signal import SIGTERM

from bot.sandbox.cast import PRIYA
from tests.chaos.books import Books, read_books, until_nothing_is_due
from tests.chaos.feeding import CALLS, TEXTS, People, Phones
from tests.chaos.stage import Database, Stage, TakeOvers, staged
from tests.chaos.troubles import Schedule, Trouble, inside, outside
from tests.flows.hands import save_preview

SUBSCRIBED_WITHIN_S = 60.0
DRAINED_WITHIN_S = 600.0
DELIVERED_WITHIN_S = 16.0
"""Dialpad's last try of a call comes after 14 seconds."""


@dataclass(frozen=True)
class Plan:
    """What to run. ``seconds`` 0: twelve events a second. ``pause_s``: between two troubles. ``rounds``: how
    often each kind comes; 0: for as long as something is fed."""

    database: Database
    processes: int
    events: int
    commands: int
    seconds: float
    seed: int
    socket_mode: bool = False
    log: str = ""
    pause_s: tuple[float, float] = (0.5, 3.0)
    rounds: int = 0

    @property
    def lasts_s(self) -> float:
        return self.seconds or self.events / 12


@dataclass
class Outcome:
    """What happened. ``drain_s``: from the calm until nothing was due."""

    plan: Plan
    books: Books
    troubles: dict[str, int]
    hit: dict[str, int]
    events: int
    events_accepted: int
    starts: int
    took_s: float
    drain_s: float
    take_overs: TakeOvers
    unasked: int
    refused: int
    left_out: list[str] = field(default_factory=list)

    def rows(self) -> list[tuple[str, str]]:
        books, cards = self.books, self.books.calls_accepted + self.books.texts_accepted
        return [
            ("events sent by Dialpad", f"{self.events}"),
            ("deliveries answered 200", f"{self.events_accepted}"),
            ("deliveries answered otherwise", f"{self.refused}"),
            ("calls and texts of those", f"{cards}"),
            ("shown exactly once", f"{books.calls_once + books.texts_once}"),
            ("owner told of a doubt", f"{books.told_of_cards}"),
            ("shown twice", f"{len(books.doubled_cards)}"),
            ("lost", f"{len(books.lost_cards)}"),
            ("questions that never came (nothing to keep)", f"{self.unasked}"),
            ("commands sent", f"{books.commands}"),
            ("acknowledged", f"{books.acknowledged}"),
            ("done", f"{books.done_once}"),
            ("of those asked of Dialpad again (same effect)", f"{books.repeated}"),
            ("told that not, or maybe", f"{books.told + books.told_elsewhere}"),
            ("done twice", f"{len(books.twice)}"),
            ("acknowledged and forgotten", f"{len(books.forgotten)}"),
            ("process starts", f"{self.starts}"),
            ("longest take-over", f"{self.take_overs.longest_s:.1f} s of {self.take_overs.measured}"),
            ("from the calm until nothing was due", f"{self.drain_s:.0f} s"),
        ]

    def text(self) -> str:
        plan = self.plan
        lines = [f"{plan.database}, {plan.processes} process(es), seed {plan.seed}, {self.took_s:.0f} s"]
        lines += [f"  {name:<47}{value}" for name, value in self.rows()]
        lines += [f"  trouble: {name:<38}{times} times" for name, times in self.troubles.items()]
        lines += [f"  left out: {name}" for name in self.left_out]
        lines += [f"  FOUND {one}" for one in self.books.findings] or ["  every promise was kept"]
        return "\n".join(lines) + "\n"


async def run(plan: Plan, *, inner: list[Trouble] | None = None, outer: list[Trouble] | None = None) -> Outcome:
    """Run a plan. ``inner`` and ``outer``: kinds of trouble, by default all there are."""
    began = time.monotonic()
    async with staged(plan.database, seed=plan.seed, socket_mode=plan.socket_mode) as stage:
        try:
            return await _run(plan, stage, inner or inside(), outer or outside(), began)
        finally:
            if plan.log:
                await asyncio.to_thread(shutil.copy, stage.log, plan.log)


async def _run(plan: Plan, stage: Stage, inner: list[Trouble], outer: list[Trouble], began: float) -> Outcome:
    for _ in range(plan.processes):
        await stage.start()
    await _subscribe(stage)
    phones = Phones(stage, random.Random(f"phones {plan.seed}"))  # noqa: S311
    people = People(stage, random.Random(f"people {plan.seed}"))  # noqa: S311
    schedules = [
        Schedule(inner, plan.pause_s, random.Random(f"inside {plan.seed}"), plan.rounds),  # noqa: S311
        Schedule(outer, plan.pause_s, random.Random(f"outside {plan.seed}"), plan.rounds),  # noqa: S311
    ]
    over = asyncio.Event()
    supervising = asyncio.create_task(stage.supervise())
    async with asyncio.TaskGroup() as group:
        troubles = [group.create_task(one.run(stage, over)) for one in schedules]
        await asyncio.gather(phones.run(plan.events, plan.lasts_s), people.run(plan.commands, plan.lasts_s))
        over.set()
        await asyncio.gather(*troubles)
    with suppress(TimeoutError):
        async with asyncio.timeout(DELIVERED_WITHIN_S):
            await stage.dialpad.delivery.idle()  # what Dialpad tries again later was not accepted
    await stage.slack.delivery.idle()
    calm = time.monotonic()
    stuck = await until_nothing_is_due(stage, DRAINED_WITHIN_S)
    drain_s = time.monotonic() - calm
    take_overs = await stage.take_overs()
    supervising.cancel()
    books = read_books(stage, phones.fed, people)
    books.stuck = stuck
    for replica in list(stage.replicas):
        await stage.end(replica, SIGTERM)
    is_clean, words = await stage.check_database()
    books.check = "" if is_clean else words
    books.ended_badly = list(stage.ended_badly)
    times = {name: count for one in schedules for name, count in one.times.items()}
    left_out = [one.name for one in (*inner, *outer) if one.name not in times]
    return Outcome(
        plan, books, times, {"Slack": stage.slack_weather.hit, "Dialpad": stage.dialpad_weather.hit},
        phones.fed.events, phones.fed.events_accepted, stage.starts, time.monotonic() - began, drain_s,
        take_overs, people.unasked, sum(one.status != 200 for one in stage.dialpad.delivery.attempts), left_out,
    )  # fmt: skip


async def _subscribe(stage: Stage) -> None:
    priya = stage.slack.person(str(PRIYA.slack_id))
    for channel, kinds in ((CALLS, "ringing missed voicemail"), (TEXTS, "sms")):
        await priya.command(channel, f'/dp notify {kinds} for "Support"')
        async with asyncio.timeout(SUBSCRIBED_WITHIN_S):
            await save_preview(priya, channel)
