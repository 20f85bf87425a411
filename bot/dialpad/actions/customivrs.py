"""Recorded announcements: greetings, menus, music and the words of the queue."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, Id, InBody, Page, Response, Risk
from bot.dialpad.actions.fields import Cursor, IvrId, Look, TargetId, TargetType

# fmt: off
IvrType = Literal[
    "ASK_FIRST_OPERATOR_NOT_AVAILABLE", "AUTO_RECORDING", "CALLAI_AUTO_RECORDING", "CG_AUTO_RECORDING", "CLOSED",
    "CLOSED_DEPARTMENT_INTRO", "CLOSED_MENU", "CLOSED_MENU_OPTION", "CSAT_INTRO", "CSAT_OUTRO", "CSAT_PREAMBLE",
    "CSAT_QUESTION", "DEPARTMENT_INTRO", "GREETING", "HOLD_AGENT_READY", "HOLD_APPREC", "HOLD_CALLBACK_ACCEPT",
    "HOLD_CALLBACK_ACCEPTED", "HOLD_CALLBACK_CONFIRM", "HOLD_CALLBACK_CONFIRM_NUMBER",
    "HOLD_CALLBACK_DIFFERENT_NUMBER", "HOLD_CALLBACK_DIRECT", "HOLD_CALLBACK_FULFILLED",
    "HOLD_CALLBACK_INVALID_NUMBER", "HOLD_CALLBACK_KEYPAD", "HOLD_CALLBACK_REJECT", "HOLD_CALLBACK_REJECTED",
    "HOLD_CALLBACK_REQUEST", "HOLD_CALLBACK_REQUESTED", "HOLD_CALLBACK_SAME_NUMBER", "HOLD_CALLBACK_TRY_AGAIN",
    "HOLD_CALLBACK_UNDIALABLE", "HOLD_ESCAPE_VM_EIGHT", "HOLD_ESCAPE_VM_FIVE", "HOLD_ESCAPE_VM_FOUR",
    "HOLD_ESCAPE_VM_NINE", "HOLD_ESCAPE_VM_ONE", "HOLD_ESCAPE_VM_POUND", "HOLD_ESCAPE_VM_SEVEN",
    "HOLD_ESCAPE_VM_SIX", "HOLD_ESCAPE_VM_STAR", "HOLD_ESCAPE_VM_TEN", "HOLD_ESCAPE_VM_THREE",
    "HOLD_ESCAPE_VM_TWO", "HOLD_ESCAPE_VM_ZERO", "HOLD_INTERRUPT", "HOLD_INTRO", "HOLD_MUSIC",
    "HOLD_POSITION_EIGHT", "HOLD_POSITION_FIVE", "HOLD_POSITION_FOUR", "HOLD_POSITION_MORE",
    "HOLD_POSITION_NINE", "HOLD_POSITION_ONE", "HOLD_POSITION_SEVEN", "HOLD_POSITION_SIX", "HOLD_POSITION_TEN",
    "HOLD_POSITION_THREE", "HOLD_POSITION_TWO", "HOLD_POSITION_ZERO", "HOLD_WAIT", "MENU", "MENU_OPTION",
    "NEXT_TARGET", "VM_DROP_MESSAGE", "VM_UNAVAILABLE", "VM_UNAVAILABLE_CLOSED",
]
# fmt: on

Occasion = Annotated[IvrType, Field(title="Played when", description="The occasion it is played on.")]
IvrLineType = Annotated[TargetType, Field(title="Kind of line", description="What kind of line plays it.")]
IvrLine = Annotated[TargetId, Field(title="Line", description="Which line; with its kind.")]
Direction = Annotated[
    Literal["inbound", "outbound"] | None,
    Field(
        title="Incoming or outgoing",
        description="Only for a call center's automatic recording: for which calls; both when left out.",
    ),
]


class Announcement(Response):
    """A recorded or spoken announcement. ``date_added`` in epoch ms; ``text`` when there is no recording."""

    id: Id | None = None
    name: str | None = None
    description: str | None = None
    selected: bool | None = None
    text: str | None = None
    date_added: int | None = None


class Announcements(Response):
    """What a line has for one occasion; ``selected`` is the one that callers hear."""

    ivr_type: str | None = None
    ivrs: tuple[Announcement, ...] = ()


class ListIvrs(Action[Page[Announcements]]):
    """List a line's recorded announcements and which of them callers hear."""

    slug = "DIALPAD_FETCH_CUSTOM_IVRS"
    name = "List a line's announcements"
    request = GET("/api/v2/customivrs")
    risk = Risk.READ

    target_type: IvrLineType
    target_id: IvrLine
    cursor: Cursor = None


class CreateIvr(Action[Announcement]):
    """Upload a recorded announcement for a line and an occasion."""

    slug = "DIALPAD_CREATE_CUSTOM_IVR_WITH_AUDIO_FILE"
    name = "Upload an announcement"
    request = POST("/api/v2/customivrs")
    risk = Risk.CHANGE

    target_type: Literal["callcenter", "coachingteam", "department", "office", "user"] = Field(
        title="Kind of line", description="What kind of line plays it."
    )
    target_id: IvrLine
    ivr_type: Occasion
    file: Annotated[str, Look.BASE64] = Field(title="Recording", description="An MP3 file.")
    ivr_name: str | None = Field(
        default=None, alias="name", title="Name", description="One line, at most 100 characters."
    )
    description: str | None = Field(default=None, title="Description", description="One line, at most 256 characters.")


class RenameIvr(Action[Announcement]):
    """Change the name or the description of a recorded announcement. The recording stays."""

    slug = "DIALPAD_UPDATE_IVR_DETAILS_BY_ID"
    name = "Rename an announcement"
    request = PATCH("/api/v2/customivrs/{ivr_id}")
    risk = Risk.CHANGE
    repeatable = True

    ivr_id: IvrId = Field(title="Announcement", description="Which announcement.")
    ivr_name: str | None = Field(default=None, alias="name", title="Name", description="One line.")
    description: str | None = Field(default=None, title="Description", description="One line.")


class ChooseIvr(Action[Announcements]):
    """Choose which of a line's announcements callers hear on an occasion."""

    slug = "DIALPAD_MODIFY_CUSTOM_IVR_SETTINGS"
    name = "Choose an announcement"
    request = PATCH("/api/v2/customivrs/{target_type}/{target_id}/{ivr_type}")
    risk = Risk.CHANGE
    repeatable = True

    target_type: IvrLineType
    target_id: IvrLine
    ivr_type: Occasion
    ivr_id: IvrId = Field(title="Announcement", description="The one to play from now on.")
    select_option: Direction = None


class DeleteIvr(Action[Announcement]):
    """Permanently delete a recorded announcement from a line; callers no longer hear it."""

    slug = "DIALPAD_DELETE_CUSTOM_IVR_BY_TARGET_TYPE_AND_IVRTYPE"
    name = "Delete an announcement"
    request = DELETE("/api/v2/customivrs/{target_type}/{target_id}/{ivr_type}")
    risk = Risk.DESTRUCTIVE

    target_type: IvrLineType
    target_id: IvrLine
    ivr_type: Occasion
    ivr_id: Annotated[IvrId, InBody] = Field(title="Announcement", description="The one to delete.")
    select_option: Annotated[Direction, InBody] = None
