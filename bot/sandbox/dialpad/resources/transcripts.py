"""/transcripts: what was said on a call, line by line."""

from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.call_rights import call_to_see
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import naive_iso
from bot.sandbox.dialpad.wire import Answer


def get_transcript(ctx: RequestContext) -> Answer:
    """Return the transcript; a call without one has no ``lines`` at all."""
    call = call_to_see(ctx, "call_id")
    lines = [
        {
            "content": line.content,
            "name": line.name,
            "time": naive_iso(line.time),
            "type": line.kind,
            "user_id": line.user_id,
            "contact_id": line.contact_id,
        }
        for line in call.transcript
    ]
    return Answer({"call_id": call.id, "lines": lines})


def get_transcript_url(ctx: RequestContext) -> Answer:
    call = call_to_see(ctx, "call_id")
    url = f"https://dialpad.example/callhistory/callreview/{call.id}?tab=transcript"
    return Answer({"call_id": call.id, "url": url})


ROUTES = (
    Route("GET", "/transcripts/{call_id}", get_transcript),
    Route("GET", "/transcripts/{call_id}/url", get_transcript_url),
)
