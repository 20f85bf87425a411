"""Statistics as CSV: one row per call, text, voicemail and so on (records), or counted up (stats).

Dialpad documents neither columns nor units. Records of calls have the columns of real exports, with lengths in seconds;
of the others no real one is known, so they have the names of Dialpad's objects, and lengths in seconds as well.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.sandbox.dialpad.model import Call, Target
from bot.sandbox.dialpad.parties import name_of
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.times import elapsed_ms

ExportRow = dict[str, Any]
_KINDS: Final = {"user": "User", "callcenter": "CallCenter", "department": "Department", "office": "Office"}


@dataclass(frozen=True)
class Job:
    """What to export. ``start`` is inclusive, ``end`` exclusive; ``targets`` None means the whole company.

    ``is_broad`` (company or office) counts a call once and not once per phone that rang.
    """

    stat_type: str
    export_type: str
    start: datetime
    end: datetime
    zone: ZoneInfo
    targets: frozenset[Target] | None
    is_broad: bool
    group_by: str = "user"

    def covers(self, moment: datetime, *owners: Target | None) -> bool:
        is_theirs = self.targets is None or any(owner in self.targets for owner in owners)
        return is_theirs and self.start <= moment < self.end

    def local(self, moment: datetime | None) -> str:
        return "" if moment is None else moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")


def in_seconds(milliseconds: float) -> float:
    return round(milliseconds / 1_000, 1)


def describe(state: State, target: Target) -> ExportRow:
    email = state.users[target.id].emails[0] if target.kind == "user" else ""
    return {"id": target.id, "target_type": target.kind, "name": name_of(state, target), "email": email}


def category_of(call: Call) -> str:
    if call.connected is not None:
        return "incoming" if call.direction == "inbound" else "outgoing"
    if call.direction == "outbound":
        return "cancelled"
    if call.voicemail_text:
        return "voicemail"
    return "missed" if call.rang is not None else "abandoned"


def calls_of(state: State, job: Job) -> Iterator[Call]:
    """Yield the concluded calls, oldest first."""
    for call in sorted(state.calls.values(), key=lambda call: (call.started, call.id)):
        if call.is_live or call.state == "blocked" or not job.covers(call.started, call.target, call.proxy):
            continue
        if not job.is_broad or call.entry_point_call_id is None or job.export_type == "stats":
            yield call


def call_rows(state: State, job: Job) -> Iterator[ExportRow]:
    for call in calls_of(state, job):
        whose = describe(state, call.target)
        yield {
            **whose,
            "target_id": whose["id"],
            "target_type": {"callcenter": "call_center"}.get(call.target.kind, call.target.kind),
            "target_kind": _KINDS.get(call.target.kind, ""),
            "date_started": job.local(call.started),
            "date_queued": job.local(call.queued),
            "date_rang": job.local(call.rang),
            "date_first_rang": job.local(call.rang),
            "date_connected": job.local(call.connected),
            "date_ended": job.local(call.ended),
            "call_id": call.id,
            "category": category_of(call),
            "categories": ",".join([category_of(call), *call.labels]),
            "direction": call.direction,
            "external_number": call.external_number.removeprefix("+"),
            "internal_number": call.internal_number.removeprefix("+"),
            "entry_point_call_id": call.entry_point_call_id or "",
            "master_call_id": call.master_call_id or "",
            "talk_duration": in_seconds(elapsed_ms(call.connected, call.ended)),
            "ringing_duration": in_seconds(elapsed_ms(call.rang, call.connected or call.ended)) if call.rang else 0,
            "ringing_occurrences": int(call.rang is not None),
            "queued_duration": in_seconds(elapsed_ms(call.queued, call.connected or call.ended)) if call.queued else 0,
            "queued_occurrences": int(call.queued is not None),
            "hold_duration": 0,
            "hold_occurrences": 0,
            "time_in_system": in_seconds(elapsed_ms(call.started, call.ended)),
            "time_to_answer": in_seconds(elapsed_ms(call.started, call.connected)) if call.connected else "",
            "was_recorded": _in_words(any(recording.kind != "voicemail" for recording in call.recordings)),
            "voicemail": _in_words(bool(call.voicemail_text)),
            "is_internal": "false",
            "company_id": state.company_id,
            "timezone": job.zone.key,
        }


def _in_words(value: bool) -> str:
    return "true" if value else "false"


def text_rows(state: State, job: Job) -> Iterator[ExportRow]:
    """Yield a row per text, without its content: that needs a scope of its own."""
    for message in state.messages:
        sender = None if message.user_id is None else Target("user", message.user_id)
        if job.covers(message.created, message.target, sender):
            yield {
                "date": job.local(message.created),
                "message_id": message.id,
                "direction": message.direction,
                "from_phone": message.from_number,
                "to_phone": "; ".join(message.to_numbers),
                **describe(state, message.target),
                "mms": message.picture is not None,
                "message_status": message.status,
                "message_delivery_result": message.delivery_result,
                "timezone": job.zone.key,
            }


def recording_rows(state: State, job: Job, kinds: tuple[str, ...]) -> Iterator[ExportRow]:
    for call in calls_of(state, job):
        for recording in call.recordings:
            if recording.kind in kinds:
                yield {
                    "date": job.local(recording.start),
                    "call_id": call.id,
                    "recording_id": recording.id,
                    "recording_type": recording.kind,
                    **describe(state, call.target),
                    "external_number": call.external_number,
                    "duration": in_seconds(recording.duration_ms),
                    "timezone": job.zone.key,
                }


def duty_rows(state: State, job: Job) -> Iterator[ExportRow]:
    """Yield each person's current duty, as far as it reaches into the time asked for; earlier duty is not stored."""
    for user in state.users.values():
        started = user.duty_started
        if started is None or user.state != "active" or not state.call_centers_of(user.id):
            continue
        begin, end = max(started, job.start), min(state.now(), job.end)
        if begin < end and job.covers(begin, user.target, *(group.target for group in state.groups_of(user.id))):
            yield {
                "date": job.local(begin),
                **describe(state, user.target),
                "on_duty_status": state.duty_word(user),
                "on_duty": user.on_duty,
                "reason": user.duty_reason,
                "duration": in_seconds(elapsed_ms(begin, end)),
                "timezone": job.zone.key,
            }


