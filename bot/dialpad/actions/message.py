"""Texts to many at once, and texts that are sent later."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, Id, InBody, Page, PhoneNumber, Response, Risk, UserId
from bot.dialpad.actions.fields import BulkTextId, EpochSeconds, LongText, Look, PhoneNumbers, ScheduledTextId

MOST_RECIPIENTS = 50
REGISTERED = "a number of your own that is registered for business texting (A2P)"

ThisBulk = Annotated[BulkTextId, Field(title="Bulk text", description="Which bulk text.")]
ThisSchedule = Annotated[ScheduledTextId, Field(title="Scheduled text", description="Which scheduled text.")]
WhoseTexts = Annotated[UserId | None, InBody, Field(title="Person", description="Whose it is; yours when left out.")]
NextPage = Annotated[
    str | None, InBody, Field(title="Next page", description="Where the previous page of the list ended.")
]
PageSize = Annotated[
    int | None, InBody, Field(title="Most", description="How many at once: 20 when left out, 100 at most.")
]
Media = Annotated[
    Annotated[str, Look.BASE64] | None,
    Field(title="Picture", description="A file of at most 500 KiB; makes it an MMS."),
]
FromOwn = Annotated[PhoneNumber | None, Field(title="From number", description="A number of the sender's own.")]
Kept = Annotated[str | None, Field(exclude=True, repr=False)]
"""A file that an answer repeats: nobody reads it."""


class BulkRecipient(Response):
    """One recipient of a bulk text, and what became of theirs."""

    phone_number: str | None = None
    display_name: str | None = None
    attempted_send: bool | None = None
    error_message: str | None = None
    delivery_method: str | None = None
    delivery_status: str | None = None
    delivery_error_code: str | None = None
    delivery_error_details: str | None = None
    delivery_status_timestamp: int | None = None


class BulkText(Response):
    """A text to many. ``status`` is pending or complete; ``created_date`` in seconds."""

    bulk_message_id: str | None = None
    title: str | None = None
    text: str | None = None
    from_number: str | None = None
    status: str | None = None
    classified_spam: bool | None = None
    sms_has_errors: bool | None = None
    num_recipients: int | None = None
    recipients: tuple[BulkRecipient, ...] = ()
    created_date: int | None = None
    user_id: Id | None = None
    media: Kept = None


class BulkTexts(Page[BulkText]):
    """A page of bulk texts, which Dialpad calls ``bulk_messages``."""

    items: list[BulkText] = Field(default=[], alias="bulk_messages")
    has_more: bool | None = None


class ChangedBulkText(Response):
    """A bulk text that was sent or changed."""

    bulk_message: BulkText | None = None
    success: bool | None = None
    message: str | None = None


class ScheduledText(Response):
    """A text that is sent later. ``scheduled_time`` and ``created_date`` in seconds; ``status`` active, deleted or
    sent."""

    schedule_id: str | None = None
    text: str | None = None
    to_numbers: tuple[str, ...] = ()
    channel_hashtag: str | None = None
    from_number: str | None = None
    scheduled_time: int | None = None
    timezone: str | None = None
    status: str | None = None
    user_id: Id | None = None
    created_date: int | None = None
    media: Kept = None


class ScheduledTexts(Page[ScheduledText]):
    """A page of scheduled texts, which Dialpad calls ``schedules``."""

    items: list[ScheduledText] = Field(default=[], alias="schedules")
    has_more: bool | None = None


class EndedSchedule(Response):
    """A schedule that was sent at once or deleted."""

    schedule_id: str | None = None
    success: bool | None = None
    message: str | None = None


class ListBulkTexts(Action[BulkTexts]):
    """List the texts that you sent to many at once."""

    slug = "DIALPAD_LIST_BULK_MESSAGES"
    name = "List bulk texts"
    request = GET("/api/v2/message/bulk")
    risk = Risk.READ
    sensitive = True
    needs = REGISTERED

    user_id: WhoseTexts = None
    limit: PageSize = None
    cursor: NextPage = None


class GetBulkText(Action[BulkText]):
    """Look a bulk text up: who got it and who did not."""

    slug = "DIALPAD_RETRIEVE_BULK_MESSAGE_BY_ID"
    name = "Look up a bulk text"
    request = GET("/api/v2/message/bulk/{id}")
    risk = Risk.READ
    sensitive = True
    needs = REGISTERED

    id: ThisBulk
    user_id: WhoseTexts = None


class SendBulkText(Action[ChangedBulkText]):
    """Send the same text to up to 50 numbers, each alone: nobody sees who else got it."""

    slug = "DIALPAD_SEND_BULK_MESSAGE"
    name = "Send one text to many people"
    request = POST("/api/v2/message/bulk")
    risk = Risk.OUTWARD
    sensitive = True
    needs = REGISTERED

    from_number: PhoneNumber = Field(
        title="From number", description="A number of the sender's own, registered for business texting."
    )
    to_numbers: PhoneNumbers = Field(title="To", description="Up to 50 numbers.", max_length=MOST_RECIPIENTS)
    text: LongText = Field(title="Message", description="What to say.")
    title: str | None = Field(default=None, title="Title", description="To find it again; nobody outside reads it.")
    media: Media = None
    user_id: WhoseTexts = None


class UpdateBulkText(Action[ChangedBulkText]):
    """Change what a bulk text says while it is not yet on its way."""

    slug = "DIALPAD_UPDATE_BULK_MESSAGE_BY_ID"
    name = "Change a bulk text"
    request = PATCH("/api/v2/message/bulk/{id}")
    risk = Risk.OUTWARD
    sensitive = True
    needs = REGISTERED

    id: ThisBulk
    text: LongText | None = Field(default=None, title="Message", description="What to say instead.")
    media: Media = None
    user_id: WhoseTexts = None


class ListScheduledTexts(Action[ScheduledTexts]):
    """List your texts that wait to be sent."""

    slug = "DIALPAD_LIST_SCHEDULED_MESSAGES"
    name = "List scheduled texts"
    request = GET("/api/v2/message/schedule")
    risk = Risk.READ
    sensitive = True

    user_id: WhoseTexts = None
    limit: PageSize = None
    cursor: NextPage = None


class GetScheduledText(Action[ScheduledText]):
    """Look a scheduled text up."""

    slug = "DIALPAD_RETRIEVE_SCHEDULED_MESSAGE_BY_ID"
    name = "Look up a scheduled text"
    request = GET("/api/v2/message/schedule/{id}")
    risk = Risk.READ
    sensitive = True

    id: ThisSchedule
    user_id: WhoseTexts = None


class ScheduleText(Action[ScheduledText]):
    """Send a text later, at least 10 minutes from now."""

    slug = "DIALPAD_CREATE_SCHEDULED_MESSAGE"
    name = "Schedule a text"
    request = POST("/api/v2/message/schedule")
    risk = Risk.OUTWARD
    sensitive = True

    to_numbers: PhoneNumbers | None = Field(
        default=None, title="To", description="Up to 50 numbers.", max_length=MOST_RECIPIENTS
    )
    text: LongText | None = Field(default=None, title="Message", description="What to say.")
    start_date: EpochSeconds | None = Field(default=None, title="Send at", description="At least 10 minutes from now.")
    timezone: str | None = Field(default=None, title="Time zone", description="Such as America/Los_Angeles.")
    from_number: FromOwn = None
    channel_hashtag: str | None = Field(
        default=None, title="Dialpad channel", description="Send to the members of this Dialpad channel instead."
    )
    is_bulk: bool | None = Field(default=None, title="As a bulk text", description="Needed for more than 10 numbers.")
    media: Media = None
    user_id: WhoseTexts = None


class UpdateScheduledText(Action[ScheduledText]):
    """Change a text that waits to be sent: its words, its recipients or its time."""

    slug = "DIALPAD_UPDATE_SCHEDULED_MESSAGE_BY_ID"
    name = "Change a scheduled text"
    request = PATCH("/api/v2/message/schedule/{id}")
    risk = Risk.OUTWARD
    sensitive = True

    id: ThisSchedule
    text: LongText | None = Field(default=None, title="Message", description="What to say instead.")
    start_date: EpochSeconds | None = Field(default=None, title="Send at", description="At least 10 minutes from now.")
    timezone: str | None = Field(default=None, title="Time zone", description="Such as America/Los_Angeles.")
    to_numbers: PhoneNumbers | None = Field(
        default=None, title="To", description="The whole new list, up to 50 numbers.", max_length=MOST_RECIPIENTS
    )
    from_number: FromOwn = None
    channel_hashtag: str | None = Field(
        default=None, title="Dialpad channel", description="Send to the members of this Dialpad channel instead."
    )
    media: Media = None
    user_id: WhoseTexts = None


class DeleteScheduledText(Action[EndedSchedule]):
    """Cancel a text that waits to be sent: it is not sent."""

    slug = "DIALPAD_DELETE_SCHEDULED_MESSAGE_BY_ID"
    name = "Cancel a scheduled text"
    request = DELETE("/api/v2/message/schedule/{id}")
    risk = Risk.DESTRUCTIVE

    id: ThisSchedule
    user_id: WhoseTexts = None


class SendScheduledTextNow(Action[EndedSchedule]):
    """Send a text that waits to be sent at once; its schedule is then deleted."""

    slug = "DIALPAD_SEND_SCHEDULED_MESSAGE_NOW"
    name = "Send a scheduled text now"
    request = POST("/api/v2/message/schedule/{id}/send")
    risk = Risk.OUTWARD

    id: ThisSchedule
    user_id: WhoseTexts = None
