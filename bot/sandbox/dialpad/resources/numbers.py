"""/numbers: the company's own phone numbers, and the formatting of numbers."""

import phonenumbers

from bot.sandbox.dialpad.model import Json, PhoneNumber
from bot.sandbox.dialpad.parties import local_format
from bot.sandbox.dialpad.refusals import bad_request, not_found
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.wire import Answer

STATUSES = (
    "available",
    "call_center",
    "call_router",
    "department",
    "dynamic_caller",
    "office",
    "pending",
    "porting",
    "room",
    "user",
)


def status_of(number: PhoneNumber) -> str:
    if number.target is None:
        return "available"
    return {"callcenter": "call_center", "callrouter": "call_router"}.get(number.target.kind, number.target.kind)


def render_number(state: State, number: PhoneNumber) -> Json:
    return {
        "number": number.number,
        "area_code": number.number[2:5],
        "company_id": state.company_id,
        "office_id": number.office_id,
        "status": status_of(number),
        "target_id": None if number.target is None else number.target.id,
        "target_type": None if number.target is None else number.target.kind,
        "type": number.kind,
    }


def list_numbers(ctx: RequestContext) -> Answer:
    status = ctx.query_choice("status", STATUSES)
    numbers = sorted(ctx.state.numbers.values(), key=lambda number: number.number)
    numbers = [number for number in numbers if status is None or status_of(number) == status]
    return ctx.page(numbers, lambda number: render_number(ctx.state, number), id_of=lambda number: number.number)


def get_number(ctx: RequestContext) -> Answer:
    found = ctx.state.numbers.get(ctx.path["number"])
    if found is None:
        raise not_found("number")
    return Answer(render_number(ctx.state, found))


def format_number(ctx: RequestContext) -> Answer:
    """Format a number. Reads the query, though it is a POST. ``country_code`` is needed for numbers without a plus."""
    given = ctx.query_text("number")
    if given is None:
        raise bad_request('missing required field "number"')
    country = ctx.query_text("country_code")
    if country is None and not given.strip().startswith("+"):
        raise bad_request("country_code: is needed for a local number")
    try:
        parsed = phonenumbers.parse(given, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        raise bad_request("number: cannot be read as a phone number") from None
    if not phonenumbers.is_possible_number(parsed):
        raise bad_request("number: cannot be read as a phone number")
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    local = local_format(e164)
    return Answer(
        {
            "e164_number": e164,
            "local_number": local,
            "country_code": phonenumbers.region_code_for_number(parsed) or (country or "").upper(),
            "area_code": local.split()[0] if local.startswith("(") else None,
        }
    )


ROUTES = (
    Route("GET", "/numbers", list_numbers, admin=True),
    Route("GET", "/numbers/{number}", get_number, admin=True),
    Route("POST", "/numbers/format", format_number),
)
