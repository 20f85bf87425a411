"""/stats: ask for statistics, wait, and fetch a CSV from an address that needs no token."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.sandbox.dialpad.access import require_may_act_for
from bot.sandbox.dialpad.exports import Job, build_csv
from bot.sandbox.dialpad.fields import Body, Flag, Id, Whole
from bot.sandbox.dialpad.limits import PER_HOUR_200
from bot.sandbox.dialpad.model import Json, Target
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.coachingteams import TEAM
from bot.sandbox.dialpad.resources.new_offices import Timezone
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.wire import Answer

STATS = "stats request"
PROCESSING_TIME = timedelta(seconds=3)
LINK_LIFETIME = timedelta(minutes=30)
DOWNLOAD_PATH = "/api/v2/exports"


class ProcessStats(Body):
    """The body of a request for statistics. ``days_ago_start`` is the recent end and ``days_ago_end`` the older one;
    ``is_today`` takes precedence over both."""

    export_type: Literal["records", "stats"]
    stat_type: Literal["calls", "csat", "dispositions", "onduty", "recordings", "screenshare", "texts", "voicemails"]
    coaching_group: Flag | None = None
    coaching_team: Flag | None = None
    days_ago_end: Annotated[Whole, Field(ge=0)] | None = None
    days_ago_start: Annotated[Whole, Field(ge=0)] | None = None
    group_by: Literal["date", "group", "user"] | None = None
    is_today: Flag | None = None
    office_id: Id | None = None
    target_id: Id | None = None
    target_type: (
        Literal[
            "callcenter",
            "coachinggroup",
            "coachingteam",
            "department",
            "office",
            "room",
            "staffgroup",
            "unknown",
            "user",
        ]
        | None
    ) = None
    timezone: Timezone | None = None


def read_span(body: ProcessStats, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the span from the first midnight to the midnight after the last day, as clocks in the zone show them."""
    recent = 1 if body.days_ago_start is None else body.days_ago_start
    oldest = 30 if body.days_ago_end is None else body.days_ago_end
    if body.is_today:
        recent = oldest = 0
    if recent > oldest:
        raise bad_request("days_ago_start: must not be larger than days_ago_end")
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=oldest), today - timedelta(days=recent - 1)


def of_office(state: State, office_id: int) -> frozenset[Target]:
    targets = (
        *(user.target for user in state.users.values()),
        *(group.target for group in state.groups.values()),
        *(room.target for room in state.rooms.values()),
    )
    return frozenset(target for target in targets if state.holder(target).office_id == office_id)


def read_targets(ctx: RequestContext, body: ProcessStats) -> tuple[frozenset[Target] | None, bool]:
    """Return the targets of the statistics, and whether that is broad. People may ask for themselves, leads for
    their group or team."""
    state = ctx.state
    kind, target_id = body.target_type, body.target_id
    if (kind is None) != (target_id is None):
        raise bad_request("target_type and target_id must be given together")
    if kind is None or target_id is None:
        ctx.require_admin()
        if body.office_id is None:
            return None, True
        return of_office(state, state.group(body.office_id, "office").id), True
    if kind in ("coachingteam", "coachinggroup"):
        members: dict[int, str] = state.documents.find(TEAM, target_id)["members"]
        if members.get(ctx.caller.user_id or 0) != "coach":
            ctx.require_admin()
        return frozenset(Target("user", user_id) for user_id, role in members.items() if role == "trainee"), False
    target = state.find_target(kind, target_id)
    if kind == "user":
        require_may_act_for(state, ctx.caller, target.id)
    elif target.is_group:
        ctx.require_leads(state.groups[target.id])
    else:
        ctx.require_admin()
    if kind == "office":
        return of_office(state, target.id), True
    return frozenset({target}), False


def start(ctx: RequestContext) -> Answer:
    """Start an export; the same question while the first is still being answered gets the first one's id."""
    body = ctx.body(ProcessStats)
    if body.stat_type in ("csat", "dispositions"):
        if body.target_id is None:
            raise bad_request(f"target_id: is needed for {body.stat_type}")
        if body.export_type == "stats":
            raise bad_request(f"export_type: only records for {body.stat_type}")
    targets, is_broad = read_targets(ctx, body)
    now = ctx.state.now()
    zone = ZoneInfo(body.timezone or "UTC")
    begin, end = read_span(body, now, zone)
    question = (ctx.caller.user_id, body.model_dump_json())
    for known in ctx.state.documents.all(STATS):
        if known["question"] == question and now < known["ready"]:
            return Answer({"request_id": known["id"], "already_started": True})
    job = Job(body.stat_type, body.export_type, begin, end, zone, targets, is_broad, body.group_by or "user")
    content = {
        "question": question,
        "ready": now + PROCESSING_TIME,
        "token": secrets.token_urlsafe(24),
        "csv": build_csv(ctx.state, job),
    }
    return Answer({"request_id": ctx.state.documents.add(STATS, content)["id"]})


def get_result(ctx: RequestContext) -> Answer:
    """Return the result, only to the one who asked. The address lives half an hour from when the file is ready."""
    request = ctx.document(STATS)
    if request["question"][0] != ctx.caller.user_id:
        raise not_found(STATS)
    if ctx.state.now() < request["ready"]:
        return Answer({"status": "processing"})
    url = f"{ctx.base_url}{DOWNLOAD_PATH}/{request['token']}.csv"
    return Answer({"status": "complete", "file_type": "csv", "download_url": url})


def find_export(state: State, token: str) -> Json | None:
    """Find the request whose file this address gives; None when there is none, or it has expired."""
    for request in state.documents.all(STATS):
        if secrets.compare_digest(request["token"].encode(), token.encode()):
            return request if request["ready"] <= state.now() < request["ready"] + LINK_LIFETIME else None
    return None


ROUTES = (
    Route("POST", "/stats", start, limit=PER_HOUR_200),
    Route("GET", "/stats/{id}", get_result),
)
