"""People: their state, their lines, their devices."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import (
    DELETE,
    GET,
    ME,
    PATCH,
    POST,
    PUT,
    Action,
    Done,
    Id,
    OfficeId,
    Page,
    PhoneNumber,
    Rate,
    Response,
    Risk,
    UserId,
)
from bot.dialpad.actions.fields import CallerId, Cursor, DeskPhoneId, GroupId, GroupType, License, PhoneNumbers
from bot.dialpad.actions.parts import RequestPart
from bot.dialpad.actions.people import AssignedNumber, DeskPhone, DeskPhones, Device, EmergencyAddress, User

Person = Annotated[UserId, Field(title="Person")]
# fmt: off
AiLocale = Literal[
    "en-au", "en-ca", "en-de", "en-fr", "en-gb", "en-it", "en-jp", "en-mx", "en-nl", "en-nz", "en-pt", "en-us",
    "es-au", "es-ca", "es-de", "es-es", "es-fr", "es-gb", "es-it", "es-jp", "es-mx", "es-nl", "es-nz", "es-pt",
    "es-us", "fr-au", "fr-ca", "fr-de", "fr-es", "fr-fr", "fr-gb", "fr-it", "fr-jp", "fr-mx", "fr-nl", "fr-nz",
    "fr-pt", "fr-us",
]
# fmt: on
"""What Dialpad Ai can listen for."""
OwnGroupType = Annotated[GroupType | None, Field(title="Kind of group")]


class DndState(Response):
    """Do not disturb after the change."""

    id: Id | None = None
    do_not_disturb: bool | None = None
    group_id: Id | None = None
    group_type: str | None = None


class StatusMessage(Response):
    """The status message after the change."""

    id: Id | None = None
    status_message: str | None = None
    expiration: int | None = None


class ActiveCall(Response):
    """A person's current call."""

    id: Id | None = None
    call_state: str | None = None
    is_recording: bool | None = None


class AssistedCall(Response):
    """A person's current call and whether Dialpad Ai listens."""

    id: Id | None = None
    call_state: str | None = None
    enable_vi: bool | None = None
    vi_locale: str | None = None


class GroupCallerId(Response):
    """A group whose number a person may show."""

    caller_id: str | None = None
    display_name: str | None = None


class CallerIds(Response):
    """The numbers others can see when a person calls: the current one and the other choices."""

    id: Id | None = None
    caller_id: str | None = None
    primary_phone: str | None = None
    office_main_line: str | None = None
    phone_numbers: tuple[str, ...] = ()
    forwarding_numbers: tuple[str, ...] = ()
    groups: tuple[GroupCallerId, ...] = ()


class Persona(Response):
    """An identity a person can call as: themselves or one of their groups."""

    id: Id | None = None
    name: str | None = None
    type: str | None = None
    caller_id: str | None = None
    phone_numbers: tuple[str, ...] = ()


class Personas(Response):
    """All identities a person can call as."""

    items: tuple[Persona, ...] = ()


class OnDevice(Response):
    """The device that an action ran on."""

    device: Device | None = None


class PresenceStatus(RequestPart):
    """A presence text set by another program."""

    type: Literal["conference", "default"] | None = Field(
        default=None,
        title="Wording",
        description="default reads “program: message”, conference reads “On program: in the message meeting”.",
    )
    message: str | None = Field(default=None, title="Message", description="What the person is doing.")
    provider: str | None = Field(default=None, title="Program", description="Which program reports it.")


class ListUsers(Action[Page[User]]):
    """List the people of the company, or find them by email, number or state."""

    slug = "DIALPAD_LIST_USERS"
    name = "List people"
    request = GET("/api/v2/users")
    risk = Risk.READ

    email: str | None = Field(default=None, title="E-mail", description="Only the person with this address.")
    number: PhoneNumber | None = Field(default=None, title="Number", description="Only who has this number.")
    state: Literal["active", "all", "cancelled", "deleted", "pending", "suspended"] | None = Field(
        default=None, title="State", description="Only people in this state; active ones when left out."
    )
    company_admin: bool | None = Field(
        default=None, title="Company admins", description="Yes: only company admins. No: everybody but them."
    )
    cursor: Cursor = None


class GetUser(Action[User]):
    """Look a person up: lines, groups, duty, do not disturb."""

    slug = "DIALPAD_FETCH_USER_DETAILS_BY_ID"
    name = "Look up a person"
    request = GET("/api/v2/users/{id}")
    risk = Risk.READ

    id: Person = Field(default=ME, description="Who to look up.")


