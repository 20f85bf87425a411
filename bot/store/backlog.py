"""The age of what waits: read for readiness and metrics, without reading any of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from bot.store.events import events
from bot.store.inbox import inbox
from bot.store.postings import postings
from bot.store.schema import Everywhere, MomentColumn, StoreContext, everywhere
from bot.store.timed_requests import kept


@dataclass(frozen=True)
class Backlog:
    """When the oldest of each kind came or came due; None where nothing waits. ``untried`` is an event that was not
    even tried, ``asked`` something people asked for that was acknowledged and is not done."""

    event: datetime | None
    untried: datetime | None
    post: datetime | None
    escalation: datetime | None
    timed: datetime | None
    asked: datetime | None
    parked: int


async def read_backlog(context: StoreContext) -> Backlog:
    """Read the age of everything that waits."""
    now = context.now()
    waits = and_(events.c.done_at.is_(None), events.c.parked_at.is_(None))
    oldest = (
        (events.c.received_at, waits),
        (events.c.received_at, and_(waits, events.c.tries == 0)),
        (postings.c.due_at, postings.c.due_at <= now),
        (postings.c.escalate_at, postings.c.escalate_at <= now),
        (kept.c.due_at, kept.c.due_at <= now),
        (inbox.c.received_at, and_(inbox.c.done_at.is_(None), inbox.c.sealed.is_not(None))),
    )
    statements = [
        everywhere(select(func.min(column, type_=MomentColumn)).where(where), Everywhere.OPERATOR)
        for column, where in oldest
    ]
    parked = select(func.count()).where(events.c.done_at.is_(None), events.c.parked_at.is_not(None))

    def query(connection: Connection) -> Backlog:
        moments = [connection.execute(statement).scalar() for statement in statements]
        event, untried, post, escalation, timed, asked = moments
        count: int = connection.execute(parked).scalar_one()
        return Backlog(event, untried, post, escalation, timed, asked, count)

    return await context.database.read(query)
