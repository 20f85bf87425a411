"""Event subscriptions: which events go to which webhook or websocket.

Company data leaves for an address outside through these, so making and changing one asks for confirmation.
"""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, Id, Page, Response, Risk
from bot.dialpad.actions.endpoints import Webhook, Websocket
from bot.dialpad.actions.fields import OPEN, ChannelId, Cursor, EndpointId, SubscriptionId, TargetId, TargetType

# fmt: off
CallState = Literal[
    "admin", "admin_recording", "ai_playbook", "all", "barge", "blocked", "call_transcription", "calling", "connected",
    "csat", "dispositions", "eavesdrop", "hangup", "hold", "merged", "missed", "monitor", "parked", "pcsat",
    "postcall", "preanswer", "queued", "recap_action_items", "recap_outcome", "recap_purposes", "recap_summary",
    "recording", "ringing", "takeover", "transcription", "voicemail", "voicemail_uploaded",
]
# fmt: on

SubscriptionField = Annotated[SubscriptionId, Field(title="Subscription", description="Which subscription.")]
EventsTo = Annotated[EndpointId | None, Field(title="Send to", description="The webhook or websocket that gets them.")]
SubscriptionOn = Annotated[bool | None, Field(title="On", description="Off: the subscription stays but sends nothing.")]
HeardLineType = Annotated[
    TargetType | None, Field(title="Kind of line", description="For one line: what kind of line.")
]
HeardLine = Annotated[
    TargetId | None, Field(title="Line", description="Which line; with its kind. The whole company when left out.")
]
States = Annotated[
    list[Annotated[CallState, *OPEN]] | None,
    Field(title="Moments of a call", description="At which moments to send; “all” means every one."),
]
GroupCalls = Annotated[
    bool | None, Field(title="Group calls only", description="Leave out calls to people's own numbers.")
]
HeardChannel = Annotated[ChannelId | None, Field(title="Channel", description="Which Dialpad channel.")]
HeardFaxLineType = Annotated[
    Literal["callcenter", "department", "office", "unknown", "user"] | None,
    Field(title="Kind of line", description="For one line: what kind of line."),
]
ProgressToo = Annotated[
    bool | None, Field(title="Progress too", description="Also report how far a fax is, and whether it arrived.")
]
SmsDirection = Literal["all", "inbound", "outbound"]
Internal = Annotated[
    bool | None, Field(title="Among colleagues too", description="Also texts between two people of the company.")
]
DeliveryToo = Annotated[
    bool | None, Field(title="Delivery too", description="Also report whether a text was delivered.")
]
ContactType = Annotated[
    Literal["local", "shared"],
    Field(title="Which contacts", description="Those that everybody sees, or those of one person."),
]
AgentType = Literal["callcenter"]


class EventSubscription(Response):
    """What all subscriptions have: where events go, a webhook or a websocket."""

    id: Id | None = None
    enabled: bool | None = None
    webhook: Webhook | None = None
    websocket: Websocket | None = None


class AgentSubscription(EventSubscription):
    """A subscription to duty changes."""

    agent_type: str | None = None


class CallSubscription(EventSubscription):
    """A subscription to calls."""

    call_states: tuple[str, ...] = ()
    group_calls_only: bool | None = None
    target_type: str | None = None
    target_id: Id | None = None


class SmsSubscription(EventSubscription):
    """A subscription to texts. ``status``: delivery is reported as well."""

    direction: str | None = None
    include_internal: bool | None = None
    status: bool | None = None
    target_type: str | None = None
    target_id: Id | None = None


class ChannelSubscription(EventSubscription):
    """A subscription to messages in Dialpad channels."""

    direction: str | None = None
    target_id: ChannelId | None = None


class FaxSubscription(EventSubscription):
    """A subscription to faxes. ``status``: how far a fax is is reported as well."""

    direction: str | None = None
    status: bool | None = None
    target_type: str | None = None
    target_id: Id | None = None


class ContactSubscription(EventSubscription):
    """A subscription to contacts."""

    contact_type: str | None = None


class ListCallSubscriptions(Action[Page[CallSubscription]]):
    """List which call events are sent where, all or one line's."""

    slug = "DIALPAD_GET_CALL_SUBSCRIPTION_DETAILS"
    name = "List call subscriptions"
    request = GET("/api/v2/subscriptions/call")
    risk = Risk.READ
    sensitive = True

    target_type: HeardLineType = None
    target_id: HeardLine = None
    cursor: Cursor = None