class CreateUser(Action[User]):
    """Add a person to the company. This uses up a license."""

    slug = "DIALPAD_CREATE_USER_WITH_AUTO_ASSIGN"
    name = "Add a person"
    request = POST("/api/v2/users")
    risk = Risk.OUTWARD

    email: str = Field(title="E-mail", description="The address the person signs in with.")
    first_name: str | None = Field(default=None, title="First name", description="One line.")
    last_name: str | None = Field(default=None, title="Last name", description="One line.")
    office_id: OfficeId = Field(title="Office", description="The office the person belongs to.")
    license: License | None = Field(
        default=None, title="License", description="Decides what the seat costs; talk when left out."
    )
    auto_assign: bool | None = Field(
        default=None, title="Give a number", description="Assign a free number at once; no when left out."
    )


class UpdateUser(Action[User]):
    """Change a person's name, addresses, numbers, license, rights or state. Only what is filled in changes."""

    slug = "DIALPAD_UPDATE_USER_INFORMATION_BY_ID"
    name = "Change a person"
    request = PATCH("/api/v2/users/{id}")
    risk = Risk.OUTWARD

    id: Person = Field(default=ME, description="Who to change.")
    first_name: str | None = Field(default=None, title="First name", description="One line.")
    last_name: str | None = Field(default=None, title="Last name", description="One line.")
    job_title: str | None = Field(default=None, title="Job title", description="One line.")
    emails: list[str] | None = Field(
        default=None, title="Email addresses", description="The whole new list; the first is the main address."
    )
    phone_numbers: PhoneNumbers | None = Field(
        default=None,
        title="Numbers",
        description="The whole new list, to reorder or take away. New numbers are assigned separately.",
    )
    forwarding_numbers: PhoneNumbers | None = Field(
        default=None, title="Also ring", description="Other numbers that ring together with the Dialpad ones."
    )
    extension: str | None = Field(
        default=None, title="Extension", description="Only where Dialpad has switched extensions on."
    )
    state: Literal["active", "suspended"] | None = Field(
        default=None, title="State", description="Suspend the person or let them back in."
    )
    license: License | None = Field(default=None, title="License", description="Changes what the seat costs.")
    keep_paid_numbers: bool | None = Field(
        default=None,
        title="Keep numbers",
        description="Keep the numbers when moving to a support license, where each costs extra; yes when left out.",
    )
    office_id: OfficeId | None = Field(
        default=None, title="Office", description="Move the person there; needs a free license in that office."
    )
    international_dialing_enabled: bool | None = Field(
        default=None, title="International calls", description="Whether the person may call other countries."
    )
    is_super_admin: bool | None = Field(
        default=None, title="Company admin", description="Whether the person may administer the whole company."
    )
    admin_office_ids: list[OfficeId] | None = Field(
        default=None, title="Admin of offices", description="The whole new list of offices the person administers."
    )
    presence_status: PresenceStatus | None = Field(
        default=None, title="Presence line", description="What the person is doing, as reported by another program."
    )


class DeleteUser(Action[User]):
    """Permanently remove a person and their lines from the company."""

    slug = "DIALPAD_DELETE_USER_BY_ID"
    name = "Delete a person"
    request = DELETE("/api/v2/users/{id}")
    risk = Risk.DESTRUCTIVE

    id: Person = Field(description="Who to delete.")


class MoveUserToOffice(Action[User]):
    """Move a person to another office."""

    slug = "DIALPAD_MOVE_USER_TO_SPECIFIED_OFFICE"
    name = "Move a person to another office"
    request = PATCH("/api/v2/users/{id}/move_office")
    risk = Risk.CHANGE

    id: Person = Field(default=ME, description="Who moves.")
    office_id: OfficeId | None = Field(default=None, title="Office", description="Where to.")


class ToggleDnd(Action[DndState]):
    """Turn do not disturb on or off, for a person or for their place in one group."""

    slug = "DIALPAD_TOGGLE_USER_DO_NOT_DISTURB_STATUS"
    name = "Turn do not disturb on or off"
    request = PATCH("/api/v2/users/{id}/togglednd")
    risk = Risk.CHANGE
    repeatable = True

    id: Person = Field(default=ME, description="Whose calls.")
    do_not_disturb: bool = Field(title="Do not disturb", description="On: no calls ring. Off: they do.")
    group_type: OwnGroupType = Field(default=None, description="Only for calls to one group: what kind of group.")
    group_id: GroupId | None = Field(default=None, title="Group", description="Which group; with its kind.")


