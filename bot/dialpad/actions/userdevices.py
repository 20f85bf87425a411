"""Apps and phones that people are signed in to."""

from pydantic import Field

from bot.dialpad.action import GET, Action, Page, Risk
from bot.dialpad.actions.fields import Cursor, DeviceId, TextUserId
from bot.dialpad.actions.people import Device


class ListDevices(Action[Page[Device]]):
    """List the devices that people, or one person, are signed in on."""

    slug = "DIALPAD_RETRIEVE_USER_DEVICES_LIST"
    name = "List devices"
    request = GET("/api/v2/userdevices")
    risk = Risk.READ

    user_id: TextUserId | None = Field(default=None, title="Person", description="Whose devices.")
    cursor: Cursor = None


class GetDevice(Action[Device]):
    """Look a device up."""

    slug = "DIALPAD_RETRIEVE_USER_DEVICE_BY_ID"
    name = "Look up a device"
    request = GET("/api/v2/userdevices/{id}")
    risk = Risk.READ

    id: DeviceId = Field(title="Device", description="Which device.")
