"""Rooms: phones that belong to a place instead of a person."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, Done, OfficeId, Page, PhoneNumber, Response, Risk
from bot.dialpad.actions.fields import Cursor, DeskPhoneId, DialpadTime, PhoneNumbers, RoomId
from bot.dialpad.actions.people import AssignedNumber, DeskPhone, DeskPhones, Room

RoomField = Annotated[RoomId, Field(title="Room", description="Which room.")]
RoomPhone = Annotated[DeskPhoneId, Field(title="Desk phone", description="Which phone.")]


class InternationalPin(Response):
    """A PIN for calling abroad. ``customer_ref`` stands beside its calls in the usage summary."""

    pin: str | None = None
    customer_ref: str | None = None
    expires_on: DialpadTime | None = None


class ListRooms(Action[Page[Room]]):
    """List rooms with phones, all of them or one office's."""

    slug = "DIALPAD_GET_ROOMS_LIST"
    name = "List rooms"
    request = GET("/api/v2/rooms")
    risk = Risk.READ

    office_id: OfficeId | None = Field(default=None, title="Office", description="Only rooms of this office.")
    cursor: Cursor = None


class GetRoom(Action[Room]):
    """Look a room up, with its numbers."""

    slug = "DIALPAD_RETRIEVE_ROOM_INFORMATION_BY_ID"
    name = "Look up a room"
    request = GET("/api/v2/rooms/{id}")
    risk = Risk.READ

    id: RoomField


class CreateRoom(Action[Room]):
    """Add a room with a phone to an office. This can use up a license."""

    slug = "DIALPAD_CREATE_ROOM_IN_OFFICE_VIA_POST"
    name = "Add a room"
    request = POST("/api/v2/rooms")
    risk = Risk.OUTWARD

    room_name: str = Field(alias="name", title="Name", description="One line.")
    office_id: OfficeId = Field(title="Office", description="The office it is in.")


class UpdateRoom(Action[Room]):
    """Change a room's name, or reorder or take away its numbers. Only what is filled in changes."""

    slug = "DIALPAD_UPDATE_ROOM_DETAILS"
    name = "Change a room"
    request = PATCH("/api/v2/rooms/{id}")
    risk = Risk.OUTWARD

    id: RoomField
    room_name: str | None = Field(default=None, alias="name", title="Name", description="One line.")
    phone_numbers: PhoneNumbers | None = Field(
        default=None,
        title="Numbers",
        description="The whole new list, to reorder or take away. New numbers are assigned separately.",
    )


class DeleteRoom(Action[Room]):
    """Permanently delete a room and its line; its phones stop working."""

    slug = "DIALPAD_DELETE_ROOM_BY_ID"
    name = "Delete a room"
    request = DELETE("/api/v2/rooms/{id}")
    risk = Risk.DESTRUCTIVE

    id: RoomField


class AssignNumberToRoom(Action[AssignedNumber]):
    """Give a room a number: a specific one, or any free one in an area."""

    slug = "DIALPAD_ASSIGN_PHONE_NUMBER_TO_ROOM"
    name = "Give a room a number"
    request = POST("/api/v2/rooms/{id}/assign_number")
    risk = Risk.OUTWARD

    id: RoomField
    number: PhoneNumber | None = Field(default=None, title="Number", description="A free number of the company.")
    area_code: str | None = Field(default=None, title="Area code", description="Instead of a number: where to look.")
    primary: bool | None = Field(
        default=None, title="Main number", description="Make it the room's main number; yes when left out."
    )


class UnassignNumberFromRoom(Action[AssignedNumber]):
    """Take a number away from a room; it no longer rings there."""

    slug = "DIALPAD_UNASSIGN_ROOM_PHONE_NUMBER"
    name = "Take a number from a room"
    request = POST("/api/v2/rooms/{id}/unassign_number")
    risk = Risk.DESTRUCTIVE

    id: RoomField
    number: PhoneNumber = Field(title="Number", description="The number to take away.")


class CreateInternationalPin(Action[InternationalPin]):
    """Create a PIN that lets people call abroad from room phones. Those calls cost money."""

    slug = "DIALPAD_CREATE_PIN_FOR_INTERNATIONAL_ROOM_CALLS"
    name = "Make a PIN for calls abroad"
    request = POST("/api/v2/rooms/international_pin")
    risk = Risk.OUTWARD
    company_admin_key = True
    sensitive = True

    customer_ref: str | None = Field(
        default=None, title="For whom", description="Shown next to the calls in the usage summary; one line."
    )


class ListRoomDeskPhones(Action[DeskPhones]):
    """List a room's desk phones."""

    slug = "DIALPAD_GET_DESKPHONES_IN_ROOMS"
    name = "List a room's desk phones"
    request = GET("/api/v2/rooms/{parent_id}/deskphones")
    risk = Risk.READ
    sensitive = True

    parent_id: RoomField


class GetRoomDeskPhone(Action[DeskPhone]):
    """Look one desk phone of a room up."""

    slug = "DIALPAD_GET_DESKPHONE_BY_PARENT_ID"
    name = "Look up a room's desk phone"
    request = GET("/api/v2/rooms/{parent_id}/deskphones/{id}")
    risk = Risk.READ
    sensitive = True

    parent_id: RoomField
    id: RoomPhone


class DeleteRoomDeskPhone(Action[Done]):
    """Remove a room's desk phone; it stops working until it is set up again."""

    slug = "DIALPAD_DELETE_DESKPHONE_IN_ROOM"
    name = "Delete a room's desk phone"
    request = DELETE("/api/v2/rooms/{parent_id}/deskphones/{id}")
    risk = Risk.DESTRUCTIVE

    parent_id: RoomField
    id: RoomPhone
