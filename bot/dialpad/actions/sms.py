"""Text messages."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import POST, Action, Id, PhoneNumber, Rate, Response, Risk, UserId
from bot.dialpad.actions.fields import DialpadTime, GroupType, KindIn, LongText, Look, PhoneNumbers


class SentSms(Response):
    """A text message on its way. ``message_status`` is pending until an event says more."""

    id: Id | None = None
    message_status: str | None = None
    message_delivery_result: str | None = None
    direction: str | None = None
    from_number: str | None = None
    to_numbers: tuple[str, ...] = ()
    text: str | None = None
    user_id: Id | None = None
    target_id: Id | None = None
    target_type: str | None = None
    contact_id: str | None = None
    created_date: DialpadTime | None = None


class SendSms(Action[SentSms]):
    """Send a text message, from a person or on behalf of a group, with or without a picture."""

    slug = "DIALPAD_SEND_SMS_WITH_OPTIONAL_MEDIA_AND_GROUP_SENDER"
    name = "Send a text message"
    request = POST("/api/v2/sms")
    risk = Risk.OUTWARD
    rates = (Rate(100),)  # tier 0; tier 1 may send 800 a minute, but nothing tells which tier a company is in

    to_numbers: PhoneNumbers | None = Field(default=None, title="To", description="Up to 10 numbers.")
    text: LongText | None = Field(default=None, title="Message", description="What to say.")
    media: Annotated[str, Look.BASE64] | None = Field(
        default=None, title="Picture", description="A file of at most 500 KiB; makes it an MMS."
    )
    user_id: UserId | None = Field(default=None, title="From person", description="Who sends it.")
    from_number: PhoneNumber | None = Field(
        default=None, title="From number", description="The sending number; goes before person and group."
    )
    sender_group_type: GroupType | None = Field(
        default=None, title="Kind of group", description="To send on behalf of a group: what kind of group."
    )
    sender_group_id: Annotated[Id, KindIn("sender_group_type")] | None = Field(
        default=None, title="From group", description="Which group; with its kind."
    )
    channel_hashtag: str | None = Field(
        default=None, title="Dialpad channel", description="Send to the members of this Dialpad channel instead."
    )
    infer_country_code: bool | None = Field(
        default=None, title="Local numbers", description="Read numbers without + as of the sender's country."
    )
