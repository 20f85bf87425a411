"""/fax: a fax sent from a person's or a group's number."""

from bot.sandbox.dialpad.access import require_may_act_for
from bot.sandbox.dialpad.faxing import owner_of, send
from bot.sandbox.dialpad.fields import E164, E164_PATTERN, Body, Flag, Id, Text
from bot.sandbox.dialpad.limits import PER_MINUTE_250
from bot.sandbox.dialpad.model import Target
from bot.sandbox.dialpad.parties import phone_of
from bot.sandbox.dialpad.refusals import bad_request
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import naive_iso
from bot.sandbox.dialpad.wire import Answer

COUNTRY_CODE = "+1"


class SendFax(Body):
    to_number: Text
    from_number: E164 | None = None
    user_id: Id | None = None
    infer_country_code: Flag | None = None


def _number_of(body: SendFax) -> str:
    number = body.to_number
    if body.infer_country_code and not number.startswith("+"):
        number = COUNTRY_CODE + number
    if not E164_PATTERN.fullmatch(number):
        raise bad_request("to_number: must be an E.164 number such as +14155550101")
    return number


def _sender(ctx: RequestContext, body: SendFax) -> tuple[Target, str]:
    """Return whose fax it is and the number it comes from. A group's number needs the person who sends."""
    number = body.from_number
    target = owner_of(ctx.state, number) if number else None
    if number and target is None:
        raise bad_request("from_number: must be assigned to a user or a group")
    if target is not None and target.kind != "user" and body.user_id is None:
        raise bad_request("user_id: is needed when from_number belongs to a group")
    who = body.user_id or (target.id if target is not None else ctx.caller.user_id)
    if who is None:
        raise bad_request("user_id: is needed with a company key")
    user = ctx.state.user(who)
    require_may_act_for(ctx.state, ctx.caller, user.id)
    whose = target or user.target
    return whose, number or phone_of(ctx.state, whose)


def send_fax(ctx: RequestContext) -> Answer:
    body = ctx.body(SendFax)
    number = _number_of(body)
    whose, own_number = _sender(ctx, body)
    fax = send(ctx.state, whose, own_number, number, body.user_id or ctx.caller.user_id)
    return Answer(
        {
            "id": str(fax.id),
            "direction": "outbound",
            "fax_status": "pending",
            "from_number": own_number,
            "to_number": number,
            "user_id": fax.user_id,
            "created_date": naive_iso(fax.created),
            "fax_transaction": {"num_pages": fax.pages, "is_billed": False},
        }
    )


ROUTES = (Route("POST", "/fax", send_fax, limit=PER_MINUTE_250),)
