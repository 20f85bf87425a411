"""Call routers: calls that a program of your own sends on."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import (
    DELETE,
    GET,
    PATCH,
    POST,
    Action,
    Done,
    Id,
    OfficeId,
    Page,
    PhoneNumber,
    Response,
    Risk,
)
from bot.dialpad.actions.endpoints import Signature
from bot.dialpad.actions.fields import CallRouterId, Cursor, KindIn, Secret, TargetType
from bot.dialpad.actions.people import AssignedNumber

WhichRouter = Annotated[CallRouterId, Field(title="Call router", description="Which call router.")]
FallbackId = Annotated[Id, KindIn("default_target_type")]
Enabled = Annotated[
    bool | None, Field(title="On", description="Off: calls go straight to the fallback without asking your program.")
]
RouterSecret = Annotated[
    Secret | None, Field(title="Secret", description="Signs what your program is asked; at least 32 characters.")
]


class CallRouter(Response):
    """A call router."""

    id: Id | None = None
    name: str | None = None
    enabled: bool | None = None
    office_id: OfficeId | None = None
    routing_url: str | None = None
    default_target_type: str | None = None
    default_target_id: Id | None = None
    phone_numbers: tuple[str, ...] = ()
    signature: Signature | None = None


class ListCallRouters(Action[Page[CallRouter]]):
    """List call routers, all of them or one office's."""

    slug = "DIALPAD_RETRIEVE_CALL_ROUTERS_V2_API"
    name = "List call routers"
    request = GET("/api/v2/callrouters")
    risk = Risk.READ
    sensitive = True

    office_id: OfficeId | None = Field(default=None, title="Office", description="Only call routers of this office.")
    cursor: Cursor = None


class GetCallRouter(Action[CallRouter]):
    """Look a call router up: its address, its fallback, its numbers."""

    slug = "DIALPAD_RETRIEVE_CALL_ROUTER_BY_ID"
    name = "Look up a call router"
    request = GET("/api/v2/callrouters/{id}")
    risk = Risk.READ
    sensitive = True

    id: WhichRouter


class CreateCallRouter(Action[CallRouter]):
    """Set up a call router. No call reaches it until it has a number."""

    slug = "DIALPAD_CREATE_CALL_ROUTER_CONFIGURATION"
    name = "Create a call router"
    request = POST("/api/v2/callrouters")
    risk = Risk.CHANGE
    sensitive = True

    router_name: str = Field(alias="name", title="Name", description="One line.")
    office_id: OfficeId = Field(title="Office", description="The office it belongs to.")
    routing_url: str = Field(title="Address of your program", description="Asked for every call; begins with https://.")
    default_target_type: TargetType = Field(
        title="Kind of fallback", description="What takes calls when your program is off or fails."
    )
    default_target_id: FallbackId = Field(title="Fallback", description="Which one; with its kind.")
    enabled: Enabled = None
    secret: RouterSecret = None


class UpdateCallRouter(Action[CallRouter]):
    """Change a call router. Dialpad allows this only once every five minutes."""

    slug = "DIALPAD_PATCH_CALL_ROUTER_BY_ID"
    name = "Change a call router"
    request = PATCH("/api/v2/callrouters/{id}")
    risk = Risk.CHANGE
    sensitive = True
    repeatable = True

    id: WhichRouter
    router_name: str | None = Field(default=None, alias="name", title="Name", description="One line.")
    office_id: OfficeId | None = Field(default=None, title="Office", description="The office it belongs to.")
    routing_url: str | None = Field(
        default=None, title="Address of your program", description="Asked for every call; begins with https://."
    )
    default_target_type: TargetType | None = Field(
        default=None, title="Kind of fallback", description="What takes calls when your program is off or fails."
    )
    default_target_id: FallbackId | None = Field(
        default=None, title="Fallback", description="Which one; with its kind."
    )
    enabled: Enabled = None
    reset_error_count: bool | None = Field(
        default=None,
        title="Forget errors",
        description="More than 10 errors an hour switch a router off; this resets the count.",
    )
    secret: RouterSecret = None


class DeleteCallRouter(Action[Done]):
    """Permanently delete a call router; its numbers no longer ring."""

    slug = "DIALPAD_DELETE_CALL_ROUTER_BY_ID"
    name = "Delete a call router"
    request = DELETE("/api/v2/callrouters/{id}")
    risk = Risk.DESTRUCTIVE

    id: WhichRouter


class AssignNumberToCallRouter(Action[AssignedNumber]):
    """Give a call router a number: a specific one, or any free one in an area."""

    slug = "DIALPAD_ASSIGN_NUMBER_TO_CALL_ROUTER"
    name = "Give a call router a number"
    request = POST("/api/v2/callrouters/{id}/assign_number")
    risk = Risk.OUTWARD

    id: WhichRouter
    number: PhoneNumber | None = Field(default=None, title="Number", description="A free number of the company.")
    area_code: str | None = Field(default=None, title="Area code", description="Instead of a number: where to look.")
    primary: bool | None = Field(
        default=None, title="Main number", description="Make it the router's main number; yes when left out."
    )
