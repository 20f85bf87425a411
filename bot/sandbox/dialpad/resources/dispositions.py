"""/dispositions: lists of outcomes that the operators of call centers and coaching teams choose from."""

from typing import Any, Literal

from bot.sandbox.dialpad.fields import Body, FilledLine, Id
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import bad_request, conflict, forbidden
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import naive_iso
from bot.sandbox.dialpad.wire import Answer

DISPOSITIONS = "dispositions"
USAGE = "~usage"
USAGES = ("everything", "inbound", "outbound")
LISTED_BY = ("callcenter", "coachinggroup", "coachingteam", "office", "unknown")


class CreateDispositions(Body):
    name: FilledLine
    office_id: Id
    dispositions: dict[str, Any] | None = None


class UpdateDispositions(Body):
    name: FilledLine | None = None
    dispositions: dict[str, Any] | None = None
    action: Literal["add_target", "remove_target"] | None = None
    target_id: Id | None = None
    target_type: Literal["callcenter", "coachinggroup", "coachingteam", "unknown"] | None = None


def check_outcomes(outcomes: dict[str, Any], *, nested: bool = False) -> dict[str, Any]:
    """Check that every outcome is an object with its usage and, one level deep, outcomes below it."""
    for name, inside in outcomes.items():
        if name == USAGE:
            if inside not in USAGES:
                raise bad_request(f"dispositions: usage must be one of {', '.join(USAGES)}")
        elif not name.strip() or not isinstance(inside, dict) or (nested and set(inside) - {USAGE}):
            raise bad_request("dispositions: must be objects by name, with at most one level below")
        else:
            check_outcomes(inside, nested=True)
    return outcomes


def formatted(outcomes: dict[str, Any]) -> list[Json]:
    return [
        {
            "name": name,
            "usage": inside.get(USAGE, "everything"),
            "dispositions": [
                {"name": sub, "usage": below.get(USAGE, "everything")} for sub, below in inside.items() if sub != USAGE
            ],
        }
        for name, inside in outcomes.items()
        if name != USAGE
    ]


def render(document: Json) -> Json:
    return {**document, "formatted_dispositions": formatted(document["dispositions"])}


def find_to_change(ctx: RequestContext) -> Json:
    """Return the list in the path for an admin of its office. Else a 403."""
    document = ctx.document(DISPOSITIONS)
    require_office_admin(ctx, document["office_id"])
    return document


def require_office_admin(ctx: RequestContext, office_id: int) -> None:
    if not ctx.is_admin and office_id not in ctx.me.admin_office_ids:
        raise forbidden("Only an admin of this office can change its dispositions.")


def list_dispositions(ctx: RequestContext) -> Answer:
    kind, target_id = ctx.query_choice("target_type", LISTED_BY), ctx.query_whole("target_id")
    if (kind is None) != (target_id is None):
        raise bad_request("target_type and target_id must be given together")
    documents = ctx.state.documents.all(DISPOSITIONS)
    if kind is not None and target_id is not None:
        ctx.require_exists(kind, target_id)
        target = {"target_type": kind, "target_id": target_id}
        documents = [
            one
            for one in documents
            if (one["office_id"] == target_id if kind == "office" else target in one["targets"])
        ]
    return ctx.page(documents, render, id_of=lambda one: one["id"])


def get_disposition(ctx: RequestContext) -> Answer:
    return Answer(render(ctx.document(DISPOSITIONS)))


def create_disposition(ctx: RequestContext) -> Answer:
    body = ctx.body(CreateDispositions)
    ctx.state.group(body.office_id, "office")
    require_office_admin(ctx, body.office_id)
    if any(one["name"] == body.name for one in ctx.state.documents.all(DISPOSITIONS)):
        raise conflict("dispositions with this name exist")
    content = {
        "name": body.name,
        "office_id": body.office_id,
        "dispositions": check_outcomes(body.dispositions or {}),
        "targets": [],
        "date_modified": naive_iso(ctx.state.now()),
    }
    return Answer(render(ctx.state.documents.add(DISPOSITIONS, content)))


def update_disposition(ctx: RequestContext) -> Answer:
    document, body = find_to_change(ctx), ctx.body(UpdateDispositions)
    asked = [body.action is None, body.target_id is None, body.target_type is None]
    if any(asked) and not all(asked):
        raise bad_request("action, target_id and target_type must be given together")
    if body.dispositions is not None:
        document["dispositions"] = check_outcomes(body.dispositions)
    if body.name is not None:
        document["name"] = body.name
    if body.action is not None and body.target_id is not None and body.target_type is not None:
        ctx.require_exists(body.target_type, body.target_id)
        target = {"target_type": body.target_type, "target_id": body.target_id}
        document["targets"] = [one for one in document["targets"] if one != target]
        if body.action == "add_target":
            document["targets"].append(target)
    document["date_modified"] = naive_iso(ctx.state.now())
    return Answer(render(document))


def delete_disposition(ctx: RequestContext) -> Answer:
    ctx.state.documents.remove(DISPOSITIONS, find_to_change(ctx)["id"])
    return Answer()


ROUTES = (
    Route("GET", "/dispositions", list_dispositions),
    Route("POST", "/dispositions", create_disposition),
    Route("GET", "/dispositions/{id}", get_disposition),
    Route("PATCH", "/dispositions/{id}", update_disposition),
    Route("DELETE", "/dispositions/{id}", delete_disposition),
)
