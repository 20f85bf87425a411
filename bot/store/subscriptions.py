"""Subscriptions: which channel or person hears of what.

What one means is decided in ``bot.activity.subscriptions.subscription``.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Row,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from bot.activity.digest_times import next_due, schedule
from bot.activity.news import NewsKind
from bot.activity.subscriptions.index import SubscriptionIndex
from bot.activity.subscriptions.stored import from_json, to_json
from bot.activity.subscriptions.subscription import Actors, Subscription, switched
from bot.basics.company import CompanyKey, own_company
from bot.basics.person import PersonKey
from bot.store.connections import company_of_person
from bot.store.schema import (
    Everywhere,
    MomentColumn,
    StoreContext,
    belongs_to,
    company_columns,
    company_values,
    everywhere,
    metadata,
    person_columns,
    within,
    within_named,
)
from bot.store.table_rules import Forever, Goes, With, rules

subscriptions = Table(
    "watches",
    metadata,
    Column("id", Text, primary_key=True),
    *person_columns(),
    Column("company", Text, nullable=False),
    Column("channel", Text, nullable=False, index=True),
    Column("rule", JSON, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("problem", Text, nullable=False),
    Column("created_at", MomentColumn, nullable=False),
    Column("digest_at", MomentColumn, index=True),
    info=rules(forget=Forever("until somebody stops it"), person=Goes()),
)
subscription_versions = Table(
    "subscription_versions",
    metadata,
    *company_columns(primary_key=True),
    Column("version", BigInteger, nullable=False),
    info=rules(forget=With("company", "watches", its="company")),
)
"""Triggers of the database write here whenever a company's subscriptions change, whoever changes them."""

_OLDEST_FIRST: Final = select(subscriptions).order_by(subscriptions.c.created_at, subscriptions.c.id)
_HERE: Final = _OLDEST_FIRST.where(within_named(subscriptions), subscriptions.c.channel == bindparam("channel"))
"""Built once: each command that is about the channel's own line asks it."""
INDEXES: Final = 500
"""Companies whose subscriptions a process keeps in memory; those whose news was longest ago are read again."""


SaveCheck: TypeAlias = Callable[[Subscription | None, Sequence[Subscription]], None]
"""Is given what a subscription was before, and its company's others in the same place; raises when it may not be
saved."""
AlsoSave: TypeAlias = Callable[[Connection], None]
"""Writes something in the same transaction."""


def nothing_more(_: Connection) -> None:
    """Write nothing more."""


