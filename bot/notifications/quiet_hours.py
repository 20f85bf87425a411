"""What is due and yet not posted now: it waits for quiet hours or a pause to end, or is not wanted any more."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.activity import digest
from bot.activity.calls import view_call
from bot.activity.news import UNTIL_THE_END, WAITING, NewsKind, happening_of
from bot.activity.registers import value
from bot.activity.subscriptions.subscription import Subscription, quiet_until, wants
from bot.store.cards import StoredCard
from bot.store.postings import Posting
from bot.store.store import Store

PAUSED_FOR: Final = timedelta(minutes=15)
"""What a paused subscription holds back is looked at as often; resuming does it at once."""


async def sift(store: Store, fresh: Sequence[tuple[Posting, StoredCard]]) -> list[tuple[Posting, StoredCard]]:
    """Those of the new messages that are to be posted now; the others are put off or dropped."""
    now = store.now()
    subscriptions = {name: await store.subscriptions.get(name) for name in {one.subscription_id for one, _ in fresh}}
    left, unwanted = [], []
    for posting, card in fresh:
        subscription = subscriptions[posting.subscription_id]
        if posting.attempted_at is not None or subscription is None or _is_made_up(card):
            left.append((posting, card))
        elif (until := held_until(subscription, now)) is not None and card.kind != "nudge":
            await store.postings.hold([posting.id], until)
        elif await _wanted(store, posting, card, subscription):
            left.append((posting, card))
        else:
            unwanted.append(posting.id)
    if unwanted:
        await store.postings.drop(unwanted)
    return left


def held_until(subscription: Subscription, now: datetime) -> datetime | None:
    """When it is worth looking again whether a subscription lets anything through; None: it does."""
    return now + PAUSED_FOR if subscription.paused else quiet_until(subscription, now)


def _is_made_up(card: StoredCard) -> bool:
    """By the Test button: shown at once, whatever its subscription wants."""
    if card.kind == "digest":
        return digest.from_json(value(card.state, "digest")).period.so_far
    return card.kind == "call" and view_call(card.state).line_id == "callcenter:test"


async def _wanted(store: Store, posting: Posting, card: StoredCard, subscription: Subscription) -> bool:
    """A call's legs tell their parts in any order: what looked missed may have been answered elsewhere. And what
    waited may have been taken care of meanwhile."""
    if card.kind == "nudge":
        return await _still_asks(store, card)
    if card.kind != "call" or posting.parent_id is not None:
        return True
    happening = happening_of(view_call(card.state))
    kinds = subscription.kinds & happening.kinds
    if NewsKind.ENDED in happening.kinds and quiet_until(subscription, posting.created_at) is not None:
        kinds -= UNTIL_THE_END
    if card.handled_by:
        kinds -= WAITING
    return wants(replace(subscription, kinds=kinds), happening)


async def _still_asks(store: Store, nudge: StoredCard) -> bool:
    """Whether what is said of a call that waits for somebody is still so when its turn comes."""
    about = await store.cards.get(nudge.about) if nudge.about else None
    if about is None or about.handled_by:
        return False
    asks, claimer = value(nudge.state, "claim"), value(nudge.state, "claimer")
    if asks:
        return about.claimed_by in {None, claimer}
    return claimer is None or about.claimed_by == claimer
