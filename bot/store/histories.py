"""Histories of customers and the items that follow from them: what waits for somebody, and whose it is.

A history is sealed and is the truth. The rows of items are computed from it whenever it changes, in the same
transaction, so that what is open can be asked for without opening every history.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Index,
    LargeBinary,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)

from bot.activity.histories import Act, History, Told, from_json, last_said, to_json
from bot.activity.items import MADE_UP_LINE, Item, item_with, items_of
from bot.activity.settling import SettlingLabels
from bot.basics.company import CompanyKey
from bot.store.card_rows import UNTOLD, StoredCard, are_about, cards, is_card, key_of, read_card
from bot.store.keys import KeyProblem, Keyring, row_name
from bot.store.postings import touch
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
from bot.store.settling_labels import read_settling, write_settling
from bot.store.table_rules import With, kept_for, rules

ADOPTED_WITHIN: Final = timedelta(days=2)
"""Calls and texts from before an upgrade that are older than this are not open any more."""
_MOMENT: Final = timedelta(milliseconds=1)
_AT_ONCE: Final = 100
"""Histories read at a time, so that other queries get their turn in between."""

histories = Table(
    "histories",
    metadata,
    Column("id", Text, primary_key=True),
    *company_columns(),
    Column("customer", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("changed_at", MomentColumn, nullable=False, index=True),
    Index("uq_histories_customer", "team_id", "company", "customer", unique=True),
    info=rules(forget=kept_for("changed_at", lambda retention: retention.longest)),
)
items = Table(
    "items",
    metadata,
    Column("history_id", Text, primary_key=True),
    Column("line", Text, primary_key=True),
    *company_columns(),
    Column("state", Text, nullable=False),
    Column("since", MomentColumn, nullable=False),
    Column("stale_at", MomentColumn, index=True),
    Index("ix_items_state", "team_id", "company", "state", "since"),
    info=rules(forget=With("history_id", "histories")),
)


@dataclass(frozen=True)
class Customer:
    """A customer of a company: their history, and their items by line, the newest of each line last."""

    company: CompanyKey
    name: str
    history: History = field(repr=False)
    items: Mapping[str, Sequence[Item]] = field(repr=False)

    def item(self, card: str) -> Item | None:
        """Return the newest item that a card is about."""
        return item_with(self.items, card)

    def current(self, line: str) -> Item | None:
        """Return the newest item of a line."""
        some = self.items.get(line)
        return some[-1] if some else None


@dataclass
class _Change:
    """A history as it was and as it becomes."""

    row: Row[Any]
    before: History
    after: History


class Histories:
    """Queries on histories and items. Which labels settle a call is read in the same transaction."""

    def __init__(self, context: StoreContext) -> None:
        self._context = context

    # Taking in

    def fold(
        self,
        connection: Connection,
        company: CompanyKey,
        told: Mapping[str, Told],
        was: Mapping[str, Sequence[StoredCard]],
        debounce_s: float = 0.0,
    ) -> dict[str, Customer]:
        """Add what cards tell, by the card's id, to the histories of their customers, and return these. ``was``: the
        cards each of them was before, which may have told it to somebody else's."""
        told = {card_id: one for card_id, one in told.items() if one.customer}
        if not told:
            return {}
        names = {one.customer for one in told.values()}
        before = {card.customer for some in was.values() for card in some if card.customer}
        changes = self._locked(connection, company, names, before - names)
        for card_id, one in told.items():
            gone = [card.id for card in was.get(card_id, ()) if card.id != card_id]
            for card in was.get(card_id, ()):
                if card.customer and card.customer != one.customer and card.customer in changes:
                    other = changes[card.customer]
                    other.after = other.after.without_cards([card.id])
            change = changes[one.customer]
            after = change.after.without_cards(gone)
            after = after.with_call(one.call) if one.call is not None else after
            for fact in one.texts:
                after = after.with_text(fact)
            for card in was.get(card_id, ()):
                if card.customer is None:
                    after = reduce(History.with_act, _acts_of_old(card, one), after)
            change.after = after
        customers = self._write(connection, company, changes, debounce_s)
        return {card_id: customers[one.customer] for card_id, one in told.items()}

    def _locked(
        self, connection: Connection, company: CompanyKey, names: Collection[str], others: Collection[str]
    ) -> dict[str, _Change]:
        now = self._context.now()
        keys = {key_of(name): name for name in (*names, *others)}
        rows = [
            {"id": secrets.token_urlsafe(9), "customer": key, "changed_at": now, **company_values(company)}
            for key in sorted(key_of(name) for name in names)
        ]
        connection.execute(insert_for(connection, histories).on_conflict_do_nothing(), rows)
        asked = select(histories).where(within(histories, company), histories.c.customer.in_(keys))
        locked = connection.execute(asked.order_by(histories.c.customer).with_for_update())
        found = {}
        for row in locked:
            history = read_history(self._context.keys, row, keys[row.customer])
            found[keys[row.customer]] = _Change(row, history, history)
        return found

    def _write(
        self, connection: Connection, company: CompanyKey, changes: Mapping[str, _Change], debounce_s: float = 0.0
    ) -> dict[str, Customer]:
        """Store the histories that changed, with their items, and make due what shows those."""
        now = self._context.now()
        changed = {name: one for name, one in changes.items() if one.after != one.before}
        kept = {name: one.after.kept() for name, one in changes.items()}
        settling = read_settling(connection, company)
        found = {name: Customer(company, name, history, items_of(history, settling)) for name, history in kept.items()}
        if not changed:
            return found
        rows = [
            {
                "history": one.row.id,
                "now_sealed": self._context.keys.seal_json(
                    to_json(found[name].history), row_name(histories.name, one.row.id)
                ),
                "now_changed_at": now,
            }
            for name, one in changed.items()
        ]
        this = update(histories).where(within(histories, company), histories.c.id == bindparam("history"))
        values = {"sealed": bindparam("now_sealed"), "changed_at": bindparam("now_changed_at", type_=MomentColumn)}
        connection.execute(this.values(**values), rows)
        self._write_items(connection, company, {one.row.id: found[name].items for name, one in changed.items()})
        due = _not_as_before({name: items_of(one.before, settling) for name, one in changed.items()}, found)
        show_again(connection, company, due, now + timedelta(seconds=debounce_s))
        return found

    def _write_items(
        self, connection: Connection, company: CompanyKey, of: Mapping[str, Mapping[str, Sequence[Item]]]
    ) -> None:
        now = self._context.now()
        gone = and_(within(items, company), items.c.history_id.in_(of))
        connection.execute(delete(items).where(gone))
        rows = [
            {
                "history_id": history_id,
                "line": line,
                **company_values(company),
                "state": some[-1].state,
                "since": some[-1].since,
                "stale_at": some[-1].stale_at(now),
            }
            for history_id, lines in of.items()
            for line, some in lines.items()
        ]
        if rows:
            connection.execute(insert_for(connection, items), rows)

    # Which labels settle

    async def settling(self, company: CompanyKey) -> SettlingLabels:
        """Return which labels settle a call."""
        return await self._context.database.read(lambda connection: read_settling(connection, company))

    async def choose_settling(
        self, company: CompanyKey, labels: Collection[str], by: str, also: Callable[[Connection], None]
    ) -> SettlingLabels:
        """Let these labels settle a call from now on, and what waits with one of them already. ``also`` is written in
        the same transaction."""

        def change(connection: Connection) -> SettlingLabels:
            before = read_settling(connection, company, lock=True)
            after = before.chosen(labels, by, self._context.now())
            write_settling(connection, company, after)
            self._settle_anew(connection, company, before, after)
            also(connection)
            return after

        return await self._context.database.write(change)

    def _settle_anew(
        self, connection: Connection, company: CompanyKey, before: SettlingLabels, after: SettlingLabels
    ) -> None:
        waiting = select(items.c.history_id).where(within(items, company), items.c.state != "done")
        asked = select(histories).where(within(histories, company), histories.c.id.in_(waiting))
        then: dict[str, Mapping[str, Sequence[Item]]] = {}
        found: dict[str, Customer] = {}
        for row in connection.execute(asked.order_by(histories.c.customer).with_for_update()).all():
            try:
                history = read_history(self._context.keys, row, row.customer)
            except KeyProblem:
                continue
            was, now = items_of(history, before), items_of(history, after)
            if was != now:
                then[row.id], found[row.id] = was, Customer(company, row.customer, history, now)
        if found:
            self._write_items(connection, company, {name: one.items for name, one in found.items()})
            show_again(connection, company, _not_as_before(then, found), self._context.now())

    # Acting

    async def act(
        self,
        company: CompanyKey,
        customer: str,
        line: str,
        act: Act,
        may: Callable[[Item | None], bool],
        also: Callable[[Connection, Item], None] = lambda *_: None,
    ) -> tuple[Item | None, bool]:
        """Note what somebody did about the item of one line, if ``may`` allows it as it stands now; "" for all lines.
        Returns the item as it is afterwards, None when there is none, and whether it was noted. ``also``: what follows
        from it, in the same transaction."""

        def change(connection: Connection) -> tuple[Item | None, bool]:
            changes = self._locked(connection, company, [customer], ())
            one = changes[customer]
            items_now = items_of(one.before, read_settling(connection, company))
            current = items_now[line][-1] if line in items_now else None
            allowed = may(current)
            if allowed:
                one.after = one.before.with_act(_after_all(act, one.before))
            after = self._write(connection, company, changes)[customer].current(line)
            if allowed and after is not None:
                also(connection, after)
            return after, allowed

        return await self._context.database.write(change)

    async def begin(self, company: CompanyKey, numbers: Collection[str], seen: Collection[str], act: Act) -> bool:
        """Note that something is on its way to customers, unless one of them or a colleague has said something that is
        not among ``seen``, by its mark. All or nothing; of two at once, the second sees what the first did. Numbers of
        which nothing is known have nothing to be seen."""

        def change(connection: Connection) -> bool:
            changes = self._known(connection, company, numbers)
            if any(one.mark not in seen for change in changes.values() for one in last_said(change.before)):
                return False
            for change in changes.values():
                change.after = change.before.with_act(_after_all(_of_line(act, change.before), change.before))
            self._write(connection, company, changes)
            return True

        return await self._context.database.write(change)

    async def end(self, company: CompanyKey, numbers: Collection[str], token: str, act: Act | None) -> None:
        """Note what became of that which is on its way as ``token``; None: it did not happen."""

        def change(connection: Connection) -> None:
            changes = self._known(connection, company, numbers)
            for change in changes.values():
                end = None if act is None else _after_all(_of_line(act, change.before), change.before)
                change.after = change.before.with_end(token, end)
            self._write(connection, company, changes)

        await self._context.database.write(change)

    async def note(self, company: CompanyKey, numbers: Collection[str], act: Act) -> None:
        """Note an act about customers of whom something is known."""

        def change(connection: Connection) -> None:
            changes = self._known(connection, company, numbers)
            for change in changes.values():
                change.after = change.before.with_act(_after_all(act, change.before))
            self._write(connection, company, changes)

        await self._context.database.write(change)

    def _known(self, connection: Connection, company: CompanyKey, numbers: Collection[str]) -> dict[str, _Change]:
        """Lock the histories that there are."""
        keys = {key_of(number): number for number in numbers}
        asked = select(histories.c.customer).where(within(histories, company), histories.c.customer.in_(keys))
        there = [keys[key] for key in connection.execute(asked).scalars()]
        return self._locked(connection, company, there, ()) if there else {}

    def show_all(self, connection: Connection, company: CompanyKey, numbers: Collection[str]) -> None:
        """Make due all that is shown of these customers."""
        for change in self._known(connection, company, numbers).values():
            shown = {one.card for one in change.before.texts} | {one.card for one in change.before.calls}
            show_again(connection, company, shown, self._context.now())

    async def redraw_stale(self, most: int = 50) -> int:
        """Make due what shows items that look different now although nothing happened: what was put off comes back, and
        whoever was answering is not any more. Returns of how many customers. Who is asked about what was put off is
        asked at a time of its own."""
        now = self._context.now()
        due = select(items.c.history_id).where(items.c.stale_at <= now).limit(most)
        asked = select(histories).where(histories.c.id.in_(due)).order_by(histories.c.customer)

        def change(connection: Connection) -> int:
            locked = everywhere(asked.with_for_update(skip_locked=True), Everywhere.DUE)
            rows = connection.execute(locked).all()
            for row in rows:
                company = CompanyKey(row.team_id, row.company)
                try:
                    history = read_history(self._context.keys, row, row.customer)
                    found = items_of(history, read_settling(connection, company))
                except KeyProblem:  # it is as open as it was, but nobody here can say of whom
                    gone = and_(within(items, company), items.c.history_id == row.id)
                    connection.execute(update(items).where(gone).values(stale_at=None))
                    continue
                for line, some in found.items():
                    this = and_(within(items, company), items.c.history_id == row.id, items.c.line == line)
                    values = {"stale_at": some[-1].stale_at(now)}
                    connection.execute(update(items).where(this).values(**values))
                    show_again(connection, company, some[-1].cards, now)
            return len(rows)

        if not await self._context.database.read(lambda connection: self._is_stale(connection, now)):
            return 0
        return await self._context.database.write(change)

    @staticmethod
    def _is_stale(connection: Connection, now: datetime) -> bool:
        first = everywhere(select(items.c.line).where(items.c.stale_at <= now).limit(1), Everywhere.DUE)
        return connection.execute(first).first() is not None

    async def free(self, company: CompanyKey, card_id: str, seen: Item) -> None:
        """Open an item again whose owner did not finish it in time; not if it was claimed anew since it was
        ``seen``."""
        card = await self._card(company, card_id)
        if card is None or not card.customer:
            return

        def still(item: Item | None) -> bool:
            return item is not None and (item.owner, item.owned_at) == (seen.owner, seen.owned_at)

        act = Act(self._context.now(), "", "freed", seen.line, to=seen.owner)
        await self.act(company, card.customer, seen.line, act, still)

    async def _card(self, company: CompanyKey, card_id: str) -> StoredCard | None:
        def query(connection: Connection) -> Row[Any] | None:
            return connection.execute(select(cards).where(is_card(company, card_id))).one_or_none()

        row = await self._context.database.look_up(query)
        return None if row is None else read_card(self._context.keys, row)

    async def adopt(self, tell: Callable[[StoredCard], Told], most: int = 100) -> int:
        """Put calls and conversations into histories that were stored before there were any; return how many.
        Who claimed or handled them goes along. Those of which nobody took care for days are taken as settled: whoever
        worked without open items is not to find a month of them."""
        now = self._context.now()

        def change(connection: Connection) -> int:
            asked = everywhere(select(cards).where(text(UNTOLD)).limit(most), Everywhere.OPERATOR)
            rows = connection.execute(asked.with_for_update(skip_locked=True)).all()
            for row in rows:
                self._adopt(connection, read_card(self._context.keys, row), tell, now)
            return len(rows)

        return await self._context.database.write(change)

    async def adopt_one(self, card: StoredCard, tell: Callable[[StoredCard], Told]) -> StoredCard | None:
        """Put this card into a history, as ``adopt``, unless it has been meanwhile; wait for whoever is at it. The card
        as it is then, None when it is gone."""
        now, this = self._context.now(), select(cards).where(is_card(card.company, card.id))

        def change(connection: Connection) -> StoredCard | None:
            row = connection.execute(this.with_for_update()).one_or_none()
            found = None if row is None else read_card(self._context.keys, row)
            if found is None or found.customer is not None:
                return found
            return replace(found, customer=self._adopt(connection, found, tell, now))

        return await self._context.database.write(change)

    def _adopt(
        self, connection: Connection, card: StoredCard, tell: Callable[[StoredCard], Told], now: datetime
    ) -> str:
        told = tell(card)
        self.fold(connection, card.company, {card.id: told}, {card.id: [card]})
        begins = [one.at for one in told.texts] + ([told.call.began] if told.call else [])
        if told.customer and not card.claimed_by and begins and max(begins) < now - ADOPTED_WITHIN:
            self._settle(connection, card.company, told, max(begins) + _MOMENT)
        this = update(cards).where(is_card(card.company, card.id))
        connection.execute(this.values(customer=told.customer))
        return told.customer

    def _settle(self, connection: Connection, company: CompanyKey, told: Told, at: datetime) -> None:
        changes = self._locked(connection, company, [told.customer], ())
        change = changes[told.customer]
        change.after = change.before.with_act(Act(at, "", "done", _line_of(told)))
        self._write(connection, company, changes)

    # Looking

    async def of_card(self, card: StoredCard) -> Customer | None:
        """Return the customer that a card belongs to, None for a card that is in no history."""
        return None if not card.customer else await self.get(card.company, card.customer)

    async def get(self, company: CompanyKey, customer: str) -> Customer | None:
        asked = select(histories).where(within(histories, company), histories.c.customer == key_of(customer))

        def query(connection: Connection) -> tuple[Row[Any] | None, SettlingLabels]:
            return connection.execute(asked).one_or_none(), read_settling(connection, company)

        row, settling = await self._context.database.look_up(query)
        return None if row is None else self._customer(company, row, customer, settling)

    async def open(self, company: CompanyKey, lines: Collection[str] | None = None) -> list[tuple[Customer, Item]]:
        """Return the company's items that are not settled, the longest-waiting first. ``lines``: only of these."""
        where = and_(within(items, company), items.c.state != "done", items.c.line != MADE_UP_LINE)
        if lines is not None:
            where = and_(where, items.c.line.in_(lines))
        asked = (
            select(histories, items.c.line)
            .join(items, items.c.history_id == histories.c.id)
            .where(within(histories, company), where)
            .order_by(items.c.since, histories.c.id, items.c.line)
        )

        def query(connection: Connection) -> tuple[Sequence[Row[Any]], SettlingLabels]:
            return connection.execute(asked).all(), read_settling(connection, company)

        found = []
        rows, settling = await self._context.database.read(query)
        for row in rows:
            customer = self._customer(company, row, row.customer, settling)
            item = customer.current(row.line)
            if item is not None and not item.is_settled:
                found.append((customer, item))
        return found

    async def mark_of_open(self, company: CompanyKey) -> tuple[int, datetime | None]:
        """Return what is another one once open work has changed: how much there is, and when it last did."""
        waiting = and_(within(items, company), items.c.state != "done")
        changed = func.max(histories.c.changed_at, type_=MomentColumn)
        asked = select(func.count(), changed).join(items, items.c.history_id == histories.c.id)
        asked = asked.where(within(histories, company), waiting)

        def query(connection: Connection) -> tuple[int, datetime | None]:
            count, last = connection.execute(asked).one()
            return count, last

        return await self._context.database.read(query)

    async def changed_since(self, company: CompanyKey, since: datetime) -> AsyncIterator[Customer]:
        """Yield the company's customers of whom something became known since then, in no order, a few at a time."""
        last = ""
        where = and_(within(histories, company), histories.c.changed_at >= since)
        statement = select(histories).where(where).order_by(histories.c.id).limit(_AT_ONCE)
        settling = await self.settling(company)
        while True:
            after = statement.where(histories.c.id > last)
            rows = await self._context.database.read(lambda connection, after=after: connection.execute(after).all())  # type: ignore[misc]  # mypy cannot infer the lambda
            for row in rows:
                yield self._customer(company, row, row.customer, settling)
            if len(rows) < _AT_ONCE:
                return
            last = rows[-1].id

    def _customer(self, company: CompanyKey, row: Row[Any], name: str, settling: SettlingLabels) -> Customer:
        history = read_history(self._context.keys, row, name)
        return Customer(company, name, history, items_of(history, settling))


