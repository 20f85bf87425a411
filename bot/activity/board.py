"""What a call center's board shows: who answers calls, who waits, how the day goes; and how bad that is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.activity.call_counts import CallCount, CountedCall, count_calls
from bot.activity.calls import CallView, Phase
from bot.activity.roster import Agent
from bot.basics.language import say, say_count

AMBER_WAIT: Final = timedelta(seconds=60)
RED_WAIT: Final = timedelta(minutes=3)
"""How long somebody may wait in the queue before the board says so, and says so loudly."""
RED_CALLERS: Final = 3
"""So many callers waiting at once are red, unless the subscription says another number."""
ANSWER_S: Final = 20
"""The seconds within which calls are to be answered, where nobody chose others."""
LOST_AFTER: Final = timedelta(hours=2)
"""A live call of which nothing was heard for so long is not counted as live: its end was never said."""
SEEN_FOR: Final = timedelta(minutes=30)
"""How long it stays on the board that somebody has seen what is wrong."""


class BoardLevel(StrEnum):
    """How a board stands, by shape and word as well as by colour."""

    GOOD = "good"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class BoardCall:
    """What a board needs of one call. ``heard_at``: when something was last heard of it."""

    id: str
    places: frozenset[str]
    phase: Phase
    since: datetime
    heard_at: datetime
    inbound: bool
    takers: tuple[str, ...]
    """Who answered it, by name."""
    counted: CountedCall | None


@dataclass(frozen=True)
class SeenBy:
    """Somebody, by Slack id, who has seen what a board says, and what they wrote about it."""

    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class BoardView:
    """A board at one moment. ``waiting``: since when each caller in the queue waits, the longest first. ``roster_at``:
    when Dialpad was last asked who is on duty, None when it never answered."""

    name: str
    place: str
    now: datetime
    agents: tuple[Agent, ...] = ()
    roster_at: datetime | None = None
    waiting: tuple[datetime, ...] = ()
    ringing: int = 0
    talking: int = 0
    today: CallCount = field(default_factory=lambda: count_calls(()))
    open_items: int = 0
    unclaimed: int = 0
    oldest: datetime | None = None
    red_callers: int = RED_CALLERS
    seen: SeenBy | None = None
    heard_since: datetime | None = None
    midnight: datetime | None = None
    """When the day began, by the clock of its subscription."""

    @property
    def counts_since(self) -> datetime | None:
        """Return since when the day's calls are counted; None where the whole day was heard."""
        if self.heard_since is None or self.midnight is None or self.heard_since <= self.midnight:
            return None
        return self.heard_since

    @property
    def answered_in_time(self) -> int | None:
        """Return the percentage of today's answered calls that waited no longer than they should; None for no call."""
        return self.share_within(ANSWER_S)

    def share_within(self, seconds: int) -> int | None:
        """Return the percentage of today's answered calls that waited at most so long; None where none is known."""
        waits = self.today.waits
        return round(100 * self.today.answered_within(seconds) / len(waits)) if waits else None

    @property
    def on_duty(self) -> tuple[Agent, ...]:
        return tuple(agent for agent in self.agents if agent.on_duty)

    @property
    def reachable(self) -> tuple[Agent, ...]:
        """Return those on duty whose phone rings, busy or not."""
        return tuple(agent for agent in self.agents if agent.rings)

    @property
    def free(self) -> tuple[Agent, ...]:
        return tuple(agent for agent in self.reachable if not agent.on_a_call and not agent.status.startswith("wrapup"))

    @property
    def longest(self) -> timedelta:
        return self.now - self.waiting[0] if self.waiting else timedelta(0)

    @property
    def troubles(self) -> tuple[tuple[BoardLevel, str], ...]:
        """Return what is wrong, the worst first."""
        found: list[tuple[BoardLevel, str]] = []
        if self.roster_at is not None and not self.reachable:
            found.append((BoardLevel.RED, say("nobody's phone rings") if self.on_duty else say("nobody is on duty")))
        if len(self.waiting) >= self.red_callers:
            said = say_count("{count} caller waits", "{count} callers wait", len(self.waiting))
            found.append((BoardLevel.RED, said))
        if self.longest >= RED_WAIT:
            found.append((BoardLevel.RED, say("somebody waits over {minutes} min", minutes=_minutes(RED_WAIT))))
        elif self.longest >= AMBER_WAIT:
            found.append((BoardLevel.AMBER, say("somebody waits over {minutes} min", minutes=_minutes(AMBER_WAIT))))
        if self.reachable and not self.free:
            found.append((BoardLevel.AMBER, say("nobody is free")))
        return tuple(sorted(found, key=lambda one: one[0] is not BoardLevel.RED))

    @property
    def level(self) -> BoardLevel:
        return self.troubles[0][0] if self.troubles else BoardLevel.GOOD

    @property
    def is_seen(self) -> SeenBy | None:
        """Return who has seen what is wrong, None when nobody has, or nothing is wrong."""
        fresh = self.seen is not None and self.now - self.seen.at < SEEN_FOR
        return self.seen if fresh and self.level is not BoardLevel.GOOD else None

    def next_change(self, midnight: datetime) -> datetime:
        """Return when it looks different though nothing happens: a caller has waited too long, somebody's having seen
        it is over, or the day is."""
        waits = [since + limit for since in self.waiting[:1] for limit in (AMBER_WAIT, RED_WAIT)]
        seen = [self.seen.at + SEEN_FOR] if self.is_seen is not None and self.seen is not None else []
        return min(moment for moment in (*waits, *seen, midnight) if moment > self.now)


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def board_call(view: CallView, heard_at: datetime, counted: CountedCall | None) -> BoardCall:
    """Return what a board needs of a call."""
    since = view.started or view.at
    return BoardCall(view.call_id, view.places, view.phase, since, heard_at, view.inbound, view.answered_by, counted)


def busy_agents(agents: Sequence[Agent], live: Sequence[BoardCall]) -> tuple[Agent, ...]:
    """Return the agents with who talks on a call that was heard: Dialpad's own word for it comes to admins only."""
    talks = [call for call in live if call.phase == "talking"]
    return tuple(
        replace(one, on_a_call=True)
        if any(one.name in call.takers and f"user:{one.id}" in call.places for call in talks)
        else one
        for one in agents
    )  # fmt: skip


def waiting_since(live: Sequence[BoardCall]) -> tuple[datetime, ...]:
    """Return since when each caller in the queue waits, the longest first."""
    return tuple(sorted(call.since for call in live if call.inbound and call.phase == "waiting"))
