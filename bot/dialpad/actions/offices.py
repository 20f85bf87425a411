"""Offices: their lines, their plans, what belongs to them."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import (
    DELETE,
    GET,
    PATCH,
    POST,
    PUT,
    Action,
    Id,
    InBody,
    OfficeId,
    Page,
    PhoneNumber,
    Response,
    Risk,
)
from bot.dialpad.actions.fields import Cursor, OperatorId, OperatorType
from bot.dialpad.actions.parts import (
    BillingAddress,
    BillingContact,
    FridayHours,
    GroupDescription,
    HoursOn,
    MondayHours,
    OfficeEmergencyAddress,
    RingSeconds,
    RoutingAction,
    RoutingOptions,
    SaturdayHours,
    SundayHours,
    ThursdayHours,
    TuesdayHours,
    VoiceIntelligence,
    WednesdayHours,
)
from bot.dialpad.actions.people import AssignedNumber, CoachingTeam, EmergencyAddress, GroupDetails, Operator, Operators

# Countries in which Dialpad opens offices.
# fmt: off
Country = Literal[
    "AR", "AT", "AU", "BD", "BE", "BG", "BH", "BR", "CA", "CH", "CI", "CL", "CN", "CO", "CR", "CY",
    "CZ", "DE", "DK", "DO", "DP", "EC", "EE", "EG", "ES", "FI", "FR", "GB", "GH", "GR", "GT", "HK",
    "HR", "HU", "ID", "IE", "IL", "IN", "IS", "IT", "JP", "KE", "KH", "KR", "KZ", "LK", "LT", "LU",
    "LV", "MA", "MD", "MM", "MT", "MX", "MY", "NG", "NL", "NO", "NZ", "PA", "PE", "PH", "PK", "PL",
    "PR", "PT", "PY", "RO", "RU", "SA", "SE", "SG", "SI", "SK", "SV", "TH", "TR", "TW", "UA", "US",
    "UY", "VE", "VN", "ZA",
]
# fmt: on

OfficeField = Annotated[OfficeId, Field(title="Office", description="Which office.")]


class Office(Response):
    """An office."""

    id: Id | None = None
    name: str | None = None
    country: str | None = None
    state: str | None = None
    timezone: str | None = None
    is_primary_office: bool | None = None
    phone_numbers: tuple[str, ...] = ()
    availability_status: str | None = None
    hours_on: bool | None = None
    ring_seconds: int | None = None
    no_operators_action: str | None = None
    e911_address: EmergencyAddress | None = None


class OffDutyReasons(Response):
    """The reasons people of an office can give for being off duty."""

    id: Id | None = None
    off_duty_statuses: tuple[str, ...] = ()


class Licences(Response):
    """How many lines of each kind; a kind that is absent has none."""

    talk_lines: int | None = None
    contact_center_lines: int | None = None
    sell_lines: int | None = None
    room_lines: int | None = None
    fax_lines: int | None = None
    additional_number_lines: int | None = None
    tollfree_additional_number_lines: int | None = None
    tollfree_room_lines: int | None = None
    uberconference_lines: int | None = None
    tollfree_uberconference_lines: int | None = None


class Plan(Licences):
    """What an office pays for. Dialpad does not say in which unit ``next_billing_date`` is."""

    balance: str | None = None
    next_billing_date: int | None = None


class NewOffice(Response):
    """The new office and what it costs."""

    office: Office | None = None
    plan: Plan | None = None


class ListOffices(Action[Page[Office]]):
    """List the company's offices."""

    slug = "DIALPAD_LIST_OFFICES_ENDPOINT"
    name = "List offices"
    request = GET("/api/v2/offices")
    risk = Risk.READ

    active_only: bool | None = Field(default=None, title="Active only", description="Leave closed offices out.")
    cursor: Cursor = None


class GetOffice(Action[Office]):
    """Look an office up."""

    slug = "DIALPAD_RETRIEVE_OFFICE_BY_ID"
    name = "Look up an office"
    request = GET("/api/v2/offices/{id}")
    risk = Risk.READ

    id: OfficeField


class GetPrimaryOffice(Action[Office]):
    """Look the company's main office up."""

    slug = "DIALPAD_RETRIEVE_PRIMARY_OFFICE"
    name = "Look up the main office"
    request = GET("/api/v2/offices/primary")
    risk = Risk.READ


class ChangedOffice(Response):
    """The office after the change."""

    office: Office | None = None


