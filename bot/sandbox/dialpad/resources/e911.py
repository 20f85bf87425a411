"""The address that is told to the emergency services when a person or an office dials 911."""

from typing import Annotated

from pydantic import Field

from bot.sandbox.dialpad.fields import Body, FilledLine, Flag, Line, Text
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import forbidden
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer


class Address(Body):
    address: FilledLine
    city: FilledLine
    country: Annotated[Text, Field(min_length=2)]
    state: FilledLine
    zip: FilledLine
    address2: Line | None = None


class UserAddress(Address):
    use_validated_option: Flag | None = None


class OfficeAddress(UserAddress):
    update_all: Flag | None = None


def render_address(body: Address) -> Json:
    """Render an address. ``use_validated_option`` is accepted and changes nothing: there is no address validation
    here."""
    return {name: getattr(body, name) for name in Address.model_fields}


def get_of_user(ctx: RequestContext) -> Answer:
    """Return a user's emergency address, or their office's if they have none of their own."""
    user = ctx.user_to_act_on()
    office = ctx.state.group(user.office_id, "office")
    return Answer(ctx.state.addresses.get(user.target) or ctx.state.addresses.get(office.target))


def put_of_user(ctx: RequestContext) -> Answer:
    user = ctx.user_to_act_on()
    ctx.state.addresses[user.target] = render_address(ctx.body(UserAddress))
    return Answer(ctx.state.addresses[user.target])


def get_of_office(ctx: RequestContext) -> Answer:
    return Answer(ctx.state.addresses.get(ctx.group("office").target))


def put_of_office(ctx: RequestContext) -> Answer:
    """Set an office's address; only its admins may. ``update_all`` gives the address to everybody in it too."""
    office = ctx.group("office")
    if not ctx.is_admin and office.id not in ctx.me.admin_office_ids:
        raise forbidden("Only an admin of this office can change its address.")
    body = ctx.body(OfficeAddress)
    ctx.state.addresses[office.target] = render_address(body)
    if body.update_all:
        for user in ctx.state.users.values():
            if user.office_id == office.id:
                ctx.state.addresses[user.target] = render_address(body)
    return Answer(ctx.state.addresses[office.target])


ROUTES = (
    Route("GET", "/users/{id}/e911", get_of_user),
    Route("PUT", "/users/{id}/e911", put_of_user),
    Route("GET", "/offices/{id}/e911", get_of_office),
    Route("PUT", "/offices/{id}/e911", put_of_office),
)
