"""Fax lines."""

from typing import Literal

from pydantic import Field

from bot.dialpad.action import POST, Action, Id, OfficeId, PhoneNumber, Response, Risk
from bot.dialpad.actions.fields import TargetId
from bot.dialpad.actions.parts import RequestPart

# Dialpad wants a word for the kind of line and publishes none; these are its own names of the three kinds.
_KIND = "Dialpad's word for this kind of line; leave it as it is."


class ReservedLine(RequestPart):
    """A certain number of the company's reserve."""

    type: str = Field(default="reserved", title="Kind of line", description=_KIND)
    number: PhoneNumber = Field(title="Number", description="A number of the company's reserve.")


class SearchedLine(RequestPart):
    """A free number of an area."""

    type: str = Field(default="search", title="Kind of line", description=_KIND)
    area_code: str = Field(title="Area code", description="Where to look for a free number.")


class TollfreeLine(RequestPart):
    """Any toll-free number."""

    type: str = Field(default="tollfree", title="Kind of line", description=_KIND)


class FaxOwner(RequestPart):
    """Who receives the faxes."""

    target_type: Literal["department", "user"] = Field(title="Kind", description="A person or a department.")
    target_id: TargetId = Field(title="Who", description="Who receives the faxes; with its kind.")


class FaxNumber(Response):
    """The new fax number and whose it is."""

    number: str | None = None
    area_code: str | None = None
    target_id: Id | None = None
    target_type: str | None = None
    office_id: OfficeId | None = None
    company_id: Id | None = None


class AssignFaxLine(Action[FaxNumber]):
    """Give a person or a department a fax number. This can cost extra."""

    slug = "DIALPAD_ASSIGN_FAX_LINE_TO_TARGET"
    name = "Give somebody a fax line"
    request = POST("/api/v2/faxline")
    risk = Risk.OUTWARD
    company_admin_key = True

    line: ReservedLine | SearchedLine | TollfreeLine = Field(
        title="Line", description="A reserved number, a free one in an area, or a toll-free one."
    )
    target: FaxOwner = Field(title="For", description="Who receives the faxes.")
