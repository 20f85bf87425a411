"""/message/bulk: one text to up to fifty numbers, each alone. They leave after the answer."""

from bot.sandbox.dialpad.fields import E164, Body, Id, Line, Text
from bot.sandbox.dialpad.model import BulkText, Json, Receipt
from bot.sandbox.dialpad.refusals import bad_request, conflict, forbidden
from bot.sandbox.dialpad.request_context import RequestContext
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
from bot.sandbox.dialpad.resources.sms import read_media
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.wire import Answer


class SendBulk(Body):
    from_number: E164
    to_numbers: list[E164]
    text: Text
    title: Line | None = None
    media: Text | None = None
    user_id: Id | None = None


class UpdateBulk(Body):
    text: Text | None = None
    media: Text | None = None
    user_id: Id | None = None


def render_receipt(state: State, receipt: Receipt) -> Json:
    contact = state.contact_by_number(receipt.number)
    inside = state.target_of_number(receipt.number) is not None
    shown: Json = {
        "phone_number": receipt.number,
        "display_name": receipt.number if contact is None else contact.name,
        "attempted_send": receipt.attempted,
        "error_message": receipt.error,
        "delivery_method": "internal" if inside else "sms",
    }
    if inside or not receipt.attempted:
        return shown
    if receipt.status == "failed":
        shown |= {"delivery_error_code": "30003", "delivery_error_details": "Unreachable destination handset"}
    at = None if receipt.changed is None else round(receipt.changed.timestamp())
    return {**shown, "delivery_status": receipt.status, "delivery_status_timestamp": at}


def render(state: State, bulk: BulkText) -> Json:
    failed = any(receipt.error or receipt.status == "failed" for receipt in bulk.receipts)
    return {
        "bulk_message_id": bulk.key,
        "title": bulk.title,
        "text": bulk.text,
        "from_number": bulk.from_number,
        "media": bulk.media,
        "status": "complete" if bulk.is_complete else "pending",
        "classified_spam": False,
        "sms_has_errors": failed,
        "num_recipients": len(bulk.receipts),
        "recipients": [render_receipt(state, receipt) for receipt in bulk.receipts],
        "created_date": round(bulk.created.timestamp()),
        "user_id": bulk.user_id,
    }


def send_bulk(ctx: RequestContext) -> Answer:
    body = ctx.body(SendBulk)
    user = find_sender(ctx, body.user_id)
    check_from(user, body.from_number)
    if body.from_number in ctx.state.unregistered:
        raise forbidden("from_number: is not registered for A2P messaging")
    read_media(body.media)
    if not body.text.strip():
        raise bad_request("text: must not be empty")
    numbers = check_recipients(body.to_numbers)
    if not numbers:
        raise bad_request("to_numbers: must not be empty")
    bulk = BulkText(
        key=new_key(),
        user_id=user.id,
        from_number=body.from_number,
        text=check_text(body.text),
        receipts=[Receipt(number) for number in numbers],
        created=ctx.state.now(),
        title=body.title or "",
        media=body.media or "",
    )
    ctx.state.bulk_texts[bulk.key] = bulk
    answer = {"success": True, "message": "Bulk message created", "bulk_message": render(ctx.state, bulk)}
    ctx.switchboard.send_soon()
    return Answer(answer)


def find(ctx: RequestContext, user_id: int | None) -> BulkText:
    user = find_sender(ctx, user_id)
    return find_own(ctx, ctx.state.bulk_texts, lambda bulk: bulk.user_id, user, "bulk message")


def list_bulk(ctx: RequestContext) -> Answer:
    body = ctx.body(WhichPage)
    user = find_sender(ctx, body.user_id)
    own = [bulk for bulk in reversed(ctx.state.bulk_texts.values()) if bulk.user_id == user.id]
    return answer_page(ctx, body, "bulk_messages", own, lambda bulk: render(ctx.state, bulk), lambda bulk: bulk.key)


def get_bulk(ctx: RequestContext) -> Answer:
    return Answer(render(ctx.state, find(ctx, ctx.body(Whose).user_id)))


def update_bulk(ctx: RequestContext) -> Answer:
    """Change words or picture of what has not left yet."""
    body = ctx.body(UpdateBulk)
    bulk = find(ctx, body.user_id)
    if bulk.is_complete:
        raise conflict("this bulk message was sent already")
    read_media(body.media)
    if body.text is not None:
        if not body.text.strip():
            raise bad_request("text: must not be empty")
        bulk.text = check_text(body.text)
    bulk.media = body.media or bulk.media
    return Answer({"success": True, "message": "Bulk message updated", "bulk_message": render(ctx.state, bulk)})


ROUTES = (
    Route("GET", "/message/bulk", list_bulk),
    Route("POST", "/message/bulk", send_bulk),
    Route("GET", "/message/bulk/{id}", get_bulk),
    Route("PATCH", "/message/bulk/{id}", update_bulk),
)
