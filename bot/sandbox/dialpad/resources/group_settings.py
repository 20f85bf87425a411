"""Settings of a call center, a department or an office: hours, queue, routing, alerts."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from bot.sandbox.dialpad.fields import Body, Flag, Id, Line, Text, Whole
from bot.sandbox.dialpad.model import Group, Json
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.state import State

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAYS = DAYS[:5]
OPEN_HOURS = ("08:00", "18:00")
HOUR_PATTERN = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
RoutingAction = Literal[
    "ai_agent",
    "bridge_target",
    "call_service_target",
    "company_directory",
    "department",
    "directory",
    "disabled",
    "extension",
    "google_dialogflow",
    "last_name_company_directory",
    "last_name_directory",
    "menu",
    "message",
    "operator",
    "person",
    "scripted_ivr",
    "voicemail",
]
RoutedTo = Literal[
    "callcenter",
    "callrouter",
    "channel",
    "coachinggroup",
    "contact",
    "contactgroup",
    "department",
    "office",
    "room",
    "staffgroup",
    "unknown",
    "user",
]
CHECKED_TARGETS = ("callcenter", "callrouter", "department", "office", "room", "user")
OperatorRouting = Literal["fixedorder", "longestidle", "mostskilled", "random", "roundrobin", "simultaneous"]


def check_hours(hours: list[str]) -> list[str]:
    """Check the pairs of opening and closing times, in order, such as 08:00, 12:00, 14:00, 18:00. An empty list is a
    closed day."""
    if len(hours) % 2 or not all(HOUR_PATTERN.fullmatch(hour) for hour in hours):
        raise ValueError("must be pairs of times such as 08:00")
    if sorted(set(hours)) != hours:
        raise ValueError("times must go up")
    return hours


Hours = Annotated[list[Text], AfterValidator(check_hours)]
DtmfKey = Annotated[Text, Field(pattern=r"^[0-9*#]$")]


class AutoCallRecording(Body):
    allow_pause_recording: Flag | None = None
    call_recording_inbound: Flag | None = None
    call_recording_outbound: Flag | None = None


class AdvancedSettings(Body):
    auto_call_recording: AutoCallRecording | None = None
    max_wrap_up_seconds: Annotated[Whole, Field(ge=0)] | None = None


class Alerts(Body):
    cc_service_level: Annotated[Whole, Field(ge=0, le=100)] | None = None
    cc_service_level_seconds: Annotated[Whole, Field(ge=0)] | None = None


class HoldQueue(Body):
    max_hold_count: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    max_hold_seconds: Annotated[Whole, Field(ge=30, le=18000)] | None = None


class DepartmentQueue(HoldQueue):
    allow_queuing: Flag | None = None


class CallCenterQueue(HoldQueue):
    allow_queue_callback: Flag | None = None
    announce_estimated_wait_time: Flag | None = None
    announce_position: Flag | None = None
    announcement_interval_seconds: Annotated[Whole, Field(ge=0)] | None = None
    estimated_wait_time_max: Annotated[Whole, Field(ge=1)] | None = None
    queue_callback_dtmf: DtmfKey | None = None
    queue_callback_threshold: Annotated[Whole, Field(ge=0)] | None = None
    queue_escape_dtmf: DtmfKey | None = None
    stay_in_queue_after_closing: Flag | None = None
    unattended_queue: Flag | None = None


class DtmfOptions(Body):
    action: RoutingAction | None = None
    action_target_id: Id | None = None
    action_target_type: RoutedTo | None = None


class DtmfMapping(Body):
    input: DtmfKey | None = None
    options: DtmfOptions | None = None


class Routing(Body):
    action: RoutingAction
    try_dial_operators: Flag
    action_target_id: Id | None = None
    action_target_type: RoutedTo | None = None
    operator_routing: OperatorRouting | None = None
    dtmf: list[DtmfMapping] | None = None


class RoutingOptions(Body):
    open: Routing
    closed: Routing


class VoiceIntelligence(Body):
    allow_pause: Flag | None = None
    auto_start: Flag | None = None


class GroupSettings(Body):
    """Settings of every kind of group. A name is at most 100 characters, a description 256."""

    name: Annotated[Line, Field(min_length=1, max_length=100)] | None = None
    group_description: Annotated[Text, Field(max_length=256)] | None = None
    hours_on: Flag | None = None
    monday_hours: Hours | None = None
    tuesday_hours: Hours | None = None
    wednesday_hours: Hours | None = None
    thursday_hours: Hours | None = None
    friday_hours: Hours | None = None
    saturday_hours: Hours | None = None
    sunday_hours: Hours | None = None
    ring_seconds: Annotated[Whole, Field(ge=10, le=45)] | None = None
    routing_options: RoutingOptions | None = None
    voice_intelligence: VoiceIntelligence | None = None


def default_settings() -> Json:
    return {
        "first_action": "operators",
        "hours_on": False,
        "ring_seconds": 30,
        "no_operators_action": "voicemail",
        **{f"{day}_hours": list(OPEN_HOURS) for day in WEEKDAYS},
        "voice_intelligence": {"allow_pause": True, "auto_start": True},
    }


def call_center_defaults() -> Json:
    return {
        **default_settings(),
        "advanced_settings": {
            "auto_call_recording": {
                "allow_pause_recording": False,
                "call_recording_inbound": False,
                "call_recording_outbound": False,
            },
            "max_wrap_up_seconds": 0,
        },
        "alerts": {"cc_service_level": 95, "cc_service_level_seconds": 60},
        "hold_queue": {
            "allow_queue_callback": False,
            "announce_position": True,
            "announcement_interval_seconds": 120,
            "max_hold_count": 50,
            "max_hold_seconds": 900,
            "queue_callback_dtmf": "9",
            "queue_callback_threshold": 5,
            "queue_escape_dtmf": "*",
            "stay_in_queue_after_closing": False,
            "unattended_queue": False,
        },
    }


def department_defaults() -> Json:
    queue = {"allow_queuing": False, "max_hold_count": 50, "max_hold_seconds": 900}
    return {**default_settings(), "auto_call_recording": False, "hold_queue": queue}


def change_settings(state: State, group: Group, body: GroupSettings) -> None:
    """Change the settings that were sent; inside a nested object, what was not sent stays as it is."""
    given: dict[str, Any] = body.model_dump(exclude_none=True, exclude={"office_id"})
    for part in (given.get("routing_options") or {}).values():
        check_routing(state, part)
        for key in part.get("dtmf", []):
            check_routing(state, key.get("options", {}))
    group.name = given.pop("name", group.name)
    merge(group.settings, given)


def check_routing(state: State, part: Json) -> None:
    kind, target_id = part.get("action_target_type"), part.get("action_target_id")
    if (kind is None) != (target_id is None):
        raise bad_request("routing_options: action_target_type and action_target_id must be given together")
    if kind in CHECKED_TARGETS and target_id is not None:
        state.find_target(kind, target_id)
    if kind == "contact" and str(target_id) not in state.contacts:
        raise not_found("contact")


def merge(settings: Json, given: Json) -> None:
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(settings.get(name), dict):
            merge(settings[name], value)
        else:
            settings[name] = value
