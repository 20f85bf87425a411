"""/callreviewsharelink and /recordingsharelink: links to a call or a recording, and who may open them."""

import secrets
from typing import Literal

from bot.sandbox.dialpad.fields import Body, Id, Text
from bot.sandbox.dialpad.limits import PER_MINUTE_100, PER_MINUTE_250
from bot.sandbox.dialpad.model import Call, Json
from bot.sandbox.dialpad.refusals import bad_request, forbidden, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.call_rights import require_may_see
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import naive_iso
from bot.sandbox.dialpad.wire import Answer

REVIEW = "call review share link"
RECORDING = "recording share link"
ReviewPrivacy = Literal["company", "public"]
RecordingPrivacy = Literal["admin", "company", "owner", "public"]


class CreateReviewLink(Body):
    call_id: Id | None = None
    privacy: ReviewPrivacy | None = None


class UpdateReviewLink(Body):
    privacy: ReviewPrivacy


class CreateRecordingLink(Body):
    recording_id: Text
    recording_type: Literal["admincallrecording", "callrecording", "voicemail"]
    privacy: RecordingPrivacy | None = None


class UpdateRecordingLink(Body):
    privacy: RecordingPrivacy


def find_link(ctx: RequestContext, shelf: str) -> Json:
    """Find a link. Everybody who may see the call may see its links."""
    link = ctx.document(shelf)
    require_may_see(ctx, ctx.state.call(link["call_id"]))
    return link


def link_to_change(ctx: RequestContext, shelf: str) -> Json:
    return require_own(ctx, find_link(ctx, shelf))


def require_own(ctx: RequestContext, link: Json) -> Json:
    if not ctx.is_admin and link["created_by_id"] != ctx.caller.user_id:
        raise forbidden("Only who made this link, or an admin, can change it.")
    return link


def add_link(ctx: RequestContext, shelf: str, folder: str, content: Json) -> Json:
    """Create the one link to a thing, or return the existing one with the privacy asked for last."""
    for known in ctx.state.documents.all(shelf):
        if (known["call_id"], known.get("item_id")) == (content["call_id"], content.get("item_id")):
            if known["privacy"] != content["privacy"]:
                require_own(ctx, known)["privacy"] = content["privacy"]
            return known
    content = {
        **content,
        "access_link": f"{ctx.state.base_url}/shared/{folder}/{secrets.token_urlsafe(24)}",
        "created_by_id": ctx.caller.user_id,
        "date_added": naive_iso(ctx.state.now()),
    }
    return ctx.state.documents.add(shelf, content)


def render_review(link: Json) -> Json:
    return {key: link[key] for key in ("id", "access_link", "call_id", "privacy")}


def create_review(ctx: RequestContext) -> Answer:
    body = ctx.body(CreateReviewLink)
    if body.call_id is None:
        raise bad_request('missing required field "call_id"')
    call = require_may_see(ctx, ctx.state.call(body.call_id))
    content = {"call_id": call.id, "privacy": body.privacy or "company"}
    return Answer(render_review(add_link(ctx, REVIEW, "call", content)))


def get_review(ctx: RequestContext) -> Answer:
    return Answer(render_review(find_link(ctx, REVIEW)))


def update_review(ctx: RequestContext) -> Answer:
    link = link_to_change(ctx, REVIEW)
    link["privacy"] = ctx.body(UpdateReviewLink).privacy
    return Answer(render_review(link))


def delete_review(ctx: RequestContext) -> Answer:
    link = link_to_change(ctx, REVIEW)
    return Answer(render_review(ctx.state.documents.remove(REVIEW, link["id"])))


def call_of_recording(ctx: RequestContext, kind: str, recording_id: str) -> Call:
    for call in ctx.state.calls.values():
        if any((recording.kind, str(recording.id)) == (kind, recording_id) for recording in call.recordings):
            return call
    raise not_found("recording")


def create_recording(ctx: RequestContext) -> Answer:
    """Create a link to a recording. ``recording_id`` is the recording's own id; a call's id is refused as not found."""
    body = ctx.body(CreateRecordingLink)
    call = require_may_see(ctx, call_of_recording(ctx, body.recording_type, body.recording_id))
    content = {
        "call_id": call.id,
        "item_id": body.recording_id,
        "type": body.recording_type,
        "privacy": body.privacy or "owner",
    }
    return Answer(add_link(ctx, RECORDING, "recording", content))


def get_recording(ctx: RequestContext) -> Answer:
    return Answer(find_link(ctx, RECORDING))


def update_recording(ctx: RequestContext) -> Answer:
    link = link_to_change(ctx, RECORDING)
    link["privacy"] = ctx.body(UpdateRecordingLink).privacy
    return Answer(link)


def delete_recording(ctx: RequestContext) -> Answer:
    return Answer(ctx.state.documents.remove(RECORDING, link_to_change(ctx, RECORDING)["id"]))


ROUTES = (
    Route("POST", "/callreviewsharelink", create_review, limit=PER_MINUTE_250),
    Route("GET", "/callreviewsharelink/{id}", get_review),
    Route("PUT", "/callreviewsharelink/{id}", update_review, limit=PER_MINUTE_250),
    Route("DELETE", "/callreviewsharelink/{id}", delete_review),
    Route("POST", "/recordingsharelink", create_recording, limit=PER_MINUTE_100),
    Route("GET", "/recordingsharelink/{id}", get_recording),
    Route("PUT", "/recordingsharelink/{id}", update_recording, limit=PER_MINUTE_100),
    Route("DELETE", "/recordingsharelink/{id}", delete_recording),
)
