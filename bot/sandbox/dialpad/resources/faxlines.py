"""/faxline: a number that takes faxes for a person or a department."""

from typing import Literal

from bot.sandbox.dialpad.fields import E164, Body, Id, Text
from bot.sandbox.dialpad.model import Json, PhoneNumber
from bot.sandbox.dialpad.refusals import bad_request, conflict
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.number_assignments import find_number, pick_from_pool
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class FaxLine(Body):
    """A number that is reserved, any of an area code, or a toll-free one.

    The values of ``type`` are undocumented: here toll-free is recognised by that word, and the other two by their
    field.
    """

    type: Text
    number: E164 | None = None
    area_code: Text | None = None


class FaxTarget(Body):
    target_id: Id
    target_type: Literal["department", "user"]


class AssignFaxLine(Body):
    line: FaxLine
    target: FaxTarget


def pick_number(ctx: RequestContext, line: FaxLine) -> PhoneNumber:
    if line.number is None and line.area_code is None:
        if "toll" not in line.type.lower():
            raise bad_request("line: give a number, an area_code, or the type tollfree")
        free = (one for one in ctx.state.numbers.values() if one.target is None and one.kind == "tollfree")
        found = next(free, None)
        if found is None:
            raise conflict("no toll-free number is available")
        return found
    if line.number is None:
        return pick_from_pool(ctx, line.area_code or None)
    found = find_number(ctx, line.number)
    if found.target is not None:
        raise conflict("the number is assigned already")
    return found


def assign_fax_line(ctx: RequestContext) -> Answer:
    """Assign a fax number; it leaves the pool of numbers to call and text with."""
    body = ctx.body(AssignFaxLine)
    target = ctx.state.find_target(body.target.target_type, body.target.target_id)
    if target in ctx.state.fax_lines.values():
        raise conflict("the target has a fax line already")
    number = pick_number(ctx, body.line)
    del ctx.state.numbers[number.number]
    ctx.state.fax_lines[number.number] = target
    answer: Json = {
        "number": number.number,
        "area_code": number.number[2:5],
        "company_id": ctx.state.company_id,
        "office_id": ctx.state.holder(target).office_id,
        "target_id": target.id,
        "target_type": target.kind,
    }
    return Answer(answer)


ROUTES = (Route("POST", "/faxline", assign_fax_line, admin=True),)
