"""The day itself: what happens when, on the demo's clock, and what is compared after each thing that happens."""

import heapq
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from bot.sandbox.cast import PRIYA, Person
from bot.sandbox.demo import Demo
from bot.store.agenda import read_agenda
from tests.day.expected import EVERY_S, Needing
from tests.day.line import AGENTS, CHANNEL, Caller, callers, morning, take_places
from tests.day.sight import HANDED, SeenMessage, Sight, handed_over, is_digest, kind_of_alarm, still_open
from tests.flows.hands import Hands, labels, said
from tests.flows.stage import freshen, inside, quick_demo, until_heard, until_posted

Step = Callable[[], Awaitable[None]]
OPENS_S: Final = 5 * 60


@dataclass(frozen=True)
class Plan:
    """How much happens, and within how many hours."""

    seed: int = 1
    calls: int = 300
    texts: int = 120
    hours: float = 10

    @property
    def ends_s(self) -> float:
        return self.hours * 3600

    @property
    def closes_s(self) -> float:
        """When nobody calls any more: there is a digest later."""
        return self.ends_s - 1800

    @property
    def shift_s(self) -> float:
        """When one shift takes over from the other."""
        return self.ends_s / 2

    @property
    def subscribed(self) -> tuple[str, ...]:
        """What the admin has typed on the first day: who is asked about what, and a digest shortly before the end."""
        minutes = 8 * 60 + int(self.hours * 60) - 5
        asks = "escalate 15 group @support-oncall supervisor @sam handled 60"
        return (
            f'missed abandoned callback voicemail sms for "Support" {asks}',
            f'handover daily at {minutes // 60}:{minutes % 60:02} for "Support" keep @support-oncall',
        )


