"""What stored cards tell: about a customer, and of the last texts of a conversation."""

from bot.activity.calls import view_call
from bot.activity.histories import Told, call_told
from bot.activity.registers import value
from bot.activity.text_facts import conversation_told
from bot.activity.texts import TextView, name_of_talk, names_of_text, texts_in, view_conversation, view_text
from bot.cards.conversation import LAST_TEXTS
from bot.store.card_rows import StoredCard
from bot.store.store import Store


def told_of(card: StoredCard) -> Told:
    """Return what a call's or conversation's card tells, from its state alone."""
    if card.kind == "call":
        return call_told(card.id, view_call(card.state))
    return conversation_told(card.id, view_conversation(card.state), texts_in(card.state))


async def last_texts(store: Store, conversation: StoredCard) -> dict[str, TextView]:
    """Return the last texts of a conversation by their id, oldest first."""
    number = view_conversation(conversation.state).number
    last = sorted(texts_in(conversation.state), key=lambda one: one[2])[-LAST_TEXTS:]
    names = [name for text_id, _, _ in last for name in names_of_text(text_id, number)]
    talk = name_of_talk(conversation.state)
    cards = await store.cards.all_named(conversation.company, names)
    theirs = [
        one for one in cards if value(one.state, "talk") in {None, talk}
    ]  # one id may be in several conversations
    found = {str(value(one.state, "id")): view_text(one.state) for one in theirs}
    return {text_id: found[text_id] for text_id, _, _ in last if text_id in found}
