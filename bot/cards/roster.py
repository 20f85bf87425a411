"""A call center's roster as a list: those on duty first, since when, and why the others are not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.activity.roster import Agent, Obstacle, Roster
from bot.basics.language import mark, say
from bot.basics.times import lasting
from bot.cards.presence import reason_of
from bot.contract.prose import listed, plural, prose, sentence
from bot.contract.reply import Bold, Button, Listing, Mention, Prose, Row, When
from bot.dialpad.actions.callcenters import CallCenterStatus
from bot.dialpad.actions.people import User

ROWS: Final = 25
DOES_NOT_RING: Final = mark("do not disturb: phone does not ring")
_DEACTIVATED: Final = frozenset({"suspended", "cancelled", "deleted"})
_ON_A_CALL: Final = frozenset({"busy", "occupied"})

LEFT_OUT: Final = "left out:"
"""Begins the code for people whom Slack takes into no user group: ``left out:S0ONCALL1:U1,U2``."""
_TROUBLE: Final = {
    "permission_denied": mark("Slack lets only admins change user groups here. An admin can allow it"),
    "paid_teams_only": mark("user groups need a paid Slack plan"),
    "no_such_subteam": mark("the user group is gone. Choose another in the settings"),
    "subteam_not_found": mark("the user group is gone. Choose another in the settings"),
    "missing_scope": mark("this app was installed without the permission for it. Whoever runs it can add it"),
    "not_in_channel": mark("I am not in the channel. Invite me with /invite"),
    "channel_not_found": mark("I am not in the channel. Invite me with /invite"),
    "is_archived": mark("the channel is archived"),
    "restricted_action": mark("this workspace does not allow me to"),
    "user_is_restricted": mark("this workspace does not allow me to"),
    "NotConnected": mark(
        "whoever set this up is not connected to Dialpad, and nobody who is may see it. Connect again, or have "
        "somebody else set it up"
    ),
    "NotAllowed": mark("whoever set this up cannot see the roster in Dialpad. Somebody who can may set it up again"),
    "NotFound": mark("Dialpad no longer shows that call center. Choose another in the settings"),
}
_WORDS: Final = {
    "available": mark("free"),
    "busy": mark("on another call"),
    "occupied": mark("on a call"),
    "occupied-end": mark("on a call"),
    "wrapup": mark("wrapping up"),
    "wrapup-end": mark("wrapping up"),
}


def roster_trouble(code: str) -> Prose:
    """Say why a roster cannot be read or shown, from the code that is stored for it."""
    if code.startswith(LEFT_OUT):
        people = [(Mention(one),) for one in code.rpartition(":")[2].split(",")]
        return sentence("Slack takes {people} into no user group. The others are in it", people=listed(people))
    known = _TROUBLE.get(code)
    return say(known) if known else say("Slack says “{code}”", code=code)


def read_roster(call_center: str, name: str, users: Sequence[User], seen_at: datetime) -> Roster:
    """Convert the operators that Dialpad lists for a call center to a roster."""
    agents = [read_agent(call_center, user) for user in users]
    agents.sort(key=lambda agent: (not agent.on_duty, not agent.rings, agent.name.casefold(), agent.id))
    return Roster(call_center, name, seen_at, tuple(agents))


def read_agent(call_center: str, user: User) -> Agent:
    """Convert a person to an operator of a call center. An account that is no longer active is off duty."""
    deactivated = user.state in _DEACTIVATED
    on_duty = bool(user.is_on_duty) and not deactivated
    status = (user.on_duty_status or "").casefold() if on_duty else ""
    return Agent(
        id=user.id or "",
        name=user.name,
        email=next(iter(user.emails), ""),
        other_emails=user.emails[1:],
        on_duty=on_duty,
        status=status,
        reason="" if on_duty else user.duty_status_reason or "",
        since=user.on_duty_started if on_duty else user.duty_status_started,
        do_not_disturb=has_do_not_disturb(user, call_center),
        on_a_call=status in _ON_A_CALL or user.is_available is False,
        deactivated=deactivated,
    )


def has_do_not_disturb(user: User, *call_centers: str) -> bool:
    """Tell whether somebody has do not disturb on, for all their calls or for all of these call centers'."""
    if user.do_not_disturb:
        return True
    quiet = {place.group_id for place in user.group_details if place.do_not_disturb and place.group_id}
    return bool(call_centers) and quiet.issuperset(call_centers)


def roster_card(
    roster: Roster, status: CallCenterStatus | None, *, buttons: tuple[Button, ...], stale: bool
) -> Listing:
    """Return a roster as a list. ``stale``: Dialpad does not answer, so this is the last known roster."""
    hidden = len(roster.agents) - ROWS
    notes: list[Prose] = []
    if stale:
        notes.append(
            sentence("Dialpad is not responding. This is how it was {when}. ", when=When(roster.seen_at, "date"))
        )
    if hidden > 0:
        notes.append(say("{hidden} more are not shown.", hidden=hidden))
    return Listing(
        sentence(
            "{line}: {count} on duty{quiet}{queue}",
            line=Bold(roster.name),
            count=len(roster.on_duty) or say("nobody"),
            quiet=_quiet(roster),
            queue=_queue(status),
        ),
        tuple(agent_row(agent) for agent in roster.agents[:ROWS]),
        empty=say("Nobody answers calls for this call center."),
        note=prose(*notes),
        buttons=buttons,
    )


def _quiet(roster: Roster) -> str:
    """Say how many of those on duty no call reaches."""
    quiet = sum(not agent.rings for agent in roster.on_duty)
    if not quiet:
        return ""
    none = quiet == len(roster.on_duty)
    return say(", no phone rings") if none else f", {plural(quiet, 'phone does not ring', 'phones do not ring')}"


def _queue(status: CallCenterStatus | None) -> str:
    if status is None or not status.pending:
        return ""
    longest = lasting((status.longest_call_wait_time or 0) * 1000)
    return say(", {callers} waiting", callers=plural(status.pending, "caller")) + (
        say(" (longest {longest})", longest=longest) if longest else ""
    )


def agent_row(agent: Agent) -> Row:
    """Return one operator: whether they are on duty, what they are at, and since when."""
    name: Prose = (Bold(agent.name),) if agent.on_duty else agent.name
    if agent.on_duty:
        known = _WORDS.get(agent.status, mark("on a call") if agent.on_a_call else "")
        word = say(known) if known else ""
        if agent.do_not_disturb:
            word = f"{say(DOES_NOT_RING)}{f' ({word})' if agent.on_a_call else ''}"
        state = sentence("{name} is on duty{doing}", name=name, doing=f", {word}" if word else "")
    else:
        why = Obstacle.DEACTIVATED.said if agent.deactivated else reason_of(agent.reason)
        state = sentence("{name} is off duty{why}", name=name, why=f": {why}" if why else "")
    return Row(state, note=sentence("since {when}", when=When(agent.since, "date")) if agent.since else "")
