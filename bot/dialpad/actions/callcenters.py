"""Call centers and the people who answer for them."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import (
    DELETE,
    GET,
    PATCH,
    POST,
    Action,
    CallCenterId,
    Id,
    InBody,
    OfficeId,
    Page,
    Response,
    Risk,
    UserId,
)
from bot.dialpad.actions.fields import Cursor, DialpadTime
from bot.dialpad.actions.parts import (
    AdvancedSettings,
    Alerts,
    CallCenterHoldQueue,
    FridayHours,
    GroupDescription,
    GroupRouting,
    HoursOn,
    MondayHours,
    RingSeconds,
    SaturdayHours,
    SundayHours,
    ThursdayHours,
    TuesdayHours,
    VoiceIntelligence,
    WednesdayHours,
)
from bot.dialpad.actions.people import GroupDetails, Operator, Operators

CallCenter = Annotated[CallCenterId, Field(title="Call center", description="Which call center.")]
AgentId = Annotated[UserId, Field(title="Person", description="The operator.")]
CallCenterQueue = Annotated[
    CallCenterHoldQueue | None, Field(title="Queue", description="What happens when everybody is busy.")
]
Warnings = Annotated[Alerts | None, Field(title="Alerts", description="When supervisors are warned.")]
CallCenterAi = Annotated[
    VoiceIntelligence | None, Field(title="Dialpad Ai", description="Ai on this call center's calls.")
]
Advanced = Annotated[AdvancedSettings | None, Field(title="Wrap-up and recording", description="Advanced settings.")]


class Availability(Response):
    """Whether a call center is open; ``name`` is the holiday, if it is one."""

    name: str | None = None
    status: str | None = None


class CallCenterStatus(Response):
    """How busy a call center is. ``longest_call_wait_time`` in seconds."""

    availability: Availability | None = None
    capacity: int | None = None
    longest_call_wait_time: int | None = None
    on_duty_operators: int | None = None
    pending: int | None = None


class DutyStatus(Response):
    """Whether an operator takes calls."""

    user_id: Id | None = None
    on_duty: bool | None = None
    on_duty_status: str | None = None
    on_duty_started: DialpadTime | None = None
    duty_status_reason: str | None = None
    duty_status_started: DialpadTime | None = None


class Skill(Response):
    """How skilled an operator is, for routing by skill."""

    call_center_id: Id | None = None
    user_id: Id | None = None
    skill_level: int | None = None


class ListCallCenters(Action[Page[GroupDetails]]):
    """List call centers, all of them or by office or name."""

    slug = "DIALPAD_RETRIEVE_CALL_CENTERS_INFORMATION"
    name = "List call centers"
    request = GET("/api/v2/callcenters")
    risk = Risk.READ

    name_search: str | None = Field(default=None, title="Name has", description="Part of the name.")
    office_id: OfficeId | None = Field(default=None, title="Office", description="Only call centers of this office.")
    cursor: Cursor = None


class GetCallCenter(Action[GroupDetails]):
    """Look a call center up, with its settings."""

    slug = "DIALPAD_RETRIEVE_CALL_CENTER_BY_ID"
    name = "Look up a call center"
    request = GET("/api/v2/callcenters/{id}")
    risk = Risk.READ

    id: CallCenter


class GetCallCenterStatus(Action[CallCenterStatus]):
    """See how busy a call center is: who waits, how long, how many are on duty."""

    slug = "DIALPAD_GET_CALL_CENTER_STATUS_BY_ID"
    name = "See a call center's status"
    request = GET("/api/v2/callcenters/{id}/status")
    risk = Risk.READ

    id: CallCenter


class CreateCallCenter(Action[GroupDetails]):
    """Set up a new call center."""

    slug = "DIALPAD_CONFIGURE_CALL_CENTER_SETTINGS"
    name = "Create a call center"
    request = POST("/api/v2/callcenters")
    risk = Risk.CHANGE
    company_admin_key = True

    group_name: str = Field(alias="name", title="Name", description="At most 100 characters.")
    office_id: OfficeId = Field(title="Office", description="The office it belongs to.")
    group_description: GroupDescription = None
    ring_seconds: RingSeconds = None
    hours_on: HoursOn = None
    monday_hours: MondayHours = None
    tuesday_hours: TuesdayHours = None
    wednesday_hours: WednesdayHours = None
    thursday_hours: ThursdayHours = None
    friday_hours: FridayHours = None
    saturday_hours: SaturdayHours = None
    sunday_hours: SundayHours = None
    routing_options: GroupRouting = None
    hold_queue: CallCenterQueue = None
    alerts: Warnings = None
    voice_intelligence: CallCenterAi = None
    advanced_settings: Advanced = None


class UpdateCallCenter(Action[GroupDetails]):
    """Change a call center's settings. Only what is filled in changes."""

    slug = "DIALPAD_UPDATE_CALL_CENTER_SETTINGS_BY_ID"
    name = "Change a call center"
    request = PATCH("/api/v2/callcenters/{id}")
    risk = Risk.CHANGE
    company_admin_key = True

    id: CallCenter
    group_name: str | None = Field(default=None, alias="name", title="Name", description="At most 100 characters.")
    group_description: GroupDescription = None
    ring_seconds: RingSeconds = None
    hours_on: HoursOn = None
    monday_hours: MondayHours = None
    tuesday_hours: TuesdayHours = None
    wednesday_hours: WednesdayHours = None
    thursday_hours: ThursdayHours = None
    friday_hours: FridayHours = None
    saturday_hours: SaturdayHours = None
    sunday_hours: SundayHours = None
    routing_options: GroupRouting = None
    hold_queue: CallCenterQueue = None
    alerts: Warnings = None
    voice_intelligence: CallCenterAi = None
    advanced_settings: Advanced = None