def answered_of_groups(state: State, job: Job) -> Iterator[Call]:
    return (call for call in calls_of(state, job) if call.connected is not None and call.direction == "inbound")


def csat_rows(state: State, job: Job) -> Iterator[ExportRow]:
    """Yield a survey answer for every third call; it is derived from the call's id."""
    for call in answered_of_groups(state, job):
        if call.id % 3 == 0:
            yield {
                "date": job.local(call.ended),
                "call_id": call.id,
                **describe(state, call.target),
                "external_number": call.external_number,
                "csat_score": 3 + call.id % 2 + call.id % 7 // 4,
                "timezone": job.zone.key,
            }


def disposition_rows(state: State, job: Job) -> Iterator[ExportRow]:
    for call in answered_of_groups(state, job):
        for label in call.labels:
            yield {
                "date": job.local(call.ended),
                "call_id": call.id,
                **describe(state, call.target),
                "external_number": call.external_number,
                "disposition": label,
                "timezone": job.zone.key,
            }


WHO = ("id", "target_type", "name", "email")
WHERE = ("date", "call_id", *WHO, "external_number")
HEADING: Final = (
    "date_started,call_id,category,direction,external_number,internal_number,date_first_rang,date_queued,date_rang,"
    "date_connected,date_ended,target_id,target_kind,target_type,name,email,was_recorded,entry_point_call_id,"
    "entry_point_target_id,entry_point_target_kind,proxy_target_id,voicemail,transferred_to,transferred_to_contact_id,"
    "transferred_from_target_id,office_id,company_id,device,salesforce_activity_id,timezone,availability,"
    "time_in_system,callback_type,callback_id,master_call_id,time_to_answer,date_callback_connected,"
    "date_callback_ended,date_anonymized,categories,ringing_duration,ringing_occurrences,hold_duration,"
    "hold_occurrences,talk_duration,queued_duration,queued_occurrences,wrapup_duration,participant_type,"
    "percent_ai_talk_time,percent_ai_listen_time,percent_ai_silent_time,campaign_id,is_internal"
)
CALL: Final = tuple(next(csv.reader([HEADING])))
"""The columns of a real export of calls, in order."""
TEXT_REST = ("mms", "message_status", "message_delivery_result", "timezone")
RECORDING = ("date", "call_id", "recording_id", "recording_type", *WHO, "external_number", "duration", "timezone")

