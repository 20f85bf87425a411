"""Workforce management: planned and actual hours of agents."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import GET, Action, Page, Response, Risk
from bot.dialpad.actions.fields import Cursor, EmailsInOneText, IsoTime, UserIdsInOneText

_NEEDS = "Dialpad Workforce Management"
From = Annotated[IsoTime, Field(title="From", description="Where the span begins.")]
To = Annotated[IsoTime, Field(title="To", description="Where it ends; that moment is no longer part of it.")]
OfAgents = Annotated[UserIdsInOneText, Field(title="Agents", description="Only these; all when left out.")]
OfEmails = Annotated[EmailsInOneText, Field(title="E-mail addresses", description="Agents by their addresses instead.")]


class StatusTime(Response):
    """Time in a status: ``percentage`` is a part of one."""

    seconds: int | None = None
    percentage: float | None = None


class WfmInterval(Response):
    """The span that figures are of."""

    start: str | None = None
    end: str | None = None


class WfmActivity(Response):
    """What an agent was scheduled for: a task or a break."""

    name: str | None = None
    type: str | None = None


class WfmAgent(Response):
    """Whom figures are about."""

    name: str | None = None
    email: str | None = None


class ActivityMetrics(Response):
    """Figures of one activity."""

    activity: WfmActivity | None = None
    interval: WfmInterval | None = None
    scheduled_hours: float | None = None
    adherence_score: float | None = None
    time_in_adherence: StatusTime | None = None
    time_out_of_adherence: StatusTime | None = None
    conversations_closed: int | None = None


class AgentMetrics(Response):
    """Figures of one agent."""

    agent: WfmAgent | None = None
    interval: WfmInterval | None = None
    scheduled_hours: float | None = None
    adherence_score: float | None = None
    occupancy: float | None = None
    total_conversations_closed: int | None = None


class ListActivityMetrics(Action[Page[ActivityMetrics]]):
    """See how closely agents kept to their schedule, activity by activity."""

    slug = "DIALPAD_LIST_WFM_ACTIVITY_METRICS"
    name = "See agents' activities"
    request = GET("/api/v2/wfm/metrics/activity")
    risk = Risk.READ
    needs = _NEEDS
    sensitive = True

    start: From
    end: To
    ids: OfAgents = None
    emails: OfEmails = None
    cursor: Cursor = None


class ListAgentMetrics(Action[Page[AgentMetrics]]):
    """See agents' figures: adherence to the schedule, occupancy, conversations closed."""

    slug = "DIALPAD_LIST_WFM_AGENT_METRICS"
    name = "See agents' figures"
    request = GET("/api/v2/wfm/metrics/agent")
    risk = Risk.READ
    needs = _NEEDS
    sensitive = True

    start: From
    end: To
    ids: OfAgents = None
    emails: OfEmails = None
    cursor: Cursor = None
