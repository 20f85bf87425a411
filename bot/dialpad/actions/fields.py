"""Field types that several actions share: Dialpad's fixed words, and what forms need to know of a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from bot.dialpad.action import Entity, Id, Names, PhoneNumber, UserId, read_id
from bot.dialpad.actions import words


@dataclass(frozen=True)
class KindIn:
    """Marks an id whose kind stands in another field of the same model: ``group_id`` beside ``group_type``."""

    field: str


@dataclass(frozen=True)
class OnlyWith:
    """Marks a field that goes with one value of another field of the same model, and says whether that value needs
    it."""

    field: str
    word: str
    needed: bool = False


class Look(Enum):
    """How a value is best entered; forms read it."""

    EPOCH_MS = "date and time, kept as milliseconds since 1970"
    EPOCH_S = "date and time, kept as seconds since 1970"
    ISO = "date and time, kept as ISO 8601 in UTC"
    COMMAS = "several, sent as one text with commas between"
    OPEN = "words that Dialpad may have added to: one that is there already stays"
    LONG_TEXT = "several lines"
    BASE64 = "a file, base64"
    OUTCOMES = "call outcomes, one per line"
    HIDDEN = "never shown again: not in a preview, an audit row, a favorite or a log"


GroupType = Literal["callcenter", "department", "office"]
TargetType = Literal[
    "callcenter",
    "callrouter",
    "channel",
    "coachinggroup",
    "coachingteam",
    "department",
    "office",
    "room",
    "staffgroup",
    "unknown",
    "user",
]
OperatorType = Literal["room", "user"]
License = Literal[
    "admins", "agents", "dpde_all", "dpde_one", "lite_lines", "lite_support_agents", "magenta_lines", "talk", "user"
]

ENTITY_OF_TYPE: Final[Mapping[str, Entity]] = {
    "callcenter": Entity.CALL_CENTER,
    "callrouter": Entity.CALL_ROUTER,
    "channel": Entity.CHANNEL,
    "coachingteam": Entity.COACHING_TEAM,
    "contact": Entity.CONTACT,
    "department": Entity.DEPARTMENT,
    "office": Entity.OFFICE,
    "room": Entity.ROOM,
    "user": Entity.USER,
}
"""What the id beside a type names. Types without an entry have no list to choose from."""

WORDS: Final[Mapping[str, str]] = {
    "callcenter": "call center",
    "callrouter": "call router",
    "coachinggroup": "coaching group",
    "coachingteam": "coaching team",
    "contactgroup": "contact group",
    "staffgroup": "staff group",
    "user": "person",
    "admins": "admin seat",
    "agents": "contact center agent",
    "dpde_all": "Dialpad for everyone, all",
    "dpde_one": "Dialpad for everyone, one",
    "lite_lines": "lite line",
    "lite_support_agents": "lite support agent",
    "magenta_lines": "Magenta line",
    "opted_back_in": "opted back in",
    "opted_out": "opted out",
    "bridge_target": "forward to another line",
    "company_directory": "company directory",
    "directory": "directory by name",
    "disabled": "do nothing",
    "add_target": "also use it for",
    "remove_target": "no longer use it for",
    "extension": "dial an extension",
    "menu": "play the menu",
    "message": "play a message",
    "person": "one person",
    "scripted_ivr": "scripted IVR",
    "ai_agent": "Dialpad Ai agent",
    "call_service_target": "calling service",
    "google_dialogflow": "Google Dialogflow",
    "last_name_company_directory": "company directory by last name",
    "last_name_directory": "directory by last name",
    "fixedorder": "in a fixed order",
    "longestidle": "longest idle first",
    "mostskilled": "most skilled first",
    "random": "in random order",
    "roundrobin": "in turn",
    "simultaneous": "all at once",
    "preanswer": "ringing",
    "private": "members only",
    "CUSTOM_UNIQUE_MEETING": "a room of its own, with a chosen address",
    "LARGE_MEETING": "a large meeting",
    "PERSONAL": "the organizer's own room",
    "UNIQUE_MEETING": "a room of its own",
    "scorecard_export_agent_leaderboard": "agents, best first",
    "scorecard_export_calls": "graded calls",
    "scorecard_export_calls_questions": "graded calls, question by question",
    "scorecard_export_leaderboard": "everybody, best first",
    "scorecard_export_teamgroup_leaderboard": "teams, best first",
    "authorization_code": "code from the callback",
    "refresh_token": "refresh token",
    **words.PERMISSIONS,
    **words.REPORTS,
    **words.CALL_STATES,
    **words.IVRS,
}
"""Words that people read for Dialpad's values; a value without an entry is shown as it is."""

