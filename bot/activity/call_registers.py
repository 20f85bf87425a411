"""Convert call events, one per leg and state, to registers that can be merged in any order."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.activity.news import FLAGS
from bot.activity.registers import Register, State, fragment, join
from bot.dialpad.event_parts import EventParty
from bot.dialpad.events import CallEvent

_RANKS: Final = {
    word: rank
    for rank, word in enumerate(
        (
            "calling", "ringing", "preanswer", "queued", "voicemail", "connected", "hold", "parked", "merged",
            "missed", "blocked", "hangup", "recording", "admin_recording", "voicemail_uploaded", "transcription",
            "call_transcription", "recap_summary", "recap_outcome", "recap_purposes", "recap_action_items",
            "dispositions", "csat", "pcsat", "postcall",
        )
    )
}  # fmt: skip
"""Which of two events with the same millisecond is the later one."""
_TEXT_FIELDS: Final = ("text", "content", "summary", "name", "title")
"""Where the text of a recap's item may be: events have plain strings, newer answers have objects."""
_OPEN: Final = frozenset({"open", "available"})
_DATES: Final = ("date_started", "date_rang", "date_first_rang", "date_queued", "date_connected", "date_ended")
_BEFORE_ANSWER: Final = frozenset({"calling", "ringing", "preanswer"})
_LONGEST_WAIT_S: Final = 6 * 3600
"""An agent's leg begins within this time of the caller's."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def names_of(event: CallEvent) -> frozenset[str]:
    """Return the names that the legs of one call have in common.

    An agent's leg names the call center's leg as its entry point, which joins the two. What the call center's leg says
    of the agent's counts only where that leg agrees: it has this id, the same caller and about the same time. An id
    that is none would otherwise make one call of two callers'.
    """
    return frozenset(f"call:{leg}" for leg in event.legs) | _agreed(event)


def _agreed(event: CallEvent) -> frozenset[str]:
    if event.external is None or event.date_started is None:
        return frozenset()
    period = int(event.date_started.timestamp() // _LONGEST_WAIT_S)
    if event.operator_call_id is not None:
        return frozenset({_operator_name(event.operator_call_id, event.external, period)})
    if event.agent is not None and event.entry_point_call_id is None and event.master_call_id is None:
        return frozenset(_operator_name(event.call_id, event.external, one) for one in (period, period - 1))
    return frozenset()


def _operator_name(leg: str, number: str, period: int) -> str:
    return f"operator:{leg}:{number}:{period}"


def read_call(event: CallEvent) -> State:
    """Read one event into registers. Events without a time count as the oldest."""
    at = _ms(event.at) or 0
    rank = _RANKS.get(event.state, len(_RANKS))
    said: dict[str, Any] = {name: _ms(getattr(event, name)) for name in _DATES}
    if event.state in _BEFORE_ANSWER:
        said["date_ended"] = None  # seen on a call that was still ringing
    said |= {
        "direction": event.direction,
        "number": event.external,
        "dialled": event.internal,
        "contact": _party(event.contact),
        "target": _party(event.target),
        "proxy": _party(event.proxy_target),
        "line": _party(event.entry_point_target),
        "entry": event.entry_point_call_id,
        "operator": event.operator_call_id,
        "passed": event.transferred_from is not None or None,
        "group": event.group_id,
        "internal": event.among_colleagues,
        "labels": sorted(event.labels),
        "recorded": event.was_recorded or None,
        "open": event.target_availability_status in _OPEN if event.target_availability_status else None,
        "talk_ms": _span_ms(event.talk_time),
        "voicemail": event.left_voicemail or None,
        "shared": sorted(event.shared_marks) or None,
        "transcript": event.transcription_text,
        "ready": event.recording_ready or None,
        "recap": _sentence(event.recap_summary),
        "outcome": _sentence(event.recap_outcome),
        "purposes": _items(event.recap_purposes),
        "to_do": _items(event.recap_action_items),
        "disposition": _sentence(event.dispositions),
        f"saw.{event.state}": True,
    }
    said |= {f"flag.{name}": True for name in FLAGS if getattr(event, name, None) is True}
    for one in event.recordings:
        # Kept as separate registers: what one event leaves out about a recording, another may have said.
        named = {"kind": one.kind, "url": one.url or None, "ms": one.ms}
        said |= {f"rec.{one.id}.{name}": what for name, what in named.items()}
    return fragment(at, rank, said, f"{event.call_id}.") | fragment(at, rank, {"at": at})


def _sentence(said: Any) -> str | None:
    """Return one text from what Dialpad writes as a string, list or object."""
    return "; ".join(_items(said) or ()) or None


def _items(said: Any) -> list[str] | None:
    listed = said if isinstance(said, list | tuple) else [said]
    words = (one if isinstance(one, str) else _words(one) for one in listed)
    return [one.strip() for one in words if one.strip()] or None


def _words(item: Any) -> str:
    fields = item if isinstance(item, dict) else {}
    return next((one for name in _TEXT_FIELDS if isinstance(one := fields.get(name), str)), "")


def _party(party: EventParty | None) -> dict[str, str] | None:
    if party is None:
        return None
    said = {"id": party.id or "", "type": (party.type or "").replace("_", ""), "name": party.name or ""}
    return {**said, "office": party.office_id or ""}


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // timedelta(milliseconds=1)


def _span_ms(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(milliseconds=1)


def fold(state: Mapping[str, Register], event: CallEvent) -> State:
    """Add an event to what is known of its call. The order of events makes no difference."""
    return join(state, read_call(event))
