"""Cards: one row per call, text or other thing that is posted to channels. ``bot.store.absorbing`` takes in what events
say about them.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import structlog
from sqlalchemy import Connection, Row, Select, and_, bindparam, literal, or_, select, tuple_, update

from bot.activity.registers import Register, State
from bot.basics.company import CompanyKey
from bot.store.absorbing import Absorbing, CardPart, PostingPlan
from bot.store.card_rows import StoredCard, are_about, card_names, cards, is_card, read_card
from bot.store.histories import Histories
from bot.store.keys import KeyProblem
from bot.store.postings import postings, touch
from bot.store.schema import (
    Everywhere,
    MomentColumn,
    StoreContext,
    company_values,
    everywhere,
    within,
    within_named,
)

_log = structlog.get_logger(__name__)

_AT_ONCE: Final = 100
"""Cards read at a time, so that other queries get their turn in between."""
_SEVERAL: Final = select(cards).where(within_named(cards), cards.c.id.in_(bindparam("ids", expanding=True)))
"""Built once: every message that is written asks for its cards."""


@dataclass(frozen=True)
class OwnedKind:
    """Whose card it is, and of which kind."""

    company: CompanyKey
    kind: str


class ChangedCard(NamedTuple):
    """A card, and when it changed last."""

    card: StoredCard
    at: datetime


class Cards:
    """Queries on cards. Every change is one transaction, and none waits for Slack or Dialpad."""

    def __init__(self, context: StoreContext, histories: Histories) -> None:
        self._context = context
        self.absorbing = Absorbing(context, histories)

    # Taking in

    async def absorb(
        self,
        company: CompanyKey,
        kind: str,
        names: Iterable[str],
        part: Mapping[str, Register],
        plan: PostingPlan,
        *,
        debounce_s: float = 0.0,
        about: str | None = None,
    ) -> str:
        """Merge what is known into the company's card that any of ``names`` leads to, or a new one, and return its
        id, as ``Absorbing.absorb`` does for many."""
        one = CardPart(kind, tuple(names), State(part), plan, debounce_s, about)

        def change(connection: Connection) -> str:
            return self.absorbing.absorb(connection, company, [one])[0].id

        return await self._context.database.write(change)

    # Looking

    async def get(self, company: CompanyKey, card_id: str) -> StoredCard | None:
        """Return a company's card. Raises KeyProblem when it cannot be read."""
        asked = {**company_values(company), "ids": [card_id]}

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(_SEVERAL, asked).one_or_none()

        row = await self._context.database.look_up(query)
        return None if row is None else self._read(row)

    async def several(self, company: CompanyKey, card_ids: Iterable[str]) -> dict[str, StoredCard | None]:
        """Return a company's cards by id, without those that are gone; None for one that cannot be read."""
        asked = {**company_values(company), "ids": list(dict.fromkeys(card_ids))}

        def query(connection: Connection) -> dict[str, StoredCard | None]:
            return {row.id: self._read_if_possible(row) for row in connection.execute(_SEVERAL, asked)}

        database = self._context.database
        return await (database.look_up if len(asked["ids"]) == 1 else database.read)(query)

    def _read_if_possible(self, row: Row[Any]) -> StoredCard | None:
        try:
            return self._read(row)
        except KeyProblem:
            _log.warning("a card cannot be read: its key is missing")
            return None

    async def named(self, company: CompanyKey, name: str) -> StoredCard | None:
        """Find a card by name, such as ``talk:+14155550101|+14155550150``."""

        def query(connection: Connection) -> list[StoredCard]:
            return self.absorbing.named(connection, company, [name])

        found = await self._context.database.look_up(query)
        return found[0] if found else None

    async def by_name(self, company: CompanyKey, names: Iterable[str]) -> dict[str, StoredCard]:
        """Find the cards with any of these names."""
        named = and_(within(card_names, company), card_names.c.name.in_(list(names)))
        asked = select(card_names.c.name.label("its_name"), cards).join(cards, cards.c.id == card_names.c.card_id)
        statement = asked.where(within(cards, company), named)

        def query(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(statement).all()

        return {row.its_name: self._read(row) for row in await self._context.database.look_up(query)}

    async def at(self, company: CompanyKey, channel: str, ts: str) -> StoredCard | None:
        """Find the card that a message shows."""
        where = and_(within(postings, company), postings.c.place == channel, postings.c.ts == ts)
        statement = select(cards).join(postings, postings.c.card_id == cards.c.id).where(within(cards, company), where)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(statement).first()

        row = await self._context.database.look_up(query)
        return None if row is None else self._read(row)

    async def whose(self, card_id: str) -> OwnedKind | None:
        """Tell whose card it is, and nothing else of it: for the sentence that it is somebody else's."""
        statement = select(cards.c.team_id, cards.c.company, cards.c.kind).where(cards.c.id == card_id)
        return await self._whose(statement)

    async def whose_at(self, channel: str, ts: str, name: str = "") -> OwnedKind | None:
        """Tell whose card a message shows, as ``whose``. ``name``: of the posting, for a message that has arrived and
        whose ``ts`` is not noted yet."""
        there = and_(postings.c.place == channel, postings.c.ts == ts)
        arrived = and_(postings.c.id == name, postings.c.ts.is_(None), postings.c.attempted_at.is_not(None))
        shown = select(postings.c.card_id).where(or_(there, arrived) if name else there)
        statement = select(cards.c.team_id, cards.c.company, cards.c.kind).where(cards.c.id.in_(shown))
        return await self._whose(statement.limit(1))

    async def _whose(self, statement: Select[Any]) -> OwnedKind | None:
        asked = everywhere(statement, Everywhere.WHOSE)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(asked).first()

        row = await self._context.database.look_up(query)
        return None if row is None else OwnedKind(CompanyKey(row.team_id, row.company), row.kind)

    async def changed_since(self, company: CompanyKey, kind: str, since: datetime) -> AsyncIterator[StoredCard]:
        """Yield all cards of one kind that changed since then, in no order, a few at a time."""
        column, last = cards.c, ""
        where = and_(within(cards, company), column.kind == kind, column.changed_at >= since)
        statement = select(cards).where(where).order_by(column.id).limit(_AT_ONCE)
        while True:
            after = statement.where(column.id > last)
            rows = await self._context.database.read(lambda connection, after=after: connection.execute(after).all())  # type: ignore[misc]  # mypy cannot infer the lambda
            for row in rows:
                yield self._read(row)
            if len(rows) < _AT_ONCE:
                return
            last = rows[-1].id

    async def newest(self, company: CompanyKey, kind: str, since: datetime) -> AsyncIterator[ChangedCard]:
        """Yield the cards of one kind that changed since then, what changed last first."""
        column, last = cards.c, None
        where = and_(within(cards, company), column.kind == kind, column.changed_at >= since)
        statement = select(cards).where(where).order_by(column.changed_at.desc(), column.id.desc()).limit(_AT_ONCE)
        while True:
            older = statement if last is None else statement.where(tuple_(column.changed_at, column.id) < last)
            rows = await self._context.database.read(lambda connection, older=older: connection.execute(older).all())  # type: ignore[misc]  # mypy cannot infer the lambda
            for row in rows:
                yield ChangedCard(self._read(row), row.changed_at)
            if len(rows) < _AT_ONCE:
                return
            last = tuple_(literal(rows[-1].changed_at, MomentColumn), rows[-1].id)

    # Claiming

    async def claim(self, company: CompanyKey, card_id: str, user_id: str) -> StoredCard | None:
        """Claim a card for ``user_id`` unless somebody has claimed or handled it. Return the card as it is
        afterwards, None if it no longer exists."""
        free = and_(cards.c.claimed_by.is_(None), cards.c.handled_by.is_(None))
        return await self._stamp(company, card_id, free, claimed_by=user_id, claimed_at=self._context.now())

    async def release(
        self, company: CompanyKey, card_id: str, user_id: str, *, claimed_at: datetime | None = None
    ) -> StoredCard | None:
        """Release a card that ``user_id`` has claimed; with ``claimed_at`` only that claim, not one they made since."""
        mine = and_(cards.c.claimed_by == user_id, cards.c.handled_by.is_(None))
        if claimed_at is not None:
            mine = and_(mine, cards.c.claimed_at == claimed_at)
        return await self._stamp(company, card_id, mine, claimed_by=None, claimed_at=None)

    async def handle(self, company: CompanyKey, card_id: str, user_id: str) -> StoredCard | None:
        """Mark a card as handled: by the person who claimed it, or by anybody if it is unclaimed."""
        open_ = cards.c.handled_by.is_(None)
        return await self._stamp(company, card_id, open_, handled_by=user_id, handled_at=self._context.now())

    async def _stamp(self, company: CompanyKey, card_id: str, where: Any, **values: Any) -> StoredCard | None:
        now, this = self._context.now(), is_card(company, card_id)

        def change(connection: Connection) -> Row[Any] | None:
            stamped = update(cards).where(this, where).values(version=cards.c.version + 1, changed_at=now, **values)
            if connection.execute(stamped).rowcount:
                touch(connection, company, [card_id], now)
                self._touch_about(connection, company, card_id, now)
            return connection.execute(select(cards).where(this)).one_or_none()

        row = await self._context.database.write(change)
        return None if row is None else self._read(row)

    @staticmethod
    def _touch_about(connection: Connection, company: CompanyKey, card_id: str, now: datetime) -> None:
        """Make the cards due that ask or tell about this one, so that they show its new state."""
        changed = update(cards).where(are_about(company, [card_id])).values(version=cards.c.version + 1)
        if names := connection.execute(changed.returning(cards.c.id)).scalars().all():
            touch(connection, company, names, now)

    def _read(self, row: Row[Any]) -> StoredCard:
        return read_card(self._context.keys, row)
