"""The line that a channel is about, which is meant where a command names none."""

from collections.abc import Sequence
from typing import Final

from bot.activity.news import NewsKind
from bot.arguments.group import ENTITIES, Group
from bot.contract.context import Ctx
from bot.dialpad.actions.fields import GroupType

_ALL: Final[tuple[GroupType, ...]] = ("callcenter", "department", "office")


async def line_of_channel(ctx: Ctx, kinds: Sequence[GroupType] = _ALL) -> Group | None:
    """Return the one line of these kinds whose roster this channel shows, or whose calls; None when there is no such
    one."""
    board, channel = ctx.deps.notifications, ctx.where.channel
    if board is None or not channel or ctx.where.is_direct:
        return None
    here = await board.subscriptions_here(ctx.person, channel)
    for shown in ([one for one in here if NewsKind.HANDOVER in one.kinds], here):
        lines = {place for one in shown for place in one.places if not place.startswith("user:")}
        if len(lines) != 1:
            continue
        kind, _, entry_id = next(iter(lines)).partition(":")
        known = next((one for one in kinds if one == kind), None)
        name = await ctx.deps.directory.name_of(ctx.account, ENTITIES[known], entry_id) if known else None
        return Group(known, entry_id, name) if known and name else None
    return None
