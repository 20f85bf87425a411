"""The calls that the bot has heard of: for people whom Dialpad does not show its call list."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from bot.activity.calls import CallView, view_call
from bot.activity.visibility import concerns
from bot.basics.company import CompanyKey
from bot.basics.person import PersonKey
from bot.contract.board import CallSearch, HeardCalls
from bot.store.cards import ChangedCard
from bot.store.store import Store

MOST_READ: Final = 1_000
"""Calls that are looked at for one answer: a busy line's week, and well under a second."""


class CallLog:
    """Finds calls among the cards of a company."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, person: PersonKey, company: CompanyKey, search: CallSearch) -> HeardCalls:
        """Find the newest calls, as ``bot.contract.board.Notifications.heard_calls``."""
        since = await heard_since(self._store, person, company)
        if since is None:
            return HeardCalls()
        since = max(since, self._store.now() - self._store.retention.calls)
        found: list[CallView] = []
        ids: dict[str, str] = {}
        read = 0
        cards = self._store.cards
        calls = self._with(company, search.number) if search.number else cards.newest(company, "call", search.since)
        async for card, changed_at in calls:
            if len(found) > search.most and changed_at <= _began(found[search.most]):
                break  # what changed before it began, began before it as well
            read += 1
            if read > MOST_READ:
                break
            view = view_call(card.state) if concerns(card.state, person) else None
            if view is not None and _is_within(view, search) and search.fits(view):
                ids[view.call_id] = card.id
                found = sorted([*found, view], key=_began, reverse=True)[: search.most + 1]
        shown = tuple(found[: search.most])
        more = len(found) > search.most or read > MOST_READ
        return HeardCalls(shown, since, more, {view.call_id: ids[view.call_id] for view in shown})

    async def one(self, person: PersonKey, company: CompanyKey, call_id: str) -> CallView | None:
        """Find the call of which this is the id of a leg."""
        card = await self._store.cards.named(company, f"call:{call_id}")
        return view_call(card.state) if card is not None and concerns(card.state, person) else None

    async def _with(self, company: CompanyKey, number: str) -> AsyncIterator[ChangedCard]:
        """Yield a customer's calls, what began last first."""
        customer = await self._store.histories.get(company, number)
        facts = () if customer is None else customer.history.calls
        for fact in sorted(facts, key=lambda one: one.began, reverse=True):
            card = await self._store.cards.get(company, fact.card)
            if card is not None:
                yield ChangedCard(card, fact.began)


async def heard_since(store: Store, person: PersonKey, company: CompanyKey) -> datetime | None:
    """Return since when somebody's calls are listened to: the company's, or this person's own."""
    hooks = await store.hooks.of_company(company)
    mine = [one for one in hooks if "call" in one.subscriptions and (one.reach == "company" or one.owner == person)]
    return min((one.created_at for one in mine), default=None)


def _is_within(view: CallView, search: CallSearch) -> bool:
    return search.since <= _began(view) and (search.before is None or _began(view) < search.before)


def _began(view: CallView) -> datetime:
    return view.started or view.at
