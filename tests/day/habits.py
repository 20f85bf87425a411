"""What the eight do about what waits: as people do, with wrong buttons, forgotten claims, and calls from their own
apps."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bot.sandbox.cast import SAM, SUPPORT, Person
from tests.day.expected import Needing
from tests.day.line import EARLY, LATE, Caller
from tests.day.phones import Phones
from tests.day.play import Day, forget_answers
from tests.flows.hands import Hands, labels, said

Json = dict[str, Any]
Habit = Callable[[Person, Caller], Awaitable[None]]
LOOKS_S: Final = 100
"""How often somebody glances at the channel."""
FORGOTTEN: Final = 0.12
"""So much of what waits nobody thinks of until they are asked."""


@dataclass(frozen=True)
class Habits:
    """``plan`` lets people look at the channel all day, and change shifts."""

    day: Day
    phones: Phones
    noticed: dict[str, float]
    """By customer, the item that somebody has looked at, or that is forgotten, by when it began."""

    def plan(self) -> None:
        day = self.day
        moment = 8 * 60.0
        while moment < day.plan.ends_s - 600:
            day.at(moment, self.glances)
            moment += day.luck.uniform(0.5, 1.5) * LOOKS_S
        for person in LATE:
            if person is not SAM:
                day.at(day.plan.shift_s - day.luck.uniform(300, 1200), partial(self.comes_on_duty, person))
        for person in EARLY:
            if person is not SAM:
                day.at(day.plan.shift_s + day.luck.uniform(0, 900), partial(self.goes_home, person))
        for person in LATE[:3]:
            day.at(day.plan.closes_s + day.luck.uniform(60, 900), partial(self.goes_home, person))
        for number in range(1, 10):
            day.at(number * day.plan.ends_s / 10, day.compare_lists)

    def of(self, caller: Caller) -> Needing:
        return self.day.needs[caller.number]

    # Looking at the channel

    async def glances(self) -> None:
        """Somebody who is free takes care of one thing that nobody looks after."""
        day, luck = self.day, self.day.luck
        there = day.free()
        if not there:
            return
        waiting = [one for one in day.known if self.of(one).asks(day.now) and self._may_touch(one)]
        for one in waiting:
            if self.noticed.get(one.number) != self.of(one).since:
                self.noticed[one.number] = self.of(one).since
                if luck.random() < FORGOTTEN:
                    self.noticed[f"forgotten {one.number}"] = self.of(one).since
        seen = [one for one in waiting if self._is_seen(one)]
        if seen:
            caller = min(seen, key=lambda one: self.of(one).last)
            await self._takes_care(luck.choice(there), caller)

    def _is_seen(self, caller: Caller) -> bool:
        one, asked = self.of(caller), self.day.asked.get(caller.number, -1.0)
        return self.noticed.get(f"forgotten {caller.number}") != one.since or asked > one.idle_since + 60

    def _may_touch(self, caller: Caller) -> bool:
        return caller.number not in self.day.in_doubt and not self.phones.live(caller)

    async def _takes_care(self, who: Person, caller: Caller) -> None:
        one = self.of(caller)
        if self.phones.is_robocaller(caller):
            await self.day.luck.choice((self.labels_spam, self.blocks))(who, caller)
            return
        calls: tuple[tuple[int, Habit], ...] = (
            (34, self.claims),
            (18, self.calls_back),
            (9, self.calls_from_the_app),
            (9, self.texts),
            (5, self.texts_from_the_app),
            (5, self.claims_by_mistake),
            (4, self.is_done_by_mistake),
            (4, self.puts_off),
            (3, self.notes),
            (4, self.is_done),
            (3, self.waits_for_them),
            (2, self.opens_and_leaves),
        )
        texts: tuple[tuple[int, Habit], ...] = (
            (40, self.texts),
            (25, self.texts_from_the_app),
            (12, self.claims),
            (8, self.calls_back),
            (4, self.claims_by_mistake),
            (3, self.is_done_by_mistake),
            (3, self.puts_off),
            (5, self.is_done),
        )
        await self._one_of(calls if one.called else texts)(who, caller)

    def _one_of(self, habits: Sequence[tuple[int, Habit]]) -> Habit:
        (chosen,) = self.day.luck.choices([one for _, one in habits], [weight for weight, _ in habits])
        self.day.happened[chosen.__name__.replace("_", " ")] += 1
        return chosen

    # Pressing

    def _hands(self, who: Person) -> Hands:
        return self.day.hands[str(who.slack_id)]

    async def _press(self, who: Person, caller: Caller, label: str, expected: str = "") -> Json | None:
        """Press a button of the customer's card; what is answered. None when no card has it."""
        hands, card = self._hands(who), self.day.sight.newest_with(caller.number, label)
        forget_answers(hands)
        if card is None:
            self.day.find("button", f"no card of {self.day.describe(caller.number)} has {label}")
            return None
        message = next(one for one in hands.person.messages("#support") if one["ts"] == card.ts)
        answer = await hands.press(message, label)
        if expected and expected not in said(answer):
            self.day.find("button", f"{label}: {said(answer)[:300]} for {self.day.describe(caller.number)}")
            return None
        return hands.person.modal or answer

    def _later(self, low: float, high: float, habit: Habit, who: Person, caller: Caller) -> None:
        """Do it later, if it still is this person's to do."""
        began = self.of(caller).since

        async def do() -> None:
            one = self.of(caller)
            if one.open and one.since == began and self._may_touch(caller) and one.owner in {"", str(who.slack_id)}:
                await habit(who, caller)

        self.day.after(self.day.luck.uniform(low, high), do)

    async def claims(self, who: Person, caller: Caller) -> None:
        if await self._press(who, caller, "Claim", "It is yours"):
            self.of(caller).own(str(who.slack_id), self.day.now)
            self._later(40, 420, self._one_of(self._of_an_owner), who, caller)

    @property
    def _of_an_owner(self) -> tuple[tuple[int, Habit], ...]:
        return (
            (50, self.calls_back),
            (14, self.texts),
            (8, self.hands_over),
            (6, self.puts_off),
            (10, self.is_done),
            (4, self.forgets),
            (8, self.calls_from_the_app),
        )

    async def forgets(self, who: Person, caller: Caller) -> None:
        """They claimed it and think no more of it, until they are reminded or it is taken from them."""

    async def claims_by_mistake(self, who: Person, caller: Caller) -> None:
        if await self._press(who, caller, "Claim", "It is yours"):
            self.of(caller).own(str(who.slack_id), self.day.now)
            self._later(10, 90, self._gives_back, who, caller)

    async def _gives_back(self, who: Person, caller: Caller) -> None:
        if self.of(caller).owner and await self._press(who, caller, "Give back", "Given back"):
            self.of(caller).give_up(self.day.now)

    async def is_done(self, who: Person, caller: Caller) -> None:
        if await self._press(who, caller, "Done", "Done."):
            self.of(caller).settle(self.day.now, "Done")

    async def is_done_by_mistake(self, who: Person, caller: Caller) -> None:
        if await self._press(who, caller, "Done", "Done."):
            one = self.of(caller)
            one.settle(self.day.now, "Done")
            before = one.counted

            async def reopens() -> None:
                if not one.open and one.counted == before and await self._press(who, caller, "Reopen", "Open again"):
                    one.reopen(self.day.now)

            self.day.after(self.day.luck.uniform(5, 60), reopens)

    async def opens_and_leaves(self, who: Person, caller: Caller) -> None:
        """They begin to call and think better of it."""
        if await self._press(who, caller, "Call back"):
            hands = self._hands(who)
            if hands.person.modal is not None:
                await hands.person.close(hands.person.modal)

    async def notes(self, who: Person, caller: Caller) -> None:
        more = await self._press(who, caller, "More…")
        if more is None:
            return
        hands = self._hands(who)
        await hands.press(more, "Note…")
        await hands.modal()
        await hands.submit({"words": "Wants a refund."})
        self._later(60, 300, self.calls_back, who, caller)

    async def puts_off(self, who: Person, caller: Caller) -> None:
        if await self._press(who, caller, "Put off…"):
            hands, minutes = self._hands(who), self.day.luck.choice((20, 45, 90))
            await hands.modal()
            await hands.submit({"until": await hands.pick("until", f"{minutes}m")})
            self.of(caller).sleep(self.day.now, self.day.now + minutes * 60)

    async def waits_for_them(self, who: Person, caller: Caller) -> None:
        if await self._press(who, caller, "Put off…"):
            hands = self._hands(who)
            await hands.modal()
            await hands.submit({})
            self.of(caller).wait(self.day.now)
            self._later(600, 3600, self._opens_again, who, caller)

    async def _opens_again(self, who: Person, caller: Caller) -> None:
        if self.of(caller).waits and await self._press(who, caller, "Open again", "Open again"):
            self.of(caller).wake(self.day.now)

    async def hands_over(self, who: Person, caller: Caller) -> None:
        others = [one for one in self.day.on_duty() if one is not who]
        if not others or not await self._press(who, caller, "Hand to…"):
            return
        hands, to, one = self._hands(who), self.day.luck.choice(others), self.of(caller)
        await hands.modal()
        await hands.submit({"to": await hands.pick("to", to.name)})
        one.asked, began = str(to.slack_id), one.since

        async def answers(label: str) -> None:
            if not one.open or one.since != began or one.asked != to.slack_id:
                return
            theirs = self._hands(to)
            asked = [ask for ask in theirs.from_app if label in labels(ask)]
            shown = next((ask for ask in reversed(asked) if any(name in said(ask) for name in caller.shown)), None)
            if shown is None:
                self.day.find("button", f"nobody asked {to.name} to take over {self.day.describe(caller.number)}")
                return
            forget_answers(theirs)
            await theirs.press(shown, label)
            if label == "Accept":
                one.own(str(to.slack_id), self.day.now)
                self._later(60, 400, self.calls_back, to, caller)
            else:
                one.asked = ""
                self._later(60, 400, self.calls_back, who, caller)

        answer = self.day.luck.random()
        if answer < 0.85:
            self.day.happened["hand-overs accepted" if answer < 0.6 else "hand-overs declined"] += 1
            self.day.after(self.day.luck.uniform(20, 200), partial(answers, "Accept" if answer < 0.6 else "Decline"))

    # Reaching the customer

    async def calls_back(self, who: Person, caller: Caller) -> None:
        """From the card; three of four pick up."""
        if not self.day.is_free(who):
            return
        label = "Call back" if self.of(caller).called and self._has(caller, "Call back") else "Call"
        if not self._has(caller, label) or not await self._press(who, caller, label):
            return
        await self._hands(who).submit()
        await self._rings_outside(who, caller, "called back")

    def _has(self, caller: Caller, label: str) -> bool:
        return self.day.sight.newest_with(caller.number, label) is not None

    async def calls_from_the_app(self, who: Person, caller: Caller) -> None:
        """From Dialpad's own app, from their number or the line's."""
        if not self.day.is_free(who):
            return
        state, board = self.day.demo.dialpad.state, self.day.demo.dialpad.phone._switchboard
        group = state.groups[SUPPORT.id] if self.day.luck.random() < 0.5 else None
        board.place(state.users[self.day.dialpad_id(who)], caller.number, group=group)
        await self._rings_outside(who, caller, "called back from the app")

    async def _rings_outside(self, who: Person, caller: Caller, how: str) -> None:
        day = self.day
        calls = [one for one in self.phones.live(caller) if one.direction == "outbound"]
        if not calls:
            day.find("button", f"no call began to {day.describe(caller.number)}")
            return
        picks_up = day.luck.random() < 0.75

        async def goes_on() -> None:
            if not calls[0].is_live:
                return
            if not picks_up:
                day.happened["call backs that nobody picked up"] += 1
                day.demo.dialpad.phone.hang_up(calls[0].id)
                self._later(120, 900, self._tries_again, who, caller)
                return
            day.demo.dialpad.phone.pick_up(calls[0].id)
            day.happened["call backs that connected"] += 1
            self.of(caller).settle(day.now, how)
            day.after(day.luck.uniform(30, 300), partial(self.phones.ends, calls[0]))

        day.after(day.luck.uniform(5, 25), goes_on)

    async def _tries_again(self, who: Person, caller: Caller) -> None:
        await self._one_of(((4, self.calls_back), (3, self.texts), (2, self.is_done), (1, self.forgets)))(who, caller)

    async def texts(self, who: Person, caller: Caller) -> None:
        """From the card: what they wrote is shown before it leaves."""
        label = next((one for one in ("Reply", "Text") if self._has(caller, one)), "")
        if not label or caller.number in self.day.quiet or not await self._press(who, caller, label):
            return
        hands, before = self._hands(who), len(self.day.demo.dialpad.state.messages)
        await hands.submit({"text": self.day.luck.choice(("On our way.", "Ready at five.", "Could you call us?"))})
        for _ in range(2):  # once more when something was said meanwhile
            if hands.person.modal is not None:
                await hands.submit()
        if len(self.day.demo.dialpad.state.messages) == before:
            shown = said(hands.person.modal or {})
            self.day.find("button", f"no text left to {self.day.describe(caller.number)}: {shown}")
            return
        self.of(caller).answered_text(self.day.now)

    async def texts_from_the_app(self, who: Person, caller: Caller) -> None:
        if caller.number not in self.day.quiet:
            await self.phones.send(caller, "I'll look into it.", who)

    # Robocallers

    async def labels_spam(self, who: Person, caller: Caller) -> None:
        more = await self._press(who, caller, "More…")
        if more is None:
            return
        self.day.happened["labels spam"] += 1
        hands = self._hands(who)
        await hands.press(more, "Label")
        await hands.modal()
        await hands.submit({"labels": "spam"})
        self.of(caller).settle(self.day.now, "labeled spam")

    async def blocks(self, who: Person, caller: Caller) -> None:
        asked = await self._press(who, caller, "Block")
        if asked is None:
            return
        self.day.happened["blocks"] += 1
        hands = self._hands(who)
        if hands.person.modal is not None:
            await hands.submit()
        else:
            await hands.press(asked, "Block")
        self.of(caller).settle(self.day.now, "blocked")

    # Shifts

    async def comes_on_duty(self, who: Person) -> None:
        self._duty(who, on=True)

    async def goes_home(self, who: Person) -> None:
        """Gives back what they have, hands it to somebody, or leaves it; a supervisor takes some of that over."""
        mine = [one for one in self.day.known if self.of(one).open and self.of(one).owner == who.slack_id]
        for caller in [one for one in mine if self._may_touch(one)]:
            choice = self.day.luck.random()
            if choice < 0.5:
                self.day.happened["gives back at the end of the shift"] += 1
                await self._gives_back(who, caller)
            elif choice < 0.8:
                self.day.happened["hands over at the end of the shift"] += 1
                await self.hands_over(who, caller)
            else:
                self._takes_over_later(caller, str(who.slack_id))
            await self.day.settle()
        self._duty(who, on=False)

    def _takes_over_later(self, caller: Caller, owner: str) -> None:
        one = self.of(caller)

        async def takes_over() -> None:
            if one.open and one.owner == owner and await self._press(SAM, caller, "Take over", "It is yours now"):
                self.day.happened["taken over by the supervisor"] += 1
                one.own(str(SAM.slack_id), self.day.now)
                self._later(60, 600, self.calls_back, SAM, caller)

        self.day.after(self.day.luck.uniform(300, 1200), takes_over)

    def _duty(self, who: Person, *, on: bool) -> None:
        state, board = self.day.demo.dialpad.state, self.day.demo.dialpad.phone._switchboard
        board.change_duty(state.users[self.day.dialpad_id(who)], on=on, reason="" if on else "Off Duty")


def fill(day: Day) -> None:
    """Plan a day: what customers do, and what the eight do about it."""
    phones = Phones(day)
    phones.plan()
    Habits(day, phones, {}).plan()