def _of_line(act: Act, history: History) -> Act:
    """Return an act about a line on which this customer has been, else about none in particular."""
    lines = {one.line for one in history.calls} | {one.line for one in history.texts}
    return act if act.line in lines else replace(act, line="")


def _after_all(act: Act, history: History) -> Act:
    """Return an act as it is stored, in whole milliseconds, and after all that is known: our clock may be behind
    Dialpad's."""
    newest, at = history.newest, _whole(act.at)
    until = None if act.until is None else _whole(act.until)
    return replace(act, at=at if newest is None or at > newest else newest + _MOMENT, until=until)


def _whole(moment: datetime) -> datetime:
    return moment - timedelta(microseconds=moment.microsecond % 1000)


def _not_as_before(then: Mapping[str, Mapping[str, Sequence[Item]]], found: Mapping[str, Customer]) -> set[str]:
    """Return every card that shows an item which is not what it was. ``then``: what each customer's were."""
    due: set[str] = set()
    for name, was in then.items():
        for item in {*_by_begin(was).items()} ^ {*_by_begin(found[name].items).items()}:
            due.update(item[1].cards)
    return due


def _by_begin(items_now: Mapping[str, Sequence[Item]]) -> dict[tuple[str, datetime], Item]:
    return {(item.line, item.since): item for some in items_now.values() for item in some}


