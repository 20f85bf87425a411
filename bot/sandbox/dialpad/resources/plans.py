"""/offices/{id}/plan and /available_licenses: the licences paid for, and those still free. For admins only."""

from bot.sandbox.dialpad.model import GROUP_KINDS, Json
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.wire import Answer

PLAN = "plan"
LINES = (
    "additional_number_lines",
    "contact_center_lines",
    "fax_lines",
    "room_lines",
    "sell_lines",
    "talk_lines",
    "tollfree_additional_number_lines",
    "tollfree_room_lines",
    "tollfree_uberconference_lines",
    "uberconference_lines",
)
NEW_OFFICE: Json = {"talk_lines": 5, "room_lines": 1, "additional_number_lines": 2, "uberconference_lines": 5}
"""Licences that an office starts with; more are bought at Dialpad."""


def plan_of(state: State, office_id: int) -> Json:
    return next((one for one in state.documents.all(PLAN) if one["office_id"] == office_id), {})


def render_plan(state: State, office_id: int) -> Json:
    plan = plan_of(state, office_id)
    lines = {name: plan.get(name, 0) for name in LINES}
    return {**lines, **{name: plan.get(name) for name in ("balance", "next_billing_date", "ppu_address")}}


def used_lines(state: State, office_id: int) -> dict[str, int]:
    users = [user for user in state.users.values() if user.office_id == office_id and user.state == "active"]
    rooms = [room for room in state.rooms.values() if room.office_id == office_id and room.state == "active"]
    groups = [group for kind in GROUP_KINDS for group in state.groups_of_kind(kind) if group.office_id == office_id]
    owned = [
        *(user.phone_numbers for user in users),
        *(room.phone_numbers for room in rooms),
        *(group.phone_numbers for group in groups),
    ]
    return {
        "talk_lines": sum(user.license == "talk" for user in users),
        "contact_center_lines": sum(user.license == "agents" for user in users),
        "room_lines": sum(bool(room.phone_numbers) for room in rooms),
        "additional_number_lines": sum(max(len(numbers) - 1, 0) for numbers in owned),
        "fax_lines": sum(state.holder(target).office_id == office_id for target in state.fax_lines.values()),
    }


def get_plan(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    return Answer(render_plan(ctx.state, ctx.group("office", "office_id").id))


def get_available(ctx: RequestContext) -> Answer:
    """Return the free licences. What is used counts against the plan; a plan that was overdrawn has none left."""
    ctx.require_admin()
    office = ctx.group("office", "office_id")
    plan, used = plan_of(ctx.state, office.id), used_lines(ctx.state, office.id)
    return Answer({name: max(plan.get(name, 0) - used.get(name, 0), 0) for name in LINES})


ROUTES = (
    Route("GET", "/offices/{office_id}/plan", get_plan),
    Route("GET", "/offices/{office_id}/available_licenses", get_available),
)