class SetStatusMessage(Action[StatusMessage]):
    """Set the line of text that colleagues see next to a person's name."""

    slug = "DIALPAD_PATCH_USER_STATUS"
    name = "Set a status message"
    request = PATCH("/api/v2/users/{id}/status")
    risk = Risk.CHANGE
    repeatable = True

    id: Person = Field(default=ME, description="Whose status.")
    status_message: str | None = Field(
        default=None, title="Status", description="The text; leave it empty to remove it."
    )
    expiration: int | None = Field(
        default=None, title="Ends", description="When it is cleared automatically. Dialpad does not say in which unit."
    )


class SetCallRecording(Action[ActiveCall]):
    """Start or stop recording the call a person is on."""

    slug = "DIALPAD_PATCH_USER_ACTIVE_CALL_RECORDING"
    name = "Start or stop recording"
    request = PATCH("/api/v2/users/{id}/activecall")
    risk = Risk.CHANGE

    id: Person = Field(default=ME, description="Who is on the call.")
    is_recording: bool | None = Field(default=None, title="Recording", description="Yes starts it, no stops it.")
    play_message: bool | None = Field(
        default=None,
        title="Announce it",
        description="Tell both sides that recording starts or stops; yes by default.",
    )
    recording_type: Literal["all", "group", "user"] | None = Field(
        default=None,
        title="Which recording",
        description="For a group's call: the person's own, the group's, or both. The person's own when left out.",
    )


class ToggleAi(Action[AssistedCall]):
    """Turn Dialpad Ai on or off for the call a person is on."""

    slug = "DIALPAD_TOGGLE_VI_CALL_FOR_USER_BY_ID"
    name = "Turn Ai on or off for a call"
    request = PATCH("/api/v2/users/{id}/togglevi")
    risk = Risk.CHANGE
    repeatable = True

    id: Person = Field(default=ME, description="Who is on the call.")
    enable_vi: bool | None = Field(default=None, title="Ai", description="Whether Ai listens to this call.")
    vi_locale: AiLocale | None = Field(default=None, title="Language", description="Spoken language and country.")


class GetCallerId(Action[CallerIds]):
    """See which number others see when a person calls, and what they could choose instead."""

    slug = "DIALPAD_GET_USER_CALLER_ID"
    name = "See a person's caller ID"
    request = GET("/api/v2/users/{id}/caller_id")
    risk = Risk.READ

    id: Person = Field(default=ME, description="Whose caller ID.")


class SetCallerId(Action[CallerIds]):
    """Choose which number others see when a person calls."""

    slug = "DIALPAD_SET_USER_CALLER_ID_BY_ID"
    name = "Set a person's caller ID"
    request = POST("/api/v2/users/{id}/caller_id")
    risk = Risk.CHANGE
    repeatable = True

    id: Person = Field(default=ME, description="Whose caller ID.")
    caller_id: CallerId = Field(title="Caller ID", description="A number the person may show, or blocked to hide it.")


class RingUser(Action[OnDevice]):
    """Start a call in a person's running Dialpad app. Use “Call a number” when a call id is needed."""

    slug = "DIALPAD_INITIATE_USER_CALL_WITH_GROUP_OPTIONS"
    name = "Start a call in somebody's app"
    request = POST("/api/v2/users/{id}/initiate_call")
    risk = Risk.OUTWARD
    rates = (Rate(5, per="id"),)

    id: Person = Field(default=ME, description="Who calls.")
    phone_number: PhoneNumber | None = Field(default=None, title="Number", description="Who to call.")
    group_type: OwnGroupType = Field(default=None, description="To call on behalf of a group: what kind of group.")
    group_id: GroupId | None = Field(default=None, title="Group", description="Which group; with its kind.")
    outbound_caller_id: CallerId | None = Field(
        default=None, title="Caller ID", description="The number the other side sees, or blocked to hide it."
    )
    custom_data: str | None = Field(
        default=None, title="Note for integrations", description="Comes back in the events of this call."
    )


class PopScreen(Action[OnDevice]):
    """Open a web page in a person's Dialpad app."""

    slug = "DIALPAD_POST_USERS_SCREENPOP_URI"
    name = "Open a page for a person"
    request = POST("/api/v2/users/{id}/screenpop")
    risk = Risk.CHANGE
    rates = (Rate(5, per="id"),)
    scopes = ("screen_pop",)

    id: Person = Field(default=ME, description="On whose screen.")
    screen_pop_uri: str = Field(title="Address", description="Begins with https:// or another scheme.")


