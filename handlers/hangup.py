"""Handles ``hangup``: ends one's own live call."""

from bot.cards.call_control import HUNG_UP, LiveCallId, OngoingCall, choose_own, hang_up
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button
from bot.contract.routing import Router
from bot.dialpad.actions.call import HangUp

router = Router()


@router.command(
    "hangup",
    summary="End the call you are on",
    aliases=("hang-up",),
    phrases={
        "hang up": "",
        "hang it up": "",
        "end call": "",
        "end the call": "",
        "end my call": "",
        "drop the call": "",
        "drop call": "",
        "finish the call": "",
        "finish call": "",
        "terminate the call": "",
    },
    examples=("hangup",),
    title="Hang up",
    submit="Hang up",
    action=HangUp,
)
async def hangup(ctx: Ctx, call: LiveCallId = "") -> Answer:
    """Hang up one's own live call; with several, ask which."""

    def button(live: OngoingCall) -> Button:
        return Button("Hang up", "hangup.hangup", {"call": live.id}, style="danger")

    live = await choose_own(ctx, call, HUNG_UP, lambda one: one.i_talk or one.i_made_it, button)
    return await hang_up(ctx, live) if isinstance(live, OngoingCall) else live
