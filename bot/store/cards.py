"""Cards: one row per call, text or other thing that is posted to channels.

What is known of it is sealed; who has claimed or handled it is not.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    Text,
    and_,
    delete,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.activity.registers import Register, State, from_json, join, to_json
from bot.basics.company import CompanyKey
from bot.store.keys import row_name
from bot.store.postings import NewPosting, postings, touch, want
from bot.store.schema import (
    Everywhere,
    MomentColumn,
    StoreContext,
    company_columns,
    company_values,
    everywhere,
    insert_for,
    metadata,
    within,
)
from bot.store.table_rules import With, older_than, rules

_AT_ONCE: Final = 100
"""Cards read at a time, so that other queries get their turn in between."""
KEPT_FOR: Final = timedelta(days=30)
"""How long an unchanged card is kept; its messages in Slack stay."""

LONGEST_NAME: Final = 200
"""Longest name stored as it is, in characters; ids and numbers have about 20, and Postgres indexes no more than
2,700 bytes."""

cards = Table(
    "cards",
    metadata,
    Column("id", Text, primary_key=True),
    *company_columns(),
    Column("kind", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_at", MomentColumn),
    Column("handled_by", Text),
    Column("handled_at", MomentColumn),
    Column("changed_at", MomentColumn, nullable=False, index=True),
    Column("about", Text, index=True),
    info=rules(forget=older_than("changed_at", KEPT_FOR)),
)
card_names = Table(
    "card_names",
    metadata,
    *company_columns(primary_key=True),
    Column("name", Text, primary_key=True),
    Column("card_id", Text, nullable=False, index=True),
    info=rules(forget=With("card_id", "cards")),
)


@dataclass(frozen=True)
class StoredCard:
    """One stored card. ``claimed_by`` and ``handled_by`` are Slack ids; ``about`` is the id of the card that this
    one asks or tells about, None for one that stands for itself."""

    id: str
    company: CompanyKey
    kind: str
    state: State = field(repr=False)
    version: int
    claimed_by: str | None
    claimed_at: datetime | None
    handled_by: str | None
    handled_at: datetime | None
    about: str | None = None


@dataclass(frozen=True)
class OwnedKind:
    """Whose card it is, and of which kind."""

    company: CompanyKey
    kind: str


PostingPlan = Callable[[State, StoredCard | None], Sequence[NewPosting]]
"""Decides where a card is to be posted, from what is known now and the card as it was before."""


def _is(company: CompanyKey, card_id: str) -> ColumnElement[bool]:
    return and_(within(cards, company), cards.c.id == card_id)


def _key(name: str) -> str:
    """Return a name as it is stored: itself, or a digest if it is too long for an index or holds what no database
    accepts."""
    if len(name) <= LONGEST_NAME and name.isprintable():
        return name
    return sha256(name.encode(errors="surrogatepass")).hexdigest()


class Cards:
    """Queries on cards. Every change is one transaction, and none waits for Slack or Dialpad."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

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
        """Merge what an event says into the company's card that any of ``names`` leads to, or a new one, and return
        its id. Cards that turn out to be the same are merged. Repeating it changes nothing."""
        wanted = sorted({_key(name) for name in names})
        fresh = secrets.token_urlsafe(9)
        now = self._context.now()

        def change(connection: Connection) -> str:
            # Naming comes first: of two processes that meet the same call, one waits here for the other.
            for name in wanted:
                row = insert_for(connection, card_names).values(name=name, card_id=fresh, **company_values(company))
                connection.execute(row.on_conflict_do_nothing())
            known = self._named(connection, company, wanted)
            card = known[0] if known else None
            card_id = card.id if card else fresh
            if card is not None:
                self._merge(connection, company, known, fresh)
            state = reduce(join, [one.state for one in known], State(part))
            if card is None or state != card.state:
                self._write(connection, card_id, company, kind, state, card, about)
                touch(connection, company, card_id, now + timedelta(seconds=debounce_s))
            want(connection, now, company, card_id, plan(state, card))
            return card_id

        return await self._context.database.write(change)

    def _named(self, connection: Connection, company: CompanyKey, names: Sequence[str]) -> list[StoredCard]:
        """Find the cards with any of these names, most often changed first: that is the one people know."""
        ids = select(card_names.c.card_id).where(within(card_names, company), card_names.c.name.in_(names))
        statement = (
            select(cards)
            .where(within(cards, company), cards.c.id.in_(ids))
            .order_by(cards.c.version.desc(), cards.c.id)
        )
        return [self._read(row) for row in connection.execute(statement.with_for_update())]

    def _merge(self, connection: Connection, company: CompanyKey, known: Sequence[StoredCard], fresh: str) -> None:
        """Merge cards into the first, which takes over names, places and claim. If several were posted, the others
        then say that they were merged."""
        into, others = known[0], known[1:]
        ids = [one.id for one in others]
        named = and_(within(card_names, company), card_names.c.card_id.in_([fresh, *ids]))
        connection.execute(update(card_names).where(named).values(card_id=into.id))
        if not others:
            return
        ours = within(cards, company)
        connection.execute(update(cards).where(ours, cards.c.about.in_(ids)).values(about=into.id))
        shown = within(postings, company)
        taken = select(postings.c.channel).where(shown, postings.c.card_id == into.id)
        channels = set(connection.execute(taken).scalars())
        for row in connection.execute(select(postings).where(shown, postings.c.card_id.in_(ids))).all():
            this = and_(shown, postings.c.id == row.id)
            if row.channel not in channels:
                connection.execute(update(postings).where(this).values(card_id=into.id))
                channels.add(row.channel)
            elif row.ts is None:
                connection.execute(delete(postings).where(this))
            else:
                connection.execute(update(postings).where(this).values(due_at=self._context.now(), escalate_at=None))
        claimed = next((one for one in known if one.claimed_by), into)
        values = {"claimed_by": claimed.claimed_by, "claimed_at": claimed.claimed_at}
        connection.execute(update(cards).where(ours, cards.c.id == into.id).values(**values))
        joined = update(cards).where(ours, cards.c.id.in_(ids)).values(kind="joined", version=cards.c.version + 1)
        connection.execute(joined)

    def _write(
        self,
        connection: Connection,
        name: str,
        company: CompanyKey,
        kind: str,
        state: State,
        before: StoredCard | None,
        about: str | None,
    ) -> None:
        values = {
            "kind": kind,
            "sealed": self._context.keys.seal_json(to_json(state), row_name(cards.name, name)),
            "version": before.version + 1 if before else 1,
            "changed_at": self._context.now(),
        }
        if before:
            connection.execute(update(cards).where(within(cards, company), cards.c.id == name).values(**values))
        else:
            connection.execute(cards.insert().values(id=name, about=about, **company_values(company), **values))

    # Looking

    async def get(self, company: CompanyKey, card_id: str) -> StoredCard | None:
        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(select(cards).where(_is(company, card_id))).one_or_none()

        row = await self._context.database.read(query)
        return None if row is None else self._read(row)

    async def named(self, company: CompanyKey, name: str) -> StoredCard | None:
        """Find a card by name, such as ``talk:+14155550101|+14155550150``."""

        def query(connection: Connection) -> list[StoredCard]:
            return self._named(connection, company, [_key(name)])

        found = await self._context.database.write(query)
        return found[0] if found else None

    async def at(self, company: CompanyKey, channel: str, ts: str) -> StoredCard | None:
        """Find the card that a message shows."""
        where = and_(within(postings, company), postings.c.place == channel, postings.c.ts == ts)
        statement = select(cards).join(postings, postings.c.card_id == cards.c.id).where(within(cards, company), where)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(statement).first()

        row = await self._context.database.read(query)
        return None if row is None else self._read(row)

    async def whose(self, card_id: str) -> OwnedKind | None:
        """Tell whose card it is, and nothing else of it: for the sentence that it is somebody else's."""
        statement = select(cards.c.team_id, cards.c.company, cards.c.kind).where(cards.c.id == card_id)
        return await self._whose(statement)

    async def whose_at(self, channel: str, ts: str) -> OwnedKind | None:
        """Tell whose card a message shows, as ``whose``."""
        shown = select(postings.c.card_id).where(postings.c.place == channel, postings.c.ts == ts)
        statement = select(cards.c.team_id, cards.c.company, cards.c.kind).where(cards.c.id.in_(shown))
        return await self._whose(statement.limit(1))

    async def _whose(self, statement: Select[Any]) -> OwnedKind | None:
        asked = everywhere(statement, Everywhere.WHOSE)

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(asked).first()

        row = await self._context.database.read(query)
        return None if row is None else OwnedKind(CompanyKey(row.team_id, row.company), row.kind)

    async def open_calls(self, company: CompanyKey, subscription_id: str) -> list[StoredCard]:
        """Return a subscription's calls that somebody was asked to claim, or has claimed, and nobody has handled."""
        mine = and_(within(postings, company), postings.c.subscription_id == subscription_id)
        shown = select(postings.c.card_id).where(mine)
        where = and_(
            within(cards, company), cards.c.id.in_(shown), cards.c.kind == "call", cards.c.handled_at.is_(None)
        )

        def query(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(select(cards).where(where).order_by(cards.c.changed_at)).all()

        return [self._read(row) for row in await self._context.database.read(query)]

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
        now, this = self._context.now(), _is(company, card_id)

        def change(connection: Connection) -> Row[Any] | None:
            stamped = update(cards).where(this, where).values(version=cards.c.version + 1, changed_at=now, **values)
            if connection.execute(stamped).rowcount:
                touch(connection, company, card_id, now)
                self._touch_about(connection, company, card_id, now)
            return connection.execute(select(cards).where(this)).one_or_none()

        row = await self._context.database.write(change)
        return None if row is None else self._read(row)

    @staticmethod
    def _touch_about(connection: Connection, company: CompanyKey, card_id: str, now: datetime) -> None:
        """Make the cards due that ask or tell about this one, so that they show its new state."""
        mine = and_(within(cards, company), cards.c.about == card_id)
        changed = update(cards).where(mine).values(version=cards.c.version + 1)
        for name in connection.execute(changed.returning(cards.c.id)).scalars().all():
            touch(connection, company, name, now)

    def _read(self, row: Row[Any]) -> StoredCard:
        return StoredCard(
            id=row.id,
            company=CompanyKey(row.team_id, row.company),
            kind=row.kind,
            state=from_json(self._context.keys.open_json(row.sealed, row_name(cards.name, row.id))),
            version=row.version,
            claimed_by=row.claimed_by,
            claimed_at=row.claimed_at,
            handled_by=row.handled_by,
            handled_at=row.handled_at,
            about=row.about,
        )
