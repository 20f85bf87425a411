"""Leaving: everything of a person or a workspace is deleted in one transaction, which also writes down what is to be
removed at Dialpad. If the process dies afterwards, events that still come are refused and the list is on disk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, delete, func, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import OWN, CompanyKey, company_of, own_company
from bot.basics.person import PersonKey
from bot.dialpad.connection import DialpadConnection
from bot.store.audit_chain import audit
from bot.store.card_rows import cards
from bot.store.connections import StoredConnections, connections
from bot.store.directory_tables import entries, lists
from bot.store.events import events
from bot.store.histories import histories, items, show_again
from bot.store.hooks import Hook, Hooks, fresh_hook, hooks
from bot.store.keys import KeyProblem
from bot.store.postings import stop_posting
from bot.store.removals import hook_left, note_removal, removals
from bot.store.requests_before_connecting import remembered
from bot.store.schema import Everywhere, StoreContext, belongs_to, everywhere, within
from bot.store.subscriptions import pass_on, read_subscription, subscriptions
from bot.store.table_rules import Goes, With, all_metadata, all_tables, followers, goes_with, rules_of
from bot.store.timed_requests import kept


@dataclass(frozen=True)
class Departure:
    """What was deleted here. ``removals``: ids of what is to be removed at Dialpad; ``timed``: changes that were
    still due."""

    hooks: tuple[Hook, ...] = ()
    removals: tuple[str, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    timed: int = 0
    passed_on: tuple[Subscription, ...] = ()
    """Those that a colleague goes on with, as they are now."""


class Departures:
    """Deletes the data of people and workspaces that leave. Repeating it does no harm."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context
        self._hooks = Hooks(context)
        self._links = StoredConnections(context)

    async def would_end(self, person: PersonKey) -> tuple[int, int]:
        """Count a person's subscriptions and timed changes, which leaving would end."""

        def count(connection: Connection, table: Table) -> int:
            counted = select(func.count()).select_from(table).where(belongs_to(table, person))
            return connection.execute(everywhere(counted, Everywhere.LEAVING)).scalar_one()

        def query(connection: Connection) -> tuple[int, int]:
            return count(connection, subscriptions), count(connection, kept)

        return await self._context.database.read(query)

    async def leave(
        self, person: PersonKey, *, moving: bool = False, heirs: Mapping[str, PersonKey] | None = None
    ) -> Departure | None:
        """Delete a person's connection and what depends on it. None if there is no connection. With ``moving`` they
        connect to another company next, and what they asked for before that still waits. ``heirs``: who goes on with
        some of their subscriptions, by the subscription's id.

        A hook that also serves others passes to one of them, with the events that came through it and still wait.
        """

        def change(connection: Connection) -> Departure | None:
            mine = belongs_to(connections, person)
            row = connection.execute(select(connections).where(mine).with_for_update()).one_or_none()
            if row is None:
                return None
            owned = self._owned(connection, person)
            theirs = [
                read_subscription(one)
                for one in connection.execute(
                    everywhere(select(subscriptions).where(belongs_to(subscriptions, person)), Everywhere.LEAVING)
                )
            ]
            passed = tuple(pass_on(connection, one, heirs[one.id]) for one in theirs if heirs and one.id in heirs)
            for hook in owned:
                self._pass_on(connection, hook)
            _forget_hooks(connection, [hook.id for hook in owned])
            gone = [one for one in theirs if one.id not in {other.id for other in passed}]
            for subscription in gone:
                stop_posting(connection, subscription.company, subscription.id)
            left = self._note(connection, person, owned, self._read(row))
            deleted = _delete_what_goes_with(connection, person, spared=(remembered,) if moving else ())
            _forget_directory_of_nobody(connection, company_of(person, row.company_id))
            return Departure(tuple(owned), left, tuple(gone), deleted[kept.name], passed)

        return await self._context.database.write(change)

    async def rename(self, person: PersonKey, company: CompanyKey) -> None:
        """Give what belongs to a person alone to their company, whose name is known now."""

        def change(connection: Connection) -> None:
            _forget_directory(connection, own_company(person))  # it is read again, under the company's name
            moved = _let_histories_join(connection, own_company(person), company)
            for table in all_tables():
                if "company" in table.c and table not in {removals, lists, entries}:
                    mine = _only_theirs(table, own_company(person), company)
                    if mine is None:
                        continue
                    connection.execute(update(table).where(mine).values(company=company.company))
            show_again(connection, company, moved, self._context.now())

        await self._context.database.write(change)

    async def forget_workspace(self, team_id: str) -> Departure:
        """Delete everything of everybody in a workspace."""

        def change(connection: Connection) -> Departure:
            linked = connection.execute(
                select(connections).where(connections.c.team_id == team_id).with_for_update()
            ).all()
            known = {PersonKey(row.team_id, row.user_id): self._read(row) for row in linked}
            found = connection.execute(
                everywhere(select(hooks).where(hooks.c.team_id == team_id), Everywhere.LEAVING)
            ).all()
            ours = [self._hooks.read(row, with_secret=False) for row in found]
            left: list[str] = []
            for person in dict.fromkeys([*known, *(hook.owner for hook in ours)]):
                owned = [hook for hook in ours if hook.owner == person]
                left += self._note(connection, person, owned, known.get(person))
            for table in all_tables():
                if (theirs := _of_workspace(table, team_id)) is not None:
                    connection.execute(everywhere(delete(table).where(theirs), Everywhere.LEAVING))
            return Departure(tuple(ours), tuple(left))

        return await self._context.database.write(change)

    async def forget_late_entries(self, team_id: str, until: datetime) -> None:
        """Delete entries of the audit about what was done before a workspace left, which a process wrote afterwards."""
        late = and_(audit.c.team_id == team_id, audit.c.at <= until, audit.c.chain_no.is_(None))
        await self._context.run(everywhere(delete(audit).where(late), Everywhere.LEAVING))

    def _note(
        self, connection: Connection, person: PersonKey, owned: Sequence[Hook], link: DialpadConnection | None
    ) -> tuple[str, ...]:
        company = (link.company_id if link is not None else None) or next((hook.company.company for hook in owned), "")
        name = note_removal(connection, self._context, person, company, [hook_left(hook) for hook in owned], link)
        return () if name is None else (name,)

    def _owned(self, connection: Connection, person: PersonKey) -> list[Hook]:
        found = connection.execute(everywhere(select(hooks).where(belongs_to(hooks, person)), Everywhere.LEAVING))
        return [self._hooks.read(row, with_secret=False) for row in found]

    def _read(self, row: Row[Any]) -> DialpadConnection | None:
        try:
            return self._links.read(row)
        except KeyProblem:
            return None  # its key is lost, and leaving is possible all the same

    def _pass_on(self, connection: Connection, hook: Hook) -> None:
        """Pass the company's hook to the colleague who has had a subscription the longest. It is made anew for them,
        with a new id and secret. Until it exists at Dialpad, what happens is a gap that is read back."""
        heir = _heir(connection, hook) if hook.reach == "company" else None
        if heir is None:
            return
        values, fresh = fresh_hook(self._context, heir, hook.company, hook.kind)
        connection.execute(hooks.insert().values(**values))
        waiting = and_(events.c.hook_id == hook.id, events.c.done_at.is_(None))
        connection.execute(update(events).where(waiting).values(hook_id=fresh.id))


