"""Northlight's other resources in Dialpad: rooms, channels, teams, policies, phones, links, reports."""

from datetime import datetime, timedelta

from bot.sandbox.cast import (
    ANA,
    CUSTOMERS,
    LEO,
    MEI,
    NOOR,
    OFFICE,
    PRIYA,
    SALES,
    SAM,
    SUPPORT,
    TIME_ZONE,
    Person,
)
from bot.sandbox.dialpad.model import (
    BulkText,
    CallRouter,
    PhoneNumber,
    Receipt,
    Recording,
    Room,
    ScheduledText,
    Target,
)
from bot.sandbox.dialpad.resources.accesscontrolpolicies import ASSIGNMENT, POLICY
from bot.sandbox.dialpad.resources.channels import CHANNEL
from bot.sandbox.dialpad.resources.coachingteams import TEAM
from bot.sandbox.dialpad.resources.conference import MEETING, MEETING_ROOM
from bot.sandbox.dialpad.resources.customivrs import IVR
from bot.sandbox.dialpad.resources.deskphones import DESK_PHONE
from bot.sandbox.dialpad.resources.dispositions import DISPOSITIONS, USAGE
from bot.sandbox.dialpad.resources.plans import PLAN
from bot.sandbox.dialpad.resources.schedulereports import REPORT
from bot.sandbox.dialpad.resources.sharelinks import RECORDING, REVIEW
from bot.sandbox.dialpad.resources.webhooks import WEBSOCKET
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.times import epoch_ms, naive_iso

ROOMS = (("Blue Room", "+14155550120"), ("Warehouse desk", "+14155550121"))
ROUTER_NUMBER = "+14155550130"
ADDRESS = {"address": "480 Harbor Street", "city": "San Francisco", "state": "CA", "zip": "94107", "country": "us"}


def add_equipment(state: State) -> None:
    rooms = _add_rooms(state)
    _add_router(state)
    _add_channels(state)
    _add_teams(state)
    _add_policies(state)
    _add_desk_phones(state, rooms)
    _add_meetings(state)
    _add_ivrs(state)
    _add_links(state)
    _add_report(state)
    _add_plan(state)
    _add_outcomes(state)
    _add_texts_of_sam(state)


def _id(person: Person) -> int:
    if person.dialpad_id is None:
        raise ValueError(f"{person.name} has no Dialpad seat")
    return person.dialpad_id


def _ago(state: State, **parts: float) -> datetime:
    return (state.now() - timedelta(**parts)).replace(microsecond=0)


def _add_rooms(state: State) -> list[Room]:
    for name, number in ROOMS:
        room = Room(state.new_id(), name, OFFICE.id, [number])
        state.rooms[room.id] = room
        state.numbers[number] = PhoneNumber(number, OFFICE.id, room.target)
    return list(state.rooms.values())


def _add_router(state: State) -> None:
    router = CallRouter(
        id=state.new_id(),
        name="VIP customers",
        office_id=OFFICE.id,
        routing_url="https://routing.northlight.example/calls",
        default_target=Target(SUPPORT.kind, SUPPORT.id),
        secret="sandbox-routing-secret",
        phone_numbers=[ROUTER_NUMBER],
    )
    state.routers[router.id] = router
    state.numbers[ROUTER_NUMBER] = PhoneNumber(ROUTER_NUMBER, OFFICE.id, router.target)


def _add_channels(state: State) -> None:
    for name, description, privacy, owner, others in (
        ("general", "Everything that concerns everybody", "public", PRIYA, (ANA, SAM, NOOR, LEO, MEI)),
        ("deliveries", "Late trucks and lost boxes", "public", SAM, (ANA, NOOR, LEO)),
        ("leads", "Schedules and reviews", "private", PRIYA, (SAM,)),
    ):
        content = {
            "name": name,
            "description": description,
            "privacy_type": privacy,
            "owner_id": _id(owner),
            "members": [_id(person) for person in (owner, *others)],
        }
        state.documents.add(CHANNEL, content)


def _add_teams(state: State) -> None:
    for name, description, coach, trainees in (
        ("New in Support", "The first three months", SAM, (NOOR, MEI)),
        ("Sales calls", "Listening in on offers", PRIYA, (LEO, ANA)),
    ):
        content = {
            "name": name,
            "team_description": description,
            "office_id": OFFICE.id,
            "allow_trainee_eavesdrop": coach is SAM,
            "ring_seconds": 30,
            "members": {_id(coach): "coach", **{_id(person): "trainee" for person in trainees}},
        }
        state.documents.add(TEAM, content)


