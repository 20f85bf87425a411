"""Links to one recording or voicemail."""

from typing import Literal

from pydantic import Field

from bot.dialpad.action import DELETE, GET, POST, PUT, Action, Id, Rate, Response, Risk
from bot.dialpad.actions.fields import DialpadTime, ShareLink

RecordingPrivacy = Literal["admin", "company", "owner", "public"]


class RecordingLink(Response):
    """A link, what it leads to and who may open it."""

    id: str | None = None
    access_link: str | None = None
    privacy: str | None = None
    type: str | None = None
    item_id: str | None = None
    call_id: Id | None = None
    created_by_id: Id | None = None
    date_added: DialpadTime | None = None


class CreateRecordingLink(Action[RecordingLink]):
    """Create a link to a recording or voicemail. Anyone who has a public link can listen."""

    slug = "DIALPAD_POST_RECORDING_SHARE_LINK"
    name = "Share a recording"
    request = POST("/api/v2/recordingsharelink")
    risk = Risk.OUTWARD
    rates = (Rate(100),)
    sensitive = True

    recording_id: str = Field(
        title="Recording", description="The recording's own id, as its call's details show it; not the call's id."
    )
    recording_type: Literal["admincallrecording", "callrecording", "voicemail"] = Field(
        title="Kind", description="As the call's details show it next to the recording's id."
    )
    privacy: RecordingPrivacy | None = Field(
        default=None, title="Who may open it", description="Only whose recording it is when left out."
    )


class GetRecordingLink(Action[RecordingLink]):
    """Look up a link to a recording and who may open it."""

    slug = "DIALPAD_GET_RECORDING_SHARE_LINK_BY_ID"
    name = "Look up a link to a recording"
    request = GET("/api/v2/recordingsharelink/{id}")
    risk = Risk.READ
    sensitive = True

    id: ShareLink


class UpdateRecordingLink(Action[RecordingLink]):
    """Change who can open a link to a recording. Public means anyone who has it."""

    slug = "DIALPAD_UPDATE_RECORDING_SHARE_LINK_PRIVACY"
    name = "Change who may open a recording"
    request = PUT("/api/v2/recordingsharelink/{id}")
    risk = Risk.OUTWARD
    rates = (Rate(100),)
    sensitive = True

    id: ShareLink
    privacy: RecordingPrivacy = Field(
        title="Who may open it", description="From its owner alone to anybody who has the link."
    )


class DeleteRecordingLink(Action[RecordingLink]):
    """Delete a link to a recording; it stops working for everybody who has it."""

    slug = "DIALPAD_DELETE_RECORDING_SHARE_LINK_BY_ID"
    name = "Delete a link to a recording"
    request = DELETE("/api/v2/recordingsharelink/{id}")
    risk = Risk.DESTRUCTIVE
    sensitive = True

    id: ShareLink
