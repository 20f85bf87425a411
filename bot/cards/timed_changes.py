"""Changes that were made for a limited time and are undone by themselves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from bot.basics.errors import OutcomeUnknown
from bot.basics.person import PersonKey
from bot.contract.context import Ctx
from bot.contract.reply import Button, RawArgs

SET_NOW: Final = Button("What is set now", "whoami.whoami")


def waiting_key(person: PersonKey, what: str, which: str = "") -> str:
    """Return the key under which a change back is stored; a new one with the same key replaces the old one."""
    return ":".join((what, person.team_id, person.user_id, which))


async def ends_at(ctx: Ctx, key: str) -> datetime | None:
    """Return when the change back under ``key`` is due, None when there is none."""
    return next((waiting.when for waiting in await ctx.deps.later.pending(ctx.person) if waiting.key == key), None)


@asynccontextmanager
async def for_a_while(ctx: Ctx, until: datetime | None, key: str, route: str, args: RawArgs) -> AsyncIterator[None]:
    """Wrap a change that ends by itself: the change back is stored before the change is made, so that a crash between
    the two cannot leave somebody unreachable for good. A change that is refused leaves an earlier change back in place.

    Without ``until`` the change is to stay, and an earlier change back is dropped after it.
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
        raise  # it may have happened, and the change back does no harm
    except Exception:
        if earlier is None:
            await later.cancel(key)
        else:
            await later.at(earlier.when, key, earlier.route, earlier.args, ctx.person, place)
        raise
