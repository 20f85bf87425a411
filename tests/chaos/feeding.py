"""What happens on the phones, and what people ask for, while there is trouble."""

import asyncio
import base64
import json
import random
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from phonenumbers import is_valid_number, parse

from bot.sandbox.cast import ANA, PRIYA, SAM, SUPPORT, Person
from bot.sandbox.dialpad.refusals import Refusal
from bot.sandbox.slack.surfaces import NotThere
from tests.chaos.stage import Stage
from tests.flows.hands import find_button, labels, said

TEXTS_FROM: Final = 10_000
"""Numbers of callers are below this, those of texts from here on."""
BLOCKED_FROM: Final = 20_000
ASKED_WITHIN_S: Final = 10.0
MOST_TRIES: Final = 8
AGAIN_S: Final = 2.0
LOOK_S: Final = 0.1
CALLS: Final = "#support"
TEXTS: Final = "#phones"
SHOWS_A_CALL: Final = frozenset({"ringing", "missed"})


@cache
def areas() -> tuple[int, ...]:
    """The area codes that there are: a number with another one is refused."""
    return tuple(code for code in range(201, 990) if is_valid_number(parse(f"+1{code}5550100")))


def number_of(index: int) -> str:
    """A number of its own for everybody outside, all from the range that is kept for fiction."""
    return f"+1{areas()[index // 100]}55501{index % 100:02d}"


@dataclass
class Fed:
    """What was fed. ``accepted`` holds what was answered 200: callers' numbers whose call is news, and texts."""

    rung: set[str] = field(default_factory=set)
    texted: set[str] = field(default_factory=set)
    events: int = 0
    events_accepted: int = 0
    calls_accepted: set[str] = field(default_factory=set)
    texts_accepted: set[str] = field(default_factory=set)

    def heard(self, path: str, body: bytes, status: int) -> None:
        """Called by the balancer with what a process answered."""
        if not path.startswith("/dialpad/events/") or status != 200:
            return
        self.events_accepted += 1
        event = _read(body)
        if event.get("text") in self.texted:
            self.texts_accepted.add(event["text"])
        elif "text" not in event and event.get("state") in SHOWS_A_CALL and event["target"].get("id") == SUPPORT.id:
            self.calls_accepted.add(event["external_number"])


def _read(body: bytes) -> Any:
    raw = body.split(b".")[1] if body.count(b".") == 2 and not body.startswith(b"{") else None
    return json.loads(body if raw is None else base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4)))


