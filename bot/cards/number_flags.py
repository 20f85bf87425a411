"""What is known of a number besides its owner: blocked, opted out of texts."""

import asyncio
from collections.abc import Sequence
from itertools import count

from bot.basics.errors import NotAllowed, NotFound
from bot.contract.context import Ctx
from bot.dialpad.actions.blockednumbers import GetBlockedNumber
from bot.dialpad.actions.company import ListOptOuts

MOST_PAGES = 5
"""The most pages of opt-outs that are read before a text: enough for 500 numbers, and bounded."""


async def is_blocked(ctx: Ctx, number: str) -> bool:
    """Tell whether the company has blocked the number. Raises DialpadError."""
    try:
        await ctx.send(GetBlockedNumber(number=number))
    except NotFound:
        return False
    return True


async def blocked_among(ctx: Ctx, numbers: Sequence[str]) -> frozenset[str]:
    """Return the numbers that the company has blocked; none for a person whom Dialpad does not let see it."""

    async def check(number: str) -> bool:
        try:
            return await is_blocked(ctx, number)
        except NotAllowed:
            return False

    answers = await asyncio.gather(*(check(number) for number in numbers))
    return frozenset(number for number, blocked in zip(numbers, answers, strict=True) if blocked)


async def opted_out_among(ctx: Ctx, numbers: Sequence[str]) -> frozenset[str]:
    """Return the numbers known to have opted out of texts: those that said so to a line the bot listens to, and those
    on Dialpad's list, which it shows to company admins only."""
    heard, listed = await asyncio.gather(_heard_of(ctx, numbers), _on_the_list(ctx, numbers))
    return heard | listed


async def _heard_of(ctx: Ctx, numbers: Sequence[str]) -> frozenset[str]:
    board = ctx.deps.notifications
    known = {} if board is None else await board.opt_outs(ctx.person, numbers)
    return frozenset(number for number, opted_out in known.items() if opted_out)


async def _on_the_list(ctx: Ctx, numbers: Sequence[str]) -> frozenset[str]:
    company = (await ctx.account.link()).company_id
    if company is None:
        return frozenset()
    found: set[str] = set()
    pages = count(1)
    try:
        async for page in ctx.pages(ListOptOuts(id=company, opt_out_state="opted_out")):
            found.update({entry.external_endpoint or "" for entry in page.items} & set(numbers))
            if next(pages) >= MOST_PAGES:
                break
    except NotAllowed:
        return frozenset()
    return frozenset(found)
