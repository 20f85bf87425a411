"""/callback: put somebody into a call center's queue so that an agent calls them back."""

from bot.sandbox.dialpad.fields import E164, Body, Id
from bot.sandbox.dialpad.model import Group
from bot.sandbox.dialpad.refusals import bad_request, conflict
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

WAITING = "callback"


class Callback(Body):
    call_center_id: Id | None = None
    phone_number: E164 | None = None


def read_callback(ctx: RequestContext) -> tuple[Group, str]:
    body = ctx.body(Callback)
    if body.call_center_id is None or body.phone_number is None:
        raise bad_request("call_center_id and phone_number are needed")
    group = ctx.state.group(body.call_center_id, "callcenter")
    if body.phone_number in ctx.state.numbers:
        raise bad_request("phone_number: must be a number outside of the company")
    return group, body.phone_number


def waiting_in(ctx: RequestContext, group: Group) -> list[str]:
    return [one["phone_number"] for one in ctx.state.documents.all(WAITING) if one["group_id"] == group.id]


def request_callback(ctx: RequestContext) -> Answer:
    group, number = read_callback(ctx)
    waiting = waiting_in(ctx, group)
    if number in waiting:
        raise conflict("a callback to this number is already waiting")
    ctx.state.documents.add(WAITING, {"group_id": group.id, "phone_number": number})
    return Answer({"position": len(waiting) + 1})


def validate_callback(ctx: RequestContext) -> Answer:
    group, number = read_callback(ctx)
    return Answer({"success": number not in waiting_in(ctx, group)})


ROUTES = (
    Route("POST", "/callback", request_callback),
    Route("POST", "/callback/validate", validate_callback),
)