@dataclass
class Day:
    """``at`` sets when something happens, ``play`` lets the day pass. ``findings`` are what was not as it should be:
    by kind, each with a sentence."""

    demo: Demo
    plan: Plan
    luck: random.Random
    known: list[Caller]
    sight: Sight
    hands: dict[str, Hands]
    needs: dict[str, Needing]
    began: float
    agenda: list[tuple[float, int, Step]] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    asked: dict[str, float] = field(default_factory=dict)
    """When somebody was last asked about a customer."""
    in_doubt: set[str] = field(default_factory=set)
    """Customers who are being passed on: nobody can tell yet whether somebody takes them."""
    quiet: set[str] = field(default_factory=set)
    """Who wants no more texts."""
    findings: dict[str, list[str]] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _told_of: set[tuple[str, str, float]] = field(default_factory=set)

    @property
    def now(self) -> float:
        """Seconds since the morning."""
        return self.demo.clock.unix() - self.began

    def at(self, moment: float, step: Step) -> None:
        heapq.heappush(self.agenda, (max(moment, self.now), next(self._numbers), step))

    def after(self, seconds: float, step: Step) -> None:
        self.at(self.now + seconds, step)

    def find(self, kind: str, words: str) -> None:
        """Note that something is not as it should be."""
        minutes = int(self.now // 60)
        self.findings.setdefault(kind, []).append(f"{8 + minutes // 60}:{minutes % 60:02} {words}")

    # Time

    async def play(self) -> None:
        while self.agenda and self.agenda[0][0] <= self.plan.ends_s:
            moment, _, step = heapq.heappop(self.agenda)
            await self.pass_until(moment)
            await step()
            await self.settle()
        await self.pass_until(self.plan.ends_s)

    async def pass_until(self, moment: float) -> None:
        """Let time pass in steps, so that whatever comes due does so at its time."""
        while (left := moment - self.now) > 0:
            self.demo.clock.forward(timedelta(seconds=min(EVERY_S, left)))
            if await self._is_anything_due():
                await self.settle()

    async def _is_anything_due(self) -> bool:
        agenda, now = await read_agenda(self.demo.bot.store.context), self.demo.clock.now()
        return any(at is not None and at <= now for at in vars(agenda).values())

    async def settle(self) -> None:
        """Wait until all that has happened is to be seen, and compare."""
        await until_heard(self.demo)
        self.demo.clock.forward(timedelta(seconds=0.3))  # what waits a moment for what follows
        await inside(self.demo).settle()
        await until_posted(self.demo)
        await inside(self.demo).idle()
        for message in list(self.sight.look()):
            self._hear(message)
        for one in self.known:
            self._compare(one)

    # What is compared

    def _hear(self, message: SeenMessage) -> None:
        if (count := handed_over(message)) is not None:
            self.happened["handovers"] += 1
            if count != (expected := len(self.open())):
                self.find("unknown", f"a handover tells of {count} open, there are {expected}")
        elif is_digest(message):
            self.happened["digests"] += 1
            if (left := still_open(message)) != (expected := len(self.open())):
                self.find("unknown", f"the digest tells of {left} open, there are {expected}")
        elif kind := kind_of_alarm(message):
            self._hear_alarm(message, kind)
        elif HANDED in message.words:
            self.happened["hand-overs asked in a direct message"] += 1

    def _hear_alarm(self, message: SeenMessage, kind: str) -> None:
        self.alarms[kind] += 1
        one, now = self.needs.get(message.number), self.now
        if one is None:
            self.find("alarm", f"nobody can tell what this is about: {message.words}")
            return
        needed = {"asked": one.may_ask, "reminded": one.may_remind, "freed": one.may_free}[kind](now)
        if not needed:
            self.find("alarm", f"{kind} about {self.describe(message.number)}")
        if kind == "asked":
            self.asked[message.number] = now
        one.tell(now, kind)
        if kind == "freed" and one.owner:
            one.give_up(now)

    def open(self) -> set[str]:
        return {number for number, one in self.needs.items() if one.open}

    def describe(self, number: str) -> str:
        one = self.needs[number]
        return f"{number} ({'; '.join(one.story[-8:])}): "

    def _compare(self, caller: Caller) -> None:
        """Compare what the cards of a customer say, and whether somebody was asked who should have been."""
        one, cards = self.needs[caller.number], self.sight.cards.get(caller.number, [])
        if caller.number in self.in_doubt:
            return
        if not one.open:
            loud = [card for card in cards if not card.is_passed_on and {"Claim", "Done"} & set(card.buttons)]
            self._once(caller, "stays open", bool(loud), "alarm", "is settled, and a card asks for somebody", loud)
            silent = bool(cards) and one.counted > 0 and not any("✅" in card.words for card in cards)
            self._once(caller, "stays silent", silent, "alarm", "is settled, and no card says so", cards)
        else:
            self._once(caller, "no card", not cards, "unknown", "is open, and has no card")
            says = [card for card in cards if not card.is_passed_on and self._says(card, one)]
            self._once(caller, "unsaid", bool(cards) and not says, "unknown", "no card says how it stands", cards)
        late = one.must_have_asked(self.now) and self.asked.get(caller.number, -1.0) < one.idle_since
        self._once(caller, f"late {one.idle_since}", late, "not asked", "waits, and nobody was asked")

    def _says(self, card: SeenMessage, one: Needing) -> bool:
        """Tell whether a card says that it is open, and who has it."""
        if "✅" in card.words:
            return False
        is_put_off = one.until > self.now
        if one.owner:
            is_named = "🙋 Claimed by" in card.words and f"<@{one.owner}>" in card.words
            return is_named and "Claim" not in card.buttons
        if is_put_off:
            return "Put off until" in card.words
        if one.waits:
            return "Waiting for them" in card.words
        return ("Claim" in card.buttons or one.awaits_callback) and "🙋 Claimed by" not in card.words

    def _once(self, caller: Caller, mark: str, wrong: bool, kind: str, words: str, cards: Any = ()) -> None:
        """Note something once for each time it begins."""
        key = (caller.number, mark, 0.0)
        if not wrong:
            self._told_of.discard(key)
        elif key not in self._told_of:
            self._told_of.add(key)
            shown = " | ".join(one.words[:400] for one in cards[-2:])
            self.find(kind, f"{self.describe(caller.number)} {words} {shown}")

    async def compare_lists(self) -> None:
        """Compare what ``/dp open`` lists, page by page, with what is open."""
        priya = self.hands[str(PRIYA.slack_id)]
        forget_answers(priya)
        page = await priya.type("/dp open")
        listed: set[str] = set()
        while True:
            words = said(page)
            listed |= {one.number for one in self.known if any(shown in words for shown in one.shown)}
            more = next((label for label in labels(page) if label.startswith("…")), "")
            if not more:
                break
            page = await priya.press(page, more)
        self.happened["times the list was compared"] += 1
        for number in listed ^ self.open():
            verb = "is not listed" if number in self.open() else "is listed"
            self.find("unknown", f"{self.describe(number)} {verb}, with {len(listed)} others: {said(page)}")

    # Who is there

    def dialpad_id(self, person: Person) -> int:
        return int(person.dialpad_id or 0)

    def is_free(self, person: Person) -> bool:
        state = self.demo.dialpad.state
        user = state.users[self.dialpad_id(person)]
        return user.on_duty and not state.is_on_a_call(user.id)

    def free(self, *but: Person) -> list[Person]:
        return [one for one in AGENTS if one not in but and self.is_free(one)]

    def on_duty(self) -> list[Person]:
        return [one for one in AGENTS if self.demo.dialpad.state.users[self.dialpad_id(one)].on_duty]


def forget_answers(hands: Hands) -> None:
    """Somebody's answers that only they see are read and gone, and no window is open."""
    space = hands.demo.slack._core.space
    space.ephemerals.pop(hands.person.id, None)
    space.modals.pop(hands.person.id, None)


@dataclass(frozen=True)
class Outcome:
    """A day that is over."""

    day: Day
    posts: Counter[str]
    updates: Counter[str]
    cpu_s: float
    took_s: float

    @property
    def items(self) -> int:
        return sum(one.counted for one in self.day.needs.values())

    @property
    def answers(self) -> list[float]:
        return sorted(seconds for one in self.day.needs.values() for seconds in one.answers)

    def found(self, kind: str) -> list[str]:
        return self.day.findings.get(kind, [])


@asynccontextmanager
async def begun(plan: Plan) -> AsyncIterator[Day]:
    """A morning on which everybody has come to work, and nothing has happened yet."""
    luck = random.Random(plan.seed)  # noqa: S311  a story that can be told again
    known = callers(max(8, plan.calls * 2 // 3), luck)
    async with quick_demo(clock=morning()) as demo:
        await freshen(demo)
        await take_places(demo, known)
        people = (*AGENTS, PRIYA)
        hands = {str(one.slack_id): Hands(demo, one) for one in people}
        needs = {one.number: Needing() for one in known}
        for words in plan.subscribed:
            await hands[str(PRIYA.slack_id)].subscribe(words)
        day = Day(demo, plan, luck, known, Sight(demo, known), hands, needs, demo.clock.unix())
        await until_posted(demo)
        list(day.sight.look())
        demo.slack.calls.clear()
        yield day


async def play(plan: Plan, fill: Callable[[Day], None]) -> Outcome:
    """Play a day that ``fill`` has planned."""
    async with begun(plan) as day:
        fill(day)
        cpu, took = time.process_time(), time.perf_counter()
        await day.play()
        await day.compare_lists()
        posts, updates = (_counted(day, method) for method in ("chat.postMessage", "chat.update"))
        return Outcome(day, posts, updates, time.process_time() - cpu, time.perf_counter() - took)


def _counted(day: Day, method: str) -> Counter[str]:
    """How often the bot asked this of Slack, in the channel and in direct messages."""
    asked = [one for one in day.demo.slack.calls if one.method == method and one.error is None]
    return Counter("channel" if one.args.get("channel") == CHANNEL else "direct" for one in asked)
