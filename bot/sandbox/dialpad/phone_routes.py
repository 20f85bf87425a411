"""/phone: the panel's JSON routes. No sign-in; the server listens on loopback only.

A POST must say application/json, which a foreign web page cannot send here without a CORS preflight.
"""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route, Router

from bot.sandbox.dialpad.fields import E164, Body, Flag, Id, Text, Whole, parse_body
from bot.sandbox.dialpad.model import Call, Json
from bot.sandbox.dialpad.phone import PhoneNetwork
from bot.sandbox.dialpad.refusals import Refusal, bad_request
from bot.sandbox.dialpad.state import State

LARGEST_PICTURE = 5_000_000
LOOPBACK_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"


class RingLine(Body):
    """The body of a call to the company. ``caller`` and ``to`` are numbers."""

    caller: Text
    to: Text


class OfPerson(Body):
    call_id: Id
    person_id: Id


class OfCall(Body):
    call_id: Id


class Voicemail(Body):
    call_id: Id
    text: Text


class SendText(Body):
    """The body of a customer's text. ``picture`` is base64."""

    sender: Text
    to: Text
    text: Text
    picture: Text | None = None


class ArrivingFax(Body):
    sender: Text
    to: Text
    pages: Whole = 1


class ChannelMessage(Body):
    """The body of a message in a Dialpad channel, such as ``deliveries``."""

    channel: Text
    person_id: Id
    text: Text


class AutoAnswer(Body):
    on: Flag


class LetPass(Body):
    minutes: Whole


class Duty(Body):
    person_id: Id
    on: Flag
    reason: Text = ""


class Reachable(Body):
    number: Text
    on: Flag


class TakesOffDuty(Body):
    line_id: Id
    on: Flag


class SaveContact(Body):
    number: E164
    name: Text
    company: Text = ""


class OfLine(Body):
    line_id: Id


async def stream_versions(state: State) -> AsyncIterator[str]:
    """Yield server-sent events: ``data: {"version": 7}`` now and after every change."""
    async with aclosing(state.changes.stream()) as versions:
        async for version in versions:
            yield f"data: {json.dumps({'version': version})}\n\n"


def call_answer(call: Call) -> Json:
    return {"call_id": str(call.id), "state": call.state}


