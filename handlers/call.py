"""Handles ``call``: rings the person's own phone first, then calls the other side."""

import asyncio
from typing import Annotated

from bot.arguments.caller import CallerChoice
from bot.arguments.own_number import OwnNumber, OwnNumberChoice, own_number
from bot.arguments.party import Party
from bot.basics.errors import Conflict, FieldError, OutcomeUnknown, UserError
from bot.cards.number_flags import blocked_among
from bot.cards.open_work import note_deed
from bot.cards.placed_calls import remember_call
from bot.contract.context import Ctx
from bot.contract.prose import prose
from bot.contract.reply import Answer, Button, Confirm, Fact, Prose, Reply
from bot.contract.routing import Router
from bot.dialpad.action import ME
from bot.dialpad.actions.call import PlaceCall

router = Router()

CallTo = Annotated[Party, CallerChoice("Call", placeholder="A number or a name")]
OwnNumberShown = Annotated[
    OwnNumber | None,
    OwnNumberChoice(
        "Show this number",
        placeholder="Your usual number",
        hint="What the other side sees. Leave it empty to use your usual number.",
    ),
]


@router.command(
    "call",
    usage="<number or name>",
    summary="Call somebody from your Dialpad phone",
    examples=("call +1 415 555 0150", "call Jordan Lee"),
    title="Call",
    submit="Continue",
    action=PlaceCall,
    short=True,
)
async def call(ctx: Ctx, to: CallTo, shown: OwnNumberShown = None) -> Answer:
    """Show who would be called and which number they see. Calls nobody."""
    line, blocked = await asyncio.gather(_line(ctx, shown), blocked_among(ctx, [to.number]))
    if line.number == to.number:
        raise FieldError("to", "That is your own number. Choose somebody else.")
    args = {"to": to.number} | ({"shown": shown.number} if shown else {})
    notes: list[Prose] = ["Your own phone rings first. When you pick up, Dialpad calls the other side."]
    if blocked:
        notes.append(" This number is blocked here, so it cannot call back.")
    return Confirm(
        route="call.dial",
        args=args,
        title="Call now?",
        facts=(
            Fact("To", prose(to.shown(), f" ({to.detail})" if to.detail else "")),
            Fact("They see", line.shown()),
        ),
        yes="Call",
        note=prose(*notes),
        edit=Button("Edit", "call.call", args, form=True),
    )


@router.confirmed(action=PlaceCall)
async def dial(ctx: Ctx, to: CallTo, shown: OwnNumberShown = None) -> Answer:
    """Start the call, and store its id for ``hangup`` and ``transfer``."""
    try:
        placed = await ctx.send(
            PlaceCall(user_id=ME, phone_number=to.number, outbound_caller_id=shown.number if shown else None)
        )
    except Conflict:
        raise UserError("Dialpad could not start the call: you may be on another one. End it and try again.") from None
    except OutcomeUnknown:
        return Reply(
            "Dialpad did not answer, so your phone may or may not ring. Wait a moment before you try again.",
            tone="warning",
        )
    if placed.call_id is None:
        return Reply(prose("Calling ", to.shown(), ". Pick up your phone."), tone="done")
    await remember_call(ctx, placed.call_id)
    await note_deed(ctx, to.number, "called", to=placed.call_id)
    return Reply(
        prose("Calling ", to.shown(), ". Pick up your phone."),
        buttons=(Button("Hang up", "hangup.hangup", {"call": placed.call_id}, style="danger"),),
        tone="done",
    )


async def _line(ctx: Ctx, shown: OwnNumber | None) -> OwnNumber:
    return shown or await own_number(ctx, for_calls=True)