class Subscriptions:
    """Queries on subscriptions, a few per channel. ``problem`` is why posting failed, in the words of
    ``bot.notifications.owner_alerts``."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context
        self._indexes: OrderedDict[CompanyKey, tuple[int, SubscriptionIndex]] = OrderedDict()

    def new_id(self) -> str:
        """Generate an id for a new subscription: short, since every button of a card carries it."""
        return secrets.token_urlsafe(6)

    async def save(
        self, subscription: Subscription, *, check: SaveCheck | None = None, also: AlsoSave = nothing_more
    ) -> None:
        """Store a subscription, or change the one with the same id. Its channel and its company never change; a new one
        without a company gets its owner's. What ``check`` raises undoes all of it; ``also`` is written with it."""
        digest_at = next_due(subscription, self._context.now())

        def change(connection: Connection) -> None:
            placed = _placed(connection, subscription)
            before = self._locked(connection, placed.company, placed.id)
            if before is not None:
                self._change(connection, before, placed)
            else:
                insert_new(connection, placed)
            if check is not None:
                self._check(connection, placed, before, check)
            also(connection)

        def insert_new(connection: Connection, placed: Subscription) -> None:
            fresh = {
                "id": placed.id,
                "team_id": placed.owner.team_id,
                "user_id": placed.owner.user_id,
                "company": placed.company.company,
                "channel": placed.channel,
                "created_at": self._context.now(),
                **_values(placed),
            }
            connection.execute(insert(subscriptions).values(digest_at=digest_at, **fresh))

        await self._context.database.write(change)

    @staticmethod
    def _check(connection: Connection, placed: Subscription, before: Row[Any] | None, check: SaveCheck) -> None:
        """Show ``check`` what there is. It is read after the change was written: of two processes that add to one
        company, the triggers let one wait for the other, which then sees what was added."""
        here = _oldest_first(within(subscriptions, placed.company), subscriptions.c.channel == placed.channel)
        others = [read_subscription(row) for row in connection.execute(here) if row.id != placed.id]
        check(None if before is None else read_subscription(before), others)

    async def switch(self, company: CompanyKey, name: str, kind: NewsKind, *, on: bool) -> Subscription | None:
        """Switch one event of a subscription on or off, without touching the others. None if it no longer exists."""

        def change(connection: Connection) -> Subscription | None:
            row = self._locked(connection, company, name)
            if row is None:
                return None
            after = switched(read_subscription(row), kind, on=on)
            self._change(connection, row, after)
            return after

        return await self._context.database.write(change)

    def _locked(self, connection: Connection, company: CompanyKey, name: str) -> Row[Any] | None:
        return connection.execute(select(subscriptions).where(_is(company, name)).with_for_update()).one_or_none()

    def _change(self, connection: Connection, before: Row[Any], after: Subscription) -> None:
        """Update the row. A digest that is due stays due while its times stay the same."""
        same = schedule(read_subscription(before)) == schedule(after)
        digest_at = before.digest_at if same else next_due(after, self._context.now())
        this = _is(after.company, after.id)
        connection.execute(update(subscriptions).where(this).values(digest_at=digest_at, **_values(after)))

    async def get(self, company: CompanyKey, name: str) -> Subscription | None:
        found = await self._select(_is(company, name))
        return found[0] if found else None

    async def here(self, company: CompanyKey, channel: str) -> list[Subscription]:
        """Return a company's subscriptions that post to one place, oldest first."""
        rows = await self._context.database.look_up(
            lambda connection: connection.execute(_HERE, company_values(company) | {"channel": channel}).all()
        )
        return [read_subscription(row) for row in rows]

    async def in_channel(self, team_id: str, channel: str) -> list[Subscription]:
        """Return the subscriptions of all companies that post to one place, oldest first."""
        here = (subscriptions.c.team_id == team_id, subscriptions.c.channel == channel)
        return await self._select(*here, why=Everywhere.SLACK)

    async def keeping(self, team_id: str, group: str) -> list[Subscription]:
        """Return the subscriptions of all companies that keep a user group in sync."""
        found = await self._select(subscriptions.c.team_id == team_id, why=Everywhere.SLACK)
        return [one for one in found if one.keep == group]

    def index(self, connection: Connection, company: CompanyKey) -> SubscriptionIndex:
        """Return a company's subscriptions as they are in this transaction; read only when they changed since the last
        time."""
        asked = select(subscription_versions.c.version).where(within(subscription_versions, company))
        version = connection.execute(asked).scalar_one_or_none() or 0
        known = self._indexes.pop(company, None)
        if known is None or known[0] != version:
            rows = connection.execute(_oldest_first(within(subscriptions, company))).all()
            known = (version, SubscriptionIndex(read_subscription(row) for row in rows))
        self._indexes[company] = known
        while len(self._indexes) > INDEXES:
            self._indexes.popitem(last=False)
        return known[1]

    async def about(self, company: CompanyKey, places: Collection[str], *, every: bool) -> tuple[Subscription, ...]:
        """Return a company's subscriptions of channels that are about these places; with ``every`` all."""
        return await self._context.database.read(
            lambda connection: self.index(connection, company).about(places, every=every)
        )

    async def of_company(self, company: CompanyKey) -> list[Subscription]:
        """Return all subscriptions of a company that are not paused."""
        return await self._select(within(subscriptions, company), subscriptions.c.paused.is_(False))

    async def of_all(self) -> list[Subscription]:
        """Return the subscriptions of all companies that are not paused."""
        return await self._select(subscriptions.c.paused.is_(False), why=Everywhere.OPERATOR)

    async def owned(self, owner: PersonKey) -> list[Subscription]:
        """Return a person's subscriptions, also those they made before their company was known."""
        return await self._select(belongs_to(subscriptions, owner), why=Everywhere.OWN)

    async def whose(self, name: str) -> CompanyKey | None:
        """Tell whose subscription it is, and nothing else of it: for the sentence that it is somebody else's."""
        statement = select(subscriptions.c.team_id, subscriptions.c.company).where(subscriptions.c.id == name)
        asked = everywhere(statement, Everywhere.WHOSE)

        def query(connection: Connection) -> CompanyKey | None:
            row = connection.execute(asked).one_or_none()
            return None if row is None else CompanyKey(row.team_id, row.company)

        return await self._context.database.read(query)

    async def due_digest(self, now: datetime) -> tuple[Subscription, datetime] | None:
        """Return the subscription whose digest has been due the longest, and since when."""
        statement = (
            select(subscriptions)
            .where(subscriptions.c.digest_at <= now)
            .order_by(subscriptions.c.digest_at, subscriptions.c.id)
        )

        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(everywhere(statement.limit(1), Everywhere.DUE)).one_or_none()

        row = await self._context.database.read(query)
        return None if row is None else (read_subscription(row), row.digest_at)

    async def digest_done(self, subscription: Subscription, due: datetime) -> None:
        """Record that the digest due at ``due`` is stored or skipped, unless another process did or the times have
        changed."""
        this = (_is(subscription.company, subscription.id), subscriptions.c.digest_at == due)
        await self._context.run(
            update(subscriptions).where(*this).values(digest_at=next_due(subscription, self._context.now()))
        )

    async def troubled(self) -> list[Subscription]:
        """Return the subscriptions of all workspaces that could not post when they last tried."""
        return await self._select(subscriptions.c.problem != "", why=Everywhere.OPERATOR)

    async def delete(self, company: CompanyKey, name: str, *, also: AlsoSave = nothing_more) -> bool:
        """Delete a subscription. False if there was none; otherwise ``also`` is written with it. Its messages stay, and
        are still updated."""

        def change(connection: Connection) -> bool:
            found = connection.execute(delete(subscriptions).where(_is(company, name))).rowcount == 1
            if found:
                also(connection)
            return found

        return await self._context.database.write(change)

    async def note_problem(self, company: CompanyKey, name: str, problem: str) -> bool:
        """Record a problem. True if it is new: nobody was told of it since posting last worked."""
        changed = (
            update(subscriptions).where(_is(company, name), subscriptions.c.problem != problem).values(problem=problem)
        )
        return await self._context.run(changed) == 1

    async def _select(self, *where: Any, why: Everywhere | None = None) -> list[Subscription]:
        statement = _oldest_first(*where)
        statement = everywhere(statement, why) if why else statement

        def query(connection: Connection) -> Sequence[Row[Any]]:
            return connection.execute(statement).all()

        return [read_subscription(row) for row in await self._context.database.read(query)]


