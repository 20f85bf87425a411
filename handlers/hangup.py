"""Handles ``hangup``: ends a live call that was started from Slack."""

from typing import Annotated

from bot.activity.calls import CallView
from bot.arguments.phonebook import parties_of
from bot.basics.errors import Conflict, NotFound
from bot.cards.past_call import other_side
from bot.cards.placed_calls import forget_call, placed_calls
from bot.contract.argument import Carried
from bot.contract.context import Ctx
from bot.contract.prose import prose
from bot.contract.reply import Answer, Button, Listing, Reply, Row, When
from bot.contract.routing import Router
from bot.dialpad.actions.call import HangUp

router = Router()


@router.command(
    "hangup",
    summary="End the call you started from Slack",
    aliases=("hang-up",),
    phrases={
        "hang up": "",
        "hang it up": "",
        "end call": "",
        "end the call": "",
        "end my call": "",
        "drop the call": "",
    },
    examples=("hangup",),
    title="Hang up",
    submit="Hang up",
    action=HangUp,
)
async def hangup(ctx: Ctx, call: Annotated[str, Carried("Call", longest=40)] = "") -> Answer:
    """Hang up a live call. Only calls started from Slack are known: Dialpad lists calls when they are over."""
    if call:
        return await _end(ctx, call)
    live = [view for view in await placed_calls(ctx) if view.phase != "ended" and view.call_id]
    if not live:
        return Reply("You have no live call that was started from Slack. End other calls in the Dialpad app.")
    if len(live) == 1:
        return await _end(ctx, live[0].call_id)
    parties = await parties_of(ctx, [view.number for view in live if view.number])
    names = {party.number: party.name for party in parties}
    return Listing("Which call?", tuple(_row(view, names) for view in live))


def _row(view: CallView, names: dict[str, str]) -> Row:
    return Row(
        other_side(view, names),
        note=prose("since ", When(view.started, "date")) if view.started else "",
        button=Button("Hang up", "hangup.hangup", {"call": view.call_id}, style="danger"),
    )


async def _end(ctx: Ctx, call: str) -> Answer:
    try:
        await ctx.send(HangUp(id=call))
    except (Conflict, NotFound):
        await forget_call(ctx, call)
        return Reply("That call has already ended.")
    await forget_call(ctx, call)
    return Reply("You hung up.", tone="done")
