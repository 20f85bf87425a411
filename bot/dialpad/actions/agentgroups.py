"""Agent groups: agents of digital channels who take conversations together."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import GET, Action, OfficeId, Response, Risk
from bot.dialpad.actions.fields import AgentGroupId


class AgentGroup(Response):
    """An agent group. ``created_at`` and ``updated_at`` in epoch ms."""

    id: str | None = None
    name: str | None = None
    group_description: str | None = None
    office_id: OfficeId | None = None
    created_at: int | None = None
    updated_at: int | None = None


class GetAgentGroup(Action[AgentGroup]):
    """Look an agent group up: its name and the office it belongs to."""

    slug = "DIALPAD_RETRIEVE_AGENT_GROUP_BY_ID"
    name = "Look up an agent group"
    request = GET("/api/v2/agent-groups/{id}")
    risk = Risk.READ
    scopes = ("agent_groups:read",)

    id: Annotated[AgentGroupId, Field(title="Agent group", description="Its id; lists of digital sessions name it.")]
