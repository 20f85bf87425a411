"""/company: the company itself, and the numbers that opted out of its texts."""

from bot.sandbox.dialpad.fields import parse_whole
from bot.sandbox.dialpad.limits import PER_MINUTE_250
from bot.sandbox.dialpad.model import Json, OptOut
from bot.sandbox.dialpad.refusals import bad_request, forbidden
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.times import epoch_ms
from bot.sandbox.dialpad.wire import Answer


def get_company(ctx: RequestContext) -> Answer:
    state = ctx.state
    admin = next((user for user in state.users.values() if user.is_super_admin), None)
    email = "" if admin is None else admin.emails[0]
    return Answer(
        {
            "id": state.company_id,
            "name": state.company_name,
            "account_type": "enterprise",
            "admin_email": email,
            "country": "us",
            "domain": email.rpartition("@")[2],
            "office_count": len(state.groups_of_kind("office")),
            "state": "active",
            "settings": dict(state.company_settings),
        }
    )


def update_settings(ctx: RequestContext) -> Answer:
    """Change settings of the whole company; they come in the query, and there is no body."""
    on = ctx.query_flag("has_callai")
    if on is not None:
        ctx.state.company_settings["has_callai"] = on
    return get_company(ctx)


def list_opt_outs(ctx: RequestContext) -> Answer:
    try:
        company_id = parse_whole(ctx.path["id"])
    except ValueError:
        raise bad_request("id: must be the company's id") from None
    if company_id != ctx.state.company_id:
        raise forbidden("Only the own company's opt-outs can be read.")
    wanted = ctx.query_choice("opt_out_state", ("opted_out", "opted_back_in"))
    if wanted is None:
        raise bad_request('missing required field "opt_out_state"')
    entries = [entry for entry in ctx.state.opt_outs.values() if entry.state == wanted]
    if ctx.query_whole("a2p_campaign_id") is not None:
        entries = []  # people here opt out of the whole company, of no single campaign

    def render(entry: OptOut) -> Json:
        return {
            "external_endpoint": entry.number,
            "opt_out_state": entry.state,
            "date": epoch_ms(entry.date),
            "opt_out_scope_info": {"opt_out_scope_level": "company", "scope_id": company_id},
        }

    return ctx.page(entries, render, id_of=lambda entry: entry.number)


ROUTES = (
    Route("GET", "/company", get_company, admin=True),
    Route("PUT", "/company/settings", update_settings, admin=True),
    Route("GET", "/company/{id}/smsoptout", list_opt_outs, admin=True, limit=PER_MINUTE_250),
)
