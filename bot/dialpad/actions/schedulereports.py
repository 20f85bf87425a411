"""Reports that Dialpad sends by itself, by day, week or month."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, Id, Page, Response, Risk
from bot.dialpad.actions.endpoints import Webhook, Websocket
from bot.dialpad.actions.fields import Cursor, EndpointId, ReportId, TargetId, TargetType

ReportField = Annotated[ReportId, Field(title="Report", description="Which scheduled report.")]
ReportName = Annotated[str, Field(alias="name", title="Name", description="One line.")]
ReportKind = Annotated[
    Literal["call_logs", "daily_statistics", "recordings", "user_statistics", "voicemails"],
    Field(title="Contents", description="What the report is about."),
]
Frequency = Annotated[Literal["daily", "monthly", "weekly"], Field(title="How often", description="When it goes out.")]
Day = Annotated[
    int,
    Field(title="Day", description="Daily: 0. Weekly: 0 to 6, the day of the week. Monthly: 0 to 30, of the month."),
]
Hour = Annotated[int, Field(title="Hour", description="0 to 23, in the report's time zone; 10 is 10:00.")]
ReportTo = Annotated[EndpointId, Field(title="Send to", description="The webhook or websocket that gets it.")]
ReportOn = Annotated[bool | None, Field(title="On", description="Off: the report stays but is not sent.")]
Zone = Annotated[str | None, Field(title="Time zone", description="Such as America/Los_Angeles.")]
ReportedLineType = Annotated[
    TargetType | None, Field(title="Kind of line", description="To report on one line: what kind of line.")
]
ReportedLine = Annotated[TargetId | None, Field(title="Line", description="Which line; with its kind.")]
Trainees = Annotated[
    bool | None,
    Field(title="Trainees only", description="For a coaching group: its trainees; no by default."),
]


class Report(Response):
    """A scheduled report. ``at`` is the hour, ``on_day`` counts from 0."""

    id: Id | None = None
    name: str | None = None
    report_type: str | None = None
    frequency: str | None = None
    on_day: int | None = None
    at: int | None = None
    timezone: str | None = None
    enabled: bool | None = None
    target_type: str | None = None
    target_id: Id | None = None
    coaching_group: bool | None = None
    webhook: Webhook | None = None
    websocket: Websocket | None = None


class ListReports(Action[Page[Report]]):
    """List the reports that are sent automatically."""

    slug = "DIALPAD_FETCH_SCHEDULED_REPORTS"
    name = "List scheduled reports"
    request = GET("/api/v2/schedulereports")
    risk = Risk.READ
    sensitive = True

    cursor: Cursor = None


class GetReport(Action[Report]):
    """Look a scheduled report up: what, when and where to."""

    slug = "DIALPAD_RETRIEVE_SCHEDULE_REPORT_BY_ID"
    name = "Look up a scheduled report"
    request = GET("/api/v2/schedulereports/{id}")
    risk = Risk.READ
    sensitive = True

    id: ReportField


class CreateReport(Action[Report]):
    """Have a report sent automatically to a webhook or websocket."""

    slug = "DIALPAD_CREATE_SCHEDULE_REPORTS_ENDPOINT"
    name = "Schedule a report"
    request = POST("/api/v2/schedulereports")
    risk = Risk.OUTWARD
    sensitive = True

    report_name: ReportName
    report_type: ReportKind
    frequency: Frequency
    on_day: Day
    at: Hour
    endpoint_id: ReportTo
    timezone: Zone = None
    target_type: ReportedLineType = None
    target_id: ReportedLine = None
    coaching_group: Trainees = None
    enabled: ReportOn = None


class UpdateReport(Action[Report]):
    """Change a scheduled report: what it covers, when it is sent, and where."""

    slug = "DIALPAD_UPDATE_SCHEDULE_REPORT_SETTINGS"
    name = "Change a scheduled report"
    request = PATCH("/api/v2/schedulereports/{id}")
    risk = Risk.OUTWARD
    sensitive = True

    id: ReportField
    report_name: ReportName
    report_type: ReportKind
    frequency: Frequency
    on_day: Day
    at: Hour
    endpoint_id: ReportTo
    timezone: Zone = None
    target_type: ReportedLineType = None
    target_id: ReportedLine = None
    coaching_group: Trainees = None
    enabled: ReportOn = None


class DeleteReport(Action[Report]):
    """Delete a scheduled report; it is no longer sent."""

    slug = "DIALPAD_DELETE_SCHEDULE_REPORT_BY_ID"
    name = "Delete a scheduled report"
    request = DELETE("/api/v2/schedulereports/{id}")
    risk = Risk.DESTRUCTIVE
    sensitive = True

    id: ReportField
