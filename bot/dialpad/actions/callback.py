"""Calling people back from a call center's queue."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import POST, Action, CallCenterId, PhoneNumber, Response, Risk

NumberToCall = Annotated[PhoneNumber | None, Field(title="Number", description="Who is called back; not abroad.")]
CallbackCenter = Annotated[
    CallCenterId | None, Field(title="Call center", description="Whose next free operator calls.")
]


class QueuedCallback(Response):
    """A callback in the queue. ``position`` 1 is next."""

    position: int | None = None


class CallbackCheck(Response):
    """The answer whether a callback would be taken."""

    success: bool | None = None


class RequestCallback(Action[QueuedCallback]):
    """Put a number in a call center's queue; the next available operator is connected to it."""

    slug = "DIALPAD_CREATE_CALLBACK"
    name = "Request a callback"
    request = POST("/api/v2/callback")
    risk = Risk.OUTWARD

    phone_number: NumberToCall = None
    call_center_id: CallbackCenter = None


class CheckCallback(Action[CallbackCheck]):
    """See whether a callback would be taken now, without asking for it."""

    slug = "DIALPAD_VALIDATE_CALLBACK_REQUEST"
    name = "Check a callback"
    request = POST("/api/v2/callback/validate")
    risk = Risk.READ
    repeatable = True

    phone_number: NumberToCall = None
    call_center_id: CallbackCenter = None
