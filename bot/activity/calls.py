"""A call as people see it, computed from the events of its legs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from bot.activity.registers import Register, State, fragment, value
from bot.dialpad.recordings import VOICEMAIL, Recorded

Phase: TypeAlias = Literal["ringing", "waiting", "talking", "leaving a voicemail", "ended"]
Outcome: TypeAlias = Literal["", "answered", "missed", "abandoned", "voicemail", "blocked", "not answered"]
Aside: TypeAlias = Literal["", "on hold", "parked"]
CallDeedKind: TypeAlias = Literal[
    "transferred",
    "sent to voicemail",
    "added",
    "parked",
    "taken back",
    "recording",
    "not recording",
    "hung up",
    "noted",
    "labeled",
]

ASSIGNED: Final = "assigned"
"""The register with the operators that a waiting call is for, names by their ids at Dialpad."""
ASSIGNED_BY: Final = "assigned_by"
_DID: Final = "did:"
"""Begins the registers of what people did about the call from here: each has its moment and who it was."""
_OVER: Final = ("hangup", "missed", "blocked")
_LIVE: Final = ("calling", "ringing", "preanswer", "queued", "voicemail", "connected", "hold", "parked", "merged")
_ASIDE: Final = ("hold", "parked")
_OF_THE_LEG: Final = ("recording", "admin_recording", "voicemail_uploaded", "transcription")
"""States that come once a leg is over."""
_OF_THE_CALL: Final = (
    "call_transcription", "recap_summary", "recap_outcome", "recap_purposes", "recap_action_items", "csat", "pcsat",
    "postcall",
)  # fmt: skip
"""States that come once people have stopped talking; for a call center's call on any of its legs."""
_ORDER: Final = {VOICEMAIL: 0, "callrecording": 1, "admincallrecording": 2}
_SAW: Final = "saw."
_VOICEMAIL: Final = "a voicemail"
"""Stands among the states for anything that says that there is one."""
_ALONE_MS: Final = 2_000
"""How long a caller is alone after a talk before that counts: the legs of one call end within moments of each other."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(ms: Any) -> datetime | None:
    return None if ms is None else _EPOCH + timedelta(milliseconds=int(ms))


@dataclass(frozen=True)
class CallDeed:
    """What somebody, by their Slack id, did about a call from here. ``words``: to whom, or what was noted."""

    at: datetime
    by: str
    what: CallDeedKind
    words: str = ""


@dataclass(frozen=True)
class OnTheCall:
    """Somebody of the company whose leg of a live call goes on: it rings there, or they talk. ``user`` is their id at
    Dialpad."""

    user: str
    name: str
    leg: str
    talks: bool


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
    ended: datetime | None
    """When the caller was gone; None for a live call, and where nobody has said."""
    at: datetime
    waited: timedelta | None
    talked: timedelta | None
    has_voicemail: bool
    """True once there is a message, not when only the greeting was reached."""
    reached_greeting: bool
    transcript: str
    recap: str
    recap_outcome: str
    purposes: tuple[str, ...]
    to_do: tuple[str, ...]
    """Follow-up tasks that Dialpad Ai found in the call."""
    assigned: tuple[str, ...]
    """Names of the operators that a waiting call is for, as somebody chose here; none for all of them."""
    assigned_by: str
    """The Slack id of whoever chose them last, "" for nobody."""
    disposition: str
    """What the agent chose as the outcome of the call, "" when nothing was."""
    was_recorded: bool
    recording_ready: bool
    """True when a recording of the conversation can be fetched now."""
    recordings: tuple[tuple[str, Recorded], ...]
    """Each with the id of its leg; voicemails first, the company's own recordings last."""
    transcribed: str
    """Id of the leg whose transcript can be fetched now, "" when there is none."""
    labels: tuple[str, ...]
    shared_marks: frozenset[str]
    """What the links are known by that Dialpad made for sharing the call: see ``bot.dialpad.links``."""
    legs: tuple[str, ...]
    in_queue: bool
    """Whether a caller waits for an operator of a call center: only then can the call be assigned."""
    is_whole: bool
    """True when the leg that the caller dialled is known. Without it an unanswered leg may be one of several."""
    line_open: bool | None
    """Whether the called line was open by its opening hours; None when unknown."""
    flags: frozenset[str]
    """Keys that were true in the call's events, of those that a row in ``bot.activity.news`` asks for."""
    aside: Aside
    """Whether the caller of a live call was put aside after somebody had answered."""
    live_leg: str
    """The leg by which a live call is acted on: the caller's own, as long as it goes on."""
    on_it: tuple[OnTheCall, ...]
    talked_to: frozenset[str]
    """Ids at Dialpad of those who answered."""
    deeds: tuple[CallDeed, ...]
    """What was done about it from here, oldest first."""