class GetCallSubscription(Action[CallSubscription]):
    """Look a subscription to call events up."""

    slug = "DIALPAD_RETRIEVE_CALL_SUBSCRIPTION_BY_ID"
    name = "Look up a call subscription"
    request = GET("/api/v2/subscriptions/call/{id}")
    risk = Risk.READ
    sensitive = True

    id: SubscriptionField


class CreateCallSubscription(Action[CallSubscription]):
    """Have call events sent to a webhook or websocket: who calls, who answers, what was missed."""

    slug = "DIALPAD_POST_CALL_EVENT_SUBSCRIPTION"
    name = "Subscribe to calls"
    request = POST("/api/v2/subscriptions/call")
    risk = Risk.OUTWARD
    sensitive = True

    endpoint_id: EventsTo = None
    call_states: States = None
    target_type: HeardLineType = None
    target_id: HeardLine = None
    group_calls_only: GroupCalls = None
    enabled: SubscriptionOn = None


class UpdateCallSubscription(Action[CallSubscription]):
    """Change which call events are sent, and where to. Only what is filled in changes."""

    slug = "DIALPAD_UPDATE_CALL_SUBSCRIPTION_BY_ID"
    name = "Change a call subscription"
    request = PATCH("/api/v2/subscriptions/call/{id}")
    risk = Risk.OUTWARD
    sensitive = True

    id: SubscriptionField
    endpoint_id: EventsTo = None
    call_states: States = None
    target_type: HeardLineType = None
    target_id: HeardLine = None
    group_calls_only: GroupCalls = None
    enabled: SubscriptionOn = None


class DeleteCallSubscription(Action[CallSubscription]):
    """Delete a subscription to call events; they stop arriving."""

    slug = "DIALPAD_DELETE_CALL_SUBSCRIPTION_BY_ID"
    name = "Delete a call subscription"
    request = DELETE("/api/v2/subscriptions/call/{id}")
    risk = Risk.DESTRUCTIVE
    sensitive = True

    id: SubscriptionField


class ListSmsSubscriptions(Action[Page[SmsSubscription]]):
    """List which text messages are reported where, all or one line's."""

    slug = "DIALPAD_RETRIEVE_SMS_SUBSCRIPTIONS"
    name = "List text message subscriptions"
    request = GET("/api/v2/subscriptions/sms")
    risk = Risk.READ
    sensitive = True

    target_type: HeardLineType = None
    target_id: HeardLine = None
    cursor: Cursor = None


class GetSmsSubscription(Action[SmsSubscription]):
    """Look a subscription to text messages up."""

    slug = "DIALPAD_RETRIEVE_SMS_SUBSCRIPTION_BY_ID"
    name = "Look up a text message subscription"
    request = GET("/api/v2/subscriptions/sms/{id}")
    risk = Risk.READ
    sensitive = True

    id: SubscriptionField


class CreateSmsSubscription(Action[SmsSubscription]):
    """Have text messages reported to a webhook or websocket as they come and go."""

    slug = "DIALPAD_CREATE_SMS_EVENT_SUBSCRIPTION"
    name = "Subscribe to text messages"
    request = POST("/api/v2/subscriptions/sms")
    risk = Risk.OUTWARD
    sensitive = True

    direction: SmsDirection = Field(title="Direction", description="Received ones, sent ones, or both.")
    endpoint_id: EventsTo = None
    target_type: HeardLineType = None
    target_id: HeardLine = None
    include_internal: Internal = None
    status: DeliveryToo = None
    enabled: SubscriptionOn = None


class UpdateSmsSubscription(Action[SmsSubscription]):
    """Change which text messages are reported, and where to. Only what is filled in changes."""

    slug = "DIALPAD_UPDATE_SMS_SUBSCRIPTION_SETTINGS"
    name = "Change a text message subscription"
    request = PATCH("/api/v2/subscriptions/sms/{id}")
    risk = Risk.OUTWARD
    sensitive = True

    id: SubscriptionField
    direction: SmsDirection | None = Field(
        default=None, title="Direction", description="Received ones, sent ones, or both."
    )
    endpoint_id: EventsTo = None
    target_type: HeardLineType = None
    target_id: HeardLine = None
    include_internal: Internal = None
    status: DeliveryToo = None
    enabled: SubscriptionOn = None


