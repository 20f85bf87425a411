"""What people of the company do in their own Dialpad apps, played from the demo's panel or a test."""

from bot.sandbox.cast import PRIYA
from bot.sandbox.dialpad.events import contact_event, setting_event
from bot.sandbox.dialpad.model import Call, Contact, Group
from bot.sandbox.dialpad.refusals import bad_request, conflict
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.switchboard import RING_SECONDS, Switchboard

SHORT_RING_SECONDS = 15


class Inside:
    """The company's side of calls. Ids are integers. What Dialpad does not allow raises a ``Refusal``."""

    def __init__(self, state: State, switchboard: Switchboard) -> None:
        self._state = state
        self._switchboard = switchboard

    def set_duty(self, person_id: int, *, on: bool, reason: str = "") -> None:
        user = self._state.user(person_id)
        if not self._state.call_centers_of(user.id):
            raise bad_request("person_id: works in no call center")
        self._switchboard.change_duty(user, on=on, reason=reason)

    def take_off_duty(self, line_id: int, *, on: bool) -> None:
        """Let a call center take whoever misses or declines one of its calls off duty, or no longer."""
        group = self._state.group(line_id, "callcenter")
        group.takes_off_duty = on

    def hold(self, call_id: int) -> Call:
        """Put the caller on hold with music, while the person stays on the call."""
        call = self._talking(call_id)
        self._switchboard.park(call, "hold")
        return call

    def resume(self, call_id: int) -> Call:
        call = self._talking(call_id)
        self._switchboard.resume(call)
        return call

    def transfer(self, call_id: int, person_id: int) -> Call:
        """Transfer the caller to somebody else, whose phone rings; return the call that has ended."""
        call = self._talking(call_id)
        target = self._state.user(person_id).target
        if any(leg.target == target for leg in self._state.live_legs_of(person_id)):
            raise conflict("that person is on a call")
        self._switchboard.transfer(call, target, "", "preanswer")
        return call

    def save_contact(self, number: str, name: str, company: str) -> Contact:
        """Save a shared contact with this number: a new one, or the existing one with the given values."""
        first, _, last = name.strip().partition(" ")
        if not first:
            raise bad_request("name: must not be empty")
        found = self._state.contact_by_number(number)
        contact = found or Contact(str(self._state.new_id()), first, last, phones=[number])
        contact.first_name, contact.last_name, contact.company_name = first, last, company.strip()
        self._state.contacts[contact.id] = contact
        self._state.emit("contact", contact_event(contact, "Updated" if found else "Created"))
        return contact

    def change_ring_time(self, group_id: int) -> Group:
        """Switch a line between a shorter ring time and its usual one, as an admin would."""
        group = self._state.groups.get(group_id)
        if group is None or group.state == "deleted":
            raise bad_request("line_id: there is no such line")
        before = group.settings.get("ring_seconds") or RING_SECONDS
        after = SHORT_RING_SECONDS if before != SHORT_RING_SECONDS else RING_SECONDS
        group.settings["ring_seconds"] = after
        note = f"Ring time of {group.name} changed from {before} to {after} seconds"
        admin = self._state.user(PRIYA.dialpad_id or 0)
        self._state.emit("changelog", setting_event(self._state, "ring_duration_updated", note, group, admin))
        return group

    def _talking(self, call_id: int) -> Call:
        entry = self._switchboard.entry_of(self._state.call(call_id))
        if not entry.is_live or entry.connected is None:
            raise conflict("nobody talks on this call")
        return entry