class Phones:
    """Calls that ring, are missed, are answered, go to voicemail; and texts."""

    def __init__(self, stage: Stage, dice: random.Random) -> None:
        self.fed = Fed()
        self._stage = stage
        self._dice = dice
        self._lives: set[asyncio.Task[None]] = set()
        stage.balancer.answered = self.fed.heard
        stage.dialpad.on_event(self._count)

    def _count(self, kind: str, _: Any) -> None:
        self.fed.events += kind in {"call", "sms"}

    async def run(self, events: int, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while self.fed.events < events:
            ahead_s = self.fed.events / events * seconds - (loop.time() - began)
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            if self._dice.random() < 0.15:
                self._text()
            else:
                self._ring()
            await asyncio.sleep(0)
        await asyncio.gather(*self._lives)

    def _text(self) -> None:
        number, text = number_of(TEXTS_FROM + len(self.fed.texted) // 2), f"chaos text {len(self.fed.texted):05d}."
        self.fed.texted.add(text)
        self._stage.dialpad.phone.text(number, SUPPORT.phone, text)

    def _ring(self) -> None:
        number = number_of(len(self.fed.rung))
        self.fed.rung.add(number)
        call = self._stage.dialpad.phone.ring(number, SUPPORT.phone)
        life = asyncio.create_task(self._goes_on(call.id))
        self._lives.add(life)
        life.add_done_callback(self._lives.discard)

    async def _goes_on(self, call: int) -> None:
        phone = self._stage.dialpad.phone
        await asyncio.sleep(self._dice.uniform(0.0, 3.0))
        with suppress(Refusal):
            if self._dice.random() < 0.2:
                phone.answer(call, self._dice.choice([ANA, SAM]))
                await asyncio.sleep(self._dice.uniform(0.0, 2.0))
        with suppress(Refusal):
            phone.hang_up(call)


@dataclass
class Command:
    """One thing somebody asked for. ``token`` occurs in nothing else; ``urls`` are where its answer may go, and
    ``said_before`` how often something was said there before it was agreed to."""

    person: Person
    kind: str
    token: str
    acknowledged: bool = False
    urls: set[str] = field(default_factory=set)
    said_before: int = 0


class People:
    """People who change something: at once, or after a yes."""

    def __init__(self, stage: Stage, dice: random.Random) -> None:
        self.commands: list[Command] = []
        self.unasked = 0
        """Questions that never came, so that nobody said yes: what only reads is not kept for a crash."""
        self._stage = stage
        self._dice = dice
        self._one_at_a_time = {one.key: asyncio.Lock() for one in (ANA, SAM, PRIYA)}

    async def run(self, count: int, seconds: float) -> None:
        kinds = [("status", ANA), ("status", SAM), ("sms", ANA), ("sms", PRIYA), ("block", PRIYA)]
        loop = asyncio.get_running_loop()
        began = loop.time()
        under_way: set[asyncio.Task[None]] = set()
        for number in range(count):
            ahead_s = number / count * seconds - (loop.time() - began)
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            kind, person = kinds[number % len(kinds)]
            under_way.add(task := asyncio.create_task(self._ask(number, kind, person)))
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)

    async def _ask(self, number: int, kind: str, person: Person) -> None:
        if kind == "status":
            command = Command(person, kind, f"chaos status {number:05d}.")
            self.commands.append(command)
            await self._send(command, f"/dp status {command.token}")
            return
        if kind == "sms":
            command = Command(person, kind, f"chaos message {number:05d}.")
            # Everybody texts somebody of their own: a colleague's text in between is shown before this one leaves.
            to = number_of(BLOCKED_FROM - (person is PRIYA))
            typed, yes = f"/dp sms {to} {command.token}", "Send"
        else:
            command = Command(person, kind, number_of(BLOCKED_FROM + 1 + number))
            typed, yes = f"/dp block {command.token}", "Block"
        async with self._one_at_a_time[person.key]:
            await self._ask_and_agree(command, typed, yes)

    async def _ask_and_agree(self, command: Command, typed: str, yes: str) -> None:
        at = self._stage.slack.person(str(command.person.slack_id))
        with self._stage.answers_to(command.urls):
            question = await self._question(at, typed, command.token, yes)
        if question is None:
            self.unasked += 1
            return
        self.commands.append(command)
        with self._stage.answers_to(command.urls), suppress(NotThere):
            command.said_before = self._stage.times_said(command.urls)
            command.acknowledged = await self._agree(at, question, yes)
        for view in at.modals:
            with suppress(NotThere):
                await at.close(view)

    async def _agree(self, at: Any, question: Any, yes: str) -> bool:
        if question.get("type") == "modal":
            return bool((await at.submit(question)).get("ok"))
        button, block_id = find_button(question, yes)
        return bool((await at.press(question, button["action_id"], button.get("value"), block_id=block_id)).get("ok"))

    async def _send(self, command: Command, typed: str) -> None:
        at = self._stage.slack.person(str(command.person.slack_id))
        with self._stage.answers_to(command.urls):
            command.acknowledged = bool((await at.command(CALLS, typed)).get("ok"))

    async def _question(self, at: Any, typed: str, token: str, yes: str) -> Any:
        """Ask until there is a question, as people do."""
        shown = token.removeprefix("+1")
        marks = (token, f"({shown[:3]}) {shown[3:6]}-{shown[6:]}")
        for _ in range(MOST_TRIES):
            if not (await at.command(CALLS, typed)).get("ok"):
                await asyncio.sleep(AGAIN_S)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(ASKED_WITHIN_S):
                    while True:
                        for one in (*at.modals, *reversed(at.ephemerals(CALLS)[-60:])):
                            asks = one.get("callback_id") == "confirm" or yes in labels(one)
                            if asks and any(mark in said(one) for mark in marks):
                                return one
                        await asyncio.sleep(LOOK_S)
        return None
