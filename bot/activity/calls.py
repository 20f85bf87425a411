"""A call as people see it, computed from the events of its legs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from bot.activity.registers import Register, value
from bot.dialpad.recordings import VOICEMAIL, Recorded

Phase: TypeAlias = Literal["ringing", "waiting", "talking", "leaving a voicemail", "ended"]
Outcome: TypeAlias = Literal["", "answered", "missed", "abandoned", "voicemail", "blocked", "not answered"]

_OVER: Final = frozenset({"hangup", "missed", "blocked"})
_ORDER: Final = {VOICEMAIL: 0, "callrecording": 1, "admincallrecording": 2}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(ms: Any) -> datetime | None:
    return None if ms is None else _EPOCH + timedelta(milliseconds=int(ms))


@dataclass(frozen=True)
class CallView:
    """A call as a card shows it. ``places`` is as in ``News``."""

    call_id: str
    phase: Phase
    outcome: Outcome
    inbound: bool
    number: str
    dialled: str
    contact: str
    contact_type: str
    line: str
    line_id: str
    """Such as ``callcenter:5527``; "" for a person's own number."""
    people: tuple[str, ...]
    answered_by: tuple[str, ...]
    places: frozenset[str]
    offices: frozenset[str]
    """Offices of the lines and people involved; not everybody in an office takes each other's calls."""
    internal: bool
    started: datetime | None
    at: datetime
    waited: timedelta | None
    talked: timedelta | None
    has_voicemail: bool
    transcript: str
    recap: str
    recap_outcome: str
    purposes: tuple[str, ...]
    to_do: tuple[str, ...]
    """Follow-up tasks that Dialpad Ai found in the call."""
    was_recorded: bool
    recording_ready: bool
    """True when a recording of the conversation can be fetched now."""
    recordings: tuple[tuple[str, Recorded], ...]
    """Each with the id of its leg; voicemails first, the company's own recordings last."""
    transcribed: str
    """Id of the leg whose transcript can be fetched now, "" when there is none."""
    labels: tuple[str, ...]
    legs: tuple[str, ...]
    is_whole: bool
    """True when the leg that the caller dialled is known. Without it an unanswered leg may be one of several."""
    line_open: bool | None
    """Whether the called line was open by its opening hours; None when unknown."""
    flags: frozenset[str]
    """Keys that were true in the call's events, of those that a row in ``bot.activity.news`` asks for."""


@dataclass(frozen=True)
class _Leg:
    id: str
    said: Mapping[str, Any]

    @property
    def recordings(self) -> Iterator[tuple[str, Recorded]]:
        for name in self.said:
            head, _, field = name.rpartition(".")
            if head.startswith("rec.") and field == "kind":
                url, ms = self.said.get(f"{head}.url") or "", self.said.get(f"{head}.ms")
                yield self.id, Recorded(head.removeprefix("rec."), self.said[name], url, ms)

    def __getitem__(self, name: str) -> Any:
        return self.said.get(name)

    def saw(self, *states: str) -> bool:
        return any(self.said.get(f"saw.{state}") for state in states)

    @property
    def over(self) -> bool:
        return self.saw(*_OVER)

    @property
    def is_persons(self) -> bool:
        return bool(self["target"]) and self["target"]["type"] == "user"

    @property
    def answered(self) -> bool:
        by_a_person = bool(self["operator"]) or self.is_persons or self["direction"] == "outbound"
        return self["date_connected"] is not None and by_a_person


def _legs(state: Mapping[str, Register]) -> list[_Leg]:
    """Return the call's legs: the caller's own leg first, then in the order they began."""
    by_id: dict[str, dict[str, Any]] = {}
    for name in state:
        leg, dot, field = name.partition(".")
        if dot:
            by_id.setdefault(leg, {})[field] = value(state, name)
    legs = [_Leg(name, said) for name, said in by_id.items()]
    return sorted(legs, key=lambda leg: (leg["entry"] is not None, leg["date_started"] or 0, leg.id))


