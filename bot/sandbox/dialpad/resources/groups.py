"""What answers about call centers, departments and offices have in common."""

from bot.sandbox.dialpad.model import Group, GroupKind, Json
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.wire import Answer


def render_group(group: Group) -> Json:
    return {
        **group.settings,
        "id": group.id,
        "name": group.name,
        "office_id": group.office_id,
        "phone_numbers": group.phone_numbers,
        "state": group.state,
        "availability_status": "open",
        "country": group.country,
        "timezone": group.timezone,
    }


def answer_group_list(ctx: RequestContext, kind: GroupKind, *, office_id: int | None) -> Answer:
    """Return the groups of one kind; ``name_search`` takes any part of the name, in any case."""
    groups = ctx.state.groups_of_kind(kind)
    if office_id is not None:
        groups = [group for group in groups if group.office_id == office_id]
    search = ctx.query_text("name_search")
    if search is not None:
        groups = [group for group in groups if search.lower() in group.name.lower()]
    return ctx.page(groups, render_group, id_of=lambda group: group.id)
