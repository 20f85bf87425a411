"""/accesscontrolpolicies: named sets of permissions, and who has them for what."""

from typing import Annotated, Literal

from pydantic import Field

from bot.sandbox.dialpad.fields import Body, Flag, Id, Line
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import bad_request, conflict, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.people import render_user
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import naive_iso
from bot.sandbox.dialpad.wire import Answer

POLICY = "access control policy"
ASSIGNMENT = "access control policy assignment"

Level = Literal["callcenter", "company", "office"]
Permission = Literal[
    "agent_settings_write",
    "agents_admins_manage_agents_settings_write",
    "agents_admins_skill_level_write",
    "auto_call_recording_and_transcription_settings_write",
    "business_hours_write",
    "call_blocking_spam_prevention_settings_write",
    "call_dispositions_settings_write",
    "call_routing_hours_settings_write",
    "cc_call_settings_write",
    "chrome_extension_compliance_settings_write",
    "csat_surveys_write",
    "dashboard_and_alerts_write",
    "dialpad_ai_settings_write",
    "holiday_hours_settings_write",
    "integrations_settings_write",
    "name_language_description_settings_write",
    "number_settings_write",
    "supervisor_settings_write",
]
PolicyName = Annotated[Line, Field(min_length=1, max_length=50)]
PolicyDescription = Annotated[Line, Field(max_length=200)]


class CreatePolicy(Body):
    name: PolicyName
    owner_id: Id
    permission_sets: Annotated[list[Permission], Field(min_length=1)]
    description: PolicyDescription | None = None
    target_type: Level | None = None


class UpdatePolicy(Body):
    name: PolicyName | None = None
    description: PolicyDescription | None = None
    permission_sets: Annotated[list[Permission], Field(min_length=1)] | None = None
    state: Literal["active"] | None = None
    user_id: Id | None = None


class Assign(Body):
    user_id: Id
    target_id: Id | None = None
    target_type: Level | None = None


class Unassign(Assign):
    unassign_all: Flag | None = None


def render_policy(ctx: RequestContext, policy: Json) -> Json:
    return {**policy, "company_id": ctx.state.company_id}


def find_policy(ctx: RequestContext) -> Json:
    policy = ctx.document(POLICY)
    if policy["state"] == "deleted":
        raise not_found(POLICY)
    return policy


def check_company_admin(ctx: RequestContext, user_id: int, name: str) -> None:
    if not ctx.state.user(user_id).is_super_admin:
        raise bad_request(f"{name}: must be a company admin")


def check_name(ctx: RequestContext, name: str, but: Json | None = None) -> None:
    for other in ctx.state.documents.all(POLICY):
        if other is not but and other["state"] == "active" and other["name"].lower() == name.lower():
            raise conflict("a policy with this name exists already")


def list_policies(ctx: RequestContext) -> Answer:
    policies = [one for one in ctx.state.documents.all(POLICY) if one["state"] == "active"]
    return ctx.page(policies, lambda one: render_policy(ctx, one), id_of=lambda one: one["id"])


def get_policy(ctx: RequestContext) -> Answer:
    return Answer(render_policy(ctx, find_policy(ctx)))


def create_policy(ctx: RequestContext) -> Answer:
    body = ctx.body(CreatePolicy)
    check_company_admin(ctx, body.owner_id, "owner_id")
    check_name(ctx, body.name)
    now = naive_iso(ctx.state.now())
    content = {
        **body.model_dump(),
        "permission_sets": list(dict.fromkeys(body.permission_sets)),
        "target_type": body.target_type or "company",
        "state": "active",
        "date_created": now,
        "date_updated": now,
    }
    return Answer(render_policy(ctx, ctx.state.documents.add(POLICY, content)))


def update_policy(ctx: RequestContext) -> Answer:
    """Update a policy, or bring a deleted one back with ``state`` active."""
    policy = ctx.document(POLICY)
    body = ctx.body(UpdatePolicy)
    if policy["state"] == "deleted" and body.state is None:
        raise not_found(POLICY)
    if body.user_id is not None:
        check_company_admin(ctx, body.user_id, "user_id")
    check_name(ctx, body.name or policy["name"], but=policy)
    changes = body.sent()
    changes.pop("user_id", None)
    policy.update({**changes, "date_updated": naive_iso(ctx.state.now())})
    return Answer(render_policy(ctx, policy))


