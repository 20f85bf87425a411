"""Access policies: bundles of settings that people may change without being admins."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, Id, Page, Response, Risk, UserId
from bot.dialpad.actions.fields import Cursor, DialpadTime, PolicyId, TargetId
from bot.dialpad.actions.people import User

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

PolicyField = Annotated[PolicyId, Field(title="Policy", description="Which policy.")]
Level = Annotated[
    Literal["callcenter", "company", "office"] | None,
    Field(title="Applies to", description="The whole company when left out."),
]
PolicyWhere = Annotated[
    TargetId | None,
    Field(title="Where", description="Which office or call center; needed unless it is for the whole company."),
]


class Policy(Response):
    """An access policy. A deleted one stays, with ``state`` deleted, and can be brought back."""

    id: Id | None = None
    name: str | None = None
    description: str | None = None
    state: str | None = None
    target_type: str | None = None
    permission_sets: tuple[str, ...] = ()
    owner_id: Id | None = None
    company_id: Id | None = None
    date_created: DialpadTime | None = None
    date_updated: DialpadTime | None = None


class PolicyPlace(Response):
    """An office, a call center or the company where a policy counts."""

    target_id: Id | None = None
    target_type: str | None = None


class Assignment(Response):
    """A person who holds a policy, and where."""

    user: User | None = None
    policy_targets: tuple[PolicyPlace, ...] = ()


class ListPolicies(Action[Page[Policy]]):
    """List the company's access policies and what each lets people change."""

    slug = "DIALPAD_ACCESS_CONTROL_POLICIES_LISTING"
    name = "List access policies"
    request = GET("/api/v2/accesscontrolpolicies")
    risk = Risk.READ

    cursor: Cursor = None


class GetPolicy(Action[Policy]):
    """Look an access policy up, with its permissions."""

    slug = "DIALPAD_RETRIEVE_ACCESS_CONTROL_POLICY_BY_ID"
    name = "Look up an access policy"
    request = GET("/api/v2/accesscontrolpolicies/{id}")
    risk = Risk.READ

    id: PolicyField


class CreatePolicy(Action[Policy]):
    """Create an access policy. Nobody has it until you give it to somebody."""

    slug = "DIALPAD_CREATE_ACCESS_CONTROL_POLICY"
    name = "Create an access policy"
    request = POST("/api/v2/accesscontrolpolicies")
    risk = Risk.CHANGE
    company_admin_key = True

    policy_name: str = Field(alias="name", title="Name", description="One line, at most 50 characters.")
    permission_sets: list[Permission] = Field(title="May change", description="What people with this policy may do.")
    owner_id: UserId = Field(title="Owner", description="The company admin who answers for it.")
    target_type: Level = None
    description: str | None = Field(
        default=None, title="Description", description="What it is for; one line, at most 200 characters."
    )


class UpdatePolicy(Action[Policy]):
    """Change an access policy for everybody who has it, or restore a deleted one."""

    slug = "DIALPAD_PATCH_ACCESS_CONTROL_POLICY_BY_ID"
    name = "Change an access policy"
    request = PATCH("/api/v2/accesscontrolpolicies/{id}")
    risk = Risk.CHANGE
    company_admin_key = True
    repeatable = True

    id: PolicyField
    policy_name: str | None = Field(
        default=None, alias="name", title="Name", description="One line, at most 50 characters."
    )
    permission_sets: list[Permission] | None = Field(
        default=None, title="May change", description="The whole new list; what is not in it is no longer allowed."
    )
    description: str | None = Field(
        default=None, title="Description", description="What it is for; one line, at most 200 characters."
    )
    state: Literal["active"] | None = Field(
        default=None, title="State", description="Active brings a deleted policy back."
    )
    user_id: UserId | None = Field(default=None, title="Changed by", description="The company admin who changes it.")


class DeletePolicy(Action[Policy]):
    """Delete an access policy; everybody who has it loses its permissions."""

    slug = "DIALPAD_DELETE_ACCESS_CONTROL_POLICY_BY_ID"
    name = "Delete an access policy"
    request = DELETE("/api/v2/accesscontrolpolicies/{id}")
    risk = Risk.DESTRUCTIVE
    company_admin_key = True

    id: PolicyField


class ListPolicyHolders(Action[Page[Assignment]]):
    """List who holds an access policy, and where it counts for them."""

    slug = "DIALPAD_RETRIEVE_ACCESS_CONTROL_POLICY_ASSIGNMENTS"
    name = "List who holds an access policy"
    request = GET("/api/v2/accesscontrolpolicies/{id}/assignments")
    risk = Risk.READ

    id: PolicyField
    cursor: Cursor = None


class AssignPolicy(Action[Assignment]):
    """Give a person the permissions of an access policy."""

    slug = "DIALPAD_ASSIGN_POLICY_TO_USER_BY_ID"
    name = "Give a person an access policy"
    request = POST("/api/v2/accesscontrolpolicies/{id}/assign")
    risk = Risk.CHANGE
    company_admin_key = True

    id: PolicyField
    user_id: UserId = Field(title="Person", description="Who gets the permissions.")
    target_type: Level = None
    target_id: PolicyWhere = None


class UnassignPolicy(Action[Assignment]):
    """Take the permissions of an access policy away from a person, in one place or everywhere."""

    slug = "DIALPAD_UNASSIGN_ACCESS_CONTROL_POLICY_FROM_USER"
    name = "Take an access policy from a person"
    request = POST("/api/v2/accesscontrolpolicies/{id}/unassign")
    risk = Risk.DESTRUCTIVE
    company_admin_key = True

    id: PolicyField
    user_id: UserId = Field(title="Person", description="Who loses the permissions.")
    target_type: Level = None
    target_id: PolicyWhere = None
    unassign_all: bool | None = Field(
        default=None, title="Everywhere", description="Remove it in all offices and call centers at once."
    )
