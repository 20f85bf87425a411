"""Handles ``blocked``: lists the numbers the company has blocked, or tells whether one is."""

import re
from typing import Annotated, Final

from bot.arguments.caller import CallerChoice
from bot.arguments.party import Party
from bot.arguments.phonebook import parties_of
from bot.basics.language import say
from bot.cards.number_flags import is_blocked
from bot.contract.argument import Carried
from bot.contract.context import Ctx
from bot.contract.prose import plural, sentence
from bot.contract.reply import Answer, Button, Listing, Reply, Row
from bot.contract.routing import Router
from bot.dialpad.actions.blockednumbers import ListBlockedNumbers

router = Router()

ROWS: Final = 10


@router.command(
    "blocked",
    usage="[number]",
    summary="List the blocked numbers, or check one",
    phrases=dict.fromkeys(
        (
            "blocked numbers",
            "blocklist",
            "block list",
            "who is blocked",
            "list blocked",
            "show blocked",
            "show blocked numbers",
            "is blocked",
        ),
        "",
    ),
    patterns=tuple(
        (re.compile(said, re.IGNORECASE), "{who}")
        for said in (r"is (?P<who>.+?) (?:still )?blocked", r"(?:have we|did we|did i) block(?:ed)? (?P<who>.+)")
    ),
    examples=("blocked", "blocked +1 415 555 0159"),
    title="Blocked numbers",
    submit="Look",
)
async def blocked(
    ctx: Ctx,
    number: Annotated[
        Party | None,
        CallerChoice("Number", placeholder="A number or contact", hint="Leave it empty to see the whole list."),
    ] = None,
) -> Answer:
    """List the blocked numbers, or tell whether one number is blocked."""
    if number is None:
        return await _page(ctx, 0)
    if await is_blocked(ctx, number.number):
        return Reply(
            sentence("{number} is blocked: nobody gets calls or texts from there.", number=number.shown()),
            buttons=(Button("Unblock", "unblock.unblock", {"numbers": [number.number]}),),
        )
    can_block = () if number.is_ours else (Button("Block", "block.block", {"numbers": [number.number]}),)
    return Reply(sentence("{numbers} is not blocked.", numbers=number.shown()), buttons=can_block)


@router.button()
async def more(ctx: Ctx, start: Annotated[str, Carried("Start", longest=6)] = "0") -> Answer:
    """Show the next page of blocked numbers."""
    return await _page(ctx, int(start) if start.isascii() and start.isdigit() else 0)


async def _page(ctx: Ctx, start: int) -> Listing:
    numbers: list[str] = []
    async for page in ctx.pages(ListBlockedNumbers()):
        numbers += [entry.number for entry in page.items if entry.number]
        if len(numbers) > start + ROWS:
            break
    shown = numbers[start : start + ROWS]
    rows = [
        Row(
            party.shown(),
            button=Button("Unblock", "unblock.unblock", {"numbers": [party.number]}),
        )
        for party in await parties_of(ctx, shown)
    ]
    left = len(numbers) > start + ROWS
    title = say("Blocked numbers") if left or start else plural(len(numbers), "blocked number")
    return Listing(
        title,
        tuple(rows),
        empty=say("No numbers are blocked."),
        buttons=(
            *((Button("Back", "blocked.more", {"start": str(max(0, start - ROWS))}),) if start else ()),
            *((Button("More", "blocked.more", {"start": str(start + ROWS)}),) if left else ()),
            Button("Block a number…", "block.block", form=True),
        ),
    )
