"""What was set for a while and changes back by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from bot.basics.errors import OutcomeUnknown
from bot.basics.person import PersonKey
from bot.contract.context import Ctx
from bot.contract.reply import RawArgs


def waiting_key(person: PersonKey, what: str, which: str = "") -> str:
    """The key under which a change back waits; a new one with the same key takes the place of the old one."""
    return ":".join((what, person.team_id, person.user_id, which))


async def ends_at(ctx: Ctx, key: str) -> datetime | None:
    """When the change back under ``key`` is due, None when nothing waits."""
    return next((waiting.when for waiting in await ctx.deps.later.pending(ctx.person) if waiting.key == key), None)


@asynccontextmanager
async def for_a_while(ctx: Ctx, until: datetime | None, key: str, route: str, args: RawArgs) -> AsyncIterator[None]:
    """Around a change that ends by itself: the way back is on disk before the change is made, so that a crash between
    the two cannot leave somebody unreachable for good. A change that is refused leaves an earlier way back in place.

    Without ``until`` the change is to stay, and an earlier way back is dropped after it.
    """
    later = ctx.deps.later
    if until is None:
        yield
        await later.cancel(key)
        return
    earlier = next((waiting for waiting in await later.pending(ctx.person) if waiting.key == key), None)
    place = ctx.where.to_json()
    await later.at(until, key, route, args, ctx.person, place)
    try:
        yield
    except OutcomeUnknown:
        raise  # it may have happened, and the way back harms nobody
    except Exception:
        if earlier is None:
            await later.cancel(key)
        else:
            await later.at(earlier.when, key, earlier.route, earlier.args, ctx.person, place)
        raise
