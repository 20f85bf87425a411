"""PATCH /offices/{id} and /offices/primary: an office's opening hours, and the company's main office."""

from bot.sandbox.dialpad.fields import Body, Flag
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.group_settings import Hours, merge
from bot.sandbox.dialpad.resources.offices import render_office
from bot.sandbox.dialpad.resources.plans import render_plan
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class OfficeHours(Body):
    hours_on: Flag | None = None
    monday_hours: Hours | None = None
    tuesday_hours: Hours | None = None
    wednesday_hours: Hours | None = None
    thursday_hours: Hours | None = None
    friday_hours: Hours | None = None
    saturday_hours: Hours | None = None
    sunday_hours: Hours | None = None


def get_primary(ctx: RequestContext) -> Answer:
    return Answer(render_office(ctx.state, ctx.state.groups_of_kind("office")[0]))


def update_hours(ctx: RequestContext) -> Answer:
    office = ctx.group("office")
    ctx.require_leads(office)
    merge(office.settings, ctx.body(OfficeHours).sent())
    return Answer({"office": render_office(ctx.state, office), "plan": render_plan(ctx.state, office.id)})


ROUTES = (
    Route("GET", "/offices/primary", get_primary),
    Route("PATCH", "/offices/{id}", update_hours),
)
