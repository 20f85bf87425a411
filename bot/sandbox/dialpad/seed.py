"""Fills an empty state with a company: Northlight Supply's people, lines, numbers and contacts, or a trial's."""

from datetime import timedelta
from typing import Any

from bot.sandbox.cast import (
    BILLING,
    CUSTOMERS,
    MEI,
    NOOR,
    NORTHLIGHT,
    OFFICE,
    PRIYA,
    SALES,
    SUPPORT,
    Line,
    Person,
)
from bot.sandbox.dialpad.equipment import add_equipment
from bot.sandbox.dialpad.history import add_history
from bot.sandbox.dialpad.model import Contact, Device, Group, PhoneNumber, User
from bot.sandbox.dialpad.more_equipment import add_more_equipment
from bot.sandbox.dialpad.state import State

POOL = tuple(f"+141555501{number:02d}" for number in range(4, 10))
"""Numbers the company has and does not use yet."""

TOLL_FREE = ("+18335550108", "+18335550109")
OFF_DUTY_STATUSES = ("Lunch", "Break", "In a meeting", "Training", "Off Duty")
LABELS = ("Order", "Refund", "Complaint", "Delivery", "Callback", "VIP")
SPAMMER = "+14155550159"
OPEN_HOURS = ("08:00", "18:00")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def fill(state: State) -> None:
    state.off_duty_statuses.extend(OFF_DUTY_STATUSES)
    state.labels.extend(LABELS)
    for person in state.company.people:
        if person.dialpad_id is not None and person.phone is not None:
            _add_person(state, person, person.dialpad_id, person.phone)
    for line in state.company.lines:
        _add_line(state, line)
    if state.company is not NORTHLIGHT:
        for user in state.users.values():
            user.on_duty = True
        return
    for number in POOL:
        state.numbers[number] = PhoneNumber(number, OFFICE.id)
    for number in TOLL_FREE:
        state.numbers[number] = PhoneNumber(number, OFFICE.id, kind="tollfree")
    _put_on_duty(state)
    _add_contacts(state)
    state.blocked[SPAMMER] = state.now() - timedelta(days=12)
    add_history(state)
    add_equipment(state)
    add_more_equipment(state)


def _add_person(state: State, person: Person, user_id: int, phone: str) -> None:
    is_admin, office = person.role == "admin", state.company.lines[0]
    added = state.now() - timedelta(days=12 if person is NOOR else 420)
    state.users[user_id] = User(
        id=user_id,
        first_name=person.first_name,
        last_name=person.last_name,
        emails=[person.email],
        phone_numbers=[phone],
        office_id=office.id,
        date_added=added.replace(microsecond=0),
        job_title=person.title,
        extension=person.extension or "",
        license="agents" if any(person in line.members for line in (SUPPORT, SALES)) else "talk",
        is_super_admin=is_admin,
        admin_office_ids=[office.id] if is_admin else [],
        is_online=person is not MEI,
    )
    state.numbers[phone] = PhoneNumber(phone, office.id, state.users[user_id].target)
    for kind, name in (("native", "Dialpad app"), ("iphone", "iPhone")):
        device_id = str(state.new_id())
        state.devices[device_id] = Device(
            device_id, user_id, kind, f"{person.first_name}'s {name}", added.replace(microsecond=0), phone, "24.11.2"
        )


def _add_line(state: State, line: Line) -> None:
    office = state.company.lines[0]
    members = {person.dialpad_id: "operator" for person in line.members if person.dialpad_id is not None}
    leads_only: set[int] = set()
    for person in line.supervisors:
        if person.dialpad_id is not None:
            if person not in line.members:
                leads_only.add(person.dialpad_id)
            members[person.dialpad_id] = "supervisor" if line.kind == "callcenter" else "admin"
    group = Group(
        id=line.id,
        kind=line.kind,
        name=line.name,
        phone_numbers=[line.phone],
        office_id=office.id,
        members=members,
        settings=_settings(line),
        leads_only=leads_only,
        skills=dict.fromkeys(members, 100),
    )
    state.groups[line.id] = group
    state.numbers[line.phone] = PhoneNumber(line.phone, office.id, group.target)


def _settings(line: Line) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "first_action": "operators",
        "hours_on": False,
        "ring_seconds": 30,
        "no_operators_action": "voicemail",
        **{f"{day}_hours": list(OPEN_HOURS) for day in WEEKDAYS},
        "voice_intelligence": {"allow_pause": True, "auto_start": True},
    }
    if line is SUPPORT:
        settings["group_description"] = "Questions about orders and deliveries"
    if line.kind == "callcenter":
        settings["advanced_settings"] = {
            "auto_call_recording": {"call_recording_inbound": line is SUPPORT, "call_recording_outbound": False},
            "max_wrap_up_seconds": 0,
        }
        settings["alerts"] = {"cc_service_level": 95, "cc_service_level_seconds": 60}
        settings["hold_queue"] = {"max_hold_count": 50, "max_hold_seconds": 900, "announce_position": True}
    if line is BILLING:
        settings["auto_call_recording"] = False
        settings["hold_queue"] = {"allow_queuing": False}
    return settings


def _put_on_duty(state: State) -> None:
    """Put people on duty as in the morning: Ana, Sam and Leo work, Noor is at lunch, Mei has the night."""
    for user in state.users.values():
        if user.id == PRIYA.dialpad_id:
            continue
        user.on_duty = user.id not in (NOOR.dialpad_id, MEI.dialpad_id)
        user.duty_reason = {NOOR.dialpad_id: "Lunch", MEI.dialpad_id: "Off Duty"}.get(user.id, "")
        user.duty_started = state.now() - timedelta(minutes=25 if user.id == NOOR.dialpad_id else 190)
        user.on_duty_started = user.duty_started if user.on_duty else None


def _add_contacts(state: State) -> None:
    for place, customer in enumerate(customer for customer in CUSTOMERS if customer.is_contact):
        contact_id = str(6_400_000_000_000_101 + place)
        state.contacts[contact_id] = Contact(
            id=contact_id,
            first_name=customer.name.split()[0],
            last_name=customer.name.split()[-1],
            phones=[customer.phone],
            emails=[f"{customer.key}@customer.example"],
            company_name=customer.company,
        )
