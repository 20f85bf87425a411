"""Going on and off duty, for every endpoint that changes it."""

from bot.sandbox.dialpad.events import agent_status_event
from bot.sandbox.dialpad.model import User
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.switchboard import Switchboard


def change_duty(state: State, switchboard: Switchboard, user: User, *, on: bool, reason: str) -> None:
    """Change a person's duty in all call centers they work in. Waiting callers may ring them now."""
    now = state.now()
    if on and not user.on_duty:
        user.on_duty_started = now
    user.on_duty = on
    user.duty_reason = reason
    user.duty_started = now
    state.emit("agent_status", agent_status_event(state, user))
    switchboard.reconsider_queue()
