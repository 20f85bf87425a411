"""Creating, moving and removing users: for admins only."""

from bot.sandbox.dialpad.fields import Body, Flag, Id, Line, Text
from bot.sandbox.dialpad.model import User
from bot.sandbox.dialpad.refusals import bad_request, conflict
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.number_assignments import attach, detach, pick_from_pool
from bot.sandbox.dialpad.resources.people import render_user
from bot.sandbox.dialpad.resources.users import License
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class CreateUser(Body):
    email: Text
    office_id: Id
    first_name: Line | None = None
    last_name: Line | None = None
    license: License | None = None
    auto_assign: Flag | None = None


class MoveOffice(Body):
    office_id: Id | None = None


def create_user(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    body = ctx.body(CreateUser)
    name, _, domain = body.email.partition("@")
    if not name or "." not in domain:
        raise bad_request("email: must be an e-mail address")
    known = {email.lower() for user in ctx.state.users.values() if user.state != "deleted" for email in user.emails}
    if body.email.lower() in known:
        raise conflict("a user with this e-mail exists already")
    office = ctx.state.group(body.office_id, "office")
    user = User(
        id=ctx.state.new_id(),
        first_name=body.first_name or name,
        last_name=body.last_name or "",
        emails=[body.email],
        phone_numbers=[],
        office_id=office.id,
        date_added=ctx.state.now(),
        license=body.license or "talk",
        is_online=False,
    )
    number = pick_from_pool(ctx, None) if body.auto_assign else None
    ctx.state.users[user.id] = user
    if number is not None:
        attach(ctx, number, user.target, primary=True)
    return Answer(render_user(ctx.state, user))


def delete_user(ctx: RequestContext) -> Answer:
    """Delete a user: their numbers go to the pool and they leave every group; the answer shows them as deleted."""
    ctx.require_admin()
    user = ctx.user()
    if any(router.default_target == user.target for router in ctx.state.routers.values()):
        raise conflict("a call router sends its calls to this user; change its default target first")
    for number in list(user.phone_numbers):
        detach(ctx, ctx.state.numbers[number])
    for group in list(ctx.state.groups_of(user.id)):
        del group.members[user.id]
        group.leads_only.discard(user.id)
    for leg in ctx.state.live_legs_of(user.id):
        if leg.is_live:
            ctx.switchboard.hang_up(leg.id)
    user.state = "deleted"
    return Answer(render_user(ctx.state, user))


def move_office(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    user = ctx.user()
    office_id = ctx.body(MoveOffice).office_id
    if office_id is not None:
        user.office_id = ctx.state.group(office_id, "office").id
    return Answer(render_user(ctx.state, user))


ROUTES = (
    Route("POST", "/users", create_user),
    Route("DELETE", "/users/{id}", delete_user),
    Route("PATCH", "/users/{id}/move_office", move_office),
)
