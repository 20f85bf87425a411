"""/schedulereports: reports that Dialpad sends to a webhook or websocket every day, week or month."""

from typing import Annotated, Literal

from pydantic import Field

from bot.sandbox.dialpad.fields import Body, Flag, Id, Line, Whole
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.new_offices import Timezone
from bot.sandbox.dialpad.resources.subscriptions import TargetType, render_subscription
from bot.sandbox.dialpad.resources.webhooks import WEBHOOK, WEBSOCKET
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

REPORT = "schedule report"
LAST_DAY = {"daily": 0, "weekly": 6, "monthly": 30}
"""The last day of each frequency: ``on_day`` counts from 0, which is all that a daily report can have."""


class Report(Body):
    """The body that creates or updates a report: an update replaces everything. ``at`` is an hour, 0 to 23."""

    name: Annotated[Line, Field(min_length=1)]
    at: Annotated[Whole, Field(ge=0, le=23)]
    endpoint_id: Id
    frequency: Literal["daily", "monthly", "weekly"]
    on_day: Annotated[Whole, Field(ge=0)]
    report_type: Literal["call_logs", "daily_statistics", "recordings", "user_statistics", "voicemails"]
    coaching_group: Flag | None = None
    enabled: Flag | None = None
    target_id: Id | None = None
    target_type: TargetType | None = None
    timezone: Timezone | None = None


def read_report(ctx: RequestContext) -> Json:
    body = ctx.body(Report)
    documents = ctx.state.documents
    if body.on_day > LAST_DAY[body.frequency]:
        raise bad_request(f"on_day: must be 0 to {LAST_DAY[body.frequency]} for a {body.frequency} report")
    if not (documents.has(WEBHOOK, body.endpoint_id) or documents.has(WEBSOCKET, body.endpoint_id)):
        raise not_found("endpoint")
    if (body.target_id is None) != (body.target_type is None):
        raise bad_request("target_type and target_id must be given together")
    if body.target_id is not None and body.target_type is not None:
        ctx.require_exists(body.target_type, body.target_id)
    return {
        **body.model_dump(),
        "enabled": body.enabled is not False,
        "coaching_group": body.coaching_group or False,
        "timezone": body.timezone or "UTC",
    }


def list_reports(ctx: RequestContext) -> Answer:
    reports = ctx.state.documents.all(REPORT)
    return ctx.page(reports, lambda one: render_subscription(ctx, one), id_of=lambda one: one["id"])


def create_report(ctx: RequestContext) -> Answer:
    return Answer(render_subscription(ctx, ctx.state.documents.add(REPORT, read_report(ctx))))


def get_report(ctx: RequestContext) -> Answer:
    return Answer(render_subscription(ctx, ctx.state.documents.find(REPORT, ctx.path_id())))


def update_report(ctx: RequestContext) -> Answer:
    report = ctx.state.documents.find(REPORT, ctx.path_id())
    report.update(read_report(ctx))
    return Answer(render_subscription(ctx, report))


def delete_report(ctx: RequestContext) -> Answer:
    return Answer(render_subscription(ctx, ctx.state.documents.remove(REPORT, ctx.path_id())))


ROUTES = (
    Route("GET", "/schedulereports", list_reports),
    Route("POST", "/schedulereports", create_report),
    Route("GET", "/schedulereports/{id}", get_report),
    Route("PATCH", "/schedulereports/{id}", update_report),
    Route("DELETE", "/schedulereports/{id}", delete_report),
)
