"""Forgetting what is over."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, or_, update
from sqlalchemy.sql.elements import ColumnElement

from bot.store import audit as audits
from bot.store import events as arrivals
from bot.store import gaps as ledger
from bot.store import inbox as inboxes
from bot.store import removals as remains
from bot.store import rosters as copies
from bot.store.confirmations import confirmations
from bot.store.connect_links import connect_links
from bot.store.oauth_states import oauth_states
from bot.store.requests_before_connecting import remembered

CONFIRMATIONS_EXPLAINED_FOR = timedelta(days=1)
"""How long a click on an old confirmation still hears whether it was used or late, rather than unknown."""


def purge(connection: Connection, now: datetime) -> dict[str, int]:
    """Deletes everything expired; table name to rows deleted."""
    late = and_(confirmations.c.expires_at <= now, confirmations.c.sealed.is_not(None))
    connection.execute(update(confirmations).where(late).values(sealed=None))
    return {
        table.name: connection.execute(delete(table).where(over)).rowcount
        for table, over in (
            (oauth_states, oauth_states.c.expires_at <= now),
            (connect_links, connect_links.c.expires_at <= now),
            (confirmations, confirmations.c.expires_at <= now - CONFIRMATIONS_EXPLAINED_FOR),
            (remembered, remembered.c.expires_at <= now),
            (inboxes.inbox, _inbox_over(now)),
            (arrivals.events, arrivals.over(now)),
            (ledger.gaps, ledger.gaps.c.ended_at <= now - ledger.KEPT_FOR),
            (audits.audit, audits.audit.c.at <= now - audits.KEPT_FOR),
            (copies.rosters, copies.over(now)),
            (remains.removals, remains.over(now)),
        )
    }


def _inbox_over(now: datetime) -> ColumnElement[bool]:
    column = inboxes.inbox.c
    nothing_to_do = or_(column.done_at.is_not(None), column.sealed.is_(None))
    return or_(
        and_(nothing_to_do, column.received_at <= now - inboxes.KEPT_FOR),
        column.received_at <= now - inboxes.GIVEN_UP_AFTER,
    )
