"""The labels a company uses for its calls."""

from pydantic import Field

from bot.dialpad.action import GET, Action, Response, Risk


class CallLabels(Response):
    """All labels."""

    labels: tuple[str, ...] = ()


class ListCallLabels(Action[CallLabels]):
    """List the labels that calls can be given."""

    slug = "DIALPAD_GET_CALL_LABELS"
    name = "List call labels"
    request = GET("/api/v2/calllabels")
    risk = Risk.READ

    limit: int | None = Field(default=None, title="At most", description="How many labels to list.")
