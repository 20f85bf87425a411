"""The operators of a group: adding, removing, and skill levels."""

from typing import Literal

from bot.sandbox.dialpad.fields import Body, Flag, Id, Whole
from bot.sandbox.dialpad.model import Group, GroupKind, Room, User
from bot.sandbox.dialpad.refusals import bad_request, conflict, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.people import render_member, render_room
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

PATHS: dict[GroupKind, str] = {"callcenter": "/callcenters", "department": "/departments", "office": "/offices"}


class AddCallCenterOperator(Body):
    user_id: Id
    role: Literal["admin", "operator", "supervisor"] | None = None
    skill_level: Whole | None = None
    license_type: Literal["agents", "lite_support_agents"] | None = None
    keep_paid_numbers: Flag | None = None


class RemoveCallCenterOperator(Body):
    user_id: Id


class RemoveOperator(Body):
    operator_id: Id
    operator_type: Literal["room", "user"]


class AddOperator(RemoveOperator):
    role: Literal["admin", "operator"] | None = None


class UpdateSkill(Body):
    skill_level: Whole


def check_skill(level: int, lowest: int) -> int:
    if not lowest <= level <= 100:
        raise bad_request(f"skill_level: must be {lowest} to 100")
    return level


def add_member(ctx: RequestContext, group: Group, user: User, role: str | None) -> Answer:
    if user.id in group.members and user.id not in group.leads_only:
        raise conflict("the user is already an operator of this group")
    group.members[user.id] = role or "operator"
    group.leads_only.discard(user.id)
    group.skills.setdefault(user.id, 100)
    ctx.switchboard.reconsider_queue()
    return Answer(render_member(ctx.state, user))


def remove_member(ctx: RequestContext, group: Group, user: User) -> Answer:
    if user.id not in group.members:
        raise not_found("operator")
    del group.members[user.id]
    group.leads_only.discard(user.id)
    group.skills.pop(user.id, None)
    user.group_dnd.pop(group.id, None)
    return Answer(render_member(ctx.state, user))


def add_room(ctx: RequestContext, group: Group, room: Room, role: str | None) -> Answer:
    if role == "admin":
        raise bad_request("role: a room cannot be an admin")
    if room.id in group.rooms:
        raise conflict("the room is already an operator of this group")
    group.rooms.append(room.id)
    return Answer(render_room(ctx.state, room))


def remove_room(ctx: RequestContext, group: Group, room: Room) -> Answer:
    if room.id not in group.rooms:
        raise not_found("operator")
    group.rooms.remove(room.id)
    return Answer(render_room(ctx.state, room))


def add_to_call_center(ctx: RequestContext) -> Answer:
    group = ctx.group("callcenter")
    ctx.require_leads(group)
    body = ctx.body(AddCallCenterOperator)
    user = ctx.state.user(body.user_id)
    level = 100 if body.skill_level is None else check_skill(body.skill_level, 1)
    answer = add_member(ctx, group, user, body.role)
    group.skills[user.id] = level
    return answer


def remove_from_call_center(ctx: RequestContext) -> Answer:
    group = ctx.group("callcenter")
    ctx.require_leads(group)
    return remove_member(ctx, group, ctx.state.user(ctx.body(RemoveCallCenterOperator).user_id))


def build_routes(kind: GroupKind) -> list[Route]:
    def add(ctx: RequestContext) -> Answer:
        group = ctx.group(kind)
        ctx.require_leads(group)
        body = ctx.body(AddOperator)
        if body.operator_type == "room":
            return add_room(ctx, group, ctx.state.room(body.operator_id), body.role)
        return add_member(ctx, group, ctx.state.user(body.operator_id), body.role)

    def remove(ctx: RequestContext) -> Answer:
        group = ctx.group(kind)
        ctx.require_leads(group)
        body = ctx.body(RemoveOperator)
        if body.operator_type == "room":
            return remove_room(ctx, group, ctx.state.room(body.operator_id))
        return remove_member(ctx, group, ctx.state.user(body.operator_id))

    path = f"{PATHS[kind]}/{{id}}/operators"
    return [Route("POST", path, add), Route("DELETE", path, remove)]


def skill_of(ctx: RequestContext) -> tuple[Group, User]:
    group = ctx.group("callcenter", "call_center_id")
    user = ctx.state.user(ctx.path_id("user_id"))
    if user.id not in group.operators:
        raise not_found("operator")
    return group, user


def answer_skill(group: Group, user: User) -> Answer:
    return Answer({"call_center_id": group.id, "user_id": user.id, "skill_level": group.skills.get(user.id, 100)})


def get_skill(ctx: RequestContext) -> Answer:
    return answer_skill(*skill_of(ctx))


def update_skill(ctx: RequestContext) -> Answer:
    group, user = skill_of(ctx)
    ctx.require_leads(group)
    group.skills[user.id] = check_skill(ctx.body(UpdateSkill).skill_level, 0)
    return answer_skill(group, user)


ROUTES = (
    Route("POST", "/callcenters/{id}/operators", add_to_call_center),
    Route("DELETE", "/callcenters/{id}/operators", remove_from_call_center),
    *build_routes("department"),
    *build_routes("office"),
    Route("GET", "/callcenters/{call_center_id}/operators/{user_id}/skill", get_skill),
    Route("PATCH", "/callcenters/{call_center_id}/operators/{user_id}/skill", update_skill),
)
