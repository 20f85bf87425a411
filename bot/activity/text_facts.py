"""What texts add to a customer's history."""

from collections.abc import Iterable
from datetime import datetime

from bot.activity.histories import TextFact, Told
from bot.activity.texts import UNCLEAR, ConversationView, rank_of_text, status_of
from bot.dialpad.events import SmsEvent


def text_told(card: str, event: SmsEvent) -> Told:
    """Return what a conversation's card tells with one event about a text."""
    at, line = event.created_date or event.at, line_of_text(event)
    if event.customer is None or at is None or not line or event.is_internal:
        return Told("")
    target = event.target
    sender = target.name if target is not None and target.type == "user" else None
    fact = TextFact(
        id=event.id,
        card=card,
        line=line,
        line_name=(target.name if target else None) or event.line or "",
        inbound=event.inbound,
        at=at,
        sender=sender or (f"user:{event.sender_id}" if event.sender_id else ""),
        places=(line, f"user:{event.sender_id}") if event.sender_id else (line,),
        failed=event.message_status in {"failed", "undelivered"},
        unclear=status_of(event) == UNCLEAR,
        opts_out=event.asks_to_stop,
        automatic=not event.inbound and not event.sender_id and not sender,
        rank=rank_of_text(event),
    )
    return Told(event.customer, texts=(fact,))


def line_of_text(event: SmsEvent) -> str:
    """Return the line of a text as a place; one whose owner is not known goes by its number."""
    target = event.target
    if target is not None and target.id and target.type:
        return f"{target.type.replace('_', '')}:{target.id}"
    return f"number:{event.line}" if event.line else ""


def conversation_told(card: str, talk: ConversationView, texts: Iterable[tuple[str, bool, datetime]]) -> Told:
    """Return what a conversation's card tells that was stored before there were histories: each text's id, whether it
    was inbound, and when."""
    line = talk.place or (f"number:{talk.line}" if talk.line else "")
    if not talk.number or not line or talk.internal:
        return Told("")
    facts = (TextFact(name, card, line, inbound, at, line_name=talk.line_name) for name, inbound, at in texts)
    return Told(talk.number, texts=tuple(facts))