@dataclass(frozen=True)
class _Leg:
    """One leg. ``said`` holds its registers' values, ``saw_at`` when each of its states was last said, in epoch ms."""

    id: str
    said: dict[str, Any]
    saw_at: dict[str, int]

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
        return any(state in self.saw_at for state in states)

    def when(self, *states: str) -> int | None:
        """Return when the newest of these states was said, None for none."""
        return max([self.saw_at[state] for state in states if state in self.saw_at], default=None)

    @cached_property
    def over(self) -> bool:
        if self.saw(*_OVER) or self["date_ended"] is not None:
            return True
        return _is_later(self.when(*_OF_THE_LEG, *_OF_THE_CALL), self.when(*_LIVE))

    @cached_property
    def ended_at(self) -> int | None:
        ended: int | None = self["date_ended"]
        return self.when(*_OVER) if ended is None else ended

    @cached_property
    def left_voicemail(self) -> bool:
        return bool(self["voicemail"] or (self.at_voicemail and self["recorded"]))

    @property
    def is_entry(self) -> bool:
        """Tell whether this is the leg that the caller dialled."""
        return self["entry"] in {None, self.id}

    @property
    def is_persons(self) -> bool:
        return bool(self["target"]) and self["target"]["type"] == "user"

    @cached_property
    def answered(self) -> bool:
        by_a_person = bool(self["operator"]) or self.is_persons or self["direction"] == "outbound"
        return self["date_connected"] is not None and by_a_person and not self.at_voicemail

    @cached_property
    def at_voicemail(self) -> bool:
        """Tell whether the greeting was the last to take the caller: it sets ``date_connected`` like a person."""
        greeted = self.when("voicemail")
        return greeted is not None and _is_later(greeted, self.when("connected", "hold", "parked", "merged"))


def _legs(state: Mapping[str, Register]) -> list[_Leg]:
    """Return the call's legs: the caller's own leg first, then in the order they began."""
    by_id: dict[str, _Leg] = {}
    for name, register in state.items():
        id_, dot, field = name.partition(".")
        if not dot:
            continue
        leg = by_id.get(id_)
        if leg is None:
            leg = by_id[id_] = _Leg(id_, {}, {})
        leg.said[field] = value(state, name)
        if field.startswith(_SAW):
            leg.saw_at[field.removeprefix(_SAW)] = register[0]
        elif field == "voicemail":
            leg.saw_at[_VOICEMAIL] = register[0]
    return sorted(by_id.values(), key=lambda leg: (not leg.is_entry, leg["date_started"] or 0, leg.id))


