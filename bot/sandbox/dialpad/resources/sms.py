"""POST /sms: one text to up to ten numbers."""

import base64
import binascii
from typing import Literal

import phonenumbers

from bot.sandbox.dialpad.access import require_may_act_for
from bot.sandbox.dialpad.fields import E164, E164_PATTERN, Body, Flag, Id, Line, Text
from bot.sandbox.dialpad.limits import SMS_TIER_0
from bot.sandbox.dialpad.model import Message, Target, User
from bot.sandbox.dialpad.parties import phone_of
from bot.sandbox.dialpad.refusals import bad_request, forbidden
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.texting import build_picture, deliver, has_opted_out
from bot.sandbox.dialpad.times import naive_iso
from bot.sandbox.dialpad.wire import Answer

MOST_RECIPIENTS = 10
LONGEST_TEXT = 1500
LARGEST_MEDIA = 500 * 1024


class SendSms(Body):
    channel_hashtag: Line | None = None
    from_number: E164 | None = None
    infer_country_code: Flag | None = None
    media: Text | None = None
    sender_group_id: Id | None = None
    sender_group_type: Literal["callcenter", "department", "office"] | None = None
    text: Text | None = None
    to_numbers: list[Text] | None = None
    user_id: Id | None = None


def read_media(media: str | None) -> bytes:
    if not media:
        return b""
    try:
        raw = base64.b64decode(media, validate=True)
    except (binascii.Error, ValueError):
        raise bad_request("media: must be base64") from None
    if len(raw) > LARGEST_MEDIA:
        raise bad_request("media: must be at most 500 KiB")
    return raw


def find_recipients(ctx: RequestContext, body: SendSms, sender: User | None) -> list[str]:
    """Return the recipients in E.164; with ``infer_country_code`` local numbers are read as of the sender's country."""
    numbers: list[str] = []
    for given in body.to_numbers or []:
        number = given
        if body.infer_country_code and not given.startswith("+"):
            country = "US" if sender is None else sender.country.upper()
            try:
                parsed = phonenumbers.parse(given, country)
            except phonenumbers.NumberParseException:
                raise bad_request("to_numbers: contains something that is no phone number") from None
            number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        if not E164_PATTERN.fullmatch(number):
            raise bad_request("to_numbers: must be E.164 numbers such as +14155550150")
        if number not in numbers:
            numbers.append(number)
    if len(numbers) > MOST_RECIPIENTS:
        raise bad_request("to_numbers: at most 10 recipients")
    if any(has_opted_out(ctx.state, number) for number in numbers):
        raise bad_request("to_numbers: a recipient has opted out of texts from this company")
    return numbers


def find_user(ctx: RequestContext, body: SendSms) -> User | None:
    if body.user_id is not None:
        user = ctx.state.user(body.user_id)
        require_may_act_for(ctx.state, ctx.caller, user.id)
        return user
    return None if ctx.caller.user_id is None else ctx.me


def find_sender(ctx: RequestContext, body: SendSms, user: User | None) -> tuple[Target, str]:
    """Find the sender: ``from_number`` takes precedence over the sender group, and that over the user."""
    group = ctx.group_by(body.sender_group_type, body.sender_group_id)
    if body.from_number is not None:
        target = ctx.state.target_of_number(body.from_number)
        if target is None:
            raise bad_request("from_number: must be assigned to a user or a group")
        check_may_send_as(ctx, target)
        return target, body.from_number
    if group is not None:
        check_may_send_as(ctx, group.target)
        return group.target, number_to_send_from(ctx, group.target)
    if user is None:
        raise bad_request("user_id, sender_group_id or from_number is needed")
    return user.target, number_to_send_from(ctx, user.target)


def number_to_send_from(ctx: RequestContext, target: Target) -> str:
    number = phone_of(ctx.state, target)
    if not number:
        raise bad_request("the sender has no phone number")
    return number


def check_may_send_as(ctx: RequestContext, target: Target) -> None:
    if ctx.is_admin:
        return
    if target.kind == "user":
        require_may_act_for(ctx.state, ctx.caller, target.id)
    elif not target.is_group or ctx.caller.user_id not in ctx.state.groups[target.id].members:
        raise forbidden("You are not in the group that this number belongs to.")


def send_sms(ctx: RequestContext) -> Answer:
    body = ctx.body(SendSms)
    user = find_user(ctx, body)
    target, from_number = find_sender(ctx, body, user)
    media = read_media(body.media)
    if not (body.text or "").strip() and not media:
        raise bad_request("text or media is needed")
    if len(body.text or "") > LONGEST_TEXT:
        raise bad_request("text: must be at most 1500 characters")
    numbers = find_recipients(ctx, body, user)
    if not numbers and not body.channel_hashtag:
        raise bad_request("to_numbers or channel_hashtag is needed")
    contact = ctx.state.contact_by_number(numbers[0]) if len(numbers) == 1 else None
    message = Message(
        id=ctx.state.new_id(),
        direction="outbound",
        from_number=from_number,
        to_numbers=numbers,
        text=body.text or "",
        created=ctx.state.now(),
        target=target,
        user_id=user.id if user is not None else None,
        contact_id="" if contact is None else contact.id,
        picture=build_picture(ctx.state, media) if media else None,
        channel_hashtag=body.channel_hashtag or "",
    )
    if numbers:
        deliver(ctx.state, message)
    else:
        ctx.state.messages.append(message)
    return Answer(
        {
            "id": message.id,
            "created_date": naive_iso(message.created),
            "device_type": "public_api",
            "direction": "outbound",
            "from_number": message.from_number,
            "to_numbers": message.to_numbers,
            "text": message.text,
            "message_status": "pending",
            "contact_id": message.contact_id,
            "target_id": target.id,
            "target_type": target.kind,
            "user_id": message.user_id,
        }
    )


ROUTES = (Route("POST", "/sms", send_sms, limit=SMS_TIER_0),)