class UpdateOfficeHours(Action[ChangedOffice]):
    """Change an office's opening hours. Only what is filled in changes."""

    slug = "DIALPAD_UPDATE_OFFICE_HOURS_BY_ID"
    name = "Change an office's opening hours"
    request = PATCH("/api/v2/offices/{id}")
    risk = Risk.CHANGE

    id: OfficeField
    hours_on: HoursOn = None
    monday_hours: MondayHours = None
    tuesday_hours: TuesdayHours = None
    wednesday_hours: WednesdayHours = None
    thursday_hours: ThursdayHours = None
    friday_hours: FridayHours = None
    saturday_hours: SaturdayHours = None
    sunday_hours: SundayHours = None


class CreateOffice(Action[NewOffice]):
    """Open another office, with a plan of its own. This is billed."""

    slug = "DIALPAD_CREATE_SECONDARY_OFFICE"
    name = "Open an office"
    request = POST("/api/v2/offices")
    risk = Risk.OUTWARD

    office_name: str = Field(alias="name", title="Name", description="One line.")
    country: Country = Field(title="Country", description="Where the office is.")
    currency: Literal["AUD", "CAD", "EUR", "GBP", "JPY", "NZD", "USD"] = Field(
        title="Currency", description="What the office is billed in."
    )
    plan_period: Literal["monthly", "yearly"] = Field(title="Billed", description="How often.")
    annual_commit_monthly_billing: bool = Field(
        title="Yearly plan, paid monthly", description="As it is for the main office."
    )
    invoiced: bool = Field(title="By invoice", description="Pay by invoice instead of by card.")
    unified_billing: bool = Field(title="One bill", description="One invoice together with the main office.")
    timezone: str | None = Field(default=None, title="Time zone", description="Such as America/Los_Angeles.")
    mainline_number: PhoneNumber | None = Field(default=None, title="Main line", description="The office's number.")
    group_description: GroupDescription = None
    ring_seconds: RingSeconds = None
    first_action: Literal["menu", "operators"] | None = Field(
        default=None, title="First", description="What a call meets first: the menu or the operators."
    )
    no_operators_action: RoutingAction | None = Field(
        default=None, title="When nobody answers", description="What to do if no operator is free."
    )
    hours_on: HoursOn = None
    monday_hours: MondayHours = None
    tuesday_hours: TuesdayHours = None
    wednesday_hours: WednesdayHours = None
    thursday_hours: ThursdayHours = None
    friday_hours: FridayHours = None
    saturday_hours: SaturdayHours = None
    sunday_hours: SundayHours = None
    routing_options: RoutingOptions | None = Field(
        default=None, title="Routing", description="What happens to calls, while open and while closed."
    )
    voice_intelligence: VoiceIntelligence | None = Field(
        default=None, title="Dialpad Ai", description="Ai on this office's calls."
    )
    auto_call_recording: bool | None = Field(
        default=None, title="Record all calls", description="Without anybody pressing a button; no by default."
    )
    international_enabled: bool | None = Field(
        default=None, title="International calls", description="Whether the main office may call abroad."
    )
    e911_address: OfficeEmergencyAddress | None = Field(
        default=None,
        title="Emergency address",
        description="Where emergency services are sent; needed in US, CA, AU, FR, GB and NZ.",
    )
    billing_address: BillingAddress = Field(title="Billing address", description="Where bills go.")
    billing_contact: BillingContact | None = Field(
        default=None, title="Billing contact", description="Who gets the bills."
    )
    use_same_address: bool | None = Field(
        default=None, title="Same address", description="The billing and emergency addresses are the same."
    )


class GetOfficePlan(Action[Plan]):
    """See what an office pays for, and its balance."""

    slug = "DIALPAD_RETRIEVE_OFFICE_PLAN_BY_ID"
    name = "See an office's plan"
    request = GET("/api/v2/offices/{office_id}/plan")
    risk = Risk.READ
    sensitive = True

    office_id: OfficeField


class GetAvailableLicences(Action[Licences]):
    """See which licenses an office has left."""

    slug = "DIALPAD_GET_AVAILABLE_LICENSES_FOR_AN_OFFICE"
    name = "See an office's free licenses"
    request = GET("/api/v2/offices/{office_id}/available_licenses")
    risk = Risk.READ

    office_id: OfficeField


class ListOffDutyReasons(Action[OffDutyReasons]):
    """List the reasons that people of an office can give for going off duty."""

    slug = "DIALPAD_RETRIEVE_OFF_DUTY_STATUS_BY_OFFICE_ID"
    name = "List off-duty reasons"
    request = GET("/api/v2/offices/{id}/offdutystatuses")
    risk = Risk.READ

    id: OfficeField


class ListOfficeCallCenters(Action[Page[GroupDetails]]):
    """List an office's call centers."""

    slug = "DIALPAD_GET_OFFICE_CALL_CENTERS"
    name = "List an office's call centers"
    request = GET("/api/v2/offices/{office_id}/callcenters")
    risk = Risk.READ

    office_id: OfficeField
    cursor: Cursor = None


