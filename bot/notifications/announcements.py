"""Tells a channel who added, changed or removed notifications there: stored in the transaction that does it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.activity.subscriptions.subscription import Subscription
from bot.basics.company import CompanyKey
from bot.cards.announcement import acts_between
from bot.store.absorbing import CardPart
from bot.store.database import Transaction
from bot.store.postings import NewPosting
from bot.store.store import Store
from bot.store.subscriptions import AlsoSave, nothing_more

FOLDED_WITHIN: Final = timedelta(minutes=5)
"""What follows the last change within this time is added to the message that told of it."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def announce(store: Store, before: Subscription | None, after: Subscription | None, by: str) -> AlsoSave:
    """Return what stores the message. ``by`` is a Slack id. Direct messages are nobody else's business."""
    one = after or before
    now = store.now()
    said = acts_between(before, after, by, (now - _EPOCH) // timedelta(milliseconds=1))
    if one is None or one.is_personal or not said:
        return nothing_more
    company, channel = one.company, one.channel

    def write(connection: Transaction) -> None:
        name = _name(store, connection, company, channel, now)
        wanted = [NewPosting(channel, "")]
        part = CardPart("notice", (name,), said, lambda *_: wanted)
        store.cards.absorbing.absorb(connection, company, [part])

    return write


def _name(store: Store, connection: Transaction, company: CompanyKey, channel: str, now: datetime) -> str:
    """Return the name of the message that is still added to, or of a new one."""
    bucket = (now - _EPOCH) // FOLDED_WITHIN
    last = f"subscriptions:{channel}:{bucket - 1}"
    known = store.cards.absorbing.named(connection, company, [last])
    newest = max((at for card in known for at, _, _ in card.state.values()), default=0)
    is_open = bool(newest) and now - (_EPOCH + timedelta(milliseconds=newest)) <= FOLDED_WITHIN
    return last if is_open else f"subscriptions:{channel}:{bucket}"
