"""Making and removing call centers and departments: for company admins only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from bot.sandbox.dialpad.fields import Flag, Id, Line
from bot.sandbox.dialpad.model import Group, GroupKind, Json
from bot.sandbox.dialpad.refusals import conflict
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.group_settings import (
    AdvancedSettings,
    Alerts,
    CallCenterQueue,
    DepartmentQueue,
    GroupSettings,
    call_center_defaults,
    change_settings,
    department_defaults,
)
from bot.sandbox.dialpad.resources.groups import render_group
from bot.sandbox.dialpad.resources.number_assignments import detach
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.wire import Answer


class UpdateCallCenter(GroupSettings):
    advanced_settings: AdvancedSettings | None = None
    alerts: Alerts | None = None
    hold_queue: CallCenterQueue | None = None


class CreateCallCenter(UpdateCallCenter):
    name: Annotated[Line, Field(min_length=1, max_length=100)]
    office_id: Id


class UpdateDepartment(GroupSettings):
    auto_call_recording: Flag | None = None
    hold_queue: DepartmentQueue | None = None


class CreateDepartment(UpdateDepartment):
    name: Annotated[Line, Field(min_length=1, max_length=100)]
    office_id: Id


@dataclass(frozen=True)
class ManagedKind:
    word: GroupKind
    path: str
    create: type[CreateCallCenter] | type[CreateDepartment]
    update: type[GroupSettings]
    defaults: Callable[[], Json]


KINDS = (
    ManagedKind("callcenter", "/callcenters", CreateCallCenter, UpdateCallCenter, call_center_defaults),
    ManagedKind("department", "/departments", CreateDepartment, UpdateDepartment, department_defaults),
)


def check_name(state: State, kind: GroupKind, name: str, *, but: Group | None = None) -> None:
    """Check that no other group of the kind has the name: people who dial them could not tell them apart."""
    for other in state.groups_of_kind(kind):
        if other is not but and other.name.lower() == name.strip().lower():
            raise conflict(f"a {kind} with this name exists already")


def remove(ctx: RequestContext, group: Group) -> None:
    """Remove a group: its calls end, its numbers go to the pool, its members leave. Old calls still have its name."""
    if any(router.default_target == group.target for router in ctx.state.routers.values()):
        raise conflict("a call router sends its calls here; change its default target first")
    for call in list(ctx.state.calls.values()):
        if call.is_live and call.target == group.target:
            ctx.switchboard.hang_up(call.id)
    for number in list(group.phone_numbers):
        detach(ctx, ctx.state.numbers[number])
    for user_id in group.members:
        ctx.state.users[user_id].group_dnd.pop(group.id, None)
    group.members.clear()
    group.leads_only.clear()
    group.skills.clear()
    group.rooms.clear()
    group.state = "deleted"


def build_routes(kind: ManagedKind) -> list[Route]:
    def create(ctx: RequestContext) -> Answer:
        body = ctx.body(kind.create)
        office = ctx.state.group(body.office_id, "office")
        check_name(ctx.state, kind.word, body.name)
        group = Group(
            id=ctx.state.new_id(),
            kind=kind.word,
            name=body.name,
            phone_numbers=[],
            office_id=office.id,
            settings=kind.defaults(),
            country=office.country,
            timezone=office.timezone,
        )
        change_settings(ctx.state, group, body)
        ctx.state.groups[group.id] = group
        return Answer(render_group(group))

    def update(ctx: RequestContext) -> Answer:
        group = ctx.group(kind.word)
        body = ctx.body(kind.update)
        if body.name is not None:
            check_name(ctx.state, kind.word, body.name, but=group)
        change_settings(ctx.state, group, body)
        return Answer(render_group(group))

    def delete(ctx: RequestContext) -> Answer:
        group = ctx.group(kind.word)
        remove(ctx, group)
        return Answer(render_group(group))

    return [
        Route("POST", kind.path, create, admin=True),
        Route("PATCH", f"{kind.path}/{{id}}", update, admin=True),
        Route("DELETE", f"{kind.path}/{{id}}", delete, admin=True),
    ]


ROUTES = tuple(route for kind in KINDS for route in build_routes(kind))
