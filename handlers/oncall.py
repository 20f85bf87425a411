"""``oncall``: who is on duty for a call center, since when, and why the others are not."""

import asyncio
from typing import Annotated, Final

from bot.answers.prose import lasting, plural, prose
from bot.answers.standing import reason_of
from bot.arguments.group import Group, GroupChoice
from bot.context import Ctx
from bot.dialpad.action import Entity
from bot.dialpad.actions.callcenters import CallCenterStatus, GetCallCenterStatus, ListCallCenterOperators
from bot.dialpad.actions.people import User
from bot.dialpad.actions.users import GetUser
from bot.errors import DialpadError
from bot.reply import Answer, Bold, Button, Listing, Prose, Reply, Row, When
from bot.routing import Router

router = Router()

ROWS: Final = 25

_WORDS: Final = {
    "available": "free",
    "busy": "on another call",
    "occupied": "on a call",
    "occupied-end": "on a call",
    "wrapup": "wrapping up",
    "wrapup-end": "wrapping up",
}


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
        return await _roster(ctx, group)
    mine = await _my_call_centers(ctx)
    if len(mine) == 1:
        return await _roster(ctx, mine[0])
    choices = mine or [
        Group("callcenter", entry.id, entry.name)
        for entry in await ctx.deps.directory.search(ctx.account, Entity.CALL_CENTER, "", 10)
    ]
    if not choices:
        return Reply("Your company has no call center that you can see.")
    return Listing(
        "Which call center?",
        tuple(Row(choice.name, button=Button("Show", "oncall.oncall", {"group": choice.raw})) for choice in choices),
    )


async def _my_call_centers(ctx: Ctx) -> list[Group]:
    places = (await ctx.send(GetUser())).group_details
    ids = [place.group_id for place in places if place.group_type == "callcenter" and place.group_id]
    names = await asyncio.gather(*(ctx.deps.directory.name_of(ctx.account, Entity.CALL_CENTER, i) for i in ids))
    return [Group("callcenter", i, name or "Call center") for i, name in zip(ids, names, strict=True)]


async def _roster(ctx: Ctx, group: Group) -> Listing:
    operators, status = await asyncio.gather(ctx.send(ListCallCenterOperators(id=group.id)), _status(ctx, group))
    people = sorted(operators.users, key=lambda user: (not user.is_on_duty, user.name))
    on_duty = sum(bool(user.is_on_duty) for user in people)
    return Listing(
        prose(Bold(group.name), f": {on_duty or 'nobody'} on duty", _queue(status)),
        tuple(_row(user) for user in people[:ROWS]),
        empty="Nobody answers for this call center.",
        note=f"{len(people) - ROWS} more are not shown." if len(people) > ROWS else "",
        buttons=(Button("Refresh", "oncall.oncall", {"group": group.raw}), Button("My duty", "duty.duty")),
    )


async def _status(ctx: Ctx, group: Group) -> CallCenterStatus | None:
    """The queue is an extra: without it the roster is still worth showing."""
    try:
        return await ctx.send(GetCallCenterStatus(id=group.id))
    except DialpadError:
        return None


def _queue(status: CallCenterStatus | None) -> str:
    if status is None or not status.pending:
        return ""
    longest = lasting((status.longest_call_wait_time or 0) * 1000)
    return f", {plural(status.pending, 'caller')} waiting" + (f" (longest {longest})" if longest else "")


def _row(user: User) -> Row:
    name: Prose = (Bold(user.name),) if user.is_on_duty else user.name
    if user.is_on_duty:
        word = _WORDS.get((user.on_duty_status or "").casefold(), "")
        state = prose(" is on duty", f", {word}" if word else "")
        since = user.on_duty_started
    else:
        state = prose(" is off duty", f": {why}" if (why := reason_of(user.duty_status_reason)) else "")
        since = user.duty_status_started
    return Row(prose(name, state), note=prose("since ", When(since, "date")) if since else "")