class DeleteCallCenter(Action[GroupDetails]):
    """Permanently delete a call center and its line."""

    slug = "DIALPAD_DELETE_CALL_CENTER_BY_ID"
    name = "Delete a call center"
    request = DELETE("/api/v2/callcenters/{id}")
    risk = Risk.DESTRUCTIVE
    company_admin_key = True

    id: CallCenter


class ListCallCenterOperators(Action[Operators]):
    """List who answers calls for a call center, and which of them are on duty."""

    slug = "DIALPAD_RETRIEVE_CALLCENTER_OPERATORS_BY_ID"
    name = "List a call center's operators"
    request = GET("/api/v2/callcenters/{id}/operators")
    risk = Risk.READ

    id: CallCenter


class AddCallCenterOperator(Action[Operator]):
    """Let a person answer calls for a call center. This can use up a license."""

    slug = "DIALPAD_ADD_OPERATOR_TO_CALL_CENTER"
    name = "Add an operator to a call center"
    request = POST("/api/v2/callcenters/{id}/operators")
    risk = Risk.OUTWARD

    id: CallCenter
    user_id: UserId = Field(title="Person", description="Who to add.")
    role: Literal["admin", "operator", "supervisor"] | None = Field(
        default=None, title="Role", description="Operator when left out."
    )
    skill_level: int | None = Field(default=None, title="Skill", description="1 to 100; 100 when left out.")
    license_type: Literal["agents", "lite_support_agents"] | None = Field(
        default=None, title="License", description="Which seat to give, if one is needed; agents when left out."
    )
    keep_paid_numbers: bool | None = Field(
        default=None,
        title="Keep numbers",
        description="Keep the person's numbers on a support license, where each costs extra; yes when left out.",
    )


class RemoveCallCenterOperator(Action[Operator]):
    """Remove a person from a call center; its calls no longer ring for them."""

    slug = "DIALPAD_DELETE_OPERATOR_FROM_CALL_CENTER"
    name = "Remove an operator from a call center"
    request = DELETE("/api/v2/callcenters/{id}/operators")
    risk = Risk.CHANGE

    id: CallCenter
    user_id: Annotated[UserId, InBody] = Field(title="Person", description="Who to remove.")


class GetDutyStatus(Action[DutyStatus]):
    """See whether a person takes call center calls, and why not."""

    slug = "DIALPAD_RETRIEVE_OPERATOR_DUTY_STATUS"
    name = "See a duty status"
    request = GET("/api/v2/callcenters/operators/{id}/dutystatus")
    risk = Risk.READ

    id: AgentId


class SetDutyStatus(Action[DutyStatus]):
    """Put a person on duty or off duty, in all their call centers."""

    slug = "DIALPAD_UPDATE_OPERATOR_DUTY_STATUS"
    name = "Go on or off duty"
    request = PATCH("/api/v2/callcenters/operators/{id}/dutystatus")
    risk = Risk.CHANGE
    repeatable = True

    id: AgentId
    on_duty: bool = Field(title="On duty", description="On: call center calls ring. Off: they do not.")
    duty_status_reason: str | None = Field(
        default=None, title="Reason", description="One of the office's off-duty reasons, or a line of your own."
    )


class GetSkill(Action[Skill]):
    """See how skilled a person is rated in one call center."""

    slug = "DIALPAD_GET_OPERATOR_SKILLS_BY_CALL_CENTER_AND_USER"
    name = "See an operator's skill"
    request = GET("/api/v2/callcenters/{call_center_id}/operators/{user_id}/skill")
    risk = Risk.READ

    call_center_id: CallCenter
    user_id: AgentId


class SetSkill(Action[Skill]):
    """Rate how skilled a person is in one call center."""

    slug = "DIALPAD_MODIFY_OPERATOR_SKILL_LEVEL"
    name = "Set an operator's skill"
    request = PATCH("/api/v2/callcenters/{call_center_id}/operators/{user_id}/skill")
    risk = Risk.CHANGE
    repeatable = True

    call_center_id: CallCenter
    user_id: AgentId
    skill_level: int = Field(title="Skill", description="0 to 100.")
