"""/callcenters: the lines with a queue, who works on them, and who is on duty."""

from bot.sandbox.dialpad.fields import Body, Flag, Line
from bot.sandbox.dialpad.model import User
from bot.sandbox.dialpad.refusals import conflict
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.groups import answer_group_list, render_group
from bot.sandbox.dialpad.resources.people import render_duty, render_operators
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


def list_call_centers(ctx: RequestContext) -> Answer:
    return answer_group_list(ctx, "callcenter", office_id=ctx.query_whole("office_id"))


def get_call_center(ctx: RequestContext) -> Answer:
    return Answer(render_group(ctx.group("callcenter")))


def get_operators(ctx: RequestContext) -> Answer:
    return Answer(render_operators(ctx, ctx.group("callcenter")))


def get_status(ctx: RequestContext) -> Answer:
    """Return the status. ``longest_call_wait_time`` is in seconds; ``capacity`` counts who could take a call right
    now."""
    state = ctx.state
    group = ctx.group("callcenter")
    on_duty = [
        state.users[user_id]
        for user_id in group.operators
        if state.users[user_id].on_duty and state.users[user_id].state == "active"
    ]
    waiting = [
        call
        for call in state.calls.values()
        if call.is_live and call.target == group.target and call.connected is None and call.state != "voicemail"
    ]
    longest = max(((state.now() - call.started).total_seconds() for call in waiting), default=0.0)
    return Answer(
        {
            "availability": {"status": "open", "name": "Open"},
            "capacity": sum(ctx.switchboard.can_ring(user, group) for user in on_duty),
            "on_duty_operators": len(on_duty),
            "pending": len(waiting),
            "longest_call_wait_time": int(longest),
        }
    )


def operator_of(user: User, ctx: RequestContext) -> User:
    if not ctx.state.call_centers_of(user.id):
        raise conflict("the user is not an operator of any call center")
    return user


def get_duty_status(ctx: RequestContext) -> Answer:
    return Answer(render_duty(ctx.state, operator_of(ctx.user(), ctx)))


class UpdateDutyStatus(Body):
    on_duty: Flag
    duty_status_reason: Line | None = None


def update_duty_status(ctx: RequestContext) -> Answer:
    """Set a person's duty in all their call centers; Dialpad has no way to name one."""
    state = ctx.state
    user = ctx.user_to_act_on()
    body = ctx.body(UpdateDutyStatus)
    operator_of(user, ctx)
    ctx.switchboard.change_duty(user, on=body.on_duty, reason=body.duty_status_reason or "")
    return Answer(render_duty(state, user))


ROUTES = (
    Route("GET", "/callcenters", list_call_centers),
    Route("GET", "/callcenters/{id}", get_call_center),
    Route("GET", "/callcenters/{id}/operators", get_operators),
    Route("GET", "/callcenters/{id}/status", get_status),
    Route("GET", "/callcenters/operators/{id}/dutystatus", get_duty_status),
    Route("PATCH", "/callcenters/operators/{id}/dutystatus", update_duty_status),
)