def view_call(state: Mapping[str, Register]) -> CallView:
    """Return the current state of a call. ``state`` holds at least one event."""
    legs = _legs(state)
    entry = legs[0]
    heads = [leg for leg in legs if leg.is_entry] or legs
    inbound = entry["direction"] != "outbound"
    answered = [leg for leg in legs if leg.answered]
    over = all(leg.over for leg in heads) or _is_past(legs)
    number = _first(legs, "number") or ""
    line = _line(legs)
    contact = _first(legs, "contact") or {}
    voicemail = any(leg.left_voicemail for leg in legs)
    left_alone = _left_alone(legs, answered) if over and inbound else []
    started = min((leg["date_started"] for leg in legs if leg["date_started"] is not None), default=None)
    return CallView(
        call_id=entry.id,
        phase=_phase(legs, over=over, answered=bool(answered)),
        outcome=_outcome(left_alone or legs, inbound=inbound, over=over, answered=bool(answered) and not left_alone),
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
        ended=_moment(max((at for leg in heads if (at := leg.ended_at) is not None), default=None)) if over else None,
        at=_moment(value(state, "at") or 0) or _EPOCH,
        waited=_waited(legs, answered, started, over=over),
        talked=_talked(answered),
        has_voicemail=voicemail,
        reached_greeting=any(leg.saw("voicemail") for leg in legs),
        transcript=_first(legs, "transcript") or "",
        recap=_first(legs, "recap") or "",
        recap_outcome=_first(legs, "outcome") or "",
        purposes=tuple(_first(legs, "purposes") or ()),
        to_do=tuple(_first(legs, "to_do") or ()),
        assigned=tuple((value(state, ASSIGNED) or {}).values()),
        assigned_by=value(state, ASSIGNED_BY) or "",
        disposition=_first(legs, "disposition") or "",
        was_recorded=any(leg["recorded"] for leg in legs),
        recording_ready=any(leg["ready"] for leg in legs),
        recordings=_recordings(legs),
        transcribed=next((leg.id for leg in legs if leg.saw("call_transcription")), ""),
        labels=tuple(sorted({str(label) for leg in legs for label in leg["labels"] or ()})),
        shared_marks=frozenset(mark for leg in legs for mark in leg["shared"] or ()),
        legs=tuple(leg.id for leg in legs),
        in_queue=_in_queue(legs, over=over, answered=bool(answered)),
        is_whole=entry.is_entry,
        line_open=next((leg["open"] for leg in legs if leg["open"] is not None), None),
        flags=frozenset(name.removeprefix("flag.") for leg in legs for name in leg.said if name.startswith("flag.")),
        aside=_aside(legs) if answered and not over else "",
        live_leg=_live_leg(legs),
        on_it=_on_it(legs),
        talked_to=frozenset(leg["target"]["id"] for leg in answered if leg.is_persons),
        deeds=_deeds(state),
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
    going = [leg for leg in legs if not leg.over]
    if answered and (any(leg.answered for leg in going) or not any(leg["passed"] for leg in going)):
        return "talking"
    if answered:  # it was transferred, and nobody has answered there yet
        legs = going
    if any(leg.saw("voicemail") for leg in legs):
        return "leaving a voicemail"
    ringing = any(leg.saw("ringing", "preanswer") and not leg.over for leg in legs)
    return "waiting" if any(leg.saw("queued", "hold", "parked") for leg in legs) and not ringing else "ringing"


def _aside(legs: list[_Leg]) -> Aside:
    """Return how the caller was put aside, by the newest of what was said of all legs."""
    held, parked = (max((at for leg in legs if (at := leg.when(one)) is not None), default=None) for one in _ASIDE)
    back = max((at for leg in legs if (at := leg.when("connected", "merged")) is not None), default=None)
    if not _is_later(max([at for at in (held, parked) if at is not None], default=None), back):
        return ""
    return "parked" if _is_later(parked, held) else "on hold"


def _live_leg(legs: list[_Leg]) -> str:
    entry = legs[0]
    heads = [leg for leg in legs if leg.is_entry and not leg.over]
    same = [leg for leg in heads if leg["direction"] == entry["direction"]]
    return entry.id if not entry.over else next((leg.id for leg in [*reversed(same), *reversed(heads)]), entry.id)


def _on_it(legs: list[_Leg]) -> tuple[OnTheCall, ...]:
    """Return whose legs go on, each person once: with the leg on which they talk, where there are several."""
    found: dict[str, OnTheCall] = {}
    for leg in legs:
        if leg.over or not leg.is_persons:
            continue
        talks = leg["date_connected"] is not None and not leg.at_voicemail
        user = str(leg["target"]["id"])
        if user not in found or (talks and not found[user].talks):
            found[user] = OnTheCall(user, leg["target"]["name"], leg.id, talks)
    return tuple(found.values())


def call_deed(at: datetime, by: str, what: CallDeedKind, words: str = "") -> State:
    """Return what a call's state gains when somebody did something about it."""
    ms = (at - _EPOCH) // timedelta(milliseconds=1)
    return fragment(ms, 0, {f"{_DID}{ms}:{by}": {"what": what, "words": words}})


def _deeds(state: Mapping[str, Register]) -> tuple[CallDeed, ...]:
    found: list[CallDeed] = []
    for name in state:
        if name.startswith(_DID):
            said, (_, ms, by) = value(state, name), name.split(":")
            found.append(CallDeed(_EPOCH + timedelta(milliseconds=int(ms)), by, said["what"], said["words"]))
    return tuple(sorted(found, key=lambda one: (one.at, one.by)))


def _in_queue(legs: list[_Leg], *, over: bool, answered: bool) -> bool:
    entry = legs[0]
    is_center = bool(entry["target"]) and entry["target"]["type"] == "callcenter"
    waits = _is_later(entry.when("queued"), entry.when("ringing", "preanswer", "connected", "voicemail", *_OVER))
    return is_center and waits and not over and not answered and entry["direction"] != "outbound"


def _is_later(one: int | None, other: int | None) -> bool:
    return one is not None and (other is None or one >= other)


def _is_past(legs: list[_Leg]) -> bool:
    """Tell whether a call is over although the end of the caller's own leg was never said: everybody else's legs are
    over, and what comes only after a talk came later than anything else."""
    others = [leg for leg in legs if not leg.is_entry]
    if not others or not all(leg.over for leg in others):
        return False
    after = max((at for leg in legs if (at := leg.when(*_OF_THE_CALL)) is not None), default=None)
    live = [at for leg in legs if leg not in others and (at := leg.when(*_LIVE)) is not None]
    ends = [at for leg in others if (at := leg.ended_at) is not None]
    return _is_later(after, max(live, default=None)) and _is_later(max(ends, default=after), max(live, default=None))


def _left_alone(legs: list[_Leg], answered: list[_Leg]) -> list[_Leg]:
    """Return where the caller of an answered call ended up alone, [] when the last talk ended it: at a voicemail that
    they left after it, or ringing somewhere that nobody answered."""
    last = max((leg["date_connected"] for leg in answered), default=None)
    if last is None:
        return []
    voicemails = [leg for leg in legs if leg.left_voicemail and _is_later(_voicemail_at(leg), last)]
    if voicemails:
        return voicemails
    talked_until = max((at for leg in answered if leg.is_persons and (at := leg.ended_at) is not None), default=None)
    return [leg for leg in legs if _rang_out(leg, last, talked_until)]


def _rang_out(leg: _Leg, connected: int, talked_until: int | None) -> bool:
    """Tell whether a leg began after the last talk had, was not answered, and went on when that talk was over."""
    if leg.answered or leg["direction"] == "outbound":
        return False
    if leg["passed"]:
        return _is_later(_rang_at(leg), connected) and _is_later(leg.ended_at, talked_until)
    if talked_until is None:
        return False
    return _is_later(_rang_at(leg), connected + 1) and _is_later(leg.ended_at, talked_until + _ALONE_MS)


def _voicemail_at(leg: _Leg) -> int | None:
    """Return when the caller came to the voicemail, as early as is known: what is said of it later comes again and
    again."""
    known = [at for state in ("voicemail", *_OF_THE_LEG[2:]) if (at := leg.when(state)) is not None]
    return min(known, default=leg.when(_VOICEMAIL))


def _rang_at(leg: _Leg) -> int | None:
    dates = [leg[name] for name in ("date_rang", "date_first_rang", "date_queued", "date_started")]
    return next((date for date in dates if date is not None), None)


def _outcome(legs: list[_Leg], *, inbound: bool, over: bool, answered: bool) -> Outcome:
    if not over:
        return ""
    if any(leg.saw("blocked") for leg in legs):
        return "blocked"
    if answered:
        return "answered"
    if any(leg.left_voicemail for leg in legs):
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
