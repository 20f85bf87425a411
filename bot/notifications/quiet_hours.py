"""Holding back postings that are due: they wait for quiet hours or a pause to end, are dropped as no longer wanted, or
follow a channel that got another id."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.activity import digest
from bot.activity.calls import view_call
from bot.activity.items import MADE_UP_LINE
from bot.activity.news import UNTIL_THE_END, WAITING, NewsKind, happening_of
from bot.activity.registers import value
from bot.activity.subscriptions.subscription import Subscription, quiet_until, wants
from bot.basics.person import is_person
from bot.store.card_rows import StoredCard
from bot.store.channels import Channels
from bot.store.postings import Posting
from bot.store.store import Store

PAUSED_FOR: Final = timedelta(minutes=15)
"""How often what a paused subscription holds back is checked; resuming checks it at once."""


async def sift(store: Store, fresh: Sequence[tuple[Posting, StoredCard]]) -> list[tuple[Posting, StoredCard]]:
    """Return the new messages that are to be posted now; the others are put off or dropped."""
    now = store.now()
    asked = {(one.company, one.subscription_id) for one, _ in fresh}
    subscriptions = {key: await store.subscriptions.get(*key) for key in asked}
    left, unwanted, moved = [], [], set()
    for posting, card in fresh:
        subscription = subscriptions[posting.company, posting.subscription_id]
        if subscription is not None and _is_elsewhere(posting, subscription):
            moved.add((posting.channel, subscription.channel))
        elif posting.attempted_at is not None or subscription is None or _is_made_up(card):
            left.append((posting, card))
        elif (until := held_until(subscription, now)) is not None and card.kind != "nudge":
            await store.postings.hold([posting.id], until)
        elif await _wanted(store, posting, card, subscription):
            left.append((posting, card))
        else:
            unwanted.append(posting.id)
    if unwanted:
        await store.postings.drop(unwanted)
    for old, new in moved:
        await Channels(store.context).renamed(old, new)
    return left


def _is_elsewhere(posting: Posting, subscription: Subscription) -> bool:
    """Tell whether a posting names a channel by an old id: it was planned while another process took in the new one."""
    return posting.channel != subscription.channel and not is_person(posting.channel)


def held_until(subscription: Subscription, now: datetime) -> datetime | None:
    """Return when to check again whether a subscription may post; None when it may now."""
    return now + PAUSED_FOR if subscription.paused else quiet_until(subscription, now)


def _is_made_up(card: StoredCard) -> bool:
    """Tell whether the Test button made the card: it is shown at once, whatever its subscription wants."""
    if card.kind == "digest":
        return digest.from_json(value(card.state, "digest")).period.so_far
    return card.kind == "call" and view_call(card.state).line_id == MADE_UP_LINE


async def _wanted(store: Store, posting: Posting, card: StoredCard, subscription: Subscription) -> bool:
    """Tell whether a posting is still wanted. Events of a call's legs come in any order, so a call that looked missed
    may have been answered elsewhere; and it may have been handled while it waited."""
    if card.kind == "nudge":
        return await _still_asks(store, card)
    if card.kind != "call" or posting.parent_id is not None:
        return True
    happening = happening_of(view_call(card.state))
    kinds = subscription.kinds & happening.kinds
    if NewsKind.ENDED in happening.kinds and quiet_until(subscription, posting.created_at) is not None:
        kinds -= UNTIL_THE_END
    customer = await store.histories.of_card(card)
    item = customer.item(card.id) if customer is not None else None
    if item is not None and item.is_settled:
        kinds -= WAITING
    return wants(replace(subscription, kinds=kinds), happening)


async def _still_asks(store: Store, nudge: StoredCard) -> bool:
    """Tell whether an escalation message is still true when its turn comes."""
    about = await store.cards.get(nudge.company, nudge.about) if nudge.about else None
    customer = await store.histories.of_card(about) if about is not None else None
    item = customer.item(about.id) if about is not None and customer is not None else None
    if item is None or item.state in {"done", "waiting"} or item.is_snoozed(store.now()):
        return False
    asks, claimer = value(nudge.state, "claim"), value(nudge.state, "claimer")
    if asks:
        return item.owner in {"", claimer}
    return claimer is None or item.owner == claimer