def _heir(connection: Connection, hook: Hook) -> PersonKey | None:
    owner = hook.owner
    here = and_(within(hooks, hook.company), hooks.c.reach == "company")
    others = select(hooks.c.id).where(here, hooks.c.user_id != owner.user_id).limit(1)
    if connection.execute(others).first() is not None:
        return None
    statement = (
        select(connections.c.user_id)
        .join(
            subscriptions,
            and_(subscriptions.c.team_id == connections.c.team_id, subscriptions.c.user_id == connections.c.user_id),
        )
        .where(connections.c.team_id == owner.team_id, connections.c.user_id != owner.user_id)
        .where(
            within(subscriptions, hook.company),
            connections.c.company_id == hook.company.company,
            connections.c.broken.is_(False),
            subscriptions.c.paused.is_(False),
        )
        .order_by(subscriptions.c.created_at, subscriptions.c.id)
        .limit(1)
    )
    user_id = connection.execute(statement).scalar_one_or_none()
    return None if user_id is None else PersonKey(owner.team_id, user_id)


def _let_histories_join(connection: Connection, own: CompanyKey, company: CompanyKey) -> list[str]:
    """Take out of a person's own histories those of customers that the company has one of: what their cards tell goes
    into that one. Returns all of the person's cards: they are to be drawn anew, whoever draws one just now."""
    taken = select(histories.c.customer).where(within(histories, company))
    doubled = and_(within(histories, own), histories.c.customer.in_(taken))
    customers = connection.execute(select(histories.c.customer).where(doubled)).scalars().all()
    names = select(histories.c.id).where(doubled)
    connection.execute(delete(items).where(within(items, own), items.c.history_id.in_(names)))
    connection.execute(delete(histories).where(doubled))
    told = and_(within(cards, own), cards.c.customer.in_(customers))
    connection.execute(update(cards).where(told).values(customer=None))
    ids: list[str] = list(connection.execute(select(cards.c.id).where(within(cards, own))).scalars())
    return ids


