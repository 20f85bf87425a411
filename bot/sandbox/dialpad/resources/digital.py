"""/digital/sessionsdata: conversations over chat and other digital channels, in a span of less than seven days."""

from datetime import UTC, datetime, timedelta

from bot.sandbox.dialpad.limits import PER_MINUTE_100
from bot.sandbox.dialpad.model import Json
from bot.sandbox.dialpad.refusals import bad_request
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

SESSION = "digital session"
LONGEST = timedelta(days=7)
TARGETS = ("callcenter", "department", "office")


def read_moment(ctx: RequestContext, name: str) -> datetime:
    """Read a required moment in ISO 8601 from the query."""
    given = ctx.query_text(name)
    if given is None:
        raise bad_request(f'missing required field "{name}"')
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise bad_request(f"{name}: must be an ISO 8601 timestamp") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def list_sessions(ctx: RequestContext) -> Answer:
    begin, end = read_moment(ctx, "start_date"), read_moment(ctx, "end_date")
    if end <= begin or end - begin >= LONGEST:
        raise bad_request("The requested period must be less than 7 days")
    kind, target_id = ctx.query_choice("target_type", TARGETS), ctx.query_whole("target_id")
    if (kind is None) != (target_id is None):
        raise bad_request("target_type and target_id must be given together")

    def is_wanted(session: Json) -> bool:
        of_line = target_id is None or session["target"]["id"] == str(target_id)
        return of_line and any(begin <= session[moment] < end for moment in ("created", "ended"))

    found = [one for one in ctx.state.documents.all(SESSION) if is_wanted(one)]
    return ctx.page(found, _render, id_of=lambda one: one["id"])


def _render(session: Json) -> Json:
    shown = {name: value for name, value in session.items() if name not in ("id", "created", "ended")}
    return {
        **shown,
        "session_id": str(session["id"]),
        "customer_session_id": f"c{session['id']}",
        "created_at": session["created"].isoformat(),
        "ended_at": session["ended"].isoformat(),
        "duration": (session["ended"] - session["created"]).total_seconds() * 1000,
    }


ROUTES = (Route("GET", "/digital/sessionsdata", list_sessions, limit=PER_MINUTE_100, scope="digital_sessions"),)
