"""/scorecards: how calls are graded, and the grades as a CSV that is prepared in the background."""

import csv
import io
import secrets
from typing import Annotated, Literal

from pydantic import Field

from bot.sandbox.dialpad.fields import Body, Id, Text, Whole
from bot.sandbox.dialpad.limits import PER_MINUTE_250
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.new_offices import Timezone
from bot.sandbox.dialpad.resources.stats import DOWNLOAD_PATH, PROCESSING_TIME, STATS
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

SCORECARD = "scorecard"
GRADE = "grade"
LINES = ("callcenter", "coachingteam", "office", "unknown")
Days = Annotated[Whole, Field(ge=0)]


class ExportScorecards(Body):
    scorecards_type: Literal[
        "scorecard_export_agent_leaderboard",
        "scorecard_export_calls",
        "scorecard_export_calls_questions",
        "scorecard_export_leaderboard",
        "scorecard_export_teamgroup_leaderboard",
    ]
    days_ago_end: Days | None = None
    days_ago_start: Days | None = None
    graded_days_ago_end: Days | None = None
    graded_days_ago_start: Days | None = None
    scorecard_grader_id: Id | None = None
    scorecard_ids: list[Id] | None = None
    send_to: Text | None = None
    target_id: Id | None = None
    target_type: Literal["callcenter", "coachingteam", "office", "unknown", "user"] | None = None
    timezone: Timezone | None = None


def render_scorecard(card: Json) -> Json:
    return {
        "id": card["id"],
        "name": card["name"],
        "state": card["state"],
        "category": card["category"],
        "has_ai_question": card["has_ai_question"],
        "date_created": card["created"].isoformat(),
        "date_modified": card["created"].isoformat(),
        "questions": [
            {"id": card["id"] + place, "text": text, "type": kind}
            for place, (text, kind) in enumerate(card["questions"], 1)
        ],
    }


def list_scorecards(ctx: RequestContext) -> Answer:
    state = ctx.query_choice("state", ("active", "archived", "draft"))
    kind, target_id = ctx.query_choice("target_type", LINES), ctx.query_whole("target_id")
    if (kind is None) != (target_id is None):
        raise bad_request("target_type and target_id must be given together")
    found = [
        one
        for one in ctx.state.documents.all(SCORECARD)
        if state in (None, one["state"]) and target_id in (None, one["target_id"])
    ]
    return ctx.page(found, render_scorecard, id_of=lambda one: one["id"])


def get_scorecard(ctx: RequestContext) -> Answer:
    return Answer(render_scorecard(ctx.document(SCORECARD)))


def start_export(ctx: RequestContext) -> Answer:
    ctx.require_admin()
    body = ctx.body(ExportScorecards)
    if (body.target_type is None) != (body.target_id is None):
        raise bad_request("target_type and target_id must be given together")
    for scorecard_id in body.scorecard_ids or []:
        ctx.state.documents.find(SCORECARD, scorecard_id)
    content = {
        "question": (ctx.caller.user_id, "scorecards"),
        "ready": ctx.state.now() + PROCESSING_TIME,
        "token": secrets.token_urlsafe(24),
        "csv": _csv(ctx, body),
    }
    document = ctx.state.documents.add(STATS, content)
    return Answer({"request_id": str(document["id"]), "status": "processing"})


def _csv(ctx: RequestContext, body: ExportScorecards) -> str:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(("call_id", "scorecard", "agent", "grader", "graded_at", "score"))
    for grade in ctx.state.documents.all(GRADE):
        wanted = body.scorecard_ids is None or grade["scorecard_id"] in body.scorecard_ids
        if wanted and body.scorecard_grader_id in (None, grade["grader_id"]):
            card = ctx.state.documents.find(SCORECARD, grade["scorecard_id"])
            people = [ctx.state.users[grade[name]].name for name in ("agent_id", "grader_id")]
            rows.writerow((grade["call_id"], card["name"], *people, grade["graded"].isoformat(), grade["score"]))
    return written.getvalue()


def get_export(ctx: RequestContext) -> Answer:
    """Return the result, only to the one who asked."""
    request = ctx.document(STATS)
    if request["question"] != (ctx.caller.user_id, "scorecards"):
        raise not_found("export")
    if ctx.state.now() < request["ready"]:
        return Answer({"status": "processing"})
    url = f"{ctx.base_url}{DOWNLOAD_PATH}/{request['token']}.csv"
    return Answer({"status": "complete", "file_type": "csv", "download_url": url})


ROUTES = (
    Route("GET", "/scorecards", list_scorecards),
    Route("GET", "/scorecards/{id}", get_scorecard),
    Route("POST", "/scorecards/export", start_export, limit=PER_MINUTE_250),
    Route("GET", "/scorecards/export/{id}", get_export),
)