class ListOfficeDepartments(Action[Page[GroupDetails]]):
    """List an office's departments."""

    slug = "DIALPAD_GET_DEPARTMENTS_BY_OFFICE_ID"
    name = "List an office's departments"
    request = GET("/api/v2/offices/{office_id}/departments")
    risk = Risk.READ

    office_id: OfficeField
    cursor: Cursor = None


class ListOfficeTeams(Action[Page[CoachingTeam]]):
    """List an office's coaching teams."""

    slug = "DIALPAD_RETRIEVE_TEAMS_FOR_OFFICE_ID"
    name = "List an office's coaching teams"
    request = GET("/api/v2/offices/{office_id}/teams")
    risk = Risk.READ

    office_id: OfficeField
    cursor: Cursor = None


class GetOfficeEmergencyAddress(Action[EmergencyAddress]):
    """See where emergency services are sent when an office calls them."""

    slug = "DIALPAD_RETRIEVE_E911_OFFICE_DETAILS"
    name = "See an office's emergency address"
    request = GET("/api/v2/offices/{id}/e911")
    risk = Risk.READ

    id: OfficeField


class SetOfficeEmergencyAddress(Action[EmergencyAddress]):
    """Change where emergency services are sent when an office calls them."""

    slug = "DIALPAD_UPDATE_E911_ADDRESS_FOR_OFFICE"
    name = "Set an office's emergency address"
    request = PUT("/api/v2/offices/{id}/e911")
    risk = Risk.OUTWARD

    id: OfficeField
    address: str = Field(title="Street", description="Street and house number, one line.")
    address2: str | None = Field(default=None, title="Street, second line", description="Floor, suite, one line.")
    city: str = Field(title="City", description="One line.")
    state: str = Field(title="State or province", description="One line.")
    zip: str = Field(title="Postal code", description="One line.")
    country: str = Field(title="Country", description="Two-letter code, such as US.")
    update_all: bool | None = Field(
        default=None, title="Everybody", description="Also change it for all people of the office."
    )
    use_validated_option: bool | None = Field(
        default=None, title="Use the corrected address", description="Use the spelling that Dialpad's check suggests."
    )


class ListOfficeOperators(Action[Operators]):
    """List who answers an office's main line."""

    slug = "DIALPAD_FETCH_OPERATORS_FOR_OFFICE_ID"
    name = "List an office's operators"
    request = GET("/api/v2/offices/{id}/operators")
    risk = Risk.READ

    id: OfficeField


class AddOfficeOperator(Action[Operator]):
    """Let a person or a room answer an office's main line."""

    slug = "DIALPAD_ADD_OPERATOR_TO_OFFICE"
    name = "Add an operator to an office"
    request = POST("/api/v2/offices/{id}/operators")
    risk = Risk.CHANGE

    id: OfficeField
    operator_type: OperatorType = Field(title="Kind", description="A person or a room.")
    operator_id: OperatorId = Field(title="Operator", description="Who to add.")
    role: Literal["admin", "operator"] | None = Field(default=None, title="Role", description="Operator when left out.")


class RemoveOfficeOperator(Action[Operator]):
    """Take a person or a room off an office's main line."""

    slug = "DIALPAD_DELETE_OFFICE_OPERATOR_BY_ID"
    name = "Remove an operator from an office"
    request = DELETE("/api/v2/offices/{id}/operators")
    risk = Risk.CHANGE

    id: OfficeField
    operator_type: Annotated[OperatorType, InBody] = Field(title="Kind", description="A person or a room.")
    operator_id: Annotated[OperatorId, InBody] = Field(title="Operator", description="Who to remove.")


class AssignNumberToOffice(Action[AssignedNumber]):
    """Give an office a number: a specific one, or any free one in an area."""

    slug = "DIALPAD_ASSIGN_PHONE_NUMBER_TO_OFFICE"
    name = "Give an office a number"
    request = POST("/api/v2/offices/{id}/assign_number")
    risk = Risk.OUTWARD

    id: OfficeField
    number: PhoneNumber | None = Field(default=None, title="Number", description="A free number of the company.")
    area_code: str | None = Field(default=None, title="Area code", description="Instead of a number: where to look.")
    primary: bool | None = Field(
        default=None, title="Main number", description="Make it the office's main number; yes when left out."
    )


class UnassignNumberFromOffice(Action[AssignedNumber]):
    """Take a number away from an office; it no longer rings there."""

    slug = "DIALPAD_UNASSIGN_OFFICE_NUMBER"
    name = "Take a number from an office"
    request = POST("/api/v2/offices/{id}/unassign_number")
    risk = Risk.DESTRUCTIVE

    id: OfficeField
    number: PhoneNumber = Field(title="Number", description="The number to take away.")
