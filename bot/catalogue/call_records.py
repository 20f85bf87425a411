"""Reads Dialpad's export of calls, one row for each leg, as calls to count.

Times of the rows are by the clock that the export was asked for; lengths are seconds.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.activity.call_counts import CallEnding, CountedCall

RecordRow = Mapping[str, str]

_ENDINGS: Final[dict[tuple[bool, str], CallEnding]] = {
    (True, "incoming"): "answered",
    (True, "answered"): "answered",
    (True, "missed"): "missed",
    (True, "voicemail"): "voicemail",
    (True, "abandoned"): "abandoned",
    (False, "outgoing"): "reached",
    (False, "cancelled"): "not reached",
    (False, "missed"): "not reached",
}
_BEGAN: Final = ("date_started", "date", "date_queued", "date_rang", "date_connected", "date_ended")


def counted_calls(rows: Sequence[RecordRow], whose: str, clock: ZoneInfo) -> list[CountedCall]:
    """Return the calls of one person or line, by id, or with "" of the whole company. A call that rang several phones
    has a row for each; it counts once, as its line or the company saw it."""
    takers = {
        row["entry_point_call_id"]: row.get("name", "")
        for row in rows
        if row.get("entry_point_call_id") and row.get("target_type") == "user" and row.get("date_connected")
    }
    found = [_call(row, takers, clock) for row in _entries(rows, whose)]
    return [call for call in found if call is not None]


def _entries(rows: Sequence[RecordRow], whose: str) -> list[RecordRow]:
    if whose and (theirs := [row for row in rows if row.get("target_id") == whose]):
        return theirs
    return [row for row in rows if not row.get("entry_point_call_id")]


def began(row: RecordRow) -> datetime | None:
    """Return when a call or text of an export began, by the clock it was asked for; None when no column says."""
    for name in _BEGAN:
        try:
            return datetime.fromisoformat(row[name][:19])
        except (KeyError, ValueError):
            continue
    return None


def _call(row: RecordRow, takers: Mapping[str, str], clock: ZoneInfo) -> CountedCall | None:
    """``takers``: who took a call on one of its legs, by the id of the caller's own leg."""
    at = began(row)
    ending = _ENDINGS.get((row.get("direction") != "outbound", row.get("category", "").casefold()))
    if at is None or ending is None:
        return None
    own = row.get("name", "") if row.get("target_type") == "user" else ""
    return CountedCall(
        at=at.replace(tzinfo=clock),
        ending=ending,
        waited_s=_seconds(row, "time_to_answer") if ending == "answered" else None,
        talked_s=_seconds(row, "talk_duration") if ending in {"answered", "reached"} else None,
        by=own or takers.get(row.get("call_id", ""), ""),
    )


def _seconds(row: RecordRow, name: str) -> float | None:
    try:
        return float(row.get(name) or "")
    except ValueError:
        return None