def view_call(state: Mapping[str, Register]) -> CallView:
    """Return the current state of a call. ``state`` holds at least one event."""
    legs = _legs(state)
    entry = legs[0]
    heads = [leg for leg in legs if leg["entry"] is None] or legs
    inbound = entry["direction"] != "outbound"
    answered = [leg for leg in legs if leg.answered]
    over = all(leg.over for leg in heads)
    number = _first(legs, "number") or ""
    line = _line(legs)
    contact = _first(legs, "contact") or {}
    voicemail = any(leg["voicemail"] for leg in legs)
    started = min((leg["date_started"] for leg in legs if leg["date_started"] is not None), default=None)
    return CallView(
        call_id=entry.id,
        phase=_phase(legs, over=over, answered=bool(answered)),
        outcome=_outcome(legs, inbound=inbound, over=over, answered=bool(answered), voicemail=voicemail),
        inbound=inbound,
        number=number,
        dialled=_first(legs, "dialled") or "",
        contact=contact.get("name", ""),
        contact_type=contact.get("type", ""),
        line=line.get("name", ""),
        line_id=f"{line['type']}:{line['id']}" if line.get("id") else "",
        people=_people(legs),
        answered_by=_people([leg for leg in answered if leg.is_persons]),
        places=_places(legs),
        offices=_offices(legs),
        internal=any(leg["internal"] for leg in legs),
        started=_moment(started),
        at=_moment(value(state, "at") or 0) or _EPOCH,
        waited=_waited(legs, answered, started, over=over),
        talked=_talked(answered),
        has_voicemail=voicemail,
        transcript=_first(legs, "transcript") or "",
        recap=_first(legs, "recap") or "",
        recap_outcome=_first(legs, "outcome") or "",
        purposes=tuple(_first(legs, "purposes") or ()),
        to_do=tuple(_first(legs, "to_do") or ()),
        was_recorded=any(leg["recorded"] for leg in legs),
        recording_ready=any(leg["ready"] for leg in legs),
        recordings=_recordings(legs),
        transcribed=next((leg.id for leg in legs if leg.saw("call_transcription")), ""),
        labels=tuple(sorted({str(label) for leg in legs for label in leg["labels"] or ()})),
        legs=tuple(leg.id for leg in legs),
        is_whole=entry["entry"] is None,
        line_open=next((leg["open"] for leg in legs if leg["open"] is not None), None),
        flags=frozenset(name.removeprefix("flag.") for leg in legs for name in leg.said if name.startswith("flag.")),
    )


def _first(legs: list[_Leg], name: str) -> Any:
    return next((leg[name] for leg in legs if leg[name]), None)


def _recordings(legs: list[_Leg]) -> tuple[tuple[str, Recorded], ...]:
    found = {one.id: (leg_id, one) for leg in reversed(legs) for leg_id, one in leg.recordings}
    return tuple(sorted(found.values(), key=lambda pair: (_ORDER.get(pair[1].kind, 1), -(pair[1].ms or 0), pair[1].id)))


def _line(legs: list[_Leg]) -> dict[str, str]:
    """Return the group that the call came in on."""
    for leg in legs:
        for name in ("line", "proxy", "target"):
            party = leg[name]
            if party and party["type"] not in {"", "user"} and (party["id"] or party["name"]):
                return dict(party)
    return {}


def _people(legs: list[_Leg]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(leg["target"]["name"] for leg in legs if leg.is_persons and leg["target"]["name"]))


def _places(legs: list[_Leg]) -> frozenset[str]:
    parties = [leg[name] for leg in legs for name in ("target", "proxy", "line") if leg[name]]
    found = {f"{party['type']}:{party['id']}" for party in parties if party["id"]}
    for leg in legs:
        kind, colon, group = str(leg["group"] or "").partition(":")
        if colon:
            found.add(f"{kind.replace('_', '').casefold()}:{group}")
    return frozenset(found)


def _offices(legs: list[_Leg]) -> frozenset[str]:
    parties = [leg[name] for leg in legs for name in ("target", "proxy", "line") if leg[name]]
    return frozenset(f"office:{party['office']}" for party in parties if party["office"])


def _phase(legs: list[_Leg], *, over: bool, answered: bool) -> Phase:
    if over:
        return "ended"
    if answered:
        return "talking"
    if any(leg.saw("voicemail") for leg in legs):
        return "leaving a voicemail"
    ringing = any(leg.saw("ringing", "preanswer") and not leg.over for leg in legs)
    return "waiting" if any(leg.saw("queued", "hold", "parked") for leg in legs) and not ringing else "ringing"


def _outcome(legs: list[_Leg], *, inbound: bool, over: bool, answered: bool, voicemail: bool) -> Outcome:
    if not over:
        return ""
    if any(leg.saw("blocked") for leg in legs):
        return "blocked"
    if answered:
        return "answered"
    if voicemail:
        return "voicemail"
    if not inbound:
        return "not answered"
    rang = any(leg["date_rang"] or leg["date_first_rang"] or leg.saw("missed", "voicemail") for leg in legs)
    return "missed" if rang else "abandoned"


def _waited(legs: list[_Leg], answered: list[_Leg], started: Any, *, over: bool) -> timedelta | None:
    ends = [leg["date_connected"] for leg in answered]
    if not ends and over:
        ends = [max((leg["date_ended"] for leg in legs if leg["date_ended"] is not None), default=None)]
    if started is None or not ends or ends[0] is None:
        return None
    return timedelta(milliseconds=max(0, min(ends) - started))


def _talked(answered: list[_Leg]) -> timedelta | None:
    lengths = [
        leg["talk_ms"] if leg["talk_ms"] is not None else leg["date_ended"] - leg["date_connected"]
        for leg in answered
        if leg.over and (leg["talk_ms"] is not None or leg["date_ended"] is not None)
    ]
    return timedelta(milliseconds=max(0, *lengths)) if lengths else None
