"""What customers do: they call, wait, leave voicemails, text, and call again; and who of the eight picks up."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.sandbox.cast import SUPPORT, Person
from bot.sandbox.dialpad.model import Call, Message
from bot.sandbox.dialpad.texting import deliver
from tests.day.expected import Needing
from tests.day.line import Caller
from tests.day.play import OPENS_S, Day

ROBOCALLERS: Final = 4
"""The last of the customers only ever call, hang up, and want nothing."""
_TEXTS: Final = ("Is my order ready?", "Can you call me?", "The parcel is broken.", "Thanks, that works.", "Hello?")
_MESSAGES: Final = ("Please call me back about my order.", "It's about the invoice, I'm here until five.")


@dataclass(frozen=True)
class Phones:
    """``plan`` spreads calls and texts over a day."""

    day: Day

    def plan(self) -> None:
        day, luck = self.day, self.day.luck
        span = day.plan.closes_s - OPENS_S
        for step, count in ((self.calls, day.plan.calls), (self.texts, day.plan.texts)):
            moments = sorted(luck.triangular(0, 1, luck.choice((0.3, 0.7))) for _ in range(count))
            for moment in moments:
                day.at(OPENS_S + span * moment, step)

    def of(self, caller: Caller) -> Needing:
        return self.day.needs[caller.number]

    def is_robocaller(self, caller: Caller) -> bool:
        return caller in self.day.known[-ROBOCALLERS:]

    def live(self, caller: Caller) -> list[Call]:
        return [one for one in self.day.demo.dialpad.phone.live if one.external_number == caller.number]

    def _somebody(self) -> Caller:
        """Whoever waits is the likeliest to call again."""
        day, luck = self.day, self.day.luck
        waiting = [one for one in day.known if self.of(one).open and not self.live(one)]
        if waiting and luck.random() < 0.25:
            return luck.choice(waiting)
        return luck.choice([one for one in day.known if not self.live(one)])

    # Calls

    async def calls(self) -> None:
        """A customer calls the line."""
        day, luck = self.day, self.day.luck
        caller = self._somebody()
        day.happened["calls"] += 1
        call = day.demo.dialpad.phone.ring(caller.number, SUPPORT.phone)
        if not call.is_live:
            day.happened["calls that were blocked"] += 1
            return
        if call.state == "queued":
            day.happened["calls that waited in the queue"] += 1
            day.after(luck.uniform(20, 240), partial(self._is_tired_of_waiting, caller, call))
            return
        fate = luck.random()
        if self.is_robocaller(caller) or fate < 0.2:
            day.after(luck.uniform(8, 40), partial(self.gives_up, caller, call))
        elif fate < 0.3:
            day.after(luck.uniform(25, 60), partial(self._leaves_voicemail, caller, call))
        else:
            day.after(luck.uniform(4, 20), partial(self._is_answered, caller, call))

    async def _is_tired_of_waiting(self, caller: Caller, call: Call) -> None:
        if not call.is_live or call.connected is not None:
            return
        if call.state == "ringing":
            await self._is_answered(caller, call)
        elif self.day.luck.random() < 0.3:
            self.day.happened["callbacks asked for"] += 1
            self.day.demo.dialpad.phone.ask_for_callback(call.id)
            self.of(caller).comes(self.day.now, called=True, callback=True)
            self.day.after(self.day.luck.uniform(300, 900), partial(self._is_called_back_by_dialpad, caller))
        else:
            await self.gives_up(caller, call)

    async def _is_called_back_by_dialpad(self, caller: Caller) -> None:
        if not self.of(caller).awaits_callback or self.live(caller):
            return
        day = self.day
        board, group = day.demo.dialpad.phone._switchboard, day.demo.dialpad.state.groups[SUPPORT.id]
        call = board.place_from_group(group, caller.number, caller_id="", custom_data="")
        board.pick_up(call.id)
        self.of(caller).settle(day.now, "Dialpad's callback")
        day.after(day.luck.uniform(60, 300), partial(self.ends, call))

    async def gives_up(self, caller: Caller, call: Call) -> None:
        if not call.is_live or call.connected is not None:
            return
        self.day.demo.dialpad.phone.hang_up(call.id)
        self._comes_in_vain(caller, "calls that were missed")

    async def _leaves_voicemail(self, caller: Caller, call: Call) -> None:
        if not call.is_live or call.connected is not None:
            return
        self.day.demo.dialpad.phone.leave_voicemail(call.id, self.day.luck.choice(_MESSAGES))
        self._comes_in_vain(caller, "voicemails")

    def _comes_in_vain(self, caller: Caller, what: str) -> None:
        self.day.happened[what] += 1
        self.of(caller).comes(self.day.now, called=True)

    def _ringing(self, call: Call) -> list[Person]:
        targets = {one.target.id for one in self.day.demo.dialpad.phone.live if one.entry_point_call_id == call.id}
        return [one for one in self.day.free() if self.day.dialpad_id(one) in targets]

    async def _is_answered(self, caller: Caller, call: Call) -> None:
        day = self.day
        there = self._ringing(call) if call.is_live and call.state == "ringing" else []
        if not there:
            await self.gives_up(caller, call)
            return
        who = day.luck.choice(there)
        day.demo.dialpad.phone.answer(call.id, who)
        day.happened["calls that were answered"] += 1
        if self.of(caller).open:
            day.happened["waiting customers whose next call was answered"] += 1
        if day.luck.random() < 0.08 and day.free(who):
            day.in_doubt.add(caller.number)
            day.after(day.luck.uniform(20, 60), partial(self._is_passed_on, caller, call, who))
            return
        self.of(caller).settle(day.now, "their next call")
        day.after(day.luck.uniform(30, 400), partial(self.ends, call))

    async def _is_passed_on(self, caller: Caller, call: Call, by: Person) -> None:
        """A colleague takes the call over, or is not there, and the caller has nobody."""
        day, phone = self.day, self.day.demo.dialpad.phone
        state = day.demo.dialpad.state
        others = [one for one in day.free(by) if not state.live_legs_of(day.dialpad_id(one))]
        if not others or not call.is_live:
            day.in_doubt.discard(caller.number)
            self.of(caller).settle(day.now, "their next call")
            self.day.after(30, partial(self.ends, call))
            return
        to = day.luck.choice(others)
        day.happened["calls that were passed on"] += 1
        phone.inside.transfer(call.id, day.dialpad_id(to))
        (second,) = self.live(caller)
        day.after(day.luck.uniform(5, 20), partial(self._arrives, caller, second, to))

    async def _arrives(self, caller: Caller, call: Call, to: Person) -> None:
        day, phone = self.day, self.day.demo.dialpad.phone
        day.in_doubt.discard(caller.number)
        if day.luck.random() < 0.6 and self.day.is_free(to):
            phone.answer(call.id, to)
            self.of(caller).settle(day.now, "their next call")
            day.after(day.luck.uniform(30, 300), partial(self.ends, call))
            return
        if day.luck.random() < 0.5:
            phone.leave_voicemail(call.id, "I was cut off.")
        else:
            phone.hang_up(call.id)
        day.happened["calls passed on to nobody"] += 1
        self._comes_in_vain(caller, "calls that were missed")

    async def ends(self, call: Call) -> None:
        if call.is_live:
            self.day.demo.dialpad.phone.hang_up(call.id)

    # Texts

    async def texts(self) -> None:
        """A customer texts the line."""
        day, luck = self.day, self.day.luck
        before = [one for one in day.known if one.number not in day.quiet and not self.is_robocaller(one)]
        waiting = [one for one in before if self.of(one).open]
        caller = luck.choice(waiting) if waiting and luck.random() < 0.25 else luck.choice(before)
        if luck.random() < 0.03:
            day.happened["STOP"] += 1
            day.demo.dialpad.phone.text(caller.number, SUPPORT.phone, "STOP")
            day.quiet.add(caller.number)
            self.of(caller).opted_out(day.now)
            return
        if day.demo.dialpad.phone.text(caller.number, SUPPORT.phone, luck.choice(_TEXTS)) is None:
            return
        day.happened["texts of customers"] += 1
        self.of(caller).comes(day.now, called=False)
        if luck.random() < 0.1:
            day.happened["automatic replies"] += 1
            day.after(4, partial(self.send, caller, "We are busy and get back to you soon.", None))

    async def send(self, caller: Caller, text: str, by: Person | None) -> None:
        """We text somebody from the line, in Dialpad's own app; without ``by``, Dialpad does by itself."""
        day, state = self.day, self.day.demo.dialpad.state
        target, user_id = state.groups[SUPPORT.id].target, day.dialpad_id(by) if by else None
        message = Message(
            state.new_id(), "outbound", SUPPORT.phone, [caller.number], text, state.now(), target, user_id=user_id
        )
        deliver(state, message)
        if by is not None:
            day.happened["texts from Dialpad's app"] += 1
            self.of(caller).answered_text(day.now)
