"""Handles ``block``: stops numbers from calling or texting anybody in the company."""

from bot.arguments.party import Party
from bot.arguments.recipients import Numbers
from bot.basics.errors import FieldError
from bot.basics.language import say
from bot.cards.number_flags import blocked_among
from bot.cards.open_work import note_deed
from bot.contract.context import Ctx
from bot.contract.prose import listed, prose, sentence
from bot.contract.reply import Answer, Button, Confirm, Fact, Prose, Reply
from bot.contract.routing import Router
from bot.dialpad.actions.blockednumbers import BlockNumbers

router = Router()


@router.command(
    "block",
    usage="<number> [more numbers]",
    summary="Block numbers for the whole company",
    phrases={"block number": "", "block the number": "", "block this number": ""},
    examples=("block +1 415 555 0159",),
    title="Block numbers",
    submit="Continue",
    action=BlockNumbers,
    short=True,
)
async def block(ctx: Ctx, numbers: Numbers) -> Answer:
    """Show whose numbers they are and what blocking them does. Blocks nothing."""
    _refuse_ours(numbers)
    blocked = await blocked_among(ctx, [party.number for party in numbers])
    fresh = [party for party in numbers if party.number not in blocked]
    if not fresh:
        theirs = listed([party.shown() for party in numbers])
        return Reply(
            sentence("{numbers} is already blocked.", numbers=theirs)
            if len(numbers) == 1
            else sentence("{numbers} are already blocked.", numbers=theirs),
            buttons=(Button("Unblock", "unblock.unblock", {"numbers": [party.number for party in numbers]}),),
        )
    raw = [party.number for party in fresh]
    return Confirm(
        route="block.block_now",
        args={"numbers": raw},
        title=say("Block this number?") if len(fresh) == 1 else say("Block these numbers?"),
        facts=(
            Fact(
                say("Number") if len(fresh) == 1 else say("Numbers"), listed([_with_detail(party) for party in fresh])
            ),
            Fact(
                say("What happens"), say("Nobody at your company gets calls or texts from there until it is unblocked.")
            ),
        ),
        yes=say("Block"),
        note=say("This applies to everyone at your company, not just you."),
        danger=True,
        edit=Button("Edit", "block.block", {"numbers": raw}, form=True),
    )


@router.confirmed(action=BlockNumbers)
async def block_now(ctx: Ctx, numbers: Numbers) -> Answer:
    """Block the numbers that the person confirmed."""
    _refuse_ours(numbers)
    raw = [party.number for party in numbers]
    await ctx.send(BlockNumbers(numbers=raw))
    for number in raw:
        await note_deed(ctx, number, "blocked")
    return Reply(
        sentence("Blocked for the whole company: {numbers}.", numbers=listed([party.shown() for party in numbers])),
        buttons=(Button("Unblock", "unblock.unblock", {"numbers": raw}),),
        tone="done",
    )


def _refuse_ours(numbers: tuple[Party, ...]) -> None:
    if ours := [party for party in numbers if party.is_ours]:
        names = ", ".join(party.name for party in ours)
        if len(ours) == 1:
            one = say(
                "{names} belongs to your own company, whose numbers cannot be blocked. Leave it out.", names=names
            )
            raise FieldError("numbers", one)
        several = say(
            "{names} belong to your own company, whose numbers cannot be blocked. Leave them out.", names=names
        )
        raise FieldError("numbers", several)


def _with_detail(party: Party) -> Prose:
    return prose(party.shown(), f" ({party.detail})" if party.detail else "")
