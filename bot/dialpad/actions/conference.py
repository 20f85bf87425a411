"""Dialpad Meetings: video rooms and what took place in them."""

from pydantic import Field

from bot.dialpad.action import GET, Action, Page, Response, Risk
from bot.dialpad.actions.fields import Cursor, DialpadTime


class MeetingRoom(Response):
    """Somebody's meeting room. ``path`` is its web address, ``number`` its dial-in number."""

    id: str | None = None
    display_name: str | None = None
    email: str | None = None
    number: str | None = None
    path: str | None = None
    company_name: str | None = None


class Participant(Response):
    """Somebody who took part. ``talk_time`` in ms."""

    name: str | None = None
    display_name: str | None = None
    email: str | None = None
    phone: str | None = None
    phone_number: str | None = None
    call_in_method: str | None = None
    is_organizer: bool | None = None
    talk_time: int | None = None


class MeetingRecording(Response):
    """A recording; ``size`` as people write it, such as 14.3MB."""

    url: str | None = None
    size: str | None = None


class Meeting(Response):
    """A meeting that is over."""

    id: str | None = None
    title: str | None = None
    host_name: str | None = None
    room_id: str | None = None
    start_time: DialpadTime | None = None
    end_time: DialpadTime | None = None
    duration_ms: int | None = None
    participants: tuple[Participant, ...] = ()
    recordings: tuple[MeetingRecording, ...] = ()
    transcript_url: str | None = None


class ListMeetings(Action[Page[Meeting]]):
    """List past meetings: who took part, how long, recordings and transcript."""

    slug = "DIALPAD_RETRIEVE_CONFERENCE_MEETINGS"
    name = "List past meetings"
    request = GET("/api/v2/conference/meetings")
    risk = Risk.READ
    scopes = ("conference:read",)
    sensitive = True

    room_id: str | None = Field(
        default=None, title="Meeting room", description="Only meetings of this room; “List meeting rooms” shows its id."
    )
    cursor: Cursor = None


class ListMeetingRooms(Action[Page[MeetingRoom]]):
    """List the video meeting rooms, with their addresses and dial-in numbers."""

    slug = "DIALPAD_LIST_CONFERENCE_ROOMS"
    name = "List meeting rooms"
    request = GET("/api/v2/conference/rooms")
    risk = Risk.READ
    scopes = ("conference:read",)

    cursor: Cursor = None
