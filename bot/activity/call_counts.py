"""Counts calls for statistics, whatever they were read from: Dialpad's own export, or the events heard here."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from statistics import mean, median
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.activity.calls import CallView

CallEnding: TypeAlias = Literal["answered", "missed", "voicemail", "abandoned", "reached", "not reached"]
"""How a call ended: the first four for those that came in, the last two for those that went out."""

WAITS_S: Final = (10, 20, 30, 60, 120)
"""The upper ends of the bars of answer times, seconds."""


@dataclass(frozen=True)
class CountedCall:
    """One call. ``at`` is when it began, by the clock it is counted by. ``by`` is the place of whoever answered or made
    it, "" where nobody is known."""

    at: datetime
    ending: CallEnding
    waited_s: float | None = None
    talked_s: float | None = None
    by: str = ""

    @property
    def came_in(self) -> bool:
        return self.ending not in {"reached", "not reached"}


@dataclass(frozen=True)
class CallCount:
    """What some calls amount to. ``missed`` counts those that rang unanswered, ``voicemails`` those among them with a
    voicemail. Times are seconds, None where no call has one."""

    answered: int
    missed: int
    voicemails: int
    abandoned: int
    made: int
    reached: int
    waits: tuple[float, ...]
    talks: tuple[float, ...]

    @property
    def came_in(self) -> int:
        return self.answered + self.missed + self.abandoned

    @property
    def median_wait_s(self) -> float | None:
        return median(self.waits) if self.waits else None

    @property
    def average_talk_s(self) -> float | None:
        return mean(self.talks) if self.talks else None

    def answered_within(self, seconds: float) -> int:
        return sum(1 for wait in self.waits if wait <= seconds)

    def by_wait(self) -> tuple[int, ...]:
        """Count the answered calls by how long they waited: up to each of ``WAITS_S``, and longer."""
        bounds = (0.0, *map(float, WAITS_S), float("inf"))
        return tuple(
            sum(1 for wait in self.waits if low < wait <= high or (low == wait == 0)) for low, high in pairwise(bounds)
        )


def count_calls(calls: Iterable[CountedCall]) -> CallCount:
    """Count calls."""
    all_ = list(calls)
    endings = Counter(one.ending for one in all_)
    return CallCount(
        answered=endings["answered"],
        missed=endings["missed"] + endings["voicemail"],
        voicemails=endings["voicemail"],
        abandoned=endings["abandoned"],
        made=endings["reached"] + endings["not reached"],
        reached=endings["reached"],
        waits=tuple(one.waited_s for one in all_ if one.ending == "answered" and one.waited_s is not None),
        talks=tuple(one.talked_s for one in all_ if one.talked_s is not None),
    )


def by_person(calls: Iterable[CountedCall]) -> list[tuple[str, CallCount]]:
    """Count by whoever answered or made them, the busiest first; calls that nobody took are in none."""
    shares: dict[str, list[CountedCall]] = {}
    for call in calls:
        if call.by and call.ending in {"answered", "reached", "not reached"}:
            shares.setdefault(call.by, []).append(call)
    counted = [(who, count_calls(share)) for who, share in shares.items()]
    return sorted(counted, key=lambda pair: (-(pair[1].answered + pair[1].made), pair[0]))


def by_hour(calls: Iterable[CountedCall]) -> tuple[tuple[int, int], ...]:
    """Count the calls that came in by the hour they began: answered and not, for each of 24."""
    found = Counter((one.at.hour, one.ending == "answered") for one in calls if one.came_in)
    return tuple((found[hour, True], found[hour, False]) for hour in range(24))


def by_days(calls: Iterable[CountedCall], days: Sequence[tuple[date, date]]) -> tuple[tuple[int, int], ...]:
    """Count the calls that came in for each span of days: answered and not."""
    per_day = Counter((one.at.date(), one.ending == "answered") for one in calls if one.came_in)
    return tuple(
        (
            sum(count for (day, answered), count in per_day.items() if answered and first <= day <= last),
            sum(count for (day, answered), count in per_day.items() if not answered and first <= day <= last),
        )
        for first, last in days
    )


def heard_call(view: CallView, clock: ZoneInfo) -> CountedCall | None:
    """Return a call that was heard as it counts; None for one that is still going on, or was blocked."""
    ending = _ENDINGS.get((view.inbound, view.outcome))
    if ending is None:
        return None
    answered = ending in {"answered", "reached"}
    return CountedCall(
        at=(view.started or view.at).astimezone(clock),
        ending=ending,
        waited_s=view.waited.total_seconds() if answered and view.waited is not None else None,
        talked_s=view.talked.total_seconds() if answered and view.talked is not None else None,
        by=next(iter(view.answered_by if view.inbound else view.people), ""),
    )


_ENDINGS: Final[dict[tuple[bool, str], CallEnding]] = {
    (True, "answered"): "answered",
    (True, "missed"): "missed",
    (True, "voicemail"): "voicemail",
    (True, "abandoned"): "abandoned",
    (False, "answered"): "reached",
    (False, "not answered"): "not reached",
}
