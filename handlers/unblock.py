"""Handles ``unblock``: lets blocked numbers through again."""

from bot.arguments.recipients import Numbers
from bot.basics.language import say
from bot.cards.number_flags import blocked_among
from bot.cards.open_work import note_deed
from bot.contract.context import Ctx
from bot.contract.prose import listed, sentence
from bot.contract.reply import Answer, Button, Confirm, Fact, Reply
from bot.contract.routing import Router
from bot.dialpad.actions.blockednumbers import UnblockNumbers

router = Router()


@router.command(
    "unblock",
    usage="<number> [more numbers]",
    summary="Unblock numbers for the whole company",
    phrases={"unblock number": "", "unblock the number": ""},
    examples=("unblock +1 415 555 0159",),
    title="Unblock numbers",
    submit="Continue",
    action=UnblockNumbers,
)
async def unblock(ctx: Ctx, numbers: Numbers) -> Answer:
    """Show what would change. Unblocks nothing."""
    blocked = await blocked_among(ctx, [party.number for party in numbers])
    hit = [party for party in numbers if party.number in blocked]
    if not hit:
        theirs = listed([party.shown() for party in numbers])
        return Reply(
            sentence("{numbers} is not blocked.", numbers=theirs)
            if len(numbers) == 1
            else sentence("{numbers} are not blocked.", numbers=theirs)
        )
    raw = [party.number for party in hit]
    return Confirm(
        route="unblock.unblock_now",
        args={"numbers": raw},
        title=say("Unblock this number?") if len(hit) == 1 else say("Unblock these numbers?"),
        facts=(
            Fact(say("Number") if len(hit) == 1 else say("Numbers"), listed([party.shown() for party in hit])),
            Fact(say("What happens"), say("Calls and texts from there will come through again.")),
        ),
        yes=say("Unblock"),
        note=say("This applies to everyone at your company, not just you."),
        edit=Button("Edit", "unblock.unblock", {"numbers": raw}, form=True),
    )


@router.confirmed(action=UnblockNumbers)
async def unblock_now(ctx: Ctx, numbers: Numbers) -> Answer:
    """Unblock the numbers that the person confirmed."""
    raw = [party.number for party in numbers]
    await ctx.send(UnblockNumbers(numbers=raw))
    for number in raw:
        await note_deed(ctx, number, "unblocked")
    return Reply(
        sentence("Unblocked for the whole company: {numbers}.", numbers=listed([party.shown() for party in numbers])),
        buttons=(Button("Block again", "block.block", {"numbers": raw}),),
        tone="done",
    )
