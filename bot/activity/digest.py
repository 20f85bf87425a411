"""A digest's numbers: a day or a week of calls and texts, counted from the calls and texts that are known."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import mean, median
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.activity.calls import CallView
from bot.activity.digest_times import DigestPeriod
from bot.activity.news import News, NewsKind
from bot.activity.subscriptions.subscription import Subscription, wants
from bot.activity.texts import ConversationView
from bot.activity.work_tally import StillOpen, WorkTally
from bot.basics.stored_json import MsMoment, StoredJson

Ending: TypeAlias = Literal["answered", "missed", "voicemail", "abandoned"]
Stretch: TypeAlias = tuple[MsMoment, MsMoment]
Pair: TypeAlias = tuple[int, int]
"""Calls answered and calls not answered."""

_NONE: Final = (0, 0)


@dataclass(frozen=True)
class Counted:
    """One counted call. ``waited_s`` is the time until it was answered."""

    at: datetime
    ending: Ending
    waited_s: float | None = None
    talked_s: float | None = None
    disposition: str = ""


def count(view: CallView) -> Counted | None:
    """Return how a call counts; None for an outbound or blocked call or one that still rings."""
    ending: str = "answered" if view.phase == "talking" else view.outcome
    if not view.inbound or ending not in {"answered", "missed", "voicemail", "abandoned"}:
        return None
    answered = ending == "answered"
    return Counted(
        at=view.started or view.at,
        ending=ending,  # type: ignore[arg-type]  # mypy does not narrow by a set
        waited_s=view.waited.total_seconds() if answered and view.waited is not None else None,
        talked_s=view.talked.total_seconds() if answered and view.talked is not None else None,
        disposition=view.disposition,
    )


def counts(subscription: Subscription, happening: News) -> bool:
    """Tell whether a digest of ``subscription`` counts it: by its filters alone, whichever kinds it posts one by one,
    and even while paused."""
    return wants(replace(subscription, kinds=happening.kinds, paused=False), happening)


def about_texts(talk: ConversationView, at: datetime) -> News:
    """Return a conversation's inbound texts as the event that filters match."""
    kinds, places = frozenset({NewsKind.SMS}), frozenset({talk.place} - {""})
    return News(kinds, at, places, number=talk.number, internal=talk.internal)


@dataclass(frozen=True)
class Tally:
    """The totals of one period. ``missed`` counts calls that rang unanswered, ``voicemails`` those among them with a
    voicemail. ``waits`` and ``talks`` are the numbers of calls whose waiting and talking times are known. ``hours`` has
    24 entries, ``days`` 7 from Monday. ``open``: calls that nobody had claimed, in digests of an earlier version."""

    answered: int = 0
    missed: int = 0
    voicemails: int = 0
    abandoned: int = 0
    open: int = 0
    texts: int = 0
    waits: int = 0
    median_wait_s: float | None = None
    talks: int = 0
    average_talk_s: float | None = None
    hours: tuple[Pair, ...] = (_NONE,) * 24
    days: tuple[Pair, ...] = (_NONE,) * 7
    dispositions: tuple[tuple[str, int], ...] = ()
    """What agents chose as outcomes, and for how many calls, the most frequent first."""

    @property
    def calls(self) -> int:
        return self.answered + self.missed + self.abandoned


def tally(calls: Iterable[Counted], clock: ZoneInfo, texts: int = 0) -> Tally:
    """Count the totals of these calls. Hours and days are those of ``clock``."""
    all_ = list(calls)
    endings = [one.ending for one in all_]
    waits = [one.waited_s for one in all_ if one.waited_s is not None]
    talks = [one.talked_s for one in all_ if one.talked_s is not None]
    local = [(one.at.astimezone(clock), one.ending == "answered") for one in all_]
    return Tally(
        answered=endings.count("answered"),
        missed=endings.count("missed") + endings.count("voicemail"),
        voicemails=endings.count("voicemail"),
        abandoned=endings.count("abandoned"),
        texts=texts,
        waits=len(waits),
        median_wait_s=median(waits) if waits else None,
        talks=len(talks),
        average_talk_s=mean(talks) if talks else None,
        hours=_pairs([(at.hour, answered) for at, answered in local], 24),
        days=_pairs([(at.weekday(), answered) for at, answered in local], 7),
        dispositions=_dispositions(all_),
    )


