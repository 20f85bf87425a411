"""Handles ``transfer``: transfers a live call that was started from Slack to somebody else."""

from typing import Annotated

from bot.activity.calls import CallView
from bot.arguments.caller import CallerChoice
from bot.arguments.party import Party
from bot.arguments.phonebook import parties_of
from bot.basics.errors import Conflict, NotFound, OutcomeUnknown, UserError
from bot.cards.past_call import other_side
from bot.cards.placed_calls import forget_call, placed_calls
from bot.contract.argument import Carried
from bot.contract.context import Ctx
from bot.contract.prose import prose
from bot.contract.reply import Answer, Button, Confirm, Fact, Listing, Reply, Row, When
from bot.contract.routing import Router
from bot.dialpad.actions.call import ToNumber, TransferCall

router = Router()

PassedTo = Annotated[Party, CallerChoice("To", placeholder="A colleague, a line, a contact or a number")]
LiveCallId = Annotated[str, Carried("Call", longest=40)]


@router.command(
    "transfer",
    usage="<number or name>",
    summary="Transfer the call you started from Slack",
    phrases=dict.fromkeys(
        (
            "transfer to",
            "transfer the call to",
            "transfer my call to",
            "transfer call to",
            "pass the call to",
            "forward to",
            "forward call to",
            "forward the call to",
            "forward my call to",
            "put through to",
            "put them through to",
        ),
        "",
    ),
    examples=("transfer Sam Okafor", "transfer Support", "transfer +1 415 555 0150"),
    title="Transfer the call",
    submit="Continue",
    action=TransferCall,
)
async def transfer(ctx: Ctx, to: PassedTo, call: LiveCallId = "") -> Answer:
    """Show which call would be transferred to whom. Transfers nothing."""
    live = [view for view in await placed_calls(ctx) if view.phase != "ended" and view.call_id]
    chosen = [view for view in live if view.call_id == call] if call else live
    if not chosen:
        return Reply("You have no live call that was started from Slack. Transfer other calls in the Dialpad app.")
    parties = await parties_of(ctx, [view.number for view in chosen if view.number])
    names = {party.number: party.name for party in parties}
    if len(chosen) > 1:
        return Listing("Which call?", tuple(_row(view, names, to) for view in chosen))
    if chosen[0].number == to.number:
        raise UserError("You are already talking to them. Choose somebody else.")
    return Confirm(
        route="transfer.pass_on",
        args={"to": to.number, "call": chosen[0].call_id},
        title="Transfer the call?",
        facts=(
            Fact("Call with", prose(*other_side(chosen[0], names))),
            Fact("To", prose(to.shown(), f" ({to.detail})" if to.detail else "")),
        ),
        yes="Transfer",
        note="You leave the call as soon as it is transferred.",
        edit=Button("Edit", "transfer.transfer", {"to": to.number, "call": chosen[0].call_id}, form=True),
    )


def _row(view: CallView, names: dict[str, str], to: Party) -> Row:
    return Row(
        other_side(view, names),
        note=prose("since ", When(view.started, "date")) if view.started else "",
        button=Button("Transfer", "transfer.transfer", {"to": to.number, "call": view.call_id}),
    )


@router.confirmed(action=TransferCall)
async def pass_on(ctx: Ctx, to: PassedTo, call: LiveCallId) -> Answer:
    """Transfer the call, which goes on without the person who transferred it."""
    try:
        await ctx.send(TransferCall(id=call, to=ToNumber(number=to.number)))
    except NotFound:
        await forget_call(ctx, call)
        return Reply("That call has already ended, so nothing was transferred.")
    except Conflict:
        return Reply("Nothing was transferred: the call is over, or nobody has answered it yet.", tone="warning")
    except OutcomeUnknown:
        return Reply(
            "Dialpad did not answer, so the call may or may not have been transferred. Look at your phone before you "
            "try again.",
            tone="warning",
        )
    await forget_call(ctx, call)
    return Reply(prose("The call is now with ", to.shown(), "."), tone="done")
