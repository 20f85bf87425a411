"""A subscription: which happenings a channel or a person wants to hear of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.person import PersonKey
from bot.watching.happening import OF_NO_LINE, WORDS, Happening, Kind

QUIET_DEFAULT: Final = frozenset({Kind.MISSED, Kind.VOICEMAIL, Kind.SMS})
"""What a subscription with no events named tells about: what waits for somebody, and nothing else."""
QUEUE_OVER: Final = 3
DIGEST_AT: Final = 8 * 60
"""Minutes after midnight."""
DAY: Final = 24 * 60
"""Minutes; a span that ends with the day ends here."""
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTE: Final = timedelta(minutes=1)

LineHours: TypeAlias = Literal["", "open", "closed"]
"""Only what comes while the line itself is open, or closed, as Dialpad tells; "": both."""


@dataclass(frozen=True)
class Span:
    """A part of the day, minutes since midnight. One that ends before it begins goes over midnight.

    ``days``: Mondays are 0; none means every day. What goes over midnight belongs to the day it began on.
    """

    begin: int
    end: int
    days: tuple[int, ...] = ()

    def holds(self, local: datetime) -> bool:
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.begin <= self.end:
            return self.begin <= minute < self.end and self._on(day)
        return (minute >= self.begin and self._on(day)) or (minute < self.end and self._on((day - 1) % 7))

    def _on(self, day: int) -> bool:
        return not self.days or day in self.days

    def __str__(self) -> str:
        """As it is typed: ``mon,tue,08:00-18:00``."""
        days = [WEEKDAYS[day] for day in self.days]
        hours = [] if days and (self.begin, self.end) == (0, DAY) else [f"{clock(self.begin)}-{clock(self.end)}"]
        return ",".join([*days, *hours])


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@dataclass(frozen=True)
class Filters:
    """Alternatives within one kind of filter, all kinds together: for these places, with these labels."""

    places: Mapping[str, str] = field(default_factory=dict)
    """``callcenter:5527`` and the name it is shown by."""
    numbers: tuple[str, ...] = ()
    """Beginnings of E.164 numbers."""
    labels: tuple[str, ...] = ()
    internal: bool | None = None

    def __bool__(self) -> bool:
        return bool(self.places or self.numbers or self.labels or self.internal is not None)


@dataclass(frozen=True)
class Policy:
    """What happens with a call that nobody takes care of. Minutes; ``claim`` 0: nothing.

    The steps come one after the other, each ``claim`` minutes after the one before: who is on duty, the user group,
    the person, the supervisor in a direct message; ``last`` is the supervisor's phone: "sms", "call" or "".
    """

    claim: int = 0
    handle: int = 120
    on_duty: bool = True
    group: str = ""
    person: str = ""
    supervisor: str = ""
    last: str = ""

    def steps(self) -> tuple[tuple[int, str, str], ...]:
        """``(place, kind, whom)`` in their order. A step keeps its place when others are added or taken out, so that a
        policy may be changed while it is being gone through. Without any, the thread is reminded."""
        wanted = (
            ("duty", "", self.on_duty),
            ("group", self.group, bool(self.group)),
            ("person", self.person, bool(self.person)),
            ("supervisor", self.supervisor, bool(self.supervisor)),
            (self.last, self.supervisor, bool(self.last and self.supervisor)),
        )
        steps = tuple((place, kind, whom) for place, (kind, whom, asked) in enumerate(wanted) if asked)
        return steps or ((0, "here", ""),)


@dataclass(frozen=True)
class Watch:
    """One subscription. ``channel`` is where it posts: a channel, or a person's id for direct messages."""

    id: str
    owner: PersonKey
    channel: str
    kinds: frozenset[Kind] = QUIET_DEFAULT
    only: Filters = field(default_factory=Filters)
    but: Filters = field(default_factory=Filters)
    longer: int = 0
    """Seconds; shorter calls are left out once their length is known."""
    hours: Span | None = None
    quiet: Span | None = None
    queue: int = QUEUE_OVER
    zone: str = "UTC"
    policy: Policy = field(default_factory=Policy)
    paused: bool = False
    problem: str = ""
    """Why it could not post when it last tried; its owner was told."""
    digest_at: int = DIGEST_AT
    """When a digest comes, minutes after midnight in ``zone``; a weekly one on Mondays."""
    line_hours: LineHours = ""
    keep: str = ""
    """A Slack user group, by id, whose members are kept equal to who is on duty."""
    topic: bool = False
    """Whether the channel's topic says who is on duty."""

    @property
    def is_personal(self) -> bool:
        return self.channel == self.owner.user_id

    @property
    def call_centers(self) -> tuple[str, ...]:
        """Dialpad ids of those whose roster this follows; none when it is about calls only."""
        follows = Kind.HANDOVER in self.kinds or self.keep or self.topic
        kinds = [place.partition(":") for place in self.only.places if follows]
        return tuple(entry_id for kind, _, entry_id in kinds if kind == "callcenter")

    @property
    def clock(self) -> ZoneInfo:
        """By which its hours count; UTC for a zone that this machine does not know."""
        return _zone(self.zone)

    @property
    def digest_time(self) -> str:
        """``17:00``."""
        return clock(self.digest_at)


