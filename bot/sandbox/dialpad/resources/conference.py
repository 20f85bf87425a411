"""/conference: Dialpad Meetings' rooms, and past meetings."""

from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import naive_iso
from bot.sandbox.dialpad.wire import Answer

MEETING_ROOM = "meeting room"
MEETING = "meeting"


def render_room(ctx: RequestContext, room: Json) -> Json:
    """Render a room. An id is a string here, and the number is the one to dial in."""
    shown = {key: room[key] for key in ("display_name", "email", "number", "path")}
    return {**shown, "id": str(room["id"]), "company_name": ctx.state.company_name}


def render_meeting(meeting: Json) -> Json:
    length = meeting["end"] - meeting["start"]
    return {
        "id": str(meeting["id"]),
        "room_id": str(meeting["room_id"]),
        "title": meeting["title"],
        "host_name": meeting["host_name"],
        "start_time": naive_iso(meeting["start"]),
        "end_time": naive_iso(meeting["end"]),
        "duration_ms": round(length.total_seconds() * 1000),
        "participants": meeting["participants"],
        "recordings": meeting["recordings"],
        "transcript_url": meeting["transcript_url"],
    }


def list_rooms(ctx: RequestContext) -> Answer:
    rooms = ctx.state.documents.all(MEETING_ROOM)
    return ctx.page(rooms, lambda room: render_room(ctx, room), id_of=lambda room: room["id"])


def list_meetings(ctx: RequestContext) -> Answer:
    """List meetings, newest first."""
    room_id = ctx.query_text("room_id")
    if room_id is not None and room_id not in (str(room["id"]) for room in ctx.state.documents.all(MEETING_ROOM)):
        raise not_found(MEETING_ROOM)
    meetings = [one for one in ctx.state.documents.all(MEETING) if room_id in (None, str(one["room_id"]))]
    meetings.sort(key=lambda one: one["start"], reverse=True)
    return ctx.page(meetings, render_meeting, id_of=lambda one: one["id"])


ROUTES = (
    Route("GET", "/conference/rooms", list_rooms, scope="conference:read"),
    Route("GET", "/conference/meetings", list_meetings, scope="conference:read"),
)
