"""/customivrs: recordings that callers hear, and which of them a line plays when."""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import Field

from bot.sandbox.dialpad.fields import Body, Id, Line, Text
from bot.sandbox.dialpad.model import GROUP_KINDS, Json
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.calls import TARGET_TYPES
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import epoch_ms
from bot.sandbox.dialpad.wire import Answer

IVR = "ivr"
IvrType = Literal[
    "ASK_FIRST_OPERATOR_NOT_AVAILABLE",
    "AUTO_RECORDING",
    "CALLAI_AUTO_RECORDING",
    "CG_AUTO_RECORDING",
    "CLOSED",
    "CLOSED_DEPARTMENT_INTRO",
    "CLOSED_MENU",
    "CLOSED_MENU_OPTION",
    "CSAT_INTRO",
    "CSAT_OUTRO",
    "CSAT_PREAMBLE",
    "CSAT_QUESTION",
    "DEPARTMENT_INTRO",
    "GREETING",
    "HOLD_AGENT_READY",
    "HOLD_APPREC",
    "HOLD_CALLBACK_ACCEPT",
    "HOLD_CALLBACK_ACCEPTED",
    "HOLD_CALLBACK_CONFIRM",
    "HOLD_CALLBACK_CONFIRM_NUMBER",
    "HOLD_CALLBACK_DIFFERENT_NUMBER",
    "HOLD_CALLBACK_DIRECT",
    "HOLD_CALLBACK_FULFILLED",
    "HOLD_CALLBACK_INVALID_NUMBER",
    "HOLD_CALLBACK_KEYPAD",
    "HOLD_CALLBACK_REJECT",
    "HOLD_CALLBACK_REJECTED",
    "HOLD_CALLBACK_REQUEST",
    "HOLD_CALLBACK_REQUESTED",
    "HOLD_CALLBACK_SAME_NUMBER",
    "HOLD_CALLBACK_TRY_AGAIN",
    "HOLD_CALLBACK_UNDIALABLE",
    "HOLD_ESCAPE_VM_EIGHT",
    "HOLD_ESCAPE_VM_FIVE",
    "HOLD_ESCAPE_VM_FOUR",
    "HOLD_ESCAPE_VM_NINE",
    "HOLD_ESCAPE_VM_ONE",
    "HOLD_ESCAPE_VM_POUND",
    "HOLD_ESCAPE_VM_SEVEN",
    "HOLD_ESCAPE_VM_SIX",
    "HOLD_ESCAPE_VM_STAR",
    "HOLD_ESCAPE_VM_TEN",
    "HOLD_ESCAPE_VM_THREE",
    "HOLD_ESCAPE_VM_TWO",
    "HOLD_ESCAPE_VM_ZERO",
    "HOLD_INTERRUPT",
    "HOLD_INTRO",
    "HOLD_MUSIC",
    "HOLD_POSITION_EIGHT",
    "HOLD_POSITION_FIVE",
    "HOLD_POSITION_FOUR",
    "HOLD_POSITION_MORE",
    "HOLD_POSITION_NINE",
    "HOLD_POSITION_ONE",
    "HOLD_POSITION_SEVEN",
    "HOLD_POSITION_SIX",
    "HOLD_POSITION_TEN",
    "HOLD_POSITION_THREE",
    "HOLD_POSITION_TWO",
    "HOLD_POSITION_ZERO",
    "HOLD_WAIT",
    "MENU",
    "MENU_OPTION",
    "NEXT_TARGET",
    "VM_DROP_MESSAGE",
    "VM_UNAVAILABLE",
    "VM_UNAVAILABLE_CLOSED",
]
IvrName = Annotated[Line, Field(max_length=100)]
IvrDescription = Annotated[Line, Field(max_length=256)]


class CreateIvr(Body):
    file: Text
    ivr_type: IvrType
    target_id: Id
    target_type: Literal["callcenter", "coachingteam", "department", "office", "user"]
    name: IvrName | None = None
    description: IvrDescription | None = None


class UpdateDetails(Body):
    name: IvrName | None = None
    description: IvrDescription | None = None


class SelectIvr(Body):
    ivr_id: Id
    select_option: Literal["inbound", "outbound"] | None = None


def check_may_set(ctx: RequestContext, kind: str, target_id: int) -> None:
    """Check that the caller may set it: people for themselves, those who lead a group for it, and admins for all."""
    ctx.require_exists(kind, target_id)
    if kind == "user":
        ctx.user_to_act_on(str(target_id))
    elif kind in GROUP_KINDS:
        ctx.require_leads(ctx.state.groups[target_id])
    else:
        ctx.require_admin()


