"""Calls: placing, looking up, and acting on live ones."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from bot.dialpad.action import (
    GET,
    POST,
    PUT,
    Action,
    CallId,
    Done,
    HttpRequest,
    Id,
    Page,
    PhoneNumber,
    Rate,
    Response,
    Risk,
    UserId,
)
from bot.dialpad.actions.fields import CallerId, Cursor, DeviceId, EpochMs, GroupId, GroupType, TargetId, TargetType
from bot.dialpad.actions.parts import RequestPart
from bot.dialpad.actions.recap_parts import AiRecap, AssignedOperators, QueueAssignment

LiveCall = Annotated[CallId, Field(title="Call", description="A call in progress.")]
QueuedCall = Annotated[CallId, Field(title="Call", description="A call that waits in a call center's queue.")]
CustomData = Annotated[
    str | None, Field(title="Note for integrations", description="Comes back in the events of this call.")
]
ShownNumber = Annotated[
    CallerId | None, Field(title="Caller ID", description="The number the other side sees, or blocked to hide it.")
]


class CallParty(Response):
    """A person, group or number that a call involves."""

    id: Id | None = None
    type: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None


class Recording(Response):
    """One recording of a call. ``start_time`` and ``duration`` in ms."""

    id: Id | None = None
    recording_type: str | None = None
    url: str | None = None
    start_time: int | None = None
    duration: float | None = None


class Call(Response):
    """One leg of a call. ``date_*`` are epoch ms; ``duration`` (talking) and ``total_duration`` (with ringing) ms."""

    call_id: Id | None = None
    state: str | None = None
    direction: str | None = None
    date_started: int | None = None
    date_rang: int | None = None
    date_connected: int | None = None
    date_ended: int | None = None
    duration: float | None = None
    total_duration: float | None = None
    external_number: str | None = None
    internal_number: str | None = None
    contact: CallParty | None = None
    target: CallParty | None = None
    entry_point_target: CallParty | None = None
    proxy_target: CallParty | None = None
    master_call_id: Id | None = None
    operator_call_id: Id | None = None
    entry_point_call_id: Id | None = None
    group_id: str | None = None
    is_transferred: bool | None = None
    was_recorded: bool | None = None
    labels: tuple[str, ...] = ()
    recording_details: tuple[Recording, ...] = ()
    call_recording_share_links: tuple[str, ...] = ()
    admin_call_recording_share_links: tuple[str, ...] = ()
    recording_url: tuple[str, ...] = ()
    admin_recording_urls: tuple[str, ...] = ()
    voicemail_share_link: str | None = None
    transcription_text: str | None = None
    csat_score: str | None = None
    mos_score: float | None = None
    custom_data: str | None = None
    event_timestamp: int | None = None
    routing_breadcrumbs: tuple[dict[str, Any], ...] = ()


class PlacedCall(Response):
    """The call that was placed."""

    call_id: Id | None = None


class TransferredCall(Response):
    """The call that was transferred, and where to."""

    call_id: Id | None = None
    transferred_to_number: str | None = None
    transferred_to_state: str | None = None


class ToNumber(RequestPart):
    """A destination outside, by its number."""

    number: PhoneNumber = Field(title="Number", description="The number to bring in.")


class ToCall(RequestPart):
    """A destination that is another live call; the two are joined."""

    call_id: CallId = Field(title="Call", description="The other call.")


class ToTarget(RequestPart):
    """A destination inside, with a main number of its own."""

    target_type: Literal["callcenter", "department", "office", "user"] = Field(
        title="Kind", description="A person, call center, department or office."
    )
    target_id: TargetId = Field(title="Who", description="Which one.")


class ToOperator(RequestPart):
    """A destination that is one operator of a group, such as an agent of a call center."""

    operator_id: UserId = Field(title="Operator", description="One operator of that group, instead of all of them.")
    target_type: GroupType | None = Field(default=None, title="Kind", description="Not sent: a form gives it.")
    target_id: TargetId = Field(title="Who", description="The operator's group.")


class ListCalls(Action[Page[Call]]):
    """List ended calls, newest first, of the whole company or of one person or group."""

    slug = "DIALPAD_RETRIEVE_CALL_INFORMATION"
    name = "List calls"
    request = GET("/api/v2/call")
    risk = Risk.READ
    scopes = ("calls:list",)
    company_admin_key = True
    sensitive = True

    started_after: EpochMs | None = Field(default=None, title="From", description="Only calls that began after this.")
    started_before: EpochMs | None = Field(default=None, title="To", description="Only calls that began before this.")
    target_type: TargetType | None = Field(
        default=None, title="Kind of line", description="To see one line's calls: what kind of line."
    )
    target_id: TargetId | None = Field(default=None, title="Line", description="Which line; with its kind.")
    include_anonymized: bool | None = Field(
        default=None, title="Anonymized too", description="Also calls of people who have been deleted."
    )
    cursor: Cursor = None


class GetCall(Action[Call]):
    """Look one call up. Dialpad answers this only ten times a minute."""

    slug = "DIALPAD_FETCH_CALL_BY_ID"
    name = "Look up a call"
    request = GET("/api/v2/call/{id}")
    risk = Risk.READ
    rates = (Rate(10),)
    sensitive = True

    id: CallId = Field(title="Call", description="Which call.")


class PlaceCall(Action[PlacedCall]):
    """Call a number: a person's Dialpad devices ring, and once they pick up the number is called."""

    slug = "DIALPAD_INITIATE_OUTBOUND_CALL_VIA_API"
    name = "Call a number"
    request = POST("/api/v2/call")
    risk = Risk.OUTWARD
    rates = (Rate(5, per="user_id"),)

    user_id: UserId = Field(title="Who calls", description="The person whose devices ring.")
    phone_number: PhoneNumber = Field(title="Number", description="Who to call.")
    group_type: GroupType | None = Field(
        default=None, title="Kind of group", description="To call on behalf of a group: what kind of group."
    )
    group_id: GroupId | None = Field(default=None, title="Group", description="Which group; with its kind.")
    device_id: DeviceId | None = Field(default=None, title="Device", description="Ring only this device.")
    outbound_caller_id: ShownNumber = None
    is_consult: bool | None = Field(
        default=None, title="Second call", description="Put the current call on hold and place another one."
    )
    custom_data: CustomData = None


