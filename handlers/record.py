"""Handles ``record``: starts and stops recording the call that one is on."""

from typing import Annotated

from bot.arguments.switch import Switch
from bot.cards.call_control import LiveCallId, OngoingCall, choose_own, record_call
from bot.contract.context import Ctx
from bot.contract.reply import Answer, Button
from bot.contract.routing import Router
from bot.dialpad.actions.users import SetCallRecording

router = Router()

IsOn = Annotated[bool, Switch("Recording", hint="Dialpad tells both sides that it starts or stops.")]


@router.command(
    "record",
    usage="on|off",
    summary="Record the call you are on, or stop",
    phrases={
        **dict.fromkeys(("record call", "record the call", "record my call", "record this call"), "on"),
        **dict.fromkeys(("start recording", "record it"), "on"),
        **dict.fromkeys(("stop recording", "stop recording the call", "don't record", "dont record"), "off"),
    },
    examples=("record on", "record off"),
    title="Record the call",
    submit="Save",
    action=SetCallRecording,
)
async def record(ctx: Ctx, state: IsOn, call: LiveCallId = "") -> Answer:
    """Start or stop recording one's own live call; with several, ask which."""

    def button(live: OngoingCall) -> Button:
        return Button("Record" if state else "Stop", "record.record", {"state": state, "call": live.id})

    live = await choose_own(ctx, call, "recorded" if state else "changed", lambda one: one.i_talk, button)
    return await record_call(ctx, live, on=state) if isinstance(live, OngoingCall) else live
