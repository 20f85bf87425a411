"""A call center's roster: its operators, who is on duty, and what has changed since the roster was last fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.basics.stored_json import IsoMoment, StoredJson


@dataclass(frozen=True)
class Agent:
    """One operator. ``status`` is Dialpad's word, such as ``occupied``; ``since`` when they went on or off duty."""

    id: str
    name: str
    email: str
    on_duty: bool
    status: str = ""
    reason: str = ""
    since: IsoMoment | None = None


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


_ROSTER: Final = StoredJson(Roster, "call_center", "seen_at")


def to_json(roster: Roster) -> dict[str, Any]:
    """Return the roster as it is stored; the call center and the moment have columns of their own."""
    return _ROSTER.dump(roster)


def from_json(call_center: str, seen_at: datetime, stored: Mapping[str, Any]) -> Roster:
    """Undo ``to_json``. Raises UnreadableJson."""
    return _ROSTER.load(stored, call_center=call_center, seen_at=seen_at)