def _add_policies(state: State) -> None:
    added = naive_iso(_ago(state, days=90))
    for name, description, level, permissions, person, line in (
        ("Duty planners", "Opening hours and holidays of a call center", "callcenter",
         ["business_hours_write", "holiday_hours_settings_write", "dashboard_and_alerts_write"], SAM, SUPPORT),
        ("Number keepers", "Numbers and blocked callers of the company", "company",
         ["number_settings_write", "call_blocking_spam_prevention_settings_write"], PRIYA, None),
    ):  # fmt: skip
        content = {
            "name": name,
            "description": description,
            "target_type": level,
            "permission_sets": permissions,
            "owner_id": _id(PRIYA),
            "state": "active",
            "date_created": added,
            "date_updated": added,
        }
        policy = state.documents.add(POLICY, content)
        target_id = state.company_id if line is None else line.id
        assignment = {"policy_id": policy["id"], "user_id": _id(person), "target_id": target_id}
        state.documents.add(ASSIGNMENT, assignment)


def _add_desk_phones(state: State, rooms: list[Room]) -> None:
    owners = [("user", _id(person), person.first_name, person.phone) for person in (ANA, SAM, PRIYA)]
    owners += [("room", room.id, room.name, room.phone_numbers[0]) for room in rooms]
    for place, (owner_type, owner_id, name, number) in enumerate(owners):
        content = {
            "owner_type": owner_type,
            "owner_id": owner_id,
            "name": f"{name}'s desk phone" if owner_type == "user" else f"Phone in {name}",
            "type": "polycom" if owner_type == "room" else "yealink",
            "device_model": "Trio 8300" if owner_type == "room" else "T54W",
            "firmware_version": "96.86.0.75",
            "mac_address": f"00:00:5e:00:53:{place + 16:02x}",
            "phone_number": number,
            "byod": False,
            "ring_notification": True,
            "realm": "sip.dialpad.example",
            "port": 5061,
            "sip_transport_type": "tls",
        }
        state.documents.add(DESK_PHONE, content)


def _add_meetings(state: State) -> None:
    hosts = (SAM, PRIYA)
    rooms = [
        state.documents.add(
            MEETING_ROOM,
            {
                "display_name": f"{host.first_name}'s meetings",
                "email": host.email,
                "number": f"+1415555014{place}",
                "path": f"northlight-{host.key}",
            },
        )
        for place, host in enumerate(hosts)
    ]
    for title, place, days, minutes, guests in (
        ("Support morning round", 0, 1, 18, (ANA, NOOR)),
        ("Holiday shifts", 0, 4, 41, (ANA, NOOR, MEI)),
        ("Numbers of the week", 1, 3, 27, (SAM, LEO)),
    ):
        start, host = _ago(state, days=days, hours=2), hosts[place]
        people = [
            {
                "name": person.name,
                "display_name": person.name,
                "email": person.email,
                "is_organizer": person is host,
                "call_in_method": "app",
                "talk_time": minutes * 60_000 // (len(guests) + 1),
            }
            for person in (host, *guests)
        ]
        content = {
            "room_id": rooms[place]["id"],
            "title": title,
            "host_name": host.name,
            "start": start,
            "end": start + timedelta(minutes=minutes),
            "participants": people,
            "recordings": [],
            "transcript_url": f"https://dialpad.example/meetings/{rooms[place]['path']}/{days}",
        }
        state.documents.add(MEETING, content)


def _add_ivrs(state: State) -> None:
    for line, ivr_type, name, text, selected in (
        (SUPPORT, "GREETING", "Greeting, all year", "Welcome to Northlight Support.", True),
        (SUPPORT, "GREETING", "Greeting, holidays", "Happy holidays from Northlight Support.", False),
        (SUPPORT, "HOLD_MUSIC", "Harbor sounds", "", True),
        (OFFICE, "CLOSED", "Closed", "We are open from eight to six.", True),
    ):
        content = {
            "target_type": line.kind,
            "target_id": line.id,
            "ivr_type": ivr_type,
            "name": name,
            "text": text,
            "selected": selected,
            "date_added": epoch_ms(_ago(state, days=60)),
        }
        state.documents.add(IVR, content)


