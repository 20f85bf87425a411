"""/users: the company's people, and what each can set about themselves."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.sandbox.dialpad.fields import E164, Body, CallerId, Flag, Id, Line, Text, Whole
from bot.sandbox.dialpad.limits import PER_MINUTE_5_EACH
from bot.sandbox.dialpad.model import Device, Group, Json, Target, User
from bot.sandbox.dialpad.parties import phone_of
from bot.sandbox.dialpad.refusals import bad_request, conflict, forbidden, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.people import render_device, render_user
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

USER_STATES = ("active", "all", "cancelled", "deleted", "pending", "suspended")
GroupType = Literal["callcenter", "department", "office"]
License = Literal[
    "admins", "agents", "dpde_all", "dpde_one", "lite_lines", "lite_support_agents", "magenta_lines", "talk", "user"
]
OWN_FIELDS = frozenset({"first_name", "last_name", "job_title", "forwarding_numbers", "presence_status"})
"""Fields that people may change about themselves; the rest of PATCH /users/{id} is for admins."""
EPOCH_MS_FROM = 10**11
EPOCH_SECONDS_FROM = 10**9


def list_users(ctx: RequestContext) -> Answer:
    state = ctx.query_choice("state", USER_STATES) or "active"
    email, number = ctx.query_text("email"), ctx.query_text("number")
    admins = ctx.query_flag("company_admin")
    users = [
        user
        for user in ctx.state.users.values()
        if state in ("all", user.state)
        and (email is None or email.lower() in (known.lower() for known in user.emails))
        and (number is None or number in user.phone_numbers)
        and (admins is None or user.is_super_admin == admins)
    ]
    users.sort(key=lambda user: user.id)
    return ctx.page(users, lambda user: render_user(ctx.state, user), id_of=lambda user: user.id)


def get_user(ctx: RequestContext) -> Answer:
    return Answer(render_user(ctx.state, ctx.user()))


class PresenceStatus(Body):
    message: Text | None = None
    provider: Text | None = None
    type: Literal["conference", "default"] | None = None


class UpdateUser(Body):
    admin_office_ids: list[Id] | None = None
    emails: list[Text] | None = None
    extension: Text | None = None
    first_name: Line | None = None
    forwarding_numbers: list[E164] | None = None
    international_dialing_enabled: Flag | None = None
    is_super_admin: Flag | None = None
    job_title: Line | None = None
    keep_paid_numbers: Flag | None = None
    last_name: Line | None = None
    license: License | None = None
    office_id: Id | None = None
    phone_numbers: list[E164] | None = None
    presence_status: PresenceStatus | None = None
    state: Literal["active", "suspended"] | None = None


def update_user(ctx: RequestContext) -> Answer:
    user = ctx.user_to_act_on()
    body = ctx.body(UpdateUser)
    sent = body.sent()
    if not ctx.is_admin and not set(sent) <= OWN_FIELDS:
        raise forbidden("Only a company admin can change these fields.")
    if body.office_id is not None:
        ctx.state.group(body.office_id, "office")
    if body.phone_numbers is not None and not set(body.phone_numbers) <= set(user.phone_numbers):
        raise bad_request("phone_numbers: only numbers the user has; assign new ones first")
    sent.pop("keep_paid_numbers", None)
    sent.pop("presence_status", None)  # taken, and in no answer of Dialpad's
    for name, value in sent.items():
        setattr(user, name, value)
    return Answer(render_user(ctx.state, user))


class ToggleDnd(Body):
    do_not_disturb: Flag
    group_id: Id | None = None
    group_type: GroupType | None = None


def toggle_dnd(ctx: RequestContext) -> Answer:
    user = ctx.user_to_act_on()
    body = ctx.body(ToggleDnd)
    group = ctx.group_by(body.group_type, body.group_id)
    if group is None:
        user.do_not_disturb = body.do_not_disturb
    elif user.id not in group.members:
        raise bad_request("the user is not in this group")
    else:
        user.group_dnd[group.id] = body.do_not_disturb
    ctx.switchboard.reconsider_queue()
    return Answer({**body.model_dump(), "id": user.id})


class SetStatus(Body):
    status_message: Text | None = None
    expiration: Whole | None = None


def parse_expiration(expiration: int, now: datetime) -> datetime:
    """Parse the moment a status ends. The unit is undocumented, and the documented example is 3600.

    So a small number is seconds from now; one as large as a date is epoch seconds, or milliseconds.
    """
    if expiration <= 0:
        raise bad_request("expiration: must be positive")
    if expiration < EPOCH_SECONDS_FROM:
        return now + timedelta(seconds=expiration)
    seconds = expiration / 1000 if expiration >= EPOCH_MS_FROM else expiration
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise bad_request("expiration: out of range") from None


def update_status(ctx: RequestContext) -> Answer:
    user = ctx.user_to_act_on()
    body = ctx.body(SetStatus)
    ends = None if body.expiration is None else parse_expiration(body.expiration, ctx.state.now())
    user.status_message = body.status_message or ""
    user.status_expiration = body.expiration
    user.status_expires_at = ends
    return Answer({"id": user.id, "status_message": user.status_message, "expiration": user.status_expiration})


def personas(ctx: RequestContext) -> Answer:
    user = ctx.user_to_act_on()
    own: Json = {
        "id": user.id,
        "type": "user",
        "name": user.name,
        "caller_id": user.caller_id or phone_of(ctx.state, user.target),
        "phone_numbers": user.phone_numbers,
    }
    of_groups = [
        {
            "id": group.id,
            "type": group.kind,
            "name": group.name,
            "caller_id": phone_of(ctx.state, group.target),
            "phone_numbers": group.phone_numbers,
        }
        for group in ctx.state.groups_of(user.id)
    ]
    return Answer({"items": [own, *of_groups]})


class SetCallerId(Body):
    caller_id: CallerId


def render_caller_id(ctx: RequestContext, user: User) -> Json:
    groups = [group for group in ctx.state.groups_of(user.id) if group.kind != "office"]
    return {
        "id": user.id,
        "caller_id": user.caller_id or phone_of(ctx.state, user.target),
        "forwarding_numbers": user.forwarding_numbers,
        "phone_numbers": user.phone_numbers,
        "primary_phone": phone_of(ctx.state, user.target),
        "office_main_line": phone_of(ctx.state, Target("office", user.office_id)),
        "groups": [{"caller_id": phone_of(ctx.state, group.target), "display_name": group.name} for group in groups],
    }


def get_caller_id(ctx: RequestContext) -> Answer:
    return Answer(render_caller_id(ctx, ctx.user_to_act_on()))


def numbers_to_show(ctx: RequestContext, user: User) -> set[str]:
    """Return the numbers a user may call or text from: their own and those of their groups."""
    of_groups = [number for group in ctx.state.groups_of(user.id) for number in group.phone_numbers]
    return {*user.phone_numbers, *of_groups}


def set_caller_id(ctx: RequestContext) -> Answer:
    user = ctx.user_to_act_on()
    caller_id = ctx.body(SetCallerId).caller_id
    if caller_id != "blocked" and caller_id not in numbers_to_show(ctx, user):
        raise bad_request("caller_id: must be a number of the user or of one of their groups")
    user.caller_id = caller_id
    return Answer(render_caller_id(ctx, user))


class InitiateCall(Body):
    phone_number: E164 | None = None
    group_id: Id | None = None
    group_type: GroupType | None = None
    outbound_caller_id: CallerId | None = None
    custom_data: Text | None = None


def group_to_call_as(ctx: RequestContext, user: User, kind: str | None, group_id: int | None) -> Group | None:
    group = ctx.group_by(kind, group_id)
    if group is not None and user.id not in group.members:
        raise forbidden("The user is not in this group.")
    return group


def check_caller_id(ctx: RequestContext, user: User, caller_id: str | None) -> str:
    if caller_id is None or caller_id == "blocked" or caller_id in numbers_to_show(ctx, user):
        return caller_id or ""
    raise bad_request("outbound_caller_id: must be a number of the user or of one of their groups")


def running_app_of(ctx: RequestContext, user: User) -> Device:
    for device in ctx.state.devices.values():
        if user.is_online and device.user_id == user.id and device.kind == "native":
            return device
    raise conflict("no running Dialpad app found for this user")


def initiate_call(ctx: RequestContext) -> Answer:
    """Make the user's running app dial; the answer names the device only, never the call."""
    user = ctx.user_to_act_on()
    body = ctx.body(InitiateCall)
    group = group_to_call_as(ctx, user, body.group_type, body.group_id)
    caller_id = check_caller_id(ctx, user, body.outbound_caller_id)
    device = running_app_of(ctx, user)
    if body.phone_number is not None:
        ctx.switchboard.place(
            user,
            body.phone_number,
            group=group,
            caller_id=caller_id,
            custom_data=body.custom_data or "",
            device_id=device.id,
        )
    return Answer({"device": render_device(device)})


