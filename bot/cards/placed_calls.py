"""Calls started from Slack: the only call ids that Dialpad tells a person who is no company admin.

Only ids and times are stored, never a number.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.activity.calls import CallView
from bot.activity.past_calls import past_call
from bot.basics.errors import NotAllowed, NotFound
from bot.contract.context import Ctx
from bot.dialpad.actions.call import GetCall

KEPT: Final = 5
LOOKED_UP: Final = 3
"""Dialpad answers for single calls only 10 times a minute, for the whole company."""
FORGOTTEN_AFTER: Final = timedelta(hours=12)

_NAME: Final = "placed_calls"


async def remember_call(ctx: Ctx, call_id: str) -> None:
    """Store the id of a call that was just started."""
    kept = [{"id": call_id, "at": ctx.now.isoformat()}, *_recent(ctx, await _kept(ctx))]
    await ctx.deps.preferences.set(ctx.person, {_NAME: kept[:KEPT]})


async def forget_call(ctx: Ctx, call_id: str) -> None:
    """Remove the id of a call that is over."""
    kept = await _kept(ctx)
    await ctx.deps.preferences.set(ctx.person, {_NAME: [one for one in kept if one.get("id") != call_id]})


async def placed_ids(ctx: Ctx) -> list[str]:
    """Return the ids of the newest calls started from Slack, the newest first."""
    return [str(one["id"]) for one in _recent(ctx, await _kept(ctx))]


async def placed_calls(ctx: Ctx) -> list[CallView]:
    """Return the newest calls started from Slack as Dialpad knows them now, live ones too. Raises DialpadError."""
    ids = await placed_ids(ctx)
    found = await asyncio.gather(*(_look_up(ctx, call_id) for call_id in ids[:LOOKED_UP]))
    return [talk for talk in found if talk]


async def _look_up(ctx: Ctx, call_id: str) -> CallView | None:
    try:
        return past_call(await ctx.send(GetCall(id=call_id))).view
    except (NotFound, NotAllowed):
        return None


async def _kept(ctx: Ctx) -> Sequence[Mapping[str, Any]]:
    kept = (await ctx.deps.preferences.get(ctx.person)).get(_NAME)
    return [one for one in kept if isinstance(one, Mapping) and one.get("id")] if isinstance(kept, list) else []


def _recent(ctx: Ctx, kept: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for one in kept if _age(ctx.now, str(one.get("at"))) < FORGOTTEN_AFTER]


def _age(now: datetime, at: str) -> timedelta:
    try:
        return now - datetime.fromisoformat(at)
    except (ValueError, TypeError):
        return FORGOTTEN_AFTER
