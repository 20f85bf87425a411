"""POST /offices: another office of the company, with its billing."""

from datetime import timedelta
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from bot.sandbox.dialpad.fields import E164, Body, FilledLine, Flag, Line, Text
from bot.sandbox.dialpad.model import Group, Json
from bot.sandbox.dialpad.refusals import bad_request, conflict
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.e911 import Address, render_address
from bot.sandbox.dialpad.resources.group_lifecycle import check_name
from bot.sandbox.dialpad.resources.group_settings import (
    GroupSettings,
    RoutingAction,
    change_settings,
    default_settings,
)
from bot.sandbox.dialpad.resources.number_assignments import attach, find_number
from bot.sandbox.dialpad.resources.offices import render_office
from bot.sandbox.dialpad.resources.plans import NEW_OFFICE, PLAN, render_plan
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import epoch_ms
from bot.sandbox.dialpad.wire import Answer

COUNTRIES = (
    "AR AT AU BD BE BG BH BR CA CH CI CL CN CO CR CY CZ DE DK DO DP EC EE EG ES FI FR GB GH GR GT HK HR HU ID IE "
    "IL IN IS IT JP KE KH KR KZ LK LT LU LV MA MD MM MT MX MY NG NL NO NZ PA PE PH PK PL PR PT PY RO RU SA SE SG "
    "SI SK SV TH TR TW UA US UY VE VN ZA"
)
"""Countries where Dialpad has offices, as its documentation lists them."""


def check_country(country: str) -> str:
    if country not in COUNTRIES.split():
        raise ValueError("must be a country of Dialpad's, such as US")
    return country


def check_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a tz database name such as America/Los_Angeles")
    return name


Timezone = Annotated[Text, AfterValidator(check_timezone)]


class BillingAddress(Body):
    address_line_1: FilledLine
    city: FilledLine
    country: Annotated[Text, Field(min_length=2)]
    postal_code: FilledLine
    region: FilledLine
    address_line_2: Line | None = None


class BillingContact(Body):
    email: Text
    name: FilledLine
    phone: Text | None = None


class CreateOffice(GroupSettings):
    name: Annotated[Line, Field(min_length=1, max_length=100)]
    annual_commit_monthly_billing: Flag
    billing_address: BillingAddress
    country: Annotated[Text, AfterValidator(check_country)]
    currency: Literal["AUD", "CAD", "EUR", "GBP", "JPY", "NZD", "USD"]
    invoiced: Flag
    plan_period: Literal["monthly", "yearly"]
    unified_billing: Flag
    auto_call_recording: Flag | None = None
    billing_contact: BillingContact | None = None
    e911_address: Address | None = None
    first_action: Literal["menu", "operators"] | None = None
    international_enabled: Flag | None = None
    mainline_number: E164 | None = None
    no_operators_action: RoutingAction | None = None
    timezone: Timezone | None = None
    use_same_address: Flag | None = None


BILLING_FIELDS = (
    "annual_commit_monthly_billing",
    "billing_address",
    "billing_contact",
    "country",
    "currency",
    "e911_address",
    "international_enabled",
    "invoiced",
    "mainline_number",
    "plan_period",
    "timezone",
    "unified_billing",
    "use_same_address",
)
"""Fields that are not settings of the office's line."""


def emergency_address(body: CreateOffice) -> Json | None:
    if body.e911_address is not None:
        return render_address(body.e911_address)
    if not body.use_same_address:
        return None
    billing = body.billing_address
    return {
        "address": billing.address_line_1,
        "address2": billing.address_line_2,
        "city": billing.city,
        "country": billing.country,
        "state": billing.region,
        "zip": billing.postal_code,
    }


def add_plan(ctx: RequestContext, office: Group, body: CreateOffice) -> None:
    days = 30 if body.plan_period == "monthly" else 365
    content = {
        **NEW_OFFICE,
        "office_id": office.id,
        "balance": "0.00",
        "next_billing_date": epoch_ms(ctx.state.now() + timedelta(days=days)),
        "ppu_address": body.billing_address.model_dump(),
    }
    ctx.state.documents.add(PLAN, content)


def create_office(ctx: RequestContext) -> Answer:
    """Create an office. ``mainline_number`` must be a free number of the pool. Company admins are admins of the new
    office too."""
    ctx.require_admin()
    body = ctx.body(CreateOffice)
    check_name(ctx.state, "office", body.name)
    number = None if body.mainline_number is None else find_number(ctx, body.mainline_number)
    if number is not None and number.target is not None:
        raise conflict("the number is assigned already")
    if body.billing_contact is not None and "@" not in body.billing_contact.email:
        raise bad_request("billing_contact.email: must be an e-mail address")
    office_id = ctx.state.new_id()
    office = Group(
        id=office_id,
        kind="office",
        name=body.name,
        phone_numbers=[],
        office_id=office_id,
        settings=default_settings(),
        country=body.country.lower(),
        timezone=body.timezone or "US/Pacific",
    )
    change_settings(ctx.state, office, body.model_copy(update=dict.fromkeys(BILLING_FIELDS)))
    ctx.state.groups[office.id] = office
    if number is not None:
        number.office_id = office.id
        attach(ctx, number, office.target, primary=True)
    address = emergency_address(body)
    if address is not None:
        ctx.state.addresses[office.target] = address
    for user in ctx.state.users.values():
        if user.is_super_admin:
            user.admin_office_ids.append(office.id)
    add_plan(ctx, office, body)
    return Answer({"office": render_office(ctx.state, office), "plan": render_plan(ctx.state, office.id)})


ROUTES = (Route("POST", "/offices", create_office),)
