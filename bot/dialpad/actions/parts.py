"""Nested parts of request bodies, for the settings that groups and offices share."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.dialpad.action import Id
from bot.dialpad.actions.fields import OPEN, KindIn


class RequestPart(BaseModel):
    """A nested object of a request. Left-out fields are not sent."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, populate_by_name=True, hide_input_in_errors=True
    )


RoutingAction = Literal[
    "bridge_target",
    "company_directory",
    "department",
    "directory",
    "disabled",
    "extension",
    "menu",
    "message",
    "operator",
    "person",
    "scripted_ivr",
    "voicemail",
    "ai_agent",
    "call_service_target",
    "google_dialogflow",
    "last_name_company_directory",
    "last_name_directory",
]
Routed = Annotated[RoutingAction, *OPEN]
RoutingTargetType = Literal[
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
RoutingTargetId = Annotated[Id, KindIn("action_target_type")]
HourPairs = list[str] | None

_HOURS = "Opening and closing times in pairs, such as 08:00, 12:00, 14:00, 18:00. Only used when opening hours are on."

MondayHours = Annotated[HourPairs, Field(title="Monday hours", description=_HOURS)]
TuesdayHours = Annotated[HourPairs, Field(title="Tuesday hours", description=_HOURS)]
WednesdayHours = Annotated[HourPairs, Field(title="Wednesday hours", description=_HOURS)]
ThursdayHours = Annotated[HourPairs, Field(title="Thursday hours", description=_HOURS)]
FridayHours = Annotated[HourPairs, Field(title="Friday hours", description=_HOURS)]
SaturdayHours = Annotated[HourPairs, Field(title="Saturday hours", description=_HOURS)]
SundayHours = Annotated[HourPairs, Field(title="Sunday hours", description=_HOURS)]
HoursOn = Annotated[
    bool | None, Field(title="Opening hours", description="On: calls only in opening hours. Off: around the clock.")
]
RingSeconds = Annotated[
    int | None, Field(title="Ring for", description="Seconds before voicemail, 10 to 45; 30 when left out.")
]
GroupDescription = Annotated[str | None, Field(title="Description", description="At most 256 characters.")]


class KeyOptions(RequestPart):
    """Where a key of the phone menu leads."""

    action: Routed | None = Field(default=None, title="Then", description="What the key does.")
    action_target_type: RoutingTargetType | None = Field(
        default=None, title="Kind of destination", description="What it leads to."
    )
    action_target_id: RoutingTargetId | None = Field(default=None, title="Destination", description="Which one.")


class MenuKey(RequestPart):
    """One key of the phone menu."""

    input: str | None = Field(default=None, title="Key", description="The key the caller presses.")
    options: KeyOptions | None = Field(default=None, title="Leads to", description="What happens then.")


class Routing(RequestPart):
    """What happens to a call, in or out of opening hours."""

    action: Routed = Field(title="When nobody answers", description="What to do if no operator is free.")
    try_dial_operators: bool = Field(title="Ring operators", description="Whether calls ring the operators at all.")
    operator_routing: (
        Annotated[Literal["fixedorder", "longestidle", "mostskilled", "random", "roundrobin", "simultaneous"], *OPEN]
        | None
    ) = Field(default=None, title="Ring order", description="In which order operators ring.")
    action_target_type: RoutingTargetType | None = Field(
        default=None, title="Kind of destination", description="What unanswered calls are sent to."
    )
    action_target_id: RoutingTargetId | None = Field(
        default=None, title="Destination", description="Which one; with its kind."
    )
    dtmf: list[MenuKey] | None = Field(default=None, title="Menu keys", description="The keys of the phone menu.")


class RoutingOptions(RequestPart):
    """Routing in and out of opening hours. Both are needed as soon as one is given."""

    open: Routing = Field(title="While open", description="What happens to calls in opening hours.")
    closed: Routing = Field(title="While closed", description="What happens to calls outside opening hours.")


GroupRouting = Annotated[
    RoutingOptions | None, Field(title="Routing", description="What happens to calls, while open and while closed.")
]


class VoiceIntelligence(RequestPart):
    """Dialpad Ai on a group's calls."""

    auto_start: bool | None = Field(default=None, title="Starts by itself", description="Yes when left out.")
    allow_pause: bool | None = Field(
        default=None, title="May be paused", description="Whether people can stop and start it; yes when left out."
    )


class DepartmentHoldQueue(RequestPart):
    """What happens when everybody in a department is busy."""

    allow_queuing: bool | None = Field(default=None, title="Queue callers", description="No when left out.")
    max_hold_count: int | None = Field(default=None, title="Queue length", description="1 to 50; 50 when left out.")
    max_hold_seconds: int | None = Field(
        default=None, title="Longest wait", description="Seconds, 30 to 18000; 900 when left out."
    )


class CallCenterHoldQueue(RequestPart):
    """What happens when every operator of a call center is busy."""

    max_hold_count: int | None = Field(default=None, title="Queue length", description="1 to 1000; 50 when left out.")
    max_hold_seconds: int | None = Field(
        default=None, title="Longest wait", description="Seconds, 30 to 18000; 900 when left out."
    )
    unattended_queue: bool | None = Field(
        default=None, title="Queue without operators", description="Also when nobody is on duty; no when left out."
    )
    stay_in_queue_after_closing: bool | None = Field(
        default=None, title="Stay after closing", description="Callers already waiting stay; no when left out."
    )
    announce_position: bool | None = Field(
        default=None,
        title="Say the place",
        description="Tell callers their place in the queue; yes when left out. Needs a longest wait of 2 minutes.",
    )
    announcement_interval_seconds: int | None = Field(
        default=None, title="Announce every", description="Seconds; 120 when left out."
    )
    announce_estimated_wait_time: bool | None = Field(
        default=None, title="Say the wait", description="Tell callers how long they may wait; yes when left out."
    )
    estimated_wait_time_max: int | None = Field(
        default=None, title="Longest wait said", description="Minutes; 30 when left out."
    )
    allow_queue_callback: bool | None = Field(
        default=None, title="Offer callbacks", description="Callers may ask to be called back; no when left out."
    )
    queue_callback_threshold: int | None = Field(
        default=None, title="Offer from", description="Callers waiting before callbacks are offered; 5 when left out."
    )
    queue_callback_dtmf: str | None = Field(
        default=None, title="Callback key", description="0 to 9, * or #; 9 when left out."
    )
    queue_escape_dtmf: str | None = Field(
        default=None, title="Voicemail key", description="Leaves the queue: 0 to 9, * or #; * when left out."
    )


class Alerts(RequestPart):
    """When supervisors are warned."""

    cc_service_level: int | None = Field(
        default=None, title="Service level", description="Warn below this percentage; 95 when left out."
    )
    cc_service_level_seconds: int | None = Field(
        default=None, title="Answered within", description="Seconds that count as in time; 60 when left out."
    )


class AutoRecording(RequestPart):
    """Which calls of a call center are recorded without anybody pressing a button."""

    call_recording_inbound: bool | None = Field(default=None, title="Incoming calls", description="No when left out.")
    call_recording_outbound: bool | None = Field(default=None, title="Outgoing calls", description="No when left out.")
    allow_pause_recording: bool | None = Field(
        default=None, title="May be paused", description="Agents may stop and restart it; no when left out."
    )


class AdvancedSettings(RequestPart):
    """Wrap-up and recording."""

    max_wrap_up_seconds: int | None = Field(
        default=None, title="Wrap-up", description="Seconds of rest after a call; 0 when left out."
    )
    auto_call_recording: AutoRecording | None = Field(
        default=None, title="Automatic recording", description="Which calls are recorded."
    )


class OfficeEmergencyAddress(RequestPart):
    """Where emergency services are sent for a new office."""

    address: str = Field(title="Street", description="Street and house number, one line.")
    address2: str | None = Field(default=None, title="Street, second line", description="Floor, suite, one line.")
    city: str = Field(title="City", description="One line.")
    state: str = Field(title="State or province", description="One line.")
    zip: str = Field(title="Postal code", description="One line.")
    country: str = Field(title="Country", description="Two-letter code, such as US.")


class BillingAddress(RequestPart):
    """Where a new office's bills go."""

    address_line_1: str = Field(title="Street", description="One line.")
    address_line_2: str | None = Field(default=None, title="Street, second line", description="One line.")
    city: str = Field(title="City", description="One line.")
    region: str = Field(title="Region", description="State or province, one line.")
    postal_code: str = Field(title="Postal code", description="One line.")
    country: str = Field(title="Country", description="Two-letter code, such as US.")


class BillingContact(RequestPart):
    """Who gets a new office's bills."""

    name: str = Field(title="Name", description="One line.")
    email: str = Field(title="E-mail", description="Where bills are sent.")
    phone: str | None = Field(default=None, title="Phone", description="A number for questions.")
