"""A call center's roster: its operators, who is on duty, which of them can be reached, and what has changed since the
roster was last fetched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bot.basics.language import mark, say
from bot.basics.stored_json import IsoMoment, StoredJson


@dataclass(frozen=True)
class Agent:
    """One operator. ``status`` is Dialpad's word, such as ``occupied``; ``since`` when they went on or off duty.
    ``do_not_disturb``: for all their calls or for this call center's."""

    id: str
    name: str
    email: str
    on_duty: bool
    status: str = ""
    reason: str = ""
    since: IsoMoment | None = None
    other_emails: tuple[str, ...] = ()
    do_not_disturb: bool = False
    on_a_call: bool = False
    deactivated: bool = False

    @property
    def emails(self) -> tuple[str, ...]:
        """Return all their addresses at Dialpad; in Slack they may have any of them."""
        return tuple(dict.fromkeys(filter(None, (self.email, *self.other_emails))))

    @property
    def rings(self) -> bool:
        """Tell whether a call of this call center rings at their phone, once they are free."""
        return self.on_duty and not self.do_not_disturb and not self.deactivated


class Obstacle(StrEnum):
    """Why somebody of a roster cannot be asked now, in words; the most lasting reason is the one that is told. Values
    are texts in English: ``said`` is what people read."""

    DEACTIVATED = mark("deactivated in Dialpad")
    OFF_DUTY = mark("off duty")
    NOT_IN_SLACK = mark("not in Slack")
    DO_NOT_DISTURB = mark("do not disturb")
    ON_A_CALL = mark("on a call")

    @property
    def said(self) -> str:
        return say(self.value)


@dataclass(frozen=True)
class Reach:
    """Whether somebody of a roster can really be reached, and as whom in Slack."""

    agent: Agent
    slack_id: str = ""
    obstacle: Obstacle | None = None

    @property
    def can_be_asked(self) -> bool:
        """Tell whether they can take a call or a message now."""
        return self.obstacle is None

    @property
    def may_be_pinged(self) -> bool:
        """Tell whether a user group may name them: a call ends soon, and groups do not change with each."""
        return self.obstacle in {None, Obstacle.ON_A_CALL}

    @property
    def words(self) -> str:
        """Return ``Ana Ferreira (do not disturb)``; the name alone for somebody who can be asked."""
        return f"{self.agent.name} ({self.obstacle.said})" if self.obstacle else self.agent.name


def reach_of(agent: Agent, slack_id: str | None) -> Reach:
    """Tell whether an operator can be reached. ``slack_id``: who they are in Slack, None or "" for nobody."""
    obstacles = {
        Obstacle.DEACTIVATED: agent.deactivated,
        Obstacle.OFF_DUTY: not agent.on_duty,
        Obstacle.NOT_IN_SLACK: not slack_id,
        Obstacle.DO_NOT_DISTURB: agent.do_not_disturb,
        Obstacle.ON_A_CALL: agent.on_a_call,
    }
    return Reach(agent, slack_id or "", next((one for one in Obstacle if obstacles[one]), None))


def not_reached(reaches: Iterable[Reach]) -> str:
    """Name those on duty who cannot be asked now, each with the reason; "" for nobody."""
    kept = [one for one in reaches if one.agent.on_duty and not one.can_be_asked]
    return ", ".join(one.words for one in kept)


@dataclass(frozen=True)
class Roster:
    """A call center's operators, those on duty first, as Dialpad said at ``seen_at``."""

    call_center: str
    name: str
    seen_at: datetime
    agents: tuple[Agent, ...] = field(repr=False)

    @property
    def on_duty(self) -> tuple[Agent, ...]:
        return tuple(agent for agent in self.agents if agent.on_duty)


@dataclass(frozen=True)
class Handover:
    """Who came on duty and who left; somebody who is no longer an operator has left too."""

    came: tuple[Agent, ...] = ()
    left: tuple[Agent, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.came or self.left)


def compare(before: Roster | None, after: Roster) -> Handover:
    """Return who came on and off duty between two rosters. Nothing when there is no ``before``."""
    if before is None:
        return Handover()
    was, now = ({agent.id for agent in roster.on_duty} for roster in (before, after))
    return Handover(
        came=tuple(agent for agent in after.on_duty if agent.id not in was),
        left=tuple(agent for agent in before.on_duty if agent.id not in now),
    )


def is_the_same(before: Roster | None, after: Roster) -> bool:
    """Tell whether nobody came, left or can be reached otherwise than before. A roster that was never fetched is not
    known to have changed."""
    if before is None:
        return True
    was, now = ({(one.id, one.rings) for one in roster.on_duty} for roster in (before, after))
    return was == now


_LATER: Final = frozenset({"other_emails", "do_not_disturb", "on_a_call", "deactivated"})
"""Fields that version 0.1.0 does not know; they are written only when they say something."""
_ROSTER: Final = StoredJson(Roster, "call_center", "seen_at")


def to_json(roster: Roster) -> dict[str, Any]:
    """Return the roster as it is stored; the call center and the moment have columns of their own."""
    stored = _ROSTER.dump(roster)
    agents = ({name: said for name, said in one.items() if said or name not in _LATER} for one in stored["agents"])
    return stored | {"agents": list(agents)}


def from_json(call_center: str, seen_at: datetime, stored: Mapping[str, Any]) -> Roster:
    """Undo ``to_json``. Raises UnreadableJson."""
    return _ROSTER.load(stored, call_center=call_center, seen_at=seen_at)