def switched(watch: Watch, kind: Kind, *, on: bool) -> Watch:
    """With one event more or less. Without any it is paused, and goes on with the first that is turned on."""
    kinds = watch.kinds | {kind} if on else watch.kinds - {kind}
    return replace(watch, kinds=kinds, paused=watch.paused and bool(watch.kinds) if kinds else True)


def wants(watch: Watch, happening: Happening) -> bool:
    """Whether ``watch`` hears of ``happening``, be it only when its quiet hours are over. Never raises."""
    wanted = watch.kinds & happening.kinds
    if watch.paused or not wanted:
        return False
    if wanted == {Kind.QUEUE} and (happening.waiting or 0) <= watch.queue:
        return False
    if watch.longer and happening.seconds is not None and happening.seconds < watch.longer:
        return False
    if watch.hours is not None and not watch.hours.holds(happening.at.astimezone(_zone(watch.zone))):
        return False
    if watch.line_hours and happening.line_open not in {None, watch.line_hours == "open"}:
        return False
    return _fits(watch.only, happening) and not _hits(watch.but, happening)


def _fits(only: Filters, happening: Happening) -> bool:
    of_a_line = not happening.kinds <= OF_NO_LINE
    return (
        not (only.places and of_a_line and not only.places.keys() & happening.places)
        and not (only.numbers and not happening.number.startswith(only.numbers))
        and not (only.labels and not happening.labels.intersection(only.labels))
        and only.internal in {None, happening.internal}
    )


def _hits(but: Filters, happening: Happening) -> bool:
    return bool(
        but.places.keys() & happening.places
        or (but.numbers and happening.number.startswith(but.numbers))
        or happening.labels.intersection(but.labels)
        or but.internal == happening.internal
    )


def quiet_until(watch: Watch, now: datetime) -> datetime | None:
    """When the quiet hours that hold ``now`` are over, None when there are none. Never raises."""
    zone, quiet = _zone(watch.zone), watch.quiet
    local = now.astimezone(zone)
    if quiet is None or not quiet.holds(local):
        return None
    hour, minute = divmod(quiet.end % DAY, 60)
    end = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if end <= local:  # both by the wall clock of the same zone
        end = (end + timedelta(days=1)).replace(fold=0)
    until = end.astimezone(UTC)
    while not quiet.holds((until - _MINUTE).astimezone(zone)):  # the clocks skip over the time at which they end
        until -= _MINUTE
    return until


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def in_words(watch: Watch) -> str:
    """The effective filter as a sentence: "missed calls and texts for Support, except label spam"."""
    said = _and([_said(watch, kind) for kind in Kind if kind in watch.kinds]) or "nothing"
    return ", ".join([f"{said} {lines_in_words(watch)}", *conditions_in_words(watch)])


def _said(watch: Watch, kind: Kind) -> str:
    match kind:
        case Kind.QUEUE:
            return f"more than {watch.queue} callers waiting"
        case Kind.DAILY:
            return f"{WORDS[kind]} at {watch.digest_time}"
        case Kind.WEEKLY:
            return f"{WORDS[kind]} on Monday at {watch.digest_time}"
        case _:
            return WORDS[kind]


def lines_in_words(watch: Watch) -> str:
    """ "for Support or Sales"."""
    return f"for {_or(list(watch.only.places.values()))}" if watch.only.places else "on every line"


