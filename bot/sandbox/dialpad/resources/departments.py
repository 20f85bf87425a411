"""/departments: shared lines without a queue of agents."""

from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.groups import answer_group_list, render_group
from bot.sandbox.dialpad.resources.people import render_operators
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


def list_departments(ctx: RequestContext) -> Answer:
    return answer_group_list(ctx, "department", office_id=ctx.query_whole("office_id"))


def get_department(ctx: RequestContext) -> Answer:
    return Answer(render_group(ctx.group("department")))


def get_operators(ctx: RequestContext) -> Answer:
    return Answer(render_operators(ctx, ctx.group("department")))


ROUTES = (
    Route("GET", "/departments", list_departments),
    Route("GET", "/departments/{id}", get_department),
    Route("GET", "/departments/{id}/operators", get_operators),
)