def _recording_of(state: State, person: Person, kind: str) -> tuple[int, Recording]:
    """Return the latest recording of the kind among the person's calls, with the id of the leg that has it."""
    target = Target("user", _id(person))
    for call in sorted(state.calls.values(), key=lambda call: call.started, reverse=True):
        for recording in call.recordings:
            if recording.kind == kind and call.target == target:
                return call.id, recording
    raise ValueError(f"{person.name} has no {kind} in its history")


def _add_links(state: State) -> None:
    call_id, recording = _recording_of(state, SAM, "callrecording")
    shared = {"created_by_id": _id(SAM), "date_added": naive_iso(_ago(state, minutes=20)), "call_id": call_id}
    link = f"{state.base_url}/shared"
    state.documents.add(REVIEW, {**shared, "privacy": "company", "access_link": f"{link}/call/northlight-one"})
    content = {
        **shared,
        "item_id": str(recording.id),
        "type": recording.kind,
        "privacy": "owner",
        "access_link": f"{link}/recording/northlight-one",
    }
    state.documents.add(RECORDING, content)


def _add_report(state: State) -> None:
    endpoint = state.documents.add(WEBSOCKET, {"secret": None})
    for name, kind, frequency, on_day, line in (
        ("Support, every morning", "daily_statistics", "daily", 0, SUPPORT),
        ("Sales calls of the week", "call_logs", "weekly", 0, SALES),
    ):
        content = {
            "name": name,
            "report_type": kind,
            "frequency": frequency,
            "on_day": on_day,
            "at": 7,
            "timezone": "America/Los_Angeles",
            "target_id": line.id,
            "target_type": line.kind,
            "endpoint_id": endpoint["id"],
            "enabled": True,
            "coaching_group": False,
        }
        state.documents.add(REPORT, content)


def _add_plan(state: State) -> None:
    state.addresses[Target("office", OFFICE.id)] = dict(ADDRESS)
    content = {
        "office_id": OFFICE.id,
        "balance": "128.50",
        "next_billing_date": epoch_ms(_ago(state, days=-8)),
        "ppu_address": {
            "address_line_1": ADDRESS["address"],
            "city": ADDRESS["city"],
            "region": ADDRESS["state"],
            "postal_code": ADDRESS["zip"],
            "country": ADDRESS["country"],
        },
        "talk_lines": 5,
        "contact_center_lines": 8,
        "room_lines": 3,
        "additional_number_lines": 4,
        "fax_lines": 2,
        "uberconference_lines": 10,
    }
    state.documents.add(PLAN, content)


def _add_texts_of_sam(state: State) -> None:
    """One that leaves tomorrow, and one that went to many yesterday."""
    phones = [customer.phone for customer in CUSTOMERS if customer.is_contact]
    own, sam = SAM.phone or "", _id(SAM)
    later = _ago(state, hours=-20).replace(minute=0, second=0)
    words = "Good morning! Your delivery leaves us today."
    state.scheduled_texts["ag9zc2FtLWxhdGVy"] = ScheduledText(
        "ag9zc2FtLWxhdGVy", sam, own, words, phones[:1], "", later, TIME_ZONE, _ago(state, hours=1)
    )
    sent = _ago(state, hours=26)
    receipts = [Receipt(phone, attempted=True, status="delivered", changed=sent) for phone in phones]
    receipts[-1].status = "failed"
    state.bulk_texts["ag9zc2FtLWJ1bGs"] = BulkText(
        "ag9zc2FtLWJ1bGs", sam, own, "We are closed on Friday.", receipts, sent, "Closed on Friday"
    )


def _add_outcomes(state: State) -> None:
    everything = {USAGE: "everything"}
    outcomes = {
        "Resolved": everything,
        "Follow-up needed": {USAGE: "everything", "Callback": everything, "Ticket": everything},
        "Left a voicemail": {USAGE: "outbound"},
        "Wrong number": {USAGE: "inbound"},
    }
    content = {
        "name": "Support outcomes",
        "office_id": OFFICE.id,
        "dispositions": outcomes,
        "targets": [{"target_type": "callcenter", "target_id": SUPPORT.id}],
        "date_modified": naive_iso(_ago(state, days=40)),
    }
    state.documents.add(DISPOSITIONS, content)
