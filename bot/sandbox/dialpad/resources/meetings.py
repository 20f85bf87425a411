"""/meetings: planned Dialpad Meetings of a person. Times are asked for in epoch seconds and answered in ISO 8601."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from bot.sandbox.dialpad.access import require_may_act_for
from bot.sandbox.dialpad.fields import Body, Flag, Id, Line, Text, Whole
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.paging import cut_page
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

PLANNED = "planned meeting"
SCOPE = "conference:all"


class Guest(Body):
    call_in_method: Text | None = None
    display_name: Text | None = None
    email: Text | None = None
    is_organizer: Flag | None = None
    name: Text | None = None
    phone: Text | None = None
    phone_number: Text | None = None
    talk_time: Whole | None = None


class MeetingBody(Body):
    title: Annotated[Line, Field(min_length=1)]
    user_id: Id
    start_datetime: Whole
    end_datetime: Whole
    call_out: Flag | None = None
    duration: Whole | None = None
    participants_info: list[Guest] | None = None
    recurrence: Text | None = None


class CreateMeeting(MeetingBody):
    meeting_type: Literal["CUSTOM_UNIQUE_MEETING", "LARGE_MEETING", "PERSONAL", "UNIQUE_MEETING"]


class UpdateMeeting(MeetingBody):
    instance_id: Text | None = None


def moment_of(seconds: int, name: str) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise bad_request(f"{name}: must be seconds since 1970") from None


def render_planned(meeting: Json) -> Json:
    return {
        "id": str(meeting["id"]),
        "instance_id": f"{meeting['id']}-1",
        "title": meeting["title"],
        "meeting_type": meeting["meeting_type"],
        "start_datetime": meeting["start"].isoformat(),
        "end_datetime": meeting["end"].isoformat(),
        "duration": round((meeting["end"] - meeting["start"]).total_seconds() * 1000),
        "timezone": "UTC",
        "meeting_url": f"https://meetings.northlight.example/{meeting['id']}",
        "call_out": meeting["call_out"],
        "participants_info": meeting["guests"],
        "recurrence": meeting["recurrence"],
    }


def _read_span(body: MeetingBody) -> tuple[datetime, datetime]:
    begin = moment_of(body.start_datetime, "start_datetime")
    end = moment_of(body.end_datetime, "end_datetime")
    if end <= begin:
        raise bad_request("end_datetime: must be after start_datetime")
    return begin, end


def _content(body: MeetingBody) -> Json:
    begin, end = _read_span(body)
    guests = [guest.model_dump(exclude_none=True) for guest in body.participants_info or []]
    return {
        "title": body.title, "user_id": body.user_id, "start": begin, "end": end, "guests": guests,
        "call_out": bool(body.call_out), "recurrence": body.recurrence,
    }  # fmt: skip


def _whose(ctx: RequestContext, user_id: int) -> int:
    user = ctx.state.user(user_id)
    require_may_act_for(ctx.state, ctx.caller, user.id)
    return user.id


def _meeting(ctx: RequestContext) -> Json:
    """Return the meeting named by the path. A ``user_id`` in the query must be its organizer's."""
    meeting = ctx.document(PLANNED, "scheduled_conference_id")
    asked = ctx.query_whole("user_id")
    if asked not in (None, meeting["user_id"]):
        raise not_found("meeting")
    _whose(ctx, meeting["user_id"])
    return meeting


def list_planned(ctx: RequestContext) -> Answer:
    """List a person's meetings, under ``data``; no other list of Dialpad's is called so."""
    user_id, begin = ctx.query_whole("user_id"), ctx.query_whole("start_datetime")
    if user_id is None or begin is None:
        raise bad_request("user_id and start_datetime must be given")
    end = ctx.query_whole("end_datetime")
    since = moment_of(begin, "start_datetime")
    until = None if end is None else moment_of(end, "end_datetime")
    owner = _whose(ctx, user_id)
    found = [
        one
        for one in ctx.state.documents.all(PLANNED)
        if one["user_id"] == owner and one["start"] >= since and (until is None or one["start"] <= until)
    ]
    given, cursor = cut_page(
        found, list_name=ctx.route_name, cursor=ctx.query_text("cursor"), size=ctx.state.page_size,
        id_of=lambda one: one["id"],
    )  # fmt: skip
    return Answer({"data": [render_planned(one) for one in given], "cursor": cursor})


def create(ctx: RequestContext) -> Answer:
    body = ctx.body(CreateMeeting)
    _whose(ctx, body.user_id)
    content = {**_content(body), "meeting_type": body.meeting_type}
    return Answer(render_planned(ctx.state.documents.add(PLANNED, content)))


def get(ctx: RequestContext) -> Answer:
    return Answer(render_planned(_meeting(ctx)))


def update(ctx: RequestContext) -> Answer:
    meeting = _meeting(ctx)
    body = ctx.body(UpdateMeeting)
    _whose(ctx, body.user_id)
    meeting.update(_content(body))
    return Answer(render_planned(meeting))


def delete(ctx: RequestContext) -> Answer:
    """Delete a meeting; of one that does not repeat there is no single occurrence to delete."""
    meeting = _meeting(ctx)
    at = ctx.query_whole("instance_timestamp")
    if at is not None and moment_of(at, "instance_timestamp") != meeting["start"].replace(microsecond=0):
        raise not_found("occurrence of this meeting")
    return Answer(render_planned(ctx.state.documents.remove(PLANNED, meeting["id"])))


ROUTES = (
    Route("GET", "/meetings", list_planned, scope=SCOPE),
    Route("POST", "/meetings", create, scope=SCOPE),
    Route("GET", "/meetings/{scheduled_conference_id}", get, scope=SCOPE),
    Route("PUT", "/meetings/{scheduled_conference_id}", update, scope=SCOPE),
    Route("DELETE", "/meetings/{scheduled_conference_id}", delete, scope=SCOPE),
)