class PlaceIvrCall(Action[PlacedCall]):
    """Call a number from a group's line and play its phone menu to whoever picks up."""

    slug = "DIALPAD_INITIATE_IVR_CALL_API_ENDPOINT"
    name = "Call with a phone menu"
    request = POST("/api/v2/call/initiate_ivr_call")
    risk = Risk.OUTWARD
    rates = (Rate(10, per="target_id"),)

    phone_number: PhoneNumber = Field(title="Number", description="Who to call.")
    target_type: GroupType = Field(title="Kind of group", description="Whose line calls: what kind of group.")
    target_id: TargetId = Field(title="Group", description="Whose line calls.")
    outbound_caller_id: ShownNumber = None
    custom_data: CustomData = None


class HangUp(Action[Done]):
    """End a live call for everybody on it."""

    slug = "DIALPAD_HANGUP_CALL_VIA_ID"
    name = "Hang up"
    request = PUT("/api/v2/call/{id}/actions/hangup")
    risk = Risk.OUTWARD

    id: LiveCall


class TransferCall(Action[TransferredCall]):
    """Send a live call to a number, to another call, or to somebody at the company."""

    slug = "DIALPAD_TRANSFER_CALL_TO_DESTINATION"
    name = "Transfer a call"
    request = POST("/api/v2/call/{id}/transfer")
    risk = Risk.OUTWARD

    id: LiveCall
    to: ToNumber | ToCall | ToTarget | ToOperator | None = Field(
        default=None, title="To", description="One destination: a number, a call, or somebody at the company."
    )
    transfer_state: Literal["hold", "parked", "preanswer", "voicemail"] | None = Field(
        default=None, title="Arrives as", description="Ringing, on hold, parked, or straight to voicemail."
    )
    custom_data: CustomData = None

    def build_request(self) -> HttpRequest:
        """Leave the kind of an operator's group out: Dialpad takes only its id beside an operator."""
        request = super().build_request()
        if not isinstance(self.to, ToOperator):
            return request
        body = dict(request.body or {})
        to = {name: value for name, value in body["to"].items() if name != "target_type"}
        return replace(request, body={**body, "to": to})


