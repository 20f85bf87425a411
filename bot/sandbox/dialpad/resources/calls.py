"""/call and /calllabels: look calls up, start them, and act on live ones."""

from typing import Literal

from pydantic import Field

from bot.sandbox.dialpad.access import require_may_act_for
from bot.sandbox.dialpad.fields import E164, Body, CallerId, Flag, Id, Text
from bot.sandbox.dialpad.limits import PER_MINUTE_5, PER_MINUTE_10, PER_MINUTE_250
from bot.sandbox.dialpad.model import Call, Json, Target
from bot.sandbox.dialpad.parties import phone_of, render_contact, render_target
from bot.sandbox.dialpad.refusals import bad_request, conflict, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.call_rights import call_to_act_on, call_to_see, require_may_act_on, require_may_see
from bot.sandbox.dialpad.resources.users import GroupType, check_caller_id, group_to_call_as
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.times import elapsed_ms, epoch_ms
from bot.sandbox.dialpad.wire import Answer

LARGEST_PAGE = 50
LONGEST_WINDOW_MS = 30 * 24 * 60 * 60 * 1000
"""A client in production reports that this and longer is refused."""
TARGET_TYPES = (
    "callcenter",
    "callrouter",
    "channel",
    "coachinggroup",
    "coachingteam",
    "department",
    "office",
    "room",
    "staffgroup",
    "unknown",
    "user",
)


def render_call(state: State, call: Call) -> Json:
    group = call.target if call.target.kind != "user" else call.entry_point
    voicemail = next((recording for recording in call.recordings if recording.kind == "voicemail"), None)
    recorded = [state.base_url + one.path for one in call.recordings if one.kind == "callrecording"]
    return {
        "call_id": call.id,
        "direction": call.direction,
        "state": call.state,
        "date_started": epoch_ms(call.started),
        "date_rang": epoch_ms(call.rang),
        "date_connected": epoch_ms(call.connected),
        "date_ended": epoch_ms(call.ended),
        "duration": elapsed_ms(call.connected, call.ended) if call.ended else None,
        "total_duration": elapsed_ms(call.started, call.ended) if call.ended else None,
        "event_timestamp": epoch_ms(call.changed or call.ended or call.started),
        "external_number": call.external_number,
        "internal_number": call.internal_number,
        "contact": render_contact(state, call.external_number),
        "target": render_target(state, call.target),
        "proxy_target": None if call.proxy is None else render_target(state, call.proxy),
        "entry_point_target": None if call.entry_point is None else render_target(state, call.entry_point),
        "entry_point_call_id": call.entry_point_call_id,
        "operator_call_id": call.operator_call_id,
        "master_call_id": call.master_call_id,
        "group_id": None if group is None else f"{group.kind.capitalize()}:{group.id}",
        "is_transferred": call.is_transferred,
        "was_recorded": bool(recorded),
        "recording_url": recorded,
        "recording_details": [
            {
                "id": str(recording.id),
                "recording_type": recording.kind,
                "url": state.base_url + recording.path,
                "start_time": epoch_ms(recording.start),
                "duration": recording.duration_ms,
            }
            for recording in call.recordings
        ],
        "labels": call.labels,
        "voicemail_share_link": None if voicemail is None else f"{state.base_url}/shared/voicemail/{voicemail.id}",
        "transcription_text": call.voicemail_text,
        "custom_data": call.custom_data,
        "mos_score": 4.41 if call.connected and call.ended else None,
    }


