"""Assigning numbers to people and lines, and returning them to the company's pool."""

from collections.abc import Callable
from typing import Literal

from bot.sandbox.dialpad.fields import E164, Body, Flag, Id, Text
from bot.sandbox.dialpad.model import PhoneNumber, Target
from bot.sandbox.dialpad.refusals import bad_request, conflict, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.numbers import render_number
from bot.sandbox.dialpad.resources.subscriptions import TargetType
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class AssignNumber(Body):
    number: E164 | None = None
    area_code: Text | None = None
    primary: Flag | None = None


class AssignToTarget(Body):
    target_id: Id
    target_type: TargetType
    primary: Flag | None = None


class AssignAnyToTarget(AssignToTarget):
    number: E164 | None = None
    area_code: Text | None = None


class UnassignNumber(Body):
    number: E164


class SwapTarget(Body):
    target_id: Id
    target_type: TargetType


class SwapDetails(Body):
    type: Literal["area_code", "auto", "provided_number"]
    number: E164 | None = None
    area_code: Text | None = None


class SwapNumber(Body):
    target: SwapTarget
    swap_details: SwapDetails | None = None


def numbers_of(ctx: RequestContext, target: Target) -> list[str]:
    """Return the target's own list of numbers, so that it can be changed; the first number is the primary one."""
    return ctx.state.holder(target).phone_numbers


def pick_from_pool(ctx: RequestContext, area_code: str | None) -> PhoneNumber:
    """Return the first free number of the area code; without one, a toll-free number is not given away."""
    for number in sorted(ctx.state.numbers.values(), key=lambda number: number.number):
        fits = area_code == number.number[2:5] if area_code is not None else number.kind != "tollfree"
        if number.target is None and fits:
            return number
    raise conflict("no number is available")


def find_number(ctx: RequestContext, given: str) -> PhoneNumber:
    number = ctx.state.numbers.get(given)
    if number is None:
        raise not_found("number")
    return number


def detach(ctx: RequestContext, number: PhoneNumber) -> None:
    if number.target is not None:
        numbers_of(ctx, number.target).remove(number.number)
        number.target = None


def attach(ctx: RequestContext, number: PhoneNumber, target: Target, *, primary: bool) -> Answer:
    detach(ctx, number)
    number.target = target
    numbers = numbers_of(ctx, target)
    numbers.insert(0 if primary else len(numbers), number.number)
    return Answer(render_number(ctx.state, number))


def assign(ctx: RequestContext, target: Target, body: AssignNumber | AssignAnyToTarget) -> Answer:
    """Assign a number. A named number must be free; without one the pool gives the first, of the area code if there
    is one."""
    if body.number is None:
        number = pick_from_pool(ctx, body.area_code)
    else:
        number = find_number(ctx, body.number)
        if number.target is not None:
            raise conflict("the number is assigned already")
    return attach(ctx, number, target, primary=body.primary is not False)


def unassign(ctx: RequestContext, target: Target) -> Answer:
    number = find_number(ctx, ctx.body(UnassignNumber).number)
    if number.target != target:
        raise bad_request("number: is not assigned to this target")
    detach(ctx, number)
    return Answer(render_number(ctx.state, number))


def build_routes(path: str, find: Callable[[RequestContext], Target]) -> list[Route]:
    def assign_one(ctx: RequestContext) -> Answer:
        ctx.require_admin()
        return assign(ctx, find(ctx), ctx.body(AssignNumber))

    def unassign_one(ctx: RequestContext) -> Answer:
        ctx.require_admin()
        return unassign(ctx, find(ctx))

    return [
        Route("POST", f"{path}/{{id}}/assign_number", assign_one),
        Route("POST", f"{path}/{{id}}/unassign_number", unassign_one),
    ]


def assign_any(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    body = ctx.body(AssignAnyToTarget)
    return assign(ctx, ctx.state.find_target(body.target_type, body.target_id), body)


def reassign(ctx: RequestContext) -> Answer:
    """Assign a number that may belong to another target, which loses it."""
    ctx.require_admin()
    body = ctx.body(AssignToTarget)
    number = find_number(ctx, ctx.path["number"])
    target = ctx.state.find_target(body.target_type, body.target_id)
    return attach(ctx, number, target, primary=body.primary is not False)


def delete_number(ctx: RequestContext) -> Answer:
    """Return a number to the pool, or with ``release`` remove it from the company."""
    ctx.require_admin()
    number = find_number(ctx, ctx.path["number"])
    detach(ctx, number)
    if ctx.query_flag("release"):
        del ctx.state.numbers[number.number]
        return Answer({**render_number(ctx.state, number), "deleted": True})
    return Answer(render_number(ctx.state, number))


def swap(ctx: RequestContext) -> Answer:
    """Replace the target's primary number by a new one; the old one goes to the pool."""
    ctx.require_admin()
    body = ctx.body(SwapNumber)
    target = ctx.state.find_target(body.target.target_type, body.target.target_id)
    details = body.swap_details or SwapDetails(type="auto")
    if details.type == "provided_number":
        if details.number is None:
            raise bad_request("swap_details.number: is needed")
        new = find_number(ctx, details.number)
        if new.target is not None:
            raise conflict("the number is assigned already")
    else:
        new = pick_from_pool(ctx, details.area_code)
    old = numbers_of(ctx, target)
    if old:
        detach(ctx, ctx.state.numbers[old[0]])
    return attach(ctx, new, target, primary=True)


ROUTES = (
    Route("POST", "/numbers/assign", assign_any),
    Route("POST", "/numbers/swap", swap),
    Route("POST", "/numbers/{number}/assign", reassign),
    Route("DELETE", "/numbers/{number}", delete_number),
    *build_routes("/users", lambda ctx: ctx.user().target),
    *build_routes("/offices", lambda ctx: ctx.group("office").target),
    *build_routes("/rooms", lambda ctx: ctx.state.room(ctx.path_id()).target),
    build_routes("/callrouters", lambda ctx: ctx.state.router(ctx.path_id()).target)[0],
)
