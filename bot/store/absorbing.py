"""Takes in what events say: merged into cards, and posted where it is wanted, many cards in a few statements.

All of it happens in the caller's transaction. How many statements it takes does not depend on how many cards there are.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from bot.activity.histories import Told
from bot.activity.items import Item
from bot.activity.registers import State, join, to_json
from bot.basics.company import CompanyKey
from bot.store.card_rows import StoredCard, are_about, card_names, cards, key_of, read_card
from bot.store.histories import Customer, Histories
from bot.store.keys import row_name
from bot.store.postings import Beside, NewPosting, postings, touch, want
from bot.store.schema import MomentColumn, StoreContext, company_values, insert_for, within

PostingPlan: TypeAlias = Callable[[State, Item | None], Sequence[NewPosting]]
"""Decides where a card is to be posted, from what is known now and the item that it is about."""
Telling: TypeAlias = Callable[[str, State, StoredCard | None], Told]
"""Says what a card, by its id, tells about a customer, from what is known now and the card as it was before."""

_UPDATE: Final = {
    "kind": bindparam("new_kind"),
    "sealed": bindparam("new_sealed"),
    "version": bindparam("new_version"),
    "changed_at": bindparam("new_changed_at", type_=MomentColumn),
    "customer": bindparam("new_customer"),
}


@dataclass(frozen=True)
class CardPart:
    """What one event says about the card that any of ``names`` leads to. ``about``: the id of the card that a new one
    asks or tells about. Parts whose names lead to the same card become one card. ``telling`` says what the card tells
    about a customer; None when it is about none."""

    kind: str
    names: tuple[str, ...]
    state: State = field(repr=False)
    plan: PostingPlan
    debounce_s: float = 0.0
    about: str | None = None
    telling: Telling | None = None


@dataclass(frozen=True)
class Absorbed:
    """The card that a part was merged into, and all that is known of it now."""

    id: str
    state: State = field(repr=False)


@dataclass
class _Group:
    """Parts of one card. ``fresh`` is its id if there is none yet; ``known`` are the cards it leads to, the one people
    know first; ``new_names`` did not lead anywhere before."""

    parts: list[CardPart]
    names: set[str]
    fresh: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    known: list[StoredCard] = field(default_factory=list)
    new_names: set[str] = field(default_factory=set)

    @property
    def card(self) -> StoredCard | None:
        return self.known[0] if self.known else None

    @property
    def id(self) -> str:
        return self.known[0].id if self.known else self.fresh

    def join(self, other: "_Group") -> None:
        self.parts += other.parts
        self.names |= other.names
        self.new_names |= other.new_names
        ids = {one.id for one in self.known}
        self.known = _best_first([*self.known, *(one for one in other.known if one.id not in ids)])


class Absorbing:
    """Merges events into the cards of one company. Repeating it changes nothing."""

    def __init__(self, context: StoreContext, histories: Histories) -> None:
        self._context = context
        self._histories = histories

    def absorb(self, connection: Connection, company: CompanyKey, parts: Sequence[CardPart]) -> list[Absorbed]:
        """Merge each part into its card, or a new one, and return the cards in the order of the parts. Cards that turn
        out to be the same are merged. Raises KeyProblem."""
        if not parts:
            return []
        groups = _grouped(parts)
        self._name(connection, company, groups)
        groups = self._find(connection, company, groups)
        for group in groups:
            self._lead_to_one(connection, company, group)
        states = {group.id: self._state(group) for group in groups}
        changed = [group for group in groups if group.card is None or states[group.id] != group.card.state]
        told = {group.id: one for group in groups if (one := _told(group, states[group.id])) is not None}
        self._write(connection, company, changed, states, {name: one.customer for name, one in told.items()})
        was = {group.id: group.known for group in groups}
        debounce_s = max((part.debounce_s for part in parts), default=0.0)
        customers = self._histories.fold(connection, company, told, was, debounce_s)
        self._post(connection, company, groups, changed, states, customers)
        where = {id(part): group.id for group in groups for part in group.parts}
        return [Absorbed(where[id(part)], states[where[id(part)]]) for part in parts]

    def named(self, connection: Connection, company: CompanyKey, names: Iterable[str]) -> list[StoredCard]:
        """Return the cards with any of these names, most often changed first. Raises KeyProblem."""
        keys = {key_of(name) for name in names}
        ids = select(card_names.c.card_id).where(within(card_names, company), card_names.c.name.in_(keys))
        rows = connection.execute(select(cards).where(within(cards, company), cards.c.id.in_(ids)))
        return _best_first([read_card(self._context.keys, row) for row in rows])

    def _name(self, connection: Connection, company: CompanyKey, groups: Sequence[_Group]) -> None:
        """Give the names that lead nowhere to the groups' new cards.

        This comes first: of two processes that meet the same call, one waits here for the other.
        """
        of = {name: group for group in groups for name in group.names}
        rows = [{"name": name, "card_id": of[name].fresh, **company_values(company)} for name in sorted(of)]
        statement = insert_for(connection, card_names).on_conflict_do_nothing().returning(card_names.c.name)
        for name in connection.execute(statement, rows).scalars():
            of[name].new_names.add(name)

    def _find(self, connection: Connection, company: CompanyKey, groups: list[_Group]) -> list[_Group]:
        """Read the cards that the groups lead to, and join groups that lead to the same one."""
        of = {name: group for group in groups for name in group.names - group.new_names}
        if not of:
            return groups
        asked = select(card_names.c.name, card_names.c.card_id).where(
            within(card_names, company), card_names.c.name.in_(of)
        )
        leading: dict[str, list[_Group]] = defaultdict(list)
        for name, card_id in connection.execute(asked):
            leading[card_id].append(of[name])
        locked = select(cards).where(within(cards, company), cards.c.id.in_(leading)).order_by(cards.c.id)
        for row in connection.execute(locked.with_for_update()):
            card = read_card(self._context.keys, row)
            for group in leading[card.id]:
                if card.id not in {one.id for one in group.known}:
                    group.known = _best_first([*group.known, card])
        return _joined(groups, lambda group: [one.id for one in group.known])

    def _lead_to_one(self, connection: Connection, company: CompanyKey, group: _Group) -> None:
        """Let all names of a group lead to its first card. If several cards turn out to be the same, the first takes
        over names, places and claim, and the others, where they were posted, then say that they were merged."""
        into = group.card
        if into is None:
            return
        others = [one.id for one in group.known[1:]]
        if group.new_names or others:
            ours = within(card_names, company)
            theirs = and_(ours, card_names.c.card_id.in_(others))
            fresh = and_(ours, card_names.c.name.in_(group.new_names))
            for named in (theirs, fresh):
                connection.execute(update(card_names).where(named).values(card_id=into.id))
        if others:
            self._merge(connection, company, group.known, others)

    def _merge(
        self, connection: Connection, company: CompanyKey, known: Sequence[StoredCard], others: Sequence[str]
    ) -> None:
        into, ours = known[0], within(cards, company)
        connection.execute(update(cards).where(are_about(company, others)).values(about=into.id))
        shown = within(postings, company)
        taken = select(postings.c.channel).where(shown, postings.c.card_id == into.id)
        channels = set(connection.execute(taken).scalars())
        for row in connection.execute(select(postings).where(shown, postings.c.card_id.in_(others))).all():
            this = and_(shown, postings.c.id == row.id)
            if row.channel not in channels:
                connection.execute(update(postings).where(this).values(card_id=into.id))
                channels.add(row.channel)
            elif row.ts is None:
                connection.execute(delete(postings).where(this))
            else:
                connection.execute(update(postings).where(this).values(due_at=self._context.now(), escalate_at=None))
        merged = update(cards).where(ours, cards.c.id.in_(others)).values(kind="joined", version=cards.c.version + 1)
        connection.execute(merged)

    @staticmethod
    def _state(group: _Group) -> State:
        said = reduce(join, [one.state for one in group.parts])
        return reduce(join, [one.state for one in group.known], State(said))

    def _write(
        self,
        connection: Connection,
        company: CompanyKey,
        changed: Sequence[_Group],
        states: Mapping[str, State],
        customers: Mapping[str, str],
    ) -> None:
        now, fresh, again = self._context.now(), [], []
        for group in changed:
            card, state = group.card, states[group.id]
            sealed = self._context.keys.seal_json(to_json(state), row_name(cards.name, group.id))
            customer = customers.get(group.id) or (card.customer if card is not None else None)
            values = {"kind": group.parts[0].kind, "sealed": sealed, "changed_at": now, "customer": customer}
            if card is None:
                about = group.parts[0].about
                fresh.append({"id": group.id, "version": 1, "about": about, **company_values(company), **values})
            else:
                row = {"card": card.id, "new_version": card.version + 1}
                again.append(row | {f"new_{name}": value for name, value in values.items()})
        if fresh:
            connection.execute(insert(cards), fresh)
        if again:
            this = update(cards).where(within(cards, company), cards.c.id == bindparam("card"))
            connection.execute(this.values(**_UPDATE), again)

    def _post(
        self,
        connection: Connection,
        company: CompanyKey,
        groups: Sequence[_Group],
        changed: Sequence[_Group],
        states: Mapping[str, State],
        customers: Mapping[str, Customer],
    ) -> None:
        now = self._context.now()
        by_moment: dict[datetime, list[str]] = defaultdict(list)
        for group in changed:
            if group.card is not None:
                debounce_s = max(part.debounce_s for part in group.parts)
                by_moment[now + timedelta(seconds=debounce_s)].append(group.id)
        for moment, ids in by_moment.items():
            touch(connection, company, ids, moment)
        about = {name: customer.item(name) for name, customer in customers.items()}
        wanted = {
            group.id: [one for part in group.parts for one in part.plan(states[group.id], about.get(group.id))]
            for group in groups
        }
        new = {group.id for group in groups if group.card is None}
        beside = {name: _beside(name, item, customers[name]) for name, item in about.items() if item is not None}
        want(connection, now, company, wanted, new, beside)


def _told(group: _Group, state: State) -> Told | None:
    """Return what the parts of a card tell together."""
    found = [part.telling(group.id, state, group.card) for part in group.parts if part.telling is not None]
    if not found:
        return None
    return replace(found[-1], texts=tuple(text for one in found for text in one.texts))


def _beside(card: str, item: Item, customer: Customer) -> Beside:
    """Return the other cards of an item: calls before and after this one, and the conversation."""
    began = {call.card: call.began for call in customer.history.calls}
    mine = began.get(card)
    others = [one for one in item.cards if one != card]
    if mine is None:
        return Beside(others=tuple(others))
    return Beside(
        earlier=tuple(one for one in others if one in began and began[one] <= mine),
        later=tuple(one for one in others if one in began and began[one] > mine),
        others=tuple(one for one in others if one not in began),
    )


def _best_first(known: Sequence[StoredCard]) -> list[StoredCard]:
    """Sort cards so that the one that was changed most often, which is the one people know, comes first."""
    return sorted(known, key=lambda one: (-one.version, one.id))


def _grouped(parts: Sequence[CardPart]) -> list[_Group]:
    """Group the parts that have a name in common."""
    groups = [_Group([part], {key_of(name) for name in part.names}) for part in parts]
    return _joined(groups, lambda group: group.names)


def _joined(groups: Iterable[_Group], marks: Callable[[_Group], Iterable[Any]]) -> list[_Group]:
    """Join the groups that have a mark in common, also by way of a third."""
    kept: list[_Group] = []
    of: dict[Any, _Group] = {}
    for group in groups:
        its = set(marks(group))
        for other in dict.fromkeys(id(of[mark]) for mark in its if mark in of):
            found = next(one for one in kept if id(one) == other)
            kept.remove(found)
            its |= {mark for mark, one in of.items() if one is found}
            found.join(group)
            group = found  # noqa: PLW2901  what comes next joins the whole
        kept.append(group)
        of.update(dict.fromkeys(its, group))
    return kept
