"""/coachingteams: coaches and the trainees whose calls they may listen to. Teams themselves are made in Dialpad."""

from typing import Literal

from bot.sandbox.dialpad.fields import Body, Text, parse_whole
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import bad_request, conflict, forbidden
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.people import render_user
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

TEAM = "coachingteam"
NOT_FOR_MEMBERS = (
    "display_name",
    "duty_status_reason",
    "duty_status_started",
    "group_details",
    "international_dialing_enabled",
    "on_duty_started",
    "on_duty_status",
)
"""Fields that a user has and a coaching team's member does not."""


class AddMember(Body):
    member_id: Text
    role: Literal["coach", "trainee"]


def render_team(ctx: RequestContext, team: Json) -> Json:
    shown = {key: value for key, value in team.items() if key != "members"}
    return {**shown, "company_id": ctx.state.company_id, "state": "active", "country": "us"}


def render_team_member(ctx: RequestContext, user_id: int, role: str) -> Json:
    user = render_user(ctx.state, ctx.state.users[user_id])
    return {**{key: value for key, value in user.items() if key not in NOT_FOR_MEMBERS}, "role": role}


def find_team(ctx: RequestContext) -> Json:
    return ctx.state.documents.find(TEAM, ctx.path_id())


def answer_teams(ctx: RequestContext, teams: list[Json]) -> Answer:
    return ctx.page(teams, lambda team: render_team(ctx, team), id_of=lambda team: team["id"])


def list_teams(ctx: RequestContext) -> Answer:
    return answer_teams(ctx, ctx.state.documents.all(TEAM))


def list_teams_of_office(ctx: RequestContext) -> Answer:
    office = ctx.group("office", "office_id")
    return answer_teams(ctx, [team for team in ctx.state.documents.all(TEAM) if team["office_id"] == office.id])


def get_team(ctx: RequestContext) -> Answer:
    return Answer(render_team(ctx, find_team(ctx)))


def list_members(ctx: RequestContext) -> Answer:
    members: dict[int, str] = find_team(ctx)["members"]
    active = [user_id for user_id in members if ctx.state.users[user_id].state == "active"]
    return Answer({"items": [render_team_member(ctx, user_id, members[user_id]) for user_id in active]})


def add_member(ctx: RequestContext) -> Answer:
    """Add a member; only a coach of the team or an admin may."""
    team = find_team(ctx)
    members: dict[int, str] = team["members"]
    if not ctx.is_admin and members.get(ctx.caller.user_id or 0) != "coach":
        raise forbidden("Only a coach of this team, or an admin, can change it.")
    body = ctx.body(AddMember)
    try:
        user = ctx.state.user(parse_whole(body.member_id))
    except ValueError:
        raise bad_request("member_id: must be the id of a user") from None
    if user.id in members:
        raise conflict("the user is already a member of this coaching team")
    members[user.id] = body.role
    return Answer(render_team_member(ctx, user.id, body.role))


ROUTES = (
    Route("GET", "/coachingteams", list_teams),
    Route("GET", "/coachingteams/{id}", get_team),
    Route("GET", "/coachingteams/{id}/members", list_members),
    Route("POST", "/coachingteams/{id}/members", add_member),
    Route("GET", "/offices/{office_id}/teams", list_teams_of_office),
)