def _oldest_first(*where: Any) -> Select[Any]:
    return _OLDEST_FIRST.where(*where)


def _placed(connection: Connection, subscription: Subscription) -> Subscription:
    """Return a subscription with its company: the one it was stored with, or the one its owner is connected to."""
    if subscription.company_id:
        return subscription
    owner = subscription.owner
    mine = select(subscriptions.c.company).where(
        subscriptions.c.id == subscription.id, belongs_to(subscriptions, owner)
    )
    company = connection.execute(everywhere(mine, Everywhere.OWN)).scalar_one_or_none()
    if company is None:
        theirs = select(company_of_person(literal(owner.team_id), literal(owner.user_id)))
        company = connection.execute(theirs).scalar_one()
    return replace(subscription, company_id=company)


def _is(company: CompanyKey, name: str) -> ColumnElement[bool]:
    return and_(within(subscriptions, company), subscriptions.c.id == name)


def _values(subscription: Subscription) -> dict[str, Any]:
    return {"rule": to_json(subscription), "paused": subscription.paused, "problem": subscription.problem}


def pass_on(connection: Connection, subscription: Subscription, heir: PersonKey) -> Subscription:
    """Give a subscription to a colleague of its owner's, who acts in it alone from now on. Their phone number is not
    lent: nobody is texted or called with it."""
    after = replace(subscription, owner=heir, actors=Actors(), policy=replace(subscription.policy, last=""))
    this = update(subscriptions).where(_is(subscription.company, subscription.id))
    connection.execute(this.values(user_id=heir.user_id, **_values(after)))
    return after


def read_subscription(row: Row[Any]) -> Subscription:
    owner = PersonKey(row.team_id, row.user_id)
    company_id = "" if row.company == own_company(owner).company else row.company
    return from_json(
        row.id, owner, row.channel, row.rule, paused=row.paused, problem=row.problem, company_id=company_id
    )
