"""/message/schedule: texts to numbers or to a channel that are sent later, ten minutes from now at the earliest."""

from datetime import UTC, datetime, timedelta

from bot.sandbox.dialpad.fields import E164, Body, Flag, Id, Line, Text
from bot.sandbox.dialpad.model import Json, ScheduledText, User
from bot.sandbox.dialpad.outbox import send_scheduled
from bot.sandbox.dialpad.parties import phone_of
from bot.sandbox.dialpad.refusals import bad_request, conflict, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.channels import CHANNEL
from bot.sandbox.dialpad.resources.new_offices import Timezone
from bot.sandbox.dialpad.resources.own_texts import (
    WhichPage,
    Whose,
    answer_page,
    check_from,
    check_recipients,
    check_text,
    find_own,
    find_sender,
    new_key,
)
from bot.sandbox.dialpad.resources.sms import MOST_RECIPIENTS, read_media
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.texting import has_opted_out
from bot.sandbox.dialpad.wire import Answer

AT_LEAST = timedelta(minutes=10)
USUAL_ZONE = "US/Pacific"


class UpdateSchedule(Body):
    channel_hashtag: Line | None = None
    from_number: E164 | None = None
    media: Text | None = None
    start_date: Id | None = None
    text: Text | None = None
    timezone: Timezone | None = None
    to_numbers: list[E164] | None = None
    user_id: Id | None = None


class CreateSchedule(UpdateSchedule):
    is_bulk: Flag | None = None


def render(scheduled: ScheduledText) -> Json:
    return {
        "schedule_id": scheduled.key,
        "text": scheduled.text,
        "to_numbers": scheduled.to_numbers,
        "channel_hashtag": scheduled.channel,
        "from_number": scheduled.from_number,
        "media": scheduled.media,
        "scheduled_time": round(scheduled.at.timestamp()),
        "timezone": scheduled.timezone,
        "status": scheduled.status,
        "created_date": round(scheduled.created.timestamp()),
        "user_id": scheduled.user_id,
    }


def read_start(ctx: RequestContext, seconds: int) -> datetime:
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise bad_request("start_date: must be a Unix timestamp in seconds") from None
    if at < ctx.state.now() + AT_LEAST:
        raise bad_request("start_date: must be at least 10 minutes in the future")
    return at


def read_recipients(ctx: RequestContext, numbers: list[str], *, bulk: bool) -> list[str]:
    found = check_recipients(numbers)
    if len(found) > MOST_RECIPIENTS and not bulk:
        raise bad_request("to_numbers: more than 10 recipients are a bulk message: is_bulk")
    if any(has_opted_out(ctx.state, number) for number in found):
        raise bad_request("to_numbers: a recipient has opted out of texts from this company")
    return found


def read_channel(ctx: RequestContext, user: User, hashtag: str | None) -> str:
    name = (hashtag or "").lstrip("#")
    if name and not any(
        channel["name"] == name and user.id in channel["members"] for channel in ctx.state.documents.all(CHANNEL)
    ):
        raise not_found(CHANNEL)
    return name


def create_schedule(ctx: RequestContext) -> Answer:
    body = ctx.body(CreateSchedule)
    user = find_sender(ctx, body.user_id)
    if body.start_date is None:
        raise bad_request("start_date is needed")
    numbers = read_recipients(ctx, body.to_numbers or [], bulk=body.is_bulk or False)
    channel = read_channel(ctx, user, body.channel_hashtag)
    if bool(numbers) == bool(channel):
        raise bad_request("give either to_numbers or channel_hashtag")
    if not (body.text or "").strip() and not read_media(body.media):
        raise bad_request("text or media is needed")
    scheduled = ScheduledText(
        key=new_key(),
        user_id=user.id,
        from_number=check_from(user, body.from_number or phone_of(ctx.state, user.target)),
        text=check_text(body.text),
        to_numbers=numbers,
        channel=channel,
        at=read_start(ctx, body.start_date),
        timezone=body.timezone or USUAL_ZONE,
        created=ctx.state.now(),
        is_bulk=body.is_bulk or False,
        media=body.media or "",
    )
    ctx.state.scheduled_texts[scheduled.key] = scheduled
    ctx.switchboard.send_at(scheduled.at)
    return Answer(render(scheduled))


def find(ctx: RequestContext, user_id: int | None) -> ScheduledText:
    user = find_sender(ctx, user_id)
    return find_own(ctx, ctx.state.scheduled_texts, lambda one: one.user_id, user, "schedule")


def find_active(ctx: RequestContext, user_id: int | None) -> ScheduledText:
    scheduled = find(ctx, user_id)
    if scheduled.status != "active":
        raise conflict(f"this schedule was {scheduled.status} already")
    return scheduled


def list_schedules(ctx: RequestContext) -> Answer:
    body = ctx.body(WhichPage)
    user = find_sender(ctx, body.user_id)
    own = [one for one in ctx.state.scheduled_texts.values() if one.user_id == user.id and one.status == "active"]
    own.sort(key=lambda one: one.at)
    return answer_page(ctx, body, "schedules", own, render, lambda one: one.key)


def get_schedule(ctx: RequestContext) -> Answer:
    return Answer(render(find(ctx, ctx.body(Whose).user_id)))


def update_schedule(ctx: RequestContext) -> Answer:
    """Change what is given; all is checked before anything is changed."""
    body = ctx.body(UpdateSchedule)
    scheduled = find_active(ctx, body.user_id)
    user = ctx.state.users[scheduled.user_id]
    at = scheduled.at if body.start_date is None else read_start(ctx, body.start_date)
    numbers = scheduled.to_numbers
    if body.to_numbers is not None:
        numbers = read_recipients(ctx, body.to_numbers, bulk=scheduled.is_bulk)
    channel = scheduled.channel if body.channel_hashtag is None else read_channel(ctx, user, body.channel_hashtag)
    if bool(numbers) == bool(channel):
        raise bad_request("give either to_numbers or channel_hashtag")
    if body.from_number is not None:
        scheduled.from_number = check_from(user, body.from_number)
    read_media(body.media)
    scheduled.text = scheduled.text if body.text is None else check_text(body.text)
    scheduled.at, scheduled.to_numbers, scheduled.channel = at, numbers, channel
    scheduled.timezone = body.timezone or scheduled.timezone
    scheduled.media = body.media or scheduled.media
    ctx.switchboard.send_at(at)
    return Answer(render(scheduled))


def ended(scheduled: ScheduledText, message: str) -> Answer:
    return Answer({"success": True, "message": message, "schedule_id": scheduled.key})


def delete_schedule(ctx: RequestContext) -> Answer:
    scheduled = find_active(ctx, ctx.body(Whose).user_id)
    scheduled.status = "deleted"
    return ended(scheduled, "Schedule deleted")


def send_now(ctx: RequestContext) -> Answer:
    scheduled = find_active(ctx, ctx.body(Whose).user_id)
    send_scheduled(ctx.state, scheduled)
    return ended(scheduled, "Message sent")


ROUTES = (
    Route("GET", "/message/schedule", list_schedules),
    Route("POST", "/message/schedule", create_schedule),
    Route("GET", "/message/schedule/{id}", get_schedule),
    Route("PATCH", "/message/schedule/{id}", update_schedule),
    Route("DELETE", "/message/schedule/{id}", delete_schedule),
    Route("POST", "/message/schedule/{id}/send", send_now),
)