GroupId = Annotated[Id, KindIn("group_type")]
TargetId = Annotated[Id, KindIn("target_type")]
OperatorId = Annotated[Id, KindIn("operator_type")]
RoomId = Annotated[Id, Names(Entity.ROOM)]
DeviceId = Annotated[str, Names(Entity.DEVICE)]
DeskPhoneId = Annotated[str, Names(Entity.DESK_PHONE)]
TextUserId = Annotated[str, BeforeValidator(read_id), Names(Entity.USER)]
"""A user id where Dialpad wants a string."""
ChannelId = Annotated[Id, Names(Entity.CHANNEL)]
CoachingTeamId = Annotated[Id, Names(Entity.COACHING_TEAM)]
CallRouterId = Annotated[Id, Names(Entity.CALL_ROUTER)]
IvrId = Annotated[Id, Names(Entity.IVR)]
PolicyId = Annotated[Id, Names(Entity.POLICY)]
WebhookId = Annotated[Id, Names(Entity.WEBHOOK)]
WebsocketId = Annotated[Id, Names(Entity.WEBSOCKET)]
EndpointId = Annotated[Id, Names(Entity.WEBHOOK), Names(Entity.WEBSOCKET)]
"""Id of a webhook or a websocket that events go to; both share one kind of id."""
SubscriptionId = Annotated[Id, Names(Entity.SUBSCRIPTION)]
ReportId = Annotated[Id, Names(Entity.REPORT)]
ShareLinkId = Annotated[str, Names(Entity.SHARE_LINK)]
ShareLink = Annotated[
    ShareLinkId, Field(title="Link", description="The link's id, as it was answered when it was made.")
]
StatId = Annotated[str, Names(Entity.STAT)]
DispositionId = Annotated[Id, Names(Entity.DISPOSITION)]
BulkTextId = Annotated[str, Names(Entity.BULK_TEXT)]
ScheduledTextId = Annotated[str, Names(Entity.SCHEDULED_TEXT)]
MeetingId = Annotated[Id, Names(Entity.MEETING)]
ScorecardId = Annotated[Id, Names(Entity.SCORECARD)]
ScorecardExportId = Annotated[str, Names(Entity.SCORECARD_EXPORT)]
AgentGroupId = Annotated[str, Names(Entity.AGENT_GROUP)]


def _split(value: Any) -> Any:
    return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value


_InOneText = (BeforeValidator(_split), PlainSerializer(",".join, return_type=str, when_used="unless-none"), Look.COMMAS)
UserIdsInOneText = Annotated[list[UserId] | None, *_InOneText]
"""People whose ids Dialpad wants as one text with commas between."""
EmailsInOneText = Annotated[list[str] | None, *_InOneText]

KEPT_WORDS: Final = "kept words"
"""In a validation context: words that stand at Dialpad now, and stay there though its document does not know them."""


def _keep(value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    try:
        return read(value)
    except ValidationError:
        if isinstance(value, str) and value in (info.context or {}).get(KEPT_WORDS, ()):
            return value
        raise


OPEN: Final = (Look.OPEN, WrapValidator(_keep), PlainSerializer(str, return_type=str))
"""Marks fixed words of an object that is edited, so that a form does not lose one that is new at Dialpad."""

Cursor = Annotated[str | None, Field(title="Next page", description="Where the previous page of the list ended.")]
EpochMs = Annotated[int, Look.EPOCH_MS]
EpochSeconds = Annotated[int, Look.EPOCH_S]
IsoTime = Annotated[str, Look.ISO]
LongText = Annotated[str, Look.LONG_TEXT]
Secret = Annotated[
    SecretStr,
    PlainSerializer(SecretStr.get_secret_value, return_type=str, when_used="json"),
    Look.HIDDEN,
]
"""A secret: sent to Dialpad as it is, hidden in ``repr`` and ``model_dump()``: only the request (mode ``json``) has
it."""
CallerId = Annotated[str, Names(Entity.NUMBER)]
"""A number in E.164, or the word ``blocked`` to hide it."""
PhoneNumbers = list[PhoneNumber]


def _as_utc(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


DialpadTime = Annotated[datetime, AfterValidator(_as_utc)]
"""A moment in an answer: Dialpad writes ISO 8601 with or without a zone (then UTC), or epoch seconds or ms."""
