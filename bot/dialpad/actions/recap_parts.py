"""What Dialpad Ai and the queue of a call center tell of one call."""

from pydantic import AliasChoices, Field

from bot.dialpad.action import Id, Response


class RecapPart(Response):
    """One part of a recap. ``content`` is its text; ``category`` only purposes have."""

    id: str | None = None
    content: str | None = None
    category: str | None = None
    edited: bool | None = None


class AiRecap(Response):
    """What Dialpad Ai wrote about one call. ``date_created`` in ms."""

    call_id: Id | None = None
    summary: RecapPart | None = None
    action_items: tuple[RecapPart, ...] = ()
    purposes: tuple[RecapPart, ...] = ()
    disposition: RecapPart | None = None
    is_internal_call: bool | None = None
    date_created: int | None = None
    date_modified: int | None = None


class AssignmentResult(Response):
    """What became of assigning or unassigning one operator; ``message`` says why not."""

    operator_id: Id | None = Field(default=None, validation_alias=AliasChoices("id", "operator_id"))
    status: str | None = None
    code: int | None = None
    message: str | None = None


class AssignedOperators(Response):
    """The operators a queued call is for; while there are none it is for all of them."""

    call_id: Id | None = None
    operator_ids: tuple[Id, ...] = ()
    count: int | None = None


class QueueAssignment(Response):
    """A queued call after an operator was assigned or unassigned."""

    call_id: Id | None = None
    status: str | None = None
    operators: tuple[AssignmentResult, ...] = ()
    assigned_operators: AssignedOperators | None = None

    @property
    def failure(self) -> str | None:
        """Return why it was not done, in Dialpad's words; None when it was. "" when Dialpad does not say."""
        refused = next((one for one in self.operators if one.status == "error"), None)
        if refused is None and self.status != "error":
            return None
        return (refused.message if refused else None) or ""
