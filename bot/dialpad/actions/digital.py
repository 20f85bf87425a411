"""Digital sessions: conversations with customers over chat, e-mail and other channels beside the phone."""

from typing import Annotated, Any

from pydantic import Field

from bot.dialpad.action import GET, Action, Page, Rate, Response, Risk
from bot.dialpad.actions.fields import Cursor, GroupType, IsoTime, TargetId


class SessionParty(Response):
    """Somebody or something in a session: the customer, the agent, the line, the office."""

    id: str | None = None
    name: str | None = None
    display_name: str | None = None
    email: str | None = None
    phone: str | None = None
    type: str | None = None


class DigitalSession(Response):
    """One session. ``duration`` in ms; ``queue_time`` and ``wrap_up_time`` are text at Dialpad."""

    session_id: str | None = None
    customer_session_id: str | None = None
    session_channel: str | None = None
    direction: str | None = None
    customer: SessionParty | None = None
    user: SessionParty | None = None
    target: SessionParty | None = None
    created_at: str | None = None
    ended_at: str | None = None
    duration: float | None = None
    cause: str | None = None
    disposition: tuple[Any, ...] | None = None


class ListDigitalSessions(Action[Page[DigitalSession]]):
    """List conversations over chat and other digital channels that began or ended in a span of less than seven days."""

    slug = "DIALPAD_LIST_DIGITAL_SESSIONS"
    name = "List digital sessions"
    request = GET("/api/v2/digital/sessionsdata")
    risk = Risk.READ
    rates = (Rate(100),)
    scopes = ("digital_sessions",)
    needs = "Dialpad's digital channels and the scope “digital_sessions”"
    sensitive = True

    start_date: Annotated[IsoTime, Field(title="From", description="Where the span begins.")]
    end_date: Annotated[IsoTime, Field(title="To", description="Where it ends, less than seven days later.")]
    target_type: GroupType | None = Field(
        default=None, title="Kind of line", description="Sessions of one line: what kind of line."
    )
    target_id: TargetId | None = Field(default=None, title="Line", description="Which line; with its kind.")
    cursor: Cursor = None
