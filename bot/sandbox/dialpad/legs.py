"""The legs of a call: finding them, changing their state, ending them, and the events these cause."""

from bot.sandbox.dialpad.events import agent_status_event, call_event
from bot.sandbox.dialpad.model import Call, Recording, User
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.times import elapsed_ms


class Legs:
    def __init__(self, state: State) -> None:
        self.state = state

    def entry_of(self, call: Call) -> Call:
        """Return the leg that the caller dialled, for any leg of the call."""
        return call if call.entry_point_call_id is None else self.state.calls[call.entry_point_call_id]

    def _live_family(self, entry: Call) -> list[Call]:
        return [
            call
            for call in self.state.calls.values()
            if call.is_live and entry.id in (call.id, call.entry_point_call_id, call.master_call_id)
        ]

    def _end_leg(self, call: Call) -> None:
        state = self.state
        was_ringing = call.connected is None and call.direction == "inbound" and call.rang is not None
        call.ended = state.now()
        if call.is_recording and call.connected is not None:
            length = round(elapsed_ms(call.connected, call.ended))
            call.recordings.append(Recording(state.new_id(), "callrecording", call.connected, length))
            call.is_recording = False
        if was_ringing and not call.voicemail_text:
            self._emit(call, "missed")
        self._enter(call, "hangup")
        if any(recording.kind == "callrecording" for recording in call.recordings):
            self._emit(call, "recording")
        if call.target.kind == "user":
            self._tell_status(state.users[call.target.id])

    def _records_by_itself(self, entry: Call) -> bool:
        if not entry.target.is_group:
            return False
        settings = self.state.groups[entry.target.id].settings
        recording = settings.get("advanced_settings", {}).get("auto_call_recording", {})
        return bool(recording.get("call_recording_inbound") or settings.get("auto_call_recording"))

    def _tell_status(self, user: User) -> None:
        if self.state.call_centers_of(user.id):
            self.state.emit("agent_status", agent_status_event(self.state, user))

    def _enter(self, call: Call, word: str) -> None:
        call.state = word
        call.changed = self.state.now()
        call.reached_greeting |= word == "voicemail"
        self._emit(call, word)

    def _emit(self, call: Call, word: str) -> None:
        self.state.emit("call", call_event(self.state, call, word))