def delete_policy(ctx: RequestContext) -> Answer:
    """Delete a policy; everybody who held it loses it. It can be restored, its assignments cannot."""
    policy = find_policy(ctx)
    policy["state"] = "deleted"
    for one in assignments_of(ctx, policy):
        ctx.state.documents.remove(ASSIGNMENT, one["id"])
    return Answer(render_policy(ctx, policy))


def assignments_of(ctx: RequestContext, policy: Json, user_id: int | None = None) -> list[Json]:
    return [
        one
        for one in ctx.state.documents.all(ASSIGNMENT)
        if one["policy_id"] == policy["id"] and user_id in (None, one["user_id"])
    ]


def render_assignment(ctx: RequestContext, policy: Json, user_id: int) -> Json:
    return {
        "user": render_user(ctx.state, ctx.state.users[user_id]),
        "policy_targets": [
            {"target_id": one["target_id"], "target_type": policy["target_type"]}
            for one in assignments_of(ctx, policy, user_id)
        ],
    }


def target_of(ctx: RequestContext, policy: Json, body: Assign) -> int:
    """Return what the permissions are for: the company, or the office or call center that the request names."""
    level = policy["target_type"]
    if body.target_type not in (None, level):
        raise bad_request(f"target_type: this policy is for a {level}")
    if level == "company":
        return ctx.state.company_id
    if body.target_id is None:
        raise bad_request(f"target_id: is needed, as this policy is for a {level}")
    return ctx.state.find_target(level, body.target_id).id


def assign(ctx: RequestContext) -> Answer:
    policy = find_policy(ctx)
    body = ctx.body(Assign)
    user = ctx.state.user(body.user_id)
    target_id = target_of(ctx, policy, body)
    if any(one["target_id"] == target_id for one in assignments_of(ctx, policy, user.id)):
        raise conflict("the user has this policy already")
    content = {"policy_id": policy["id"], "user_id": user.id, "target_id": target_id}
    ctx.state.documents.add(ASSIGNMENT, content)
    return Answer(render_assignment(ctx, policy, user.id))


def unassign(ctx: RequestContext) -> Answer:
    """Take a policy from a user; the answer shows what they still have of it."""
    policy = find_policy(ctx)
    body = ctx.body(Unassign)
    user = ctx.state.user(body.user_id)
    given = assignments_of(ctx, policy, user.id)
    if not body.unassign_all:
        target_id = target_of(ctx, policy, body)
        given = [one for one in given if one["target_id"] == target_id]
    if not given:
        raise not_found(ASSIGNMENT)
    for one in given:
        ctx.state.documents.remove(ASSIGNMENT, one["id"])
    return Answer(render_assignment(ctx, policy, user.id))


def list_assignments(ctx: RequestContext) -> Answer:
    policy = find_policy(ctx)
    users = list(dict.fromkeys(one["user_id"] for one in assignments_of(ctx, policy)))
    users = [user_id for user_id in users if ctx.state.users[user_id].state == "active"]
    return ctx.page(users, lambda user_id: render_assignment(ctx, policy, user_id), id_of=lambda user_id: user_id)


ROUTES = (
    Route("GET", "/accesscontrolpolicies", list_policies),
    Route("POST", "/accesscontrolpolicies", create_policy, admin=True),
    Route("GET", "/accesscontrolpolicies/{id}", get_policy),
    Route("PATCH", "/accesscontrolpolicies/{id}", update_policy, admin=True),
    Route("DELETE", "/accesscontrolpolicies/{id}", delete_policy, admin=True),
    Route("GET", "/accesscontrolpolicies/{id}/assignments", list_assignments),
    Route("POST", "/accesscontrolpolicies/{id}/assign", assign, admin=True),
    Route("POST", "/accesscontrolpolicies/{id}/unassign", unassign, admin=True),
)
