"""The types of request fields, and the errors for wrong values.

Dialpad's integers may come as numbers or as strings of digits; booleans and strings must be exactly that. A field
Dialpad does not know is refused, so that a misspelt one is found here and not in production.
"""

import re
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    ValidationError,
)

from bot.sandbox.dialpad.refusals import bad_request

E164_PATTERN = re.compile(r"\+[1-9][0-9]{6,14}")
INT64_MAX = 2**63 - 1


def parse_whole(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > INT64_MAX:
        raise ValueError("must be an integer")
    return value


def check_e164(value: str) -> str:
    if not E164_PATTERN.fullmatch(value):
        raise ValueError("must be an E.164 number such as +14155550101")
    return value


def check_single_line(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise ValueError("must be a single line")
    return value


def check_caller_id(value: str) -> str:
    return value if value == "blocked" else check_e164(value)


Whole = Annotated[int, BeforeValidator(parse_whole)]
Id = Whole
Flag = StrictBool
Text = StrictStr
Line = Annotated[StrictStr, AfterValidator(check_single_line)]
FilledLine = Annotated[Line, Field(min_length=1)]
E164 = Annotated[StrictStr, AfterValidator(check_e164)]
CallerId = Annotated[StrictStr, AfterValidator(check_caller_id)]


class Body(BaseModel):
    """A request body. ``model_fields_set`` distinguishes what the caller sent from what was left out."""

    model_config = ConfigDict(extra="forbid")

    def sent(self) -> dict[str, Any]:
        """Return what the caller gave a value, by field name; null counts as not given."""
        return {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name in self.model_fields_set and getattr(self, name) is not None
        }


BodyT = TypeVar("BodyT", bound=Body)


def parse_body(model: type[BodyT], data: Any) -> BodyT:
    """Parse a request body. Raises a 400 that names the first wrong field and never repeats its value."""
    if not isinstance(data, dict):
        raise bad_request("the request body must be a JSON object")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise bad_request(f'unrecognized field "{where}"') from None
        if first["type"] == "missing":
            raise bad_request(f'missing required field "{where}"') from None
        reason = first["msg"].removeprefix("Value error, ")
        raise bad_request(f"{where}: {reason}" if where else reason) from None
