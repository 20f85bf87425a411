"""Texts in both directions, and the effect of STOP and START."""

from bot.sandbox.dialpad.events import sms_event
from bot.sandbox.dialpad.model import Message, OptOut, Picture, Target
from bot.sandbox.dialpad.refusals import bad_request
from bot.sandbox.dialpad.state import State

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
START_WORDS = frozenset({"start", "unstop"})


def has_opted_out(state: State, number: str) -> bool:
    found = state.opt_outs.get(number)
    return found is not None and found.state == "opted_out"


def deliver(state: State, message: Message) -> None:
    """Store a text of the company and deliver it: the events are pending, then delivered or failed."""
    state.messages.append(message)
    state.emit("sms", sms_event(state, message))
    if state.unreachable.intersection(message.to_numbers):
        message.status, message.delivery_result = "failed", "no_route"
        state.emit("sms", sms_event(state, message))
    else:
        state.emit("sms", {**sms_event(state, message), "message_status": "delivered"})


def build_picture(state: State, content: bytes) -> Picture:
    """Build a picture of a text; its type is read from its first bytes, as nothing else says it."""
    kinds = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    kind = next((kind for head, kind in kinds.items() if content.startswith(head)), "application/octet-stream")
    return Picture(state.new_id(), content, kind)


def receive(state: State, sender: str, number: str, text: str, picture: bytes = b"") -> Message | None:
    """Receive a customer's text to a number of the company. None when the company has blocked them."""
    target: Target | None = state.target_of_number(number)
    if target is None:
        raise bad_request("to: must be a number of the company that somebody has")
    if not text.strip() and not picture:
        raise bad_request("text: must not be empty")
    word = text.strip().lower()
    if word in STOP_WORDS:
        state.opt_outs[sender] = OptOut(sender, "opted_out", state.now())
    elif word in START_WORDS and has_opted_out(state, sender):
        state.opt_outs[sender] = OptOut(sender, "opted_back_in", state.now())
    if sender in state.blocked:
        return None
    contact = state.contact_by_number(sender)
    message = Message(
        id=state.new_id(),
        direction="inbound",
        from_number=sender,
        to_numbers=[number],
        text=text,
        created=state.now(),
        target=target,
        contact_id="" if contact is None else contact.id,
        picture=build_picture(state, picture) if picture else None,
    )
    state.messages.append(message)
    state.emit("sms", sms_event(state, message))
    return message
