"""Faxes that go out."""

from pydantic import Field

from bot.dialpad.action import POST, Action, ContactId, Id, PhoneNumber, Rate, Response, Risk, UserId
from bot.dialpad.actions.fields import DialpadTime


class FaxTransaction(Response):
    """How long a fax is, and whether it is billed."""

    num_pages: int | None = None
    is_billed: bool | None = None


class Fax(Response):
    """A fax and how far it is: pending, transmitting, success, error or suspended."""

    id: str | None = None
    direction: str | None = None
    fax_status: str | None = None
    from_number: str | None = None
    to_number: str | None = None
    user_id: UserId | None = None
    contact_id: ContactId | None = None
    sender_id: Id | None = None
    created_date: DialpadTime | None = None
    fax_transaction: FaxTransaction | None = None
    fax_url: str | None = None


class SendFax(Action[Fax]):
    """Send a fax to a number, from a person's or a group's fax line. Dialpad's API names no way to attach pages."""

    slug = "DIALPAD_SEND_FAX"
    name = "Send a fax"
    request = POST("/api/v2/fax")
    risk = Risk.OUTWARD
    rates = (Rate(250),)
    needs = "a fax line"
    sensitive = True

    to_number: PhoneNumber = Field(title="To", description="The number that receives the fax.")
    user_id: UserId | None = Field(default=None, title="Sender", description="The person it comes from.")
    from_number: PhoneNumber | None = Field(
        default=None,
        title="From",
        description="Its fax number; with a group's number the sender is needed too.",
    )
    infer_country_code: bool | None = Field(
        default=None, title="Local number", description="Take the number as one of the sender's country."
    )
