"""/call/initiate_ivr_call: calls a number from a group's IVR."""

from bot.sandbox.dialpad.fields import E164, Body, CallerId, Id, Text
from bot.sandbox.dialpad.limits import PER_MINUTE_10_EACH_TARGET
from bot.sandbox.dialpad.refusals import bad_request
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.users import GroupType
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class IvrCall(Body):
    phone_number: E164
    target_id: Id
    target_type: GroupType
    custom_data: Text | None = None
    outbound_caller_id: CallerId | None = None


def call_with_ivr(ctx: RequestContext) -> Answer:
    body = ctx.body(IvrCall)
    group = ctx.state.group(body.target_id, body.target_type)
    ctx.require_leads(group)
    if body.phone_number in ctx.state.numbers:
        raise bad_request("phone_number: must be a number outside of the company")
    caller_id = body.outbound_caller_id or ""
    if caller_id not in ("", "blocked", *group.phone_numbers):
        raise bad_request("outbound_caller_id: must be a number of the group")
    call = ctx.switchboard.place_from_group(
        group, body.phone_number, caller_id=caller_id, custom_data=body.custom_data or ""
    )
    return Answer({"call_id": call.id})


ROUTES = (Route("POST", "/call/initiate_ivr_call", call_with_ivr, limit=PER_MINUTE_10_EACH_TARGET),)
