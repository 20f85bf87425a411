"""The company's own numbers."""

from typing import Annotated

from pydantic import Field

from bot.dialpad.action import DELETE, GET, PATCH, POST, Action, InQuery, Page, PhoneNumber, Response, Risk
from bot.dialpad.actions.fields import Cursor, TargetId, TargetType
from bot.dialpad.actions.people import AssignedNumber

Owner = Annotated[TargetId, Field(title="Line", description="Which line; with its kind.")]
OwnerType = Annotated[TargetType, Field(title="Kind of line", description="What kind of line gets the number.")]
Primary = Annotated[
    bool | None, Field(title="Main number", description="Make it the line's main number; yes when left out.")
]


class FormattedNumber(Response):
    """A number in its written forms."""

    e164_number: str | None = None
    local_number: str | None = None
    area_code: str | None = None
    country_code: str | None = None


class ListNumbers(Action[Page[AssignedNumber]]):
    """List the company's numbers and what they ring."""

    slug = "DIALPAD_RETRIEVE_NUMBERS_VIA_API_V2"
    name = "List the company's numbers"
    request = GET("/api/v2/numbers")
    risk = Risk.READ
    company_admin_key = True

    status: str | None = Field(
        default=None, title="Status", description="Only numbers of this status, such as available, user or office."
    )
    cursor: Cursor = None


class GetNumber(Action[AssignedNumber]):
    """See what one of the company's numbers rings."""

    slug = "DIALPAD_GET_PHONE_NUMBER_DETAILS"
    name = "Look up a company number"
    request = GET("/api/v2/numbers/{number}")
    risk = Risk.READ
    company_admin_key = True

    number: PhoneNumber = Field(title="Number", description="Which number.")


class FormatNumber(Action[FormattedNumber]):
    """Turn a number as people write it into the international form, and back."""

    slug = "DIALPAD_FORMAT_PHONE_NUMBERS"
    name = "Format a number"
    request = POST("/api/v2/numbers/format")
    risk = Risk.READ
    repeatable = True

    number: Annotated[str | None, InQuery] = Field(default=None, title="Number", description="As it was written.")
    country_code: Annotated[str | None, InQuery] = Field(
        default=None, title="Country", description="Two-letter code, such as US; needed for a local number."
    )


class AssignNumber(Action[AssignedNumber]):
    """Give a line a number: a specific one, or any free one in an area."""

    slug = "DIALPAD_ASSIGN_PHONE_NUMBER_TO_TARGET"
    name = "Give a line a number"
    request = POST("/api/v2/numbers/assign")
    risk = Risk.OUTWARD

    target_type: OwnerType
    target_id: Owner
    number: PhoneNumber | None = Field(default=None, title="Number", description="A free number of the company.")
    area_code: str | None = Field(default=None, title="Area code", description="Instead of a number: where to look.")
    primary: Primary = None


class ReassignNumber(Action[AssignedNumber]):
    """Move a specific number to a line, from wherever it rings now."""

    slug = "DIALPAD_REASSIGN_PHONE_NUMBER_TO_TARGET"
    name = "Move a number to a line"
    request = POST("/api/v2/numbers/{number}/assign")
    risk = Risk.OUTWARD

    number: PhoneNumber = Field(title="Number", description="The number to move.")
    target_type: OwnerType
    target_id: Owner
    primary: Primary = None


class DeleteNumber(Action[AssignedNumber]):
    """Take a number out of use. It goes back to the company's reserve, or is given up permanently."""

    slug = "DIALPAD_DELETE_NUMBER_VIA_API"
    name = "Delete a number"
    request = DELETE("/api/v2/numbers/{number}")
    risk = Risk.DESTRUCTIVE

    number: PhoneNumber = Field(title="Number", description="The number to delete.")
    release: bool | None = Field(
        default=None, title="Give it up", description="Yes: the company loses the number. No: it stays in reserve."
    )


class NumberTags(Response):
    """What a customer's number is marked with."""

    phone: str | None = None
    do_not_call: bool | None = None
    do_not_text: bool | None = None


class UpdateNumberTags(Action[NumberTags]):
    """Mark a customer's number as not to be called or texted by anybody at the company, or take the mark off."""

    slug = "DIALPAD_UPDATE_NUMBER_TAGS"
    name = "Mark a number as do not call or text"
    request = PATCH("/api/v2/numbers/tags")
    risk = Risk.CHANGE
    company_admin_key = True
    repeatable = True

    phone: PhoneNumber = Field(title="Number", description="Whose number.")
    do_not_call: bool | None = Field(default=None, title="Do not call", description="Yes: nobody can call it.")
    do_not_text: bool | None = Field(default=None, title="Do not text", description="Yes: nobody can text it.")