class DeleteSmsSubscription(Action[SmsSubscription]):
    """Delete a subscription to text messages; they are no longer reported."""

    slug = "DIALPAD_DELETE_SMS_SUBSCRIPTION_BY_ID"
    name = "Delete a text message subscription"
    request = DELETE("/api/v2/subscriptions/sms/{id}")
    risk = Risk.DESTRUCTIVE
    sensitive = True

    id: SubscriptionField


class ListAgentSubscriptions(Action[Page[AgentSubscription]]):
    """List where duty changes of call center agents are reported."""

    slug = "DIALPAD_RETRIEVE_AGENT_STATUS_SUBSCRIPTION"
    name = "List agent status subscriptions"
    request = GET("/api/v2/subscriptions/agent_status")
    risk = Risk.READ
    company_admin_key = True
    sensitive = True

    cursor: Cursor = None


class GetAgentSubscription(Action[AgentSubscription]):
    """Look a subscription to agents' duty changes up."""

    slug = "DIALPAD_RETRIEVE_AGENT_STATUS_BY_ID"
    name = "Look up an agent status subscription"
    request = GET("/api/v2/subscriptions/agent_status/{id}")
    risk = Risk.READ
    company_admin_key = True
    sensitive = True

    id: SubscriptionField


class CreateAgentSubscription(Action[AgentSubscription]):
    """Get a report when call center agents go on or off duty, or are busy."""

    slug = "DIALPAD_CREATE_AGENT_STATUS_SUBSCRIPTION"
    name = "Subscribe to agent status"
    request = POST("/api/v2/subscriptions/agent_status")
    risk = Risk.OUTWARD
    company_admin_key = True
    sensitive = True

    agent_type: AgentType = Field(title="Whose", description="Dialpad reports call center agents only.")
    endpoint_id: EventsTo = None
    enabled: SubscriptionOn = None


class UpdateAgentSubscription(Action[AgentSubscription]):
    """Change where agents' duty changes are reported. Only what is filled in changes."""

    slug = "DIALPAD_PATCH_AGENT_STATUS_EVENT_SUBSCRIPTION"
    name = "Change an agent status subscription"
    request = PATCH("/api/v2/subscriptions/agent_status/{id}")
    risk = Risk.OUTWARD
    company_admin_key = True
    sensitive = True

    id: SubscriptionField
    agent_type: AgentType | None = Field(
        default=None, title="Whose", description="Dialpad reports call center agents only."
    )
    endpoint_id: EventsTo = None
    enabled: SubscriptionOn = None


class DeleteAgentSubscription(Action[AgentSubscription]):
    """Delete a subscription to agents' duty changes; they are no longer reported."""

    slug = "DIALPAD_DELETE_AGENT_STATUS_BY_ID"
    name = "Delete an agent status subscription"
    request = DELETE("/api/v2/subscriptions/agent_status/{id}")
    risk = Risk.DESTRUCTIVE
    company_admin_key = True
    sensitive = True

    id: SubscriptionField


class ListContactSubscriptions(Action[Page[ContactSubscription]]):
    """List where new, changed and deleted contacts are reported."""

    slug = "DIALPAD_RETRIEVE_SUBSCRIPTION_CONTACTS"
    name = "List contact subscriptions"
    request = GET("/api/v2/subscriptions/contact")
    risk = Risk.READ
    company_admin_key = True
    sensitive = True

    cursor: Cursor = None


class GetContactSubscription(Action[ContactSubscription]):
    """Look a subscription to contact changes up."""

    slug = "DIALPAD_GET_SUBSCRIPTION_CONTACT_BY_ID"
    name = "Look up a contact subscription"
    request = GET("/api/v2/subscriptions/contact/{id}")
    risk = Risk.READ
    company_admin_key = True
    sensitive = True

    id: SubscriptionField


class CreateContactSubscription(Action[ContactSubscription]):
    """Get a report when contacts are created, changed or deleted."""

    slug = "DIALPAD_SUBSCRIBE_CONTACT_EVENT"
    name = "Subscribe to contacts"
    request = POST("/api/v2/subscriptions/contact")
    risk = Risk.OUTWARD
    company_admin_key = True
    sensitive = True

    contact_type: ContactType
    endpoint_id: EventsTo = None
    enabled: SubscriptionOn = None


class UpdateContactSubscription(Action[ContactSubscription]):
    """Change which contacts are reported, and where to."""

    slug = "DIALPAD_UPDATE_CONTACT_SUBSCRIPTION_BY_ID"
    name = "Change a contact subscription"
    request = PATCH("/api/v2/subscriptions/contact/{id}")
    risk = Risk.OUTWARD
    company_admin_key = True
    sensitive = True

    id: SubscriptionField
    contact_type: ContactType
    endpoint_id: EventsTo = None
    enabled: SubscriptionOn = None


