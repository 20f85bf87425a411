"""The telephone network outside the company, played from the demo's panel or a test."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.sandbox.cast import CUSTOMERS, Person
from bot.sandbox.dialpad.access import dialpad_id_of
from bot.sandbox.dialpad.faxing import channel_message_event, receive_fax
from bot.sandbox.dialpad.fields import E164_PATTERN
from bot.sandbox.dialpad.inside import Inside
from bot.sandbox.dialpad.model import Call, FaxMessage, Json, Message, Picture, User
from bot.sandbox.dialpad.outbox import send_due
from bot.sandbox.dialpad.parties import name_of, phone_of, render_contact
from bot.sandbox.dialpad.refusals import bad_request, conflict, not_found
from bot.sandbox.dialpad.resources.channels import CHANNEL
from bot.sandbox.dialpad.resources.people import status_message_of
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.switchboard import RING_SECONDS, Switchboard
from bot.sandbox.dialpad.texting import has_opted_out, receive
from bot.sandbox.dialpad.times import epoch_ms

RECENT_CALLS = 20
LONGEST_PASS_MIN = 60
"""Most minutes to skip at once: a token lives an hour, and skipping more would show renewals instead of what was
wanted."""


class PhoneNetwork:
    """The phones outside the company. Numbers are E.164, call ids integers. What the network does not allow raises a
    ``Refusal``."""

    def __init__(
        self, state: State, switchboard: Switchboard, let_pass: Callable[[timedelta], None] | None = None
    ) -> None:
        self._state = state
        self._switchboard = switchboard
        self._let_pass = let_pass
        self.inside = Inside(state, switchboard)

    @property
    def auto_answer(self) -> bool:
        """Tell whether everybody outside picks up at once when the company calls them."""
        return self._switchboard.auto_answer

    @auto_answer.setter
    def auto_answer(self, on: bool) -> None:
        self._switchboard.auto_answer = on
        self._state.changes.bump()

    @property
    def rings_out(self) -> bool:
        """Tell whether a call that nobody answers is missed after a while. Needs a sandbox made with ``later``."""
        return self._switchboard.rings_out

    @rings_out.setter
    def rings_out(self, on: bool) -> None:
        self._switchboard.rings_out = on
        self._state.changes.bump()

    @property
    def live(self) -> list[Call]:
        return [call for call in self._state.calls.values() if call.is_live]

    def ring(self, caller: str, to: str) -> Call:
        """Dial ``to``, a number of the company, from ``caller``; return the leg that they dialled."""
        target = self._state.target_of_number(to)
        if target is None:
            raise bad_request("to: nobody in the company has this number")
        return self._switchboard.ring(check_number(caller, "caller"), target)

    def answer(self, call_id: int, person: Person | int) -> Call:
        """Answer a call that rings for ``person`` (or their Dialpad id); return their leg."""
        return self._switchboard.answer(call_id, self._user(person))

    def decline(self, call_id: int, person: Person | int) -> Call:
        return self._switchboard.decline(call_id, self._user(person))

    def pick_up(self, call_id: int) -> Call:
        """Answer, as the customer, a call that the company makes to them."""
        return self._switchboard.pick_up(call_id)

    def hang_up(self, call_id: int) -> Call:
        """Hang up: the caller gives up, or either side ends the call. Unanswered, this is a missed call."""
        return self._switchboard.hang_up(call_id)

    def ask_for_callback(self, call_id: int) -> Call:
        return self._switchboard.ask_for_callback(call_id)

    def reach_greeting(self, call_id: int) -> Call:
        """Let the caller hear the voicemail greeting; a voicemail may follow."""
        return self._switchboard.reach_greeting(call_id)

    def leave_voicemail(self, call_id: int, text: str) -> Call:
        return self._switchboard.leave_voicemail(call_id, text)

    def choose_disposition(self, call_id: int, outcome: str) -> None:
        """Choose the outcome of a call that is over, as the person who took it does in Dialpad's app."""
        self._switchboard.choose_disposition(call_id, outcome)

    def text(self, sender: str, to: str, text: str, picture: bytes = b"") -> Message | None:
        """Send a customer's text to the company; None when they are blocked and nobody sees it."""
        return receive(self._state, check_number(sender, "sender"), to, text, picture)

    def fax(self, sender: str, to: str, pages: int = 1) -> FaxMessage:
        """Send a fax to the company."""
        return receive_fax(self._state, check_number(sender, "sender"), to, pages)

    def post_in_channel(self, channel: str, person_id: int, text: str) -> None:
        """Post a message in a Dialpad channel, as somebody of the company does in the app."""
        found = next((one for one in self._state.documents.all(CHANNEL) if one["name"] == channel.lstrip("#")), None)
        if found is None:
            raise not_found("channel")
        if not text.strip():
            raise bad_request("text: must not be empty")
        self._state.emit("channel", channel_message_event(self._state, found, person_id, text))

    def picture(self, name: str) -> Picture | None:
        """Return the picture sent with a text, by its id, as the phones outside show it."""
        pictures = [one.picture for one in self._state.messages if one.picture is not None]
        return next((one for one in pictures if str(one.id) == name), None)

    def set_reachable(self, number: str, *, on: bool) -> None:
        """Set whether texts of the company reach this number."""
        (self._state.unreachable.discard if on else self._state.unreachable.add)(check_number(number, "number"))
        self._state.changes.bump()

    def let_pass(self, minutes: int) -> None:
        """Skip time at once, for everything that reads this clock."""
        if self._let_pass is None:
            raise conflict("this clock cannot be put forward")
        if not 1 <= minutes <= LONGEST_PASS_MIN:
            raise bad_request(f"minutes: must be between 1 and {LONGEST_PASS_MIN}")
        self._let_pass(timedelta(minutes=minutes))
        send_due(self._state)

    def snapshot(self) -> Json:
        """Return all that the panel draws; ids are strings, times epoch milliseconds, empty fields null."""
        state = self._state
        return {
            "version": state.changes.version,
            "now": epoch_ms(state.now()),
            "can_let_pass": self._let_pass is not None,
            "auto_answer": self.auto_answer,
            "lines": [
                {
                    "id": str(group.id),
                    "kind": group.kind,
                    "name": group.name,
                    "phone": phone_of(state, group.target),
                    "members": [str(user_id) for user_id in group.operators],
                    "ring_seconds": group.settings.get("ring_seconds") or RING_SECONDS,
                    "takes_off_duty": group.takes_off_duty,
                }
                for group in state.groups.values()
                if group.state != "deleted"
            ],
            "people": [self._render_person(user) for user in state.users.values() if user.state == "active"],
            "customers": [
                {
                    "key": customer.key,
                    "name": customer.name,
                    "phone": customer.phone,
                    "company": customer.company,
                    "is_contact": state.contact_by_number(customer.phone) is not None,
                    "is_blocked": customer.phone in state.blocked,
                    "has_opted_out": has_opted_out(state, customer.phone),
                    "is_reachable": customer.phone not in state.unreachable,
                }
                for customer in CUSTOMERS
            ],
            "live_calls": [self._render_live(call) for call in self.live if call.entry_point_call_id is None],
            "recent_calls": self._render_recent(),
            "threads": self._render_threads(),
            "channels": [str(channel["name"]) for channel in state.documents.all(CHANNEL)],
        }

    def _user(self, person: Person | int) -> User:
        return self._state.user(dialpad_id_of(person) if isinstance(person, Person) else person)

    def _render_person(self, user: User) -> Json:
        state = self._state
        return {
            "id": str(user.id),
            "name": user.name,
            "email": user.emails[0],
            "phone": phone_of(state, user.target) or None,
            "title": user.job_title,
            "do_not_disturb": user.do_not_disturb,
            "dnd_groups": [str(group_id) for group_id, on in user.group_dnd.items() if on],
            "on_duty": user.on_duty,
            "duty": state.duty_word(user) if state.call_centers_of(user.id) else None,
            "duty_reason": user.duty_reason or None,
            "status_message": status_message_of(state, user) or None,
            "on_a_call": state.is_on_a_call(user.id),
        }

    def _render_live(self, call: Call) -> Json:
        """Render a live call. ``ringing`` and ``talking`` name the people of the company; ``can`` says what the
        panel may offer."""
        legs = [leg for leg in self.live if leg is call or leg.entry_point_call_id == call.id]
        people = [leg for leg in legs if leg.target.kind == "user"]
        ringing = [str(leg.target.id) for leg in people if leg.state == "ringing"]
        can = ["hang_up"]
        if call.direction == "outbound":
            ringing = []
            can += ["pick_up"] if call.state == "ringing" else []
        else:
            can += ["answer", "decline"] if ringing else []
            can += ["ask_for_callback"] if call.state == "queued" else []
            can += ["leave_voicemail"] if call.connected is None else ["transfer"]
        if call.connected is not None and call.state in {"connected", "hold"}:
            can += ["resume" if call.state == "hold" else "hold"]
        return {
            **self._render_call(call),
            "state": call.state,
            "ringing": ringing,
            "talking": [str(leg.target.id) for leg in people if leg.is_talking],
            "can": can,
        }

    def _render_call(self, call: Call) -> Json:
        contact = render_contact(self._state, call.external_number)
        return {
            "id": str(call.id),
            "direction": call.direction,
            "customer": {"name": contact["name"], "phone": call.external_number},
            "target": {
                "id": str(call.target.id),
                "kind": call.target.kind,
                "name": name_of(self._state, call.target),
            },
            "line": None if call.proxy is None else name_of(self._state, call.proxy),
            "started": epoch_ms(call.started),
            "connected": epoch_ms(call.connected),
            "ended": epoch_ms(call.ended),
        }

    def _render_recent(self) -> list[Json]:
        over = [call for call in self._state.calls.values() if not call.is_live and call.entry_point_call_id is None]
        over.sort(key=lambda call: (call.started, call.id), reverse=True)
        return [
            {**self._render_call(call), "outcome": outcome_of(call), "voicemail": call.voicemail_text or None}
            for call in over[:RECENT_CALLS]
        ]

    def _render_threads(self) -> dict[str, list[Json]]:
        """Render what each number outside would see on its phone, oldest first."""
        threads: dict[str, list[Json]] = {}
        for message in self._state.messages:
            if message.status == "failed":
                continue
            inbound = message.direction == "inbound"
            for number in [message.from_number] if inbound else message.to_numbers:
                threads.setdefault(number, []).append(
                    {
                        "id": str(message.id),
                        "from_customer": inbound,
                        "company_number": message.to_numbers[0] if inbound else message.from_number,
                        "company_name": name_of(self._state, message.target),
                        "text": message.text,
                        "picture": None if message.picture is None else str(message.picture.id),
                        "time": epoch_ms(message.created),
                    }
                )
        return threads


def outcome_of(call: Call) -> str:
    """Return answered, voicemail, blocked, missed (it rang somewhere), abandoned (it never did), or no_answer
    (outgoing)."""
    if call.state == "blocked":
        return "blocked"
    if call.connected is not None:
        return "answered"
    if call.direction == "outbound":
        return "no_answer"
    if call.voicemail_text:
        return "voicemail"
    return "missed" if call.rang is not None else "abandoned"


def check_number(number: Any, name: str) -> str:
    if not isinstance(number, str) or not E164_PATTERN.fullmatch(number):
        raise bad_request(f"{name}: must be an E.164 number such as +14155550150")
    return number
