"""Dialpad Ai, simulated: some seconds after a call there is a transcript and then, event by event, a recap."""

from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.dialpad.events import call_event
from bot.sandbox.dialpad.model import Call, Json, Recap, TranscriptLine
from bot.sandbox.dialpad.parties import name_of, render_contact
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.timers import RunLater

WRITES_AFTER_S = 4.0
"""Seconds until the transcript; the real one takes two to three minutes."""


@dataclass(frozen=True)
class Heard:
    """The words of a call, the customer first and then in turns, and its recap."""

    said: tuple[str, ...]
    summary: str
    action_items: tuple[str, ...] = ()
    outcome: str = "Resolved"
    purposes: tuple[str, ...] = ()


TALKS = (
    Heard(
        ("Hi, is my order on its way?", "It left us this morning.", "Great, could you text me the tracking number?"),
        "Asked whether the order is on its way. It left this morning; the tracking number is still to be sent.",
        ("Text the tracking number", "Check that it arrived tomorrow"),
        "Follow-up needed",
        ("Order status",),
    ),
    Heard(
        ("One of the boxes came open.", "I am sorry. I will send a new one today.", "Thank you."),
        "One box arrived damaged. A new one goes out today.",
        ("Send a new box today",),
        purposes=("Damaged delivery",),
    ),
)


class Ai:
    """Writes a transcript and recap for every call that ends. Without ``later`` it writes nothing by itself."""

    def __init__(self, state: State, later: RunLater | None) -> None:
        self._state = state
        self._later = later

    def hear(self, kind: str, payload: Json) -> None:
        call = self._state.calls.get(payload["call_id"]) if kind == "call" and payload["state"] == "hangup" else None
        if self._later is None or call is None or call.connected is None or call.target.kind != "user":
            return
        if not self._state.has_ai:
            return
        heard = TALKS[call.id % len(TALKS)]
        self._later(WRITES_AFTER_S, lambda: self.write(call, heard))
        if call.entry_point is not None:
            self._later(WRITES_AFTER_S + 1, lambda: self._wrap_up(call, heard))

    def write(self, call: Call, heard: Heard) -> None:
        """Write the transcript, and the recap as the events that report its parts."""
        state = self._state
        names = (render_contact(state, call.external_number)["name"], name_of(state, call.target))
        began = call.connected or call.started
        call.transcript = [
            TranscriptLine(words, names[turn % 2], began + timedelta(seconds=3 + 6 * turn))
            for turn, words in enumerate(heard.said)
        ]
        call.recap = Recap(heard.summary, heard.action_items, heard.purposes, heard.outcome, state.now())
        self._emit(call, "call_transcription", {})
        self._emit(call, "recap_summary", {"recap_summary": heard.summary})
        self._emit(call, "recap_outcome", {"recap_outcome": heard.outcome})
        self._emit(call, "recap_purposes", {"recap_purposes": list(heard.purposes)})
        self._emit(call, "recap_action_items", {"recap_action_items": list(heard.action_items)})

    def _wrap_up(self, call: Call, heard: Heard) -> None:
        """Choose the disposition, as the operator does in Dialpad's app after a call of their call center."""
        call.disposition = heard.outcome
        self._emit(call, "dispositions", {})

    def _emit(self, call: Call, word: str, more: Json) -> None:
        self._state.emit("call", {**call_event(self._state, call, word), **more})
