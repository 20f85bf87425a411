"""What was said on a call."""

from pydantic import Field

from bot.dialpad.action import GET, Action, CallId, Id, Response, Risk
from bot.dialpad.actions.fields import DialpadTime


class TranscriptLine(Response):
    """One line. ``type`` is transcript for speech; for a moment ``content`` is only the moment's kind."""

    type: str | None = None
    name: str | None = None
    content: str | None = None
    time: DialpadTime | None = None
    user_id: Id | None = None
    contact_id: str | None = None


class Transcript(Response):
    """A call's transcript; without lines when there is none."""

    call_id: Id | None = None
    lines: tuple[TranscriptLine, ...] = ()


class TranscriptLink(Response):
    """Where Dialpad shows the transcript."""

    call_id: Id | None = None
    url: str | None = None


class GetTranscript(Action[Transcript]):
    """Read what was said on a call, once Dialpad Ai has transcribed it."""

    slug = "DIALPAD_FETCH_CALL_TRANSCRIPT_BY_ID"
    name = "Read a transcript"
    request = GET("/api/v2/transcripts/{call_id}")
    risk = Risk.READ
    sensitive = True

    call_id: CallId = Field(title="Call", description="Which call.")


class GetTranscriptLink(Action[TranscriptLink]):
    """Get the address of a call's review page in Dialpad."""

    slug = "DIALPAD_FETCH_TRANSCRIPT_URL_BY_CALL_ID"
    name = "Get a transcript's address"
    request = GET("/api/v2/transcripts/{call_id}/url")
    risk = Risk.READ
    sensitive = True

    call_id: CallId = Field(title="Call", description="Which call.")