def list_calls(ctx: RequestContext) -> Answer:
    """List concluded calls, newest first; every leg is an item of its own. Bounds are epoch milliseconds."""
    after, before = ctx.query_whole("started_after"), ctx.query_whole("started_before")
    end = before or epoch_ms(ctx.state.now()) or 0
    if after is not None and end - after >= LONGEST_WINDOW_MS:
        raise bad_request("the time between started_after and started_before must be less than 30 days")
    kind, target_id = ctx.query_choice("target_type", TARGET_TYPES), ctx.query_whole("target_id")
    if (kind is None) != (target_id is None):
        raise bad_request("target_type and target_id must be given together")
    anonymized_too = ctx.query_flag("include_anonymized") or False

    def is_wanted(call: Call) -> bool:
        started = epoch_ms(call.started) or 0
        return (
            not call.is_live
            and call.state != "blocked"
            and (anonymized_too or _is_somebodys(ctx.state, call))
            and (after is None or started > after)
            and (before is None or started < before)
            and (target_id is None or (call.target.kind, call.target.id) == (kind, target_id))
        )

    calls = sorted(filter(is_wanted, ctx.state.calls.values()), key=lambda call: (call.started, call.id), reverse=True)
    return ctx.page(
        calls,
        lambda call: render_call(ctx.state, call),
        id_of=lambda call: call.id,
        largest=LARGEST_PAGE,
    )


def _is_somebodys(state: State, call: Call) -> bool:
    """Tell whether the person whose call it was is still there; calls of deleted people are anonymized."""
    whose = state.users.get(call.target.id) if call.target.kind == "user" else None
    return whose is None or whose.state != "deleted"


def get_call(ctx: RequestContext) -> Answer:
    return Answer(render_call(ctx.state, call_to_see(ctx)))


class RingCall(Body):
    user_id: Id
    phone_number: E164
    group_id: Id | None = None
    group_type: GroupType | None = None
    device_id: Text | None = None
    is_consult: Flag | None = None
    outbound_caller_id: CallerId | None = None
    custom_data: Text | None = None


def start_call(ctx: RequestContext) -> Answer:
    body = ctx.body(RingCall)
    user = ctx.state.user(body.user_id)
    require_may_act_for(ctx.state, ctx.caller, user.id)
    group = group_to_call_as(ctx, user, body.group_type, body.group_id)
    caller_id = check_caller_id(ctx, user, body.outbound_caller_id)
    if body.device_id is not None:
        device = ctx.state.devices.get(body.device_id)
        if device is None or device.user_id != user.id:
            raise not_found("device")
    call = ctx.switchboard.place(
        user,
        body.phone_number,
        group=group,
        caller_id=caller_id,
        custom_data=body.custom_data or "",
        device_id=body.device_id or "",
        is_consult=body.is_consult or False,
    )
    return Answer({"call_id": call.id})


def hang_up(ctx: RequestContext) -> Answer:
    ctx.switchboard.hang_up(call_to_act_on(ctx).id)
    return Answer()


class Destination(Body):
    """Where to transfer a call. Exactly one of: ``number``; ``call_id``; ``target_type`` with ``target_id``."""

    number: E164 | None = None
    call_id: Id | None = None
    target_id: Id | None = None
    target_type: Literal["callcenter", "department", "office", "user"] | None = None

    def check(self) -> None:
        ways = [self.number is not None, self.call_id is not None, self.target_id is not None]
        if sum(ways) != 1 or (self.target_id is None) != (self.target_type is None):
            raise bad_request("give either a number, a call_id, or a target_type with a target_id")

    def target(self, state: State) -> Target | None:
        if self.target_id is None or self.target_type is None:
            return None
        return state.find_target(self.target_type, self.target_id)


class TransferDestination(Destination):
    """A destination that may also be one operator: ``operator_id`` with the ``target_id`` of its group."""

    operator_id: Id | None = None

    def check(self) -> None:
        if self.operator_id is None:
            super().check()
        elif self.target_id is None or self.target_type or self.number or self.call_id is not None:
            raise bad_request("beside an operator_id stands the target_id of its group, and nothing else")

    def target(self, state: State) -> Target | None:
        if self.operator_id is None or self.target_id is None:
            return super().target(state)
        group = state.groups.get(self.target_id)
        if group is None or self.operator_id not in group.members:
            raise not_found("operator of this group")
        return state.find_target("user", self.operator_id)


class TransferCall(Body):
    to: TransferDestination | None = None
    transfer_state: Literal["hold", "parked", "preanswer", "voicemail"] | None = None
    custom_data: Text | None = None


def live_call(ctx: RequestContext) -> Call:
    call = call_to_act_on(ctx)
    if not call.is_live:
        raise conflict("this call has already ended")
    return call


