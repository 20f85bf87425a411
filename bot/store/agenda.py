"""When something comes due next, so that nobody has to look meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, true

from bot.store.alerts import alerts
from bot.store.histories import items
from bot.store.postings import postings
from bot.store.rosters import rosters
from bot.store.schema import Everywhere, MomentColumn, StoreContext, everywhere
from bot.store.subscriptions import subscriptions


@dataclass(frozen=True)
class Agenda:
    """The earliest moment of each kind of work, None where nothing is to come: a message to post or update, a step of
    an escalation, a digest to count, a roster to look at, open work that looks different, an answer that is soon
    due or overdue, and a line to look at for alerts."""

    posting: datetime | None = None
    escalation: datetime | None = None
    digest: datetime | None = None
    roster: datetime | None = None
    item: datetime | None = None
    answer: datetime | None = None
    alert: datetime | None = None


async def read_agenda(context: StoreContext, seen: datetime | None = None) -> Agenda:
    """Read the earliest moments of all companies. ``seen``: messages that were due then are not meant."""
    unseen = true() if seen is None else postings.c.due_at > seen
    kinds = (
        (postings.c.due_at, unseen),
        (postings.c.escalate_at, true()),
        (subscriptions.c.digest_at, true()),
        (rosters.c.due_at, true()),
        (items.c.stale_at, true()),
        (postings.c.redraw_at, true()),
        (alerts.c.due_at, true()),
    )
    earliest = [
        select(func.min(column, type_=MomentColumn)).where(column.is_not(None), meant).scalar_subquery()
        for column, meant in kinds
    ]
    statement = everywhere(select(*earliest), Everywhere.DUE)

    def query(connection: Connection) -> Agenda:
        return Agenda(*connection.execute(statement).one())

    return await context.database.read(query)