def check_audio(file: str) -> None:
    try:
        raw = base64.b64decode(file, validate=True)
    except (binascii.Error, ValueError):
        raise bad_request("file: must be base64") from None
    if not raw:
        raise bad_request("file: must not be empty")


def ivrs_of(ctx: RequestContext, kind: str, target_id: int, ivr_type: str | None = None) -> list[Json]:
    return [
        one
        for one in ctx.state.documents.all(IVR)
        if (one["target_type"], one["target_id"]) == (kind, target_id) and ivr_type in (None, one["ivr_type"])
    ]


def render_ivr(ivr: Json) -> Json:
    return {key: ivr.get(key) for key in ("id", "name", "description", "date_added", "selected", "text")}


def render_type(ctx: RequestContext, kind: str, target_id: int, ivr_type: str) -> Json:
    return {"ivr_type": ivr_type, "ivrs": [render_ivr(one) for one in ivrs_of(ctx, kind, target_id, ivr_type)]}


def select(ctx: RequestContext, ivr: Json) -> None:
    for other in ivrs_of(ctx, ivr["target_type"], ivr["target_id"], ivr["ivr_type"]):
        other["selected"] = other is ivr


def list_ivrs(ctx: RequestContext) -> Answer:
    kind, target_id = ctx.query_choice("target_type", TARGET_TYPES), ctx.query_whole("target_id")
    if kind is None or target_id is None:
        raise bad_request("target_type and target_id are needed")
    ctx.require_exists(kind, target_id)
    types = list(dict.fromkeys(one["ivr_type"] for one in ivrs_of(ctx, kind, target_id)))
    return ctx.page(types, lambda ivr_type: render_type(ctx, kind, target_id, ivr_type), id_of=str)


def create_ivr(ctx: RequestContext) -> Answer:
    """Create an announcement, which is played from now on."""
    body = ctx.body(CreateIvr)
    check_may_set(ctx, body.target_type, body.target_id)
    check_audio(body.file)
    content = {**body.model_dump(exclude={"file"}), "date_added": epoch_ms(ctx.state.now()), "selected": True}
    ivr = ctx.state.documents.add(IVR, content)
    select(ctx, ivr)
    return Answer(render_ivr(ivr))


def update_details(ctx: RequestContext) -> Answer:
    ivr = ctx.document(IVR, "ivr_id")
    check_may_set(ctx, ivr["target_type"], ivr["target_id"])
    ivr.update(ctx.body(UpdateDetails).sent())
    return Answer(render_ivr(ivr))


def ivr_of_target(ctx: RequestContext) -> Json:
    """Find the announcement named by the body, which must be of the target and type that the path names."""
    kind, target_id = ctx.path["target_type"], ctx.path_id("target_id")
    if kind not in TARGET_TYPES:
        raise bad_request(f"target_type: must be one of {', '.join(TARGET_TYPES)}")
    check_may_set(ctx, kind, target_id)
    body = ctx.body(SelectIvr)
    if body.select_option is not None and kind != "callcenter":
        raise bad_request("select_option: is for call centers only")
    for one in ivrs_of(ctx, kind, target_id, ctx.path["ivr_type"]):
        if one["id"] == body.ivr_id:
            return one
    raise not_found(IVR)


def select_ivr(ctx: RequestContext) -> Answer:
    ivr = ivr_of_target(ctx)
    select(ctx, ivr)
    return Answer(render_type(ctx, ivr["target_type"], ivr["target_id"], ivr["ivr_type"]))


def delete_ivr(ctx: RequestContext) -> Answer:
    """Delete an announcement without a replacement: the line plays Dialpad's own recording again."""
    ivr = ctx.state.documents.remove(IVR, ivr_of_target(ctx)["id"])
    return Answer(render_ivr({**ivr, "selected": False}))


ROUTES = (
    Route("GET", "/customivrs", list_ivrs),
    Route("POST", "/customivrs", create_ivr),
    Route("PATCH", "/customivrs/{ivr_id}", update_details),
    Route("PATCH", "/customivrs/{target_type}/{target_id}/{ivr_type}", select_ivr),
    Route("DELETE", "/customivrs/{target_type}/{target_id}/{ivr_type}", delete_ivr),
)