def transfer(ctx: RequestContext) -> Answer:
    """Transfer a call. Without ``to`` the call only changes its state: hold or parked."""
    call = live_call(ctx)
    body = ctx.body(TransferCall)
    answer: Json = {"call_id": call.id, "transferred_to_state": body.transfer_state}
    if call.connected is None:
        raise conflict("only an answered call can be transferred")
    if body.to is None:
        if body.transfer_state not in ("hold", "parked"):
            raise bad_request("to: is needed unless transfer_state is hold or parked")
        if ctx.switchboard.entry_of(call).state == body.transfer_state == "parked":
            raise conflict("this call is parked already")
        ctx.switchboard.park(call, body.transfer_state)
        return Answer(answer)
    body.to.check()
    if body.custom_data is not None:
        call.custom_data = body.custom_data
    if body.to.call_id is not None:
        other = ctx.state.call(body.to.call_id)
        if not other.is_live or other is call:
            raise conflict("the other call is not live")
        require_may_act_on(ctx, other)
        ctx.switchboard.merge(call, other)
        return Answer(answer)
    target = body.to.target(ctx.state)
    number = body.to.number or ""
    if target is None:
        target = ctx.state.target_of_number(number)
    else:
        number = phone_of(ctx.state, target)
    ctx.switchboard.transfer(call, target, number, body.transfer_state)
    return Answer({**answer, "transferred_to_number": number})


class Labels(Body):
    labels: list[Text] | None = Field(default=None)


def put_labels(ctx: RequestContext) -> Answer:
    """Replace all labels of the call; an empty list clears them."""
    call = call_to_see(ctx)
    labels = [label.strip() for label in ctx.body(Labels).labels or []]
    if not all(labels):
        raise bad_request("labels: must not be empty")
    call.labels = list(dict.fromkeys(labels))
    for label in call.labels:
        if label not in ctx.state.labels:
            ctx.state.labels.append(label)
    return Answer(render_call(ctx.state, call))


class AddParticipant(Body):
    participant: Destination


def add_participant(ctx: RequestContext) -> Answer:
    call = live_call(ctx)
    to = ctx.body(AddParticipant).participant
    to.check()
    if to.call_id is not None:
        raise bad_request("participant: must be a number or a target")
    if not call.is_talking or call.target.kind != "user":
        raise conflict("only an answered call of a person can take a participant")
    target = to.target(ctx.state)
    number = to.number if target is None else phone_of(ctx.state, target)
    if not number:
        raise bad_request("participant: the target has no primary number")
    added = ctx.switchboard.place(
        ctx.state.user(call.target.id), number, is_consult=True, master=ctx.switchboard.entry_of(call)
    )
    call.participants.append(number)
    return Answer({"call_id": added.id})


class Unpark(Body):
    user_id: Id


def unpark(ctx: RequestContext) -> Answer:
    call = require_may_see(ctx, ctx.state.call(ctx.path_id()))
    user = ctx.state.user(ctx.body(Unpark).user_id)
    require_may_act_for(ctx.state, ctx.caller, user.id)
    return Answer({"call_id": ctx.switchboard.unpark(call, user).id})


def list_labels(ctx: RequestContext) -> Answer:
    limit = ctx.query_whole("limit")
    return Answer({"labels": ctx.state.labels[: max(limit, 0)] if limit is not None else ctx.state.labels})


ROUTES = (
    Route("GET", "/call", list_calls, admin=True, scope="calls:list"),
    Route("GET", "/call/{id}", get_call, limit=PER_MINUTE_10),
    Route("POST", "/call", start_call, limit=PER_MINUTE_5),
    Route("PUT", "/call/{id}/actions/hangup", hang_up),
    Route("POST", "/call/{id}/transfer", transfer),
    Route("PUT", "/call/{id}/labels", put_labels, limit=PER_MINUTE_250),
    Route("POST", "/call/{id}/participants/add", add_participant),
    Route("POST", "/call/{id}/unpark", unpark),
    Route("GET", "/calllabels", list_labels),
)
