"""/channels: chat rooms in the Dialpad app. A private one is visible to its members and to admins only."""

from typing import Annotated, Literal

from pydantic import Field

from bot.sandbox.dialpad.fields import Body, Id, Line, Text
from bot.sandbox.dialpad.model import Json, User
from bot.sandbox.dialpad.refusals import bad_request, conflict, forbidden, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

CHANNEL = "channel"


class CreateChannel(Body):
    name: Annotated[Line, Field(min_length=1)]
    description: Text
    privacy_type: Literal["private", "public"]
    user_id: Id | None = None


class Member(Body):
    user_id: Id


def render_channel(channel: Json) -> Json:
    return {"id": channel["id"], "name": channel["name"]}


def render_member(user: User) -> Json:
    return {"id": user.id, "name": user.name}


def may_see(ctx: RequestContext, channel: Json) -> bool:
    return ctx.is_admin or channel["privacy_type"] == "public" or ctx.caller.user_id in channel["members"]


def find_channel(ctx: RequestContext) -> Json:
    channel = ctx.document(CHANNEL)
    if not may_see(ctx, channel):
        raise not_found(CHANNEL)
    return channel


def require_owner(ctx: RequestContext, channel: Json) -> None:
    if not ctx.is_admin and channel["owner_id"] != ctx.caller.user_id:
        raise forbidden("Only the owner of this channel, or an admin, can change it.")


def channel_and_user(ctx: RequestContext) -> tuple[Json, int]:
    """Return the channel and the user to add or remove. Owner and admins may name anybody; everybody may join a
    channel they see, and leave it."""
    channel = find_channel(ctx)
    user_id = ctx.body(Member).user_id
    if user_id != ctx.caller.user_id:
        require_owner(ctx, channel)
    return channel, user_id


def list_channels(ctx: RequestContext) -> Answer:
    """List channels. ``state`` is any word; an existing channel is ``active``."""
    state = ctx.query_text("state")
    channels = [one for one in ctx.state.documents.all(CHANNEL) if may_see(ctx, one) and state in (None, "active")]
    return ctx.page(channels, render_channel, id_of=lambda one: one["id"])


def get_channel(ctx: RequestContext) -> Answer:
    return Answer(render_channel(find_channel(ctx)))


def create_channel(ctx: RequestContext) -> Answer:
    """Create a channel. A company key must say whose it is; anybody else makes their own."""
    body = ctx.body(CreateChannel)
    owner_id = ctx.caller.user_id
    if owner_id is None:
        if body.user_id is None:
            raise bad_request("user_id: is needed with a company API key")
        owner_id = ctx.state.user(body.user_id).id
    elif body.user_id not in (None, owner_id):
        raise bad_request("user_id: can be given only with a company API key")
    if any(one["name"].lower() == body.name.lower() for one in ctx.state.documents.all(CHANNEL)):
        raise conflict("a channel with this name exists already")
    content = {**body.model_dump(exclude={"user_id"}), "owner_id": owner_id, "members": [owner_id]}
    return Answer(render_channel(ctx.state.documents.add(CHANNEL, content)))


def delete_channel(ctx: RequestContext) -> Answer:
    channel = find_channel(ctx)
    require_owner(ctx, channel)
    ctx.state.documents.remove(CHANNEL, channel["id"])
    return Answer()


def list_members(ctx: RequestContext) -> Answer:
    users = [ctx.state.users[user_id] for user_id in find_channel(ctx)["members"]]
    return ctx.page([user for user in users if user.state == "active"], render_member, id_of=lambda user: user.id)


def add_member(ctx: RequestContext) -> Answer:
    channel, user_id = channel_and_user(ctx)
    user = ctx.state.user(user_id)
    if user.id in channel["members"]:
        raise conflict("the user is already a member of this channel")
    channel["members"].append(user.id)
    return Answer(render_member(user))


def remove_member(ctx: RequestContext) -> Answer:
    channel, user_id = channel_and_user(ctx)
    if user_id not in channel["members"]:
        raise not_found("member")
    channel["members"].remove(user_id)
    return Answer()


ROUTES = (
    Route("GET", "/channels", list_channels),
    Route("POST", "/channels", create_channel),
    Route("GET", "/channels/{id}", get_channel),
    Route("DELETE", "/channels/{id}", delete_channel),
    Route("GET", "/channels/{id}/members", list_members),
    Route("POST", "/channels/{id}/members", add_member),
    Route("DELETE", "/channels/{id}/members", remove_member),
)