class AddParticipant(Action[PlacedCall]):
    """Add another person or number to a live call."""

    slug = "DIALPAD_ADD_PARTICIPANT_TO_CALL"
    name = "Add somebody to a call"
    request = POST("/api/v2/call/{id}/participants/add")
    risk = Risk.OUTWARD

    id: LiveCall
    participant: ToNumber | ToTarget = Field(
        title="Who", description="A number, or somebody at the company with a number."
    )


class Unpark(Action[PlacedCall]):
    """Pick up a parked call for a person."""

    slug = "DIALPAD_UNPARK_CALL_BY_USER_ID"
    name = "Pick up a parked call"
    request = POST("/api/v2/call/{id}/unpark")
    risk = Risk.CHANGE

    id: CallId = Field(title="Call", description="The parked call.")
    user_id: UserId = Field(title="Person", description="Who picks it up.")


class LabelCall(Action[Call]):
    """Replace all of a call's labels with these."""

    slug = "DIALPAD_ATTACH_LABELS_TO_CALL"
    name = "Label a call"
    request = PUT("/api/v2/call/{id}/labels")
    risk = Risk.CHANGE
    rates = (Rate(250),)
    sensitive = True

    id: CallId = Field(title="Call", description="Which call.")
    labels: list[str] | None = Field(
        default=None, title="Labels", description="The whole new list; labels that are not in it are removed."
    )


class GetAiRecap(Action[AiRecap]):
    """Read what Dialpad Ai wrote about a call: summary, action items, purposes and outcome."""

    slug = "DIALPAD_RETRIEVE_CALL_AI_RECAP"
    name = "AI recap"
    request = GET("/api/v2/call/{id}/ai_recap")
    risk = Risk.READ
    rates = (Rate(12),)
    scopes = ("ai_recap",)
    sensitive = True
    needs = "Dialpad Ai and the scope “ai_recap”"

    id: CallId = Field(title="Call", description="Which call; a few minutes after it ended.")
    summary_format: Literal["bullet", "long", "medium", "short"] | None = Field(
        default=None, title="Summary", description="How long it should be, or as bullet points."
    )


class AssignOperator(Action[QueueAssignment]):
    """Let a waiting call go only to an operator of its call center."""

    slug = "DIALPAD_ASSIGN_OPERATOR_TO_CALL"
    name = "Assign a waiting call"
    request = POST("/api/v2/call/{id}/assign")
    risk = Risk.CHANGE
    rates = (Rate(12),)
    needs = "Dialpad Contact Center"

    id: QueuedCall
    operator_ids: list[UserId] | None = Field(
        default=None, title="Operator", description="Who should take it; one at a time."
    )


class UnassignOperator(Action[QueueAssignment]):
    """Take a waiting call back from an operator it was assigned to."""

    slug = "DIALPAD_UNASSIGN_OPERATOR_FROM_CALL"
    name = "Take a waiting call back"
    request = POST("/api/v2/call/{id}/unassign")
    risk = Risk.CHANGE
    rates = (Rate(12),)
    needs = "Dialpad Contact Center"

    id: QueuedCall
    operator_ids: list[UserId] | None = Field(default=None, title="Operator", description="From whom; one at a time.")


class UnassignAllOperators(Action[AssignedOperators]):
    """Take a waiting call back from everybody it was assigned to: it goes to any operator again."""

    slug = "DIALPAD_UNASSIGN_ALL_OPERATORS_FROM_CALL"
    name = "Take a waiting call back from everybody"
    request = POST("/api/v2/call/{id}/unassign/all")
    risk = Risk.CHANGE
    rates = (Rate(12),)
    needs = "Dialpad Contact Center"

    id: QueuedCall


class ListAssignedOperators(Action[AssignedOperators]):
    """List the operators to whom a waiting call was assigned."""

    slug = "DIALPAD_LIST_ASSIGNED_OPERATORS_OF_CALL"
    name = "Who a waiting call is assigned to"
    request = GET("/api/v2/call/{id}/assigned")
    risk = Risk.READ
    rates = (Rate(250),)
    needs = "Dialpad Contact Center"

    id: QueuedCall