def _only_theirs(table: Table, own: CompanyKey, company: CompanyKey) -> ColumnElement[bool] | None:
    """Select a person's own rows, without those whose name the company has already."""
    mine = within(table, own)
    if "company" not in table.primary_key:
        return mine
    names = [column for column in table.primary_key if column.name not in {"team_id", "company"}]
    if not names:
        return None  # one row for each company, which is nobody's own
    taken = select(*names).where(within(table, company)).correlate(None)
    return and_(mine, tuple_(*names).not_in(taken))


def _forget_directory_of_nobody(connection: Connection, company: CompanyKey) -> None:
    """Delete a company's lists once nobody of it is connected; ``StoredDirectory.sweep`` deletes what was in them."""
    known = None if company.company.startswith(OWN) else company.company
    theirs = and_(connections.c.team_id == company.team_id, connections.c.company_id == known)
    if known is None or connection.execute(select(connections.c.user_id).where(theirs).limit(1)).first() is None:
        _forget_directory(connection, company)


def _forget_directory(connection: Connection, company: CompanyKey) -> None:
    connection.execute(delete(lists).where(within(lists, company)))


def _forget_hooks(connection: Connection, names: Sequence[str]) -> None:
    gone = hooks.c.id.in_(names)
    for table, link in followers(hooks):
        connection.execute(everywhere(delete(table).where(goes_with(table, link, gone)), Everywhere.LEAVING))
    connection.execute(everywhere(delete(hooks).where(gone), Everywhere.LEAVING))


def _delete_what_goes_with(connection: Connection, person: PersonKey, spared: Sequence[Table]) -> dict[str, int]:
    """Delete the rows that go with a person; return table name to rows deleted."""
    deleted = {}
    for table in all_tables():
        goes = rules_of(table).person
        if isinstance(goes, Goes) and table not in spared:
            only = () if goes.only is None else (goes.only(table),)
            theirs = everywhere(delete(table).where(belongs_to(table, person), *only), Everywhere.LEAVING)
            deleted[table.name] = connection.execute(theirs).rowcount
    return deleted


def _of_workspace(table: Table, team_id: str) -> ColumnElement[bool] | None:
    """Select the table's rows of a workspace. None if they are not deleted with the workspace."""
    match rules_of(table).workspace:
        case Goes():
            return table.c.team_id == team_id
        case With() as link:
            return goes_with(table, link, all_metadata().tables[link.table].c.team_id == team_id)
        case _:
            return None