def _dispositions(calls: Iterable[Counted]) -> tuple[tuple[str, int], ...]:
    times = Counter(one.disposition for one in calls if one.disposition)
    return tuple(sorted(times.items(), key=lambda pair: (-pair[1], pair[0])))


def _pairs(found: Sequence[tuple[int, bool]], size: int) -> tuple[Pair, ...]:
    times = Counter(found)
    return tuple((times[slot, True], times[slot, False]) for slot in range(size))


def busiest(slots: Sequence[Pair]) -> int | None:
    """Return the index of the first slot with the most calls; None when no slot stands out."""
    sums = [sum(pair) for pair in slots]
    most = max(sums)
    return sums.index(most) if most > min(sums) and most > 1 else None


SHORTEST_DAY: Final = 6
LONGEST_DAY: Final = 20
"""The most slots that a chart has room for."""


def spread(hours: Sequence[Pair]) -> list[tuple[int, int, Pair]]:
    """Return the begin and end hour and the calls of each slot worth showing: from the first hour with a call to the
    last, in steps of two hours when there are too many for one chart."""
    filled = [hour for hour, pair in enumerate(hours) if pair != _NONE] or [0]
    first, last = filled[0], filled[-1]
    while last - first + 1 < SHORTEST_DAY:
        first, last = max(0, first - 1), min(23, last + 1)
    if last - first < LONGEST_DAY:
        return [(hour, hour + 1, hours[hour]) for hour in range(first, last + 1)]
    return [
        (hour, hour + 2, (hours[hour][0] + hours[hour + 1][0], hours[hour][1] + hours[hour + 1][1]))
        for hour in range(0, 24, 2)
    ]


@dataclass(frozen=True)
class Audience:
    """One hook's listening time: from ``since`` to ``until``, except during ``gaps``."""

    since: datetime
    until: datetime
    gaps: tuple[Stretch, ...] = ()


def silences(period: DigestPeriod, ears: Iterable[Audience]) -> tuple[Stretch, ...]:
    """Return the parts of ``period`` during which no hook could receive events."""
    silent: list[Stretch] = [(period.begin, period.end)]
    for ear in ears:
        deaf = [(period.begin, ear.since), *ear.gaps, (ear.until, period.end)]
        both = [(max(a, c), min(b, d)) for a, b in silent for c, d in deaf]
        silent = _merged([stretch for stretch in both if stretch[0] < stretch[1]])
    return tuple(silent)


def _merged(stretches: Sequence[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


@dataclass(frozen=True)
class Digest:
    """One digest's contents. ``lines`` and ``conditions`` say what was counted: "for Support", "only calls from
    outside"; ``made`` is the whole subscription as text, to say that in another language, "" in digests of an earlier
    version. ``before`` is the day or week before, None when events were not received from its beginning on. ``work``
    and ``still_open`` are None in digests of an earlier version. ``target_min``: within how many minutes open work
    should be answered, 0 where that was not set; ``in_hours``: minutes of their line's opening hours."""

    period: DigestPeriod
    zone: str
    lines: str
    conditions: tuple[str, ...]
    tally: Tally
    before: Tally | None = None
    silences: tuple[Stretch, ...] = ()
    work: WorkTally | None = None
    work_before: WorkTally | None = None
    still_open: StillOpen | None = None
    target_min: int = 0
    in_hours: bool = False
    made: str = field(default="", repr=False)

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


_DIGEST: Final = StoredJson(Digest)


def to_json(digest: Digest) -> dict[str, Any]:
    """Return a digest as its card stores it; the period's fields stand beside the digest's."""
    stored = _DIGEST.dump(digest)
    period: dict[str, Any] = stored.pop("period")
    return stored | period


def from_json(stored: Mapping[str, Any]) -> Digest:
    """Undo ``to_json``. Raises UnreadableJson."""
    return _DIGEST.load(stored, period=stored)
