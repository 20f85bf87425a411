"""``oncall``: who is on duty for a call center, since when, and why the others are not."""

import asyncio
from typing import Annotated

from bot.answers.roster_card import read_roster, roster_card
from bot.arguments.group import Group, GroupChoice
from bot.context import Ctx
from bot.dialpad.action import Entity
from bot.dialpad.actions.callcenters import CallCenterStatus, GetCallCenterStatus, ListCallCenterOperators
from bot.dialpad.actions.users import GetUser
from bot.errors import DialpadError, Unavailable
from bot.reply import Answer, Button, Listing, Reply, Row
from bot.routing import Router
from bot.watching.roster import Roster

router = Router()


@router.command(
    "oncall",
    usage="[call center]",
    summary="Who is on duty now",
    aliases=("on-call",),
    examples=("oncall", "oncall Support"),
    title="Who is on duty?",
    submit="Look",
    action=ListCallCenterOperators,
    short=True,
)
async def oncall(
    ctx: Ctx,
    group: Annotated[
        Group | None,
        GroupChoice(
            "Call center",
            kinds=("callcenter",),
            placeholder="Your own",
            hint="Leave it empty for your own call center.",
        ),
    ] = None,
) -> Answer:
    """One call center. With none named: the only one the person is in, or a choice."""
    if group:
        return await _present(ctx, group)
    choices = await _choices(ctx)
    if len(choices) == 1:
        return await _present(ctx, choices[0])
    if not choices:
        return Reply("Your company has no call center that you can see.")
    return Listing(
        "Which call center?",
        tuple(Row(choice.name, button=Button("Show", "oncall.oncall", {"group": choice.raw})) for choice in choices),
    )


async def _choices(ctx: Ctx) -> list[Group]:
    """The person's own call centers, else some of the company's; those known from before while Dialpad is down."""
    try:
        places = (await ctx.send(GetUser())).group_details
        ids = [place.group_id for place in places if place.group_type == "callcenter" and place.group_id]
        if not ids:
            found = await ctx.deps.directory.search(ctx.account, Entity.CALL_CENTER, "", 10)
            return [Group("callcenter", entry.id, entry.name) for entry in found]
    except Unavailable:
        if not (known := await _known(ctx)):
            raise
        return [Group("callcenter", roster.call_center, roster.name) for roster in known]
    names = await asyncio.gather(*(ctx.deps.directory.name_of(ctx.account, Entity.CALL_CENTER, i) for i in ids))
    return [Group("callcenter", i, name or "Call center") for i, name in zip(ids, names, strict=True)]


async def _known(ctx: Ctx) -> list[Roster]:
    """The last known rosters of the person's company."""
    return list(await ctx.deps.board.rosters(ctx.person, await ctx.account.company())) if ctx.deps.board else []


async def _present(ctx: Ctx, group: Group) -> Listing:
    buttons = (Button("Refresh", "oncall.oncall", {"group": group.raw}), Button("My duty", "duty.duty"))
    try:
        roster, status = await asyncio.gather(_ask(ctx, group), _status(ctx, group))
    except Unavailable:
        last = next((one for one in await _known(ctx) if one.call_center == group.id), None)
        if last is None:
            raise
        return roster_card(last, None, buttons=buttons[:1], stale=True)
    return roster_card(roster, status, buttons=buttons, stale=False)


async def _ask(ctx: Ctx, group: Group) -> Roster:
    operators = await ctx.send(ListCallCenterOperators(id=group.id))
    roster = read_roster(group.id, group.name, operators.users, ctx.now)
    if ctx.deps.board is not None:
        await ctx.deps.board.note_roster(ctx.person, await ctx.account.company(), roster)
    return roster


async def _status(ctx: Ctx, group: Group) -> CallCenterStatus | None:
    """The queue is an extra: without it the roster is still worth showing."""
    try:
        return await ctx.send(GetCallCenterStatus(id=group.id))
    except DialpadError:
        return None