class DeleteContactSubscription(Action[ContactSubscription]):
    """Delete a subscription to contact changes; they are no longer reported."""

    slug = "DIALPAD_DELETE_SUBSCRIPTION_CONTACT_BY_ID"
    name = "Delete a contact subscription"
    request = DELETE("/api/v2/subscriptions/contact/{id}")
    risk = Risk.DESTRUCTIVE
    company_admin_key = True
    sensitive = True

    id: SubscriptionField


class ListChangelogSubscriptions(Action[Page[EventSubscription]]):
    """List where changes of the company's settings are reported."""

    slug = "DIALPAD_RETRIEVE_SUBSCRIPTION_CHANGE_LOG"
    name = "List change log subscriptions"
    request = GET("/api/v2/subscriptions/changelog")
    risk = Risk.READ
    scopes = ("change_log",)
    company_admin_key = True
    sensitive = True

    cursor: Cursor = None


class GetChangelogSubscription(Action[EventSubscription]):
    """Look a subscription to the change log up."""

    slug = "DIALPAD_RETRIEVE_SUBSCRIPTION_CHANGE_LOG_BY_ID"
    name = "Look up a change log subscription"
    request = GET("/api/v2/subscriptions/changelog/{id}")
    risk = Risk.READ
    scopes = ("change_log",)
    company_admin_key = True
    sensitive = True

    id: SubscriptionField


class CreateChangelogSubscription(Action[EventSubscription]):
    """Get a report when anyone changes the company's settings."""

    slug = "DIALPAD_POST_SUBSCRIPTION_CHANGE_LOG_EVENT"
    name = "Subscribe to the change log"
    request = POST("/api/v2/subscriptions/changelog")
    risk = Risk.OUTWARD
    scopes = ("change_log",)
    company_admin_key = True
    sensitive = True

    endpoint_id: EventsTo = None
    enabled: SubscriptionOn = None


class UpdateChangelogSubscription(Action[EventSubscription]):
    """Change where the change log is reported. Only what is filled in changes."""

    slug = "DIALPAD_PATCH_SUBSCRIPTION_CHANGELOG_ENDPOINT"
    name = "Change a change log subscription"
    request = PATCH("/api/v2/subscriptions/changelog/{id}")
    risk = Risk.OUTWARD
    scopes = ("change_log",)
    company_admin_key = True
    sensitive = True

    id: SubscriptionField
    endpoint_id: EventsTo = None
    enabled: SubscriptionOn = None


class DeleteChangelogSubscription(Action[EventSubscription]):
    """Delete a subscription to the change log; changes are no longer reported."""

    slug = "DIALPAD_DELETE_SUBSCRIPTION_CHANGELOG_BY_ID"
    name = "Delete a change log subscription"
    request = DELETE("/api/v2/subscriptions/changelog/{id}")
    risk = Risk.DESTRUCTIVE
    scopes = ("change_log",)
    company_admin_key = True
    sensitive = True

    id: SubscriptionField


class ListChannelSubscriptions(Action[Page[ChannelSubscription]]):
    """List where messages in channels are reported."""

    slug = "DIALPAD_LIST_CHANNEL_SUBSCRIPTIONS"
    name = "List channel message subscriptions"
    request = GET("/api/v2/subscriptions/channel")
    risk = Risk.READ
    sensitive = True

    cursor: Cursor = None


class GetChannelSubscription(Action[ChannelSubscription]):
    """Look a subscription to messages in channels up."""

    slug = "DIALPAD_RETRIEVE_CHANNEL_SUBSCRIPTION_BY_ID"
    name = "Look up a channel message subscription"
    request = GET("/api/v2/subscriptions/channel/{id}")
    risk = Risk.READ
    sensitive = True

    id: SubscriptionField


class CreateChannelSubscription(Action[ChannelSubscription]):
    """Have messages in one Dialpad channel reported to a webhook or websocket as they come and go."""

    slug = "DIALPAD_CREATE_CHANNEL_SUBSCRIPTION"
    name = "Subscribe to messages in channels"
    request = POST("/api/v2/subscriptions/channel")
    risk = Risk.OUTWARD
    sensitive = True

    direction: SmsDirection = Field(title="Direction", description="Received ones, sent ones, or both.")
    endpoint_id: EndpointId = Field(title="Send to", description="The webhook or websocket that gets them.")
    target_id: ChannelId = Field(title="Channel", description="Which Dialpad channel.")
    enabled: SubscriptionOn = None


