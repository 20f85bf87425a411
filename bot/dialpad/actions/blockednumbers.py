"""Blocked numbers, which cannot call in."""

from pydantic import Field

from bot.dialpad.action import GET, POST, Action, Done, Page, PhoneNumber, Response, Risk
from bot.dialpad.actions.fields import Cursor, PhoneNumbers


class BlockedNumber(Response):
    """A blocked number."""

    number: str | None = None


class ListBlockedNumbers(Action[Page[BlockedNumber]]):
    """List the numbers that the company has blocked."""

    slug = "DIALPAD_RETRIEVE_BLOCKED_PHONE_NUMBERS"
    name = "List blocked numbers"
    request = GET("/api/v2/blockednumbers")
    risk = Risk.READ

    cursor: Cursor = None


class GetBlockedNumber(Action[BlockedNumber]):
    """See whether a number is blocked."""

    slug = "DIALPAD_RETRIEVE_BLOCKED_NUMBER_DETAILS"
    name = "Check a blocked number"
    request = GET("/api/v2/blockednumbers/{number}")
    risk = Risk.READ

    number: PhoneNumber = Field(title="Number", description="Which number.")


class BlockNumbers(Action[Done]):
    """Stop numbers from calling anybody in the company."""

    slug = "DIALPAD_ADD_BLOCKED_PHONE_NUMBERS"
    name = "Block numbers"
    request = POST("/api/v2/blockednumbers/add")
    risk = Risk.CHANGE
    repeatable = True

    numbers: PhoneNumbers | None = Field(default=None, title="Numbers", description="The numbers to block.")


class UnblockNumbers(Action[Done]):
    """Let blocked numbers call again."""

    slug = "DIALPAD_REMOVE_BLOCKED_NUMBERS"
    name = "Unblock numbers"
    request = POST("/api/v2/blockednumbers/remove")
    risk = Risk.CHANGE
    repeatable = True

    numbers: PhoneNumbers | None = Field(default=None, title="Numbers", description="The numbers to let through.")
