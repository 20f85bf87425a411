"""A call center's roster as a list: those on duty first, since when, and why the others are not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.activity.roster import Agent, Roster
from bot.basics.times import lasting
from bot.cards.presence import reason_of
from bot.contract.prose import plural, prose
from bot.contract.reply import Bold, Button, Listing, Prose, Row, When
from bot.dialpad.actions.callcenters import CallCenterStatus
from bot.dialpad.actions.people import User

ROWS: Final = 25

_WORDS: Final = {
    "available": "free",
    "busy": "on another call",
    "occupied": "on a call",
    "occupied-end": "on a call",
    "wrapup": "wrapping up",
    "wrapup-end": "wrapping up",
}


def read_roster(call_center: str, name: str, users: Sequence[User], seen_at: datetime) -> Roster:
    """Convert the operators that Dialpad lists for a call center to a roster."""
    agents = sorted(map(_agent, users), key=lambda agent: (not agent.on_duty, agent.name.casefold(), agent.id))
    return Roster(call_center, name, seen_at, tuple(agents))


def _agent(user: User) -> Agent:
    on_duty = bool(user.is_on_duty)
    return Agent(
        id=user.id or "",
        name=user.name,
        email=next(iter(user.emails), ""),
        on_duty=on_duty,
        status=(user.on_duty_status or "").casefold() if on_duty else "",
        reason="" if on_duty else user.duty_status_reason or "",
        since=user.on_duty_started if on_duty else user.duty_status_started,
    )


def roster_card(
    roster: Roster, status: CallCenterStatus | None, *, buttons: tuple[Button, ...], stale: bool
) -> Listing:
    """Return a roster as a list. ``stale``: Dialpad does not answer, so this is the last known roster."""
    hidden = len(roster.agents) - ROWS
    notes: list[Prose] = []
    if stale:
        notes.append(prose("Dialpad is not responding. This is how it was ", When(roster.seen_at, "date"), ". "))
    if hidden > 0:
        notes.append(f"{hidden} more are not shown.")
    return Listing(
        prose(Bold(roster.name), f": {len(roster.on_duty) or 'nobody'} on duty", _queue(status)),
        tuple(_row(agent) for agent in roster.agents[:ROWS]),
        empty="Nobody answers calls for this call center.",
        note=prose(*notes),
        buttons=buttons,
    )


def _queue(status: CallCenterStatus | None) -> str:
    if status is None or not status.pending:
        return ""
    longest = lasting((status.longest_call_wait_time or 0) * 1000)
    return f", {plural(status.pending, 'caller')} waiting" + (f" (longest {longest})" if longest else "")


def _row(agent: Agent) -> Row:
    name: Prose = (Bold(agent.name),) if agent.on_duty else agent.name
    if agent.on_duty:
        word = _WORDS.get(agent.status, "")
        state = prose(" is on duty", f", {word}" if word else "")
    else:
        state = prose(" is off duty", f": {why}" if (why := reason_of(agent.reason)) else "")
    return Row(prose(name, state), note=prose("since ", When(agent.since, "date")) if agent.since else "")
