"""Coaching teams: coaches and the people they train."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import GET, POST, Action, Page, Risk
from bot.dialpad.actions.fields import CoachingTeamId, Cursor, TextUserId
from bot.dialpad.actions.people import CoachingTeam, User

Team = Annotated[CoachingTeamId, Field(title="Coaching team", description="Which coaching team.")]


class TeamMember(User):
    """A person in a coaching team."""

    role: str | None = None


class ListCoachingTeams(Action[Page[CoachingTeam]]):
    """List the company's coaching teams."""

    slug = "DIALPAD_RETRIEVE_COACHING_TEAMS_INFORMATION"
    name = "List coaching teams"
    request = GET("/api/v2/coachingteams")
    risk = Risk.READ

    cursor: Cursor = None


class GetCoachingTeam(Action[CoachingTeam]):
    """Look a coaching team up."""

    slug = "DIALPAD_RETRIEVE_COACHING_TEAM_BY_ID"
    name = "Look up a coaching team"
    request = GET("/api/v2/coachingteams/{id}")
    risk = Risk.READ

    id: Team


class ListCoachingTeamMembers(Action[Page[TeamMember]]):
    """List the coaches and trainees of a coaching team."""

    slug = "DIALPAD_RETRIEVE_MEMBERS_OF_COACHING_TEAM_BY_ID"
    name = "List a coaching team's members"
    request = GET("/api/v2/coachingteams/{id}/members")
    risk = Risk.READ

    id: Team


class AddCoachingTeamMember(Action[TeamMember]):
    """Add a person to a coaching team, as a coach or trainee. Coaches can listen in on trainees' calls."""

    slug = "DIALPAD_ADD_MEMBER_TO_COACHING_TEAM"
    name = "Add a member to a coaching team"
    request = POST("/api/v2/coachingteams/{id}/members")
    risk = Risk.CHANGE

    id: Team
    member_id: TextUserId = Field(title="Person", description="Who to add.")
    role: Literal["coach", "trainee"] = Field(title="Role", description="Who trains, or who is trained.")