class UpdateChannelSubscription(Action[ChannelSubscription]):
    """Change which messages in channels are reported, and where to. Only what is filled in changes."""

    slug = "DIALPAD_UPDATE_CHANNEL_SUBSCRIPTION_BY_ID"
    name = "Change a channel message subscription"
    request = PATCH("/api/v2/subscriptions/channel/{id}")
    risk = Risk.OUTWARD
    sensitive = True

    id: SubscriptionField
    direction: SmsDirection | None = Field(
        default=None, title="Direction", description="Received ones, sent ones, or both."
    )
    endpoint_id: EventsTo = None
    target_id: HeardChannel = None
    enabled: SubscriptionOn = None


class DeleteChannelSubscription(Action[ChannelSubscription]):
    """Delete a subscription to messages in channels; they are no longer reported."""

    slug = "DIALPAD_DELETE_CHANNEL_SUBSCRIPTION_BY_ID"
    name = "Delete a channel message subscription"
    request = DELETE("/api/v2/subscriptions/channel/{id}")
    risk = Risk.DESTRUCTIVE
    sensitive = True

    id: SubscriptionField


class ListFaxSubscriptions(Action[Page[FaxSubscription]]):
    """List where faxes are reported."""

    slug = "DIALPAD_LIST_FAX_SUBSCRIPTIONS"
    name = "List fax subscriptions"
    request = GET("/api/v2/subscriptions/fax")
    risk = Risk.READ
    scopes = ("fax_message",)
    needs = "a fax line and the scope “fax_message”"
    sensitive = True

    target_type: HeardLineType = None
    target_id: HeardLine = None
    cursor: Cursor = None


class GetFaxSubscription(Action[FaxSubscription]):
    """Look a subscription to faxes up."""

    slug = "DIALPAD_RETRIEVE_FAX_SUBSCRIPTION_BY_ID"
    name = "Look up a fax subscription"
    request = GET("/api/v2/subscriptions/fax/{id}")
    risk = Risk.READ
    scopes = ("fax_message",)
    needs = "a fax line and the scope “fax_message”"
    sensitive = True

    id: SubscriptionField


class CreateFaxSubscription(Action[FaxSubscription]):
    """Have faxes reported to a webhook or websocket as they come and go."""

    slug = "DIALPAD_CREATE_FAX_SUBSCRIPTION"
    name = "Subscribe to faxes"
    request = POST("/api/v2/subscriptions/fax")
    risk = Risk.OUTWARD
    scopes = ("fax_message",)
    needs = "a fax line and the scope “fax_message”"
    sensitive = True

    direction: SmsDirection = Field(title="Direction", description="Received ones, sent ones, or both.")
    endpoint_id: EventsTo = None
    target_type: HeardFaxLineType = None
    target_id: HeardLine = None
    status: ProgressToo = None
    enabled: SubscriptionOn = None


class UpdateFaxSubscription(Action[FaxSubscription]):
    """Change which faxes are reported, and where to. Only what is filled in changes."""

    slug = "DIALPAD_UPDATE_FAX_SUBSCRIPTION_BY_ID"
    name = "Change a fax subscription"
    request = PATCH("/api/v2/subscriptions/fax/{id}")
    risk = Risk.OUTWARD
    scopes = ("fax_message",)
    needs = "a fax line and the scope “fax_message”"
    sensitive = True

    id: SubscriptionField
    direction: SmsDirection | None = Field(
        default=None, title="Direction", description="Received ones, sent ones, or both."
    )
    endpoint_id: EventsTo = None
    target_type: HeardFaxLineType = None
    target_id: HeardLine = None
    status: ProgressToo = None
    enabled: SubscriptionOn = None


class DeleteFaxSubscription(Action[FaxSubscription]):
    """Delete a subscription to faxes; they are no longer reported."""

    slug = "DIALPAD_DELETE_FAX_SUBSCRIPTION_BY_ID"
    name = "Delete a fax subscription"
    request = DELETE("/api/v2/subscriptions/fax/{id}")
    risk = Risk.DESTRUCTIVE
    scopes = ("fax_message",)
    needs = "a fax line and the scope “fax_message”"
    sensitive = True

    id: SubscriptionField
