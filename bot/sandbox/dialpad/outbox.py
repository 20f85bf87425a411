"""Texts that leave by themselves: bulk texts soon after they were accepted, scheduled ones at their time."""

from collections.abc import Iterable
from datetime import timedelta

from bot.sandbox.dialpad.model import BulkText, Message, Receipt, ScheduledText, User
from bot.sandbox.dialpad.state import State
from bot.sandbox.dialpad.texting import deliver, has_opted_out

BULK_LEAVES_AFTER = timedelta(seconds=1)


def send_due(state: State) -> None:
    """Send what is due by now. Called before each request and by timers, so that nothing is late for whoever looks."""
    for bulk in state.bulk_texts.values():
        if not bulk.is_complete and bulk.created + BULK_LEAVES_AFTER <= state.now():
            _send_each(state, bulk)
    for scheduled in list(state.scheduled_texts.values()):
        if scheduled.status == "active" and scheduled.at <= state.now():
            send_scheduled(state, scheduled)


def send_scheduled(state: State, scheduled: ScheduledText) -> None:
    """Send a scheduled text to everybody who did not opt out meanwhile."""
    scheduled.status = "sent"
    user = state.users[scheduled.user_id]
    numbers = [number for number in scheduled.to_numbers if not has_opted_out(state, number)]
    if scheduled.channel:
        state.messages.append(_message(state, user, scheduled.from_number, (), scheduled.text, scheduled.channel))
    for number in numbers:
        deliver(state, _message(state, user, scheduled.from_number, (number,), scheduled.text))


def _send_each(state: State, bulk: BulkText) -> None:
    user = state.users[bulk.user_id]
    for receipt in bulk.receipts:
        if has_opted_out(state, receipt.number):
            receipt.error = "The recipient has opted out of texts."
        else:
            _send_one(state, user, bulk, receipt)


def _send_one(state: State, user: User, bulk: BulkText, receipt: Receipt) -> None:
    message = _message(state, user, bulk.from_number, (receipt.number,), bulk.text)
    deliver(state, message)
    receipt.attempted, receipt.changed = True, state.now()
    receipt.status = "failed" if message.status == "failed" else "delivered"


def _message(
    state: State, user: User, from_number: str, numbers: Iterable[str], text: str, channel: str = ""
) -> Message:
    to_numbers = list(numbers)
    contact = state.contact_by_number(to_numbers[0]) if to_numbers else None
    return Message(
        id=state.new_id(),
        direction="outbound",
        from_number=from_number,
        to_numbers=to_numbers,
        text=text,
        created=state.now(),
        target=user.target,
        user_id=user.id,
        contact_id="" if contact is None else contact.id,
        channel_hashtag=channel,
    )
