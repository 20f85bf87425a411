"""/wfm/metrics: planned and actual hours of agents, day by day, for admins and supervisors."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from bot.sandbox.dialpad.fields import parse_whole
from bot.sandbox.dialpad.model import Json, User
from bot.sandbox.dialpad.refusals import bad_request
from bot.sandbox.dialpad.request_context import RequestContext
from bot.sandbox.dialpad.resources.digital import read_moment
from bot.sandbox.dialpad.routes import Route
from bot.sandbox.dialpad.wire import Answer

SCHEDULED_HOURS = 8.0
ACTIVITIES = (("Phones", "task", 6.5), ("Lunch", "break", 1.0), ("Training", "task", 0.5))
MOST_DAYS = 92


def _agents(ctx: RequestContext) -> list[User]:
    """Return the agents asked for by ids or addresses, which come as one text with commas; all when neither came."""
    ids, emails = (ctx.query_text(name) for name in ("ids", "emails"))
    agents = [user for user in ctx.state.users.values() if ctx.state.call_centers_of(user.id)]
    if ids is None and emails is None:
        return agents
    try:
        wanted = {parse_whole(one.strip()) for one in (ids or "").split(",") if one.strip()}
    except ValueError:
        raise bad_request("ids: must be user ids with commas between") from None
    addresses = {one.strip().casefold() for one in (emails or "").split(",") if one.strip()}
    return [user for user in agents if user.id in wanted or addresses & {email.casefold() for email in user.emails}]


def _days(ctx: RequestContext) -> Iterator[tuple[datetime, datetime]]:
    begin, end = read_moment(ctx, "start"), read_moment(ctx, "end")
    if end <= begin or end - begin > timedelta(days=MOST_DAYS):
        raise bad_request(f"end: must be after start, by at most {MOST_DAYS} days")
    while begin < end:
        following = min(begin + timedelta(days=1), end)
        yield begin, following
        begin = following


def _interval(day: tuple[datetime, datetime]) -> Json:
    return {name: at.astimezone(UTC).isoformat() for name, at in zip(("start", "end"), day, strict=True)}


def _adherence(user: User, hours: float) -> Json:
    part = 0.9 + user.id % 10 / 100
    seconds = round(hours * 3600)
    return {
        "adherence_score": round(part * 100, 1),
        "time_in_adherence": {"seconds": round(seconds * part), "percentage": round(part, 2)},
        "time_out_of_adherence": {"seconds": seconds - round(seconds * part), "percentage": round(1 - part, 2)},
    }


def _list(ctx: RequestContext, rows: Callable[[User, tuple[datetime, datetime]], Iterator[Json]]) -> Answer:
    ctx.require_admin()
    agents = _agents(ctx)
    found = [(f"{day[0]:%Y%m%d}", row) for day in _days(ctx) for user in agents for row in rows(user, day)]
    numbered = list(enumerate(row for _, row in found))
    return ctx.page(numbered, lambda one: one[1], id_of=lambda one: one[0])


def list_activities(ctx: RequestContext) -> Answer:
    def rows(user: User, day: tuple[datetime, datetime]) -> Iterator[Json]:
        for name, kind, hours in ACTIVITIES:
            yield {
                "activity": {"name": name, "type": kind},
                "interval": _interval(day),
                "scheduled_hours": hours,
                "conversations_closed": round(hours * 4),
                **_adherence(user, hours),
            }

    return _list(ctx, rows)


def list_agents(ctx: RequestContext) -> Answer:
    def rows(user: User, day: tuple[datetime, datetime]) -> Iterator[Json]:
        yield {
            "agent": {"name": user.name, "email": user.emails[0]},
            "interval": _interval(day),
            "scheduled_hours": SCHEDULED_HOURS,
            "occupancy": 0.82,
            "total_conversations_closed": 26,
            **_adherence(user, SCHEDULED_HOURS),
        }

    return _list(ctx, rows)


ROUTES = (
    Route("GET", "/wfm/metrics/activity", list_activities),
    Route("GET", "/wfm/metrics/agent", list_agents),
)