COLUMNS: dict[str, tuple[str, ...]] = {
    "calls": CALL,
    "csat": (*WHERE, "csat_score", "timezone"),
    "dispositions": (*WHERE, "disposition", "timezone"),
    "onduty": ("date", *WHO, "on_duty_status", "on_duty", "reason", "duration", "timezone"),
    "recordings": RECORDING,
    "screenshare": ("date", *WHO, "duration", "timezone"),
    "texts": ("date", "message_id", "direction", "from_phone", "to_phone", *WHO, *TEXT_REST),
    "voicemails": RECORDING,
}
RECORDS: dict[str, Callable[[State, Job], Iterable[ExportRow]]] = {
    "calls": call_rows,
    "csat": csat_rows,
    "dispositions": disposition_rows,
    "onduty": duty_rows,
    "recordings": lambda state, job: recording_rows(state, job, ("callrecording", "admincallrecording")),
    "screenshare": lambda _state, _job: (),
    "texts": text_rows,
    "voicemails": lambda state, job: recording_rows(state, job, ("voicemail",)),
}


@dataclass(frozen=True)
class Counter:
    """A column of counted-up statistics: how many rows have ``value`` in ``field``, or the sum of ``field``."""

    name: str
    field: str = ""
    value: str | None = None

    def count(self, rows: list[ExportRow]) -> float:
        if not self.field:
            return len(rows)
        if self.value is not None:
            return sum(1 for row in rows if row[self.field] == self.value)
        return round(sum(float(row[self.field]) for row in rows), 2)


COUNTERS: dict[str, tuple[Counter, ...]] = {
    "calls": (
        Counter("all_calls"),
        Counter("inbound_calls", "direction", "inbound"),
        Counter("outbound_calls", "direction", "outbound"),
        Counter("answered_calls", "category", "incoming"),
        *(Counter(f"{word}_calls", "category", word) for word in ("missed", "abandoned", "cancelled")),
        Counter("voicemails", "category", "voicemail"),
        Counter("talk_duration", "talk_duration"),
    ),
    "onduty": (Counter("duration", "duration"),),
    "recordings": (Counter("recordings"), Counter("duration", "duration")),
    "screenshare": (Counter("screenshares"), Counter("duration", "duration")),
    "texts": (
        Counter("all_texts"),
        Counter("texts_received", "direction", "inbound"),
        Counter("texts_sent", "direction", "outbound"),
    ),
    "voicemails": (Counter("voicemails"), Counter("duration", "duration")),
}


def count_up(job: Job, rows: Iterable[ExportRow]) -> tuple[tuple[str, ...], list[ExportRow]]:
    """Count rows: calls by person and day, by day, or by group; everything else by the person it is about."""
    by = job.group_by if job.stat_type == "calls" else "target"
    heading = {"user": ("date", *WHO), "date": ("date",), "group": WHO, "target": WHO}[by]
    heaps: dict[tuple[Any, ...], list[ExportRow]] = {}
    for row in rows:
        day = {"date": (row.get("date") or row.get("date_started") or "")[:10]}
        is_person = row["target_type"] == "user"
        if (by == "user" and not is_person) or (by == "group" and is_person) or (by == "date" and is_leg(row)):
            continue
        heaps.setdefault(tuple({**row, **day}[name] for name in heading), []).append(row)
    counters = COUNTERS[job.stat_type]
    counted = [
        {**dict(zip(heading, key, strict=True)), **{counter.name: counter.count(heap) for counter in counters}}
        for key, heap in sorted(heaps.items(), key=lambda item: str(item[0]))
    ]
    return (*heading, *(counter.name for counter in counters)), counted


def is_leg(row: ExportRow) -> bool:
    return bool(row.get("entry_point_call_id"))


def build_csv(state: State, job: Job) -> str:
    """Build the CSV, with a heading line even when there are no rows."""
    columns, rows = COLUMNS[job.stat_type], list(RECORDS[job.stat_type](state, job))
    if job.export_type == "stats":
        columns, rows = count_up(job, rows)
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return sheet.getvalue()
