"""Dialpad Meetings that are planned: made, looked up, moved and called off."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from bot.dialpad.action import DELETE, GET, POST, PUT, Action, Page, Response, Risk, UserId
from bot.dialpad.actions.fields import Cursor, DialpadTime, EpochSeconds, MeetingId
from bot.dialpad.actions.parts import RequestPart

MeetingType = Literal["CUSTOM_UNIQUE_MEETING", "LARGE_MEETING", "PERSONAL", "UNIQUE_MEETING"]

_NEEDS = "Dialpad Meetings and the scope “conference:all”"
WhichMeeting = Annotated[MeetingId, Field(title="Meeting", description="Which meeting.")]
Organizer = Annotated[UserId, Field(title="Organizer", description="Whose meeting it is.")]
WhoseMeeting = Annotated[UserId | None, Field(title="Organizer", description="Whose meeting it is.")]
MeetingTitle = Annotated[str, Field(title="Title", description="What guests read.")]
Begins = Annotated[EpochSeconds, Field(title="Begins", description="When it begins.")]
Ends = Annotated[EpochSeconds, Field(title="Ends", description="When it ends.")]
Lasts = Annotated[int | None, Field(title="Lasts", description="Seconds.")]
Repeats = Annotated[str | None, Field(title="Repeats", description="How often, in Dialpad's words.")]
CallsOut = Annotated[bool | None, Field(title="Call the guests", description="Ring the guests when it begins.")]


class MeetingGuest(RequestPart):
    """Somebody who takes part. ``talk_time`` in ms."""

    name: str | None = Field(default=None, title="Name", description="The guest's name.")
    display_name: str | None = Field(default=None, title="Shown name", description="The name others see.")
    email: str | None = Field(default=None, title="E-mail", description="Where the invitation goes.")
    phone: str | None = Field(default=None, title="Phone", description="The number they dial in from.")
    phone_number: str | None = Field(default=None, title="Phone number", description="The number they dial in from.")
    call_in_method: str | None = Field(default=None, title="Joins by", description="How they join.")
    is_organizer: bool | None = Field(default=None, title="Organizer", description="Whether it is their meeting.")
    talk_time: int | None = Field(default=None, title="Talked", description="Milliseconds; Dialpad fills it in.")


MeetingGuests = Annotated[list[MeetingGuest] | None, Field(title="Guests", description="Who takes part.")]


class InvitedGuest(Response):
    """Somebody who takes part, as Dialpad answers."""

    name: str | None = None
    display_name: str | None = None
    email: str | None = None
    phone: str | None = None
    is_organizer: bool | None = None


class ScheduledMeeting(Response):
    """A planned meeting. ``duration`` in ms."""

    id: str | None = None
    instance_id: str | None = None
    title: str | None = None
    meeting_type: str | None = None
    start_datetime: DialpadTime | None = None
    end_datetime: DialpadTime | None = None
    duration: int | None = None
    timezone: str | None = None
    meeting_url: str | None = None
    dial_in_number: str | None = None
    participant_pin: str | None = None
    organizer_pin: str | None = None
    participants_info: tuple[InvitedGuest, ...] = ()
    recurrence: str | None = None


class MeetingPage(Page[ScheduledMeeting]):
    """One page of meetings; Dialpad calls its list ``data`` here, unlike anywhere else."""

    items: list[ScheduledMeeting] = Field(default=[], validation_alias=AliasChoices("data", "items"))


class ListScheduledMeetings(Action[MeetingPage]):
    """List a person's planned meetings from a certain time on."""

    slug = "DIALPAD_LIST_SCHEDULED_MEETINGS"
    name = "List scheduled meetings"
    request = GET("/api/v2/meetings")
    risk = Risk.READ
    scopes = ("conference:all",)
    needs = _NEEDS
    sensitive = True

    user_id: Organizer
    start_datetime: Annotated[EpochSeconds, Field(title="From", description="Only meetings after this.")]
    end_datetime: Annotated[EpochSeconds | None, Field(title="To", description="Only meetings before this.")] = None
    cursor: Cursor = None


class GetMeeting(Action[ScheduledMeeting]):
    """Look a planned meeting up: when it is, how to join, who takes part."""

    slug = "DIALPAD_RETRIEVE_MEETING_BY_ID"
    name = "Look up a meeting"
    request = GET("/api/v2/meetings/{scheduled_conference_id}")
    risk = Risk.READ
    scopes = ("conference:all",)
    needs = _NEEDS
    sensitive = True

    scheduled_conference_id: WhichMeeting
    user_id: WhoseMeeting = None


class CreateMeeting(Action[ScheduledMeeting]):
    """Plan a Dialpad meeting and invite its guests."""

    slug = "DIALPAD_CREATE_MEETING"
    name = "Schedule a meeting"
    request = POST("/api/v2/meetings")
    risk = Risk.OUTWARD
    scopes = ("conference:all",)
    needs = _NEEDS
    sensitive = True

    title: MeetingTitle
    user_id: Organizer
    start_datetime: Begins
    end_datetime: Ends
    meeting_type: MeetingType = Field(title="Room", description="The organizer's own room, or one for this meeting.")
    participants_info: MeetingGuests = None
    duration: Lasts = None
    recurrence: Repeats = None
    call_out: CallsOut = None


class UpdateMeeting(Action[ScheduledMeeting]):
    """Move a planned meeting, rename it, or change who takes part. Its guests are told."""

    slug = "DIALPAD_UPDATE_MEETING_BY_ID"
    name = "Change a meeting"
    request = PUT("/api/v2/meetings/{scheduled_conference_id}")
    risk = Risk.OUTWARD
    scopes = ("conference:all",)
    needs = _NEEDS
    sensitive = True

    scheduled_conference_id: WhichMeeting
    title: MeetingTitle
    user_id: Organizer
    start_datetime: Begins
    end_datetime: Ends
    instance_id: str | None = Field(
        default=None, title="Occurrence", description="Of a meeting that repeats: the id of the one to change."
    )
    participants_info: MeetingGuests = None
    duration: Lasts = None
    recurrence: Repeats = None
    call_out: CallsOut = None


class DeleteMeeting(Action[ScheduledMeeting]):
    """Call a planned meeting off, or one occurrence of a meeting that repeats."""

    slug = "DIALPAD_DELETE_MEETING_BY_ID"
    name = "Delete a meeting"
    request = DELETE("/api/v2/meetings/{scheduled_conference_id}")
    risk = Risk.DESTRUCTIVE
    scopes = ("conference:all",)
    needs = _NEEDS
    sensitive = True

    scheduled_conference_id: WhichMeeting
    user_id: WhoseMeeting = None
    instance_timestamp: Annotated[
        EpochSeconds | None,
        Field(title="Only the one at", description="One of a meeting that repeats: when it begins."),
    ] = None
