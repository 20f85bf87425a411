"""/call/{id}/assign and its neighbours: which operators a call that waits in a call center's queue is for."""

from bot.sandbox.dialpad.fields import Body, Id
from bot.sandbox.dialpad.limits import PER_MINUTE_12, PER_MINUTE_250
from bot.sandbox.dialpad.model import Call, Json
from bot.sandbox.dialpad.refusals import bad_request, conflict, forbidden
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.call_rights import call_to_see
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class Operators(Body):
    operator_ids: list[Id] | None = None


def queued_call(ctx: RequestContext) -> Call:
    """Return the call in the path. Raises a 400 unless it is a call center's, and a 409 unless it is in its queue."""
    call = ctx.switchboard.entry_of(call_to_see(ctx))
    if call.target.kind != "callcenter":
        raise bad_request("only contact center calls are eligible")
    if not call.is_live or call.state != "queued":
        raise conflict("this call is not in the queue")
    return call


def queued_call_to_change(ctx: RequestContext) -> Call:
    """Return the same for a supervisor or admin of the call center. Else a 403."""
    call = queued_call(ctx)
    role = ctx.state.groups[call.target.id].members.get(ctx.caller.user_id or 0)
    if not ctx.is_admin and role not in ("supervisor", "admin"):
        raise forbidden("Only a supervisor or admin of this contact center can assign its calls.")
    return call


def one_operator(ctx: RequestContext) -> int:
    ids = ctx.body(Operators).operator_ids or []
    if len(ids) != 1:
        raise bad_request("operator_ids: exactly one operator per request")
    return ids[0]


def render(call: Call, operator_id: int, refusal: str) -> Answer:
    result: Json = {
        "id": operator_id,
        "status": "error" if refusal else "success",
        "code": 400 if refusal else 200,
        "message": refusal or "OK",
    }
    return Answer(
        {
            "call_id": call.id,
            "status": result["status"],
            "operators": [result],
            "assigned_operators": {"count": len(call.assigned), "operator_ids": list(call.assigned)},
        }
    )


def assign(ctx: RequestContext) -> Answer:
    """Assign the call to an operator: only those it is assigned to are rung. A repeat changes nothing."""
    call, operator_id = queued_call_to_change(ctx), one_operator(ctx)
    if operator_id not in ctx.state.groups[call.target.id].operators:
        return render(call, operator_id, "The user is not an operator of this contact center.")
    if operator_id not in call.assigned:
        call.assigned.append(operator_id)
    answer = render(call, operator_id, "")
    ctx.switchboard.reconsider_queue()
    return answer


def unassign(ctx: RequestContext) -> Answer:
    call, operator_id = queued_call_to_change(ctx), one_operator(ctx)
    if operator_id not in call.assigned:
        return render(call, operator_id, "The operator is not assigned to this call.")
    call.assigned.remove(operator_id)
    answer = render(call, operator_id, "")
    ctx.switchboard.reconsider_queue()
    return answer


def unassign_all(ctx: RequestContext) -> Answer:
    call = queued_call_to_change(ctx)
    gone, call.assigned = call.assigned, []
    ctx.switchboard.reconsider_queue()
    return Answer({"call_id": call.id, "count": len(gone), "operator_ids": gone})


def list_assigned(ctx: RequestContext) -> Answer:
    call = queued_call(ctx)
    return Answer({"call_id": call.id, "count": len(call.assigned), "operator_ids": list(call.assigned)})


ROUTES = (
    Route("POST", "/call/{id}/assign", assign, limit=PER_MINUTE_12),
    Route("POST", "/call/{id}/unassign", unassign, limit=PER_MINUTE_12),
    Route("POST", "/call/{id}/unassign/all", unassign_all, limit=PER_MINUTE_12),
    Route("GET", "/call/{id}/assigned", list_assigned, limit=PER_MINUTE_250),
)
