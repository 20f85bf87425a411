"""Departments and who answers for them."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, DepartmentId, InBody, OfficeId, Page, Risk
from bot.dialpad.actions.fields import Cursor, OperatorId, OperatorType
from bot.dialpad.actions.parts import (
    DepartmentHoldQueue,
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

Department = Annotated[DepartmentId, Field(title="Department", description="Which department.")]
DepartmentQueue = Annotated[
    DepartmentHoldQueue | None, Field(title="Queue", description="What happens when everybody is busy.")
]
DepartmentAi = Annotated[
    VoiceIntelligence | None, Field(title="Dialpad Ai", description="Ai on this department's calls.")
]
RecordAll = Annotated[
    bool | None, Field(title="Record all calls", description="Without anybody pressing a button; no by default.")
]


class ListDepartments(Action[Page[GroupDetails]]):
    """List departments, all of them or by office or name."""

    slug = "DIALPAD_RETRIEVE_LIST_OF_DEPARTMENTS"
    name = "List departments"
    request = GET("/api/v2/departments")
    risk = Risk.READ

    name_search: str | None = Field(default=None, title="Name has", description="Part of the name.")
    office_id: OfficeId | None = Field(default=None, title="Office", description="Only departments of this office.")
    cursor: Cursor = None


class GetDepartment(Action[GroupDetails]):
    """Look a department up, with its settings."""

    slug = "DIALPAD_RETRIEVE_DEPARTMENT_BY_ID"
    name = "Look up a department"
    request = GET("/api/v2/departments/{id}")
    risk = Risk.READ

    id: Department


class CreateDepartment(Action[GroupDetails]):
    """Set up a new department."""

    slug = "DIALPAD_CREATE_NEW_DEPARTMENT_RECORD"
    name = "Create a department"
    request = POST("/api/v2/departments")
    risk = Risk.CHANGE
    company_admin_key = True

    group_name: str = Field(alias="name", title="Name", description="One line, at most 100 characters.")
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
    hold_queue: DepartmentQueue = None
    voice_intelligence: DepartmentAi = None
    auto_call_recording: RecordAll = None


class UpdateDepartment(Action[GroupDetails]):
    """Change a department's settings. Only what is filled in changes."""

    slug = "DIALPAD_PATCH_DEPARTMENT_DETAILS_BY_ID"
    name = "Change a department"
    request = PATCH("/api/v2/departments/{id}")
    risk = Risk.CHANGE
    company_admin_key = True

    id: Department
    group_name: str | None = Field(
        default=None, alias="name", title="Name", description="One line, at most 100 characters."
    )
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
    hold_queue: DepartmentQueue = None
    voice_intelligence: DepartmentAi = None
    auto_call_recording: RecordAll = None


class DeleteDepartment(Action[GroupDetails]):
    """Permanently delete a department and its line."""

    slug = "DIALPAD_DELETE_DEPARTMENT_RESOURCE"
    name = "Delete a department"
    request = DELETE("/api/v2/departments/{id}")
    risk = Risk.DESTRUCTIVE
    company_admin_key = True

    id: Department


class ListDepartmentOperators(Action[Operators]):
    """List who answers calls for a department."""

    slug = "DIALPAD_RETRIEVE_DEPARTMENT_OPERATORS_BY_ID"
    name = "List a department's operators"
    request = GET("/api/v2/departments/{id}/operators")
    risk = Risk.READ

    id: Department


class AddDepartmentOperator(Action[Operator]):
    """Let a person or a room answer calls for a department."""

    slug = "DIALPAD_ADD_DEPARTMENT_OPERATOR_BY_ID"
    name = "Add an operator to a department"
    request = POST("/api/v2/departments/{id}/operators")
    risk = Risk.CHANGE

    id: Department
    operator_type: OperatorType = Field(title="Kind", description="A person or a room.")
    operator_id: OperatorId = Field(title="Operator", description="Who to add.")
    role: Literal["admin", "operator"] | None = Field(default=None, title="Role", description="Operator when left out.")


class RemoveDepartmentOperator(Action[Operator]):
    """Remove a person or a room from a department; its calls no longer ring there."""

    slug = "DIALPAD_DELETE_OPERATOR_FROM_DEPARTMENT"
    name = "Remove an operator from a department"
    request = DELETE("/api/v2/departments/{id}/operators")
    risk = Risk.CHANGE

    id: Department
    operator_type: Annotated[OperatorType, InBody] = Field(title="Kind", description="A person or a room.")
    operator_id: Annotated[OperatorId, InBody] = Field(title="Operator", description="Who to remove.")
