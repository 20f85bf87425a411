"""Handles what opens from Home: the people of a call center, all call centers, all notifications."""

from typing import Annotated, Final

from bot.activity.roster import Agent, Roster
from bot.arguments.colleague import Colleague, ColleagueChoice
from bot.arguments.group import Group, GroupChoice
from bot.basics.errors import Unavailable, UserError
from bot.basics.language import say
from bot.cards.home import line_buttons, notification_row
from bot.cards.led_lines import MOST_FOUND, led_lines
from bot.cards.rights import read_rights, rights_of
from bot.cards.roster import agent_row, read_roster
from bot.catalogue.answers import route_of
from bot.contract.argument import Carried
from bot.contract.context import Ctx
from bot.contract.prose import sentence
from bot.contract.reply import Answer, Bold, Button, Card, Listing, Raw, RawArgs, Row, When
from bot.contract.routing import Router
from bot.dialpad.actions.callcenters import (
    AddCallCenterOperator,
    ListCallCenterOperators,
    RemoveCallCenterOperator,
    SetSkill,
)
from bot.dialpad.actions.coachingteams import AddCoachingTeamMember
from bot.dialpad.actions.users import GetUser

router = Router()

MOST_PEOPLE: Final = 20
"""People that are shown at once: with their buttons they fill a screen or two."""
MOST_LINES: Final = 40
MOST_NOTIFICATIONS: Final = 15

Start = Annotated[str, Carried("From", longest=6)]
CallCenterChoice = Annotated[Group, GroupChoice("Call center", kinds=("callcenter",))]


@router.button(title="Call centers")
async def lines(ctx: Ctx, start: Start = "0") -> Answer:
    """List all call centers that this person may change."""
    every = list((await led_lines(ctx, await ctx.send(GetUser()), 0)).every.items())
    first = _first(start, len(every))
    rows = tuple(
        Row(
            (Bold(name),),
            button=Button("People…", "supervise.people", {"group": place}, spoken=say("People: {name}", name=name)),
        )
        for place, name in every[first : first + MOST_LINES]
    )
    cut = say("These are the first {most}. Type oncall and a name for any other.", most=MOST_FOUND)
    return Listing(
        say("Call centers"),
        rows,
        empty=say("There is no call center that you may change."),
        note=cut if len(every) >= MOST_FOUND else "",
        buttons=_more("supervise.lines", first + MOST_LINES, len(every)),
    )


@router.button(title="Notifications")
async def notifications(ctx: Ctx, start: Start = "0") -> Answer:
    """List the notifications that concern this person: their own, and those about their lines."""
    rights, me = await rights_of(ctx), ctx.person.user_id
    cockpit = ctx.deps.cockpit
    found = await cockpit.concerning(ctx.person, rights.places, every=rights.is_admin) if cockpit is not None else ()
    first = _first(start, len(found))
    rows = [notification_row(one, me, is_admin=rights.is_admin) for one in found[first : first + MOST_NOTIFICATIONS]]
    return Listing(
        say("Notifications: {count:,}", count=len(found)),
        tuple(rows),
        empty=say("Nothing is posted to you or about your lines."),
        buttons=_more("supervise.notifications", first + MOST_NOTIFICATIONS, len(found)),
    )


def _first(start: str, count: int) -> int:
    """Read where a page begins; the list may have become shorter."""
    first = int(start) if start.isascii() and start.isdigit() else 0
    return first if first < count else 0


def _more(route: str, start: int, count: int, args: RawArgs | None = None) -> tuple[Button, ...]:
    """Return the button for the next page, none after the last."""
    left = count - start
    return (
        (Button(say("… and {left:,} more", left=left), route, {**(args or {}), "start": str(start)}),)
        if left > 0
        else ()
    )


