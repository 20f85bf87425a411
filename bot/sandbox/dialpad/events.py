"""Event payloads as Dialpad delivers them: ids are numbers, nulls are written out, times are epoch milliseconds."""

from bot.sandbox.dialpad.model import Call, Contact, Group, Json, Message, Target, User
from bot.sandbox.dialpad.parties import local_format, name_of, phone_of, render_contact, render_target
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.times import elapsed_ms, epoch_ms

EVENT_TYPE_NAMES = {"callcenter": "call_center"}
"""Events write call_center where the API writes callcenter."""


def _target(state: State, target: Target | None) -> Json:
    if target is None:
        return {}
    rendered = render_target(state, target)
    rendered["type"] = EVENT_TYPE_NAMES.get(target.kind, target.kind)
    rendered["office_id"] = state.holder(target).office_id
    return rendered


def _contact(state: State, number: str) -> Json:
    rendered = {"email": "", **render_contact(state, number)}
    if str(rendered["id"]).isdigit():
        rendered["id"] = int(str(rendered["id"]))
    return rendered


def call_event(state: State, call: Call, word: str) -> Json:
    """Build the event of a call. ``word`` is the event's state, which can differ from the call's own
    (voicemail_uploaded, transcription)."""
    ended = call.ended is not None
    talk = elapsed_ms(call.connected, call.ended) if ended else None
    group = call.target if call.target.kind != "user" else call.entry_point
    payload: Json = {
        "call_id": call.id,
        "state": word,
        "direction": call.direction,
        "event_timestamp": epoch_ms(state.now()),
        "date_started": epoch_ms(call.started),
        "date_rang": epoch_ms(call.rang),
        "date_first_rang": epoch_ms(call.rang),
        "date_queued": epoch_ms(call.queued),
        "date_connected": epoch_ms(call.connected),
        "date_ended": epoch_ms(call.ended),
        "duration": talk,
        "talk_time": talk,
        "hold_time": 0 if ended else None,
        "total_duration": elapsed_ms(call.started, call.ended) if ended else None,
        "external_number": call.external_number,
        "internal_number": call.internal_number,
        "selected_caller_id": call.caller_id or None,
        "contact": _contact(state, call.external_number),
        "target": _target(state, call.target),
        "proxy_target": _target(state, call.proxy),
        "entry_point_target": _target(state, call.entry_point),
        "transferred_from": _target(state, call.transferred_from),
        "group_id": None if group is None else f"{group.kind.capitalize()}:{group.id}",
        "master_call_id": call.master_call_id,
        "operator_call_id": call.operator_call_id,
        "entry_point_call_id": call.entry_point_call_id,
        "is_transferred": call.is_transferred,
        "is_internal": state.target_of_number(call.external_number) is not None,
        "was_recorded": any(recording.kind != "voicemail" for recording in call.recordings),
        "labels": list(call.labels),
        "csat_score": None,
        "mos_score": 4.41 if ended else None,
        "routing_breadcrumbs": [],
        "callback_requested": None if call.queued is None else call.callback_requested,
        "target_availability_status": "open",
        "call_recording_ids": [recording.id for recording in call.recordings if recording.kind != "voicemail"],
        "recording_details": [
            {
                "id": str(recording.id),
                "url": state.base_url + recording.path,
                "duration": recording.duration_ms,
                "start_time": epoch_ms(recording.start),
                "recording_type": recording.kind,
            }
            for recording in call.recordings
        ],
        "integrations": {},
        **_voicemail(state, call),
    }
    if word == "recording":
        payload["recording_url"] = [state.base_url + one.path for one in call.recordings if one.kind == "callrecording"]
    if word == "dispositions":
        payload["dispositions"] = [call.disposition]
    if ended:
        payload["company_call_review_share_link"] = f"{state.base_url}/shared/call/company-{call.id}"
    if call.custom_data and word != "calling":
        payload["custom_data"] = call.custom_data
    return payload


def _voicemail(state: State, call: Call) -> Json:
    """Return what an event says of a voicemail. From the greeting on there is a link, which leads nowhere while there
    is no message."""
    voicemail = next((recording for recording in call.recordings if recording.kind == "voicemail"), None)
    reached = f"{state.base_url}/secureblob/voicemail/{call.id}.wav" if call.reached_greeting else None
    return {
        "voicemail_link": reached if voicemail is None else state.base_url + voicemail.path,
        "voicemail_recording_id": None if voicemail is None else voicemail.id,
        "transcription_text": call.voicemail_text or None,
    }


def sms_event(state: State, message: Message) -> Json:
    customer = message.from_number if message.direction == "inbound" else message.to_numbers[0]
    contact = _contact(state, customer)
    picture = None if message.picture is None else state.base_url + message.picture.path
    payload: Json = {
        "id": message.id,
        "created_date": epoch_ms(message.created),
        "event_timestamp": epoch_ms(state.now()),
        "direction": message.direction,
        "target": {
            "id": message.target.id,
            "name": name_of(state, message.target),
            "type": EVENT_TYPE_NAMES.get(message.target.kind, message.target.kind),
            "phone_number": local_format(phone_of(state, message.target)),
        },
        "contact": {"id": contact["id"], "name": contact["name"], "phone_number": customer},
        "sender_id": message.user_id if message.target.kind != "user" else None,
        "from_number": message.from_number,
        "to_number": list(message.to_numbers),
        "mms": picture is not None,
        "mms_url": picture,
        "is_internal": state.target_of_number(customer) is not None,
        "text": message.text or picture or "",
        "text_content": message.text or picture or "",
        "message_status": message.status,
        "message_delivery_result": message.delivery_result or None,
    }
    if message.target.is_group:
        payload["admins"] = [
            {"id": user_id, "name": state.users[user_id].name, "type": "user"}
            for user_id, role in state.groups[message.target.id].members.items()
            if role != "operator"
        ]
    return payload


def agent_status_event(state: State, user: User) -> Json:
    word = state.duty_word(user)
    return {
        "availability_status": "open",
        "call_center_ids": [str(group.id) for group in state.call_centers_of(user.id)],
        "date": epoch_ms(user.duty_started),
        "event_timestamp": epoch_ms(state.now()),
        "on_duty_status": word,
        "on_duty_status_reason": user.duty_reason or None,
        "powerdialer_mode": None,
        "powerdialer_session": None,
        "target": _target(state, user.target),
    }


def contact_event(contact: Contact, word: str) -> Json:
    """Build the event of a contact. ``word`` is Created, Updated or Deleted."""
    return {
        "event": word,
        "contact": {
            "id": contact.id,
            "type": contact.kind,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "display_name": contact.name,
            "phones": list(contact.phones),
            "primary_phone": contact.phones[0] if contact.phones else None,
            "emails": list(contact.emails),
            "primary_email": contact.emails[0] if contact.emails else None,
            "company_name": contact.company_name,
            "job_title": contact.job_title,
            "urls": list(contact.urls),
            "trunk_group": contact.trunk_group,
            "extension": contact.extension,
        },
    }


def setting_event(state: State, action: str, note: str, group: Group, by: User) -> Json:
    """Build the event of a changed setting. The kind of target and person is capitalised here, as nowhere else."""
    return {
        "action": action,
        "note": note,
        "date": epoch_ms(state.now()),
        "target": {"id": group.id, "type": {"callcenter": "CallCenter"}.get(group.kind, group.kind.capitalize())},
        "changed_by": {"id": by.id, "name": by.name, "type": "User"},
        "additional_data": {"name": group.name},
    }
