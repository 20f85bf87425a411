"""The company as a whole."""

from typing import Annotated, Literal

from pydantic import Field

from bot.dialpad.action import GET, PUT, Action, CompanyId, Id, InQuery, Page, Rate, Response, Risk
from bot.dialpad.actions.fields import Cursor


class CompanySettings(Response):
    """What is switched on for the whole company."""

    has_callai: bool | None = None
    allow_ai_training: bool | None = None


class Company(Response):
    """The company that the token belongs to."""

    id: Id | None = None
    name: str | None = None
    domain: str | None = None
    country: str | None = None
    state: str | None = None
    account_type: str | None = None
    admin_email: str | None = None
    office_count: int | None = None
    settings: CompanySettings | None = None


class OptOutScope(Response):
    """What an opt-out covers."""

    opt_out_scope_level: str | None = None
    scope_id: Id | None = None


class OptOut(Response):
    """A number that asked for no more texts, or for texts again. ``date`` in epoch ms."""

    external_endpoint: str | None = None
    opt_out_state: str | None = None
    date: int | None = None
    opt_out_scope_info: OptOutScope | None = None


class GetCompany(Action[Company]):
    """Show what Dialpad knows about the company."""

    slug = "DIALPAD_RETRIEVE_COMPANY_DATA"
    name = "Show the company"
    request = GET("/api/v2/company")
    risk = Risk.READ
    company_admin_key = True


class UpdateCompanySettings(Action[Company]):
    """Switch Dialpad Ai on calls on or off for everybody in the company."""

    slug = "DIALPAD_UPDATE_COMPANY_SETTINGS"
    name = "Change the company's settings"
    request = PUT("/api/v2/company/settings")
    risk = Risk.OUTWARD
    company_admin_key = True
    needs = "Dialpad Ai"

    has_callai: Annotated[bool | None, InQuery] = Field(
        default=None, title="Ai on calls", description="Whether Ai may listen to everybody's calls."
    )


class ListOptOuts(Action[Page[OptOut]]):
    """List the numbers that no longer want texts from the company, or want them again."""

    slug = "DIALPAD_RETRIEVE_SMS_OPT_OUT_BY_COMPANY_ID"
    name = "List text opt-outs"
    request = GET("/api/v2/company/{id}/smsoptout")
    risk = Risk.READ
    rates = (Rate(250),)
    company_admin_key = True
    sensitive = True

    id: CompanyId = Field(title="Company", description="Your own company's id.")
    opt_out_state: Literal["opted_back_in", "opted_out"] = Field(title="State", description="Which of the two lists.")
    a2p_campaign_id: Id | None = Field(
        default=None, title="Campaign", description="Only one A2P campaign; goes with opted out only."
    )
    cursor: Cursor = None
