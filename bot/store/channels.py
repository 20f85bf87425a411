"""Gives a channel its new id wherever it is named, after Slack has changed it."""

from typing import Any

from sqlalchemy import Connection, Table, and_, delete, select, update

from bot.store.confirmations import confirmations
from bot.store.keys import KeyProblem
from bot.store.postings import postings
from bot.store.requests_before_connecting import remembered
from bot.store.schema import Everywhere, StoreContext, everywhere, name_row
from bot.store.subscriptions import subscriptions
from bot.store.timed_requests import kept

_SEALED_PLACES = (kept, remembered, confirmations)
"""Tables whose sealed requests say where they were asked for."""


class Channels:
    """Changes the ids of channels. Repeating it does no harm."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    async def renamed(self, old: str, new: str) -> None:
        """Let everything that names the old id name the new one: subscriptions, postings, waiting requests."""

        def change(connection: Connection) -> None:
            theirs = update(subscriptions).where(subscriptions.c.channel == old).values(channel=new)
            connection.execute(everywhere(theirs, Everywhere.SLACK))
            _move_postings(connection, old, new)
            for table in _SEALED_PLACES:
                self._move_places(connection, table, old, new)

        await self._context.database.write(change)

    def _move_places(self, connection: Connection, table: Table, old: str, new: str) -> None:
        for row in connection.execute(select(table).where(table.c.sealed.is_not(None))).all():
            name = name_row(table, row)
            try:
                asked = self._context.keys.open_json(row.sealed, name)
            except KeyProblem:
                continue  # whoever asked is told when its time comes; the channel's others move
            moved = _replaced(asked, old, new)
            if moved != asked:
                mine = and_(*(column == getattr(row, column.key) for column in table.primary_key))
                sealed = self._context.keys.seal_json(moved, name)
                connection.execute(update(table).where(mine, table.c.sealed == row.sealed).values(sealed=sealed))


def _move_postings(connection: Connection, old: str, new: str) -> None:
    """Move a channel's postings. A card has one in each channel: of two, the one that was posted stays."""
    there = postings.alias()
    cards = select(there.c.card_id)
    doubled = and_(
        postings.c.channel == new, postings.c.ts.is_(None), postings.c.card_id.in_(cards.where(there.c.channel == old))
    )
    connection.execute(everywhere(delete(postings).where(doubled), Everywhere.SLACK))
    left = and_(postings.c.channel == old, postings.c.card_id.in_(cards.where(there.c.channel == new)))
    connection.execute(everywhere(delete(postings).where(left), Everywhere.SLACK))
    in_channel = update(postings).where(postings.c.channel == old).values(channel=new)
    connection.execute(everywhere(in_channel, Everywhere.SLACK))
    in_place = update(postings).where(postings.c.place == old).values(place=new)
    connection.execute(everywhere(in_place, Everywhere.SLACK))


def _replaced(node: Any, old: str, new: str) -> Any:
    if isinstance(node, dict):
        return {key: _replaced(value, old, new) for key, value in node.items()}
    if isinstance(node, list):
        return [_replaced(value, old, new) for value in node]
    return new if node == old else node
