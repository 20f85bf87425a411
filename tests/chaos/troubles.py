"""Kinds of trouble. Each begins, lasts, and ends; which comes when is drawn from a seeded deck."""

import asyncio
import errno
import os
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.stage import Replica, Stage
from tests.chaos.weather import Sky, Weather

FROZEN_S: Final = 10.0
CLOCK_BY_S: Final = 90
"""Less than the five minutes that a signature of Slack's may be old."""


@dataclass
class Trouble:
    """One kind. ``lasts_s`` is drawn from the range each time."""

    name: str
    lasts_s: tuple[float, float]

    def fits(self, stage: Stage) -> bool:
        """Whether this stage can have it."""
        return True

    async def begin(self, stage: Stage, dice: random.Random) -> None:
        raise NotImplementedError

    async def end(self, stage: Stage) -> None:
        raise NotImplementedError


@dataclass
class Ended(Trouble):
    """A process ends and another one starts, under another host name."""

    how: signal.Signals

    async def begin(self, stage: Stage, dice: random.Random) -> None:
        await stage.end(dice.choice(stage.replicas), self.how)

    async def end(self, stage: Stage) -> None:
        await stage.start()


@dataclass
class Frozen(Trouble):
    """A process does nothing for a while and then goes on."""

    _who: Replica | None = None

    async def begin(self, stage: Stage, dice: random.Random) -> None:
        self._who = dice.choice(stage.replicas)
        self._who.process.send_signal(signal.SIGSTOP)

    async def end(self, stage: Stage) -> None:
        if self._who is not None and self._who.lives:
            self._who.process.send_signal(signal.SIGCONT)


@dataclass
class DatabaseStopped(Trouble):
    """In order or not, by turns."""

    _times: int = 0

    def fits(self, stage: Stage) -> bool:
        return stage.server is not None

    async def begin(self, stage: Stage, dice: random.Random) -> None:
        assert stage.server is not None
        self._times += 1
        await asyncio.to_thread(stage.server.stop, signal.SIGQUIT if self._times % 2 else signal.SIGINT)

    async def end(self, stage: Stage) -> None:
        assert stage.server is not None
        stage.server.start()
        await asyncio.to_thread(stage.server.until_ready)


@dataclass
class DiskFull(Trouble):
    """Not a byte is left beside the database."""

    def fits(self, stage: Stage) -> bool:
        return stage.disk is not None

    async def begin(self, stage: Stage, dice: random.Random) -> None:
        assert stage.disk is not None
        ballast = os.open(stage.disk / "ballast", os.O_WRONLY | os.O_CREAT)
        try:
            for size in (1 << 20, 1 << 12, 1):
                self._fill(ballast, size)
        finally:
            os.close(ballast)

    @staticmethod
    def _fill(ballast: int, size: int) -> None:
        try:
            while True:
                os.write(ballast, b"\0" * size)
        except OSError as full:
            if full.errno != errno.ENOSPC:
                raise

    async def end(self, stage: Stage) -> None:
        assert stage.disk is not None
        (stage.disk / "ballast").unlink()


@dataclass
class ClockOff(Trouble):
    """The clock of one process is put forward or back, and later right again."""

    by_s: int
    _who: Replica | None = None

    def fits(self, stage: Stage) -> bool:
        return stage.clock_library is not None

    async def begin(self, stage: Stage, dice: random.Random) -> None:
        self._who = dice.choice(stage.replicas)
        self._who.set_clock(self.by_s)

    async def end(self, stage: Stage) -> None:
        if self._who is not None:
            self._who.set_clock(0)


@dataclass
class BadWeather(Trouble):
    """Slack or Dialpad is not as it should be."""

    side: str
    sky: Sky

    def _weather(self, stage: Stage) -> Weather:
        return stage.slack_weather if self.side == "Slack" else stage.dialpad_weather

    async def begin(self, stage: Stage, dice: random.Random) -> None:
        self._weather(stage).become(self.sky)

    async def end(self, stage: Stage) -> None:
        self._weather(stage).become(Sky.FINE)


@dataclass
class SocketSilent(Trouble):
    """Slack takes what people do, and sends nothing over a connection that looks well."""

    def fits(self, stage: Stage) -> bool:
        return stage.socket_mode

    async def begin(self, stage: Stage, dice: random.Random) -> None:
        stage.slack.sockets.deaf = True

    async def end(self, stage: Stage) -> None:
        stage.slack.sockets.deaf = False


def inside() -> list[Trouble]:
    """What happens to the bot, its machine and its database: one at a time."""
    return [
        Ended("kill -9", (0.5, 3.0), signal.SIGKILL),
        Ended("SIGTERM", (0.5, 3.0), signal.SIGTERM),
        Frozen("SIGSTOP for 10 s", (FROZEN_S, FROZEN_S)),
        DatabaseStopped("database stopped", (2.0, 6.0)),
        DiskFull("disk full", (3.0, 6.0)),
        ClockOff(f"clock {CLOCK_BY_S} s ahead", (4.0, 8.0), CLOCK_BY_S),
        ClockOff(f"clock {CLOCK_BY_S} s behind", (4.0, 8.0), -CLOCK_BY_S),
    ]


def outside() -> list[Trouble]:
    """What happens at Slack and Dialpad: one at a time, beside one of the others."""
    bad = [sky for sky in Sky if sky is not Sky.FINE]
    return [
        *(BadWeather(f"{side} {sky}", (3.0, 6.0), side, sky) for side in ("Slack", "Dialpad") for sky in bad),
        SocketSilent("socket silent", (3.0, 9.0)),
    ]


@dataclass
class Schedule:
    """Draws from a deck, which is shuffled anew when it is empty: every kind comes about as often as every other."""

    deck: Sequence[Trouble]
    pause_s: tuple[float, float]
    dice: random.Random
    rounds: int = 0
    times: dict[str, int] = field(default_factory=dict)

    async def run(self, stage: Stage, over: asyncio.Event) -> None:
        """One after the other until ``over``, and at least one of each kind; or as many rounds as are asked for."""
        fitting = [one for one in self.deck if one.fits(stage)]
        self.times = dict.fromkeys((one.name for one in fitting), 0)
        drawn: list[Trouble] = []
        while fitting and not (over.is_set() and all(self.times.values())):
            if self.rounds and min(self.times.values()) >= self.rounds:
                return
            drawn = drawn or self.dice.sample(fitting, len(fitting))
            trouble = drawn.pop()
            await trouble.begin(stage, self.dice)
            self.times[trouble.name] += 1
            await asyncio.sleep(self.dice.uniform(*trouble.lasts_s))
            await trouble.end(stage)
            await asyncio.sleep(self.dice.uniform(*self.pause_s))