class UpdateActiveCall(Body):
    is_recording: Flag | None = None
    play_message: Flag | None = None
    recording_type: Literal["all", "group", "user"] | None = None


def update_active_call(ctx: RequestContext) -> Answer:
    user = ctx.user_to_act_on()
    body = ctx.body(UpdateActiveCall)
    call = next((leg for leg in ctx.state.live_legs_of(user.id) if leg.is_talking), None)
    if call is None:
        raise not_found("active call")
    if body.is_recording is not None:
        call.is_recording = body.is_recording
    return Answer({"id": call.id, "call_state": call.state, "is_recording": call.is_recording})


class ToggleVi(Body):
    enable_vi: Flag | None = None
    vi_locale: Text | None = None


def toggle_vi(ctx: RequestContext) -> Answer:
    user = ctx.user_to_act_on()
    body = ctx.body(ToggleVi)
    call = next((leg for leg in ctx.state.live_legs_of(user.id) if leg.is_talking), None)
    if call is None:
        raise not_found("active call")
    if body.enable_vi is not None:
        call.vi_enabled = body.enable_vi
    call.vi_locale = body.vi_locale or call.vi_locale
    return Answer({"id": call.id, "call_state": call.state, "enable_vi": call.vi_enabled, "vi_locale": call.vi_locale})