def _acts_of_old(card: StoredCard, told: Told) -> Iterator[Act]:
    """Yield who claimed and handled a card that was stored before there were histories."""
    if card.claimed_by and card.claimed_at:
        yield Act(card.claimed_at, card.claimed_by, "claimed", _line_of(told))
    if card.handled_by and card.handled_at:
        yield Act(card.handled_at, card.handled_by, "done", _line_of(told))


def _line_of(told: Told) -> str:
    return told.call.line if told.call else told.texts[0].line if told.texts else ""


def read_history(keys: Keyring, row: Row[Any], name: str) -> History:
    """Read a row; one that was just made is empty. Raises KeyProblem."""
    if row.sealed is None:
        return History(name if name.startswith("+") else "")
    return from_json(keys.open_json(row.sealed, row_name(histories.name, row.id)))


def show_again(connection: Connection, company: CompanyKey, card_ids: Collection[str], due_at: datetime) -> None:
    """Make due the messages that show these cards, and those that ask or tell about them. What is not in Slack yet is
    drawn as it is when its turn comes. They are kept for as long as they are of use to somebody."""
    if not card_ids:
        return
    these = and_(within(cards, company), cards.c.id.in_(card_ids))
    changed = (
        update(cards).where(these | are_about(company, card_ids)).values(version=cards.c.version + 1, changed_at=due_at)
    )
    names = connection.execute(changed.returning(cards.c.id)).scalars().all()
    touch(connection, company, names, due_at, posted=True)