@router.button(title="People")
async def people(ctx: Ctx, group: CallCenterChoice, start: Start = "0") -> Answer:
    """List who answers a call center's calls, each with what a supervisor can change."""
    await _check_leads(ctx, group)
    roster, is_fresh = await _roster(ctx, group)
    first = _first(start, len(roster.agents))
    shown = roster.agents[first : first + MOST_PEOPLE]
    more = _more("supervise.people", first + MOST_PEOPLE, len(roster.agents), {"group": group.raw})
    note = (
        ()
        if is_fresh
        else sentence("Dialpad is not responding. This is how it was {when}", when=When(roster.seen_at, "date"))
    )
    return Listing(
        sentence("{group}: {count} on duty", group=Bold(group.name), count=len(roster.on_duty))
        if roster.on_duty
        else sentence("{group}: nobody on duty", group=Bold(group.name)),
        tuple(_row(agent, group) for agent in shown),
        empty=say("Nobody answers calls for this call center."),
        note=note,
        buttons=(
            *more,
            *line_buttons(group.id, group.name),
            Button("Refresh", "supervise.people", {"group": group.raw, "start": str(first)}),
        ),
    )


@router.button(title="One of the people")
async def agent(ctx: Ctx, group: CallCenterChoice, colleague: Annotated[Colleague, ColleagueChoice("Who")]) -> Answer:
    """Show one person of a call center with what is changed rarely: skill, role, who may listen in."""
    await _check_leads(ctx, group)
    roster, _ = await _roster(ctx, group)
    found = next((one for one in roster.agents if one.id == colleague.id), None)
    if found is None:
        raise UserError(
            say("{name} does not answer calls for {group} any more.", name=colleague.name, group=group.name)
        )
    who: dict[str, Raw] = {"user_id": found.id}
    here: dict[str, Raw] = {"id": group.id} | who
    return Card(
        sentence("{name} in {group}", name=found.name, group=group.name),
        text=agent_row(found).text,
        note=say("Supervisors of a call center and coaches may listen in on calls, as Dialpad lets them."),
        buttons=(
            *_duty(found),
            Button("Skill…", route_of(SetSkill), {"call_center_id": group.id} | who, form=True),
            Button("Make supervisor…", route_of(AddCallCenterOperator), here | {"role": "supervisor"}, form=True),
            Button("Let a coach listen in…", route_of(AddCoachingTeamMember), {"member_id": found.id}, form=True),
            Button("Take out…", route_of(RemoveCallCenterOperator), here, form=True, style="danger"),
        ),
    )


async def _check_leads(ctx: Ctx, group: Group) -> None:
    """Check that this person may change the line. Raises UserError."""
    if not read_rights(await ctx.send(GetUser())).lead({group.raw}):
        raise UserError(
            say(
                "Only supervisors of {group} and company admins change who answers it. Ask one of them.",
                group=group.name,
            )
        )


async def _roster(ctx: Ctx, group: Group) -> tuple[Roster, bool]:
    """Return who answers a line's calls, and whether Dialpad has just said so; what is known while it is down."""
    board = ctx.deps.notifications
    try:
        found = await ctx.send(ListCallCenterOperators(id=group.id))
    except Unavailable:
        known = await board.rosters(await ctx.account.company()) if board is not None else []
        last = next((one for one in known if one.call_center == group.id), None)
        if last is None:
            raise
        return last, False
    roster = read_roster(group.id, group.name, found.users, ctx.now)
    if board is not None:
        await board.note_roster(await ctx.account.company(), roster)
    return roster, True


def _row(one: Agent, group: Group) -> Row:
    args: dict[str, Raw] = {"group": group.raw, "colleague": one.id}
    more = Button("More…", "supervise.agent", args, spoken=say("More: {name}", name=one.name))
    said = agent_row(one)
    return Row(said.text, said.note, more=(*_duty(one), more))


def _duty(one: Agent) -> tuple[Button, ...]:
    if one.deactivated:
        return ()
    label, state = (say("Take off duty"), "off") if one.on_duty else (say("Put on duty"), "on")
    return (Button(label, "duty.duty", {"state": state, "colleague": one.id}, spoken=f"{label}: {one.name}"),)
