"""Handles ``park`` and ``unpark``: puts a caller aside, and takes them back."""

from bot.cards.call_control import LiveCallId, OngoingCall, choose_own, park_call, take_back
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button
from bot.contract.routing import Router
from bot.dialpad.actions.call import Unpark

router = Router()


@router.command(
    "park",
    summary="Park the call you are on, for you or a colleague to take back",
    phrases=dict.fromkeys(("park call", "park the call", "park my call", "park this call", "park it"), ""),
    examples=("park",),
    title="Park the call",
    submit="Park",
    risk=Unpark.risk,
)
async def park(ctx: Ctx, call: LiveCallId = "") -> Answer:
    """Park one's own live call; with several, ask which."""

    def button(live: OngoingCall) -> Button:
        return Button("Park", "park.park", {"call": live.id})

    live = await choose_own(ctx, call, "parked", lambda one: one.i_talk, button)
    return await park_call(ctx, live) if isinstance(live, OngoingCall) else live


@router.command(
    "unpark",
    summary="Take back a call you parked",
    phrases=dict.fromkeys(
        (
            "take back",
            "take back call",
            "take back the call",
            "take the call back",
            "take my call back",
            "take back my call",
            "unpark call",
            "unpark the call",
            "unpark my call",
            "unpark it",
            "pick up the parked call",
        ),
        "",
    ),
    examples=("unpark",),
    title="Take a call back",
    submit="Take back",
    action=Unpark,
)
async def unpark(ctx: Ctx, call: LiveCallId = "") -> Answer:
    """Take one's own parked call back; with several, ask which."""

    def button(live: OngoingCall) -> Button:
        return Button("Take back", "park.unpark", {"call": live.id})

    live = await choose_own(ctx, call, "taken back", lambda one: one.is_parked, button)
    return await take_back(ctx, live) if isinstance(live, OngoingCall) else live
