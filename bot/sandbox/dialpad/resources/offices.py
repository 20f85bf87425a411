"""/offices: the company's offices, their main lines, and the groups in them."""

from bot.sandbox.dialpad.model import Group, Json
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.groups import answer_group_list, render_group
from bot.sandbox.dialpad.resources.people import render_operators
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.wire import Answer

NOT_FOR_OFFICES = ("auto_call_recording", "group_description", "hours_on", "voice_intelligence")
OFFICE_SETTINGS: Json = {
    "allow_device_guest_login": False,
    "block_caller_id_disabled": False,
    "bridged_target_recording_allowed": True,
    "disable_desk_phone_self_provision": False,
    "disable_ivr_voicemail": False,
    "no_recording_message_on_user_calls": False,
    "set_caller_id_disabled": False,
}


def render_office(state: State, office: Group) -> Json:
    """Render an office, with fewer settings than a group in it. The first office of the company is the primary one."""
    rendered = {
        **render_group(office),
        "is_primary_office": office is state.groups_of_kind("office")[0],
        "e911_address": state.addresses.get(office.target),
        "office_settings": OFFICE_SETTINGS,
    }
    return {key: value for key, value in rendered.items() if key not in NOT_FOR_OFFICES}


def list_offices(ctx: RequestContext) -> Answer:
    offices = ctx.state.groups_of_kind("office")
    if ctx.query_flag("active_only"):
        offices = [office for office in offices if office.state == "active"]
    return ctx.page(offices, lambda office: render_office(ctx.state, office), id_of=lambda office: office.id)


def get_office(ctx: RequestContext) -> Answer:
    return Answer(render_office(ctx.state, ctx.group("office")))


def get_operators(ctx: RequestContext) -> Answer:
    return Answer(render_operators(ctx, ctx.group("office")))


def get_off_duty_statuses(ctx: RequestContext) -> Answer:
    return Answer({"id": ctx.group("office").id, "off_duty_statuses": ctx.state.off_duty_statuses})


def list_call_centers(ctx: RequestContext) -> Answer:
    return answer_group_list(ctx, "callcenter", office_id=ctx.group("office", "office_id").id)


def list_departments(ctx: RequestContext) -> Answer:
    return answer_group_list(ctx, "department", office_id=ctx.group("office", "office_id").id)


ROUTES = (
    Route("GET", "/offices", list_offices),
    Route("GET", "/offices/{id}", get_office),
    Route("GET", "/offices/{id}/operators", get_operators),
    Route("GET", "/offices/{id}/offdutystatuses", get_off_duty_statuses),
    Route("GET", "/offices/{office_id}/callcenters", list_call_centers),
    Route("GET", "/offices/{office_id}/departments", list_departments),
)
