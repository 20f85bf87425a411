"""Plays the hour: one thing after the other, as a person does it, and counts what that took."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from bot.sandbox.cast import ANA, SAM
from bot.sandbox.cast import Person as CastMember
from bot.sandbox.demo import Demo
from tests.flows.channel import shown
from tests.flows.hands import Hands, Json, find_button, labels, said
from tests.flows.stage import inside, until_posted

Play: TypeAlias = Callable[["Hour"], Awaitable[None]]


@dataclass(frozen=True)
class Cost:
    """What something took: lines typed, buttons pressed, entries chosen from a list, and seconds until it was seen."""

    lines: int = 0
    presses: int = 0
    choices: int = 0
    seconds: float = 0.0

    @property
    def effort(self) -> tuple[int, int, int]:
        return self.lines, self.presses, self.choices


@dataclass(frozen=True)
class Thing:
    """Something that a supervisor does. ``most``: lines, presses and choices that it may take. ``play`` prepares what
    it is about, says ``begin``, and ends when the result can be seen."""

    title: str
    most: tuple[int, int, int]
    play: Play


class Supervisor(Hands):
    """Hands that count. What a person reads, or waits for, costs nothing but time."""

    def __init__(self, demo: Demo, who: CastMember) -> None:
        super().__init__(demo, who)
        self.begin()

    def begin(self) -> None:
        self._lines = self._presses = self._choices = 0
        self._since = time.monotonic()

    @property
    def cost(self) -> Cost:
        return Cost(self._lines, self._presses, self._choices, time.monotonic() - self._since)

    async def type(self, line: str) -> Json:
        self._lines += 1
        return await super().type(line)

    async def press(self, where: Json, label: str) -> Json:
        in_menu = find_button(where, label)[0]["type"] == "overflow"
        self._presses += 2 if in_menu else 1  # the menu, and its entry
        return await super().press(where, label)

    async def submit(self, values: Json | None = None) -> Json:
        self._presses += 1
        return await super().submit(values)

    async def pick(self, field: str, query: str) -> Json:
        self._choices += 1
        return await super().pick(field, query)

    async def press_spoken(self, where: Json, spoken: str) -> Json:
        """Press the button of which a screen reader says this."""
        for block in where["blocks"]:
            for element in [*block.get("elements", ()), block.get("accessory") or {}]:
                if element.get("accessibility_label") == spoken:
                    self._presses += 1
                    await self.person.press(
                        where, element["action_id"], element.get("value"), block_id=block["block_id"]
                    )
                    return await self.settled()
        raise AssertionError(f"no button {spoken!r} among {labels(where)}")

    async def open_home(self, *words: str) -> Json:
        """Open the Home tab, which is a press, and wait until it says all of this."""
        self._presses += 1
        await self.person.open_home()
        await self.demo.slack.delivery.idle()
        await self.demo.bot.dispatcher.idle()
        return await self.until_home(*words)

    async def until_home(self, *words: str) -> Json:
        def look() -> Json | None:
            home = self.person.home or {}
            return home if all(word in said(home) for word in words) else None

        found: Json = await self.person.until(look)
        return found


@dataclass
class Hour:
    """The demo in which it is played, and how far it is."""

    demo: Demo
    sam: Supervisor
    costs: list[tuple[Thing, Cost]] = field(default_factory=list)

    @classmethod
    def of(cls, demo: Demo) -> "Hour":
        return cls(demo, Supervisor(demo, SAM))

    async def play(self, things: Sequence[Thing]) -> None:
        await self.sam.subscribe("ringing missed answered")
        for thing in things:
            await self.close_windows()
            self.sam.begin()
            await thing.play(self)
            self.costs.append((thing, self.sam.cost))

    async def close_windows(self) -> None:
        for view in reversed(list(self.sam.person.modals)):
            await self.sam.person.close(view)
        await self.demo.bot.dispatcher.idle()

    async def board(self) -> Json:
        """The board as it stands."""
        return await shown(self.sam, "on duty", "queue")

    async def talking(self, customer: str, line: str) -> int:
        """Let a customer call a line and Ana answer; the call's id."""
        phone = self.demo.dialpad.phone
        call = phone.ring(customer, line)
        phone.answer(call.id, ANA)
        await until_posted(self.demo)
        return call.id

    async def pass_(self, seconds: float) -> None:
        """Let time pass as it does: lines are looked at every few seconds."""
        for _ in range(int(seconds // 6) + 1):
            self.demo.clock.forward(timedelta(seconds=6))
            await inside(self.demo).wake()
            await inside(self.demo).settle()
