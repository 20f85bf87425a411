"""Handles ``transfer``: transfers one's own live call to somebody else."""

from bot.basics.errors import UserError
from bot.basics.language import say
from bot.cards.call_control import (
    LiveCallId,
    OngoingCall,
    PassedTo,
    choose_own,
    names_of_others,
    transfer_now,
)
from bot.cards.past_call import other_side
from bot.contract.context import Ctx
from bot.contract.prose import prose
from bot.contract.reply import Answer, Button, Confirm, Fact
from bot.contract.routing import Router
from bot.dialpad.actions.call import TransferCall

router = Router()

_WHAT = "transferred"


@router.command(
    "transfer",
    usage="<number or name>",
    summary="Transfer the call you are on",
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
            *(
                f"{verb} {what} to"
                for verb in ("transfer", "send", "forward", "pass")
                for what in ("this", "this call", "him", "her", "them", "it")
                if (verb, what[:4]) != ("send", "this")
            ),
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

    def button(live: OngoingCall) -> Button:
        return Button("Transfer", "transfer.transfer", {"to": to.number, "call": live.id})

    live = await choose_own(ctx, call, _WHAT, lambda one: one.i_talk or one.i_made_it, button)
    if not isinstance(live, OngoingCall):
        return live
    if live.view.number == to.number:
        raise UserError(say("You are already talking to them. Choose somebody else."))
    names = await names_of_others(ctx, [live])
    args = {"to": to.number, "call": live.id}
    return Confirm(
        route="transfer.pass_on",
        args=args,
        title=say("Transfer the call?"),
        facts=(
            Fact(say("Call with"), prose(*other_side(live.view, names))),
            Fact(say("To"), prose(to.shown(), f" ({to.detail})" if to.detail else "")),
        ),
        yes=say("Transfer"),
        note=say("You leave the call as soon as it is transferred."),
        edit=Button("Edit", "transfer.transfer", args, form=True),
        instead=(Button("Talk to them first", "live.first", args),) if live.i_talk else (),
    )


@router.confirmed(action=TransferCall)
async def pass_on(ctx: Ctx, to: PassedTo, call: LiveCallId) -> Answer:
    """Transfer the call, which goes on without the person who transferred it."""
    live = await choose_own(ctx, call, _WHAT, lambda _: True, lambda _: Button(""))
    return await transfer_now(ctx, live, to) if isinstance(live, OngoingCall) else live
