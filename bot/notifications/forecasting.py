"""Counts what a subscription would have posted, from the calls and texts that are kept."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from bot.activity import texts
from bot.activity.calls import view_call
from bot.activity.digest_times import DigestPeriod, one_before, period_so_far
from bot.activity.news import News, NewsKind, happening_of, kinds_of_text
from bot.activity.registers import value
from bot.activity.subscriptions.forecast import COUNTED, ForecastCount, Forecasts
from bot.activity.subscriptions.subscription import Subscription
from bot.activity.visibility import concerns
from bot.store.card_rows import StoredCard
from bot.store.keys import KeyProblem
from bot.store.store import Store

MOST_LOOKED_AT: Final = 4_000
"""Cards that are looked at, a second's work at most: somebody waits for the preview."""


@dataclass
class _Look:
    """How many cards may still be looked at."""

    left: int

    @property
    def is_over(self) -> bool:
        return self.left <= 0


async def forecast(store: Store, subscription: Subscription, before: Subscription | None) -> Forecasts:
    """Count yesterday and today so far for ``subscription``, and yesterday as it was ``before`` it is changed."""
    if not subscription.kinds & COUNTED:
        return Forecasts()
    today = period_so_far(subscription, NewsKind.DAILY, store.now())
    yesterday = one_before(today, subscription.clock)
    then, so_far = ForecastCount(subscription), ForecastCount(subscription)
    unchanged = ForecastCount(before) if before is not None else None
    look = _Look(MOST_LOOKED_AT)
    async for news in _news(store, subscription, yesterday, look):
        if news.at in yesterday:
            then.add(news)
            if unchanged is not None:
                unchanged.add(news)
        elif news.at in today:
            so_far.add(news)
    partly = look.is_over
    return Forecasts(
        then.total(partly=partly),
        so_far.total(partly=partly),
        unchanged.total(partly=partly) if unchanged is not None else None,
    )


async def _news(store: Store, subscription: Subscription, since: DigestPeriod, look: _Look) -> AsyncIterator[News]:
    """Yield what calls and texts came to since then, each call and each text once."""
    try:
        async for card in _cards(store, subscription, "call", since, look):
            yield happening_of(view_call(card.state))
        conversations = {}
        async for card in _cards(store, subscription, "talk", since, look):
            talk = texts.view_conversation(card.state)
            conversations[f"talk:{talk.line}|{talk.number}"] = talk
        async for card in _cards(store, subscription, "text", since, look, of_conversation=True):
            talk_of_it = conversations.get(str(value(card.state, "talk")))
            text = texts.view_text(card.state)
            if talk_of_it is not None and kinds_of_text(text):
                yield texts.happening_of(text, talk_of_it)
    except KeyProblem:
        look.left = 0  # what can be read is counted, and it is said that there is more


async def _cards(
    store: Store,
    subscription: Subscription,
    kind: str,
    since: DigestPeriod,
    look: _Look,
    *,
    of_conversation: bool = False,
) -> AsyncIterator[StoredCard]:
    """Yield the cards that the subscription may show. A text is seen by those who see its conversation."""
    async for card in store.cards.changed_since(subscription.company, kind, since.begin):
        if look.is_over:
            return
        look.left -= 1
        seen_by = (subscription.owner, subscription.shown_as)
        if of_conversation or any(concerns(card.state, one) for one in seen_by):
            yield card