def conditions_in_words(watch: Watch) -> list[str]:
    """The filters but for the lines, one by one."""
    parts = []
    if rest := _filters(replace(watch.only, places={})):
        parts.append(f"only {rest}")
    if but := _filters(watch.but):
        parts.append(f"except {but}")
    if watch.longer:
        parts.append(f"of {watch.longer} s or more")
    if watch.line_hours:
        parts.append("while the line is open" if watch.line_hours == "open" else "while the line is closed")
    if watch.hours:
        parts.append(_hours(watch.hours))
    if watch.quiet:
        parts.append(f"quiet from {clock(watch.quiet.begin)} to {clock(watch.quiet.end)}")
    return parts


def _hours(span: Span) -> str:
    days = f"on {_and([WEEKDAYS[day].capitalize() for day in span.days])}" if span.days else ""
    hours = f"between {clock(span.begin)} and {clock(span.end)}" if (span.begin, span.end) != (0, DAY) else ""
    return " ".join(part for part in (days, hours) if part)


def _filters(filters: Filters) -> str:
    said = list(filters.places.values())
    said += [f"numbers that begin with {number}" for number in filters.numbers]
    said += [f"label {label}" for label in filters.labels]
    if filters.internal is not None:
        said.append("internal calls" if filters.internal else "calls from outside")
    return _or(said)


def _and(words: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)


def _or(words: Sequence[str]) -> str:
    return " or ".join(part for part in (", ".join(words[:-1]), words[-1] if words else "") if part)


# As it is stored


def to_json(watch: Watch) -> dict[str, Any]:
    """Everything but the id, the owner, the channel, the pause and the problem, which have columns of their own."""
    policy = watch.policy
    return {
        "kinds": sorted(watch.kinds),
        "only": _filters_json(watch.only),
        "but": _filters_json(watch.but),
        "longer": watch.longer,
        "hours": _span_json(watch.hours),
        "line_hours": watch.line_hours,
        "quiet": _span_json(watch.quiet),
        "queue": watch.queue,
        "zone": watch.zone,
        "keep": watch.keep,
        "topic": watch.topic,
        "digest_at": watch.digest_at,
        "policy": {
            "claim": policy.claim,
            "handle": policy.handle,
            "on_duty": policy.on_duty,
            "group": policy.group,
            "person": policy.person,
            "supervisor": policy.supervisor,
            "last": policy.last,
        },
    }


def _span_json(span: Span | None) -> list[Any] | None:
    return None if span is None else [span.begin, span.end, list(span.days)]


def _filters_json(filters: Filters) -> dict[str, Any]:
    return {
        "places": dict(filters.places),
        "numbers": list(filters.numbers),
        "labels": list(filters.labels),
        "internal": filters.internal,
    }


def from_json(
    name: str, owner: PersonKey, channel: str, rule: Mapping[str, Any], *, paused: bool = False, problem: str = ""
) -> Watch:
    """Undo ``to_json``. Kinds of a later version are left out."""
    known = {kind.value for kind in Kind}
    return Watch(
        id=name,
        owner=owner,
        channel=channel,
        kinds=frozenset(Kind(kind) for kind in rule.get("kinds", ()) if kind in known),
        only=_read_filters(rule.get("only") or {}),
        but=_read_filters(rule.get("but") or {}),
        longer=int(rule.get("longer") or 0),
        hours=_read_span(rule.get("hours")),
        line_hours=rule.get("line_hours") or "",
        quiet=_read_span(rule.get("quiet")),
        queue=int(rule.get("queue", QUEUE_OVER)),
        zone=str(rule.get("zone") or "UTC"),
        policy=Policy(**(rule.get("policy") or {})),
        keep=str(rule.get("keep") or ""),
        topic=bool(rule.get("topic")),
        paused=paused,
        problem=problem,
        digest_at=int(rule.get("digest_at", DIGEST_AT)),
    )


def _read_span(stored: Sequence[Any] | None) -> Span | None:
    return Span(stored[0], stored[1], tuple(stored[2] if len(stored) > 2 else ())) if stored else None


def _read_filters(stored: Mapping[str, Any]) -> Filters:
    return Filters(
        places=dict(stored.get("places") or {}),
        numbers=tuple(stored.get("numbers") or ()),
        labels=tuple(stored.get("labels") or ()),
        internal=stored.get("internal"),
    )
