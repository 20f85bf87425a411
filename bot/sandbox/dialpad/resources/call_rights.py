"""Rights to a call: who may see it and who may act on it."""

from bot.sandbox.dialpad.access import may_act_for
from bot.sandbox.dialpad.model import Call
from bot.sandbox.dialpad.refusals import forbidden
from bot.sandbox.dialpad.request_context import RequestContext


def _family(ctx: RequestContext, call: Call) -> list[Call]:
    entry = ctx.switchboard.entry_of(call)
    return [leg for leg in ctx.state.calls.values() if entry.id in (leg.id, leg.entry_point_call_id)]


def _is_part_of(ctx: RequestContext, call: Call) -> bool:
    return any(
        leg.target.kind == "user" and may_act_for(ctx.state, ctx.caller, leg.target.id) for leg in _family(ctx, call)
    )


def call_to_see(ctx: RequestContext, name: str = "id") -> Call:
    """Return the call if the caller is on it, may act for somebody who is, is in the group it came in on, or is an
    admin. Else a 403."""
    return require_may_see(ctx, ctx.state.call(ctx.path_id(name)))


def require_may_see(ctx: RequestContext, call: Call) -> Call:
    if ctx.is_admin or _is_part_of(ctx, call):
        return call
    group = ctx.switchboard.entry_of(call).target
    if group.is_group and ctx.caller.user_id in ctx.state.groups[group.id].members:
        return call
    raise forbidden("You do not have access to this call.")


def call_to_act_on(ctx: RequestContext) -> Call:
    """Return the call if the caller is on it, supervises somebody on it or the group, or is an admin. Else a 403."""
    return require_may_act_on(ctx, ctx.state.call(ctx.path_id()))


def require_may_act_on(ctx: RequestContext, call: Call) -> Call:
    """Return the call if the caller may act on it, as ``call_to_act_on``."""
    if ctx.is_admin or _is_part_of(ctx, call):
        return call
    group = ctx.switchboard.entry_of(call).target
    if group.is_group and ctx.caller.user_id is not None:
        role = ctx.state.groups[group.id].members.get(ctx.caller.user_id)
        if role in ("supervisor", "admin"):
            return call
    raise forbidden("You do not have access to this call.")
