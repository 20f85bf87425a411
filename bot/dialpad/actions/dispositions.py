"""Dispositions: the outcomes that agents choose from after a call."""

from typing import Annotated, Any, Literal

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, Done, Id, OfficeId, Page, Response, Risk
from bot.dialpad.actions.fields import Cursor, DialpadTime, DispositionId, KindIn, Look, TargetId

CONTACT_CENTER = "Dialpad Contact Center"
ThisList = Annotated[DispositionId, Field(title="List", description="Which list of outcomes.")]
Outcomes = Annotated[
    dict[str, Any] | None,
    Look.OUTCOMES,
    Field(title="Outcomes", description="One per line. A line that begins with - belongs to the one above it."),
]
ListTarget = Literal["callcenter", "coachinggroup", "coachingteam", "unknown"]


class DispositionTarget(Response):
    """A call center or team whose agents choose from the list."""

    target_id: Id | None = None
    target_type: str | None = None


class DispositionList(Response):
    """A list of outcomes with a name. ``dispositions`` is as Dialpad keeps it, ``formatted_dispositions`` as a list."""

    id: Id | None = None
    name: str | None = None
    office_id: Id | None = None
    targets: tuple[DispositionTarget, ...] = ()
    dispositions: dict[str, Any] | None = None
    formatted_dispositions: tuple[dict[str, Any], ...] = ()
    date_modified: DialpadTime | None = None


class ListDispositions(Action[Page[DispositionList]]):
    """List the lists of outcomes, of the company or of one call center."""

    slug = "DIALPAD_LIST_DISPOSITIONS"
    name = "List call outcomes"
    request = GET("/api/v2/dispositions")
    risk = Risk.READ
    needs = CONTACT_CENTER

    target_type: Literal["callcenter", "coachinggroup", "coachingteam", "office", "unknown"] | None = Field(
        default=None, title="Kind of line", description="To see one line's outcomes: what kind of line."
    )
    target_id: TargetId | None = Field(default=None, title="Line", description="Which line; with its kind.")
    cursor: Cursor = None


class GetDisposition(Action[DispositionList]):
    """Look one list of outcomes up."""

    slug = "DIALPAD_RETRIEVE_DISPOSITION_BY_ID"
    name = "Look up call outcomes"
    request = GET("/api/v2/dispositions/{id}")
    risk = Risk.READ
    needs = CONTACT_CENTER

    id: ThisList


class CreateDisposition(Action[DispositionList]):
    """Make a list of outcomes for an office."""

    slug = "DIALPAD_CREATE_DISPOSITION"
    name = "Add call outcomes"
    request = POST("/api/v2/dispositions")
    risk = Risk.CHANGE
    needs = CONTACT_CENTER

    list_name: str = Field(alias="name", title="Name", description="What the list is called, one line.")
    office_id: OfficeId = Field(title="Office", description="Whose list it is.")
    dispositions: Outcomes = None


class UpdateDisposition(Action[DispositionList]):
    """Rename a list of outcomes, replace its outcomes, or add or remove one line that uses it."""

    slug = "DIALPAD_UPDATE_DISPOSITION_BY_ID"
    name = "Change call outcomes"
    request = PATCH("/api/v2/dispositions/{id}")
    risk = Risk.CHANGE
    needs = CONTACT_CENTER

    id: ThisList
    list_name: str | None = Field(default=None, alias="name", title="Name", description="A new name, one line.")
    dispositions: Outcomes = None
    action: Literal["add_target", "remove_target"] | None = Field(
        default=None, title="And", description="To add or remove one line that uses the list."
    )
    target_type: ListTarget | None = Field(
        default=None, title="Kind of line", description="What kind of line to add or remove."
    )
    target_id: Annotated[Id, KindIn("target_type")] | None = Field(
        default=None, title="Line", description="Which line to add or remove; with its kind."
    )


class DeleteDisposition(Action[Done]):
    """Delete a list of outcomes; agents can no longer choose from it."""

    slug = "DIALPAD_DELETE_DISPOSITION_BY_ID"
    name = "Delete call outcomes"
    request = DELETE("/api/v2/dispositions/{id}")
    risk = Risk.DESTRUCTIVE
    needs = CONTACT_CENTER

    id: ThisList
