"""Statistics: requested, computed by Dialpad in the background, fetched as a file."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import GET, POST, Action, OfficeId, Rate, Response, Risk
from bot.dialpad.actions.fields import StatId, TargetId

StatTarget = Literal[
    "callcenter", "coachinggroup", "coachingteam", "department", "office", "room", "staffgroup", "unknown", "user"
]


class StatsStarted(Response):
    """The answer to a request for statistics. The result is fetched by ``request_id``; the same question within a
    while has the same id."""

    request_id: str | None = None
    already_started: bool | None = None


class StatsResult(Response):
    """Statistics, or how far they are. ``status`` is processing, complete or failed. ``download_url`` is signed:
    fetch it without a bearer token."""

    status: str | None = None
    file_type: str | None = None
    download_url: str | None = None


class StartStats(Action[StatsStarted]):
    """Have statistics calculated for the company, an office or one line. The result follows a little later."""

    slug = "DIALPAD_RETRIEVE_COACHING_STATS_V2"
    name = "Get statistics"
    request = POST("/api/v2/stats")
    risk = Risk.READ
    rates = (Rate(200, 3600.0),)
    sensitive = True
    repeatable = True

    stat_type: Literal[
        "calls", "csat", "dispositions", "onduty", "recordings", "screenshare", "texts", "voicemails"
    ] = Field(title="About", description="What to count. Satisfaction and dispositions need a line.")
    export_type: Literal["records", "stats"] = Field(
        title="As", description="Totals, or one row each. Satisfaction and dispositions come as rows only."
    )
    target_type: StatTarget | None = Field(
        default=None, title="Kind of line", description="Statistics of one line: what kind of line."
    )
    target_id: TargetId | None = Field(default=None, title="Line", description="Which line; with its kind.")
    office_id: OfficeId | None = Field(
        default=None, title="Office", description="Statistics of one office; a line goes before it."
    )
    is_today: bool | None = Field(
        default=None, title="Today", description="Only today; the days below then do not count."
    )
    days_ago_start: int | None = Field(
        default=None,
        title="Newest day",
        description="How many days ago the newest one is; yesterday when left out.",
    )
    days_ago_end: int | None = Field(
        default=None, title="Oldest day", description="How many days ago the oldest one is; 30 when left out."
    )
    group_by: Literal["date", "group", "user"] | None = Field(
        default=None,
        title="Totals per",
        description="For calls only: person and day when left out, day, or department and call center.",
    )
    timezone: str | None = Field(
        default=None, title="Time zone", description="Where days begin, such as America/Los_Angeles; UTC when left out."
    )
    coaching_team: bool | None = Field(
        default=None, title="Trainees of the team", description="For a coaching team: count its trainees."
    )
    coaching_group: bool | None = Field(
        default=None, title="Trainees of the group", description="For a coaching group: count its trainees."
    )


class GetStats(Action[StatsResult]):
    """See whether statistics are ready, and get the file."""

    slug = "DIALPAD_RETRIEVE_STAT_BY_ID"
    name = "Fetch statistics that were started"
    request = GET("/api/v2/stats/{id}")
    risk = Risk.READ
    sensitive = True

    id: Annotated[StatId, Field(title="Request", description="What was answered when the statistics were started.")]
