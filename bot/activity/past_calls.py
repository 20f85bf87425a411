"""Calls from Dialpad's call list, read as the events that would have told of them, so that both share one model."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from bot.activity.call_registers import names_of, read_call
from bot.activity.calls import CallView, view_call
from bot.activity.registers import State, join
from bot.dialpad.actions.call import Call
from bot.dialpad.events import CallEvent, parse_event

_OVER: Final = frozenset({"hangup", "missed"})


@dataclass(frozen=True)
class PastCall:
    """A call from Dialpad's call list. ``shared`` and ``voicemails`` are Dialpad's pages for listening; only answers
    have them, and they are never stored."""

    view: CallView
    shared: tuple[str, ...] = field(default=(), repr=False)
    voicemails: tuple[str, ...] = field(default=(), repr=False)


def as_event(call: Call) -> dict[str, Any]:
    """Return the event that Dialpad would have sent for this leg's current state, marked with ``read_back``. An end is
    dated when the leg ended, so that the real event, dated a little later, counts as the newer."""
    document = call.model_dump(mode="json", exclude_none=True)
    state = call.state or "calling"
    if call.date_ended is not None:
        document["event_timestamp"] = call.date_ended
        state = state if state in _OVER else "hangup"
    if call.duration is not None:
        document.setdefault("talk_time", call.duration)  # in answers, duration is the time of talking
    number = call.external_number or (call.contact.phone if call.contact else None) or ""
    document["external_number"] = number if number.startswith("+") else None
    return {**document, "state": state, "read_back": True}


def past_calls(legs: Iterable[Call]) -> list[PastCall]:
    """Group legs that share any of their ids into calls, in the order of each call's first leg."""
    found: list[_Gathered] = []
    for leg in legs:
        one = _gathered(leg)
        same = [other for other in found if other.names & one.names]
        if not same:
            found.append(one)
            continue
        first, *rest = same
        for other in (*rest, one):
            first.take(other)
        found = [other for other in found if not any(other is gone for gone in rest)]
    return [one.seen() for one in found]


def past_call(leg: Call) -> PastCall:
    """Return the call as this one leg alone tells it."""
    return _gathered(leg).seen()


@dataclass
class _Gathered:
    names: frozenset[str]
    state: State
    legs: dict[str, Call]

    def take(self, other: "_Gathered") -> None:
        self.names |= other.names
        self.state = join(self.state, other.state)
        self.legs |= other.legs

    def seen(self) -> PastCall:
        view = view_call(self.state)
        legs = [self.legs[one] for one in view.legs]
        return PastCall(
            view,
            shared=tuple(one for leg in legs for one in _links(leg)),
            voicemails=tuple(leg.voicemail_share_link for leg in legs if leg.voicemail_share_link),
        )


def _links(leg: Call) -> tuple[str, ...]:
    return leg.call_recording_share_links + leg.admin_call_recording_share_links


def _gathered(leg: Call) -> _Gathered:
    event = parse_event({"call_id": "", **as_event(leg)})
    assert isinstance(event, CallEvent)  # noqa: S101  it has an id and a state
    return _Gathered(names_of(event), read_call(event), {event.call_id: leg})
