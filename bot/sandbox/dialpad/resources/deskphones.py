"""The desk phones of people and rooms. They register when plugged in; the API only lists and deletes them."""

from bot.sandbox.dialpad.model import Json, Target
from bot.sandbox.dialpad.refusals import not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

DESK_PHONE = "desk phone"


def owner_user(ctx: RequestContext) -> Target:
    return ctx.user_to_act_on(ctx.path["parent_id"]).target


def owner_room(ctx: RequestContext) -> Target:
    return ctx.state.room(ctx.path_id("parent_id")).target


def phones_of(ctx: RequestContext, owner: Target) -> list[Json]:
    return [phone for phone in ctx.state.documents.all(DESK_PHONE) if (phone["owner_type"], phone["owner_id"]) == owner]


def find_phone(ctx: RequestContext, owner: Target) -> Json:
    for phone in phones_of(ctx, owner):
        if str(phone["id"]) == ctx.path["id"]:
            return phone
    raise not_found(DESK_PHONE)


def list_of_user(ctx: RequestContext) -> Answer:
    return Answer({"items": phones_of(ctx, owner_user(ctx))})


def get_of_user(ctx: RequestContext) -> Answer:
    return Answer(find_phone(ctx, owner_user(ctx)))


def delete_of_user(ctx: RequestContext) -> Answer:
    ctx.state.documents.remove(DESK_PHONE, find_phone(ctx, owner_user(ctx))["id"])
    return Answer()


def list_of_room(ctx: RequestContext) -> Answer:
    return Answer({"items": phones_of(ctx, owner_room(ctx))})


def get_of_room(ctx: RequestContext) -> Answer:
    return Answer(find_phone(ctx, owner_room(ctx)))


def delete_of_room(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    ctx.state.documents.remove(DESK_PHONE, find_phone(ctx, owner_room(ctx))["id"])
    return Answer()


ROUTES = (
    Route("GET", "/users/{parent_id}/deskphones", list_of_user),
    Route("GET", "/users/{parent_id}/deskphones/{id}", get_of_user),
    Route("DELETE", "/users/{parent_id}/deskphones/{id}", delete_of_user),
    Route("GET", "/rooms/{parent_id}/deskphones", list_of_room),
    Route("GET", "/rooms/{parent_id}/deskphones/{id}", get_of_room),
    Route("DELETE", "/rooms/{parent_id}/deskphones/{id}", delete_of_room),
)
