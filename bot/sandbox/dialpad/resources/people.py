"""How users, devices and operators are rendered in answers."""

from bot.sandbox.dialpad.model import Device, Group, Json, Room, User
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.times import epoch_ms, naive_iso


def status_message_of(state: State, user: User) -> str:
    """Return the status message, empty once it has expired."""
    if user.status_expires_at is not None and state.now() >= user.status_expires_at:
        return ""
    return user.status_message


def render_user(state: State, user: User) -> Json:
    operator = bool(state.call_centers_of(user.id))
    return {
        "id": user.id,
        "company_id": state.company_id,
        "office_id": user.office_id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "display_name": user.name,
        "emails": user.emails,
        "phone_numbers": user.phone_numbers,
        "extension": user.extension,
        "job_title": user.job_title,
        "state": user.state,
        "license": user.license,
        "is_admin": user.is_super_admin or bool(user.admin_office_ids),
        "is_super_admin": user.is_super_admin,
        "admin_office_ids": user.admin_office_ids,
        "country": user.country,
        "language": user.language,
        "location": user.location,
        "timezone": user.timezone,
        "date_added": naive_iso(user.date_added),
        "date_active": naive_iso(user.date_added),
        "date_first_login": naive_iso(user.date_added),
        "do_not_disturb": user.do_not_disturb,
        "status_message": status_message_of(state, user),
        "is_available": not state.is_on_a_call(user.id),
        "is_online": user.is_online,
        "muted": False,
        "is_on_duty": user.on_duty,
        "on_duty_status": state.duty_word(user) if operator else None,
        "on_duty_started": naive_iso(user.on_duty_started) if user.on_duty else None,
        "duty_status_started": naive_iso(user.duty_started),
        "duty_status_reason": user.duty_reason,
        "forwarding_numbers": user.forwarding_numbers,
        "international_dialing_enabled": user.international_dialing_enabled,
        "group_details": [
            {
                "group_id": group.id,
                "group_type": group.kind,
                "role": role,
                "do_not_disturb": user.group_dnd.get(group.id, False),
            }
            for group in state.groups_of(user.id)
            for role in [group.members[user.id]]
        ],
    }


def render_duty(state: State, user: User) -> Json:
    """Render a user's duty: the same moments as in ``render_user``, but in milliseconds, as Dialpad does."""
    return {
        "user_id": user.id,
        "on_duty": user.on_duty,
        "on_duty_status": state.duty_word(user),
        "on_duty_started": epoch_ms(user.on_duty_started) if user.on_duty else None,
        "duty_status_started": epoch_ms(user.duty_started),
        "duty_status_reason": user.duty_reason,
    }


def render_operators(ctx: RequestContext, group: Group) -> Json:
    users = [ctx.state.users[user_id] for user_id in group.operators]
    return {
        "users": [render_user(ctx.state, user) for user in users if user.state == "active"],
        "rooms": [render_room(ctx.state, ctx.state.rooms[room_id]) for room_id in group.rooms],
    }


def render_member(state: State, user: User) -> Json:
    """Render a user as an operator that was just added or removed."""
    return {
        "id": user.id,
        "company_id": state.company_id,
        "office_id": user.office_id,
        "name": user.name,
        "country": user.country,
        "phone_numbers": user.phone_numbers,
        "is_on_duty": user.on_duty,
        "state": user.state,
    }


def render_room(state: State, room: Room) -> Json:
    """Render a room, on its own or as an operator."""
    return {
        "id": room.id,
        "company_id": state.company_id,
        "office_id": room.office_id,
        "name": room.name,
        "country": room.country,
        "phone_numbers": room.phone_numbers,
        "is_on_duty": True,
        "state": room.state,
    }


def render_device(device: Device) -> Json:
    return {
        "id": device.id,
        "user_id": device.user_id,
        "type": device.kind,
        "display_name": device.name,
        "phone_number": device.phone_number,
        "app_version": device.app_version,
        "date_created": naive_iso(device.created),
        "date_registered": naive_iso(device.created),
        "date_updated": naive_iso(device.created),
    }
