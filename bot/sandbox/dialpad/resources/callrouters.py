"""/callrouters: numbers whose calls are sent on by a web service. Admins look after them."""

from bot.sandbox.dialpad.fields import Body, FilledLine, Flag, Id, Line, Text
from bot.sandbox.dialpad.model import CallRouter, Json, Target
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.number_assignments import detach
from bot.sandbox.dialpad.resources.subscriptions import TargetType
from bot.sandbox.dialpad.resources.webhooks import check_url
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class UpdateRouter(Body):
    name: FilledLine | None = None
    default_target_id: Id | None = None
    default_target_type: TargetType | None = None
    enabled: Flag | None = None
    office_id: Id | None = None
    reset_error_count: Flag | None = None
    routing_url: Text | None = None
    secret: Line | None = None


class CreateRouter(Body):
    name: FilledLine
    default_target_id: Id
    default_target_type: TargetType
    office_id: Id
    routing_url: Text
    enabled: Flag | None = None
    secret: Line | None = None


def render_router(router: CallRouter) -> Json:
    """Render a router. The secret is returned in clear, as with webhooks."""
    signature = {"algo": "HS256", "type": "jwt", "secret": router.secret} if router.secret else None
    return {
        "id": router.id,
        "name": router.name,
        "office_id": router.office_id,
        "enabled": router.enabled,
        "routing_url": router.routing_url,
        "default_target_id": router.default_target.id,
        "default_target_type": router.default_target.kind,
        "phone_numbers": router.phone_numbers,
        "signature": signature,
    }


def find_router(ctx: RequestContext) -> CallRouter:
    """Find the router named by the path. Some of these paths call the id a string, so a wrong one is not found
    rather than malformed."""
    found = next((router for key, router in ctx.state.routers.items() if str(key) == ctx.path["id"]), None)
    if found is None:
        raise not_found("callrouter")
    return found


def find_default(ctx: RequestContext, kind: str, target_id: int) -> Target:
    if kind == "callrouter":
        raise bad_request("default_target_type: a call router cannot send its calls to another one")
    return ctx.state.find_target(kind, target_id)


def list_routers(ctx: RequestContext) -> Answer:
    office_id = ctx.query_whole("office_id")
    routers = [router for router in ctx.state.routers.values() if office_id in (None, router.office_id)]
    return ctx.page(routers, render_router, id_of=lambda router: router.id)


def get_router(ctx: RequestContext) -> Answer:
    return Answer(render_router(find_router(ctx)))


def create_router(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    body = ctx.body(CreateRouter)
    check_url(body.routing_url, "routing_url")
    router = CallRouter(
        id=ctx.state.new_id(),
        name=body.name,
        office_id=ctx.state.group(body.office_id, "office").id,
        routing_url=body.routing_url,
        default_target=find_default(ctx, body.default_target_type, body.default_target_id),
        enabled=body.enabled is not False,
        secret=body.secret or "",
    )
    ctx.state.routers[router.id] = router
    return Answer(render_router(router))


def update_router(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    router = find_router(ctx)
    body = ctx.body(UpdateRouter)
    check_url(body.routing_url, "routing_url")
    changes = body.sent()
    kind, target_id = changes.pop("default_target_type", None), changes.pop("default_target_id", None)
    if (kind is None) != (target_id is None):
        raise bad_request("default_target_type and default_target_id must be given together")
    if kind is not None and target_id is not None:
        changes["default_target"] = find_default(ctx, kind, target_id)
    if body.office_id is not None:
        ctx.state.group(body.office_id, "office")
    if changes.pop("reset_error_count", False):
        router.errors = 0
    for name, value in changes.items():
        setattr(router, name, value)
    return Answer(render_router(router))


def delete_router(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    router = find_router(ctx)
    for number in list(router.phone_numbers):
        detach(ctx, ctx.state.numbers[number])
    del ctx.state.routers[router.id]
    return Answer()


ROUTES = (
    Route("GET", "/callrouters", list_routers),
    Route("POST", "/callrouters", create_router),
    Route("GET", "/callrouters/{id}", get_router),
    Route("PATCH", "/callrouters/{id}", update_router),
    Route("DELETE", "/callrouters/{id}", delete_router),
)