class ScreenPop(Body):
    screen_pop_uri: Text


def pop_screen(ctx: RequestContext) -> Answer:
    user = ctx.user_to_act_on()
    uri = ctx.body(ScreenPop).screen_pop_uri
    if "://" not in uri:
        raise bad_request("screen_pop_uri: must start with a scheme such as https://")
    device = running_app_of(ctx, user)
    ctx.state.documents.add("screen_pop", {"user_id": user.id, "uri": uri})
    return Answer({"device": render_device(device)})


ROUTES = (
    Route("GET", "/users", list_users),
    Route("GET", "/users/{id}", get_user),
    Route("PATCH", "/users/{id}", update_user),
    Route("PATCH", "/users/{id}/togglednd", toggle_dnd),
    Route("PATCH", "/users/{id}/togglevi", toggle_vi),
    Route("PATCH", "/users/{id}/status", update_status),
    Route("GET", "/users/{id}/personas", personas),
    Route("GET", "/users/{id}/caller_id", get_caller_id),
    Route("POST", "/users/{id}/caller_id", set_caller_id),
    Route("POST", "/users/{id}/initiate_call", initiate_call, limit=PER_MINUTE_5_EACH),
    Route("PATCH", "/users/{id}/activecall", update_active_call),
    Route("POST", "/users/{id}/screenpop", pop_screen, limit=PER_MINUTE_5_EACH, scope="screen_pop"),
)
