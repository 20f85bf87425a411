"""What stored cards tell: about a customer, and of the last texts of a conversation."""

from collections.abc import Iterable

from bot.activity.calls import view_call
from bot.activity.histories import Told, call_told
from bot.activity.registers import value
from bot.activity.text_facts import conversation_told
from bot.activity.texts import TextView, name_of_talk, names_of_text, texts_in, view_conversation, view_text
from bot.basics.company import CompanyKey
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
    last = [one for one, _, _ in sorted(texts_in(conversation.state), key=lambda one: one[2])[-LAST_TEXTS:]]
    found = await texts_by_id(store, conversation.company, number, last, name_of_talk(conversation.state))
    return {text_id: found[text_id] for text_id in last if text_id in found}


async def texts_by_id(
    store: Store, company: CompanyKey, number: str, ids: Iterable[str], talk: str = ""
) -> dict[str, TextView]:
    """Return the texts with these ids and this number outside; only those of one conversation where ``talk`` names it:
    one id may be in several. Those of version 0.1.0 are known by their name alone."""
    names = {name: text_id for text_id in ids for name in names_of_text(text_id, number)}
    cards = await store.cards.by_name(company, names) if names else {}
    in_order = [(name, cards[name]) for name in names if name in cards]  # with the number last, which is the surer one
    theirs = [(name, card) for name, card in in_order if not talk or value(card.state, "talk") in {None, talk}]
    return {names[name]: view_text(card.state) for name, card in theirs}
