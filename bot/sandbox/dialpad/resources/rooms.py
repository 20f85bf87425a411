"""/rooms: places with a phone. Everybody sees them, admins change them."""

import secrets
from datetime import timedelta

from bot.sandbox.dialpad.fields import E164, Body, FilledLine, Id, Line
from bot.sandbox.dialpad.model import Json, Room
from bot.sandbox.dialpad.refusals import bad_request
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.deskphones import DESK_PHONE
from bot.sandbox.dialpad.resources.number_assignments import detach
from bot.sandbox.dialpad.resources.people import render_room
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import naive_iso
from bot.sandbox.dialpad.wire import Answer

PIN = "international pin"
PIN_LIFETIME = timedelta(hours=1)


class CreateRoom(Body):
    name: FilledLine
    office_id: Id


class UpdateRoom(Body):
    name: FilledLine | None = None
    phone_numbers: list[E164] | None = None


class CreatePin(Body):
    customer_ref: Line | None = None


def render(ctx: RequestContext, room: Room) -> Json:
    return {**render_room(ctx.state, room), "is_free": not room.phone_numbers}


def find_room(ctx: RequestContext) -> Room:
    return ctx.state.room(ctx.path_id())


def list_rooms(ctx: RequestContext) -> Answer:
    office_id = ctx.query_whole("office_id")
    rooms = [
        room for room in ctx.state.rooms.values() if room.state == "active" and office_id in (None, room.office_id)
    ]
    return ctx.page(rooms, lambda room: render(ctx, room), id_of=lambda room: room.id)


def get_room(ctx: RequestContext) -> Answer:
    return Answer(render(ctx, find_room(ctx)))


def create_room(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    body = ctx.body(CreateRoom)
    office = ctx.state.group(body.office_id, "office")
    room = Room(ctx.state.new_id(), body.name, office.id, country=office.country)
    ctx.state.rooms[room.id] = room
    return Answer(render(ctx, room))


def update_room(ctx: RequestContext) -> Answer:
    """Update a room. ``phone_numbers`` reorders the room's numbers; those left out go to the pool."""
    ctx.require_admin()
    room = find_room(ctx)
    body = ctx.body(UpdateRoom)
    numbers = body.phone_numbers
    if numbers is not None:
        if not set(numbers) <= set(room.phone_numbers) or len(set(numbers)) != len(numbers):
            raise bad_request("phone_numbers: only numbers the room has; assign new ones first")
        for number in set(room.phone_numbers) - set(numbers):
            detach(ctx, ctx.state.numbers[number])
        room.phone_numbers[:] = numbers
    room.name = body.name or room.name
    return Answer(render(ctx, room))


def delete_room(ctx: RequestContext) -> Answer:
    """Delete a room; its numbers go to the pool and its desk phones are signed out."""
    ctx.require_admin()
    room = find_room(ctx)
    for number in list(room.phone_numbers):
        detach(ctx, ctx.state.numbers[number])
    for phone in ctx.state.documents.all(DESK_PHONE):
        if (phone["owner_type"], phone["owner_id"]) == ("room", room.id):
            ctx.state.documents.remove(DESK_PHONE, phone["id"])
    for group in ctx.state.groups.values():
        if room.id in group.rooms:
            group.rooms.remove(room.id)
    room.state = "deleted"
    return Answer(render(ctx, room))


def create_pin(ctx: RequestContext) -> Answer:
    """Create a PIN, a short number that a room's phone asks for before it calls abroad."""
    content = {
        "customer_ref": ctx.body(CreatePin).customer_ref,
        "pin": f"{secrets.randbelow(100_000):05}",
        "expires_on": naive_iso(ctx.state.now() + PIN_LIFETIME),
    }
    ctx.state.documents.add(PIN, content)
    return Answer(content)


ROUTES = (
    Route("GET", "/rooms", list_rooms),
    Route("POST", "/rooms", create_room),
    Route("GET", "/rooms/{id}", get_room),
    Route("PATCH", "/rooms/{id}", update_room),
    Route("DELETE", "/rooms/{id}", delete_room),
    Route("POST", "/rooms/international_pin", create_pin, admin=True),
)
