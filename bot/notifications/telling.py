"""What a stored card tells about a customer."""

from bot.activity.calls import view_call
from bot.activity.histories import Told, call_told, conversation_told
from bot.activity.texts import texts_in, view_conversation
from bot.store.card_rows import StoredCard


def told_of(card: StoredCard) -> Told:
    """Return what a call's or conversation's card tells, from its state alone."""
    if card.kind == "call":
        return call_told(card.id, view_call(card.state))
    return conversation_told(card.id, view_conversation(card.state), texts_in(card.state))
