"""/agent-groups: agents of digital channels who take conversations together."""

from bot.sandbox.dialpad.refusals import not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import epoch_ms
from bot.sandbox.dialpad.wire import Answer

AGENT_GROUP = "agent group"


def get_group(ctx: RequestContext) -> Answer:
    found = next((one for one in ctx.state.documents.all(AGENT_GROUP) if str(one["id"]) == ctx.path["id"]), None)
    if found is None:
        raise not_found(AGENT_GROUP)
    return Answer(
        {
            "id": str(found["id"]),
            "name": found["name"],
            "group_description": found["group_description"],
            "office_id": str(found["office_id"]),
            "created_at": epoch_ms(found["created"]),
            "updated_at": epoch_ms(found["created"]),
        }
    )


ROUTES = (Route("GET", "/agent-groups/{id}", get_group, scope="agent_groups:read"),)
