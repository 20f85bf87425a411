"""Ai scorecards: how calls are graded, and the grades as a file."""

from typing import Annotated, Any, Literal

from pydantic import Field

from bot.dialpad.action import GET, POST, Action, Id, Page, Rate, Response, Risk, UserId
from bot.dialpad.actions.fields import Cursor, DialpadTime, ScorecardExportId, ScorecardId, TargetId

_NEEDS = "Dialpad Ai scorecards"


class ScorecardQuestion(Response):
    """One question of a scorecard; ``options`` are its possible answers."""

    id: Id | None = None
    text: str | None = None
    type: str | None = None
    options: dict[str, Any] | None = None


class Scorecard(Response):
    """A scorecard: the questions by which calls are graded."""

    id: Id | None = None
    name: str | None = None
    state: str | None = None
    category: tuple[str, ...] | None = None
    has_ai_question: bool | None = None
    questions: tuple[ScorecardQuestion, ...] = ()
    date_created: DialpadTime | None = None
    date_modified: DialpadTime | None = None


class ExportStarted(Response):
    """The answer to a request for an export. The result is fetched by ``request_id``."""

    request_id: str | None = None
    status: str | None = None


class ScorecardExport(Response):
    """An export, or how far it is. ``status`` is processing, complete or failed, ``reason`` says why."""

    status: str | None = None
    reason: str | None = None
    file_type: str | None = None
    download_url: str | None = None


class ListScorecards(Action[Page[Scorecard]]):
    """List the scorecards, all of them or one line's."""

    slug = "DIALPAD_LIST_SCORECARDS"
    name = "List scorecards"
    request = GET("/api/v2/scorecards")
    risk = Risk.READ
    needs = _NEEDS

    state: Literal["active", "archived", "draft"] | None = Field(
        default=None, title="State", description="Only scorecards in this state."
    )
    target_type: Literal["callcenter", "coachingteam", "office", "unknown"] | None = Field(
        default=None, title="Kind of line", description="Scorecards of one line: what kind of line."
    )
    target_id: TargetId | None = Field(default=None, title="Line", description="Which line; with its kind.")
    cursor: Cursor = None


class GetScorecard(Action[Scorecard]):
    """Look a scorecard up, with its questions."""

    slug = "DIALPAD_RETRIEVE_SCORECARD_BY_ID"
    name = "Look up a scorecard"
    request = GET("/api/v2/scorecards/{id}")
    risk = Risk.READ
    needs = _NEEDS

    id: Annotated[ScorecardId, Field(title="Scorecard", description="Which scorecard.")]


class StartScorecardExport(Action[ExportStarted]):
    """Have grades calculated for the company or one line. The file follows a little later, also by e-mail if asked."""

    slug = "DIALPAD_START_SCORECARD_EXPORT"
    name = "Export scorecards"
    request = POST("/api/v2/scorecards/export")
    risk = Risk.OUTWARD
    rates = (Rate(250),)
    needs = _NEEDS
    sensitive = True

    scorecards_type: Literal[
        "scorecard_export_agent_leaderboard",
        "scorecard_export_calls",
        "scorecard_export_calls_questions",
        "scorecard_export_leaderboard",
        "scorecard_export_teamgroup_leaderboard",
    ] = Field(title="About", description="Calls, their questions, or who does best.")
    target_type: Literal["callcenter", "coachingteam", "office", "unknown", "user"] | None = Field(
        default=None, title="Kind of line", description="Grades of one line: what kind of line."
    )
    target_id: TargetId | None = Field(default=None, title="Line", description="Which line; with its kind.")
    scorecard_ids: list[ScorecardId] | None = Field(
        default=None, title="Scorecards", description="Only these; all when left out."
    )
    scorecard_grader_id: UserId | None = Field(
        default=None, title="Graded by", description="Only this person's grades."
    )
    days_ago_start: int | None = Field(
        default=None, title="Newest day", description="How many days ago the newest call is; yesterday when left out."
    )
    days_ago_end: int | None = Field(
        default=None, title="Oldest day", description="How many days ago the oldest call is; 30 when left out."
    )
    graded_days_ago_start: int | None = Field(
        default=None, title="Newest grade", description="How many days ago the newest grade was given."
    )
    graded_days_ago_end: int | None = Field(
        default=None, title="Oldest grade", description="How many days ago the oldest grade was given."
    )
    timezone: str | None = Field(
        default=None, title="Time zone", description="Where days begin, such as America/Los_Angeles; UTC when left out."
    )
    send_to: str | None = Field(default=None, title="E-mail to", description="Also send the file to this address.")


class GetScorecardExport(Action[ScorecardExport]):
    """See whether an export of grades is ready, and get the file."""

    slug = "DIALPAD_RETRIEVE_SCORECARD_EXPORT_BY_ID"
    name = "Fetch a scorecard export that was started"
    request = GET("/api/v2/scorecards/export/{id}")
    risk = Risk.READ
    needs = _NEEDS
    sensitive = True

    id: Annotated[
        ScorecardExportId, Field(title="Request", description="What was answered when the export was started.")
    ]
