"""The life of a call: ringing, queueing, answering, parking, transferring, ending, and the events these cause."""

from datetime import datetime

from bot.sandbox.dialpad.events import agent_status_event
from bot.sandbox.dialpad.legs import Legs
from bot.sandbox.dialpad.model import Call, Group, Recording, Target, User
from bot.sandbox.dialpad.outbox import BULK_LEAVES_AFTER, send_due
from bot.sandbox.dialpad.parties import phone_of
from bot.sandbox.dialpad.refusals import bad_request, conflict
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.timers import RunLater

RING_SECONDS = 30
"""How long a person's or a room's phone rings; a group has its own ``ring_seconds``."""


class Switchboard(Legs):
    """Runs calls from ringing to hanging up. Without ``later`` nothing runs by a timer: calls ring until somebody
    answers, declines or hangs up."""

    def __init__(self, state: State, later: RunLater | None = None) -> None:
        super().__init__(state)
        self.rings_out = later is not None
        """When on, an incoming call that nobody answers is missed after a while."""
        self._later = later
        self.auto_answer = False
        """When on, everybody outside whom the bot calls picks up at once."""

    def send_soon(self) -> None:
        """Let bulk texts leave a moment from now."""
        if self._later is not None:
            self._later(BULK_LEAVES_AFTER.total_seconds(), lambda: send_due(self.state))

    def send_at(self, moment: datetime) -> None:
        """Let scheduled texts leave at this moment."""
        if self._later is not None:
            wait = (moment - self.state.now()).total_seconds()
            self._later(max(0.0, wait), lambda: send_due(self.state))

    # Incoming

    def ring(
        self, external: str, target: Target, *, transferred: Call | None = None, straight_to: str | None = None
    ) -> Call:
        """Ring a line, a room or a person for an outside caller. Callers on the block list do not get through.

        A call router's calls go to its default target, as they do when its web service does not answer.

        ``straight_to`` is a state (voicemail, parked, hold) that the call takes without ringing anybody.
        """
        state = self.state
        call = Call(
            id=state.new_id(),
            direction="inbound",
            state="calling",
            external_number=external,
            internal_number=phone_of(state, target),
            target=state.routers[target.id].default_target if target.kind == "callrouter" else target,
            started=state.now(),
        )
        target = call.target
        if transferred is not None:
            call.is_transferred = True
            call.transferred_from = transferred.target
            call.master_call_id = transferred.id
            call.custom_data = transferred.custom_data
        state.calls[call.id] = call
        if external in state.blocked:
            call.ended = state.now()
            self._enter(call, "blocked")
            return call
        self._enter(call, "calling")
        if straight_to is not None:
            self._enter(call, straight_to)
        elif target.kind == "user":
            self._ring_person(call, state.users[target.id])
        elif target.kind == "room":
            self._start_ringing(call, RING_SECONDS)
        else:
            self._ring_group(call, state.groups[target.id])
        return call

    def can_ring(self, user: User, group: Group | None) -> bool:
        if user.state != "active" or user.do_not_disturb or self.state.is_on_a_call(user.id):
            return False
        if group is None:
            return True
        if group.kind == "callcenter" and not user.on_duty:
            return False
        return not user.group_dnd.get(group.id, False)

    def _ring_person(self, call: Call, user: User) -> None:
        if self.can_ring(user, None):
            self._start_ringing(call, RING_SECONDS)
        else:
            self._enter(call, "voicemail")

    def _start_ringing(self, call: Call, seconds: int) -> None:
        call.rang = rang = self.state.now()
        self._enter(call, "ringing")

        def give_up() -> None:
            if self.rings_out and call.is_live and call.state == "ringing" and call.rang == rang:
                self.hang_up(call.id)

        if self._later is not None:
            self._later(seconds, give_up)

    def _ring_group(self, call: Call, group: Group) -> None:
        users = [self.state.users[user_id] for user_id in group.operators]
        meant = [user for user in users if user.id in call.assigned] if call.assigned else users
        reachable = [user for user in meant if self.can_ring(user, group)]
        if not reachable:
            if group.kind != "callcenter":
                self._enter(call, "voicemail")
            elif call.state != "queued":
                call.queued = self.state.now()
                self._enter(call, "queued")
            return
        self._start_ringing(call, group.settings.get("ring_seconds") or RING_SECONDS)
        for user in reachable:
            self._add_leg(call, user)

    def _add_leg(self, entry: Call, user: User) -> Call:
        now = self.state.now()
        leg = Call(
            id=self.state.new_id(),
            direction="inbound",
            state="calling",
            external_number=entry.external_number,
            internal_number=entry.internal_number,
            target=user.target,
            started=now,
            rang=now,
            entry_point=entry.target,
            entry_point_call_id=entry.id,
            is_transferred=entry.is_transferred,
            custom_data=entry.custom_data,
        )
        self.state.calls[leg.id] = leg
        self._enter(leg, "ringing")
        return leg

    def answer(self, call_id: int, user: User) -> Call:
        """Answer a call for a person; return their leg. Raises a 409 when this call does not ring for them."""
        entry = self.entry_of(self.state.call(call_id))
        if entry.direction == "outbound" and self.state.target_of_number(entry.external_number) == user.target:
            return self.pick_up(entry.id)
        leg = self._ringing_leg_of(entry, user)
        if leg is None or self.state.is_on_a_call(user.id):
            raise conflict("this call is not ringing for that person")
        now = self.state.now()
        leg.connected = now
        if leg is not entry:
            entry.connected = entry.connected or now
            entry.operator_call_id = leg.id
            for other in self._live_family(entry):
                if other not in (entry, leg) and other.state == "ringing":
                    self._end_leg(other)
            self._enter(entry, "connected")
        leg.is_recording = self._records_by_itself(entry)
        self._enter(leg, "connected")
        self._tell_status(user)
        return leg

    def decline(self, call_id: int, user: User) -> Call:
        """Decline a call for a person; when nobody is left to ring, the caller hears the voicemail greeting."""
        entry = self.entry_of(self.state.call(call_id))
        leg = self._ringing_leg_of(entry, user)
        if leg is None:
            raise conflict("this call is not ringing for that person")
        if leg is not entry:
            self._end_leg(leg)
        self._take_off_duty(entry, [user])
        if not any(other is not entry and other.state == "ringing" for other in self._live_family(entry)):
            self._enter(entry, "voicemail")
        return entry

    def change_duty(self, user: User, *, on: bool, reason: str = "") -> None:
        """Change a person's duty in all call centers they work in. Waiting callers may ring them now."""
        now = self.state.now()
        if on and not user.on_duty:
            user.on_duty_started = now
        user.on_duty = on
        user.duty_reason = reason
        user.duty_started = now
        self.state.emit("agent_status", agent_status_event(self.state, user))
        self.reconsider_queue()

    def _take_off_duty(self, entry: Call, users: list[User]) -> None:
        """Take people off duty who did not take a call of a call center that is set to do that, as Dialpad does. It
        gives no reason: what it would say is not documented."""
        group = self.state.groups.get(entry.target.id) if entry.target.is_group else None
        if group is None or not group.takes_off_duty:
            return
        for user in users:
            if user.on_duty:
                self.change_duty(user, on=False)

    def reach_greeting(self, call_id: int) -> Call:
        """Let the caller hear the voicemail greeting: nobody's phone rings any longer, and what rang out would have
        ended the call while they speak."""
        entry = self.entry_of(self.state.call(call_id))
        if not entry.is_live or entry.connected is not None or entry.direction != "inbound":
            raise conflict("a voicemail can be left only on a call nobody has answered")
        if entry.state != "voicemail":
            self._enter(entry, "voicemail")
            for leg in self._live_family(entry):
                if leg is not entry:
                    self._end_leg(leg)
        return entry

    def leave_voicemail(self, call_id: int, text: str) -> Call:
        """Leave a voicemail and hang up; ``text`` becomes the transcript."""
        if not text.strip():
            raise bad_request("text: must not be empty")
        entry = self.reach_greeting(call_id)
        entry.voicemail_text = text.strip()
        length = 1000 + 400 * len(text.split())
        entry.recordings.append(Recording(self.state.new_id(), "voicemail", self.state.now(), length))
        self.hang_up(entry.id)
        self._emit(entry, "voicemail_uploaded")
        self._emit(entry, "transcription")
        return entry

    def ask_for_callback(self, call_id: int) -> Call:
        """Ask, as a caller in the queue, to be called back, and hang up."""
        entry = self.entry_of(self.state.call(call_id))
        if not entry.is_live or entry.state != "queued":
            raise conflict("only somebody who waits in the queue can ask for a callback")
        entry.callback_requested = True
        return self.hang_up(entry.id)

    def choose_disposition(self, call_id: int, outcome: str) -> None:
        """Choose an outcome. Raises a 409 while the call goes on, and when nobody took it."""
        entry = self.entry_of(self.state.call(call_id))
        leg = entry if entry.operator_call_id is None else self.state.call(entry.operator_call_id)
        if leg.is_live or leg.connected is None:
            raise conflict("only a call that was taken and is over has a disposition")
        leg.disposition = outcome
        self._emit(leg, "dispositions")

    def reconsider_queue(self) -> None:
        """Ring waiting callers through to people who became free."""
        for call in list(self.state.calls.values()):
            if call.is_live and call.state == "queued" and call.target.is_group:
                self._ring_group(call, self.state.groups[call.target.id])

    # Outgoing

    def place(
        self,
        user: User,
        number: str,
        *,
        group: Group | None = None,
        caller_id: str = "",
        custom_data: str = "",
        device_id: str = "",
        is_consult: bool = False,
        master: Call | None = None,
    ) -> Call:
        """Place a call from a user's devices. Raises a 409 while they are on another call, unless it is a consult."""
        state = self.state
        busy = [leg for leg in state.live_legs_of(user.id) if leg.is_talking or leg.direction == "outbound"]
        if busy and not is_consult:
            raise conflict("unable to create call")
        for leg in busy:
            if master is None:
                self._enter(leg, "hold")
        call = Call(
            id=state.new_id(),
            direction="outbound",
            state="calling",
            external_number=number,
            internal_number=caller_id
            or user.caller_id
            or phone_of(state, group.target if group is not None else user.target),
            target=user.target,
            started=state.now(),
            proxy=None if group is None else group.target,
            caller_id=caller_id or user.caller_id,
            custom_data=custom_data,
            device_id=device_id,
            master_call_id=None if master is None else master.id,
        )
        state.calls[call.id] = call
        self._enter(call, "calling")
        call.rang = state.now()
        self._enter(call, "ringing")
        self._tell_status(user)
        if self.auto_answer:
            self.pick_up(call.id)
        return call

    def place_from_group(self, group: Group, number: str, *, caller_id: str, custom_data: str) -> Call:
        """Call a number from a group's IVR; no person of the company is on the line."""
        call = Call(
            id=self.state.new_id(),
            direction="outbound",
            state="calling",
            external_number=number,
            internal_number=caller_id or phone_of(self.state, group.target),
            target=group.target,
            started=self.state.now(),
            caller_id=caller_id,
            custom_data=custom_data,
        )
        self.state.calls[call.id] = call
        self._enter(call, "calling")
        call.rang = self.state.now()
        self._enter(call, "ringing")
        if self.auto_answer:
            self.pick_up(call.id)
        return call

    def pick_up(self, call_id: int) -> Call:
        """Answer, as the person outside, a call that the company made."""
        call = self.state.call(call_id)
        if call.direction != "outbound" or call.state != "ringing":
            raise conflict("this call is not ringing outside")
        call.connected = self.state.now()
        self._enter(call, "connected")
        return call

    # Anything live

    def hang_up(self, call_id: int) -> Call:
        """End the whole conversation. Raises a 409 when it is over already."""
        entry = self.entry_of(self.state.call(call_id))
        family = self._live_family(entry)
        if not family:
            raise conflict("this call has already ended")
        unanswered = [] if entry.connected else [one.target.id for one in family if one.state == "ringing"]
        missed = [self.state.users[one] for one in unanswered if one in self.state.users]
        for leg in sorted(family, key=lambda leg: leg is entry):
            self._end_leg(leg)
        self._take_off_duty(entry, missed)
        self.reconsider_queue()
        return entry

    def park(self, call: Call, state_word: str) -> None:
        """Put the caller aside: ``hold`` keeps the person on the call, ``parked`` frees them."""
        entry = self.entry_of(call)
        if state_word == "parked":
            for leg in self._live_family(entry):
                if leg is not entry:
                    self._end_leg(leg)
        self._enter(entry, state_word)

    def resume(self, call: Call) -> None:
        """Take the caller back from hold."""
        entry = self.entry_of(call)
        if not entry.is_live or entry.state != "hold":
            raise conflict("this call is not on hold")
        self._enter(entry, "connected")

    def unpark(self, call: Call, user: User) -> Call:
        if not call.is_live or call.state != "parked":
            raise conflict("this call is not parked")
        if self.state.is_on_a_call(user.id):
            raise conflict("unable to create call")
        if call.target.kind == "user":
            call.target = user.target
            self._enter(call, "connected")
            return call
        leg = self._add_leg(call, user)
        self.answer(call.id, user)
        return leg

    def transfer(self, call: Call, target: Target | None, number: str, state_word: str | None) -> None:
        """Transfer the caller to somebody else in the company (a new call rings there) or to a number outside.

        ``state_word`` is Dialpad's transfer_state: all but preanswer keep the new call from ringing.
        """
        entry = self.entry_of(call)
        entry.is_transferred = True
        for leg in self._live_family(entry):
            leg.is_transferred = True
        if target is None:
            entry.participants.append(number)
        self.hang_up(entry.id)
        if target is not None:
            straight_to = None if state_word == "preanswer" else state_word
            self.ring(entry.external_number, target, transferred=call, straight_to=straight_to)

    def merge(self, call: Call, other: Call) -> None:
        """Join two live calls; the person between them drops out of the first."""
        self.entry_of(call).is_transferred = True
        other.participants.append(call.external_number)
        self._emit(other, "merged")
        self.hang_up(call.id)

    def _ringing_leg_of(self, entry: Call, user: User) -> Call | None:
        for leg in self._live_family(entry):
            if leg.state == "ringing" and leg.target == user.target and leg.direction == "inbound":
                return leg
        return None
