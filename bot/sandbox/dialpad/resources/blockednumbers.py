"""/blockednumbers: numbers that cannot reach the company. One list for everybody."""

from bot.sandbox.dialpad.fields import E164, Body
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class BlockedNumbers(Body):
    numbers: list[E164] | None = None


def read_numbers(ctx: RequestContext) -> list[str]:
    numbers = ctx.body(BlockedNumbers).numbers
    if not numbers:
        raise bad_request("numbers: at least one is needed")
    return numbers


def block(ctx: RequestContext) -> Answer:
    """Block numbers. Blocking twice is no error. A number of the company itself cannot be blocked."""
    numbers = read_numbers(ctx)
    if any(number in ctx.state.numbers for number in numbers):
        raise bad_request("numbers: a number of the company cannot be blocked")
    for number in numbers:
        ctx.state.blocked.setdefault(number, ctx.state.now())
    return Answer()


def unblock(ctx: RequestContext) -> Answer:
    for number in read_numbers(ctx):
        ctx.state.blocked.pop(number, None)
    return Answer()


def get_blocked(ctx: RequestContext) -> Answer:
    number = ctx.path["number"]
    if number not in ctx.state.blocked:
        raise not_found("blocked number")
    return Answer({"number": number})


def list_blocked(ctx: RequestContext) -> Answer:
    return ctx.page(list(ctx.state.blocked), lambda number: {"number": number}, id_of=str)


ROUTES = (
    Route("GET", "/blockednumbers", list_blocked),
    Route("GET", "/blockednumbers/{number}", get_blocked),
    Route("POST", "/blockednumbers/add", block),
    Route("POST", "/blockednumbers/remove", unblock),
)