class AssignNumberToUser(Action[AssignedNumber]):
    """Give a person a number: a specific one, or any free one in an area."""

    slug = "DIALPAD_ASSIGN_PHONE_NUMBER_TO_USER"
    name = "Give a person a number"
    request = POST("/api/v2/users/{id}/assign_number")
    risk = Risk.OUTWARD

    id: Person = Field(default=ME, description="Who gets it.")
    number: PhoneNumber | None = Field(default=None, title="Number", description="A free number of the company.")
    area_code: str | None = Field(default=None, title="Area code", description="Instead of a number: where to look.")
    primary: bool | None = Field(
        default=None, title="Main number", description="Make it the person's main number; yes when left out."
    )


class UnassignNumberFromUser(Action[AssignedNumber]):
    """Take a number away from a person; it no longer rings for them."""

    slug = "DIALPAD_UNASSIGN_USER_PHONE_NUMBER"
    name = "Take a number from a person"
    request = POST("/api/v2/users/{id}/unassign_number")
    risk = Risk.DESTRUCTIVE

    id: Person = Field(default=ME, description="Who loses it.")
    number: PhoneNumber = Field(title="Number", description="The number to take away.")


class ListDeskPhones(Action[DeskPhones]):
    """List a person's desk phones."""

    slug = "DIALPAD_GET_DESKPHONES_FOR_USER_PARENT_ID"
    name = "List a person's desk phones"
    request = GET("/api/v2/users/{parent_id}/deskphones")
    risk = Risk.READ
    sensitive = True

    parent_id: Person = Field(default=ME, description="Whose phones.")


class GetDeskPhone(Action[DeskPhone]):
    """Look one desk phone of a person up."""

    slug = "DIALPAD_GET_USER_DESKPHONES"
    name = "Look up a desk phone"
    request = GET("/api/v2/users/{parent_id}/deskphones/{id}")
    risk = Risk.READ
    sensitive = True

    parent_id: Person = Field(default=ME, description="Whose phone.")
    id: DeskPhoneId = Field(title="Desk phone", description="Which phone.")


class DeleteDeskPhone(Action[Done]):
    """Remove a desk phone; it stops working until it is set up again."""

    slug = "DIALPAD_DELETE_DESKPHONE_BY_USER_ID"
    name = "Delete a desk phone"
    request = DELETE("/api/v2/users/{parent_id}/deskphones/{id}")
    risk = Risk.DESTRUCTIVE

    parent_id: Person = Field(default=ME, description="Whose phone.")
    id: DeskPhoneId = Field(title="Desk phone", description="Which phone.")


class GetUserEmergencyAddress(Action[EmergencyAddress]):
    """See where emergency services are sent when a person calls them."""

    slug = "DIALPAD_GET_USER_E911_DETAILS"
    name = "See a person's emergency address"
    request = GET("/api/v2/users/{id}/e911")
    risk = Risk.READ
    sensitive = True

    id: Person = Field(description="Whose address.")


class SetUserEmergencyAddress(Action[EmergencyAddress]):
    """Change where emergency services are sent when a person calls them."""

    slug = "DIALPAD_UPDATE_E911_ADDRESS_FOR_USER"
    name = "Set a person's emergency address"
    request = PUT("/api/v2/users/{id}/e911")
    risk = Risk.OUTWARD
    sensitive = True

    id: Person = Field(default=ME, description="Whose address.")
    address: str = Field(title="Street", description="Street and house number, one line.")
    address2: str | None = Field(default=None, title="Street, second line", description="Floor, flat, one line.")
    city: str = Field(title="City", description="One line.")
    state: str = Field(title="State or province", description="One line.")
    zip: str = Field(title="Postal code", description="One line.")
    country: str = Field(title="Country", description="Two-letter code, such as US.")
    use_validated_option: bool | None = Field(
        default=None, title="Use the corrected address", description="Use the spelling that Dialpad's check suggests."
    )


class ListPersonas(Action[Personas]):
    """List the identities a person can call as: themselves and their groups."""

    slug = "DIALPAD_RETRIEVE_USER_PERSONAS_BY_ID"
    name = "List a person's identities"
    request = GET("/api/v2/users/{id}/personas")
    risk = Risk.READ

    id: Person = Field(default=ME, description="Whose identities.")