def ring(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(RingLine, data)
    return call_answer(phone.ring(body.caller, body.to))


def answer(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(OfPerson, data)
    return call_answer(phone.answer(body.call_id, body.person_id))


def decline(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(OfPerson, data)
    return call_answer(phone.decline(body.call_id, body.person_id))


def pick_up(phone: PhoneNetwork, data: Any) -> Json:
    return call_answer(phone.pick_up(parse_body(OfCall, data).call_id))


def hang_up(phone: PhoneNetwork, data: Any) -> Json:
    return call_answer(phone.hang_up(parse_body(OfCall, data).call_id))


def ask_for_callback(phone: PhoneNetwork, data: Any) -> Json:
    return call_answer(phone.ask_for_callback(parse_body(OfCall, data).call_id))


def reach_greeting(phone: PhoneNetwork, data: Any) -> Json:
    return call_answer(phone.reach_greeting(parse_body(OfCall, data).call_id))


def leave_voicemail(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(Voicemail, data)
    return call_answer(phone.leave_voicemail(body.call_id, body.text))


def send_text(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(SendText, data)
    message = phone.text(body.sender, body.to, body.text, read_picture(body.picture))
    return {"message_id": None if message is None else str(message.id), "blocked": message is None}


def send_fax(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(ArrivingFax, data)
    return {"fax_id": str(phone.fax(body.sender, body.to, body.pages).id)}


def post_in_channel(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(ChannelMessage, data)
    phone.post_in_channel(body.channel, body.person_id, body.text)
    return {"channel": body.channel}


def read_picture(encoded: str | None) -> bytes:
    try:
        content = base64.b64decode(encoded or "", validate=True)
    except (binascii.Error, ValueError):
        raise bad_request("picture: must be base64") from None
    if len(content) > LARGEST_PICTURE:
        raise bad_request("picture: must be at most 5 MB")
    return content


def set_auto_answer(phone: PhoneNetwork, data: Any) -> Json:
    phone.auto_answer = parse_body(AutoAnswer, data).on
    return {"on": phone.auto_answer}


def let_pass(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(LetPass, data)
    phone.let_pass(body.minutes)
    return {"minutes": body.minutes}


def set_duty(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(Duty, data)
    phone.inside.set_duty(body.person_id, on=body.on, reason=body.reason)
    return {"on": body.on}


def take_off_duty(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(TakesOffDuty, data)
    phone.inside.take_off_duty(body.line_id, on=body.on)
    return {"on": body.on}


def hold(phone: PhoneNetwork, data: Any) -> Json:
    return call_answer(phone.inside.hold(parse_body(OfCall, data).call_id))


def resume(phone: PhoneNetwork, data: Any) -> Json:
    return call_answer(phone.inside.resume(parse_body(OfCall, data).call_id))


def transfer(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(OfPerson, data)
    return call_answer(phone.inside.transfer(body.call_id, body.person_id))


def set_reachable(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(Reachable, data)
    phone.set_reachable(body.number, on=body.on)
    return {"on": body.on}


def save_contact(phone: PhoneNetwork, data: Any) -> Json:
    body = parse_body(SaveContact, data)
    return {"contact_id": phone.inside.save_contact(body.number, body.name, body.company).id}


def change_ring_time(phone: PhoneNetwork, data: Any) -> Json:
    return {"line_id": str(phone.inside.change_ring_time(parse_body(OfLine, data).line_id).id)}


ACTS: dict[str, Callable[[PhoneNetwork, Any], Json]] = {
    "/phone/ring": ring,
    "/phone/answer": answer,
    "/phone/decline": decline,
    "/phone/pick_up": pick_up,
    "/phone/hang_up": hang_up,
    "/phone/callback": ask_for_callback,
    "/phone/greeting": reach_greeting,
    "/phone/voicemail": leave_voicemail,
    "/phone/text": send_text,
    "/phone/fax": send_fax,
    "/phone/channel": post_in_channel,
    "/phone/auto_answer": set_auto_answer,
    "/phone/let_pass": let_pass,
    "/phone/duty": set_duty,
    "/phone/off_duty": take_off_duty,
    "/phone/hold": hold,
    "/phone/resume": resume,
    "/phone/transfer": transfer,
    "/phone/reachable": set_reachable,
    "/phone/contact": save_contact,
    "/phone/ring_time": change_ring_time,
}


def build_phone_routes(state: State, phone: PhoneNetwork) -> Router:
    async def act(request: Request) -> Response:
        try:
            body = ACTS[request.url.path](phone, await read_json(request))
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        state.changes.bump()
        return JSONResponse(body)

    async def show_state(_: Request) -> Response:
        return JSONResponse(phone.snapshot(), headers={"Cache-Control": "no-store"})

    async def show_live(_: Request) -> Response:
        return StreamingResponse(
            stream_versions(state), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def show_picture(request: Request) -> Response:
        picture = phone.picture(request.path_params["picture"])
        if picture is None:
            return Response(status_code=404)
        return Response(picture.content, media_type=picture.kind, headers={"X-Content-Type-Options": "nosniff"})

    return Router(
        [
            Route("/phone/picture/{picture}", show_picture, methods=["GET"]),
            Route("/phone/state", show_state, methods=["GET"]),
            Route("/phone/live", show_live, methods=["GET"]),
            *(Route(path, act, methods=["POST"]) for path in ACTS),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origin_regex=LOOPBACK_ORIGIN,
                allow_methods=["GET", "POST"],
                allow_headers=["content-type"],
            )
        ],
    )


async def read_json(request: Request) -> Any:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise bad_request("send application/json")
    try:
        return json.loads(await request.body())
    except ValueError:
        raise bad_request("the request body is not valid JSON") from None
